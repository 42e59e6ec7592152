//! MAP012: structured values that are written into notes.

use super::failures::{arrow, place};
use crate::config::options::FieldType;
use crate::model::FieldKind;
use crate::normalise::declared::type_of_role;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[mapping]]` entries that write a structured value (an address, a number, a picklist, a yes or no, a time, a name or a
    /// company) into a field of free text: one that plays the role of notes or transcript, that the schema file calls a long
    /// text, or that is called description, notes or comments. A copy into the notes is no fault where another mapping carries
    /// the same chat field into a field of its own, nor is a mapping that declares `type = "text"` or `"long-text"`.
    ///
    /// ## Why it matters
    ///
    /// What stands among notes cannot be filtered, reported on or routed by.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Description"
    /// type = "picklist"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,Description
    /// 1,ana@acme.example,Reason: Pricing
    /// ```
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.transcript"
    /// to = "lead.Description"
    /// type = "long-text"
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Description
    /// 1,ana@acme.example,Visitor: what does it cost?
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: map the value into a field of its type, then move what stands in the notes.
    pub struct FreeTextTarget {
        code: "MAP012",
        name: "free-text-target",
        family: Mapping,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Facts,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[mapping]]", |config| !config.mapping.is_empty())],
        safety: Manual,
        message: "structured values are written into the free text of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for mapping in cx.facts.mappings.iter().filter(|mapping| mapping.to.source == Some(table.index)) {
            let Some(column) = mapping.to.column else { continue };
            out.checked(table, Some(column), 1);
            let Some(what) = structured(cx, mapping.at).filter(|_| is_free(table, column)) else { continue };
            let carried = cx.facts.mappings.iter().any(|other| {
                let same = other.from.name == mapping.from.name && other.from.header == mapping.from.header;
                let structured = other.to.place().is_some_and(|(source, column)| {
                    cx.tables.iter().any(|table| table.index == source && !is_free(table, column))
                });
                same && other.at != mapping.at && structured
            });
            if !carried {
                let detail = format!("{}{}: {what} among free text", place(cx, mapping.at), arrow(cx, mapping.at));
                let value = &cx.config.mapping[mapping.at].from;
                out.push(Hits::whole(table, Some(column), &detail)?.with_text("value", value)?);
            }
        }
    }
    if out.checked.is_empty() {
        out.unchecked("no [[mapping]] leads into a column that is loaded".to_owned());
    }
    Ok(out)
}

/// What the mapping carries, where that is structured.
fn structured(cx: &Check<'_>, at: usize) -> Option<&'static str> {
    let mapping = &cx.config.mapping[at];
    let from = cx.facts.mappings.iter().find(|mapping| mapping.at == at).and_then(|mapping| mapping.from.place());
    let role =
        from.and_then(|(source, column)| cx.tables.iter().find(|table| table.index == source)?.source.role_of(column));
    match mapping.r#type.or_else(|| role.and_then(type_of_role)) {
        Some(FieldType::Email) => Some("an address"),
        Some(FieldType::Phone) => Some("a phone number"),
        Some(FieldType::Picklist) => Some("an entry of a list"),
        Some(FieldType::Boolean) => Some("a yes or no"),
        Some(FieldType::Timestamp) => Some("a time"),
        Some(FieldType::Number) => Some("a number"),
        Some(FieldType::Text | FieldType::LongText) => None,
        None => match role? {
            Role::Name | Role::FirstName | Role::LastName => Some("a name"),
            Role::Company => Some("a company"),
            Role::Domain | Role::City | Role::Postcode => Some("a value of its own"),
            _ => None,
        },
    }
}

/// Whether a column holds free text.
fn is_free(table: &Table, column: usize) -> bool {
    match (table.source.role_of(column), table.source.declared(column)) {
        (Some(Role::Notes | Role::Transcript), _) => true,
        (Some(_), _) => false,
        (None, Some(field)) => field.kind == FieldKind::LongText,
        (None, None) => {
            let header = table.source.header(column).to_lowercase();
            let mut words = header.split(|c: char| !c.is_alphanumeric());
            words.any(|word| matches!(word, "description" | "note" | "notes" | "comment" | "comments" | "remarks"))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const CHATS: &str =
        "chat_id,started_at,visitor_email,visitor_name,callback\nc1,2026-10-01T09:00:00Z,a@x.example,Ana,soon\n";
    const LEADS: &str = "Id,Email,Description,Call_Notes__c,Note_Type__c,Callback__c\n1,a@x.example,,,,\n";

    fn found(mappings: &[(&str, &str, &str)]) -> Vec<String> {
        let entry = |(from, to, kind): &(&str, &str, &str)| {
            let kind = if kind.is_empty() { String::new() } else { format!("type = \"{kind}\"\n") };
            format!("[[mapping]]\nfrom = \"chat.{from}\"\nto = \"lead.{to}\"\n{kind}")
        };
        let toml: String = mappings.iter().map(entry).collect();
        let found = flagged("MAP012", &toml, &[("lead", LEADS), ("chat", CHATS)]);
        found.into_iter().map(|row| row.value.unwrap()).collect()
    }

    #[test]
    fn types_and_roles_tell_what_is_structured() {
        assert_eq!(found(&[("visitor_email", "Description", "")]), ["chat.visitor_email"]);
        assert_eq!(found(&[("visitor_name", "Call_Notes__c", "")]), ["chat.visitor_name"]);
        assert_eq!(found(&[("callback", "Description", "timestamp")]), ["chat.callback"]);
        assert!(found(&[("callback", "Description", "")]).is_empty());
        assert!(found(&[("visitor_name", "Description", "text")]).is_empty());
        assert!(found(&[("callback", "Callback__c", "timestamp")]).is_empty());
    }

    #[test]
    fn a_copy_beside_a_field_of_its_own_is_no_fault() {
        assert!(
            found(&[("callback", "Callback__c", "timestamp"), ("callback", "Description", "timestamp")]).is_empty()
        );
        let twice = [("callback", "Call_Notes__c", "timestamp"), ("callback", "Description", "timestamp")];
        assert_eq!(found(&twice).len(), 2);
    }
}
