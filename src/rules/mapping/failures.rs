//! Tells what the proof of the mappings found, for the rules that are each about one kind of failure.

use chrono::DateTime;

use crate::config::options::Options;
use crate::model::Severity;
use crate::normalise::proof::{Failed, Fault, Proof};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

/// Where a `[[mapping]]` stands in the config, and a colon behind it; nothing for a config that is in no file.
pub(super) fn place(cx: &Check<'_>, at: usize) -> String {
    cx.config.places.of("mapping", at).map(|place| format!("{place}: ")).unwrap_or_default()
}

/// The header of `table` that was meant by `header`, as the end of a sentence.
pub(super) fn near(table: &Table, header: &str) -> String {
    let headers = table.source.columns().map(|column| table.source.header(column));
    let near = crate::config::nearest(header, headers);
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}

/// `chats.reason -> leads.Reason__c`.
pub(super) fn arrow(cx: &Check<'_>, at: usize) -> String {
    cx.config.mapping.get(at).map_or_else(String::new, |mapping| format!("{} -> {}", mapping.from, mapping.to))
}

/// Reports the failures that `why` has words for.
pub(super) fn report(
    cx: &Check<'_>,
    severity: Severity,
    why: impl Fn(&Proof, &Failed) -> Option<String>,
) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let mut judged = 0;
    for proof in &cx.facts.proofs {
        judged += 1;
        let Some(table) = cx.tables.iter().find(|table| table.index == proof.to.0) else { continue };
        let column = proof.to.1;
        let tested = proof.tested.iter().filter(|record| table.holds(record.row)).count();
        out.checked(table, Some(column), tested as u64);
        let required = cx.config.mapping.get(proof.at).is_some_and(|mapping| mapping.required);
        let found: Vec<PairHit> = proof
            .failed
            .iter()
            .filter_map(|failed| {
                let row = table.part_row(failed.link.record.row)?;
                if is_excused(cx.config, &cx.facts.proofs, proof, failed) {
                    return None;
                }
                let why = why(proof, failed)?;
                let by = failed.link.by.as_str();
                let excused = failed.edited && !(required && failed.fault == Fault::Lost);
                let later = if failed.edited { "; the record was changed since" } else { "" };
                Some(PairHit {
                    row,
                    suggested: Some(failed.meant.clone()),
                    detail: format!("{}: {why}; linked by {by}{later}", arrow(cx, proof.at)),
                    other: Some(failed.link.chat),
                    severity: excused.then_some(Severity::Info),
                    ..PairHit::default()
                })
            })
            .collect();
        out.push(pair_hits::hits(table, Some(column), &found, (severity, class(table, column)))?);
    }
    if judged == 0 {
        out.unchecked("no [[mapping]] has both of its sides in loaded chats and leads or contacts".to_owned());
    }
    Ok(out)
}

/// Whether a fallback had nothing to write: another mapping had something to say for the same field.
pub(super) fn is_excused(config: &Options, proofs: &[Proof], proof: &Proof, failed: &Failed) -> bool {
    let is_fallback = |at: usize| config.mapping.get(at).is_some_and(|mapping| mapping.fallback);
    is_fallback(proof.at)
        && proofs.iter().any(|other| {
            let first = other.to == proof.to && !is_fallback(other.at);
            first && other.tested.binary_search(&failed.link.record).is_ok()
        })
}

/// Since when values go astray into `column`: the day on which the first of these records was created.
pub(super) fn since(proof: &Proof, column: usize) -> Option<String> {
    let first = DateTime::from_timestamp_micros(*proof.since.get(&column)?)?;
    Some(first.format("%Y-%m-%d").to_string())
}

/// The class of a change that would mend a column: what people are known and reached by, and who works with them, is
/// nothing that a list of changes decides.
fn class(table: &Table, column: usize) -> Safety {
    match table.source.role_of(column) {
        None | Some(Role::Reason | Role::Topic | Role::Source | Role::Industry | Role::Region | Role::Score) => {
            Safety::Review
        }
        Some(_) => Safety::Manual,
    }
}
