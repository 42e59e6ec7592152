//! What the search for probable duplicates learned from the records.

/// The parameters by which the records of one source were compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Matching {
    /// Name of the source.
    pub source: String,
    /// Records.
    pub records: u64,
    /// Pairs that were compared.
    pub compared: u64,
    /// The probability that two records drawn at random are one person.
    pub prior: f64,
    /// By field.
    pub fields: Vec<MatchField>,
    /// Fields with blocks that were too large to be compared all with all.
    pub capped: Vec<CappedBlocks>,
}

/// The levels of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchField {
    /// Role or header.
    pub field: String,
    /// Best first.
    pub levels: Vec<MatchLevel>,
}

/// One level.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchLevel {
    /// What it means.
    pub level: &'static str,
    /// Share among pairs of one person.
    pub m: f64,
    /// Share among other pairs.
    pub u: f64,
    /// Match weight in bits, before the frequency of the value.
    pub weight: f64,
}

/// Blocks of one field that stayed too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CappedBlocks {
    /// Role or header.
    pub field: String,
    /// How many.
    pub blocks: u64,
    /// Records in them, each counted as often as it is in one.
    pub records: u64,
}
