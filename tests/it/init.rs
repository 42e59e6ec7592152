//! `leadlint init`: a config drafted from exports, with which a check says what it says without.

use serde_json::Value;

use crate::support::{Desk, HEALTHY, REPEATED, array, text};

const CHATS: &str = "chat_id,started_at,ended_at,visitor_name,visitor_email,agent,tags,transcript\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:09:00Z,Ana Moss,ana@northpeak.example,Ivan,Intent_Pricing;vip,Hi\n";

/// Findings of a report, but for what the tags and the identity of sources in a config add.
fn findings(report: &Value) -> Vec<(String, String, String, u64)> {
    let of = |finding: &Value| {
        let (code, source, column) = (text(finding, "code"), text(finding, "source"), text(finding, "column"));
        (code.to_owned(), source.to_owned(), column.to_owned(), finding["count"].as_u64().unwrap_or_default())
    };
    array(report, "findings").iter().map(of).filter(|(code, ..)| !code.starts_with("TAG")).collect()
}

/// What each source of a report was taken for.
fn detected(report: &Value) -> Vec<Value> {
    let of = |source: &Value| {
        let keys = ["name", "kind", "object", "vendor", "rows"];
        let roles = array(source, "roles").iter().map(|role| role["role"].clone()).collect::<Vec<_>>();
        let known = keys.iter().map(|key| source[*key].clone()).chain([Value::from(roles)]);
        known.collect::<Vec<_>>().into()
    };
    array(report, "sources").iter().map(of).collect()
}

/// Drafts from `words`, and asserts that a check by the draft says what a check of the files says.
#[track_caller]
fn round_trip(desk: &Desk, words: &[&str]) -> String {
    let before = desk.run(&[&["check", "--format", "json"], words].concat());
    assert!(before.code < 2, "{}", before.stderr);
    desk.run(&[&["init"], words].concat()).exits(0);
    let after = desk.run(&["check", "--format", "json"]);
    assert!(after.code < 2, "{}{}", after.stderr, desk.read("leadlint.toml"));
    let (before, after) = (before.json(), after.json());
    assert_eq!(detected(&before), detected(&after));
    assert_eq!(findings(&before), findings(&after));
    desk.read("leadlint.toml")
}

#[test]
fn a_check_by_the_draft_says_what_a_check_of_the_files_says() {
    let desk = Desk::with("leads.csv", REPEATED);
    desk.write("chats.csv", CHATS);
    let draft = round_trip(&desk, &["leads.csv", "chats.csv"]);
    for line in [
        "[sources.lead]",
        "path = \"leads.csv\"",
        "object = \"lead\"",
        "vendor = \"generic-crm\"",
        "# owner = \"you@company.example\"",
        "# covers = [\"2026-10-01\", \"2026-10-04\"]",
        "# columns.email = \"Email\"",
        "[sources.chat]",
        "kind = \"chat\"",
        "  \"Intent_Pricing\",",
        "# [[mapping]]",
        "# from = \"chat.visitor_email\"",
        "# to = \"lead.Email\"",
        "# [[assignment]]",
        "salt = \"",
    ] {
        assert!(draft.contains(line), "{line} is not in {draft}");
    }
    assert!(!draft.contains("northpeak") && !draft.contains("Moss"), "{draft}");
}

#[test]
fn the_fixtures_come_out_as_their_own_configs_say() {
    for name in ["acme", "spotless"] {
        let desk = Desk::with_fixture(name);
        std::fs::remove_file(desk.path("leadlint.toml")).unwrap();
        let mut files: Vec<String> = desk.snapshot().into_keys().filter(|file| file.ends_with(".csv")).collect();
        files.sort_unstable();
        let draft = round_trip(&desk, &files.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!draft.contains("DOUBTFUL"), "{draft}");
    }
}

#[test]
fn without_a_source_every_readable_file_here_is_looked_at() {
    let desk = Desk::with("leads.csv", HEALTHY);
    desk.write("chats.csv", CHATS);
    desk.write("empty.csv", "");
    desk.write("notes.md", "no export");
    let run = desk.leadlint("init");
    run.exits(0);
    let draft = desk.read("leadlint.toml");
    assert!(draft.contains("path = \"chats.csv\"") && draft.contains("path = \"leads.csv\""), "{draft}");
    assert!(draft.contains("# not read: ./empty.csv"), "{draft}");
    assert!(run.stderr.contains("wrote leadlint.toml") && run.stderr.contains("not read"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(desk.leadlint("check").code < 2);
}

#[test]
fn a_config_that_is_there_stays_unless_forced() {
    let desk = Desk::with("leads.csv", HEALTHY);
    desk.write("leadlint.toml", "# mine\n");
    let run = desk.leadlint("init leads.csv");
    run.exits(2);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(desk.read("leadlint.toml"), "# mine\n");
    assert_eq!(desk.snapshot().len(), 2);
    desk.leadlint("init leads.csv --force --quiet").exits(0);
    assert!(desk.read("leadlint.toml").contains("[sources.lead]"));
    assert_eq!(desk.snapshot().len(), 2);
}

#[test]
fn what_cannot_be_drafted_writes_nothing() {
    let desk = Desk::with("leads.csv", HEALTHY);
    desk.write("hollow.csv", "");
    std::fs::create_dir(desk.path("empty")).unwrap();
    for (args, word) in [
        ("init nowhere.csv", "nowhere.csv"),
        ("init leads.csv hollow.csv", "hollow.csv"),
        ("init -", "standard input"),
        ("init empty", "empty"),
        ("init leads.csv --output leads.csv --force", "would replace an export"),
        ("init leads.csv --output empty", "is a folder"),
        ("init leads.csv --output no/where.toml", "no folder"),
    ] {
        let before = desk.snapshot();
        let run = desk.piped(args, b"Id,Email\n");
        run.exits(2);
        assert!(run.stderr.contains(word), "{args}: {}", run.stderr);
        assert!(desk.snapshot() == before, "{args} wrote");
    }
    let nothing = Desk::with("notes.md", "x");
    nothing.leadlint("init").exits(2);
    assert_eq!(nothing.snapshot().len(), 1);
}

#[test]
fn the_draft_goes_where_it_is_sent() {
    let desk = Desk::with("exports/leads-1.csv", HEALTHY);
    desk.write("exports/leads-2.csv", HEALTHY);
    desk.write("config/.keep", "");
    let run = desk.leadlint("init exports/leads*.csv --output -");
    run.exits(0);
    assert!(run.stdout.contains("path = \"exports/leads*.csv\""), "{}", run.stdout);
    desk.leadlint("init exports/leads*.csv --output config/audit.toml").exits(0);
    let draft = desk.read("config/audit.toml");
    assert!(draft.contains("path = \"../exports/leads*.csv\""), "{draft}");
    assert!(desk.leadlint("check --config config/audit.toml").code < 2);
    desk.leadlint("init crm=exports/leads-1.csv --output config/one.toml").exits(0);
    assert!(desk.read("config/one.toml").contains("path = \"../exports/leads-1.csv\""));
}

#[test]
fn doubt_is_marked_and_stays_until_somebody_decides() {
    let desk = Desk::with("export.csv", "Number,Country,Value\n1,DE,2\n");
    let draft = round_trip(&desk, &["export.csv"]);
    assert!(draft.contains("# DOUBTFUL: ") && draft.contains("# kind = \"crm\""), "{draft}");
    let report = desk.report("");
    let notes = array(&report["sources"][0], "notes");
    assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with("doubtful: ")), "{notes:?}");
}

#[test]
fn every_report_tells_of_doubt() {
    let desk = Desk::with("chats.csv", CHATS);
    for format in ["table", "markdown", "json"] {
        let run = desk.leadlint(&format!("check crm=chats.csv --format {format}"));
        assert!(run.stdout.contains("said to be crm"), "{format}: {}", run.stdout);
        let run = desk.leadlint(&format!("check chat=chats.csv --format {format}"));
        assert!(!run.stdout.contains("doubtful"), "{format}: {}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_and_contents_stay_what_they_are() {
    let desk = Desk::new();
    let chats = "chat_id,started_at,agent,tags,\"x\n[audit]\nowner = 1\",\"\"\"\"\"\"\"\"\"\nc1,2026-10-01T09:00:00Z,Ivan,\"a\nb\"\"\"\"\"\"\",x,y\n";
    let leads = REPEATED.replace("Id,", "\"I\"\"d\n# x\",");
    desk.write("we\"ird\n[sources.x] '''.csv", leads);
    desk.write("*[a]{b}.csv", chats);
    let draft = round_trip(&desk, &["we\"ird\n[sources.x] '''.csv", "*[a]{b}.csv"]);
    assert!(!draft.lines().any(|line| line == "owner = 1" || line.starts_with("[sources.x]")), "{draft}");
}
