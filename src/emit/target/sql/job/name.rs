//! Names of tables.

use super::super::super::Error;
use super::setting;

/// Every name that the scripts give begins so.
pub(in super::super) const OWN: &str = "leadlint_";

/// A table of the database, with the schema that it is in if the config names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Name {
    pub(in super::super) schema: Option<String>,
    pub(in super::super) table: String,
}

impl Name {
    /// `schema.table` or `table`.
    pub(in super::super) fn parse(text: &str) -> Result<Self, Error> {
        let (schema, table) = match text.split_once('.') {
            Some((schema, table)) => (Some(schema.trim()), table.trim()),
            None => (None, text.trim()),
        };
        let wrong = |part: &str| part.is_empty() || part.contains(['\0', '.']);
        if wrong(table) || schema.is_some_and(wrong) {
            return Err(setting(format!("`{}` is no table; write `table` or `schema.table`", text.escape_debug())));
        }
        let lower = table.to_ascii_lowercase();
        if lower.starts_with(OWN) || lower.starts_with("sqlite_") {
            return Err(setting(format!(
                "`{table}` is no table of yours: the names of backups and of the system begin so"
            )));
        }
        Ok(Self { schema: schema.map(str::to_owned), table: table.to_owned() })
    }

    /// The name as people read it.
    pub(in super::super) fn shown(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.table),
            None => self.table.clone(),
        }
    }

    /// Whether two names mean one table; databases fold the case of ASCII letters. `schema` is that of a name without one.
    pub(super) fn is(&self, other: &Self, schema: Option<&str>) -> bool {
        let schema = |name: &Self| name.schema.as_deref().or(schema).map(str::to_ascii_lowercase);
        schema(self) == schema(other) && self.table.eq_ignore_ascii_case(&other.table)
    }
}
