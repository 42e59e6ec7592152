//! `[stages]`: in which order records go through their stages.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[stages]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StageOptions {
    /// Stages from first to last, by role, by header, or by `source.header`.
    pub order: IndexMap<String, Vec<String>>,
}

impl StageOptions {
    /// The form in which stages compare: lower-case letters and digits; the text itself where it has neither.
    #[must_use]
    pub fn key(stage: &str) -> String {
        let key: String = stage.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if key.is_empty() { stage.trim().to_owned() } else { key }
    }
}
