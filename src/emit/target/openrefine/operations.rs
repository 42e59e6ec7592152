//! The operations of OpenRefine that are written, in the form of its own histories.

use serde::Serialize;

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op")]
pub(super) enum Operation {
    /// Cells of one column get other values.
    #[serde(rename = "core/mass-edit", rename_all = "camelCase")]
    MassEdit {
        engine_config: Engine,
        column_name: String,
        expression: &'static str,
        edits: Vec<Edit>,
        description: String,
    },
    /// Rows go.
    #[serde(rename = "core/row-removal", rename_all = "camelCase")]
    RowRemoval { engine_config: Engine, description: String },
}

/// Which rows an operation sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Engine {
    facets: Vec<Facet>,
    mode: &'static str,
}

/// A choice among the values of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields of OpenRefine's list facet")]
struct Facet {
    r#type: &'static str,
    name: String,
    column_name: String,
    expression: &'static str,
    omit_blank: bool,
    omit_error: bool,
    selection: Vec<Selected>,
    select_blank: bool,
    select_error: bool,
    invert: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Selected {
    v: Choice,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Choice {
    v: String,
    l: String,
}

/// One value, and what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Edit {
    from: [String; 1],
    from_blank: bool,
    from_error: bool,
    to: String,
}

impl Edit {
    pub(super) fn new(from: &str, to: &str) -> Self {
        Self { from: [from.to_owned()], from_blank: from.is_empty(), from_error: false, to: to.to_owned() }
    }
}

impl Engine {
    /// Every row.
    pub(super) const fn all() -> Self {
        Self { facets: Vec::new(), mode: "row-based" }
    }

    /// The rows that have one of `values` in `column`.
    pub(super) fn of(column: &str, values: impl IntoIterator<Item = String>) -> Self {
        let selection = values.into_iter().map(|value| Selected { v: Choice { l: value.clone(), v: value } }).collect();
        let facet = Facet {
            r#type: "list",
            name: column.to_owned(),
            column_name: column.to_owned(),
            expression: "value",
            omit_blank: false,
            omit_error: false,
            selection,
            select_blank: false,
            select_error: false,
            invert: false,
        };
        Self { facets: vec![facet], mode: "row-based" }
    }
}

impl Operation {
    pub(super) fn edit(engine_config: Engine, column: &str, edits: Vec<Edit>) -> Self {
        let description = format!("Mass edit cells in column {column}");
        Self::MassEdit { engine_config, column_name: column.to_owned(), expression: "value", edits, description }
    }

    pub(super) fn removal(engine_config: Engine) -> Self {
        Self::RowRemoval { engine_config, description: "Remove rows that were merged into others".to_owned() }
    }
}
