//! The place of each row in an order that no sorting of the file changes.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::model::Role;
use crate::normalise::Table;
use crate::normalise::text::{Text, trimmed};

/// The rows of one table among those of all.
struct Part<'t> {
    number: usize,
    /// The first of them.
    first: u32,
    ids: Option<Text<'t>>,
    emails: Option<Text<'t>>,
    /// By header, wherever the columns stand.
    cells: Vec<Text<'t>>,
}

/// The place of each row in the order of ids and addresses, then of all cells; rows that say the same have the same place.
pub(super) fn order(tables: &[&Table]) -> Vec<u32> {
    let mut rows = 0;
    let parts: Vec<Part<'_>> = tables
        .iter()
        .enumerate()
        .map(|(number, table)| {
            let text = |role: Role| table.role(role).map(|column| table.text(column));
            let mut columns: Vec<usize> = table.source.columns().collect();
            columns.sort_by_key(|column| (table.source.header(*column), *column));
            let cells = columns.into_iter().map(|column| table.text(column)).collect();
            let first = rows;
            rows += table.height() as u32;
            Part { number, first, ids: text(Role::Id), emails: text(Role::Email), cells }
        })
        .collect();
    let of_row = |row: u32| {
        let part = &parts[parts.partition_point(|part| part.first <= row) - 1];
        (part, row - part.first)
    };
    let name = |row: u32| {
        let (part, row) = of_row(row);
        [&part.ids, &part.emails].map(|text| text.as_ref().and_then(|text| text.get(row)).map_or("", trimmed))
    };
    let names: Vec<[&str; 2]> = (0..rows).into_par_iter().map(name).collect();
    let content = |one: u32, other: u32| {
        let ((part, row), (other_part, other_row)) = (of_row(one), of_row(other));
        let mut cells =
            part.cells.iter().zip(&other_part.cells).map(|(one, other)| one.get(row).cmp(&other.get(other_row)));
        part.number.cmp(&other_part.number).then_with(|| cells.find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
    };
    let by_name =
        |one: u32, other: u32| names[one as usize].cmp(&names[other as usize]).then_with(|| content(one, other));
    let mut sorted: Vec<(u64, u32)> = starts(&names).into_iter().zip(0..).collect();
    sorted.par_sort_unstable_by(|one, other| {
        one.0.cmp(&other.0).then_with(|| by_name(one.1, other.1)).then(one.1.cmp(&other.1))
    });
    let (mut order, mut place) = (vec![0; names.len()], 0);
    for (at, (start, row)) in sorted.iter().enumerate() {
        // What says the same has the same place.
        if at > 0 && (sorted[at - 1].0 != *start || by_name(sorted[at - 1].1, *row).is_ne()) {
            place += 1;
        }
        order[*row as usize] = place;
    }
    order
}

/// For each row a number in whose order the rows stand, as far as numbers differ: the eight bytes of its id that follow what
/// all ids begin with. A comparison of two rows reads no text then. Without ids the same of the addresses.
fn starts(names: &[[&str; 2]]) -> Vec<u64> {
    let part = usize::from(names.par_iter().all(|[id, _]| id.is_empty()));
    let texts = || names.par_iter().map(|name| name[part].as_bytes());
    let shared = |one: &'_ [u8], other: &[u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let first = texts().find_any(|text| !text.is_empty()).unwrap_or_default();
    let common = texts().filter(|text| !text.is_empty()).map(|text| shared(first, text)).min().unwrap_or(0);
    // A text that ends there is the least, as is one of zeros: the two are told apart by the texts.
    let start = |text: &[u8]| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(text.iter().skip(common)).for_each(|(byte, own)| *byte = *own);
        u64::from_be_bytes(bytes)
    };
    texts().map(start).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::testing::table_of;

    proptest! {
        #[test]
        fn numbers_stand_in_the_order_of_the_texts(
            texts in prop::collection::vec(("(00Q|00Q0{8}|)[\0ab]{0,9}", "[\0a]{0,3}"), 1..40),
            without in any::<bool>(),
        ) {
            let id = |id: &'_ str| if without { String::new() } else { id.to_owned() };
            let texts: Vec<(String, String)> = texts.iter().map(|(one, email)| (id(one), email.clone())).collect();
            let names: Vec<[&str; 2]> = texts.iter().map(|(id, email)| [id.as_str(), email.as_str()]).collect();
            let starts = starts(&names);
            for (one, start) in names.iter().zip(&starts) {
                for (other, other_start) in names.iter().zip(&starts) {
                    let is_order = start.cmp(other_start) == one.cmp(other);
                    prop_assert!(start == other_start || is_order, "{:?} {:?}", one, other);
                }
            }
        }

        #[test]
        fn rows_of_tables_stand_in_the_order_of_ids_addresses_and_cells(
            rows in prop::collection::vec(("(00Q00000000000[1-4]|x|)", "(a|b)@acme.example|", "[xy]?"), 0..24),
            first in 0_usize..24,
        ) {
            let first = first.min(rows.len());
            let csv = |rows: &[(String, String, String)]| -> String {
                let lines = rows.iter().map(|(id, email, city)| format!("{id},{email},{city}\n"));
                ["Id,Email,City\n".to_owned()].into_iter().chain(lines).collect()
            };
            let tables = [&rows[..first], &rows[first..]].map(|rows| table_of("lead", &csv(rows)));
            // As they were read: rows that hold nothing may be left out.
            let said = |(number, table): (usize, &Table)| -> Vec<(String, String, usize, String)> {
                let text = |row: u32, column: usize| table.text(column).get(row).unwrap_or_default().to_owned();
                (0..table.height() as u32).map(|row| (text(row, 0), text(row, 1), number, text(row, 2))).collect()
            };
            let all: Vec<(String, String, usize, String)> = tables.iter().enumerate().flat_map(said).collect();
            let order = order(&[&tables[0], &tables[1]]);
            prop_assert_eq!(order.len(), all.len());
            for (one, place) in all.iter().zip(&order) {
                for (other, other_place) in all.iter().zip(&order) {
                    prop_assert_eq!(place.cmp(other_place), one.cmp(other), "{:?} {:?}", one, other);
                }
            }
        }
    }
}
