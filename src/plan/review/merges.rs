//! The merges of a review: the group, its records, and the fields in which they disagree.

use super::super::Plan;
use super::super::decisions::Answer;
use super::super::operation::{FieldChoice, Merge, Place};
use super::{Block, Desk, Line, Records, What, each_once, who};
use crate::evidence::EvidenceRow;

pub(super) fn blocks(desk: &Desk<'_>, plan: &Plan) -> Vec<Block> {
    plan.merges().filter_map(|merge| block(desk, merge)).collect()
}

fn block(desk: &Desk<'_>, merge: &Merge) -> Option<Block> {
    let source = desk.sources.get(merge.survivor.source)?;
    let scope = Records::scope(source);
    let codes = merge.grounds.codes();
    let cited: Vec<&EvidenceRow> = merge
        .grounds
        .evidence
        .iter()
        .flat_map(|cited| cited.fingerprints.iter().filter_map(|of| desk.cited(cited.code, of)))
        .collect();
    let places: Vec<&Place> = std::iter::once(&merge.survivor).chain(&merge.losers).collect();
    let names: Vec<String> = places
        .iter()
        .map(|place| place.record.as_deref().and_then(|id| desk.records.name(&scope, id)).unwrap_or_default())
        .collect();
    let keys: Vec<String> = names.iter().map(|name| desk.records.key(&scope, name)).collect();
    let group = desk.records.group(keys.iter().map(String::as_str));
    let survivor = merge.survivor.record.clone().unwrap_or_default();
    let blank = Line {
        what: What::Group,
        answer: None,
        rule: codes.join(" "),
        source: source.name.clone(),
        record: String::new(),
        line: None,
        column: String::new(),
        current: String::new(),
        suggested: String::new(),
        alternatives: String::new(),
        survivor: String::new(),
        confidence: None,
        reasons: String::new(),
        group,
        key: String::new(),
    };
    let details = each_once(cited.iter().map(|row| row.detail.as_str()));
    let mut reasons = vec![details, merge.grounds.reason.clone()];
    reasons.extend(merge.notes.iter().cloned());
    if !merge.repointed.is_empty() {
        reasons.push(match merge.repointed.len() {
            1 => "1 cell that names a record which goes will name the survivor".to_owned(),
            count => format!("{count} cells that name a record which goes will name the survivor"),
        });
    }
    reasons.retain(|reason| !reason.is_empty());
    let mut lines = vec![Line {
        answer: accepted(desk, merge, &scope, &names),
        current: format!("{} records", places.len()),
        suggested: "merge into one".to_owned(),
        survivor: survivor.clone(),
        confidence: cited.iter().map(|row| row.confidence).reduce(f64::min),
        reasons: reasons.join(". "),
        ..blank.clone()
    }];
    for ((at, place), key) in places.iter().enumerate().zip(keys) {
        let mut of_record = cited.iter().filter(|row| row.record_id == place.record);
        let confidence = of_record.clone().map(|row| row.confidence).reduce(f64::min);
        lines.push(Line {
            what: What::Record,
            record: place.record.clone().unwrap_or_default(),
            line: place.line,
            column: of_record.next().and_then(|row| row.column.clone()).unwrap_or_default(),
            current: who(source, place.row),
            suggested: if at == 0 { "stays".to_owned() } else { format!("goes into {survivor}") },
            survivor: if at == 0 { "survives".to_owned() } else { String::new() },
            confidence,
            key,
            ..blank.clone()
        });
    }
    lines.extend(merge.fields.iter().map(|field| Line {
        what: What::Field,
        record: survivor.clone(),
        column: field.header.clone(),
        current: field.old.clone().unwrap_or_default(),
        suggested: field.value.clone().unwrap_or_default(),
        alternatives: given_up(field),
        reasons: field.why.clone(),
        ..blank.clone()
    }));
    Some(Block { code: codes.first().copied().unwrap_or_default(), lines })
}

/// A yes that was said of the whole group, by its rules or by every pair.
fn accepted(desk: &Desk<'_>, merge: &Merge, scope: &str, names: &[String]) -> Option<Answer> {
    let by_rule = merge.grounds.codes().iter().all(|code| desk.decisions.of(code) == Some(Answer::Accept));
    let yes = |one: &String, other: &String| {
        desk.decisions.pairs().of(scope, one, other).is_some_and(|ruling| ruling.answer == Answer::Accept)
    };
    let mut rest = names.iter().enumerate();
    let by_pair = names.len() > 1 && rest.all(|(at, one)| names[at + 1..].iter().all(|other| yes(one, other)));
    (by_rule || by_pair).then_some(Answer::Accept)
}

fn given_up(field: &FieldChoice) -> String {
    let values: Vec<String> = field.given_up.iter().map(|(record, value)| format!("{value} ({record})")).collect();
    values.join("; ")
}
