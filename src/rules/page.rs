//! A rule's page, as people read it, and the list of rules, as programs do.

use serde::Serialize;

use super::declare::{AnyRule, Need, RuleMeta};
use crate::model::{Safety, Severity};

/// A rule as `leadlint rule --format json` lists it.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// `DUP001`.
    pub code: &'static str,
    /// `repeated-email`.
    pub name: &'static str,
    /// `DUP`.
    pub family: &'static str,
    /// Default severity.
    pub severity: Severity,
    /// What it must see together.
    pub scope: String,
    /// What a source must have.
    pub needs: Vec<String>,
    /// Options with their defaults.
    pub options: serde_json::Value,
    /// Class of the cleanup.
    pub safety: Safety,
    /// The version that brought it.
    pub since: &'static str,
    /// The page, in Markdown.
    pub page: String,
}

/// The rule as programs read it.
#[must_use]
pub fn listed(rule: &dyn AnyRule) -> Listed {
    let meta = rule.meta();
    Listed {
        code: meta.code,
        name: meta.name,
        family: meta.family.prefix(),
        severity: meta.severity,
        scope: meta.scope.describe(),
        needs: meta.needs.iter().map(|need| Need::describe(*need)).collect(),
        options: serde_json::to_value(rule.default_options()).unwrap_or_default(),
        safety: meta.safety,
        since: meta.since,
        page: page(rule),
    }
}

/// The doc comment without the space that rustdoc leaves in front of each line.
#[must_use]
pub fn body(meta: &RuleMeta) -> String {
    meta.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The whole page: title, facts, doc comment, defaults of the options, place of the source.
#[must_use]
pub fn page(rule: &dyn AnyRule) -> String {
    let meta = rule.meta();
    let kinds = meta.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let needs = meta.needs.iter().map(|need| format!("`{}`", need.describe())).collect::<Vec<_>>().join(", ");
    let mut page = format!(
        "# {} {}\n\nSeverity: {} · counts against: {} · looks at: {kinds}{} · scope: {} · cleanup: {} · since {}\n\n{}\n",
        meta.code,
        meta.name,
        meta.severity,
        meta.dimension.as_str(),
        if needs.is_empty() { String::new() } else { format!(" with {needs}") },
        meta.scope.describe(),
        meta.safety,
        meta.since,
        body(meta).trim_end(),
    );
    let options = rule.default_options();
    page.push_str("\n## Config\n\n```toml\n");
    page.push_str(&format_config(meta, &options));
    page.push_str("```\n\nSource: `");
    page.push_str(&meta.file.replace('\\', "/"));
    page.push_str("`\n");
    page
}

fn format_config(meta: &RuleMeta, options: &toml::Table) -> String {
    let mut out = format!("[rules.{}]\nseverity = \"{}\"   # error | warning | info | off\n", meta.code, meta.severity);
    out.push_str("# max-rate = 0.02     # tolerated share\n# max = 10            # tolerated count\n");
    out.push_str(&toml::to_string(options).unwrap_or_default());
    out
}
