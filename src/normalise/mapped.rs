//! Declared mappings, resolved: which column of which loaded source each side of a `[[mapping]]` is.

use super::table::Table;
use crate::config::options::MappingOptions;

/// One side of a declared mapping, or any other `source.header` of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name of the source, as the config writes it.
    pub name: String,
    /// The header or role behind the first dot, as the config writes it.
    pub header: String,
    /// Position of the source; `None` when no source of that name is loaded.
    pub source: Option<usize>,
    /// Position of the column; `None` when the source is not loaded or has no such column.
    pub column: Option<usize>,
}

impl Field {
    /// The field that `written` (`source.header`) names among `tables`, which are whole sources.
    #[must_use]
    pub fn resolve(written: &str, tables: &[Table]) -> Self {
        Self::resolve_in(written, tables.iter())
    }

    /// The field that `written` names among `tables`, whole or in part.
    #[must_use]
    pub fn resolve_in<'t>(written: &str, mut tables: impl Iterator<Item = &'t Table>) -> Self {
        let (name, header) = written.split_once('.').unwrap_or((written, ""));
        let table = tables.find(|table| table.name() == name);
        Self {
            name: name.to_owned(),
            header: header.to_owned(),
            source: table.map(|table| table.index),
            column: table.and_then(|table| table.source.column_named(header)),
        }
    }

    /// Source and column, when both are there.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        Some((self.source?, self.column?))
    }
}

/// A `[[mapping]]`, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Position in the config.
    pub at: usize,
    /// The chat field.
    pub from: Field,
    /// The CRM field.
    pub to: Field,
}

/// Every `[[mapping]]` of the config, in its order.
#[must_use]
pub fn resolve(declared: &[MappingOptions], tables: &[Table]) -> Vec<Mapping> {
    (0..)
        .zip(declared)
        .map(|(at, mapping)| Mapping {
            at,
            from: Field::resolve(&mapping.from, tables),
            to: Field::resolve(&mapping.to, tables),
        })
        .collect()
}
