//! Exit code 2: a run that could not audit says why, on stderr alone, and writes nothing.

use crate::support::{Desk, HEALTHY, REPEATED};

/// Runs `args`, with outputs asked for besides, and asserts that the run is refused with a message that holds every one of
/// `words`, and that no file came, went or changed.
#[track_caller]
fn refused(desk: &Desk, args: &str, words: &[&str]) {
    let outputs = if args.starts_with("check") || args.starts_with("clean") {
        &[" -o json=asked.json -o markdown=asked.md --evidence asked.csv"][..]
    } else {
        &[]
    };
    let outputs = outputs.iter().filter(|_| !args.contains("--evidence"));
    for args in [args.to_owned()].into_iter().chain(outputs.map(|outputs| format!("{args}{outputs}"))) {
        let before = desk.snapshot();
        let run = desk.leadlint(&args);
        run.exits(2);
        assert_eq!(run.stdout, "", "{args}");
        assert!(!run.stderr.trim().is_empty(), "{args} says nothing");
        for word in words {
            assert!(run.stderr.contains(word), "{args}: `{word}` is not in: {}", run.stderr);
        }
        assert!(!run.stderr.contains("panicked"), "{args}: {}", run.stderr);
        let after = desk.snapshot();
        assert!(before == after, "{args} wrote: {:?} -> {:?}", before.keys(), after.keys());
    }
}

fn leads() -> Desk {
    Desk::with("leads.csv", REPEATED)
}

fn configured(config: &str) -> Desk {
    let desk = leads();
    desk.write("leadlint.toml", config);
    desk
}

#[test]
fn a_missing_file_is_named() {
    refused(&leads(), "check nowhere.csv", &["nowhere.csv"]);
    refused(&leads(), "check leads.csv nowhere.csv", &["nowhere.csv"]);
    refused(&leads(), "check crm=nowhere.csv", &["nowhere.csv"]);
    refused(&leads(), "check nowhere/*.csv", &["nowhere/*.csv"]);
    let desk = configured("[sources.leads]\nkind = \"crm\"\npath = \"nowhere.csv\"\n");
    refused(&desk, "check", &["nowhere.csv"]);
}

#[test]
fn an_empty_directory_is_named() {
    let desk = leads();
    std::fs::create_dir(desk.path("hollow")).unwrap();
    refused(&desk, "check hollow", &["hollow"]);
}

#[test]
fn nothing_to_audit_is_refused() {
    refused(&leads(), "check", &["nothing to audit"]);
    refused(&configured("[audit]\nowner = \"a@b.example\"\n"), "check", &["nothing to audit", "leadlint.toml"]);
}

#[test]
fn an_empty_file_is_refused() {
    let desk = Desk::with("leads.csv", "");
    refused(&desk, "check leads.csv", &["leads.csv"]);
}

#[test]
fn an_unknown_config_key_has_its_line_and_the_nearest_name() {
    let desk = configured("[audit]\nowner = \"a@b.example\"\ntimezon = \"UTC\"\n");
    refused(&desk, "check leads.csv", &["leadlint.toml:3:1", "timezon", "did you mean `timezone`?"]);
    let desk = configured("\n[audits]\nowner = \"a@b.example\"\n");
    refused(&desk, "check leads.csv", &["leadlint.toml:2:", "audits", "did you mean `audit`?"]);
}

#[test]
fn an_unknown_rule_has_the_nearest_name() {
    refused(&leads(), "check leads.csv --select DUO001", &["DUO001", "did you mean `DUP001`?"]);
    refused(&leads(), "check leads.csv --select repeated-emails", &["did you mean `repeated-email`?"]);
    refused(&leads(), "check leads.csv --ignore DUO001", &["--ignore", "did you mean `DUP001`?"]);
    refused(&configured("[rules.DUP01]\nmax = 3\n"), "check leads.csv", &["DUP01", "did you mean `DUP001`?"]);
    refused(&leads(), "rule dup01", &["dup01", "did you mean `DUP001`?"]);
}

#[test]
fn a_wrong_option_value_is_named() {
    for (config, words) in [
        ("[rules.DUP001]\nseverity = \"errr\"\n", ["leadlint.toml:2:1", "did you mean `error`?"]),
        ("[rules.DUP001]\nmax = \"many\"\n", ["leadlint.toml:2:1", "whole number"]),
        ("[rules.DUP001]\nmax-rate = 2\n", ["leadlint.toml:2:1", "between 0 and 1"]),
        ("[rules.DUP001]\nshared-above = \"ten\"\n", ["DUP001", "ten"]),
        ("[rules.DUP001]\nshared-abov = 10\n", ["DUP001", "shared-above"]),
        ("[audit]\ntimezone = \"Eurpe/Berlin\"\n", ["leadlint.toml:2:1", "Europe/Berlin"]),
        ("[[accept]]\nrule = \"DUP001\"\nrecords = [\"1\"]\n", ["leadlint.toml:1:1", "reason"]),
    ] {
        refused(&configured(config), "check leads.csv", &words);
    }
}

#[test]
fn bad_toml_has_its_line() {
    refused(&configured("[audit]\nowner = \n"), "check leads.csv", &["leadlint.toml:2:"]);
    refused(&configured("[audit\n"), "check leads.csv", &["leadlint.toml:1:"]);
    refused(&leads(), "check leads.csv --config other.toml", &["other.toml"]);
}

#[test]
fn an_output_that_cannot_be_written_is_refused_before_the_work() {
    refused(&leads(), "check leads.csv -o json=absent/report.json", &["absent/report.json", "no folder `absent`"]);
    refused(&leads(), "check leads.csv --evidence absent/rows.csv", &["absent/rows.csv"]);
    let desk = leads();
    std::fs::create_dir(desk.path("taken")).unwrap();
    refused(&desk, "check leads.csv -o json=taken", &["taken", "folder"]);
}

#[test]
fn an_unknown_format_has_the_nearest_name() {
    refused(&leads(), "check leads.csv --format jsn", &["jsn", "did you mean `json`?"]);
    refused(&leads(), "check leads.csv -o markdwn=report.md", &["markdwn", "did you mean `markdown`?"]);
    refused(&leads(), "check leads.csv --format no-such-thing", &["no-such-thing", "`json`"]);
}

#[test]
fn two_outputs_to_one_place_are_refused() {
    refused(&leads(), "check leads.csv -o json=a -o markdown=a", &["`a`"]);
    refused(&leads(), "check leads.csv --format json -o markdown=-", &["-o markdown=-"]);
}

#[test]
fn an_output_never_replaces_an_input() {
    let desk = configured("[audit]\nowner = \"a@b.example\"\n");
    refused(&desk, "check leads.csv -o json=leads.csv", &["leads.csv"]);
    refused(&desk, "check leads.csv -o json=./leads.csv", &["leads.csv"]);
    refused(&desk, "check leads.csv -o json=leadlint.toml", &["leadlint.toml"]);
    refused(&desk, "clean leads.csv --target csv --out new -o json=leads.csv", &["leads.csv"]);
    let run = desk.leadlint("check leads.csv --evidence leads.csv");
    run.exits(2);
    assert_eq!(desk.read("leads.csv"), REPEATED);
}

#[test]
fn an_exactly_selected_rule_must_be_able_to_run() {
    let desk = Desk::with("users.csv", "User ID,Full Name,Email\n1,Ana Moss,ana@northpeak.example\n");
    refused(&desk, "check users.csv --select DUP001", &["DUP001"]);
    refused(&desk, "check users.csv --select repeated-email", &["DUP001"]);
}

#[test]
fn wrong_usage_is_refused() {
    for (args, word) in [
        ("check leads.csv --bogus", "--bogus"),
        ("check leads.csv --threads 0", "--threads"),
        ("check leads.csv --fail-on often", "often"),
        ("check leads.csv --as-of yesterday", "yesterday"),
        ("check leads.csv --pii some", "some"),
        ("check leads.csv -o json", "FORMAT=PATH"),
        ("check leads.csv --select DUP001 --evidence rows.txt", "rows.txt"),
        ("chek", "check"),
        ("", "Usage"),
        ("rule", "Usage"),
        ("rule DUP001 --all", "--all"),
        ("schema", "Usage"),
        ("schema nothing", "config"),
        ("clean leads.csv", "--target"),
        ("clean leads.csv --target csv", "--out"),
    ] {
        let desk = leads();
        let before = desk.snapshot();
        let run = desk.leadlint(args);
        run.exits(2);
        assert_eq!(run.stdout, "", "{args}");
        assert!(run.stderr.contains(word), "{args}: {}", run.stderr);
        assert_eq!(desk.snapshot(), before, "{args}");
    }
}

#[test]
fn an_empty_selection_is_refused() {
    let desk = leads();
    let run = desk.run(&["check", "leads.csv", "--select", ""]);
    run.exits(2);
    assert!(run.stderr.contains("--select"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_folder_that_holds_something_is_not_cleaned_into() {
    let desk = leads();
    desk.write("mine/notes.txt", "keep me");
    refused(&desk, "clean leads.csv --target csv --out mine", &["mine", "--force"]);
    desk.write("file.txt", "keep me");
    refused(&desk, "clean leads.csv --target csv --out file.txt", &["file.txt"]);
    refused(&desk, "clean leads.csv --target csv --out file.txt --force", &["file.txt"]);
}

#[test]
fn a_folder_that_holds_an_export_is_never_replaced() {
    let desk = Desk::with("exports/leads.csv", HEALTHY);
    refused(&desk, "clean exports/leads.csv --target csv --out exports --force", &["exports"]);
    refused(&desk, "clean exports/leads.csv --target csv --out . --force", &[]);
}

#[test]
fn an_unknown_target_or_decision_is_refused() {
    let desk = leads();
    refused(&desk, "clean leads.csv --target csb --out new", &["csb", "did you mean `csv`?"]);
    for (decision, word) in [
        ("DUP01=accept", "did you mean `DUP001`?"),
        ("DUP001=maybe", "maybe"),
        ("DUP001", "CODE=accept"),
        ("DUP001=accept,DUP001=reject", "decide once"),
    ] {
        refused(&desk, &format!("clean leads.csv --target csv --out new --decide {decision}"), &[word]);
    }
    assert!(!desk.path("new").exists());
}

#[test]
fn an_unreadable_source_refuses_a_cleanup_too() {
    refused(&leads(), "clean nowhere.csv --target csv --out new", &["nowhere.csv"]);
    refused(&leads(), "clean leads.csv --target csv --out new --select DUO001", &["DUP001"]);
}
