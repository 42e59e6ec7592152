//! MAP003: CRM fields of another type than what is written into them.

use super::failures::{arrow, place};
use crate::config::options::{FieldType, MappingOptions};
use crate::model::{FieldKind, SchemaField};
use crate::normalise::boolean;
use crate::normalise::declared::MappedType;
use crate::normalise::proof::compare::folded;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[mapping]]` entries whose CRM field is of another type. The type meant is the mapping's `type`, else that of the
    /// chat field where its role has one (email, phone, transcript, reason, times, yes or no). The CRM's type is what its
    /// schema file says (`[sources.NAME] schema`: a Salesforce describe or HubSpot properties). A text field may hold an
    /// address or a number, an open picklist any text, a picklist of yes and no or of the declared `values` a boolean, and
    /// a date field times that are days; long texts do not fit into a field with a limit of 255 or fewer characters.
    ///
    /// Without a schema only a declared `type` is judged, by the values of the field on records that chats made: it is
    /// wrong where at least two of them, and one in ten, cannot be read as that type; of addresses and phone numbers,
    /// which CRMs do not check, over half.
    ///
    /// ## Why it matters
    ///
    /// The CRM refuses the value or turns it into something else, and often refuses the whole record.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.budget"
    /// to = "lead.Budget__c"
    /// type = "number"
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,budget
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,500
    /// c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,1200
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Budget__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,a few hundred
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,over a thousand
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Budget__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,500
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,"1,200.00"
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: change the type of the CRM field, or map into a field of the right type.
    pub struct WrongTargetType {
        code: "MAP003",
        name: "wrong-target-type",
        family: Mapping,
        severity: Error,
        dimension: Validity,
        scope: Scope::Facts,
        kinds: [Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "{source} · {column} is not of the type that its mapping means",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Fewest values that break a type before it is wrong.
const FEW: u64 = 2;

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for found in &cx.facts.declared.types {
        let Some(table) = cx.tables.iter().find(|table| table.index == found.to.0) else { continue };
        let mapping = &cx.config.mapping[found.at];
        let column = found.to.1;
        let (why, value) = match (table.source.declared(column), found.kind) {
            (_, None) => continue,
            (Some(field), Some(kind)) => {
                out.checked(table, Some(column), 1);
                let Some(why) = misfit(mapping, found, kind, field) else { continue };
                (why, word_of(field.kind).to_owned())
            }
            // Notes hold anything: that is MAP012's.
            (None, Some(_)) if matches!(table.source.role_of(column), Some(Role::Notes | Role::Transcript)) => continue,
            (None, Some(kind)) if found.declared && found.judged > 0 => {
                out.checked(table, Some(column), 1);
                let Some(why) = broken(found, kind) else { continue };
                (why, word(kind).to_owned())
            }
            (None, Some(_)) => {
                let why = if found.declared {
                    "no schema describes the field, and no record that a chat made fills it"
                } else {
                    "no schema describes the field, and the mapping declares no type"
                };
                out.unchecked(format!("{}{}: {why}", place(cx, found.at), arrow(cx, found.at)));
                continue;
            }
        };
        let detail = format!("{}{}: {why}", place(cx, found.at), arrow(cx, found.at));
        out.push(Hits::whole(table, Some(column), &detail)?.with_text("value", &value)?);
    }
    Ok(out)
}

/// What is wrong where the values of the field tell, if something is.
fn broken(found: &MappedType, kind: FieldType) -> Option<String> {
    let typed_by_people = matches!(kind, FieldType::Email | FieldType::Phone);
    let many = if typed_by_people { found.broken * 2 > found.judged } else { found.broken * 10 >= found.judged };
    (found.broken >= FEW && many)
        .then(|| format!("{} of {} values that chats left are no {}", found.broken, found.judged, word(kind)))
}

/// Why a field that the schema describes cannot hold what is meant, if it cannot.
fn misfit(mapping: &MappingOptions, found: &MappedType, kind: FieldType, field: &SchemaField) -> Option<String> {
    const ONE_LINE: u32 = 255;
    use FieldKind as K;
    let holds = match (kind, field.kind) {
        // What is not known is not judged, and notes hold anything: that is MAP012's.
        (_, K::Other | K::LongText)
        | (FieldType::Email, K::Email | K::Text)
        | (FieldType::Phone, K::Phone | K::Text)
        | (FieldType::Text, K::Text | K::Url | K::Phone)
        | (FieldType::Picklist, K::Picklist | K::MultiPicklist)
        | (FieldType::Boolean, K::Boolean)
        | (FieldType::Number, K::Number)
        | (FieldType::Timestamp, K::Timestamp) => true,
        (FieldType::Timestamp, K::Date) => found.days_only,
        (FieldType::LongText, K::Text) => field.length.is_none_or(|length| length > ONE_LINE),
        // Where no type is declared, a text may be what the CRM keeps a list as.
        (FieldType::Picklist, K::Text) => !found.declared,
        (FieldType::Text, K::Picklist | K::MultiPicklist) => !field.restricted,
        (FieldType::Boolean, K::Picklist) => lists_answers(mapping, field),
        (FieldType::Number, K::Picklist) => {
            field.values.iter().all(|listed| crate::normalise::number::read(&listed.value).is_some())
        }
        _ => false,
    };
    if holds {
        return None;
    }
    let limit = match field.length.filter(|_| kind == FieldType::LongText && field.kind == K::Text) {
        Some(length) => format!(" of at most {length} characters"),
        None => String::new(),
    };
    let meant = if found.declared { "the mapping declares" } else { "the chat field is" };
    Some(format!("{meant} {}, and the schema says {}{limit}", word(kind), word_of(field.kind)))
}

/// Whether a picklist lists words for yes and no, or what the mapping translates them into.
fn lists_answers(mapping: &MappingOptions, field: &SchemaField) -> bool {
    let listed = |wanted: &str| {
        field.values.iter().any(|one| [&one.value, &one.label].into_iter().any(|text| folded(text) == folded(wanted)))
    };
    let translated = !mapping.values.is_empty() && mapping.values.values().all(|value| listed(value));
    let answers = field.values.iter().filter_map(|one| boolean::word(&one.value).or_else(|| boolean::word(&one.label)));
    let (yes, no): (Vec<_>, Vec<_>) = answers.partition(|(_, yes)| *yes);
    translated || (!yes.is_empty() && !no.is_empty())
}

const fn word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Email => "email",
        FieldType::Phone => "phone",
        FieldType::Text => "text",
        FieldType::LongText => "long text",
        FieldType::Picklist => "picklist",
        FieldType::Boolean => "boolean",
        FieldType::Timestamp => "timestamp",
        FieldType::Number => "number",
    }
}

const fn word_of(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::LongText => "long text",
        FieldKind::Email => "email",
        FieldKind::Phone => "phone",
        FieldKind::Url => "web address",
        FieldKind::Picklist => "picklist",
        FieldKind::MultiPicklist => "multi-select picklist",
        FieldKind::Boolean => "boolean",
        FieldKind::Number => "number",
        FieldKind::Date => "date",
        FieldKind::Timestamp => "timestamp",
        FieldKind::Reference => "reference",
        FieldKind::Other => "another type",
    }
}

#[cfg(test)]
#[path = "wrong_target_type_tests.rs"]
mod tests;
