//! Which columns were looked at for value drift, and why not the others.

/// What was decided about one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftColumn {
    /// Name of the source.
    pub source: String,
    /// Header of the column.
    pub column: String,
    /// Whether drift was looked for in it.
    pub looked_at: bool,
    /// Why, or why not.
    pub why: String,
    /// Distinct values as written; `None` where there are too many to tell, or nobody looked.
    pub values: Option<u64>,
    /// Cells that hold something.
    pub cells: u64,
}
