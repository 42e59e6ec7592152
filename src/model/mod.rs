//! The nouns that every layer shares: kinds, objects, roles, sources, severities. Imports nothing above it.

mod absence;
mod baseline;
mod dimension;
mod issue;
mod kind;
mod role;
mod schema;
mod severity;
mod source;
mod system_field;

pub use absence::{Absence, Excluded, Gone};
pub use baseline::{
    BASELINE_SCHEMA, Baseline, Entries, PastSource, entry, parse_entry, parse_time_key, place, time_key,
};
pub use dimension::Dimension;
pub use issue::{IssueKind, ReadIssue};
pub use kind::{Kind, Object};
pub use role::{Found, Role, RoleBinding};
pub use schema::{FieldKind, ListedValue, Schema, SchemaField};
pub use severity::{Safety, Severity, Status};
pub use source::{Dialect, Origin, Packing, Source, SourceFile, TextEncoding};
pub use system_field::SystemField;
