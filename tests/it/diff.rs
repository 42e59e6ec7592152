//! `leadlint diff`.

use serde_json::Value;

use crate::support::{Desk, REPEATED, array, text};

/// The repeated leads with owners and creators, two of them made in one second.
const OWNED: &str = "Id,FirstName,LastName,Email,OwnerId,CreatedById,CreatedDate\n\
    1,Ana,Moss,ana@northpeak.example,east@acme.example,import@acme.example,2026-10-01T09:00:07Z\n\
    2,Ana,Moss,ANA@northpeak.example,west@acme.example,import@acme.example,2026-10-01T09:00:07Z\n\
    3,Bo,Lind,bo@cedarworks.example,east@acme.example,bo@acme.example,2026-10-03T09:00:01Z\n\
    4,Bo,Lind,bo@cedarworks.example,east@acme.example,bo@acme.example,2026-10-03T09:10:02Z\n\
    5,Cy,Dahl,cy@frostline.example,west@acme.example,bo@acme.example,2026-10-04T09:20:03Z\n";

/// A folder with reports and evidence of two months: in the second, one repeat is gone and another is there.
fn months(second: &str) -> Desk {
    let desk = Desk::with("leads.csv", REPEATED);
    let out = |month: &str| {
        format!("check leads.csv -o json={month}.json --evidence {month}.csv --select REQ,DUP001 --quiet")
    };
    desk.leadlint(&out("old")).exits(1);
    desk.write("leads.csv", second);
    let run = desk.leadlint(&out("new"));
    assert!(run.code < 2, "{}", run.stderr);
    for month in ["old", "new"] {
        desk.leadlint(&format!("check leads.csv --evidence {month}.parquet --quiet"));
    }
    desk
}

fn moved() -> String {
    REPEATED.replace("2,Ana,Moss,ANA@northpeak.example", "2,Ida,Moss,ida@northpeak.example")
        + "5,Bo,Lind,bo@cedarworks.example,2026-10-04T09:00:00Z\n"
}

fn total(desk: &Desk, args: &str, code: i32) -> [u64; 3] {
    let json = desk.leadlint(&format!("diff {args} --format json")).exits(code).json();
    ["new", "fixed", "still_open"].map(|key| json["total"][key].as_u64().unwrap())
}

#[test]
fn a_run_beside_itself_is_empty() {
    let desk = Desk::with_fixture("acme");
    desk.leadlint("check . --format json -o json=a.json --evidence a.parquet --quiet").exits(1);
    for file in ["a.json", "a.parquet"] {
        let [new, fixed, open] = total(&desk, &format!("{file} {file}"), 0);
        assert_eq!((new, fixed), (0, 0));
        assert!(open > 50, "{open}");
    }
}

#[test]
fn new_and_fixed_swap_under_exchange() {
    let desk = months(&moved());
    for kind in ["json", "csv"] {
        assert_eq!(total(&desk, &format!("old.{kind} new.{kind}"), 1), [2, 2, 0], "{kind}");
        assert_eq!(total(&desk, &format!("new.{kind} old.{kind}"), 1), [2, 2, 0], "{kind}");
    }
    let shown = desk.leadlint("diff old.json new.json --format table").exits(1).stdout.clone();
    assert!(shown.contains("2 new, 2 fixed, 0 still open"), "{shown}");
}

#[test]
fn what_is_fixed_alone_passes() {
    let desk = months(&REPEATED.replace("ANA@northpeak", "ida@northpeak"));
    assert_eq!(total(&desk, "old.json new.json", 0), [0, 2, 0]);
    assert_eq!(total(&desk, "new.json old.json", 1), [2, 0, 0]);
}

#[test]
fn a_rule_that_ran_in_one_run_alone_is_not_compared() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("check leads.csv -o json=a.json --select REQ,DUP001 --quiet").exits(1);
    desk.leadlint("check leads.csv -o json=b.json --select REQ --quiet").exits(0);
    let json = desk.leadlint("diff a.json b.json --format json").exits(0).json();
    let apart = array(&json, "not_compared");
    assert_eq!((text(&apart[0], "code"), text(&apart[0], "why")), ("DUP001", "the rule did not run in NEW"));
    assert_eq!(json["total"]["fixed"], 0);
    let back = desk.leadlint("diff b.json a.json").exits(0).stdout.clone();
    assert!(back.contains("the rule did not run in OLD"), "{back}");
}

#[test]
fn exports_tell_who_makes_the_mess() {
    let desk = Desk::with("leads.csv", OWNED);
    desk.leadlint("check leads.csv --evidence new.csv --select DUP001 --quiet").exits(1);
    desk.write("old.csv", desk.read("new.csv").lines().next().unwrap().to_owned() + "\n");
    let json = desk.leadlint("diff old.csv new.csv --source leads.csv --format json").exits(1).json();
    let by = |name: &str| -> Vec<(String, u64)> {
        let makers = array(&json, "makers").iter().find(|one| one["by"] == name).unwrap();
        let who = |row: &Value| row["who"].as_str().unwrap_or("not known").to_owned();
        array(makers, "rows").iter().map(|row| (who(row), row["new"].as_u64().unwrap())).collect()
    };
    assert_eq!(by("owner"), [("east@acme.example".to_owned(), 3), ("west@acme.example".to_owned(), 1)]);
    assert_eq!(by("creator"), [("bo@acme.example".to_owned(), 2), ("import@acme.example".to_owned(), 2)]);
    let batch = "2026-10-01T09:00:07Z by import@acme.example".to_owned();
    assert_eq!(by("import"), [(batch, 2), ("not known".to_owned(), 2)]);
    let masked = desk.leadlint("diff old.csv new.csv --source leads.csv --format markdown").exits(1).stdout.clone();
    assert!(!masked.contains("east@acme.example") && masked.contains("By owner"), "{masked}");
    let named =
        OWNED.replace("CreatedById", "hs_object_source_detail_1").replace("import@acme.example", "October list");
    desk.write("leads.csv", named);
    let shown = desk.leadlint("diff old.csv new.csv --source leads.csv --format table").exits(1).stdout.clone();
    assert!(shown.contains("October list") && shown.contains("no column says who created"), "{shown}");
    // Evidence of a source that was not given has no makers.
    desk.write("other.csv", OWNED);
    desk.write("other.toml", "[sources.others]\nkind = \"crm\"\nobject = \"lead\"\npath = \"other.csv\"\n");
    let other = desk
        .leadlint("diff old.csv new.csv --source others=other.csv --config other.toml --format json")
        .exits(1)
        .stdout
        .clone();
    assert!(other.contains("not given with --source, so not known: lead"), "{other}");
}

#[test]
fn what_cannot_be_compared_is_exit_2() {
    let desk = months(&moved());
    for (args, said) in [
        ("old.json new.csv", "must be of one form"),
        ("leads.csv new.csv", "no column `code`"),
        ("none new.csv", "cannot read `none`"),
        ("old.json new.json --source leads.csv", "--source needs evidence files"),
    ] {
        let run = desk.leadlint(&format!("diff {args}"));
        assert!(run.exits(2).stderr.contains(said) && run.stdout.is_empty(), "{args}: {}", run.stderr);
    }
    desk.write("cut.json", &desk.read("old.json")[..200]);
    assert!(desk.leadlint("diff cut.json new.json").exits(2).stderr.contains("damaged JSON"));
}

#[test]
fn another_salt_is_said() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("check leads.csv -o json=a.json --quiet").exits(1);
    desk.write("leadlint.toml", "[audit]\nsalt = \"pepper\"\n");
    desk.leadlint("check leads.csv -o json=b.json --quiet").exits(1);
    let shown = desk.leadlint("diff a.json b.json").exits(1).stdout.clone();
    assert!(shown.contains("no identity in common"), "{shown}");
}

#[test]
fn what_was_fixed_once_is_reopened_where_a_baseline_knows_it() {
    let desk = Desk::with("leads.csv", REPEATED);
    let check = |more: &str| desk.leadlint(&format!("check leads.csv --select DUP001 --quiet {more}"));
    check("--write-baseline base.json").exits(1);
    desk.write("leads.csv", REPEATED.replace("ANA@northpeak", "ida@northpeak"));
    check("--write-baseline base.json -o json=old.json").exits(0);
    desk.write("leads.csv", REPEATED);
    check("-o json=new.json").exits(1);
    let json = desk.leadlint("diff old.json new.json --baseline base.json --format json").exits(1).json();
    assert_eq!((&json["total"]["reopened"], &json["total"]["new"]), (&Value::from(2), &Value::from(0)));
    let json = desk.leadlint("diff old.json new.json --format json").exits(1).json();
    assert_eq!((&json["total"]["reopened"], &json["total"]["new"]), (&Value::Null, &Value::from(2)));
    let foreign = desk.leadlint("diff old.json new.json --baseline new.json").exits(2).stderr.clone();
    assert!(foreign.contains("no baseline of leadlint"), "{foreign}");
}

#[test]
fn two_forms_are_not_compared() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("check leads.csv -o json=r.json --evidence e.csv").exits(1);
    let run = desk.leadlint("diff e.csv r.json");
    run.exits(2);
    assert!(run.stderr.contains("`e.csv` is an evidence file and `r.json` is a JSON report"), "{}", run.stderr);
}
