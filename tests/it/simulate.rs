//! `leadlint simulate`: what the assignment rules would do, and what `check` says of the same rules.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Desk, array, text};

const RULES: &str = r#"
[sources.leads]
kind = "crm"
object = "lead"
path = "leads.csv"

[sources.users]
kind = "crm"
object = "user"
path = "users.csv"

[[assignment]]
name = "east"
when = { region = "East" }
owner = "Erin Vale"

[[assignment]]
name = "east again"
when = { region = "East", score = { above = 5 } }
owner = "Hal Moor"

[[assignment]]
name = "typo"
when = { region = "Wets" }
owner = "Wes Holt"

[[assignment]]
name = "hot trial"
when = { score = { above = 7 } }
owner = "Hal Moor"
status = "pilot"

[[assignment]]
name = "west"
when = { region = "West" }
owner = "Wes Holt"
since = "2026-10-03"
"#;

const USERS: &str = "Id,Name,Email,IsActive\nu1,Erin Vale,erin@acme.example,true\nu2,Hal Moor,hal@acme.example,true\nu3,Wes Holt,wes@acme.example,true\n";

/// 120 leads over 20 days: East, West and North in turn, scores 0 to 9. East is with Erin but for two, West with Wes.
fn desk() -> Desk {
    let desk = Desk::with("leadlint.toml", RULES);
    let mut leads = "Id,Status,OwnerId,Region__c,Score,CreatedDate\n".to_owned();
    for n in 0..120 {
        let (region, owner) = [("East", "u1"), ("West", "u3"), ("North", "")][n % 3];
        let owner = if n == 3 || n == 6 { "u3" } else { owner };
        let _ =
            writeln!(leads, "L{n:03},Open,{owner},{region},{},2026-10-{:02}T09:{:02}:07Z", n % 10, 1 + n / 6, n % 60);
    }
    desk.write("leads.csv", leads);
    desk.write("users.csv", USERS);
    desk
}

fn simulated(desk: &Desk, args: &[&str]) -> Value {
    let args: Vec<&str> = ["simulate", "--format", "json"].iter().chain(args).copied().collect();
    let run = desk.run(&args);
    run.exits(0);
    run.json()
}

#[test]
fn every_rule_says_what_it_takes_and_who_takes_it_before() {
    let replay = simulated(&desk(), &[]);
    assert_eq!(
        (&replay["schema"], &replay["leads"], &replay["days"]),
        (&json!("leadlint.simulate/1"), &json!(120), &json!(20))
    );
    assert_eq!((&replay["inconclusive"], &replay["with_pilots"]), (&json!(false), &json!(true)));
    let told: Vec<String> = array(&replay, "rules")
        .iter()
        .map(|rule| {
            let by: Vec<String> = array(rule, "shadowed_by")
                .iter()
                .map(|one| format!("{} {}", text(one, "rule"), one["leads"]))
                .collect();
            format!(
                "{} {} {} {} {} {}",
                text(rule, "name"),
                rule["hits"],
                rule["first"],
                rule["first_live"],
                rule["silent"],
                by.join(";")
            )
        })
        .collect();
    let expected = [
        "east 40 40 40 false ",
        "east again 16 0 0 true east 16",
        "typo 0 0 0 true ",
        "hot trial 24 16 0 false east 8",
        "west 36 28 36 false hot trial 8",
    ];
    assert_eq!(told, expected);
    let taken: u64 = array(&replay, "rules").iter().map(|rule| rule["first"].as_u64().unwrap()).sum();
    let rest = ["uncovered", "before", "unknown"].map(|key| replay[key].as_u64().unwrap());
    assert_eq!(taken + rest.iter().sum::<u64>(), 120, "{rest:?}");
    assert_eq!(rest[1], 4, "the west before its rule, the hot ones aside");
}

#[test]
fn clashes_loads_and_changes_tell_who_would_get_what() {
    let replay = simulated(&desk(), &[]);
    let clashes: Vec<String> = array(&replay, "clashes")
        .iter()
        .map(|one| {
            format!("{} / {} {} {}", text(one, "first"), text(one, "second"), one["leads"], one["order_decides"])
        })
        .collect();
    assert_eq!(clashes, ["east / east again 16 false", "east / hot trial 8 true", "hot trial / west 8 true"]);
    let load: Vec<String> = array(&replay, "load")
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one["owner"].as_str().unwrap_or("nobody"),
                one["now"],
                one["by_rules"],
                one["with_pilots"]
            )
        })
        .collect();
    assert_eq!(load, ["Wes Holt 42 40 32", "Erin Vale 38 40 40", "Hal Moor 0 0 16", "nobody 40 40 32"]);
    let changes: Vec<String> = array(&replay, "changes")
        .iter()
        .map(|one| {
            let from = one["from"].as_str().unwrap_or("nobody");
            format!("{from} > {} by {} {} {}", text(one, "to"), text(one, "rule"), one["count"], one["examples"])
        })
        .collect();
    assert_eq!(changes[0], r#"Wes Holt > Erin Vale by east 2 ["L003","L006"]"#);
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert!(
        changes[1].starts_with("nobody > Hal Moor by hot trial 8 ")
            && changes[2].starts_with("Wes Holt > Hal Moor by hot trial 8 "),
        "{changes:?}"
    );
}

#[test]
fn a_window_is_kept_and_a_short_one_is_inconclusive() {
    let desk = desk();
    let replay = simulated(&desk, &["--since", "2026-10-05", "--until", "2026-10-10"]);
    assert_eq!((&replay["leads"], &replay["days"], &replay["inconclusive"]), (&json!(36), &json!(6), &json!(true)));
    assert_eq!((&replay["since"], &replay["until"]), (&json!("2026-10-05"), &json!("2026-10-10")));
    let shown = desk.run(&["simulate", "--since", "2026-10-05", "--until", "2026-10-10", "--format", "table"]);
    shown.exits(0);
    assert!(shown.stdout.contains("Inconclusive: 6 days of leads are under 14"), "{}", shown.stdout);
    // A window that reaches beyond the leads is as long as they are.
    let replay = simulated(&desk, &["--since", "2026-10-10", "--until", "2026-12-31"]);
    assert_eq!((&replay["leads"], &replay["days"], &replay["inconclusive"]), (&json!(66), &json!(11), &json!(true)));
    let long = simulated(&desk, &["--since", "2026-10-05", "--until", "2026-10-18"]);
    assert_eq!((&long["days"], &long["inconclusive"]), (&json!(14), &json!(false)));
}

#[test]
fn people_read_a_table_and_markdown() {
    let desk = desk();
    let table = desk.run(&["simulate", "--format", "table"]);
    table.exits(0);
    for part in [
        "were put to 5 rules",
        "silent: no lead",
        "shadowed: never",
        "pilot, as if",
        "the second never gets one",
        "if the pilots were live",
    ] {
        assert!(table.stdout.contains(part), "{part}: {}", table.stdout);
    }
    let markdown = desk.run(&["simulate", "--format", "markdown"]);
    markdown.exits(0);
    assert!(markdown.stdout.contains("| owner now | owner by rule | rule | leads | such as |"), "{}", markdown.stdout);
    let one = desk.run(&["simulate", "--format", "json", "--threads", "1"]);
    let many = desk.run(&["simulate", "--format", "json", "--threads", "5"]);
    assert_eq!(one.stdout, many.stdout);
}

#[test]
fn what_cannot_be_compared_or_asked_is_said() {
    let desk = desk();
    desk.write(
        "leadlint.toml",
        RULES
            .replace("[sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"users.csv\"\n", "")
            .replace("score = { above = 7 }", "topic = \"x\""),
    );
    let replay = simulated(&desk, &[]);
    let notes: Vec<&str> = array(&replay, "notes").iter().filter_map(Value::as_str).collect();
    assert!(
        notes
            .iter()
            .any(|note| note
                .contains("leads · OwnerId names owners by ids, rule `east` by name: load the export of users")),
        "{notes:?}"
    );
    assert!(notes.iter().any(|note| note.contains("rule `hot trial` asks topic, which leads lacks")), "{notes:?}");
    assert_eq!(replay["compared"], 0);
    assert_eq!(array(&replay, "rules")[3]["lacks"], json!(["topic"]));
}

#[test]
fn bad_input_is_named_with_its_place() {
    let desk = desk();
    let refused = |desk: &Desk, args: &[&str], why: &str| {
        let args: Vec<&str> = ["simulate"].iter().chain(args).copied().collect();
        let run = desk.run(&args);
        run.exits(2);
        assert!(run.stderr.contains(why) && run.stdout.is_empty(), "{}", run.stderr);
    };
    refused(
        &desk,
        &["--since", "2026-10-10", "--until", "2026-10-01"],
        "--until 2026-10-01 lies before --since 2026-10-10",
    );
    refused(&desk, &["--since", "2027-01-01"], "no lead was created in the window");
    refused(&desk, &["--since", "October"], "invalid value");
    desk.write("leadlint.toml", RULES.replace("when = { region = \"West\" }", "when = { regoin = \"West\" }"));
    refused(
        &desk,
        &[],
        "leadlint.toml:35:10: `assignment[5].when` names `regoin`, which is no role and no header of leads or users; did you mean `region`?",
    );
    desk.write("leadlint.toml", RULES.replace("status = \"pilot\"", "status = \"trial\""));
    refused(&desk, &[], "leadlint.toml:");
    desk.write("leadlint.toml", "[sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"users.csv\"\n[[assignment]]\nname = \"a\"\nowner = \"b\"\n");
    refused(&desk, &[], "needs an export of leads");
    desk.write("leadlint.toml", "[sources.leads]\nkind = \"crm\"\npath = \"leads.csv\"\n");
    refused(&desk, &[], "no [[assignment]] rules to simulate");
    let nothing = Desk::new();
    refused(&nothing, &[], "nothing to audit");
}

#[test]
fn a_check_finds_and_reports_the_same() {
    let desk = desk();
    let report = desk.report("--select ASG --fail-on never");
    let told: Vec<String> = array(&report, "findings")
        .iter()
        .map(|finding| format!("{} {} {}", text(finding, "code"), text(finding, "severity"), finding["count"]))
        .collect();
    let expected = ["ASG001 error 38", "ASG002 error 2", "ASG003 warning 2", "ASG005 warning 1", "ASG006 warning 40"];
    assert_eq!(told, expected);
    let replay = &report["metrics"]["assignment"];
    assert_eq!(
        (&replay["leads"], &replay["with_pilots"], &replay["uncovered"]),
        (&json!(120), &json!(false), &json!(40))
    );
    let markdown = desk.leadlint("check --select ASG --fail-on never --format markdown");
    assert!(markdown.stdout.contains("### Assignment rules, replayed"), "{}", markdown.stdout);
    // A later hand is a note, and an order that decides is one.
    desk.write("leads.csv", "Id,Status,OwnerId,Region__c,Score,CreatedDate,Assigned_Date\n1,Open,u3,East,9,2026-10-02T09:00:07Z,2026-10-04T09:00:07Z\n");
    desk.write(
        "leadlint.toml",
        RULES
            .replace("status = \"pilot\"", "")
            .replace("region = \"East\", score = { above = 5 }", "region = \"South\""),
    );
    let report = desk.report("--select ASG002,ASG005 --fail-on never");
    let severities: Vec<&str> = array(&report, "findings").iter().map(|finding| text(finding, "severity")).collect();
    assert_eq!(severities, ["info", "info"]);
    // Without rules there is no replay.
    let plain = Desk::with("leads.csv", "Id,Status,OwnerId,CreatedDate\n1,Open,u1,2026-10-02T09:00:07Z\n");
    assert!(plain.report("leads.csv").pointer("/metrics/assignment").is_none());
}
