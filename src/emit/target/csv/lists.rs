//! `changes.csv` and `merges.csv`: what changes, in lists that people and importers read. Values are exact.

use std::sync::Arc;

use super::super::text::csv_row;
use crate::model::Source;
use crate::plan::{CellChange, Plan};

/// Every changed cell of a record that stays, those that a merge changes and references that follow it too.
pub(super) fn changes(plan: &Plan, sources: &[Arc<Source>]) -> String {
    let mut out = csv_row(["record", "column", "old", "new", "rule", "source", "file", "line"]);
    for operation in &plan.operations {
        let rule = operation.grounds().codes().join(" ");
        for CellChange { at, header, old, new, .. } in operation.changes() {
            out.push_str(&csv_row([
                at.record.as_deref().unwrap_or_default(),
                header,
                old.unwrap_or_default(),
                new,
                &rule,
                &sources[at.source].name,
                &at.file,
                &at.line.map(|line| line.to_string()).unwrap_or_default(),
            ]));
        }
    }
    out
}

/// Every merge: a row for each record that goes, each value that stays, each value that is given up, each reference that
/// follows, each note.
pub(super) fn merges(plan: &Plan, sources: &[Arc<Source>]) -> String {
    let mut out = csv_row(["merge", "source", "survivor", "what", "record", "column", "old", "value", "why"]);
    for (number, merge) in (1..).zip(plan.merges()) {
        let number = number.to_string();
        let source = sources[merge.survivor.source].name.as_str();
        let survivor = merge.survivor.record.as_deref().unwrap_or_default();
        let mut row = |what: &str, record: &str, column: &str, old: &str, value: &str, why: &str| {
            out.push_str(&csv_row([&number, source, survivor, what, record, column, old, value, why]));
        };
        for loser in &merge.losers {
            row("goes", loser.record.as_deref().unwrap_or_default(), "", "", "", &merge.grounds.reason);
        }
        for field in &merge.fields {
            let (old, value) = (field.old.as_deref().unwrap_or_default(), field.value.as_deref().unwrap_or_default());
            let what = if field.changes() { "changes" } else { "stays" };
            row(what, &field.from.join(" "), &field.header, old, value, &field.why);
            for (record, given_up) in &field.given_up {
                row("given up", record, &field.header, given_up, "", "");
            }
        }
        for one in &merge.repointed {
            let record = one.at.record.as_deref().unwrap_or_default();
            let why = format!("a reference in {}", sources[one.at.source].name);
            row("refers", record, &one.header, &one.old, &one.new, &why);
        }
        for note in &merge.notes {
            row("note", "", "", "", "", note);
        }
    }
    out
}

/// Every record that is deleted.
pub(super) fn deletes(plan: &Plan, sources: &[Arc<Source>]) -> String {
    let mut out = csv_row(["record", "rule", "why", "source", "file", "line"]);
    for delete in plan.deletes() {
        out.push_str(&csv_row([
            delete.at.record.as_deref().unwrap_or_default(),
            &delete.grounds.codes().join(" "),
            &delete.grounds.reason,
            &sources[delete.at.source].name,
            &delete.at.file,
            &delete.at.line.map(|line| line.to_string()).unwrap_or_default(),
        ]));
    }
    out
}
