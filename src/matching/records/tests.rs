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
pub(super) fn records(more: &[[&str; 4]]) -> Records {
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

#[test]
fn nothing_to_compare_by_is_no_trouble() {
    let none = Records { rows: 3, ..Records::default() };
    assert!(link(&none).clusters.is_empty());
}

#[test]
fn records_that_say_the_same_are_found_at_any_number() {
    for many in [2, 24, 25, 300] {
        let found = link(&records(&vec![["quentina", "77777", "firm400", "city9"]; many]));
        assert_eq!(found.clusters.iter().map(|one| one.members.len()).collect::<Vec<_>>(), [many], "{many}");
        assert!(found.clusters[0].fits.iter().all(|fit| fit.confidence > SURE && fit.reasons.len() == 4));
    }
}

#[test]
fn rows_of_one_record_are_no_pair_though_they_say_the_same() {
    let mut records = records(&[["quentina", "77777", "firm400", "city9"]; 3]);
    records.record = (0..records.rows as u32).collect();
    records.record[101] = 100;
    assert_eq!(members(&records), [[100, 101, 102]]);
    records.record[102] = 100;
    assert_eq!(members(&records), [[0_u32; 0]; 0]);
}

#[test]
fn copies_on_either_side_fit_the_same() {
    let mut records = records(&[["quentina", "77777", "firm400", "city9"]; 4]);
    records.second = (0..records.rows).map(|row| row >= 102).collect();
    let fits: Vec<(u32, u32)> = link_across(&records).fits.into_iter().map(|(row, fit)| (row, fit.other)).collect();
    assert_eq!(fits, [(100, 102), (101, 102)]);
}

#[test]
fn who_could_be_either_of_two_joins_neither() {
    // Near both, and the two contradict each other.
    let found = members(&records(&[
        ["quentinab", "77777", "firm400", "city9"],
        ["quentinxb", "77777", "firm400", "city9"],
        ["quentinxy", "77777", "firm400", "city9"],
    ]));
    assert_eq!(found, [[0_u32; 0]; 0]);
}

#[test]
fn people_whom_no_field_names_need_something_of_their_own() {
    let mut found = records(&[["", "77777", "firm400", "city9"]; 2]);
    found.fields.remove(0);
    found.of_people = true;
    assert_eq!(members(&found), [[0_u32; 0]; 0], "a line and a firm");
    found.of_people = false;
    assert!(members(&found).contains(&vec![100, 101]), "a firm has them");
}

#[test]
fn evidence_of_large_clusters_does_not_depend_on_the_order_of_rows() {
    let more: Vec<[&str; 4]> = (0..60)
        .map(|n| ["quentina", ["77777", "77778", ""][n % 3], ["firm400", ""][n % 2], ["city9", "city8", "", ""][n % 4]])
        .collect();
    let told = |order: &[usize]| {
        let rows: Vec<[&str; 4]> = order.iter().map(|at| more[*at]).collect();
        let mut records = records(&rows);
        // What each record is known by, wherever it stands.
        records.order = (0..100).chain(order.iter().map(|at| 100 + *at as u32)).collect();
        let name = |row: u32| records.order[row as usize];
        let clusters = link(&records).clusters;
        let fits = clusters.iter().flat_map(|one| one.members.iter().zip(&one.fits));
        let mut fits: Vec<(u32, u32, String)> =
            fits.map(|(row, fit)| (name(*row), name(fit.other), format!("{:?}", fit.reasons))).collect();
        fits.sort();
        fits
    };
    let straight: Vec<usize> = (0..60).collect();
    let turned: Vec<usize> = (0..60).map(|at| at * 7 % 60).collect();
    let told_straight = told(&straight);
    assert!(told_straight.len() > 40, "{}", told_straight.len());
    assert_eq!(told_straight, told(&turned));
}

#[test]
fn a_last_name_and_a_town_join_nobody() {
    let letter = |n: usize| (b'a' + n as u8) as char;
    let names: Vec<String> = (0..80).map(|n| String::from(letter(n % 8)).repeat(6)).collect();
    // One slip apart from the others of the name, and from nobody else.
    let mails: Vec<String> = (0..80).map(|n| format!("{}{}", names[n], letter(n / 8))).collect();
    let towns: Vec<String> = (0..80).map(|n| format!("town{}", n % 4)).collect();
    let column = |name: &str, nature: Nature, of: &[String], chance: f64| {
        let cells: Vec<&str> = of.iter().map(String::as_str).collect();
        Field { chance, ..field(name, nature, &cells) }
    };
    let found = Records {
        rows: 80,
        fields: vec![
            column("name", Nature::Person, &names, 1e-2),
            column("email", Nature::Own, &mails, 0.1),
            column("city", Nature::Area, &towns, 5e-2),
        ],
        ..Records::default()
    };
    assert_eq!(members(&found), [[0_u32; 0]; 0]);
}
