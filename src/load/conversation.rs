//! Message-per-row exports: the messages of a conversation folded into one row, which stands where its first message
//! stood. Rules look at conversations.

use indexmap::IndexMap;
use polars::prelude::{Column, DataFrame, IntoColumn, PlSmallStr, StringChunked};

use super::Error;
use super::header::squeeze;
use super::table::Table;
use crate::model::{Origin, ReadIssue, SourceFile};

/// The squeezed headers of the columns that folding looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// What messages of one conversation share.
    pub(crate) conversation: &'static str,
    /// When a message was sent, in a form that sorts as text.
    pub(crate) time: &'static str,
    /// Who sent it.
    pub(crate) sender: &'static str,
    /// What it says.
    pub(crate) content: &'static str,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    Visitor,
    Agent,
    Machine,
}

impl Sender {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Agent => "operator",
            Self::Machine => "automation",
        }
    }
}

/// One message as far as folding needs it.
struct Message<'t> {
    time: Option<&'t str>,
    sender: Sender,
    content: &'t str,
}

/// Folds messages into conversations and adds `transcript`, `started_at`, `ended_at` and `missed` (no agent wrote).
/// `who` is given the row and its sender cell. A table that lacks one of the columns is left as it is.
pub(crate) fn fold_messages(
    table: &mut Table,
    columns: &Columns,
    who: impl Fn(usize, &str) -> Sender,
) -> Result<(), Error> {
    let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
    let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c));
    let (Some(conversation), Some(times), Some(senders), Some(contents)) =
        (find(columns.conversation), find(columns.time), find(columns.sender), find(columns.content))
    else {
        return Ok(());
    };
    let messages: Vec<Message<'_>> = times
        .iter()
        .zip(senders.iter())
        .zip(contents.iter())
        .enumerate()
        .map(|(row, ((time, sender), content))| Message {
            time: time.map(str::trim).filter(|t| !t.is_empty()),
            sender: who(row, sender.unwrap_or_default()),
            content: content.unwrap_or_default(),
        })
        .collect();
    let groups = group(conversation);
    let frame = fold(table, &messages, &groups)?;
    replace(table, frame, &groups);
    Ok(())
}

/// The rows of each conversation, in order of first appearance. A message without one stands alone.
fn group(conversation: &StringChunked) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: IndexMap<&str, usize> = IndexMap::new();
    for (row, id) in conversation.iter().enumerate() {
        match id.map(str::trim).filter(|id| !id.is_empty()) {
            None => groups.push(vec![row]),
            Some(id) => {
                let place = *known.entry(id).or_insert(groups.len());
                if place == groups.len() {
                    groups.push(Vec::new());
                }
                groups[place].push(row);
            }
        }
    }
    groups
}

/// One row for each conversation: the visitor's cell where a column has one, else the first filled one, and what the
/// messages add up to.
fn fold(table: &Table, messages: &[Message<'_>], groups: &[Vec<usize>]) -> Result<DataFrame, Error> {
    let mut columns: Vec<Column> = Vec::new();
    for column in table.frame.columns() {
        let Ok(cells) = column.str() else { continue };
        let cells: Vec<Option<&str>> = cells.iter().collect();
        let filled = |row: &&usize| cells[**row].is_some_and(|c| !c.trim().is_empty());
        let folded: StringChunked = groups
            .iter()
            .map(|rows| {
                let visitor = rows.iter().filter(|r| messages[**r].sender == Sender::Visitor).find(filled);
                visitor.or_else(|| rows.iter().find(filled)).and_then(|row| cells[*row]).or_else(|| cells[rows[0]])
            })
            .collect();
        columns.push(folded.with_name(column.name().clone()).into_column());
    }
    let transcript: StringChunked = groups
        .iter()
        .map(|rows| {
            let mut rows = rows.clone();
            // Some exports begin with the newest message.
            if rows.iter().all(|r| messages[*r].time.is_some()) {
                rows.sort_by_key(|r| messages[*r].time);
            }
            let lines = rows.iter().map(|r| format!("{}: {}", messages[*r].sender.as_str(), messages[*r].content));
            Some(lines.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let started = groups.iter().map(|rows| rows.iter().filter_map(|r| messages[*r].time).min()).collect();
    let ended = groups.iter().map(|rows| rows.iter().filter_map(|r| messages[*r].time).max()).collect();
    let missed = groups
        .iter()
        .map(|rows| Some(if rows.iter().any(|r| messages[*r].sender == Sender::Agent) { "false" } else { "true" }))
        .collect();
    for (name, cells) in [("transcript", transcript), ("started_at", started), ("ended_at", ended), ("missed", missed)]
    {
        if table.frame.get_column_index(name).is_none() {
            columns.push(cells.with_name(PlSmallStr::from_static(name)).into_column());
        }
    }
    let path = table.files.first().map(|f| f.path.clone()).unwrap_or_default();
    DataFrame::new(groups.len(), columns).map_err(|cause| Error::Frame { path, cause })
}

/// Puts the conversations in the place of their messages.
fn replace(table: &mut Table, frame: DataFrame, groups: &[Vec<usize>]) {
    let mut conversation = vec![0_u32; table.origin.row.len()];
    for (place, rows) in groups.iter().enumerate() {
        for row in rows {
            conversation[*row] = place as u32;
        }
    }
    let first: Vec<usize> = groups.iter().map(|rows| rows[0]).collect();
    let starts = table.files.iter().map(|file| first.partition_point(|row| *row < file.first_row as usize) as u32);
    let mut bounds: Vec<u32> = starts.collect();
    bounds.push(first.len() as u32);
    for (index, file) in table.files.iter_mut().enumerate() {
        let rows = u64::from(bounds[index + 1] - bounds[index]);
        *file = SourceFile { first_row: bounds[index], rows, ..file.clone() };
    }
    let issues = std::mem::take(&mut table.issues);
    table.issues = issues
        .into_iter()
        .map(|issue| ReadIssue { frame_row: issue.frame_row.map(|row| conversation[row as usize]), ..issue })
        .collect();
    table.notes.push(format!("{} messages are folded into {} conversations", conversation.len(), groups.len()));
    table.origin = Origin {
        row: first.iter().map(|row| table.origin.row[*row]).collect(),
        line: first.iter().map(|row| table.origin.line[*row]).collect(),
    };
    table.frame = frame;
}
