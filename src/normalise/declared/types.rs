//! Whether what stands in a mapped CRM field is of the type that the mapping declares.

use std::collections::BTreeSet;

use super::{Known, is_filler};
use crate::config::options::{FieldType, Options};
use crate::model::Role;
use crate::normalise::precision::Precision;
use crate::normalise::proof::compare::folded;
use crate::normalise::text::trimmed;
use crate::normalise::timestamp::{DayOrder, Reading, read};
use crate::normalise::{boolean, number, phone};

/// What is known of the type of one mapping whose CRM field is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedType {
    /// Position of the mapping in the config.
    pub at: usize,
    /// Position of the CRM source, and of the column in it.
    pub to: (usize, usize),
    /// The type: declared, else that of the chat field's role.
    pub kind: Option<FieldType>,
    /// Whether the config declares it.
    pub declared: bool,
    /// Values of the CRM field that were looked at: those of records that chats made.
    pub judged: u64,
    /// Of those, values that are not of the type.
    pub broken: u64,
    /// Of times that chats say, whether all are days.
    pub days_only: bool,
}

/// The type of the values that play `role`, where all of them have one.
#[must_use]
pub fn type_of_role(role: Role) -> Option<FieldType> {
    match role {
        Role::Email => Some(FieldType::Email),
        Role::Phone => Some(FieldType::Phone),
        Role::Transcript | Role::Notes => Some(FieldType::LongText),
        Role::Reason | Role::Region | Role::Country | Role::Industry => Some(FieldType::Picklist),
        Role::Score | Role::Rating | Role::Duration => Some(FieldType::Number),
        Role::Transferred | Role::IsBot | Role::IsSpam | Role::IsTest | Role::Missed | Role::OptIn => {
            Some(FieldType::Boolean)
        }
        _ if role.is_time() => Some(FieldType::Timestamp),
        _ => None,
    }
}

pub(super) fn judge(known: Known<'_>, config: &Options) -> Vec<MappedType> {
    known
        .mappings
        .iter()
        .filter_map(|mapping| {
            let to = mapping.to.place()?;
            let declared = &config.mapping[mapping.at];
            let from = mapping.from.place();
            let role = from.and_then(|(source, column)| known.tables[source].source.role_of(column));
            let kind = declared.r#type.or_else(|| role.and_then(type_of_role));
            let mut found =
                MappedType { at: mapping.at, to, kind, declared: declared.r#type.is_some(), ..MappedType::default() };
            if let Some((source, column)) = from.filter(|_| kind == Some(FieldType::Timestamp)) {
                let times = known.tables[source].times(column);
                found.days_only = times.filled > 0 && Precision::of(times) == Precision::Days;
            }
            let (Some(kind), Some(links), Some(from)) = (declared.r#type, known.links, from) else {
                return Some(found);
            };
            let translated: BTreeSet<String> =
                declared.values.values().map(|value| folded(value).into_owned()).collect();
            let table = &known.tables[to.0];
            let text = table.text(to.1);
            let order = (kind == FieldType::Timestamp).then(|| table.times(to.1).order);
            for link in &links.pairs()[links.of_source(from.0)] {
                if !link.made || link.record.source as usize != to.0 {
                    continue;
                }
                let Some(cell) = text.get(link.record.row).filter(|cell| !is_filler(cell)) else { continue };
                found.judged += 1;
                let meant = !translated.is_empty() && translated.contains(folded(cell).as_ref());
                found.broken += u64::from(!meant && breaks(kind, cell, order));
            }
            Some(found)
        })
        .collect()
}

/// Whether `cell` cannot be a value of type `kind`.
fn breaks(kind: FieldType, cell: &str, order: Option<DayOrder>) -> bool {
    const LONGEST_ENTRY: usize = 255;
    match kind {
        FieldType::Email => !cell.contains('@'),
        FieldType::Phone => phone::read(cell).is_none_or(|number| number.digits.len() < 5),
        FieldType::Boolean => boolean::word(cell).is_none() && !boolean::is_true(cell) && !boolean::is_false(cell),
        FieldType::Number => number::read(cell).is_none(),
        FieldType::Timestamp => {
            let order = order.unwrap_or(DayOrder::MonthFirst);
            matches!(read(Some(cell), chrono_tz::Tz::UTC, order), Reading::Unreadable)
        }
        // An entry of a list is short, and on one line.
        FieldType::Picklist => trimmed(cell).contains('\n') || cell.chars().nth(LONGEST_ENTRY).is_some(),
        FieldType::Text | FieldType::LongText => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_break_a_type_only_where_no_reading_saves_them() {
        for (kind, cell, broken) in [
            (FieldType::Email, "ana@acme.example", false),
            (FieldType::Email, "ask my assistant", true),
            (FieldType::Phone, "(202) 555-0101 x2", false),
            (FieldType::Phone, "after nine", true),
            (FieldType::Boolean, "Nein", false),
            (FieldType::Boolean, "maybe", true),
            (FieldType::Number, "$ 1,200.50", false),
            (FieldType::Number, "plenty", true),
            (FieldType::Timestamp, "25/10/2026 9:15", false),
            (FieldType::Timestamp, "next week", true),
            (FieldType::Picklist, "Demo Request", false),
            (FieldType::Picklist, "a\nb", true),
            (FieldType::Text, "a\nb", false),
        ] {
            assert_eq!(breaks(kind, cell, Some(DayOrder::DayFirst)), broken, "{kind:?}: {cell}");
        }
    }
}
