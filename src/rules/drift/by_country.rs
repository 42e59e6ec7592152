//! Codes of states, read by the country that stands in the same row: `WA` is Washington or Western Australia.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::matching::vocabulary::{Form, Vocabulary, entries};
use crate::normalise::country::{self, named};
use crate::rules::prelude::*;

/// Beside which country a change holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Any, or none.
    Any,
    /// None that is known.
    Unknown,
    /// This one, by its code of two letters.
    Country(&'static str),
}

/// The most frequent name of each state among the values of a column, by country and usual name.
pub(super) struct Names<'a>(BTreeMap<(&'static str, &'static str), (u64, &'a str)>);

impl<'a> Names<'a> {
    pub(super) fn of(counts: &'a BTreeMap<String, u64>) -> Self {
        let mut names: BTreeMap<_, (u64, &'a str)> = BTreeMap::new();
        for (value, count) in counts {
            for entry in entries(value).iter().filter(|entry| entry.form == Form::Name) {
                let home = match entry.vocabulary {
                    Vocabulary::UsState => "US",
                    Vocabulary::Province => "CA",
                    Vocabulary::AustralianState => "AU",
                    _ => continue,
                };
                let held = names.entry((home, entry.canonical)).or_default();
                if *count > held.0 {
                    *held = (*count, value);
                }
            }
        }
        Self(names)
    }

    /// Whether the column rather has names of states than codes.
    pub(super) fn are_usual(&self, counts: &BTreeMap<String, u64>) -> bool {
        let is_code = |value: &str| named(value).iter().any(|(_, is_code)| *is_code);
        let codes: u64 = counts.iter().filter(|(value, _)| is_code(value)).map(|(_, count)| count).sum();
        self.0.values().map(|(count, _)| count).sum::<u64>() >= codes
    }

    /// Whether any value is the name of a state.
    fn has(&self, value: &str) -> bool {
        self.0.values().any(|(_, name)| *name == value)
    }

    /// For each country in which `code` is the code of a state: the name of that state in the column, if it has it. `None`
    /// where it is no such code, or where `meant`, what the column as a whole takes it for, is no state.
    pub(super) fn read(&self, code: &str, meant: Option<&str>) -> Option<Vec<(&'static str, Option<&'a str>)>> {
        let states: Vec<_> = named(code).iter().filter(|(_, is_code)| *is_code).map(|(state, _)| state).collect();
        if states.is_empty() || meant.is_some_and(|meant| !self.has(meant)) {
            return None;
        }
        let name = |home, state| self.0.get(&(home, state)).map(|(_, name)| *name);
        Some(states.into_iter().map(|state| (state.country, name(state.country, state.name))).collect())
    }
}

/// For each of the cells that are `wanted`, the rows of `table` that hold exactly it in `column` beside the country that is
/// asked for.
pub(super) fn rows(table: &Table, column: usize, wanted: &[(&str, Beside)]) -> Vec<Vec<u32>> {
    let mut found = vec![Vec::new(); wanted.len()];
    let mut by_cell: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, (cell, _)) in wanted.iter().enumerate() {
        by_cell.entry(cell).or_default().push(at);
    }
    let Some(countries) = table.role(Role::Country).map(|column| table.text(column)) else { return found };
    if wanted.is_empty() {
        return found;
    }
    for (row, cell) in (0..).zip(table.text(column).iter()) {
        let Some(changes) = cell.and_then(|cell| by_cell.get(cell)) else { continue };
        let beside = countries.get(row).and_then(country::country).map_or(Beside::Unknown, Beside::Country);
        for at in changes.iter().filter(|at| wanted[**at].1 == beside) {
            found[*at].push(row);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::rules::testing::flagged;

    /// Values of 9 rows each with its country, and of the rows of `more`.
    fn found(column: &str, usual: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<String> {
        let mut text = format!("Id,Country,{column}\n");
        let rows = usual.iter().flat_map(|row| std::iter::repeat_n(row, 9)).chain(more);
        for (id, (value, country)) in (1..).zip(rows) {
            let _ = writeln!(text, "r{id},{country},{value}");
        }
        let all = ["DRF001", "DRF002", "DRF003"].into_iter().flat_map(|code| flagged(code, "", &[("contact", &text)]));
        let said = |text: Option<String>| text.unwrap_or_default();
        let of_column = all.filter(|row| row.column.as_deref() == Some(column));
        let mut found: Vec<String> = of_column
            .map(|row| format!("{} {} {}", said(row.record_id), said(row.value), said(row.suggested)))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_code_of_two_states_is_read_by_the_row() {
        let usual = [("Washington", "US"), ("Oregon", "US"), ("Western Australia", "Australia"), ("Victoria", "AU")];
        let more = [("WA", "United States"), ("WA", "Australia"), ("WA", ""), ("WA", "Germany")];
        assert_eq!(found("State", &usual, &more), ["r37 WA Washington", "r38 WA Western Australia"]);
    }

    #[test]
    fn beside_another_country_a_code_is_no_state_of_this_one() {
        let usual = [("California", "US"), ("Texas", "US"), ("Ohio", "US")];
        let more = [("CA", "US"), ("CA", "Canada"), ("CA", ""), ("IN", "India"), ("DE", "Germany")];
        assert_eq!(found("State", &usual, &more), ["r28 CA California", "r30 CA California"]);
    }

    #[test]
    fn names_that_give_way_to_codes_and_regions_of_sales_are_as_without_a_country() {
        let codes = [("CA", "US"), ("TX", "US"), ("OH", "US")];
        assert_eq!(found("State", &codes, &[("California", "US")]), ["r28 California CA"]);
        let regions = [("North", "US"), ("West", "US"), ("LATAM", "Mexico")];
        assert!(found("Region__c", &regions, &[("LA", "US"), ("CA", "Canada")]).is_empty());
    }
}
