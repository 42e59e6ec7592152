use super::*;
use crate::matching::compare::{Comparison, Level, key};
use crate::matching::fuzz;

/// Same, at most two slips, different.
#[derive(Debug)]
struct Words {
    values: Vec<String>,
    conflicts: bool,
}

const PLAIN: [Level; 3] = [Level::new("same", 0.8), Level::new("near", 0.15), Level::new("different", 0.05)];
const STRICT: [Level; 3] =
    [Level::new("same", 0.8), Level::new("near", 0.18), Level { conflict: true, ..Level::new("different", 0.02) }];

impl Comparison for Words {
    fn levels(&self) -> &'static [Level] {
        if self.conflicts { &STRICT } else { &PLAIN }
    }

    fn level(&self, one: u32, other: u32) -> u8 {
        let (one, other) = (&self.values[one as usize], &self.values[other as usize]);
        if one == other { 0 } else { 2 - u8::from(fuzz::edits(one, other, 1).is_some()) }
    }

    fn term(&self, value: u32, level: u8) -> u64 {
        if level == 0 { key(0, &self.values[value as usize]) } else { 0 }
    }

    fn keys(&self, value: u32, keys: &mut Vec<u64>) {
        let text = &self.values[value as usize];
        keys.push(key(0, text));
        keys.push(key(1, &text[..text.len().min(3)]));
    }
}

fn field(name: &str, nature: Nature, cells: &[&str]) -> Field {
    let mut values: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| (*cell).to_owned()).collect();
    values.sort();
    values.dedup();
    let codes = cells
        .iter()
        .map(|cell| values.binary_search_by(|value| value.as_str().cmp(cell)).map_or(NONE, |at| at as u32))
        .collect();
    let comparison = Words { values, conflicts: nature == Nature::Person };
    Field {
        name: name.to_owned(),
        nature,
        chance: 1e-3,
        comparison: Box::new(comparison),
        codes,
        from_name: Vec::new(),
        follows_from: 0,
    }
}

/// People whose cells are told apart by a number, a hundred of them, and what `more` adds.
fn records(more: &[[&str; 4]]) -> Records {
    let mut cells: Vec<[String; 4]> = (0..100_usize)
        .map(|n| {
            let letters =
                |n: usize| -> String { (0..6).map(|at| (b'a' + (n * 7 + at * n) as u8 % 26) as char).collect() };
            [letters(n), format!("{:05}", n * 317 % 90_000), format!("firm{}", n / 5), format!("city{}", n / 20)]
        })
        .collect();
    cells.extend(more.iter().map(|row| row.map(str::to_owned)));
    let column = |at: usize| -> Vec<&str> { cells.iter().map(|row| row[at].as_str()).collect() };
    Records {
        rows: cells.len(),
        fields: vec![
            field("name", Nature::Person, &column(0)),
            field("phone", Nature::Phone, &column(1)),
            field("company", Nature::Company, &column(2)),
            field("city", Nature::Place, &column(3)),
        ],
        ..Records::default()
    }
}

fn members(records: &Records) -> Vec<Vec<u32>> {
    link(records).clusters.into_iter().map(|cluster| cluster.members).collect()
}

#[test]
fn one_person_twice_is_found_and_nobody_else() {
    let found = members(&records(&[
        ["quentina", "77777", "firm400", "city9"],
        ["quentina", "77777", "firm400", ""],
        ["quentinas", "77777", "", "city9"],
    ]));
    assert_eq!(found, [[100, 101, 102]]);
}

#[test]
fn a_line_and_a_company_join_nobody() {
    let people = ["quentina", "roswitha", "sigismund", "theodora", "ulfilas"];
    let rows: Vec<[&str; 4]> = people.iter().map(|name| [*name, "77777", "firm400", "city9"]).collect();
    assert_eq!(members(&records(&rows)), [[0_u32; 0]; 0]);
    // Nor where nobody is named.
    assert_eq!(
        members(&records(&[["", "77777", "firm400", "city9"], ["", "77777", "firm400", "city9"]])),
        [[0_u32; 0]; 0]
    );
}

#[test]
fn who_could_be_either_joins_one_of_them() {
    let found = members(&records(&[
        ["quentina", "77777", "firm400", "city9"],
        ["quentins", "77777", "firm400", "city9"],
        ["quentino", "88888", "firm500", "city8"],
        ["roswitha", "88888", "firm500", "city8"],
    ]));
    assert_eq!(found, [[100, 101]]);
}

#[test]
fn the_order_of_records_does_not_matter() {
    let more = [
        ["quentina", "77777", "firm400", "city9"],
        ["quentina", "77777", "firm400", ""],
        ["roswitha", "88888", "firm500", "city8"],
        ["roswitha", "88888", "firm500", "city8"],
    ];
    let mut turned = more;
    turned.reverse();
    let (one, other) = (members(&records(&more)), members(&records(&turned)));
    assert_eq!(one, [[100, 101], [102, 103]]);
    assert_eq!(one, other);
}

#[test]
fn nothing_and_one_record_are_no_trouble() {
    assert!(link(&Records::default()).clusters.is_empty());
    let one = Records { rows: 1, fields: vec![field("name", Nature::Person, &["a"])], ..Records::default() };
    assert!(link(&one).clusters.is_empty());
}
