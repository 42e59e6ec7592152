//! Joins over canonical text: which rows of other tables hold what chats hold.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::At;
use crate::normalise::keys::Canonical;
use crate::normalise::table::Table;
use crate::normalise::text::Text;

/// Separators of several ids or addresses in one cell.
const SEVERAL: [char; 3] = [';', ',', '|'];

/// The parts of a cell.
fn several_of(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(SEVERAL)
}

/// A column, and whether its cells may hold several values.
pub(super) type Place<'t> = (&'t Table, usize, bool);

/// Rows on the left by what they hold in common, and the rows on the right that hold it too.
#[derive(Default)]
pub(super) struct Index<'a> {
    codes: FxHashMap<Cow<'a, str>, u32>,
    /// Rows on the left, by code.
    pub(super) left: Vec<Vec<At>>,
}

/// One value and the rows on both sides that hold it, each ascending.
pub(super) struct Group {
    pub(super) left: Vec<At>,
    pub(super) right: Vec<At>,
}

impl<'a> Index<'a> {
    /// Says that row `at` holds `value`.
    pub(super) fn add(&mut self, value: Cow<'a, str>, at: At) {
        let next = self.left.len() as u32;
        let code = *self.codes.entry(value).or_insert(next);
        if code == next {
            self.left.push(Vec::new());
        }
        self.left[code as usize].push(at);
    }

    /// The index of the cells of column `column`, each made canonical; `keep` says which rows and values count.
    pub(super) fn of(
        table: &'a Table,
        column: usize,
        canonical: Canonical,
        keep: impl Fn(u32, &str) -> bool,
        index: &mut Self,
    ) {
        let text: Text<'a> = table.text(column);
        for row in 0..text.len() as u32 {
            let Some(value) = text.get(row).and_then(canonical) else { continue };
            if keep(row, &value) {
                index.add(value, At { source: table.index as u32, row });
            }
        }
    }

    /// Looks the cells of `places` up. Values without a row on the right are left out; groups come in the order in which
    /// their values were first seen on the left.
    pub(super) fn meet(&self, places: &[Place<'_>], canonical: Canonical) -> Vec<Group> {
        let mut found: Vec<(u32, At)> = Vec::new();
        for (table, column, several) in places {
            let source = table.index as u32;
            let parts = table.text(*column).par_parts(|first, cells| {
                let mut found = Vec::new();
                for (row, cell) in (first..).zip(cells) {
                    let Some(cell) = cell else { continue };
                    let mut look = |part: &str| {
                        if let Some(code) = canonical(part).and_then(|value| self.codes.get(&value)) {
                            found.push((*code, At { source, row }));
                        }
                    };
                    if *several { several_of(cell).for_each(&mut look) } else { look(cell) }
                }
                found
            });
            found.extend(parts.into_iter().flatten());
        }
        found.sort_unstable();
        found.dedup();
        found
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| Group {
                left: self.left[group[0].0 as usize].clone(),
                right: group.iter().map(|(_, at)| *at).collect(),
            })
            .collect()
    }
}
