//! Hits of rules about the assignment rules of the config: they stand in no export, so they point at the audit.

use serde::{Deserialize, Serialize};

use super::replay::Replay;
use super::{called, counted};
use crate::evidence::{AUDIT, Hits};
use crate::model::Severity;
use crate::rules::check::Check;
use crate::rules::outcome::{Checked, Outcome};

/// Options of rules that tell how often an assignment rule fires.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Enough {
    /// Leads below which nothing is said of a rule.
    pub leads: u64,
    /// Days that these leads must span.
    pub days: u32,
}

impl Default for Enough {
    fn default() -> Self {
        Self { leads: 100, days: 14 }
    }
}

/// One finding on the rule `rule`, under the name `value`.
pub(super) fn hit(cx: &Check<'_>, rule: usize, value: &str, why: &str, severity: Severity) -> anyhow::Result<Hits> {
    let detail = format!("{} {why}", called(cx.config, rule));
    Ok(Hits::on_audit(&detail)?.with_text("value", value)?.with_severity(severity)?)
}

/// Says that `count` rules were judged.
pub(super) fn checked(out: &mut Outcome, count: u64) {
    if count > 0 {
        out.checked.push(Checked { source: AUDIT, column: None, count });
    }
}

/// The live rules that enough leads put to the test; of the others it is said why not.
pub(super) fn tested(cx: &Check<'_>, replay: &Replay, enough: &Enough, out: &mut Outcome) -> Vec<usize> {
    let mut tested = Vec::new();
    let mut few: Vec<String> = Vec::new();
    for (at, rule) in replay.rules.iter().enumerate().filter(|(_, rule)| !rule.pilot) {
        let lacks: Vec<&str> = replay.tables.iter().flat_map(|table| &table.lacks[at]).map(String::as_str).collect();
        if !replay.tables.is_empty() && replay.tables.iter().all(|table| !table.lacks[at].is_empty()) {
            out.unchecked(format!("{} asks {}, which no export of leads has", called(cx.config, at), lacks.join(", ")));
            continue;
        }
        let era = replay.in_force(at);
        if era.leads >= enough.leads && era.days() >= i64::from(enough.days) {
            tested.push(at);
        } else {
            few.push(format!(
                "`{}` {} over {}",
                rule.name,
                counted(era.leads, "lead"),
                counted(era.days().unsigned_abs(), "day")
            ));
        }
    }
    if !few.is_empty() {
        out.unchecked(format!(
            "how often a rule fires is told from {} leads over {} days, created since the rule is in force; {}",
            enough.leads,
            enough.days,
            few.join(", ")
        ));
    }
    tested
}
