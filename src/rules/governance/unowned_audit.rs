//! GOV001: audits that nobody answers for.

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Audits that nobody answers for: `[audit] owner` is not set.
    ///
    /// ## Why it matters
    ///
    /// Findings without a person behind them are read once.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ```toml
    /// [audit]
    /// owner = "revops@acme.example"
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: write the owner into `leadlint.toml`.
    pub struct UnownedAudit {
        code: "GOV001",
        name: "unowned-audit",
        family: Governance,
        severity: Info,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "nobody is named as the owner of this audit",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    out.checked.push(crate::rules::outcome::Checked { source: AUDIT, column: None, count: 1 });
    if cx.config.audit.owner.as_deref().is_none_or(|owner| owner.trim().is_empty()) {
        out.push(Hits::on_audit("[audit] owner is not set in leadlint.toml")?);
    }
    Ok(out)
}
