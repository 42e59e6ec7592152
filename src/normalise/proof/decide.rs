//! What became of values that did not arrive, the most telling first: opposite, shifted, truncated, rejected, misrouted,
//! then lost or altered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::compare::{Agreement, Comparer, folded};
use super::{Failed, Fault, Pair};
use crate::config::options::FieldType;
use crate::model::FieldKind;
use crate::normalise::table::Table;

/// What became of each pair. `is_own` says whether a column of a pair holds what a mapping of its own brings, given the
/// folded cell. `tested` is how many pairs the mapping has in all.
pub(super) fn decide(
    pairs: &[Pair<'_>],
    records: &Table,
    target: usize,
    comparer: &Comparer,
    tested: usize,
    is_own: &dyn Fn(usize, &Pair<'_>, &str) -> bool,
) -> Vec<Failed> {
    let cut = cuts(pairs, records, target);
    let listed = Listed::of(records, target);
    let offset = offset(pairs, comparer, tested);
    let strays = strays(pairs, records, target, is_own);
    (0..)
        .zip(pairs)
        .map(|(at, pair)| {
            let meant = comparer.translated(pair.said).unwrap_or(pair.said);
            let fault = match pair.agreement {
                Agreement::Opposite => Fault::Opposite,
                Agreement::Truncated if cut.contains(&length(pair.shown)) => Fault::Truncated(length(pair.shown)),
                _ if comparer.kind() == Some(FieldType::Timestamp) && pair.shown.is_some() => {
                    shifted(pair, offset).map_or(Fault::Altered, Fault::Shifted)
                }
                _ if listed.as_ref().is_some_and(|listed| !listed.holds(meant)) => Fault::Rejected,
                agreement => match (strays.get(&at), agreement) {
                    (Some(column), _) => Fault::Misrouted { column: *column },
                    (None, Agreement::Lost) => Fault::Lost,
                    (None, _) => Fault::Altered,
                },
            };
            Failed { link: pair.link, fault, edited: pair.edited, meant: meant.to_owned() }
        })
        .collect()
}

fn length(shown: Option<&str>) -> u32 {
    shown.map_or(0, |text| text.chars().count() as u32)
}

/// Lengths at which texts are cut: the limit of the field, lengths that several cut texts share, and where all are cut to
/// the same share of the text every length.
fn cuts(pairs: &[Pair<'_>], records: &Table, target: usize) -> Vec<u32> {
    let cut: Vec<&Pair<'_>> = pairs.iter().filter(|pair| pair.agreement == Agreement::Truncated).collect();
    let limit = records.source.declared(target).and_then(|field| field.length);
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    let mut shares = Vec::with_capacity(cut.len());
    for pair in &cut {
        let shown = length(pair.shown);
        *counts.entry(shown).or_default() += 1;
        shares.push(shown * 100 / length(Some(pair.said)).max(1));
    }
    let spread = shares.iter().max().zip(shares.iter().min()).map_or(0, |(most, least)| most - least);
    let by_share = cut.len() >= 3 && spread <= 2;
    counts
        .into_iter()
        .filter(|(len, count)| by_share || *count > 1 || Some(*len) == limit)
        .map(|(len, _)| len)
        .collect()
}

/// The values that a restricted picklist lists, as they compare.
struct Listed(Vec<String>);

impl Listed {
    fn of(records: &Table, target: usize) -> Option<Self> {
        let field = records.source.declared(target)?;
        let picklist = matches!(field.kind, FieldKind::Picklist | FieldKind::MultiPicklist);
        (picklist && field.restricted && !field.values.is_empty()).then(|| {
            let active = field.values.iter().filter(|value| value.active);
            Self(active.flat_map(|value| [folded(&value.value), folded(&value.label)]).map(Cow::into_owned).collect())
        })
    }

    fn holds(&self, value: &str) -> bool {
        value.split(';').all(|part| self.0.iter().any(|listed| *listed == folded(part)))
    }
}

/// The offset, in seconds, that most of the times of a mapping show.
fn offset(pairs: &[Pair<'_>], comparer: &Comparer, tested: usize) -> Option<i64> {
    const FEW: usize = 5;
    if comparer.kind() != Some(FieldType::Timestamp) {
        return None;
    }
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in pairs {
        if let Some(times) = pair.times {
            *counts.entry(times.shown.saturating_sub(times.said)).or_default() += 1;
        }
    }
    let (offset, count) = counts.into_iter().max_by_key(|(offset, count)| (*count, -offset.saturating_abs()))?;
    (count >= FEW && count * 2 > tested).then_some(offset)
}

/// Why a time is another, where that is known.
fn shifted(pair: &Pair<'_>, offset: Option<i64>) -> Option<String> {
    let times = pair.times?;
    let apart = times.shown.saturating_sub(times.said);
    if offset == Some(apart) {
        return Some(format!("{} minutes off, as most of this mapping", apart / 60));
    }
    if times.said != 0 && (times.shown == times.said / 1000 || times.shown / 1000 == times.said) {
        return Some("seconds taken for milliseconds, or the other way round".to_owned());
    }
    times.swapped.then(|| "day and month are swapped".to_owned())
}

/// Whether a line, or a part of one, is `Label: value`.
fn labelled(line: &str, value: &str) -> bool {
    const LABEL: usize = 40;
    let label = line.strip_suffix(value).map(str::trim_end).and_then(|front| front.strip_suffix(':'));
    label.is_some_and(|label| !label.is_empty() && label.len() <= LABEL && !label.contains(':'))
}

/// Pairs whose value stands in another column, unless that column holds what its own mapping brings (`is_own`) of the record, by position, with that column. A column counts only where it
/// holds the pair's own value clearly more often than that of the next pair: else it is chance.
fn strays(
    pairs: &[Pair<'_>],
    records: &Table,
    target: usize,
    is_own: &dyn Fn(usize, &Pair<'_>, &str) -> bool,
) -> BTreeMap<usize, usize> {
    const LONGEST: usize = 200;
    let open: Vec<usize> = (0..pairs.len())
        .filter(|at| {
            let said = folded(pairs[*at].said);
            let plain = matches!(pairs[*at].agreement, Agreement::Lost | Agreement::Different);
            plain && said.len() >= 3 && said.len() <= LONGEST && said.chars().any(char::is_alphabetic)
        })
        .collect();
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    let said: Vec<String> = open.iter().map(|at| folded(pairs[*at].said).into_owned()).collect();
    let mut by_column: Vec<(usize, usize, Vec<usize>)> = Vec::new();
    for column in records.source.columns().filter(|column| *column != target) {
        let text = records.text(column);
        let mut own = Vec::new();
        let mut chance = 0;
        for (nth, at) in open.iter().enumerate() {
            let Some(cell) = text.get(pairs[*at].link.record.row) else { continue };
            if cell.is_empty() || cell.len() > 100_000 {
                continue;
            }
            let lines: Vec<Cow<'_, str>> = cell.split(['\n', '\r', ';', '|']).map(folded).collect();
            let cell = folded(cell);
            let holds = |value: &str| cell == value || lines.iter().any(|line| labelled(line, value));
            if holds(&said[nth]) && !is_own(column, &pairs[*at], &cell) {
                own.push(*at);
            }
            // The next pair that says something else.
            let mut next = (1..=said.len().min(50)).map(|step| &said[(nth + step) % said.len()]);
            let other = next.find(|other| **other != said[nth]);
            chance += usize::from(other.is_some_and(|other| holds(other)));
        }
        if !own.is_empty() && own.len() > 2 * chance {
            by_column.push((own.len(), column, own));
        }
    }
    // The column that explains most comes first.
    by_column.sort_by_key(|(count, column, _)| (std::cmp::Reverse(*count), *column));
    for (_, column, own) in by_column {
        for at in own {
            found.entry(at).or_insert(column);
        }
    }
    found
}
