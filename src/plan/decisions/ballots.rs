//! From what people wrote into workbooks, CSV and TOML files to decisions on records and values of this audit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::file::{self, Entry, Kept, Subject};
use super::records::value_key;
use super::sheet::{self, Row, Vote};
use super::{Answer, CELL, FIELD, GROUP, Known, RECORD, Refused, Ruling};

/// A group with more records than this is decided on by rule: every pair would be kept.
pub(super) const LARGEST: usize = 500;

const STALE: &str = "is not in this audit; the export has changed since, or is another one: write the workbook again";

/// Decisions as people gave them, nothing held against an audit yet.
#[derive(Debug, Default)]
pub struct Given {
    rows: Vec<Row>,
    entries: Vec<Entry>,
}

/// A decision on something in this audit, and where it stands.
struct Decided {
    subject: Subject,
    code: String,
    vote: Vote,
    signed: Option<Ruling>,
    place: String,
}

/// Reads files of decisions: workbooks, CSV and TOML, by their extension.
///
/// # Errors
///
/// When one cannot be read or holds what is no decision; with the place of each.
pub fn read(paths: &[PathBuf]) -> Result<Given, Refused> {
    let mut given = Given::default();
    let mut complaints = Vec::new();
    for path in paths {
        let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        let shown = path.display().to_string();
        let read = if is_toml {
            let text = std::fs::read_to_string(path).map_err(|error| Refused(vec![format!("{shown}: {error}")]));
            text.and_then(|text| file::parse(&text, &shown)).map(|entries| given.entries.extend(entries))
        } else {
            sheet::read(path).map(|rows| given.rows.extend(rows))
        };
        if let Err(Refused(of_file)) = read {
            complaints.extend(of_file);
        }
    }
    if complaints.is_empty() { Ok(given) } else { Err(Refused(complaints)) }
}

impl Given {
    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.entries.is_empty()
    }

    /// Takes the decisions into `kept`, in place of what was decided before. `ruling` signs them: its answer does not count.
    ///
    /// # Errors
    ///
    /// When one is about nothing in this audit, or two contradict each other; with the place of each.
    pub fn settle(&self, known: &Known, by: &Ruling, kept: &mut Kept) -> Result<(), Refused> {
        let mut complaints = Vec::new();
        let mut decided: Vec<Decided> = Vec::new();
        for (subject, code, ruling, place) in &self.entries {
            match known.resolve(subject) {
                None => complaints.push(format!("{place}: {STALE}")),
                Some(subject) => decided.push(Decided {
                    subject,
                    code: code.clone(),
                    vote: if ruling.answer == Answer::Accept { Vote::Accept } else { Vote::Reject },
                    signed: Some(ruling.clone()),
                    place: place.clone(),
                }),
            }
        }
        let mut groups: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            match row.what.as_str() {
                FIELD if row.vote.is_some() => complaints.push(format!(
                    "{}: a field is decided on with its group; write the decision into the row of the group",
                    row.place
                )),
                GROUP | RECORD | CELL => groups.entry((&row.sheet, &row.group)).or_default().push(row),
                _ if row.vote.is_some() => complaints.push(format!(
                    "{}: `{}` is nothing to decide on; keep the rows as they were written",
                    row.place, row.what
                )),
                _ => {}
            }
            if row.vote.is_some() && !is_rule(&row.rule) {
                complaints.push(format!("{}: `{}` is no rule", row.place, row.rule));
            }
        }
        for ((_, group), rows) in groups {
            if rows.iter().all(|row| row.vote.is_none()) {
                continue;
            }
            let outcome = if group.is_empty() {
                Err(rows
                    .iter()
                    .filter(|row| row.vote.is_some())
                    .map(|row| format!("{}: its group is missing", row.place))
                    .collect())
            } else if rows.iter().any(|row| row.what == RECORD) {
                of_records(&rows, known)
            } else {
                of_values(&rows, known)
            };
            match outcome {
                Ok(of_group) => decided.extend(of_group),
                Err(of_group) => complaints.extend(of_group),
            }
        }
        complaints.extend(contradictions(&decided));
        // A list of records is many pairs; what is wrong with it is said once.
        complaints.dedup();
        if !complaints.is_empty() {
            return Err(Refused(complaints));
        }
        for Decided { subject, code, vote, signed, .. } in decided {
            let answer = match vote {
                Vote::Accept => Answer::Accept,
                Vote::Reject => Answer::Reject,
                Vote::Later => {
                    kept.remove(&subject);
                    continue;
                }
            };
            // What was decided before by the same answer keeps its name and day.
            if kept.get(&subject).is_some_and(|before| before.answer == answer) {
                continue;
            }
            let signed = signed.filter(|signed| signed.by.is_some() || signed.on.is_some());
            kept.insert(subject, &code, Ruling { answer, ..signed.unwrap_or_else(|| by.clone()) });
        }
        Ok(())
    }
}

/// Whether a cell names rules: one, or several with spaces between.
fn is_rule(cell: &str) -> bool {
    let known = crate::rules::known();
    !cell.is_empty() && cell.split_whitespace().all(|word| crate::config::find(word, &known).is_some())
}

/// The decision on a group as a whole.
fn of_whole<'a>(rows: &[&'a Row]) -> Result<Option<&'a Row>, Vec<String>> {
    let mut whole: Option<&Row> = None;
    for row in rows.iter().filter(|row| row.what == GROUP && row.vote.is_some()) {
        match whole {
            Some(first) if first.vote != row.vote => {
                return Err(vec![format!("{}: contradicts {}; decide once", row.place, first.place)]);
            }
            _ => whole = whole.or(Some(row)),
        }
    }
    Ok(whole)
}

/// Decisions on a group of records, one for each pair.
fn of_records(rows: &[&Row], known: &Known) -> Result<Vec<Decided>, Vec<String>> {
    let whole = of_whole(rows)?;
    let members: Vec<&Row> = rows.iter().copied().filter(|row| row.what == RECORD).collect();
    let first = rows.iter().find(|row| row.vote.is_some()).map_or("", |row| row.place.as_str());
    if members.len() > LARGEST {
        return Err(vec![format!(
            "{first}: a group of {} records is decided on by rule, with --decide; the workbook takes up to {LARGEST}",
            members.len()
        )]);
    }
    let mut complaints = Vec::new();
    let mut votes = Vec::new();
    let mut cluster = None;
    for row in members {
        let vote = row.vote.or(whole.and_then(|row| row.vote));
        let place = if row.vote.is_some() { &row.place } else { whole.map_or(&row.place, |row| &row.place) };
        let Some((record, (code, number))) = known.record(&row.key).and_then(|of| Some((of, known.cluster(of)?)))
        else {
            complaints.push(format!("{place}: a record of this group {STALE}"));
            continue;
        };
        if *cluster.get_or_insert(number) != number {
            complaints.push(format!("{place}: this group {STALE}"));
        }
        if let Some(whole) = whole.filter(|whole| whole.vote == Some(Vote::Reject) && row.vote == Some(Vote::Accept)) {
            complaints
                .push(format!("{}: accepts a record of a group that {} rejects; decide once", row.place, whole.place));
        }
        votes.push((record, code, vote, place));
    }
    let accepting = votes.iter().filter(|(_, _, vote, _)| *vote == Some(Vote::Accept)).count();
    if accepting == 1
        && let Some((.., place)) = votes.iter().find(|(_, _, vote, _)| *vote == Some(Vote::Accept))
        && votes.iter().any(|(_, _, vote, _)| vote.is_none())
    {
        complaints.push(format!("{place}: there is nothing to merge with; accept a second record, or the group"));
    }
    if !complaints.is_empty() {
        complaints.dedup();
        return Err(complaints);
    }
    let is_rejected = whole.is_some_and(|row| row.vote == Some(Vote::Reject));
    let mut decided = Vec::new();
    for (at, (one, code, vote, place)) in votes.iter().enumerate() {
        for (other, _, other_vote, other_place) in &votes[at + 1..] {
            if one == other {
                continue;
            }
            let (vote, place) = match (vote, other_vote) {
                _ if is_rejected => (Vote::Reject, place),
                (Some(Vote::Reject), _) => (Vote::Reject, place),
                (_, Some(Vote::Reject)) => (Vote::Reject, other_place),
                (Some(Vote::Later), _) => (Vote::Later, place),
                (_, Some(Vote::Later)) => (Vote::Later, other_place),
                (Some(Vote::Accept), Some(Vote::Accept)) => (Vote::Accept, place),
                _ => continue,
            };
            decided.push(Decided {
                subject: Subject::pair(&one.0, &one.1, &other.1),
                code: (*code).to_owned(),
                vote,
                signed: None,
                place: (*place).clone(),
            });
        }
    }
    Ok(decided)
}

/// Decisions on a group of values, one for each; a value's own beats its group's.
fn of_values(rows: &[&Row], known: &Known) -> Result<Vec<Decided>, Vec<String>> {
    let whole = of_whole(rows)?;
    let mut complaints = Vec::new();
    let mut decided = Vec::new();
    for row in rows.iter().filter(|row| row.what == CELL) {
        let Some(by) = row.vote.map(|_| *row).or(whole) else { continue };
        let Some(vote) = by.vote else { continue };
        let found = row.key.strip_prefix(&value_key("")).and_then(|fingerprint| known.value(fingerprint));
        match found {
            None => complaints.push(format!("{}: a value of this group {STALE}", by.place)),
            Some((code, fingerprint)) => decided.push(Decided {
                subject: Subject::Value { fingerprint: fingerprint.to_owned() },
                code: code.to_owned(),
                vote,
                signed: None,
                place: by.place.clone(),
            }),
        }
    }
    if decided.is_empty() && complaints.is_empty() {
        let place = whole.map_or("", |row| row.place.as_str());
        complaints.push(format!(
            "{place}: the rows of this group are missing; keep them below it, or write the workbook again"
        ));
    }
    complaints.dedup();
    if complaints.is_empty() { Ok(decided) } else { Err(complaints) }
}

/// Decisions on one thing that say different things.
fn contradictions(decided: &[Decided]) -> Vec<String> {
    let mut first: BTreeMap<&Subject, &Decided> = BTreeMap::new();
    let mut complaints = Vec::new();
    for one in decided {
        let before = first.entry(&one.subject).or_insert(one);
        if before.vote != one.vote {
            complaints.push(format!("{}: contradicts {}; decide once", one.place, before.place));
        }
    }
    complaints.dedup();
    complaints
}
