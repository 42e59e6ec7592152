//! What a config says about rules: severities, budgets, options of their own, and agreed exceptions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{day, schema};
use crate::model::Severity;

/// `[rules.CODE]`: the common keys; what else stands there are the rule's own options.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
pub struct RuleOptions {
    /// Replaces the rule's own severity; `off` leaves the rule out.
    pub severity: Option<RuleSeverity>,
    /// Tolerated share of rows, per finding.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_rate: Option<f64>,
    /// Tolerated count, per finding.
    pub max: Option<u64>,
    /// Fewer than this never fail, whatever their share; per finding.
    pub floor: Option<u64>,
    /// The rule's own options, checked against the rule.
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub own: toml::Table,
}

/// A severity, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSeverity {
    /// Fails the run.
    Error,
    /// Worth mending.
    Warning,
    /// Worth knowing.
    Info,
    /// Not run.
    Off,
}

impl RuleSeverity {
    /// The severity, or `None` for `off`.
    #[must_use]
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Off => None,
        }
    }
}

/// `[[accept]]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AcceptOptions {
    /// Code or name of the rule.
    pub rule: String,
    /// Ids of the records meant.
    #[serde(default)]
    pub records: Vec<String>,
    /// Or the group meant.
    #[serde(default)]
    pub group: Option<String>,
    /// Why.
    pub reason: String,
    /// Who agreed.
    #[serde(default)]
    pub owner: Option<String>,
    /// Last day on which the exception holds.
    #[serde(default, deserialize_with = "day::datetime")]
    #[schemars(schema_with = "schema::day")]
    pub expires: Option<toml::value::Datetime>,
}
