//! `[targets.NAME]`: what a cleanup target has to know of the place that its scripts run in.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[targets]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetsOptions {
    /// The database that `clean --target sql` writes scripts for.
    pub sql: SqlOptions,
    /// The organisation that `clean --target salesforce` writes files for.
    pub salesforce: SalesforceOptions,
    /// The portal that `clean --target hubspot` writes a runner for.
    pub hubspot: HubspotOptions,
}

/// `[targets.salesforce]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SalesforceOptions {
    /// Header to API name, for fields whose header is a label of your own: `"Sales Region" = "Region__c"`.
    pub fields: IndexMap<String, String>,
    /// Further lookups whose records a merge moves, as `Visit__c.Lead__c`, so that they are saved before it.
    pub children: Vec<String>,
}

/// `[targets.hubspot]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HubspotOptions {
    /// Header, or `source.header`, to the internal name of the property; only what is not known by its label.
    pub properties: IndexMap<String, String>,
    /// Source name to object: `contacts`, `companies`, `deals`, `leads`, or the id of an object of your own.
    pub objects: IndexMap<String, String>,
}

/// `[targets.sql]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SqlOptions {
    /// The database's dialect; `--target sql` needs it.
    pub dialect: Option<SqlDialect>,
    /// Source name to table, `schema.table` where it has a schema; the source name when absent.
    pub tables: IndexMap<String, String>,
    /// Columns of any table that hold ids of merged records, and are re-pointed by a merge.
    pub references: Vec<SqlReference>,
}

/// The dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SqlDialect {
    /// PostgreSQL.
    Postgresql,
    /// MySQL or MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

impl SqlDialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Postgresql, Self::Mysql, Self::Sqlite];

    /// The word used in the config.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }
}

/// A column that holds ids of a source's records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SqlReference {
    /// The table, `schema.table` where it has a schema.
    pub table: String,
    /// The column.
    pub column: String,
    /// The source whose ids it holds; needed where several sources have tables.
    #[serde(default)]
    pub to: Option<String>,
    /// The column that tells the table's rows apart, where the database does not number them (all but SQLite). The id of
    /// the source whose table it is, else `id`, when absent.
    #[serde(default)]
    pub key: Option<String>,
}
