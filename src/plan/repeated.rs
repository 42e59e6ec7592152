//! Records that stand on several rows of their source: a change to one of these rows is none to the record.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{Role, Source};
use crate::normalise::record_id;

/// Why such a record is for a person.
pub(super) const SEVERAL: &str = "a record stands on several rows; export each record once";

/// The rows of records that stand on several, by source; each looked up when first asked for.
pub(super) struct Repeated<'a> {
    sources: &'a [Arc<Source>],
    of: Vec<OnceCell<Groups>>,
}

/// Groups of rows, and the group of each row in one.
#[derive(Debug, Default)]
struct Groups {
    rows: Vec<Vec<u32>>,
    of: FxHashMap<u32, usize>,
}

impl<'a> Repeated<'a> {
    pub(super) fn new(sources: &'a [Arc<Source>]) -> Self {
        Self { sources, of: sources.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The rows of the record on row `row` of a source, in order; none where it stands on that one only, or has no id.
    pub(super) fn rows(&self, source: usize, row: u32) -> &[u32] {
        let groups = self.of[source].get_or_init(|| Groups::of(&self.sources[source]));
        groups.of.get(&row).map_or(&[], |at| groups.rows[*at].as_slice())
    }

    /// Whether the record stands on several rows.
    pub(super) fn holds(&self, source: usize, row: u32) -> bool {
        !self.rows(source, row).is_empty()
    }
}

impl Groups {
    fn of(source: &Source) -> Self {
        let mut groups = Self::default();
        let column = source.roles.iter().find(|binding| binding.role == Role::Id).map(|binding| binding.column);
        let ids = column.and_then(|column| source.frame.columns().get(column)?.as_materialized_series().str().ok());
        let mut first: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
        for (row, id) in (0_u32..).zip(ids.into_iter().flat_map(polars::prelude::ChunkedArray::iter)) {
            let Some(id) = id.and_then(record_id::canonical) else { continue };
            match first.entry(id) {
                Entry::Vacant(free) => drop(free.insert(row)),
                Entry::Occupied(held) => {
                    let at = *groups.of.entry(*held.get()).or_insert_with(|| {
                        groups.rows.push(vec![*held.get()]);
                        groups.rows.len() - 1
                    });
                    groups.rows[at].push(row);
                    groups.of.insert(row, at);
                }
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cleanup, leads};
    use super::super::{Aside, Cleanup};
    use super::*;

    #[test]
    fn rows_are_grouped_by_id_as_it_compares() {
        let sources =
            [leads("Id,Email\n7,a@acme.example\n,b@acme.example\n 7 ,c@acme.example\n8,d@acme.example\n,\n7,\n")];
        let repeated = Repeated::new(&sources);
        let rows: Vec<&[u32]> = (0..sources[0].height() as u32).map(|row| repeated.rows(0, row)).collect();
        assert_eq!(rows[0], rows[2]);
        assert_eq!(rows[0].len(), 3);
        assert!(rows[1].is_empty() && rows[3].is_empty() && !repeated.holds(0, 4));
    }

    fn whys(cleanup: &Cleanup, code: &str) -> Vec<(Aside, String)> {
        let of = cleanup.plan.set_aside.iter().filter(|aside| aside.code == code);
        of.map(|aside| (aside.class, aside.why.clone())).collect()
    }

    #[test]
    fn no_merge_changes_or_takes_away_one_of_several_rows() {
        // The evidence points at one row of each record.
        for text in [
            "Id,Email,HasOptedOutOfEmail\n1,ana@acme.example,false\n1,,false\n2,ana@acme.example,true\n",
            "Id,Email,HasOptedOutOfEmail\n1,ana@acme.example,false\n2,ana@acme.example,true\n2,bo@acme.example,true\n",
            "Id,Email,HasOptedOutOfEmail\n1,ana@acme.example,false\n1,ana@acme.example,\n2,ana@acme.example,true\n",
        ] {
            let cleanup = cleanup(text, "", "DUP001=accept");
            assert_eq!(cleanup.plan.merges().count(), 0, "{text}");
            assert_eq!(whys(&cleanup, "DUP001"), [(Aside::Manual, SEVERAL.to_owned())], "{text}");
        }
    }

    #[test]
    fn a_value_is_mended_on_all_rows_of_a_record_or_on_none() {
        let cells = |first: &str, second: &str| {
            let text = format!(
                "Id,Email,Title,City\n1,ana@acme.example,CEO,{first}\n1,ana@acme.example,CFO,{second}\n2,bo@acme.example,,Ulm\n"
            );
            let cleanup = cleanup(&text, "", "FMT005=accept");
            let cells: Vec<String> = {
                let column = cleanup.applied[0].frame.column("City").unwrap();
                column.str().unwrap().iter().map(|cell| cell.unwrap_or_default().to_owned()).collect()
            };
            (cells[0].clone(), cells[1].clone(), whys(&cleanup, "FMT005").len())
        };
        assert_eq!(cells("Bonn ", "Bonn "), ("Bonn".to_owned(), "Bonn".to_owned(), 0));
        assert_eq!(cells("Bonn ", "Bonn"), ("Bonn".to_owned(), "Bonn".to_owned(), 0));
        assert_eq!(cells("Bonn ", "Ulm"), ("Bonn ".to_owned(), "Ulm".to_owned(), 1));
        assert_eq!(cells("Ulm", "Bonn "), ("Ulm".to_owned(), "Bonn ".to_owned(), 1));
        assert_eq!(cells("Bonn ", ""), ("Bonn ".to_owned(), String::new(), 1));
    }
}
