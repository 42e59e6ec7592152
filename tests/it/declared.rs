//! What the config declares of the exports, where it cannot be right: exit code, and the place in the file. And the proof
//! of what it declares, in the reports.

use serde_json::Value;

use crate::support::{Desk, array, text};

const LEADS: &str = "Id,Email,CreatedDate,Reason__c,OwnerId\n\
    1,ana@acme.example,2026-10-01T09:10:05Z,Pricing,u1\n\
    2,bo@acme.example,2026-10-02T09:10:05Z,,u2\n";
const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,reason\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Pricing\n\
    c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Demo\n";
const SOURCES: &str = "[sources.leads]\npath = \"leads.csv\"\n[sources.chats]\npath = \"chats.csv\"\n";

/// A desk with both exports; `config` begins on line 5 of its config.
fn desk(config: &str) -> Desk {
    let desk = Desk::with("leads.csv", LEADS);
    desk.write("chats.csv", CHATS);
    desk.write("leadlint.toml", format!("{SOURCES}{config}"));
    desk
}

/// Asserts that the config is refused with a message that holds every one of `words`, and nothing on stdout.
#[track_caller]
fn refused(config: &str, words: &[&str]) {
    for command in ["check", "clean --target csv --out new"] {
        let desk = desk(config);
        let run = desk.leadlint(command);
        run.exits(2);
        assert_eq!(run.stdout, "");
        for word in words {
            assert!(run.stderr.contains(word), "`{word}` is not in: {}", run.stderr);
        }
        assert!(!desk.path("new").exists());
    }
}

/// Severity, value and detail of each row that `code` finds under `config`, and the exit code of `check` on that rule.
#[track_caller]
fn found(config: &str, code: &str) -> (i32, Vec<(String, String, String)>) {
    let desk = desk(config);
    let report = desk.report(&format!("--select {code}"));
    let exit = desk.leadlint(&format!("check --select {code}")).code;
    let rows = array(&report, "findings").iter().flat_map(|finding| {
        let severity = text(finding, "severity").to_owned();
        array(finding, "examples").iter().map(move |row| {
            (severity.clone(), row["value"].as_str().unwrap_or_default().to_owned(), text(row, "detail").to_owned())
        })
    });
    (exit, rows.collect())
}

fn row(severity: &str, value: &str, detail: &str) -> (String, String, String) {
    (severity.to_owned(), value.to_owned(), detail.to_owned())
}

#[test]
fn a_mapping_that_names_an_absent_column_is_a_finding_with_its_place() {
    let config = "[[mapping]]\nfrom = \"chats.reson\"\nto = \"leads.Reason__c\"\n\n[[mapping]]\nfrom = \"chats.reason\"\nto = \"leads.Reasons__c\"\n";
    let detail = "leadlint.toml:5: chats has no column reson; did you mean reason?";
    let (exit, rows) = found(config, "MAP001");
    assert_eq!(exit, 0, "a warning does not fail the run");
    assert!(rows.contains(&row("warning", "chats.reson", detail)), "{rows:?}");
    let detail = "leadlint.toml:9: leads has no column Reasons__c; did you mean Reason__c?";
    assert_eq!(found(config, "MAP002"), (1, vec![row("error", "leads.Reasons__c", detail)]));
}

#[test]
fn a_source_that_nobody_declares_is_refused_with_its_place() {
    let words = |place| [place, "names the source `lead5s`, which is not declared", "did you mean `leads`"];
    refused("[[mapping]]\nfrom = \"chats.reason\"\nto = \"lead5s.Reason__c\"\n", &words("leadlint.toml:7:1"));
    refused("[[automation]]\nname = \"a\"\nuses = [\"lead5s.Reason__c\"]\n", &words("leadlint.toml:7:9"));
    refused("[[automation]]\nname = \"a\"\nexpect = { \"lead5s.OwnerId\" = \"u1\" }\n", &words("leadlint.toml:7:12"));
    refused("[[probe]]\nchat = \"c1\"\nexpect = { \"lead5s.Email\" = \"x\" }\n", &words("leadlint.toml:7:12"));
    refused("[[mapping]]\nfrom = \"reason\"\nto = \"leads.Reason__c\"\n", &["leadlint.toml:6:1", "`source.header`"]);
}

#[test]
fn a_known_kind_that_is_not_loaded_is_listed_as_not_checked() {
    let config = "[[mapping]]\nfrom = \"chats.reason\"\nto = \"contact.Reason__c\"\n[[mapping]]\nfrom = \"chats.reason\"\nto = \"leads.Reason__c\"\n";
    let report = desk(config).report("");
    let skipped = array(&report, "skipped");
    let said =
        |code: &str, words: &str| skipped.iter().any(|one| one["code"] == code && text(one, "reason").contains(words));
    assert!(said("MAP002", "leadlint.toml:5: chats.reason -> contact.Reason__c: no source contact is loaded"));
    assert!(said("MAP015", "no source contact is loaded"));
}

#[test]
fn a_probe_for_an_absent_chat_is_a_finding_with_its_place() {
    let config = "[[probe]]\nchat = \"c9\"\ncase = \"repeat\"\nexpect = { \"leads.Reason__c\" = \"Pricing\" }\n";
    let detail = "leadlint.toml:5: probe c9: no chat of chats has this id, and no record names it";
    assert_eq!(found(config, "MAP014"), (1, vec![row("error", "c9", detail)]));
    let report = desk(config).report("");
    let probe = &report["metrics"]["probes"][0];
    assert_eq!((&probe["chats"], &probe["place"]), (&0.into(), &"leadlint.toml:5".into()));
    assert_eq!(probe["expectations"][0]["state"], "failed");
    assert_eq!(probe["expectations"][0]["why"], "no chat of this id is loaded");
}

#[test]
fn a_probe_that_names_an_absent_column_is_a_finding_with_its_place() {
    let config = "[[probe]]\nchat = \"c1\"\nexpect = { \"leads.Reasons__c\" = \"Pricing\" }\n";
    let detail = "leadlint.toml:5: probe c1: leads has no column Reasons__c; did you mean Reason__c?";
    assert_eq!(found(config, "MAP014"), (1, vec![row("error", "leads.Reasons__c", detail)]));
}

#[test]
fn an_automation_that_reads_an_absent_column_is_a_finding_with_its_place() {
    let config = "[[automation]]\nname = \"route\"\nuses = [\"leads.Reasons__c\"]\n";
    let detail = "leadlint.toml:5: route: leads has no column Reasons__c; did you mean Reason__c?";
    assert_eq!(found(config, "MAP013"), (1, vec![row("error", "leads.Reasons__c", detail)]));
}

#[test]
fn a_condition_on_a_column_that_nothing_has_is_refused_with_its_place() {
    for (list, rest) in [("automation", "expect = { \"leads.OwnerId\" = \"u1\" }"), ("assignment", "owner = \"u1\"")] {
        let config = format!("[[{list}]]\nname = \"route\"\nwhen = {{ Resaon__c = \"Pricing\" }}\n{rest}\n");
        let place = format!("leadlint.toml:7:10: `{list}[1].when` names `Resaon__c`");
        refused(&config, &[&place, "did you mean `Reason__c`?"]);
    }
}

#[test]
fn an_expectation_of_an_absent_column_is_listed_as_not_checked() {
    let config =
        "[[automation]]\nname = \"route\"\nwhen = { reason = \"Pricing\" }\nexpect = { \"leads.Owner\" = \"u1\" }\n";
    let config = config.replace("leads.Owner\"", "leads.Ownr\"");
    let report = desk(&config).report("");
    let skipped = array(&report, "skipped").iter().find(|one| one["code"] == "MAP016").unwrap();
    assert!(text(skipped, "reason").starts_with("leadlint.toml:5: route: leads.Ownr: leads has no column Ownr"));
    let outcome = &report["metrics"]["automations"][0]["outcomes"][0];
    assert!(text(outcome, "not_proved").starts_with("leads has no column Ownr"));
}

#[test]
fn two_sources_of_one_name_are_refused_with_their_place() {
    refused("[sources.leads]\npath = \"chats.csv\"\n", &["leadlint.toml:5:", "duplicate key"]);
    // On the command line equal names are the files of one source.
    let desk = Desk::with("a.csv", LEADS);
    desk.write(
        "b.csv",
        LEADS.replace("ana@", "eve@").replace("bo@", "fay@").replace("\n1,", "\n3,").replace("\n2,", "\n4,"),
    );
    desk.write("leadlint.toml", "[sources.leads]\nkind = \"crm\"\n");
    let report = desk.report("leads=a.csv leads=b.csv");
    let sources = array(&report, "sources");
    assert_eq!((sources.len(), &sources[0]["rows"]), (1, &4.into()));
}

#[test]
fn severities_say_what_a_later_edit_may_explain() {
    let desk = |updated: &str| {
        let leads = "Id,Email,CreatedDate,LastModifiedDate,Reason__c\n1,ana@acme.example,2026-10-01T09:10:05Z,{},\n";
        let desk = Desk::with("leads.csv", leads.replace("{}", updated));
        desk.write("chats.csv", CHATS);
        desk.write(
            "leadlint.toml",
            format!("{SOURCES}[[mapping]]\nfrom = \"chats.reason\"\nto = \"leads.Reason__c\"\n"),
        );
        desk
    };
    for (updated, severity) in [("2026-10-01T09:15:05Z", "error"), ("2026-10-01T11:15:05Z", "info")] {
        let report = desk(updated).report("--select MAP005");
        assert_eq!(array(&report, "findings")[0]["severity"], severity, "{updated}");
    }
}

#[test]
fn the_proof_stands_in_json_and_markdown() {
    let config = "[[mapping]]\nfrom = \"chats.reason\"\nto = \"leads.Reason__c\"\n\n\
        [[mapping]]\nfrom = \"chats.visitor_email\"\nto = \"leads.Email\"\n\n\
        [[probe]]\nchat = \"c1\"\nexpect = { \"leads.Reason__c\" = \"Pricing\", \"leads.OwnerId\" = \"u9\" }\n\n\
        [[automation]]\nname = \"route\"\nuses = [\"leads.Reason__c\"]\nwhen = { reason = \"Pricing\" }\nexpect = { \"leads.OwnerId\" = \"u1\" }\n";
    let desk = desk(config);
    let report = desk.report("");
    let mapping = &report["metrics"]["mapping"][0];
    let figures: Vec<u64> = ["pairs", "tested", "not_exercised", "exact", "lost", "altered", "misrouted"]
        .iter()
        .map(|key| mapping[*key].as_u64().unwrap())
        .collect();
    assert_eq!(figures, [2, 2, 0, 1, 1, 0, 0]);
    assert_eq!((&mapping["place"], &mapping["failing_since"]), (&"leadlint.toml:5".into(), &"2026-10-02".into()));
    let states: Vec<&Value> =
        array(&report["metrics"]["probes"][0], "expectations").iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["failed", "held"], "by field");
    let automation = &report["metrics"]["automations"][0];
    assert_eq!((&automation["uses"][0]["filled"], &automation["outcomes"][0]["shown"]), (&1.into(), &1.into()));

    let markdown = desk.leadlint("check --format markdown").stdout;
    for line in [
        "## 7 Mapping proof",
        "| chats.reason → leads.Reason__c | leadlint.toml:5 | 2 | 2 | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 2026-10-02 |",
        "1 probe with 2 expectations: 1 held, 1 failed, 0 not checked.",
        "| route | leadlint.toml:17 | leads.Reason__c | 1 | 2 | records that chats made | a mapping |",
    ] {
        assert!(markdown.contains(line), "{line} is not in:\n{markdown}");
    }
}
