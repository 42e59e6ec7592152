//! References that no column names whole, references of a record to itself, and sources that are one table.

use super::desk::{cell, dump, merge, place, plan, set, source};
use super::engines::KINDS;
use super::servers::{self, one, q, sums};
use super::*;
use crate::plan::Repointed;

/// The scripts of a plan about several sources, and what is left out of them: what and how many.
fn planned(
    operations: Vec<Operation>,
    sources: &[Arc<Source>],
    config: &str,
) -> (BTreeMap<&'static str, String>, Vec<(String, usize)>) {
    let config = parse(config, "leadlint.toml").unwrap();
    let job = Job::new(&plan(operations), sources, &config).unwrap();
    let left_out = job.left_out.iter().map(|one| (one.what.clone(), one.records.len())).collect();
    (scripts(dialect(&config).unwrap(), &job).into_iter().map(|script| (script.name, script.text)).collect(), left_out)
}

fn named(source: &Source, name: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), ..source.clone() })
}

/// The operation, about the second source.
fn second(mut operation: Operation) -> Operation {
    match &mut operation {
        Operation::Merge(merge) => {
            std::iter::once(&mut merge.survivor).chain(&mut merge.losers).for_each(|place| place.source = 1);
        }
        Operation::Set(set) => set.at.source = 1,
        Operation::Delete(delete) => delete.at.source = 1,
    }
    operation
}

/// Two sources of one table: of the first, L2 goes into L1; of the second too, but also L4 into L3.
fn twice(source: &Arc<Source>) -> (Vec<Operation>, Vec<Arc<Source>>) {
    let again = named(source, "again");
    let operations = vec![
        merge(source, 0, &[1], &[]),
        second(merge(&again, 0, &[1], &[])),
        second(merge(&again, 2, &[3], &[])),
        second(set(&again, 0, 2, "Bonn")),
    ];
    (operations, vec![Arc::clone(source), again])
}

#[test]
fn a_record_of_two_sources_is_changed_by_one_of_them() {
    let left = vec![("again · City".to_owned(), 1), ("merges of again".to_owned(), 1)];
    for kind in KINDS {
        let (operations, sources) = twice(&servers::four());
        let config = servers::config(kind).replace("column = \"lead_id\"", "column = \"lead_id\", to = \"leads\"");
        let (scripts, left_out) = planned(operations, &sources, &(config + "tables = { again = \"leads\" }\n"));
        assert_eq!(left_out, left);
        let db = servers::database(kind);
        let before = db.dump();
        let shown = db.run(&scripts["apply.sql"]);
        assert_eq!(sums(&shown, 4), ["2", "2", "2", "0"], "{kind:?}: {shown}");
        assert_eq!(one(&db, &format!("SELECT {id} FROM leads ORDER BY {id}", id = q(kind, "Id"))), "L1\nL3");
        assert_eq!(one(&db, "SELECT lead_id FROM activities WHERE lead_id IS NOT NULL ORDER BY id"), "L1\nL1\nL3");
        db.run(&scripts["undo.sql"]);
        assert_eq!((db.dump(), db.own()), (before, Vec::new()), "{kind:?}");
    }
    let (operations, sources) = twice(&four());
    let config = CONFIG.replace("column = \"lead_id\"", "column = \"lead_id\", to = \"leads\"");
    let (scripts, left_out) = planned(operations, &sources, &(config + "tables = { again = \"leads\" }\n"));
    assert_eq!(left_out, left);
    let db = database();
    let before = dump(&db);
    db.execute_batch(&scripts["apply.sql"]).unwrap();
    assert_eq!(rows(&db, "leads").keys().collect::<Vec<_>>(), [&10, &30]);
    assert_eq!(text(&rows(&db, "activities")[&4][1]), "L3");
    let shown = run(&db, &scripts["undo.sql"], false).unwrap();
    assert_eq!(shown[1][1], ["2", "2"]);
    assert_eq!((dump(&db), own(&db)), (before, Vec::new()));
}

/// A column of leads that names leads: L1 and L3 name L2, which goes into L1; L4 names itself.
fn bosses(key: &str, needed: bool) -> String {
    let needed = if needed { "NOT NULL DEFAULT 'L4'" } else { "" };
    format!(
        "ALTER TABLE leads ADD COLUMN boss varchar(18) {needed}; UPDATE leads SET boss = 'L2' WHERE {key} IN ('L1', 'L3'); UPDATE leads \
         SET boss = 'L4' WHERE {key} IN ('L2', 'L4')"
    )
}

#[test]
fn no_record_comes_to_refer_to_itself() {
    let mine = ", { table = \"leads\", column = \"boss\" }]";
    for needed in [false, true] {
        let expected = [if needed { "L1" } else { "" }, "L1", "L4"];
        for kind in KINDS {
            let source = servers::four();
            let config = servers::config(kind).replace(" }]", &format!(" }}{mine}"));
            let scripts = written(vec![merge(&source, 0, &[1], &[])], &source, &config);
            let db = servers::database(kind);
            let id = q(kind, "Id");
            db.run(&bosses(&id, needed));
            let before = db.dump();
            db.run(&scripts["apply.sql"]);
            let found = one(&db, &format!("SELECT coalesce(boss, '') FROM leads ORDER BY {id}"));
            assert_eq!(found, expected.join("\n"), "{kind:?}");
            let shown = db.run(&scripts["verify.sql"]);
            assert_eq!(sums(&shown, 6)[..2], ["1", "1"], "{shown}");
            let once = db.dump();
            db.run(&scripts["apply.sql"]);
            assert_eq!(db.dump(), once);
            db.run(&scripts["undo.sql"]);
            assert_eq!((db.dump(), db.own()), (before, Vec::new()), "{kind:?}");
        }
        let source = four();
        let config = CONFIG.replace(" }]", &format!(" }}{mine}"));
        let scripts = written(vec![merge(&source, 0, &[1], &[])], &source, &config);
        let db = database();
        db.execute_batch(&bosses("id", needed)).unwrap();
        let before = dump(&db);
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        let found: Vec<String> = rows(&db, "leads").values().map(|row| text(&row[5])).collect();
        assert_eq!(found, expected);
        let shown = run(&db, &scripts["verify.sql"], false).unwrap();
        assert_eq!(shown.last().unwrap()[1][..2], ["1", "1"]);
        db.execute_batch(&scripts["undo.sql"]).unwrap();
        assert_eq!((dump(&db), own(&db)), (before, Vec::new()));
    }
}

#[test]
fn an_undo_that_meets_a_changed_reference_leaves_the_merge_and_names_the_row() {
    let leads = four();
    let follows = vec![merge(&leads, 0, &[1], &[])];
    let config = CONFIG.replace("column = \"lead_id\"", "column = \"lead_id\", to = \"leads\"");
    let (scripts, _) = planned(follows, &[leads], &config);
    let db = database();
    db.execute_batch("INSERT INTO activities VALUES (5, 'L2', 'mailed')").unwrap();
    run(&db, &scripts["apply.sql"], false).unwrap();
    assert_eq!(rows(&db, "activities")[&5][1], Value::Text("L1".to_owned()));
    db.execute("UPDATE activities SET lead_id = 'L4' WHERE id = 1", []).unwrap();
    let merged = dump(&db);
    let shown = run(&db, &scripts["undo.sql"], false).unwrap();
    let named: Vec<&[String]> = shown[0][1..].iter().map(|row| &row[1..]).collect();
    assert_eq!(named, [["activities", "row 1", "lead_id", "L4", "changed since"]]);
    // All of the merge stays, the references too that did not change.
    assert_eq!(dump(&db)["activities"], merged["activities"]);
    assert_eq!(rows(&db, "leads").len(), 3);
}

#[test]
fn references_that_do_not_follow_are_said() {
    let leads = four();
    let row = |cells: [&str; 2]| cells.map(|cell| Some(cell.to_owned())).to_vec();
    let deals =
        source(&["Id", "Lead Ids"], &[row(["1", "L1;L2;L3"]), row(["2", "L2"]), row(["3", " L2"]), row(["4", "L1"])]);
    let deals = named(&deals, "deals");
    let merged = || {
        let Operation::Merge(mut merge) = merge(&leads, 0, &[1], &[]) else { unreachable!() };
        let follows = |row: usize| Repointed {
            at: crate::plan::Place { source: 1, ..place(&deals, row) },
            column: 1,
            header: "Lead Ids".to_owned(),
            old: cell(&deals, row, 1).unwrap(),
            new: "L1".to_owned(),
        };
        merge.repointed = (0..3).map(follows).collect();
        vec![Operation::Merge(merge)]
    };
    let sources = [Arc::clone(&leads), Arc::clone(&deals)];
    let database = |table: &str| {
        let db = database();
        db.execute_batch(&format!(
            "CREATE TABLE {table} (id, \"lead ids\"); INSERT INTO {table} VALUES (1, 'L1;L2;L3'), (2, 'L2'), (3, ' L2'), (4, 'L1')"
        ))
        .unwrap();
        db
    };
    for (tables, table) in
        [("leads = \"leads\"", "deals"), ("leads = \"leads\", deals = \"opportunities\"", "opportunities")]
    {
        let config = CONFIG.replace("column = \"lead_id\"", "column = \"lead_id\", to = \"leads\"");
        let config = format!("{config}tables = {{ {tables} }}\n");
        let both =
            config.replace(" }]", &format!(" }}, {{ table = \"{table}\", column = \"lead ids\", to = \"leads\" }}]"));
        let (scripts, left_out) = planned(merged(), &sources, &both);
        assert_eq!(left_out, [("deals · Lead Ids".to_owned(), 2)]);
        let db = database(table);
        db.execute_batch(&scripts["apply.sql"]).unwrap();
        let left: i64 = db
            .query_row(&format!("SELECT count(*) FROM {table} WHERE \"lead ids\" LIKE '%L2%'"), [], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 2, "as many as were said");
        // Where the column is not named, none follows.
        let known = parse(&config, "leadlint.toml").unwrap();
        let job = Job::new(&plan(merged()), &sources, &known).unwrap();
        assert_eq!(job.unnamed, BTreeMap::from([(("deals".to_owned(), "Lead Ids".to_owned()), 3)]));
        assert!(job.left_out.is_empty());
        let page = |config: &str| {
            let config = parse(config, "leadlint.toml").unwrap();
            let cx = Context {
                config: &config,
                config_file: None,
                before_after: &crate::plan::Convergence::default(),
                folder: Path::new("out"),
            };
            Sql.steps(&plan(merged()), &sources, &cx)
        };
        assert!(page(&both).contains("- deals · Lead Ids (2): the cell holds more than the one id"), "{}", page(&both));
        // Each with what it is to become, so that a person can change it.
        assert!(page(&both).contains("(L1;L2;L3 becomes L1)"), "{}", page(&both));
        assert!(page(&config).contains("- deals · Lead Ids: 3 references"), "{}", page(&config));
    }
}
