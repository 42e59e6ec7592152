//! Baselines: evidence is known by what it is, not by how much of it there is or where it stands.

use serde_json::Value;

use crate::support::{Desk, HEALTHY, REPEATED, array, text};

/// An owner, so that the audit itself has no finding, and a salt.
const CONFIG: &str = "[audit]\nowner = \"ops@acme.example\"\nsalt = \"a test's salt\"\n";

/// Leads whose addresses are given; those that are blank lack one (REQ001).
fn leads(emails: &[(u32, &str)]) -> String {
    let rows = emails.iter().map(|(id, email)| format!("{id},Moss,{email},2026-10-{:02}T09:00:00Z\n", id % 28 + 1));
    std::iter::once("Id,LastName,Email,CreatedDate\n".to_owned()).chain(rows).collect()
}

fn ten(blank: &[u32]) -> String {
    let addresses: Vec<(u32, String)> = (1..=10)
        .map(|id| (id, if blank.contains(&id) { String::new() } else { format!("p{id}@northpeak.example") }))
        .collect();
    leads(&addresses.iter().map(|(id, email)| (*id, email.as_str())).collect::<Vec<_>>())
}

fn desk(export: &str) -> Desk {
    let desk = Desk::with("leads.csv", export);
    desk.write("leadlint.toml", CONFIG);
    desk.leadlint("check leads.csv --write-baseline known.json --fail-on never").exits(0);
    desk
}

/// The report of a run against the baseline.
fn against(desk: &Desk, export: &str) -> (i32, Value) {
    desk.write("leads.csv", export);
    let run = desk.leadlint("check leads.csv --format json --baseline known.json --evidence now.ndjson");
    (run.code, run.json())
}

fn figures(report: &Value) -> [u64; 4] {
    ["new", "known", "reopened", "fixed"].map(|figure| report["comparison"][figure].as_u64().unwrap())
}

/// Id and status of each row of evidence of a rule.
fn statuses(desk: &Desk, code: &str) -> Vec<(String, String)> {
    let evidence = desk.read("now.ndjson");
    let rows = evidence.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| text(row, "code") == code)
        .map(|row| (text(&row, "record_id").to_owned(), text(&row, "status").to_owned()))
        .collect()
}

#[test]
fn one_mended_and_one_broken_is_new_though_the_count_is_the_same() {
    let desk = desk(&ten(&[3, 4]));
    let (code, report) = against(&desk, &ten(&[4, 5]));
    assert_eq!((code, figures(&report)), (1, [1, 1, 0, 1]));
    let finding = array(&report, "findings").iter().find(|one| text(one, "code") == "REQ001").unwrap();
    assert_eq!((finding["count"].as_u64(), finding["new"].as_u64()), (Some(2), Some(1)));
    assert_eq!(statuses(&desk, "REQ001"), [("4".to_owned(), "known".to_owned()), ("5".to_owned(), "new".to_owned())]);
    assert!(text(&report["verdict"], "why").contains("new evidence (1): REQ001"), "{}", report["verdict"]);
}

#[test]
fn what_is_known_does_not_fail() {
    let desk = desk(&ten(&[3, 4]));
    let (code, report) = against(&desk, &ten(&[3, 4]));
    assert_eq!((code, figures(&report)), (0, [0, 2, 0, 0]));
    assert_eq!(
        text(&report["verdict"], "why"),
        "no new evidence of severity error or worse outside its budget; 2 known, 0 fixed since the baseline"
    );
    let finding = &array(&report, "findings")[0];
    assert_eq!(text(finding, "since"), "2026-10-11T09:00:00Z", "{finding}");
}

#[test]
fn rows_columns_file_names_and_spelling_of_the_value_do_not_matter() {
    let desk = desk(
        "Id,LastName,Email,Phone,CreatedDate\n1,Moss,not-mail,,2026-10-01\n2,Lind,,,2026-10-02\n3,Dahl,c@northpeak.example,,2026-10-03\n",
    );
    let moved = "CreatedDate,Email,Id,LastName,Phone\n2026-10-03,c@northpeak.example,3,Dahl,\n2026-10-02,,2,Lind,\n2026-10-01,NOT-mail,1,Moss,\n";
    let (_, before) = against(&desk, moved);
    assert_eq!(figures(&before), [0, 2, 0, 0]);
    desk.write("exports/leads-october.csv", moved);
    let run = desk.leadlint("check exports/leads-october.csv --format json --baseline known.json");
    assert_eq!(figures(&run.json()), [0, 2, 0, 0]);
}

#[test]
fn a_third_duplicate_leaves_the_known_two_known() {
    let desk = desk(REPEATED);
    let third = format!("{REPEATED}5,Ana,Moss,ana@northpeak.example,2026-10-04T10:00:00Z\n");
    let (code, report) = against(&desk, &third);
    assert_eq!(code, 1);
    let dup = array(&report, "findings").iter().find(|one| text(one, "code") == "DUP001").unwrap().clone();
    assert_eq!((dup["count"].as_u64(), dup["new"].as_u64()), (Some(3), Some(1)));
    let status = |id: &str| statuses(&desk, "DUP001").into_iter().find(|(of, _)| of == id).unwrap().1;
    assert_eq!([status("1"), status("2"), status("5")], ["known", "known", "new"]);
    assert_eq!(dup["examples"][0]["record_id"], "5", "new evidence is shown first");
}

#[test]
fn what_was_mended_and_comes_back_is_reopened_and_fails() {
    let desk = desk(&ten(&[3]));
    against(&desk, &ten(&[]));
    desk.leadlint("check leads.csv --baseline known.json --write-baseline known.json").exits(0);
    let (code, report) = against(&desk, &ten(&[3]));
    assert_eq!((code, figures(&report)), (1, [0, 0, 1, 0]));
    assert_eq!(statuses(&desk, "REQ001"), [("3".to_owned(), "reopened".to_owned())]);
}

#[test]
fn a_merged_record_keeps_what_was_known_of_its_losers() {
    let header = "Id,LastName,Email,CreatedDate,IsDeleted,MasterRecordId";
    let (a, b) = ("00Q5e000000018EEAQ", "00Q5e000000022FEAQ");
    let before = format!("{header}\n{a},Moss,ana@northpeak.example,2026-10-01,false,\n{b},Moss,,2026-10-02,false,\n");
    let desk = desk(&before);
    // The survivor took the blank over; the loser is in the bin.
    let after = format!("{header}\n{a},Moss,,2026-10-01,false,\n{b},Moss,,2026-10-02,true,{a}\n");
    let (code, report) = against(&desk, &after);
    assert_eq!((code, figures(&report)), (0, [0, 1, 0, 0]));
}

#[test]
fn a_merge_that_makes_a_new_id_keeps_what_was_known() {
    let desk = desk("Record ID,Last Name,Email,Create Date\n11,Moss,,2026-10-01\n12,Moss,,2026-10-02\n");
    let after = "Record ID,Last Name,Email,Create Date,Merged Record IDs\n13,Moss,,2026-10-02,11;12\n";
    let (code, report) = against(&desk, after);
    assert_eq!((code, figures(&report)), (0, [0, 1, 0, 1]), "one of the two is mended");
}

#[test]
fn records_without_an_id_count_how_often_they_stand_there() {
    let source = "[sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\n";
    let desk = Desk::with("leadlint.toml", format!("{CONFIG}{source}"));
    // No id and no address: only the whole row tells one from another, and a file holds it twice beside another file's.
    let file = |rows: &[&str]| format!("LastName,Email,Note\n{}\n", rows.join("\n"));
    desk.write("leads.csv", file(&["Moss,,a", "Moss,,b", "Lind,l@northpeak.example,c"]));
    desk.leadlint("check --select REQ001 --write-baseline known.json --fail-on never").exits(0);
    desk.write("leads.csv", file(&["Moss,,b", "Moss,,a", "Moss,,c", "Lind,l@northpeak.example,c"]));
    let run = desk.leadlint("check --select REQ001 --format json --baseline known.json");
    assert_eq!(figures(&run.exits(1).json()), [1, 2, 0, 0]);
}

#[test]
fn what_was_not_looked_for_is_neither_fixed_nor_forgotten() {
    let desk = desk(&ten(&[3]));
    desk.write("leads.csv", ten(&[]));
    let args = "check leads.csv --select DUP001 --format json --baseline known.json --write-baseline known.json";
    let report = desk.leadlint(args).exits(0).json();
    assert_eq!((figures(&report), report["comparison"]["not_looked_at"].as_u64()), ([0, 0, 0, 0], Some(1)));
    let (_, report) = against(&desk, &ten(&[3]));
    assert_eq!(figures(&report), [0, 1, 0, 0], "it is still known");
}

#[test]
fn the_day_on_which_something_was_first_seen_is_kept() {
    let desk = desk(&ten(&[3]));
    let later = ten(&[3]).replace("2026-10-11", "2026-10-28");
    desk.write("leads.csv", &later);
    desk.leadlint("check leads.csv --write-baseline known.json --fail-on never").exits(0);
    let (_, report) = against(&desk, &later);
    assert_eq!(text(&array(&report, "findings")[0], "since"), "2026-10-11T09:00:00Z");
    assert_eq!(text(&report["comparison"], "as_of"), "2026-10-28T09:00:00Z");
}

#[test]
fn a_baseline_holds_hashes_only_and_is_the_same_each_time() {
    let desk = Desk::with_fixture("acme");
    let write = "check . --write-baseline known.json --fail-on never";
    desk.leadlint(write).exits(0);
    let first = desk.read("known.json");
    for export in desk.snapshot().into_iter().filter(|(name, _)| name != "known.json") {
        let text = String::from_utf8_lossy(&export.1).into_owned();
        for word in
            text.split([',', '\n', '"', ';', ' ', '<', '>']).filter(|word| word.contains('@') || word.starts_with('+'))
        {
            assert!(word.len() < 6 || !first.contains(word), "{word} of {} is in the baseline", export.0);
        }
    }
    std::fs::remove_file(desk.path("known.json")).unwrap();
    desk.leadlint(&format!("{write} --threads 1")).exits(0);
    assert_eq!(desk.read("known.json"), first);
    desk.leadlint(write).exits(0);
    assert_eq!(desk.read("known.json"), first, "over itself");
    let run = desk.leadlint("check . --baseline known.json --format json");
    assert_eq!(figures(&run.exits(0).json())[0], 0);
}

#[test]
fn what_is_no_baseline_of_this_config_ends_with_2_and_writes_nothing() {
    let desk = desk(HEALTHY);
    let known = desk.read("known.json");
    for (content, said) in [
        (&known[..known.len() / 2], "no baseline of leadlint"),
        ("{\"schema\": \"leadlint.baseline/7\"}", "leadlint.baseline/7"),
        ("{\"version\": \"2.1.0\", \"runs\": []}", "names no schema"),
        (&known.replace("\"salt\": \"", "\"salt\": \"0"), "another `[audit] salt`"),
    ] {
        desk.write("other.json", content);
        let before = desk.snapshot();
        for flag in ["--baseline", "--write-baseline"] {
            let run = desk.leadlint(&format!("check leads.csv {flag} other.json -o json=out.json"));
            assert!(run.exits(2).stderr.contains(said), "{flag}: {}", run.stderr);
            assert_eq!(desk.snapshot(), before, "{flag}: {said}");
        }
    }
    assert!(desk.leadlint("check leads.csv --baseline nowhere.json").exits(2).stderr.contains("nowhere.json"));
}

#[test]
fn exceptions_are_apart_from_debt_and_say_when_they_no_longer_fit() {
    let accept = |records: &str, expires: &str| {
        format!("{CONFIG}\n[[accept]]\nrule = \"REQ001\"\nrecords = [{records}]\nreason = \"by phone only\"\n{expires}")
    };
    let desk = Desk::with("leads.csv", ten(&[3, 4]));
    let state = |report: &Value| text(&report["exceptions"][0], "state").to_owned();
    for (records, expires, is, code) in [
        ("\"3\", \"4\"", "", "in-force", 0),
        ("\"3\", \"4\"", "expires = 2026-10-20\n", "expiring", 0),
        ("\"3\", \"4\"", "expires = 2026-10-01\n", "expired", 1),
        ("\"9\"", "", "stale", 1),
    ] {
        desk.write("leadlint.toml", accept(records, expires));
        let run = desk.leadlint("check leads.csv --format json");
        assert_eq!(
            (run.exits(code).json()["exceptions"][0]["covers"].as_u64(), state(&run.json())),
            (Some(if code == 0 { 2 } else { 0 }), is.to_owned())
        );
        let lax = desk.leadlint("check leads.csv --format json --fail-on never");
        assert_eq!(lax.code, 0, "{is}");
        let strict = desk.leadlint("check leads.csv --format json --fail-on never --strict-baseline");
        assert_eq!(strict.code, code, "{is}: {}", strict.stdout);
    }
    let report = desk.leadlint("check leads.csv --select DUP001 --format json").json();
    assert_eq!(state(&report), "not-checked");
    // What is agreed is in no baseline: when the agreement ends, it is new.
    desk.write("leadlint.toml", accept("\"3\", \"4\"", ""));
    desk.leadlint("check leads.csv --write-baseline known.json").exits(0);
    desk.write("leadlint.toml", CONFIG);
    let (code, report) = against(&desk, &ten(&[3, 4]));
    assert_eq!((code, figures(&report)), (1, [2, 0, 0, 0]));
}

#[test]
fn a_strict_baseline_fails_on_what_is_fixed() {
    let desk = desk(&ten(&[3, 4]));
    desk.write("leads.csv", ten(&[3]));
    desk.leadlint("check leads.csv --baseline known.json").exits(0);
    let run = desk.leadlint("check leads.csv --baseline known.json --strict-baseline --format json");
    assert!(
        text(&run.exits(1).json()["verdict"], "why").starts_with("1 fixed entry of the baseline"),
        "{}",
        run.stdout
    );
}

#[test]
fn evidence_that_is_listed_again_is_covered_once() {
    let file = REPEATED.replace("2026-10-04", "2026-10-30");
    let desk = Desk::with("leads.csv", file);
    desk.write(
        "leadlint.toml",
        format!("{CONFIG}[[accept]]\nrule = \"DUP001\"\nrecords = [\"1\", \"2\"]\nreason = \"one mailbox\"\n"),
    );
    let report = desk.leadlint("check leads.csv --select DUP001,DUP006 --format json").exits(0).json();
    assert_eq!(report["exceptions"][0]["covers"], 2, "DUP006 lists the same two");
    assert!(array(&report, "findings").iter().all(|finding| finding["count"] == 0));
}

#[test]
fn sources_stand_beside_what_they_were() {
    let desk = desk(&ten(&[3]));
    desk.write("leads.csv", leads(&[(1, "p1@northpeak.example"), (2, "p2@northpeak.example")]));
    let run = desk.leadlint("check leads.csv --baseline known.json --format markdown -o json=r.json");
    assert!(run.stdout.contains("\n- crm/lead: 2 rows now, 10 then\n"), "{}", run.stdout);
    let report: Value = serde_json::from_str(&desk.read("r.json")).unwrap();
    assert_eq!(report["comparison"]["sources"][0], serde_json::json!({"place": "crm/lead", "then": 10, "now": 2}));
}

#[test]
fn a_baseline_without_a_score_lets_no_drop_pass() {
    let desk = Desk::with("leads.csv", HEALTHY);
    desk.write("leadlint.toml", CONFIG);
    desk.leadlint("check leads.csv --select GOV001 --write-baseline known.json").exits(0);
    let run = desk.leadlint("check leads.csv --baseline known.json --max-score-drop 1 --format json");
    assert!(text(&run.exits(1).json()["verdict"], "why").contains("holds no score"), "{}", run.stdout);
}

#[test]
fn a_score_may_fall_so_far_and_no_further() {
    let desk = desk(&ten(&[3]));
    desk.write("leads.csv", ten(&[3, 4, 5, 6]));
    let run = |drop: &str| {
        desk.leadlint(&format!(
            "check leads.csv --format json --fail-on never --baseline known.json --max-score-drop {drop}"
        ))
    };
    assert!(text(&run("0").exits(1).json()["verdict"], "why").contains("the score fell from"));
    run("50").exits(0);
    desk.leadlint("check leads.csv --max-score-drop 1").exits(2);
}

#[test]
fn budgets_apply_to_what_is_new() {
    let desk = desk(&ten(&[3, 4]));
    desk.write("leadlint.toml", format!("{CONFIG}[rules.REQ001]\nmax = 1\n"));
    let (code, report) = against(&desk, &ten(&[3, 4, 5]));
    assert_eq!((code, figures(&report)), (0, [1, 2, 0, 0]));
    let (code, _) = against(&desk, &ten(&[3, 4, 5, 6]));
    assert_eq!(code, 1);
    desk.write("leadlint.toml", format!("{CONFIG}[rules.REQ001]\nmax-rate = 0.01\nfloor = 3\n"));
    assert_eq!(against(&desk, &ten(&[3, 4, 5, 6])).0, 0, "two are below the floor");
    assert_eq!(against(&desk, &ten(&[3, 4, 5, 6, 7])).0, 1);
}

#[test]
fn records_that_nobody_changed_do_not_fail_the_run() {
    let desk = Desk::with("leadlint.toml", CONFIG);
    desk.write(
        "leads.csv",
        "Id,LastName,Email,CreatedDate,LastModifiedDate\n1,Moss,,2026-10-01,2026-10-02\n2,Lind,,2026-10-01,2026-10-20\n3,Dahl,c@northpeak.example,2026-10-30,2026-10-30\n",
    );
    let run = |day: &str| desk.leadlint(&format!("check leads.csv --format json --only-changed-since {day}"));
    let report = run("2026-10-10").exits(1).json();
    let finding = array(&report, "findings").iter().find(|one| text(one, "code") == "REQ001").unwrap();
    assert_eq!((finding["count"].as_u64(), finding["new"].as_u64()), (Some(2), Some(1)));
    desk.write(
        "leads-known.csv",
        "Id,LastName,Email,CreatedDate,LastModifiedDate\n3,Dahl,c@northpeak.example,2026-10-30,2026-10-30\n",
    );
    desk.leadlint("check leads-known.csv --write-baseline known.json --fail-on never").exits(0);
    let beside = desk.leadlint("check leads.csv --format json --baseline known.json --only-changed-since 2026-10-10");
    let of_rule =
        array(&beside.json()["comparison"], "rules").iter().find(|rule| text(rule, "code") == "REQ001").cloned();
    assert_eq!(of_rule.unwrap()["new"], 1, "the comparison counts as new what the finding does");
    let said = |report: &Value| {
        array(report, "notes").iter().any(|note| note.as_str().unwrap().contains("--only-changed-since"))
    };
    assert!(said(&report));
    assert!(said(&run("2026-10-25").exits(0).json()));
}

#[test]
fn a_baseline_proves_how_long_a_merge_is_overdue() {
    let row = |id: u32, created: &str| format!("{id},Moss,ana@northpeak.example,{created}\n");
    let file = |rows: &[String], newest: &str| {
        format!("Id,LastName,Email,CreatedDate\n{}90,Lind,b@northpeak.example,{newest}\n", rows.concat())
    };
    let two = [row(1, "2026-10-21"), row(2, "2026-10-22")];
    let desk = desk(&file(&two, "2026-10-29"));
    let overdue = |newest: &str| {
        desk.write("leads.csv", file(&two, newest));
        desk.leadlint("check leads.csv --select DUP006 --format json --baseline known.json").json()
    };
    assert!(array(&overdue("2026-10-30"), "findings").is_empty(), "the baseline saw it a day ago");
    let report = overdue("2026-11-03");
    let finding = &array(&report, "findings")[0];
    assert_eq!((text(finding, "severity"), finding["count"].as_u64()), ("error", Some(2)));
    assert_eq!(
        text(&finding["examples"][0], "detail"),
        "a duplicate for 5 days, known to the baseline; due within 48 h"
    );
}

#[test]
fn rules_compare_with_the_run_that_wrote_the_baseline() {
    let file = |stages: [(&str, &str); 6]| {
        let rows = (1..).zip(stages).map(|(id, (stage, region))| {
            format!("{id},Moss,p{id}@northpeak.example,2026-10-0{id}T09:00:00Z,{stage},{region}\n")
        });
        std::iter::once("Id,LastName,Email,CreatedDate,Status,Region\n".to_owned()).chain(rows).collect::<String>()
    };
    let before = [
        ("Qualified", "East"),
        ("Qualified", "East"),
        ("Working", "West"),
        ("New", "West"),
        ("Unqualified", "West"),
        ("New", "West"),
    ];
    let now = [
        ("New", "East"),
        ("Qualified", "North"),
        ("Working", "West"),
        ("Working", "West"),
        ("Unqualified", "West"),
        ("New", "West"),
    ];
    let desk = desk(&file(before));
    let known: Value = serde_json::from_str(&desk.read("known.json")).unwrap();
    let stages = known["sources"]["crm/lead"]["stages"].as_object().unwrap();
    let mut held: Vec<usize> = stages.values().map(|records| records.as_array().unwrap().len()).collect();
    held.sort_unstable();
    assert_eq!(held, [1, 2], "neither those in the first stage nor those in none");
    let found = |report: &Value| -> Vec<String> {
        let codes = array(report, "findings").iter().map(|one| text(one, "code").to_owned());
        let mut found: Vec<String> =
            codes.filter(|code| ["DRF005", "STG002", "GOV005"].contains(&code.as_str())).collect();
        found.sort_unstable();
        found
    };
    let (code, report) = against(&desk, &file(now));
    assert_eq!(found(&report), ["DRF005", "STG002"]);
    assert_eq!(code, 0, "neither is an error");
    let new = array(&report, "findings").iter().find(|one| text(one, "code") == "DRF005").unwrap();
    assert!(text(new, "message").starts_with("1 new value in 1 of 6 cells of"), "{new}");
    assert_eq!(text(&new["examples"][0], "detail"), "not among the 2 values of the baseline of 2026-10-06");
    // The next baseline knows them.
    desk.leadlint("check leads.csv --baseline known.json --write-baseline known.json").exits(0);
    let (_, report) = against(&desk, &file(now));
    assert!(found(&report).is_empty(), "{:?}", found(&report));
    let (_, report) = against(&desk, &file(now).lines().take(3).collect::<Vec<_>>().join("\n"));
    assert_eq!(found(&report), ["GOV005"]);
}

#[test]
fn stages_of_many_records_stay_small() {
    let rows = (0..20_000).map(|id| {
        format!("00Q{id:012},Moss,p{id}@northpeak.example,2026-10-01,{}\n", ["New", "Working", "Qualified"][id % 3])
    });
    let file: String = std::iter::once("Id,LastName,Email,CreatedDate,Status\n".to_owned()).chain(rows).collect();
    let desk = desk(&file);
    let known = desk.read("known.json");
    assert!(known.len() < 20_000 * 2 / 3 * 32, "{} bytes", known.len());
}

#[test]
fn the_last_line_says_why() {
    let desk = desk(&ten(&[3]));
    let last = |args: &str| desk.leadlint(args).stderr.lines().last().unwrap_or_default().to_owned();
    assert_eq!(last("check leads.csv"), "failed: 1 finding of severity error or worse: REQ001");
    assert!(last("check leads.csv --baseline known.json").starts_with("passed: no new evidence"));
    assert_eq!(last("check leads.csv --quiet"), "");
}

#[test]
fn what_was_left_alone_is_said_where_nothing_fails() {
    let desk = Desk::with("leads.csv", REPEATED);
    let run = desk.leadlint("check leads.csv --select DUP001 --only-changed-since 2027-01-01");
    run.exits(0);
    assert!(run.stderr.contains("2 pieces of evidence stand on records that nobody changed"), "{}", run.stderr);
    let run = desk.leadlint("check leads.csv --select DUP001 --only-changed-since 2026-10-02 --fail-on never");
    let said = "1 piece of evidence stands on a record that nobody changed since, and is not counted as new";
    assert!(run.stdout.contains(said), "{}", run.stdout);
}
