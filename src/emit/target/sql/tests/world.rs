//! Tables, plans and changes by chance, hostile cells among them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::desk::Rows;
use super::*;

/// The number of a row in the database.
fn number(row: usize) -> i64 {
    i64::try_from(row).unwrap() * 7 - 9
}

/// Cells that try to be something else.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-c' \"]{0,3}",
        2 => prop::sample::select(vec![
            "'; DROP TABLE leads; --", "a\0b", "\0", "char(0)", "\r\n.quit\r\n", "--", "/*", "*/", "1", "01", "1.0", "1e3",
            "NULL", "x'00'", "*/ ; DROP TABLE leads; /*", "$$; DROP TABLE leads; $$", "${IFS}`id`", "`", "\\", "a\\", "\u{202e}\u{2066}x", "\u{202e}", "ünï", "\u{feff}", "?1", "%s", "$$", "';\n.shell true\n", "\\'", "''''", "-9223372036854775808",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => "[\\x00-\\x1f']{0,4}",
    ]
}

/// A table of records: cells, whether a blank is NULL, what changed since, operations, and affinities.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) ids: Vec<String>,
    pub(super) cells: Vec<[String; 3]>,
    affinity: usize,
    pub(super) sets: Vec<(usize, usize, String)>,
    pub(super) merges: Vec<(usize, Vec<usize>, String)>,
    pub(super) drift: Vec<(usize, usize, String)>,
    pub(super) references: Vec<usize>,
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let ids = prop::collection::btree_set(hostile().prop_filter("an id", |id| !id.is_empty()), 2..9)
        .prop_map(|ids| ids.into_iter().collect::<Vec<_>>())
        .prop_shuffle();
    ids.prop_flat_map(|ids| {
        let n = ids.len();
        (
            Just(ids),
            prop::collection::vec([hostile(), hostile(), hostile()], n),
            0..3_usize,
            prop::collection::vec((0..n, 1..4_usize, hostile()), 0..6),
            prop::collection::vec(hostile(), 0..3),
            prop::collection::vec((0..n, 1..4_usize, hostile()), 0..3),
            prop::collection::vec(0..n + 1, 0..6),
        )
    })
    .prop_map(|(ids, cells, affinity, sets, values, drift, references)| {
        // Merges of neighbours, two or three; nothing is set on a record that goes, and no cell twice.
        let mut merges = Vec::new();
        let mut at = 0;
        for (number, value) in values.into_iter().enumerate() {
            let size = 2 + number % 2;
            if at + size > ids.len() {
                break;
            }
            merges.push((at, (at + 1..at + size).collect(), value));
            at += size;
        }
        let gone: BTreeSet<usize> =
            merges.iter().flat_map(|(_, losers, _): &(usize, Vec<usize>, String)| losers.clone()).collect();
        let survivors: BTreeSet<usize> = merges.iter().map(|(survivor, ..)| *survivor).collect();
        let mut taken: BTreeSet<(usize, usize)> = survivors.iter().map(|row| (*row, 1)).collect();
        let sets = sets
            .into_iter()
            .filter(|(row, column, new)| {
                !gone.contains(row) && cells[*row][*column - 1] != *new && taken.insert((*row, *column))
            })
            .collect();
        World { ids, cells, affinity, sets, merges, drift, references }
    })
}

impl World {
    pub(super) const HEADERS: [&'static str; 4] = ["Id", "a\"b", "row", "select '"];

    pub(super) fn source(&self) -> Arc<Source> {
        let rows: Vec<Vec<Option<String>>> = self
            .ids
            .iter()
            .zip(&self.cells)
            .map(|(id, cells)| std::iter::once(id).chain(cells).map(|cell| Some(cell.clone())).collect())
            .collect();
        source(&Self::HEADERS, &rows)
    }

    pub(super) fn operations(&self, source: &Source) -> Vec<Operation> {
        let merges =
            self.merges.iter().map(|(survivor, losers, value)| merge(source, *survivor, losers, &[(1, value)]));
        merges.chain(self.sets.iter().map(|(row, column, new)| set(source, *row, *column, new))).collect()
    }

    fn database(&self) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        let id = ["TEXT", "", "TEXT COLLATE NOCASE"][self.affinity];
        db.execute_batch(&format!(
            "CREATE TABLE leads (more, Id {id}, \"A\"\"b\" TEXT, row, \"select '\" TEXT COLLATE NOCASE);
             CREATE TABLE activities (lead_id {id}, body);
             CREATE TABLE bystander (Id, row); INSERT INTO bystander VALUES ('1', x'00'), (1, 1.0)"
        ))
        .unwrap();
        for (at, (id, cells)) in self.ids.iter().zip(&self.cells).enumerate() {
            let blank =
                |cell: &String| if cell.is_empty() && at % 2 == 0 { Value::Null } else { Value::Text(cell.clone()) };
            db.execute(
                "INSERT INTO leads (_rowid_, more, Id, \"A\"\"b\", row, \"select '\") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                rusqlite::params![number(at), at as f64, id, blank(&cells[0]), blank(&cells[1]), blank(&cells[2])],
            )
            .unwrap();
        }
        for (row, column, value) in &self.drift {
            let sql =
                format!("UPDATE leads SET \"{}\" = ?1 WHERE _rowid_ = ?2", Self::HEADERS[*column].replace('"', "\"\""));
            db.execute(&sql, rusqlite::params![value, number(*row)]).unwrap();
        }
        for reference in &self.references {
            db.execute(
                "INSERT INTO activities VALUES (?1, ?2)",
                rusqlite::params![self.ids.get(*reference), number(*reference)],
            )
            .unwrap();
        }
        db
    }

    /// What ought to stand there after: the tables, and how many operations were done.
    fn expected(
        &self,
        source: &Source,
        before: &BTreeMap<String, (String, Rows)>,
    ) -> (BTreeMap<String, (String, Rows)>, usize) {
        let mut after = before.clone();
        let leads = &before["leads"].1;
        let stands = |row: usize, column: usize| {
            let old = cell(source, row, column).unwrap_or_default();
            match &leads[&number(row)][column + 1] {
                Value::Null => old.is_empty(),
                Value::Text(text) => *text == old,
                _ => false,
            }
        };
        let value = |new: &str| if new.is_empty() { Value::Null } else { Value::Text(new.to_owned()) };
        let mut done = 0;
        for (survivor, losers, new) in &self.merges {
            if !stands(*survivor, 1) || !losers.iter().all(|row| (1..4).all(|column| stands(*row, column))) {
                continue;
            }
            done += 1;
            let table = &mut after.get_mut("leads").unwrap().1;
            if cell(source, *survivor, 1).unwrap_or_default() != *new {
                table.get_mut(&number(*survivor)).unwrap()[2] = value(new);
            }
            for loser in losers {
                table.remove(&number(*loser));
            }
            for row in after.get_mut("activities").unwrap().1.values_mut() {
                if losers.iter().any(|loser| row[0] == Value::Text(self.ids[*loser].clone())) {
                    row[0] = Value::Text(self.ids[*survivor].clone());
                }
            }
        }
        for (row, column, new) in &self.sets {
            if stands(*row, *column) {
                done += 1;
                after.get_mut("leads").unwrap().1.get_mut(&number(*row)).unwrap()[*column + 1] = value(new);
            }
        }
        (after, done)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn nothing_but_the_planned_cells_changes_and_all_of_it_comes_back(world in world()) {
        let source = world.source();
        let operations = world.operations(&source);
        let count = operations.len();
        let scripts = written(operations, &source, CONFIG);
        let db = world.database();
        let before = dump(&db);
        let (after, done) = world.expected(&source, &before);
        run(&db, &scripts["dry-run.sql"], false).unwrap();
        prop_assert_eq!(dump(&db), before.clone());
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        prop_assert_eq!(dump(&db), after.clone());
        let shown = run(&db, &scripts["verify.sql"], false).unwrap();
        prop_assert_eq!(&shown.last().unwrap()[1][0], &count.to_string());
        prop_assert!(shown.last().unwrap()[1][1].parse::<usize>().unwrap() >= done);
        let shown = run(&db, &scripts["apply.sql"], false).unwrap();
        prop_assert_eq!(dump(&db), after);
        let sums = [count, 0, done, count - done].map(|n| n.to_string());
        prop_assert_eq!(&shown.last().unwrap()[1], &sums.to_vec());
        db.execute_batch(&scripts["undo.sql"]).unwrap();
        prop_assert_eq!(dump(&db), before.clone());
        prop_assert_eq!(own(&db), Vec::<String>::new());
        db.execute_batch(&scripts["drop-backups.sql"]).unwrap();
        prop_assert_eq!(dump(&db), before);
    }
}
