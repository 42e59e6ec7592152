//! The figures of the mapping proof: what became of the pairs of each mapping, what probes and automations showed.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::failures::is_excused;
use super::outcomes::{Outcome, outcomes};
use crate::config::options::{Options, ProbeCase};
use crate::evidence::{AutomationProof, Expectation, Held, MappingProof, OutcomeProof, ProbeProof, Stray, UseProof};
use crate::model::Role;
use crate::normalise::declared::State;
use crate::normalise::links::At;
use crate::normalise::mapped::Mapping;
use crate::normalise::proof::{Fault, Proof};
use crate::normalise::{Facts, Table};

fn place(config: &Options, list: &str, at: usize) -> Option<String> {
    config.places.of(list, at).map(str::to_owned)
}

/// What each `[[mapping]]` is worth.
pub(in crate::rules) fn mapping(tables: &[Table], facts: &Facts, config: &Options) -> Vec<MappingProof> {
    facts
        .mappings
        .iter()
        .map(|mapping| {
            let declared = &config.mapping[mapping.at];
            let mut sum = MappingProof {
                from: declared.from.clone(),
                to: declared.to.clone(),
                place: place(config, "mapping", mapping.at),
                ..MappingProof::default()
            };
            match facts.proofs.iter().find(|proof| proof.at == mapping.at) {
                Some(proof) => count(&mut sum, proof, tables, facts, config),
                None => sum.not_proved = Some(why_not(mapping, facts)),
            }
            sum
        })
        .collect()
}

/// Why a mapping has no proof.
pub(super) fn why_not(mapping: &Mapping, facts: &Facts) -> String {
    for side in [&mapping.from, &mapping.to] {
        if side.source.is_none() {
            return format!("no source {} is loaded", side.name);
        }
        if side.column.is_none() {
            return format!("{} has no column {}", side.name, side.header);
        }
    }
    let Some(links) = &facts.links else { return "no chats are loaded beside leads or contacts".to_owned() };
    if mapping.from.source.is_some_and(|source| links.side(source).is_none()) {
        return format!("{} holds no chats", mapping.from.name);
    }
    format!("records of {} are not linked with chats", mapping.to.name)
}

fn count(sum: &mut MappingProof, proof: &Proof, tables: &[Table], facts: &Facts, config: &Options) {
    let table = &tables[proof.to.0];
    let created = table.role(Role::CreatedAt).map(|column| table.times(column));
    sum.pairs = proof.pairs;
    sum.tested = proof.tested.len() as u64;
    (sum.exact, sum.normalised) = (proof.exact, proof.normalised);
    (sum.translated, sum.contained) = (proof.translated, proof.contained);
    let mut since = None;
    let mut strays: BTreeMap<usize, u64> = BTreeMap::new();
    for failed in &proof.failed {
        if is_excused(config, &facts.proofs, proof, failed) {
            sum.stood_back += 1;
            continue;
        }
        let figure = match &failed.fault {
            Fault::Misrouted { column } => {
                *strays.entry(*column).or_default() += 1;
                &mut sum.misrouted
            }
            Fault::Lost => &mut sum.lost,
            Fault::Altered => &mut sum.altered,
            Fault::Opposite => &mut sum.opposite,
            Fault::Shifted(_) => &mut sum.shifted,
            Fault::Truncated(_) => &mut sum.truncated,
            Fault::Rejected => &mut sum.rejected,
        };
        *figure += 1;
        sum.edited += u64::from(failed.edited);
        if let Some(at) = created.and_then(|times| times.get(failed.link.record.row)) {
            since = Some(since.map_or(at, |first: i64| first.min(at)));
        }
    }
    sum.failing_since = since.and_then(day);
    sum.strays = strays
        .into_iter()
        .map(|(column, count)| Stray {
            column: table.source.header(column).to_owned(),
            count,
            since: proof.since.get(&column).copied().and_then(day),
        })
        .collect();
    sum.strays.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.column.cmp(&b.column)));
}

fn day(micros: i64) -> Option<String> {
    Some(DateTime::from_timestamp_micros(micros)?.format("%Y-%m-%d").to_string())
}

/// What each `[[probe]]` proves.
pub(in crate::rules) fn probes(tables: &[Table], facts: &Facts, config: &Options) -> Vec<ProbeProof> {
    let id = |at: At| {
        let table = &tables[at.source as usize];
        let id = table.role(Role::Id).and_then(|column| table.text(column).get(at.row));
        Some(format!("{} {}", table.name(), id.map(str::trim).filter(|id| !id.is_empty())?))
    };
    facts
        .declared
        .probes
        .iter()
        .map(|probe| {
            let declared = &config.probe[probe.at];
            let absent = probe.is_absent();
            let expectations = probe.expectations.iter().map(|one| {
                let (held, at, why) = match &one.state {
                    State::Held(at) => (Held::Held, Some(*at), None),
                    State::Failed(at) => (Held::Failed, Some(*at), None),
                    State::Missing(_) if absent => {
                        (Held::Failed, None, Some("no chat of this id is loaded".to_owned()))
                    }
                    State::Missing(why) => (Held::Failed, None, Some(why.clone())),
                    State::NotChecked(why) => (Held::NotChecked, None, Some(why.clone())),
                };
                Expectation {
                    field: format!("{}.{}", one.field.name, one.field.header),
                    expected: one.expected.clone(),
                    held,
                    record: at.and_then(id),
                    why,
                }
            });
            ProbeProof {
                chat: declared.chat.clone(),
                case: match declared.case {
                    None | Some(ProbeCase::Plain) => "plain",
                    Some(ProbeCase::Repeat) => "repeat",
                    Some(ProbeCase::Overlong) => "overlong",
                    Some(ProbeCase::Incomplete) => "incomplete",
                    Some(ProbeCase::Transfer) => "transfer",
                },
                place: place(config, "probe", probe.at),
                chats: probe.chats.len() as u64,
                records: probe.records.iter().filter_map(|(at, _)| id(*at)).collect(),
                expectations: expectations.collect(),
            }
        })
        .collect()
}

/// What each `[[automation]]` reads and did.
pub(in crate::rules) fn automations(tables: &[Table], facts: &Facts, config: &Options) -> Vec<AutomationProof> {
    let whole: Vec<&Table> = tables.iter().filter(|table| table.source.kind != crate::model::Kind::SyncLog).collect();
    (0..)
        .zip(&config.automation)
        .map(|(at, automation)| {
            let uses = facts.declared.uses.iter().filter(|one| one.automation == at).map(|one| UseProof {
                field: automation.uses[one.nth].clone(),
                absent: match one.field.source {
                    None => Some(format!("no source {} is loaded", one.field.name)),
                    Some(source) if one.field.column.is_none() => {
                        Some(format!("{} has no column {}", tables[source].name(), one.field.header))
                    }
                    Some(_) => None,
                },
                of: one.of.as_str(),
                rows: one.rows,
                filled: one.filled,
                fed_by: one.fed.as_str(),
            });
            // A pattern that is none was refused when the config was read.
            let expected = outcomes(automation, &whole, facts).unwrap_or_default();
            let outcomes = expected.into_iter().map(|one| {
                let mut sum = OutcomeProof {
                    field: one.field.to_owned(),
                    expected: one.value.to_owned(),
                    ..OutcomeProof::default()
                };
                match one.matches {
                    Err(why) => sum.not_proved = Some(why),
                    Ok(matches) => {
                        for one in matches {
                            sum.matched += 1;
                            let figure = match one.outcome {
                                Outcome::Shown => &mut sum.shown,
                                Outcome::Late(_) => &mut sum.late,
                                Outcome::Missing => &mut sum.missing,
                                Outcome::Changed => &mut sum.changed,
                                Outcome::Young | Outcome::Untold => &mut sum.not_judged,
                            };
                            *figure += 1;
                        }
                    }
                }
                sum
            });
            AutomationProof {
                name: automation.name.clone(),
                place: place(config, "automation", at),
                uses: uses.collect(),
                outcomes: outcomes.collect(),
            }
        })
        .collect()
}
