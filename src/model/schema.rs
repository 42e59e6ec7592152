//! The schema of a CRM object: what the CRM itself declares of its fields.

use serde::Serialize;

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// A web address.
    Url,
    /// One of a list.
    Picklist,
    /// Several of a list, separated by `;`.
    MultiPicklist,
    /// Yes or no.
    Boolean,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A point in time.
    Timestamp,
    /// The id of another record.
    Reference,
    /// Something else.
    Other,
}

/// A value that a picklist lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedValue {
    /// What programs write.
    pub value: String,
    /// What people see.
    pub label: String,
    /// Whether it may still be chosen.
    pub active: bool,
}

/// A field, as the CRM declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaField {
    /// What programs call it.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What kind of value it holds.
    pub kind: FieldKind,
    /// Characters that it can hold, where that is limited.
    pub length: Option<u32>,
    /// Whether the CRM refuses values that are not listed.
    pub restricted: bool,
    /// The listed values of a picklist, in the CRM's order; empty for other fields.
    pub values: Vec<ListedValue>,
}

/// The schema of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The file that it was read from, as given.
    pub path: String,
    /// The fields.
    pub fields: Vec<SchemaField>,
    /// Position in `fields` of each column of the source's frame.
    pub columns: Vec<Option<usize>>,
}
