//! Rows in an order in which namesakes are neighbours: most pairs that are compared have a name in common, so that what they
//! read lies side by side in memory.

use rayon::prelude::*;

use super::{Compared, People};
use crate::matching::compare::kind::Kind;
use crate::matching::records::NONE;

/// Columns that the order goes by at most.
const COLUMNS: usize = 3;

/// Puts the rows of a table in such an order; for each new position the row that stands there.
pub(super) fn bring_together<'a>(people: &mut People<'a>, columns: &mut [Compared<'a>]) -> Vec<u32> {
    // Last names first; without names, what comes first.
    let mut leading: Vec<&Compared<'_>> = people.columns.iter().collect();
    leading.sort_by_key(|column| match column.kind {
        Kind::FamilyName => 0,
        Kind::FullName => 1,
        Kind::GivenName => 2,
        _ => 3,
    });
    if leading.is_empty() {
        leading.extend(columns.first());
    }
    let ranks: Vec<Vec<u32>> = leading.into_iter().take(COLUMNS).map(ranks).collect();
    let mut rows: Vec<u32> = (0..people.rows).collect();
    let key = |row: &u32| {
        let mut key = [NONE; COLUMNS];
        key.iter_mut().zip(&ranks).for_each(|(key, ranks)| *key = ranks[*row as usize]);
        (key, *row)
    };
    rows.par_sort_unstable_by_key(key);
    people.columns.par_iter_mut().chain(columns).for_each(|column| column.rearrange(&rows));
    rows
}

/// For each row the place of its value among those of the column, in their order.
fn ranks(column: &Compared<'_>) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..column.values.len() as u32).collect();
    sorted.par_sort_unstable_by_key(|at| column.values[*at as usize]);
    let mut rank = vec![0; sorted.len()];
    for (place, at) in (0..).zip(sorted) {
        rank[at as usize] = place;
    }
    column.codes.iter().map(|code| if *code == NONE { NONE } else { rank[*code as usize] }).collect()
}

impl Compared<'_> {
    /// Takes the rows in another order, and numbers the values as they come in it.
    fn rearrange(&mut self, rows: &[u32]) {
        let (mut values, mut numbers) = (Vec::with_capacity(self.values.len()), vec![NONE; self.values.len()]);
        let codes = rows.iter().map(|row| {
            let code = self.codes[*row as usize];
            if code == NONE {
                return NONE;
            }
            let number = &mut numbers[code as usize];
            if *number == NONE {
                *number = values.len() as u32;
                values.push(self.values[code as usize]);
            }
            *number
        });
        self.codes = codes.collect();
        self.values = values;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: Kind, cells: &[&'static str]) -> Compared<'static> {
        let (values, codes) = super::super::distinct(cells.iter().map(|cell| (!cell.is_empty()).then_some(*cell)));
        Compared { column: 0, kind, values, codes }
    }

    fn cells<'a>(column: &Compared<'a>) -> Vec<&'a str> {
        let cell = |code: &u32| if *code == NONE { "" } else { column.values[*code as usize] };
        column.codes.iter().map(cell).collect()
    }

    #[test]
    fn namesakes_are_neighbours_and_rows_stay_whole() {
        let first = ["Ann", "Bo", "Ann", "", "Cy", "Ann"];
        let last = ["Moss", "Fox", "Moss", "Fox", "", "Ray"];
        let phone = ["1", "2", "3", "2", "", "1"];
        let names = vec![column(Kind::GivenName, &first), column(Kind::FamilyName, &last)];
        let mut people = People { rows: 6, columns: names };
        let mut rest = vec![column(Kind::Phone, &phone)];
        let rows = bring_together(&mut people, &mut rest);
        assert_eq!(rows, [1, 3, 0, 2, 5, 4]);
        let moved = |cells: [&'static str; 6]| -> Vec<&str> { rows.iter().map(|row| cells[*row as usize]).collect() };
        assert_eq!(cells(&people.columns[0]), moved(first));
        assert_eq!(cells(&people.columns[1]), moved(last));
        assert_eq!(cells(&rest[0]), moved(phone));
        assert_eq!(rest[0].values, ["2", "1", "3"]);
    }
}
