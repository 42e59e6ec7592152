//! `--history` and `leadlint trend`.

use serde_json::Value;

use crate::schema::broken;
use crate::support::{Desk, HEALTHY, REPEATED, array, text};

const KEEP: &str = "check leads.csv --format json --history history.ndjson";

#[test]
fn a_run_adds_a_line_and_a_rerun_leaves_the_same_bytes() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint(KEEP).exits(1);
    let first = desk.read("history.ndjson");
    let line: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(line["schema"], "leadlint.history/1");
    assert_eq!(line["as_of"], "2026-10-04T09:00:00Z");
    assert_eq!(line["findings"][0]["code"], "DUP001");
    assert_eq!(line["verdict"]["passed"], false);
    assert!(!first.contains('@') && !first.contains("Moss"), "{first}");
    let schema: Value = desk.leadlint("schema history").exits(0).json();
    assert_eq!(broken(&schema, &line), Vec::<String>::new());
    let again = desk.leadlint(KEEP);
    assert_eq!(desk.read("history.ndjson"), first);
    assert!(again.exits(1).json().get("previous").is_none());

    desk.write("leads.csv", HEALTHY);
    let report = desk.leadlint(KEEP).exits(0).json();
    assert_eq!(report["previous"]["as_of"], "2026-10-04T09:00:00Z");
    let both = desk.read("history.ndjson");
    assert!(both.starts_with(&first) && both.lines().count() == 2, "{both}");
    // The earlier exports once more: their line is renewed where it stands.
    desk.write("leads.csv", REPEATED);
    desk.leadlint(KEEP).exits(1);
    assert_eq!(desk.read("history.ndjson"), both);
    assert_eq!(desk.snapshot().len(), 2, "no lock, no draft");
}

#[test]
fn threads_change_no_byte_of_a_history() {
    let desk = Desk::with_fixture("acme");
    desk.leadlint("check . --format json --threads 1 --history one").exits(1);
    desk.leadlint("check . --format json --threads 2 --history two").exits(1);
    assert_eq!(desk.read("one"), desk.read("two"));
}

#[test]
fn a_file_that_is_no_history_is_kept_and_nothing_is_written() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint(KEEP).exits(1);
    desk.write("bad.ndjson", desk.read("history.ndjson") + "{\"schema\":\"other/1\"}\n");
    let before = desk.snapshot();
    for (path, said) in
        [("bad.ndjson", "line 2"), ("leads.csv", "line 1"), (".", "it is a folder"), ("no/h", "there is no folder")]
    {
        let run = desk.leadlint(&format!("check leads.csv -o json=out.json --history {path}"));
        run.exits(2);
        assert!(run.stderr.contains(said) && run.stdout.is_empty(), "{path}: {}", run.stderr);
        assert_eq!(desk.snapshot(), before);
    }
    let run = desk.leadlint("check leads.csv -o json=h --history h");
    assert!(run.exits(2).stderr.contains("would both write"), "{}", run.stderr);
    desk.leadlint("trend bad.ndjson").exits(2);
    assert!(desk.leadlint("trend none").exits(2).stderr.contains("cannot read"));
    desk.write("empty", "");
    assert!(desk.leadlint("trend empty").exits(2).stderr.contains("no run yet"));
}

#[test]
fn runs_at_the_same_time_keep_every_line() {
    let desk = Desk::new();
    let runs: Vec<_> = (0..6)
        .map(|at| {
            desk.write(&format!("{at}.csv"), REPEATED.replace("2026-10-04", &format!("2026-10-1{at}")));
            desk.command([&format!("{at}.csv"), "--quiet", "--history", "h"].iter().fold(
                vec!["check"],
                |mut all, one| {
                    all.push(one);
                    all
                },
            ))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
        })
        .collect();
    for mut run in runs {
        assert_eq!(run.wait().unwrap().code(), Some(1));
    }
    assert_eq!(desk.read("h").lines().count(), 6);
}

#[test]
fn clean_keeps_the_audit_before_it() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("clean leads.csv --target csv --out cleanup --quiet --history h").exits(0);
    let line: Value = serde_json::from_str(&desk.read("h")).unwrap();
    assert_eq!(line["findings"][0]["code"], "DUP001");
}

#[test]
fn a_trend_tells_what_got_better_and_worse() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint(KEEP).exits(1);
    desk.write("leads.csv", HEALTHY.replace("2026-10-02", "2026-10-11"));
    desk.leadlint(KEEP).exits(0);
    let table = desk.leadlint("trend history.ndjson --format table").exits(0).stdout.clone();
    assert!(table.contains("DUP001 in lead: 2 to 0 rows") && table.contains("▁█"), "{table}");
    let markdown = desk.leadlint("trend history.ndjson").exits(0).stdout.clone();
    assert!(markdown.contains("## Better than the run before"), "{markdown}");
    let json = desk.leadlint("trend history.ndjson --format json --rule repeated-email --last 1").exits(0).json();
    assert_eq!(json["schema"], "leadlint.trend/1");
    assert_eq!((array(&json, "runs").len(), &json["hidden"], text(&json, "only")), (1, &Value::from(1), "DUP001"));
    let wrong = desk.leadlint("trend history.ndjson --rule repeated-mail").exits(2).stderr.clone();
    assert!(wrong.contains("repeated-email"), "{wrong}");
    let wrong = desk.leadlint("trend history.ndjson --source leeds").exits(2).stderr.clone();
    assert!(wrong.contains("`lead`"), "{wrong}");
    let report = desk.leadlint("check leads.csv --format markdown --history history.ndjson").exits(0).stdout.clone();
    assert!(report.contains("| previous run | 2026-10-04T09:00:00Z: failed"), "{report}");
    assert!(report.contains("| figure | last run | this run | change |"), "{report}");
}

#[test]
fn reports_draw_the_runs_of_the_history() {
    let desk = Desk::with("leads.csv", REPEATED);
    let both = "check leads.csv --quiet --format json -o html=r.html -o markdown=r.md --history h";
    desk.leadlint(both).exits(1);
    for report in ["r.html", "r.md"] {
        assert!(desk.read(report).contains("One run has no trend yet"), "{report}");
    }
    assert!(!desk.path("r-trend.svg").exists());
    desk.write("leads.csv", HEALTHY.replace("2026-10-02", "2026-10-11"));
    desk.leadlint(&format!("{both} --ignore FMT")).exits(0);
    let drawn = desk.read("r-trend.svg");
    assert!(drawn.contains("The score went from") && drawn.contains("run 2 (other rules)"), "{drawn}");
    assert!(desk.read("r.md").contains("](r-trend.svg)"));
    let html = desk.read("r.html");
    assert!(html.contains("Score and evidence, run by run") && html.contains("2: 2026-10-11T09:00:00Z"));
    // The same in `trend`.
    desk.leadlint("trend h --svg=t.svg").exits(0);
    assert_eq!(desk.read("t.svg"), drawn);
    desk.leadlint("trend h --svg t.svg --rule DUP001").exits(0);
    assert!(desk.read("t.svg").contains("Score, and evidence of DUP001, run by run"));
    desk.leadlint("trend h --last 1 --svg t.svg").exits(0);
    assert!(desk.read("t.svg").contains(">One run has no trend yet"));
}

#[test]
fn a_drawing_replaces_neither_the_history_nor_a_folder() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint(KEEP).exits(1);
    std::fs::create_dir(desk.path("folder")).unwrap();
    let before = desk.snapshot();
    for (place, said) in [
        ("history.ndjson", "would replace the history"),
        ("./folder/../history.ndjson", "would replace the history"),
        ("folder", "is no file"),
        ("-", "needs the name of a file"),
        ("none/t.svg", "cannot write"),
    ] {
        let run = desk.leadlint(&format!("trend history.ndjson --svg={place}"));
        assert!(run.exits(2).stderr.contains(said) && run.stdout.is_empty(), "{place}: {}", run.stderr);
        assert_eq!(desk.snapshot(), before);
    }
}

#[test]
fn figures_that_no_run_can_have_are_refused_with_their_line() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.leadlint("check leads.csv --history h.ndjson").exits(1);
    let line = desk.read("h.ndjson").replacen("\"count\":2", "\"count\":18446744073709551615", 1);
    assert!(line.contains("18446744073709551615"), "{line}");
    desk.write("h.ndjson", &line);
    for args in ["trend h.ndjson", "check leads.csv --history h.ndjson"] {
        let run = desk.leadlint(args);
        run.exits(2);
        assert!(run.stderr.contains("line 1: it is damaged: no run has 18446744073709551615"), "{}", run.stderr);
    }
    assert_eq!(desk.read("h.ndjson"), line);
}
