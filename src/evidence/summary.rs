//! Sums evidence up into findings, and evidence and checks into the score.

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use super::Finding;
use super::expand::{Gathered, Stretch};
use super::score::Penalties;
use crate::config::options::RuleOptions;
use crate::model::{Dimension, Safety, Severity, Status};

/// What the engine knows of a rule when it sums its evidence up.
#[derive(Debug, Clone, Copy)]
pub struct Ruling<'a> {
    /// Name of the rule.
    pub name: &'static str,
    /// The dimension that it counts against.
    pub dimension: Dimension,
    /// Whether its evidence costs points.
    pub scores: bool,
    /// Sentence with `{count}`, `{checked}`, `{groups}`, `{column}`, `{source}`.
    pub message: &'static str,
    /// Severity, budget and options from the config.
    pub config: Option<&'a RuleOptions>,
}

/// How many examples a finding carries.
pub const EXAMPLES: usize = 5;

impl Gathered {
    /// The findings, worst first, then by code, source and column. `ruling` answers for a code; `checked` says how much
    /// a rule checked in a source and column. What rows pay goes into `penalties`.
    pub fn findings<'a>(
        &self,
        ruling: impl Fn(&str) -> Option<Ruling<'a>>,
        checked: impl Fn(&str, usize, Option<usize>) -> u64,
        penalties: &mut Penalties,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for stretch in self.stretches() {
            let Some(ruling) = ruling(stretch.code) else { continue };
            let configured = ruling
                .config
                .and_then(|config| config.severity)
                .and_then(crate::config::options::RuleSeverity::severity);
            let mut groups: FxHashSet<u64> = FxHashSet::default();
            let mut rows = FxHashSet::default();
            let mut safety: IndexMap<Safety, u64> = Safety::ALL.into_iter().map(|class| (class, 0)).collect();
            let (mut count, mut accepted, mut new) = (0_u64, 0_u64, 0_u64);
            let (mut worst, mut worst_new) = (None, None);
            let mut new_rows = FxHashSet::default();
            for one in self.tally(stretch) {
                if one.status == Status::Accepted {
                    accepted += 1;
                    continue;
                }
                let severity = configured.unwrap_or(one.severity);
                worst = worst.max(Some(severity));
                count += 1;
                groups.extend(one.group);
                rows.insert(one.distinct);
                if one.is_new() {
                    new += 1;
                    worst_new = worst_new.max(Some(severity));
                    new_rows.insert(one.distinct);
                }
                safety[&one.safety] += 1;
                if let Some(height) = self.height(stretch.source).filter(|_| ruling.scores) {
                    penalties.add(ruling.dimension, stretch.source, height, one.frame_row, severity);
                }
            }
            let checked = checked(stretch.code, stretch.source, stretch.column);
            let source = self.source_name(stretch.source).to_owned();
            let column = self.header(stretch.source, stretch.column).map(str::to_owned);
            let rows = rows.len() as u64;
            let share = |rows: u64| if checked == 0 { 0.0 } else { rows as f64 / checked as f64 };
            let rate = share(rows);
            let message = if count == 0 {
                format!("all {} are accepted exceptions", thousands(accepted))
            } else if let Some(said) = self.said_of_whole(stretch, ruling.message, count, checked) {
                said
            } else {
                filled(ruling.message, count, checked, groups.len() as u64, &source, column.as_deref())
            };
            let (within_budget, budget) = within(ruling.config, new, share(new_rows.len() as u64));
            let examples = self.examples(stretch, EXAMPLES);
            findings.push(Finding {
                code: stretch.code,
                name: ruling.name,
                severity: worst.or(configured).unwrap_or(Severity::Info),
                dimension: ruling.dimension,
                role: stretch.column.and_then(|column| self.role(stretch.source, column)),
                source,
                column,
                checked,
                count,
                accepted,
                groups: groups.len() as u64,
                rows,
                rate,
                new,
                new_severity: worst_new,
                since: self.since(stretch),
                safety,
                message,
                within_budget,
                budget,
                examples_hidden: count - examples.len() as u64,
                examples,
            });
        }
        findings.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then_with(|| (a.code, &a.source, &a.column).cmp(&(b.code, &b.source, &b.column)))
        });
        findings
    }
}

impl Gathered {
    /// What is said instead of a message that counts something of something, where nothing was counted and the one hit is on
    /// the whole: its own words.
    fn said_of_whole(&self, stretch: &Stretch, message: &str, count: u64, checked: u64) -> Option<String> {
        if checked > 0 || count != 1 || !message.contains("{checked") {
            return None;
        }
        let only = self.examples(stretch, 1).pop().filter(|row| row.row.is_none() && row.record_id.is_none())?;
        (!only.detail.is_empty()).then_some(only.detail)
    }
}

/// The message with its figures in. `{count}` is a figure; `{count|record|records}` a figure and its noun.
fn filled(message: &str, count: u64, checked: u64, groups: u64, source: &str, column: Option<&str>) -> String {
    let mut out = String::with_capacity(message.len() + 40);
    let mut rest = message;
    // One pass, so that braces inside a header stay text.
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let mut parts = rest[open + 1..open + close].split('|');
        let figure = match parts.next() {
            Some("count") => Some(count),
            Some("checked") => Some(checked),
            Some("groups") => Some(groups),
            Some("source") => {
                out.push_str(source);
                None
            }
            Some("column") => {
                out.push_str(column.unwrap_or("row"));
                None
            }
            _ => None,
        };
        if let Some(figure) = figure {
            out.push_str(&thousands(figure));
            if let (Some(one), Some(many)) = (parts.next(), parts.next()) {
                out.push(' ');
                out.push_str(if figure == 1 { one } else { many });
            }
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Whether a finding stays within its budget, and why; a rule without a budget has none.
fn within(config: Option<&RuleOptions>, count: u64, rate: f64) -> (bool, Option<String>) {
    let Some(config) = config else { return (false, None) };
    let mut said = Vec::new();
    let mut within = true;
    if let Some(max) = config.max {
        within &= count <= max;
        said.push(format!("{} of at most {}", thousands(count), thousands(max)));
    }
    if let Some(max) = config.max_rate {
        within &= rate <= max;
        said.push(format!("{:.2} % of at most {:.2} %", rate * 100.0, max * 100.0));
    }
    if let Some(floor) = config.floor {
        let below = count < floor;
        within = below || (within && !said.is_empty());
        let fewer = if below { "fewer than" } else { "not fewer than" };
        said.push(format!("{}, {fewer} the {} from which it counts", thousands(count), thousands(floor)));
    }
    if said.is_empty() { (false, None) } else { (within, Some(said.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_filled_in_once() {
        assert_eq!(
            filled("{count} of {checked} in {source} · {column}", 1204, 9, 1, "leads", Some("{count}")),
            "1,204 of 9 in leads · {count}"
        );
        let message = "{count|record|records} share {groups|address|addresses}";
        assert_eq!(filled(message, 2, 0, 1, "leads", None), "2 records share 1 address");
    }

    #[test]
    fn budgets_hold_by_count_and_by_share() {
        let config = |max, max_rate| RuleOptions { max_rate, max, ..RuleOptions::default() };
        assert!(!within(None, 0, 0.0).0);
        assert!(!within(Some(&config(None, None)), 0, 0.0).0);
        assert!(within(Some(&config(Some(3), None)), 3, 1.0).0);
        assert!(!within(Some(&config(Some(2), None)), 3, 0.0).0);
        assert!(within(Some(&config(None, Some(0.02))), 9, 0.02).0);
        assert!(!within(Some(&config(Some(9), Some(0.02))), 9, 0.03).0);
        let floor = RuleOptions { max_rate: Some(0.02), floor: Some(5), ..RuleOptions::default() };
        assert!(within(Some(&floor), 4, 0.5).0, "four are not worth a failed run, whatever their share");
        assert!(!within(Some(&floor), 5, 0.5).0);
        assert!(within(Some(&floor), 5, 0.01).0);
        let alone = RuleOptions { floor: Some(5), ..RuleOptions::default() };
        assert!(within(Some(&alone), 4, 1.0).0 && !within(Some(&alone), 5, 0.0).0);
    }
}
