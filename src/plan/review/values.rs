//! The values of a review: every change that is no merge, in the groups that evidence puts them into.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Plan;
use super::super::decisions::{Answer, value_key};
use super::super::operation::Operation;
use super::counts::Counts;
use super::{Block, Desk, Line, What, each_once, who};
use crate::evidence::EvidenceRow;
use crate::model::Safety;

/// How many spellings a group's line names.
const NAMED: usize = 8;

/// Code, group, name of the source, and column: what is decided on together.
type Together<'a> = (&'static str, String, &'a str, String);

/// A line, and what it proposes for which column of which source.
struct Proposed {
    line: Line,
    at: Option<(usize, usize)>,
}

pub(super) fn blocks(desk: &Desk<'_>, plan: &Plan, rows: &[EvidenceRow]) -> Vec<Block> {
    let mut others: BTreeMap<Cell<'_>, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        if let (Some(at), Some(suggested)) = (cell_of(row), &row.suggested) {
            others.entry(at).or_default().insert(suggested);
        }
    }
    let mut counts = Counts::new(desk.sources);
    let mut together: BTreeMap<Together<'_>, Vec<Proposed>> = BTreeMap::new();
    for operation in &plan.operations {
        if matches!(operation, Operation::Merge(_)) || operation.grounds().safety != Safety::Review {
            continue;
        }
        let Some((row, proposed)) = proposed(desk, operation, &others, &mut counts) else { continue };
        let group = row.group.clone().unwrap_or_else(|| row.fingerprint.clone());
        let column = proposed.line.column.clone();
        let source = desk.source_name(operation.place().source);
        together.entry((row.code, group, source, column)).or_default().push(proposed);
    }
    together.into_iter().map(|((code, ..), lines)| block(desk, code, lines, &mut counts)).collect()
}

/// A cell that evidence points at: file, row, header.
type Cell<'a> = (&'a str, u64, &'a str);

fn cell_of(row: &EvidenceRow) -> Option<Cell<'_>> {
    Some((row.file.as_deref()?, row.row?, row.column.as_deref()?))
}

/// The line of an operation, and the evidence that a decision on it is kept by: that whose value goes in.
fn proposed<'a>(
    desk: &'a Desk<'_>,
    operation: &Operation,
    others: &BTreeMap<Cell<'_>, BTreeSet<&str>>,
    counts: &mut Counts<'_>,
) -> Option<(&'a EvidenceRow, Proposed)> {
    let place = operation.place();
    let grounds = operation.grounds();
    let change = operation.cells().next();
    let cited: Vec<&EvidenceRow> = grounds
        .evidence
        .iter()
        .flat_map(|cited| cited.fingerprints.iter().filter_map(|of| desk.cited(cited.code, of)))
        .collect();
    let wanted = change.map(|(.., new)| new);
    let fits = |row: &&&EvidenceRow| row.safety != Safety::Safe && row.suggested.as_deref() == wanted;
    let row = cited.iter().find(fits).or(cited.first()).copied()?;
    let source = desk.sources.get(place.source)?;
    let (at, column, current, suggested) = match change {
        Some((column, header, old, new)) => {
            (Some((place.source, column)), header.to_owned(), old.unwrap_or_default().to_owned(), new.to_owned())
        }
        None => (None, String::new(), who(source, place.row), operation.kind().to_owned()),
    };
    let mut alternatives: Vec<String> = Vec::new();
    if let Some((_, index)) = at {
        let stands = counts.of(place.source, index, &suggested);
        let held = counts.of(place.source, index, &current);
        if stands > 0 {
            alternatives.push(format!("{suggested} ({stands})"));
        }
        if !current.is_empty() && (stands > 0 || held > 1) {
            alternatives.push(format!("{current} ({held})"));
        }
        let all = cell_of(row).and_then(|cell| others.get(&cell));
        for value in all.into_iter().flatten().filter(|other| **other != suggested) {
            alternatives.push(format!("{value} ({})", counts.of(place.source, index, value)));
        }
    }
    let by_rule = grounds.codes().iter().find_map(|code| desk.decisions.of(code));
    let line = Line {
        what: What::Value,
        answer: desk.decisions.on_value(&row.fingerprint).or(by_rule.filter(|answer| *answer == Answer::Accept)),
        rule: grounds.codes().join(" "),
        source: source.name.clone(),
        record: place.record.clone().unwrap_or_default(),
        line: place.line,
        column,
        current,
        suggested,
        alternatives: alternatives.join("; "),
        survivor: String::new(),
        confidence: Some(row.confidence),
        reasons: grounds.reason.clone(),
        group: String::new(),
        key: value_key(&row.fingerprint),
    };
    Some((row, Proposed { line, at }))
}

fn block(desk: &Desk<'_>, code: &'static str, proposed: Vec<Proposed>, counts: &mut Counts<'_>) -> Block {
    let group = desk.records.group(proposed.iter().map(|one| one.line.key.as_str()));
    let at = proposed.first().and_then(|one| one.at);
    let mut lines: Vec<Line> = proposed.into_iter().map(|one| Line { group: group.clone(), ..one.line }).collect();
    if let [first, _, ..] = lines.as_slice() {
        let mut spellings: BTreeMap<&str, u64> = BTreeMap::new();
        for line in &lines {
            *spellings.entry(&line.current).or_default() += 1;
        }
        let mut spellings: Vec<(&str, u64)> = spellings.into_iter().collect();
        spellings.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut named: Vec<String> =
            spellings.iter().take(NAMED).map(|(value, count)| format!("{value} ({count})")).collect();
        if spellings.len() > NAMED {
            named.push(format!("{} more", spellings.len() - NAMED));
        }
        let is_one = lines.iter().all(|line| line.suggested == first.suggested);
        let suggested = if is_one { first.suggested.clone() } else { "each its own, as below".to_owned() };
        let stands = at.filter(|_| is_one).map(|(source, column)| counts.of(source, column, &suggested));
        let answer = first.answer.filter(|_| lines.iter().all(|line| line.answer == first.answer));
        let whole = Line {
            what: What::Group,
            answer,
            record: String::new(),
            line: None,
            current: named.join("; "),
            alternatives: stands.map_or(String::new(), |count| format!("{suggested} stands in {count} rows")),
            confidence: lines.iter().filter_map(|line| line.confidence).reduce(f64::min),
            reasons: each_once(lines.iter().map(|line| line.reasons.as_str())),
            key: String::new(),
            suggested,
            ..first.clone()
        };
        // What was said of the whole need not be said of each again.
        if answer.is_some() {
            for line in &mut lines {
                line.answer = None;
            }
        }
        lines.insert(0, whole);
    }
    Block { code, lines }
}
