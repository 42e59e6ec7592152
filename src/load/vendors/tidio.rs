//! Tidio: the messages CSV, a row per message. Rules look at conversations, so the messages of one are folded into one
//! row, which stands where its first message stood.

use indexmap::IndexMap;
use polars::prelude::{Column, DataFrame, IntoColumn, PlSmallStr, StringChunked};

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::header::squeeze;
use crate::load::table::Table;
use crate::model::{Kind, Object, Origin, ReadIssue, Role, SourceFile};

/// Tidio.
pub(super) struct Tidio;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Tidio column" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["conversationid"]),
    alias(Role::Email, &["email"]),
    alias(Role::FirstName, &["firstname"]),
    alias(Role::LastName, &["lastname"]),
    alias(Role::Name, &["name"]),
    alias(Role::Phone, &["phone"]),
    alias(Role::Source, &["channel"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::StartedAt, &["startedat"]),
    alias(Role::EndedAt, &["endedat"]),
    alias(Role::Missed, &["missed"]),
];

/// The columns that folding looks at.
struct Messages<'t> {
    conversation: &'t StringChunked,
    time: &'t StringChunked,
    sender: &'t StringChunked,
    content: &'t StringChunked,
}

impl Vendor for Tidio {
    fn meta(&self) -> Meta {
        Meta { name: "tidio", title: "Tidio", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let known = exhibit.count(&["conversationid", "timesent", "sender", "messagecontent"]);
        (known == 4).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: "the columns of Tidio's messages CSV".to_owned(),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c));
        let (Some(conversation), Some(time), Some(sender), Some(content)) =
            (find("conversationid"), find("timesent"), find("sender"), find("messagecontent"))
        else {
            return Ok(());
        };
        let messages = Messages { conversation, time, sender, content };
        let groups = group(&messages);
        let frame = fold(table, &messages, &groups)?;
        replace(table, frame, &groups);
        Ok(())
    }
}

/// The rows of each conversation, in order of first appearance. A message without one stands alone.
fn group(messages: &Messages<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: IndexMap<&str, usize> = IndexMap::new();
    for (row, id) in messages.conversation.iter().enumerate() {
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
fn fold(table: &Table, messages: &Messages<'_>, groups: &[Vec<usize>]) -> Result<DataFrame, Error> {
    let by_visitor: Vec<bool> = messages.sender.iter().map(|s| is_sender(s, "visitor")).collect();
    let mut columns: Vec<Column> = Vec::new();
    for column in table.frame.columns() {
        let Ok(cells) = column.str() else { continue };
        let cells: Vec<Option<&str>> = cells.iter().collect();
        let filled = |row: &&usize| cells[**row].is_some_and(|c| !c.trim().is_empty());
        let folded: StringChunked = groups
            .iter()
            .map(|rows| {
                let visitor = rows.iter().filter(|r| by_visitor[**r]).find(filled);
                visitor.or_else(|| rows.iter().find(filled)).and_then(|row| cells[*row]).or_else(|| cells[rows[0]])
            })
            .collect();
        columns.push(folded.with_name(column.name().clone()).into_column());
    }
    let times: Vec<Option<&str>> = messages.time.iter().collect();
    let texts: Vec<Option<&str>> = messages.content.iter().collect();
    let senders: Vec<Option<&str>> = messages.sender.iter().collect();
    // RFC 3339 times in UTC sort as text.
    let filled_times = |rows: &[usize]| -> Vec<&str> {
        rows.iter().filter_map(|r| times[*r]).map(str::trim).filter(|t| !t.is_empty()).collect()
    };
    let transcript: StringChunked = groups
        .iter()
        .map(|rows| {
            let lines = rows
                .iter()
                .map(|r| format!("{}: {}", senders[*r].unwrap_or_default().trim(), texts[*r].unwrap_or_default()));
            Some(lines.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let started: StringChunked = groups.iter().map(|rows| filled_times(rows).into_iter().min()).collect();
    let ended: StringChunked = groups.iter().map(|rows| filled_times(rows).into_iter().max()).collect();
    let missed: StringChunked = groups
        .iter()
        .map(|rows| Some(if rows.iter().any(|r| is_sender(senders[*r], "operator")) { "false" } else { "true" }))
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

fn is_sender(cell: Option<&str>, who: &str) -> bool {
    cell.is_some_and(|s| s.trim().eq_ignore_ascii_case(who))
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
    let mut bounds: Vec<u32> =
        table.files.iter().map(|file| first.partition_point(|row| *row < file.first_row as usize) as u32).collect();
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
