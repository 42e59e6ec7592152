//! Tags: several in one cell, each counted by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Table;
use super::text::trimmed;
use super::timestamp::Times;
use crate::model::Role;

/// How a tag is used in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TagUse {
    /// Rows that bear it.
    pub rows: u64,
    /// First and last time of a row that bears it, in microseconds since 1970, where rows have times.
    pub span: Option<(i64, i64)>,
}

impl TagUse {
    fn add(&mut self, at: Option<i64>) {
        self.rows += 1;
        self.span = match (self.span, at) {
            (Some((from, to)), Some(at)) => Some((from.min(at), to.max(at))),
            (span, at) => span.or(at.map(|at| (at, at))),
        };
    }
}

/// The tags of one source.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TagFacts {
    /// Every tag as written, with its use. Empty where a column holds too many to be tags.
    pub uses: BTreeMap<String, TagUse>,
}

/// Most distinct tags that a column may have; what has more holds something else.
const MOST: usize = 20_000;

impl TagFacts {
    /// Counts the tags of `table`; none where it has no column of tags.
    pub(super) fn compute(table: &Table) -> Self {
        let Some(column) = table.role(Role::Tags) else { return Self::default() };
        let times = [Role::CreatedAt, Role::StartedAt, Role::LoggedAt]
            .into_iter()
            .find_map(|role| table.role(role))
            .map(|column| table.times(column));
        let time = |row: u32| times.and_then(|times: &Times| times.get(row));
        let mut uses: BTreeMap<String, TagUse> = BTreeMap::new();
        for (row, cell) in (0..).zip(table.text(column).iter()) {
            let Some(cell) = cell else { continue };
            // A tag that stands twice in a cell is one use.
            for tag in split(cell).collect::<BTreeSet<_>>() {
                if let Some(known) = uses.get_mut(tag) {
                    known.add(time(row));
                    continue;
                }
                if uses.len() == MOST {
                    return Self::default();
                }
                uses.entry(tag.to_owned()).or_default().add(time(row));
            }
        }
        Self { uses }
    }
}

/// What parts the tags of a cell; no tag may hold it.
#[must_use]
pub const fn parts_tags(c: char) -> bool {
    matches!(c, ';' | ',' | '\n' | '\r')
}

/// The tags of a cell.
pub fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(parts_tags).map(trimmed).filter(|tag| !tag.is_empty())
}

/// The cell with each tag replaced as `mend` says, each once, separators and the space around them kept.
#[must_use]
pub fn replaced<'a>(cell: &'a str, mend: impl Fn(&'a str) -> Option<&'a str>) -> String {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut out = String::with_capacity(cell.len());
    for piece in cell.split_inclusive(parts_tags) {
        let bare = piece.strip_suffix(parts_tags).unwrap_or(piece);
        let tag = trimmed(bare);
        let new = mend(tag);
        let now = new.unwrap_or(tag);
        if !tag.is_empty() && !seen.insert(now) {
            continue;
        }
        match new {
            Some(new) => out.push_str(&piece.replacen(tag, new, 1)),
            None => out.push_str(piece),
        }
    }
    // A tag that fell away at the end leaves its separator.
    let end = cell.ends_with(parts_tags);
    if end { out } else { out.trim_end_matches(parts_tags).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_parted_and_put_together_again() {
        assert_eq!(split(" a; b,c;;a").collect::<Vec<_>>(), ["a", "b", "c", "a"]);
        let mend = |tag: &str| match tag {
            "b" => Some("B"),
            "a2" => Some("a"),
            _ => None,
        };
        assert_eq!(replaced("a; b,c", mend), "a; B,c");
        assert_eq!(replaced("a;b;a2", mend), "a;B");
        assert_eq!(replaced("a2;b;", mend), "a;B;");
    }
}
