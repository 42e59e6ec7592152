//! The sync between chats and the CRM: who is told of what, how bad it is, and the figures beside the findings.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Desk, array, text};

const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,visitor_phone,is_bot\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,,false\n\
    c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example,,false\n\
    c3,2026-10-01T11:00:00Z,2026-10-01T11:10:00Z,cy@acme.example,,false\n\
    c4,2026-10-01T12:00:00Z,2026-10-01T12:10:00Z,di@acme.example,,false\n\
    c5,2026-10-01T13:00:00Z,2026-10-01T13:10:00Z,ed@acme.example,,true\n\
    c6,2026-10-01T14:00:00Z,2026-10-01T14:10:00Z,,,false\n\
    c7,2026-10-09T14:00:00Z,2026-10-09T14:10:01Z,fi@acme.example,,false\n";

/// Lead 1 came in 5 s, 2 in 45 s, 3 in 500 s, 5 of a bot in 5 s; di was known; 8 and 9 came by no chat that is loaded.
const LEADS: &str = "Id,Email,CreatedDate,Chat_Id__c,Owner\n\
    1,ana@acme.example,2026-10-01T09:10:05Z,c1,Erin Vale\n\
    2,bo@acme.example,2026-10-01T10:10:45Z,c2,Erin Vale\n\
    3,cy@acme.example,2026-10-01T11:18:20Z,,Wes Holt\n\
    4,di@acme.example,2026-09-01T12:00:00Z,,Wes Holt\n\
    5,ed@acme.example,2026-10-01T13:10:05Z,c5,\n\
    8,yy@acme.example,2026-10-02T09:00:00Z,c99,\n\
    9,zz@acme.example,2026-10-03T09:00:00Z,,\n";

const LOG: &str = "logged_at,chat_id,record_id,result,error,attempt\n\
    2026-10-01T09:10:05Z,c1,1,success,,1\n\
    2026-10-01T10:10:05Z,c2,,error,429 Too Many Requests,1\n\
    2026-10-01T10:10:45Z,c2,2,success,,2\n\
    2026-10-01T11:10:05Z,c3,,error,504 Gateway Timeout,1\n\
    2026-10-01T11:11:05Z,c3,,error,504 Gateway Timeout,2\n\
    2026-10-01T11:12:05Z,c8,,error,boom,1\n\
    2026-10-01T12:18:20Z,c3,3,success,,3\n\
    2026-10-01T13:10:05Z,c5,,error,429 Too Many Requests,1\n\
    soon,c6,,error,429 Too Many Requests,1\n";

fn desk(config: &str) -> Desk {
    let desk = Desk::new();
    desk.write("chats.csv", CHATS);
    desk.write("leads.csv", LEADS);
    desk.write("sync-log.csv", LOG);
    desk.write("leadlint.toml", config);
    desk
}

const ALL: &str = "chats.csv leads.csv sync-log.csv";

fn details(config: &str, code: &str) -> Vec<String> {
    let evidence = desk(config).evidence(&format!("{ALL} --fail-on never --select {code}"));
    evidence.iter().map(|row| text(row, "detail").to_owned()).collect()
}

#[test]
fn the_config_names_who_is_told_and_who_is_paged() {
    let both = "[sync]\nalert-to = \"integrations@acme.example\"\npage-to = \"on-call\"";
    assert_eq!(details(both, "SYN001"), ["45 s after chat end, linked by chat id; tell integrations@acme.example"]);
    assert_eq!(details(both, "SYN002"), ["500 s after chat end, linked by sync log; page on-call"]);
    let burst =
        "2 of 2 chats first tried in the hour from 2026-10-01T11:00:00Z did not get through in it: timeout 1, other 1";
    assert_eq!(details(both, "SYN003"), [format!("{burst}; page on-call"), format!("{burst}; page on-call")]);
    // Nobody to page: whoever is told is told of stalls too. Nobody at all: nothing is added.
    let told = "[sync]\nalert-to = \"integrations@acme.example\"";
    assert_eq!(details(told, "SYN002"), ["500 s after chat end, linked by sync log; tell integrations@acme.example"]);
    assert_eq!(details("", "SYN001"), ["45 s after chat end, linked by chat id"]);
    assert_eq!(details("", "SYN003")[0], burst);
}

#[test]
fn quiet_hours_with_one_failure_are_counted_and_no_finding() {
    let report = desk("").report(&format!("{ALL} --fail-on never --select SYN003"));
    let said: Vec<&str> =
        array(&report, "skipped").iter().filter(|one| one["code"] == "SYN003").map(|one| text(one, "reason")).collect();
    assert!(said.iter().any(|why| why.starts_with("1 hours of sync-log in which a single chat failed")), "{said:?}");
    assert!(said.iter().any(|why| why.starts_with("1 rows of sync-log without a time")), "{said:?}");
}

#[test]
fn a_lost_chat_is_a_warning_where_the_person_may_be_elsewhere() {
    let chats = format!("{CHATS}c8,2026-10-02T14:00:00Z,2026-10-02T14:10:00Z,gus@acme.example,,false\n");
    let contacts = "Record ID,Email,Create Date\n71,hal@acme.example,2026-10-01 09:00\n";
    let severity = |files: &str, log: &str| {
        let desk = Desk::new();
        desk.write("chats.csv", &chats);
        desk.write("leads.csv", LEADS);
        desk.write("contacts.csv", contacts);
        desk.write("sync-log.csv", log);
        let report = desk.report(&format!("{files} --fail-on never --select SYN004"));
        let found = array(&report, "findings");
        assert_eq!(found.len(), 1, "{report}");
        assert_eq!(text(&found[0]["examples"][0], "record_id"), "c8");
        text(&found[0], "severity").to_owned()
    };
    assert_eq!(severity("chats.csv leads.csv", LOG), "warning");
    assert_eq!(severity("chats.csv leads.csv contacts.csv", LOG), "error");
    let written = LOG.replace("c8,,error,boom", "c8,77,success,");
    assert_eq!(severity("chats.csv leads.csv contacts.csv sync-log.csv", &written), "warning", "written, then deleted");
}

#[test]
fn links_count_both_sides_and_tell_apart_who_ought_not_to_become_a_lead() {
    let report = desk("").report(&format!("{ALL} --fail-on never"));
    let links = &report["metrics"]["links"];
    let wanted = json!({
        // c7 ended after the last lead came.
        "chats": 7, "judged": 6,
        // Of c1 to c4: all linked, c4 to a lead that was there.
        "qualifying": 4, "matched": 4, "match_rate": 1.0, "unmatched_chats": 0, "made": 3, "creation_rate": 0.75,
        // The bot c5 and the nobody c6.
        "unqualified": 2, "unqualified_matched": 1,
        // All but lead 4, which is older than the chats.
        "records": 6, "records_made": 4, "unmatched_records": 2, "orphaned_records": 1,
        "chats_of_several": 0, "records_of_several": 0, "crowded": 0,
        "linked_by": [{"by": "chat id", "pairs": 3}, {"by": "sync log", "pairs": 1}, {"by": "email", "pairs": 1}],
    });
    assert_eq!(links, &wanted);
    let unlinked = desk("").report("chats.csv leads.csv --fail-on never");
    assert_eq!(unlinked["metrics"]["links"]["linked_by"][1], json!({"by": "email", "pairs": 2}));
    assert!(desk("").report("leads.csv --fail-on never")["metrics"]["links"].is_null());
}

#[test]
fn the_log_is_summed_up_by_distinct_chats_attempts_and_causes() {
    let report = desk("").report(&format!("{ALL} --fail-on never"));
    let attempts = &array(&report["metrics"]["sync"], "attempts")[0];
    let wanted = json!({
        "source": "sync-log", "chats": 5, "chats_failed": 2, "chat_failure_rate": 0.4,
        "attempts": 8, "attempts_failed": 5, "attempt_failure_rate": 0.625, "unclear": 1,
        "causes": [
            {"cause": "rate limit", "attempts": 2}, {"cause": "timeout", "attempts": 2}, {"cause": "other", "attempts": 1},
        ],
        "worst_hour": {"start": "2026-10-01T11:00:00Z", "tried": 2, "failed": 2, "rate": 1.0},
        "last_hour": {"start": "2026-10-01T13:00:00Z", "tried": 1, "failed": 1, "rate": 1.0},
        "failed_hours": [
            {"start": "2026-10-01T11:00:00Z", "tried": 2, "failed": 2, "rate": 1.0},
            {"start": "2026-10-01T13:00:00Z", "tried": 1, "failed": 1, "rate": 1.0},
        ],
    });
    assert_eq!(attempts, &wanted);
    let alone = desk("").report("sync-log.csv --fail-on never");
    let sync = &alone["metrics"]["sync"];
    assert_eq!(sync["attempts"][0], wanted);
    assert_eq!(sync["skipped"], json!(["latencies need chats beside leads or contacts"]));
    let without = desk("").report("chats.csv leads.csv --fail-on never");
    assert_eq!(without["metrics"]["sync"]["skipped"], json!(["failure rates need a sync log"]));
}

#[test]
fn section_five_comes_in_its_order() {
    let run = desk("").leadlint(&format!("check {ALL} --fail-on never --format markdown"));
    let (_, page) = run.exits(0).stdout.split_once("\n## 5 ").unwrap();
    let order = [
        "Figures",
        "duplicates were created",
        "| required column |",
        "match rate",
        "creation rate",
        "| seconds from chat end |",
        "| sync log |",
        "worst hour",
        "| score |",
        "## 6 ",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|part| page.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{page}");
}

#[test]
fn owners_are_one_by_all_that_a_user_source_calls_them_and_masked_elsewhere() {
    let desk = desk("");
    desk.write(
        "users.csv",
        "Id,Name,Email,IsActive,Username\n0055e0000000001AAA,Erin Vale,erin@acme.example,true,erin@acme.example\n",
    );
    desk.write("leads.csv", LEADS.replacen("Erin Vale", "0055e0000000001AAA", 1));
    let config = "[sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"users.csv\"\n\
        [sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\n\
        [sources.chats]\nkind = \"chat\"\npath = \"chats.csv\"\n";
    desk.write("leadlint.toml", config);
    let report = desk.report("--fail-on never");
    let owners = array(&report["metrics"]["sync"]["latency"][0], "by_owner");
    let said: Vec<(&Value, &Value)> = owners.iter().map(|one| (&one["owner"], &one["leads"])).collect();
    assert_eq!(said[0], (&"Erin Vale".into(), &2.into()), "{owners:?}");
    let masked = desk.report("--fail-on never --pii mask").to_string();
    assert!(!masked.contains("Erin Vale") && !masked.contains("Wes Holt"), "{masked}");
}

#[test]
fn a_trigger_that_does_not_fit_is_proposed_in_a_sentence_that_counts_nothing() {
    let mut chats = "chat_id,started_at,ended_at,visitor_email\n".to_owned();
    let mut leads = "Id,Email,CreatedDate,Chat_Id__c\n".to_owned();
    for n in 1..=12 {
        let _ = writeln!(chats, "c{n},2026-10-{n:02}T09:00:00Z,2026-10-{n:02}T09:20:07Z,v{n}@acme.example");
        let _ = writeln!(leads, "{n},v{n}@acme.example,2026-10-{n:02}T09:01:{:02}Z,c{n}", 3 * n);
    }
    let desk = Desk::with("chats.csv", chats);
    desk.write("leads.csv", leads);
    let report = desk.run(&["check", "chats.csv", "leads.csv", "--select", "SYN001", "--format", "json"]);
    let report = report.exits(0).json();
    let finding = &array(&report, "findings")[0];
    assert_eq!((text(finding, "severity"), finding["count"].as_u64()), ("info", Some(1)));
    let said = "most leads are created while their chats run: set [sync] trigger = \"chat-start\"";
    assert_eq!(text(finding, "message"), said);
}
