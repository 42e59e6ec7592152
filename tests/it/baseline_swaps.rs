//! What must not read as known, fixed or reopened; and files that a run reads, which it never writes.

use serde_json::Value;

use crate::support::{Desk, text};

const CONFIG: &str = "[audit]\nowner = \"ops@northpeak.example\"\nsalt = \"a test's salt\"\n";

fn desk(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::with("leadlint.toml", CONFIG);
    for (name, content) in files {
        desk.write(name, content);
    }
    desk
}

fn why(report: &Value) -> &str {
    text(&report["verdict"], "why")
}

#[test]
fn a_fresh_baseline_of_the_same_files_has_nothing_fixed() {
    let desk = Desk::with_fixture("acme");
    desk.leadlint("check --write-baseline b.json --fail-on never").exits(0);
    for _ in 0..2 {
        let run = desk.leadlint("check --baseline b.json --write-baseline b.json --strict-baseline --format json");
        let report = run.json();
        assert_eq!(report["comparison"]["fixed"], 0, "{}", report["comparison"]);
        assert_eq!(report["comparison"]["reopened"], 0, "{}", report["comparison"]);
        assert!(!why(&report).contains("fixed entr"), "{}", why(&report));
    }
}

#[test]
fn new_warnings_beside_known_errors_fail_as_warnings() {
    let head = "Id,LastName,Email,CreatedDate\n";
    let dots = "1,Moss,ana.moss@gmail.com,2026-10-01\n2,Moss,anamoss@gmail.com,2026-10-02\n";
    let tags = "3,Lind,bo@northpeak.example,2026-10-03\n4,Lind,bo+news@northpeak.example,2026-10-04\n";
    let desk = desk(&[("leads.csv", &format!("{head}{dots}"))]);
    desk.leadlint("check leads.csv --select DUP002 --write-baseline b.json --fail-on never").exits(0);
    desk.write("leads.csv", format!("{head}{dots}{tags}"));
    let run = desk.leadlint("check leads.csv --select DUP002 --baseline b.json --format json");
    let report = run.json();
    assert_eq!((run.code, report["comparison"]["new"].as_u64()), (0, Some(2)), "{}", why(&report));
    let finding = &report["findings"][0];
    assert_eq!((text(finding, "severity"), text(finding, "new_severity")), ("error", "warning"));
    desk.leadlint("check leads.csv --select DUP002 --baseline b.json --fail-on warning").exits(1);
}

#[test]
fn another_contradiction_of_one_id_is_new() {
    let rows = |company: &str, phone: &str| {
        format!(
            "Id,LastName,Company,Phone\n1,Moss,Northpeak,+12025550101\n1,Moss,{company},{phone}\n2,Lind,Southend,+12025550102\n"
        )
    };
    let desk = desk(&[("leads.csv", &rows("Falkirk", "+12025550101"))]);
    desk.leadlint("check leads.csv --select DUP005 --write-baseline b.json --fail-on never").exits(0);
    desk.leadlint("check leads.csv --select DUP005 --baseline b.json").exits(0);
    desk.write("leads.csv", rows("Northpeak", "+12025550199"));
    desk.leadlint("check leads.csv --select DUP005 --baseline b.json").exits(1);
}

#[test]
fn another_secret_in_the_same_cell_is_new() {
    let chats = |card: &str| format!("chat_id,started_at,transcript\nc1,2026-10-01T09:00:00Z,\"my card is {card}\"\n");
    let desk = desk(&[("chats.csv", &chats("4111 1111 1111 1111"))]);
    desk.leadlint("check chat=chats.csv --select CNS002 --write-baseline b.json --fail-on never").exits(0);
    desk.leadlint("check chat=chats.csv --select CNS002 --baseline b.json").exits(0);
    desk.write("chats.csv", chats("5500 0000 0000 0004"));
    desk.leadlint("check chat=chats.csv --select CNS002 --baseline b.json").exits(1);
    assert!(!desk.read("b.json").contains("4111"), "hashes only");
}

#[test]
fn sources_that_share_a_place_are_not_fixed_by_being_left_out() {
    let table = |id: u32| format!("Id,LastName,Email,CreatedDate\n{id},Moss,,2026-10-01\n");
    let desk = desk(&[("one.csv", &table(1)), ("two.csv", &table(2))]);
    let check = "--select REQ001,DRF005 --fail-on never";
    desk.leadlint(&format!("check one.csv two.csv {check} --ignore DRF005 --write-baseline b.json")).exits(0);
    let report =
        desk.leadlint("check two.csv --select REQ001 --baseline b.json --strict-baseline --format json").json();
    assert_eq!(report["comparison"]["fixed"], 0, "{}", report["comparison"]);
    assert_eq!(report["verdict"]["passed"], true, "{}", why(&report));
    desk.leadlint("check two.csv --select REQ001 --baseline b.json --write-baseline b.json").exits(0);
    let both = desk.leadlint("check one.csv two.csv --select REQ001 --baseline b.json --strict-baseline --format json");
    assert_eq!(both.json()["comparison"]["reopened"], 0);
    both.exits(0);
}

#[test]
fn files_that_a_run_reads_are_no_outputs() {
    let schema = r#"{"name":"Lead","fields":[{"name":"LastName","label":"Last name","type":"string"}]}"#;
    let desk = desk(&[("leads.csv", "Id,LastName,Email\n1,Moss,\n"), ("desc.json", schema)]);
    desk.write("leadlint.toml", format!("{CONFIG}\n[sources.leads]\npath = \"leads.csv\"\nschema = \"desc.json\"\n"));
    desk.write("leadlint.decisions.toml", "");
    desk.leadlint("check --select REQ001 --write-baseline b.json --fail-on never").exits(0);
    for (arguments, file) in [
        ("--baseline b.json -o json=b.json", "b.json"),
        ("-o json=desc.json", "desc.json"),
        ("-o json=leadlint.decisions.toml", "leadlint.decisions.toml"),
        ("--write-baseline leads.csv", "leads.csv"),
    ] {
        let before = desk.read(file);
        let run = desk.leadlint(&format!("check --select REQ001 {arguments}"));
        assert_eq!(run.code, 2, "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains("reads"), "{arguments}: {}", run.stderr);
        assert_eq!(desk.read(file), before, "{arguments}");
    }
    desk.leadlint("check --select REQ001 --baseline b.json --write-baseline b.json").exits(0);
}
