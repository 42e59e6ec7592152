//! Lifecycle: what became of a record, as far as it decides which rules may speak of it (RULES, "Lifecycle").

use super::boolean::is_true;
use super::table::Table;
use super::text::is_blank;
use crate::model::{Kind, Object, SystemField};

/// A column, and what its cells say of a converted lead.
type Sign = (usize, fn(&str) -> bool);

/// Which rows are leads that were converted; `None` where no row is.
pub(super) fn converted(table: &Table) -> Option<Vec<bool>> {
    let source = &table.source;
    if source.kind != Kind::Crm || source.object.is_some_and(|object| object != Object::Lead) {
        return None;
    }
    let says: Vec<Sign> = match source.system(SystemField::Converted) {
        Some(column) => vec![(column, is_true)],
        None => [SystemField::ConvertedContact, SystemField::ConvertedAccount, SystemField::ConvertedAt]
            .into_iter()
            .filter_map(|field| source.system(field))
            .map(|column| (column, (|cell: &str| !is_blank(Some(cell))) as fn(&str) -> bool))
            .collect(),
    };
    let mut converted = vec![false; table.height()];
    for (column, says) in says {
        for (row, cell) in converted.iter_mut().zip(table.text(column).iter()) {
            *row |= cell.is_some_and(says);
        }
    }
    converted.contains(&true).then_some(converted)
}
