//! What the runner does about records that changed, rows that Salesforce refuses, and organisations that are not the same.

use std::fs;

use serde_json::{Value, json};

use super::{done, install, org, put, run};
use crate::support::{Desk, csv_rows};

const CONFIG: &str = "[audit]\nowner = \"ops@hexa.example\"\n\n[retention]\ndays = 3000\n\n[sources.leads]\nkind = \"crm\"\n\
    object = \"lead\"\nvendor = \"salesforce\"\npath = \"leads.csv\"\n";

const HEADER: &str = "Id,FirstName,LastName,Company,Email,Phone,City,Status,OwnerId,HasOptedOutOfEmail,CreatedDate,\
    LastModifiedDate,Description\n";

const ANA: [&str; 4] = ["00Q5e0000000001EAA", "00Q5e0000000002EAA", "00Q5e0000000003EAA", "00Q5e0000000004EAA"];
const BO: [&str; 2] = ["00Q5e0000000010EAA", "00Q5e0000000011EAA"];
const EMPTY: &str = "00Q5e0000000031EAA";
const TIDY: &str = "00Q5e0000000040EAA";

/// A group of four, one of whom opted out and one of whom has the city; a pair; an empty record; one with a space to trim.
fn leads() -> String {
    let owner = "0055e0000000001AAA";
    let row = |id: &str, who: &str, rest: [&str; 3], day: usize| {
        let [phone, city, out] = rest;
        format!(
            "{id},{who},{phone},{city},Open,{owner},{out},2026-10-{day:02}T08:00:00.000Z,2026-10-{day:02}T09:00:00.000Z,\
             \"it's \\ {}\"\n",
            "long ".repeat(40)
        )
    };
    let ana = "Ana,Moss,Hexa,ana.moss@hexa.example";
    let bo = "Bo,Lind,Korn,bo@korn.example";
    [
        HEADER.to_owned(),
        row(ANA[0], ana, ["", "Rome", "false"], 2),
        row(ANA[1], ana, ["+14155550101", "", "false"], 3),
        row(ANA[2], ana, ["+14155550101", "", "false"], 4),
        row(ANA[3], ana, ["", "", "true"], 5),
        row(BO[0], bo, ["", "", "false"], 6),
        row(BO[1], bo, ["", "", "false"], 7),
        format!("{EMPTY},,,,,,,Open,{owner},false,2026-10-05T08:00:00.000Z,2026-10-05T09:00:00.000Z,\n"),
        row(TIDY, "Di,Oak,Oakworks ,di@oak.example", ["", "", "false"], 8),
    ]
    .concat()
}

/// The cleaned desk of some leads, the organisation as exported, and the stand-in.
fn desk(leads: &str, decide: &str) -> Desk {
    let desk = Desk::with("leads.csv", leads);
    desk.write("leadlint.toml", CONFIG);
    desk.leadlint(&format!("clean --target salesforce --out cleanup --decide {decide}")).exits(0);
    let (header, rows) = csv_rows(leads.as_bytes());
    let mut organisation = json!({ "Lead": {}, "Task": {}, "CampaignMember": {} });
    for (number, row) in rows.iter().enumerate() {
        for (name, cell) in header.iter().zip(row).skip(1) {
            organisation["Lead"][&row[0]][name] = cell.as_str().into();
        }
        organisation["Task"][format!("00T5e00000{number:05}AAA")] = json!({ "WhoId": row[0] });
    }
    organisation["CampaignMember"]["00v5e0000000001AAA"] = json!({ "LeadId": ANA[2] });
    put(&desk, &organisation);
    install(&desk);
    desk
}

const ALL: &str = "DUP001=accept,CNS001=accept,FMT005=accept,CHT008=accept";

fn cleaned() -> Desk {
    desk(&leads(), ALL)
}

fn change(desk: &Desk, what: impl FnOnce(&mut Value)) {
    let mut changed = org(desk);
    what(&mut changed);
    put(desk, &changed);
}

/// What a task says that fails, and ends with 1.
fn fails(desk: &Desk, task: &str) -> String {
    let output = run(desk, task, None);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{task}: {said}");
    said
}

fn is_deleted(desk: &Desk, id: &str) -> bool {
    org(desk)["Lead"][id]["IsDeleted"] == json!(true)
}

/// The survivor of a record by the plan.
fn survivor(desk: &Desk, losers_of: &[&str]) -> (String, Vec<String>) {
    let expected: Value = serde_json::from_str(&desk.read("cleanup/salesforce/expected.json")).unwrap();
    let losers = expected["losers"]["Lead"].as_object().unwrap();
    let gone: Vec<String> =
        losers_of.iter().filter(|id| losers.contains_key(**id)).map(|id| (*id).to_owned()).collect();
    (losers[&gone[0]].as_str().unwrap().to_owned(), gone)
}

fn made(name: &str) -> String {
    format!("cleanup/salesforce/organisation-00D5e0000000001EAA/{name}")
}

/// Puts the backup back by more than the quarantine.
fn wait_for_the_quarantine(desk: &Desk) {
    desk.write(&made("backup/complete"), "2026-01-01T00:00:00Z\n");
}

#[test]
fn nobody_is_merged_away_who_is_someone_else_by_now() {
    for (field, value) in [("Email", "other@person.example"), ("HasOptedOutOfEmail", "true"), ("Description", "x")] {
        let desk = cleaned();
        let (kept, gone) = survivor(&desk, &BO);
        assert!(done(&desk, "dry-run").contains("Lead, merges: 2 to do, 0 done before, 0 skipped"));
        change(&desk, |org| org["Lead"][&gone[0]][field] = value.into());
        let said = done(&desk, "dry-run");
        assert!(said.contains(&format!("skipped {kept}: {field} of {} has changed", gone[0])), "{said}");
        assert!(said.contains("Lead, merges: 1 to do, 0 done before, 1 skipped"), "{said}");
        done(&desk, "backup");
        let said = done(&desk, "apply");
        assert!(said.contains(&format!("skipped {kept}: {field} of {} has changed", gone[0])), "{said}");
        assert!(!is_deleted(&desk, &gone[0]));
        let said = fails(&desk, "verify");
        assert!(said.contains(&format!("{}: it is not merged into {kept}", &gone[0][..15])), "{said}");
    }
}

#[test]
fn verify_looks_for_merges() {
    let desk = cleaned();
    let (_, gone) = survivor(&desk, &BO);
    let said = fails(&desk, "verify");
    assert!(said.contains("it is not merged into") && said.contains("Lead, merges: 0 of 4 as planned"), "{said}");
    done(&desk, "backup");
    done(&desk, "apply");
    assert!(is_deleted(&desk, &gone[0]));
    let said = done(&desk, "verify");
    assert!(said.contains("Lead, merges: 4 of 4 as planned"), "{said}");
}

#[test]
fn a_merge_that_is_refused_is_said_and_tried_again() {
    let desk = cleaned();
    let (kept, gone) = survivor(&desk, &BO);
    change(&desk, |org| org["refuse"] = json!([kept]));
    done(&desk, "backup");
    let said = fails(&desk, "apply");
    assert!(said.contains(&format!("failed {kept}: UNABLE_TO_LOCK_ROW")), "{said}");
    // The rest went on: values come after merges.
    assert_eq!(org(&desk)["Lead"][TIDY]["Company"], "Oakworks");
    assert!(!is_deleted(&desk, &gone[0]));
    change(&desk, |org| org["refuse"] = json!([]));
    done(&desk, "apply");
    assert!(is_deleted(&desk, &gone[0]));
}

#[test]
fn a_log_that_is_cut_off_is_no_success() {
    let desk = cleaned();
    change(&desk, |org| org["cut"] = json!(1));
    done(&desk, "backup");
    let said = fails(&desk, "apply");
    assert!(said.contains("the log does not say what became of it"), "{said}");
    change(&desk, |org| org["cut"] = json!(0));
    done(&desk, "apply");
    done(&desk, "verify");
}

#[test]
fn a_row_that_is_refused_is_named_and_stops_its_own_merge_only() {
    let desk = cleaned();
    let (kept, gone) = survivor(&desk, &ANA);
    let (_, others) = survivor(&desk, &BO);
    change(&desk, |org| org["invalid"] = json!([kept]));
    done(&desk, "backup");
    let said = fails(&desk, "apply");
    assert!(said.contains(&format!("failed Lead {kept}: FIELD_CUSTOM_VALIDATION_EXCEPTION")), "{said}");
    assert!(said.contains(&format!("HasOptedOutOfEmail of {kept} has changed")), "{said}");
    assert!(gone.iter().all(|id| !is_deleted(&desk, id)) && is_deleted(&desk, &others[0]));
    assert_eq!(org(&desk)["Lead"][TIDY]["Company"], "Oakworks");
    let left: Vec<String> = desk.snapshot().into_keys().filter(|path| path.contains("/now-")).collect();
    assert!(left.is_empty(), "{left:?}");
    change(&desk, |org| org["invalid"] = json!([]));
    done(&desk, "apply");
    done(&desk, "verify");
    assert_eq!(org(&desk)["Lead"][&kept]["HasOptedOutOfEmail"], "true");
}

#[test]
fn a_merge_taken_up_again_leaves_what_somebody_wrote_meanwhile() {
    let desk = cleaned();
    let (kept, gone) = survivor(&desk, &ANA);
    let expected: Value = serde_json::from_str(&desk.read("cleanup/salesforce/expected.json")).unwrap();
    let set = expected["survivors"]["Lead"][&kept].as_object().unwrap();
    let field = set.keys().next().unwrap();
    done(&desk, "backup");
    change(&desk, |org| {
        org["Lead"][&gone[0]]["IsDeleted"] = true.into();
        org["Lead"][&gone[0]]["MasterRecordId"] = kept.as_str().into();
        org["Lead"][&kept][field] = "somebody's".into();
    });
    let said = done(&desk, "apply");
    assert!(said.contains(&format!("kept {kept}: {field} has changed since the merge began")), "{said}");
    assert!(gone.iter().all(|id| is_deleted(&desk, id)));
    assert_eq!(org(&desk)["Lead"][&kept][field], "somebody's");
}

#[test]
fn an_organisation_has_its_own_backup_and_receipts() {
    let desk = cleaned();
    let before = org(&desk);
    change(&desk, |org| org["id"] = "00D5e0000000009EAA".into());
    done(&desk, "backup");
    done(&desk, "apply");
    put(&desk, &before);
    let said = fails(&desk, "apply");
    assert!(said.contains("no backup of demo (00D5e0000000001EAA) yet"), "{said}");
    done(&desk, "backup");
    done(&desk, "apply");
    done(&desk, "verify");
    let refused = desk.leadlint(&format!("clean --target salesforce --out cleanup --force --decide {ALL}"));
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("salesforce/organisation-00D5e0000000001EAA"), "{}", refused.stderr);
    assert!(desk.path(&made("backup/complete")).exists());
}

#[test]
fn the_backup_has_every_exported_field_of_who_goes() {
    let desk = cleaned();
    done(&desk, "backup");
    let (header, rows) = csv_rows(desk.read(&made("backup/lead-001.csv")).as_bytes());
    for field in ["FirstName", "LastName", "Company", "Email", "Phone", "City", "Status", "OwnerId", "Description"] {
        assert!(header.iter().any(|name| name == field), "{field}: {header:?}");
    }
    assert!(rows.iter().any(|row| row[0] == EMPTY) && rows.iter().any(|row| row[0] == BO[1]));
}

#[test]
fn what_is_undone_can_be_done_again_and_campaign_members_stop_nothing() {
    let desk = cleaned();
    let before = org(&desk);
    done(&desk, "backup");
    done(&desk, "apply");
    let member = org(&desk)["CampaignMember"]["00v5e0000000001AAA"]["LeadId"].clone();
    let said = done(&desk, "undo");
    assert!(said.contains("campaign members cannot be moved"), "{said}");
    let undone = org(&desk);
    assert_eq!((&undone["Lead"], &undone["Task"]), (&before["Lead"], &before["Task"]));
    assert_eq!(undone["CampaignMember"]["00v5e0000000001AAA"]["LeadId"], member);
    // Only the survivor that got a value was touched.
    let (kept, _) = survivor(&desk, &ANA);
    assert_eq!(undone["woken"], json!([kept]));
    done(&desk, "apply");
    done(&desk, "verify");
}

#[test]
fn children_go_back_to_nobody_who_did_not_come_back() {
    let desk = cleaned();
    let (_, gone) = survivor(&desk, &BO);
    done(&desk, "backup");
    done(&desk, "apply");
    change(&desk, |org| org["bin"] = json!([gone[0]]));
    let said = fails(&desk, "undo");
    assert!(said.contains(&format!("failed {}: it is no longer in the recycle bin", gone[0])), "{said}");
    assert!(said.contains(&format!("{} has not come back", gone[0])), "{said}");
    // The rest is taken back all the same, consent last of all.
    let (kept, back) = survivor(&desk, &ANA);
    assert!(back.iter().all(|id| !is_deleted(&desk, id)));
    assert_eq!(org(&desk)["Lead"][&kept]["HasOptedOutOfEmail"], "false");
}

#[test]
fn deletions_wait_compare_and_come_back() {
    let desk = cleaned();
    done(&desk, "backup");
    assert!(done(&desk, "dry-run").contains("Lead, delete: 1 to delete, 0 gone before, 0 skipped"));
    let said = fails(&desk, "delete");
    assert!(said.contains("the quarantine of 14 days ends") && !is_deleted(&desk, EMPTY), "{said}");
    done(&desk, "apply");
    assert!(done(&desk, "verify").contains("1 wait for the end of the quarantine"));
    wait_for_the_quarantine(&desk);
    change(&desk, |org| org["Lead"][EMPTY]["Email"] = "real@customer.example".into());
    let said = done(&desk, "delete");
    assert!(said.contains(&format!("skipped Lead {EMPTY}: Email has changed")) && !is_deleted(&desk, EMPTY), "{said}");
    let said = fails(&desk, "verify");
    assert!(said.contains(&format!("{}: it is still there", &EMPTY[..15])), "{said}");
    change(&desk, |org| org["Lead"][EMPTY]["Email"] = "".into());
    done(&desk, "delete");
    assert!(is_deleted(&desk, EMPTY));
    assert!(done(&desk, "delete").contains("0 to delete, 1 gone before"));
    done(&desk, "verify");
    done(&desk, "undo");
    assert!(!is_deleted(&desk, EMPTY));
}

#[test]
fn a_deletion_that_is_refused_is_named() {
    let desk = cleaned();
    done(&desk, "backup");
    wait_for_the_quarantine(&desk);
    change(&desk, |org| org["invalid"] = json!([EMPTY]));
    let said = fails(&desk, "delete");
    assert!(said.contains(&format!("failed Lead {EMPTY}: FIELD_CUSTOM_VALIDATION_EXCEPTION")), "{said}");
}

const REPORT: &str = "Lead ID,First Name,Last Name,Company / Account,Email,Newsletter Opt In,OwnerId,Create Date\n\
    00Q5e0000000100,Ana,Moss,Hexa,ana@hexa.example,Yes,0055e0000000001,10/1/2026\n\
    00Q5e0000000101,Ana,Moss,Hexa,ana@hexa.example,No,0055e0000000001,10/2/2026\n";

#[test]
fn a_no_that_cannot_be_written_keeps_its_records_apart() {
    for decide in ["DUP001=accept", "DUP001=accept,CNS001=accept"] {
        let desk = Desk::with("leads.csv", REPORT);
        desk.write("leadlint.toml", CONFIG);
        desk.leadlint(&format!("clean --target salesforce --out cleanup --decide {decide}")).exits(0);
        assert!(!desk.path("cleanup/salesforce/merges").exists(), "{decide}");
        let runbook = desk.read("cleanup/RUNBOOK.md");
        assert!(runbook.contains("Newsletter Opt In"), "{runbook}");
    }
}

#[test]
fn ids_of_fifteen_characters_are_those_of_eighteen() {
    let report = REPORT.replace(",No,", ",Yes,");
    let desk = desk(&report, "DUP001=accept");
    let script = desk.read("cleanup/salesforce/merges/0001.apex");
    assert!(script.contains("\"OwnerId\":\"0055e0000000001AAA\""), "{script}");
    let guard = fs::read_to_string(desk.path("cleanup/salesforce/guard.mjs")).unwrap();
    let probe = guard.replace("process.exitCode = main", "if (process.argv[2] !== \"same\") process.exitCode = main")
        + "\nconsole.log(same(\"0055e0000000001\", \"0055e0000000001AAA\"), same(\"0055e0000000001AAA\", \"0055e0000000001\"), \
           same(\"0055e000000000A\", \"0055e000000000AAAQ\"), same(\"0055e000000000A\", \"0055e000000000AAAA\"));\n";
    desk.write("probe.mjs", probe);
    let output = std::process::Command::new("node").arg(desk.path("probe.mjs")).arg("same").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "true true true false\n");
}

#[test]
fn an_old_value_that_no_file_can_put_back_is_left_alone() {
    let desk = Desk::with("leads.csv", leads().replace("di@oak.example,,,", "di@oak.example,,#N/A,"));
    desk.write("leadlint.toml", format!("{CONFIG}\n[drift.aliases.City]\nRome = [\"#N/A\"]\n"));
    desk.leadlint("clean --target salesforce --out cleanup --decide DRF003=accept,FMT005=accept").exits(0);
    let runbook = desk.read("cleanup/RUNBOOK.md");
    assert!(runbook.contains("the old value of \"City\" is \\#N/A, which no file can put back"), "{runbook}");
    assert!(!desk.read("cleanup/salesforce/update/values-lead-001.csv").contains("Rome"));
}

#[test]
fn the_help_is_what_can_be_typed() {
    let desk = cleaned();
    let output = std::process::Command::new("bash").arg(desk.path("cleanup/salesforce/run.sh")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("bash run.sh dry-run ORG") && said.contains("bash run.sh undo ORG"), "{said}");
    assert!(!said.contains("./run.sh") && !said.contains("set -e") && !said.contains("default"), "{said}");
}

#[test]
fn the_runbook_says_how_it_is_undone() {
    let runbook = cleaned().read("cleanup/RUNBOOK.md");
    assert!(
        runbook.contains("In Salesforce merges and deletions come back from the recycle bin, in part"),
        "{runbook}"
    );
    assert!(runbook.contains("## Undo\n\n- In Salesforce: `salesforce/run.sh undo`"), "{runbook}");
    assert!(!runbook.contains("Merges and deletions cannot be undone by script"), "{runbook}");
}
