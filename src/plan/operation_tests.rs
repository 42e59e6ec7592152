//! Which operations evidence becomes, and in which order: over leads, contacts, accounts, chats and logs at once.

use std::collections::BTreeMap;

use super::tests::request;
use super::*;
use crate::config::parse;
use crate::load::{LoadOptions, SourceSpec, load, resolve};
use crate::rules::audit::{audit, settled};

/// A cleanup of files with these names and texts, every rule of `decide` accepted.
pub(super) fn cleanup(files: &[(&str, &str)], config: &str, decide: &str) -> Cleanup {
    let root = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::write(&path, text).unwrap();
        let kind = match *name {
            "chats.csv" => "chat",
            "sync-log.csv" => "sync-log",
            _ => "crm",
        };
        paths.push(format!("{kind}={}", path.display()));
    }
    let config = parse(config, "leadlint.toml").unwrap();
    let specs: Vec<SourceSpec> = resolve(&paths, None).unwrap();
    let sources = settled(load(&specs, &LoadOptions::default()).unwrap(), &config).unwrap();
    let request = request(&config);
    let before = audit(&sources, &request, &|_| ()).unwrap();
    let decide = decide.split(',').filter(|code| !code.is_empty()).map(|code| format!("{code}=accept"));
    let decide: Vec<String> = decide.collect();
    let decisions = Decisions::parse(decide.iter().map(String::as_str)).unwrap();
    clean(&before, &sources, &request, &decisions, &|_| ()).unwrap()
}

/// Kind, record, column and new value of each operation but merges.
fn told(cleanup: &Cleanup) -> Vec<(&'static str, String, String, String)> {
    let told = cleanup.plan.operations.iter().map(|operation| {
        let record = operation.place().record.clone().unwrap_or_default();
        match operation {
            Operation::Set(set) => (operation.kind(), record, set.header.clone(), set.new.clone()),
            _ => (operation.kind(), record, String::new(), String::new()),
        }
    });
    told.collect()
}

fn why(cleanup: &Cleanup, code: &str) -> String {
    cleanup.plan.set_aside.iter().find(|aside| aside.code == code).map(|aside| aside.why.clone()).unwrap_or_default()
}

/// Source, record, column, old and new value of the references that follow merges.
pub(super) fn followed(cleanup: &Cleanup) -> Vec<(usize, Option<String>, String, String, String)> {
    let all = cleanup.plan.merges().flat_map(|merge| &merge.repointed);
    all.map(|one| (one.at.source, one.at.record.clone(), one.header.clone(), one.old.clone(), one.new.clone()))
        .collect()
}

const ACCOUNTS: &str = "Account ID,Account Name,Website,Parent Account ID,Created Date\n\
    0015e0000000001AAA,Acme,acme.example,,2026-01-01\n0015e0000000002AAA,Acme Inc,acme.example,,2026-01-02\n\
    0015e0000000003AAA,Blue,blue.example,0015e0000000002AAA,2026-01-02\n";
const CONTACTS: &str = "Contact ID,First Name,Last Name,Email,Account ID,Created Date\n\
    0035e0000000001AAA,Ana,Moss,ana@acme.example,0015e0000000002AAA,2026-01-01\n\
    0035e0000000002AAA,Ana,Moss,ANA@acme.example,0015e0000000001AAA,2026-01-02\n\
    0035e0000000003AAA,Bo,Lee,bo@acme.example,0015e0000000001AAA,2026-01-03\n";
const DEALS: &str = "Id,Name,StageName,Amount,AccountId,ContactId,CreatedDate,IsWon,IsClosed\n\
    0065e0000000001AAA,Acme plan,Negotiation,100,0015e0000000002AAA,0035e0000000002AAA,2026-01-05,false,false\n";

#[test]
fn accounts_are_merged_before_contacts_and_what_names_them_follows() {
    let files = [("contacts.csv", CONTACTS), ("accounts.csv", ACCOUNTS), ("deals.csv", DEALS)];
    let cleanup = cleanup(&files, "", "DUP001,DUP010");
    let survivors: Vec<_> = cleanup.plan.merges().map(|merge| merge.survivor.record.clone().unwrap()).collect();
    assert_eq!(survivors, ["0015e0000000001AAA", "0035e0000000001AAA"], "{:?}", cleanup.plan.set_aside);
    let of = |record: &str, header: &str| {
        let found = followed(&cleanup).into_iter().filter(|one| one.1.as_deref() == Some(record) && one.2 == header);
        found.map(|one| one.4).collect::<Vec<_>>()
    };
    assert_eq!(of("0015e0000000003AAA", "Parent Account ID"), ["0015e0000000001AAA"]);
    assert_eq!(of("0035e0000000001AAA", "Account ID"), ["0015e0000000001AAA"]);
    assert_eq!(of("0065e0000000001AAA", "AccountId"), ["0015e0000000001AAA"]);
    assert_eq!(of("0065e0000000001AAA", "ContactId"), ["0035e0000000001AAA"]);
    assert_eq!(followed(&cleanup).len(), 4);
    // Once the accounts are one, the contacts do not disagree.
    let contacts = cleanup.plan.merges().nth(1).unwrap();
    assert!(
        contacts.fields.iter().all(|field| field.header != "Account ID" || !field.changes()),
        "{:?}",
        contacts.fields
    );
    assert!(cleanup.after.evidence.rows().iter().all(|row| row.code != "LNK001"));
    assert!(cleanup.convergence.converged() && cleanup.convergence.new.is_empty(), "{:?}", cleanup.convergence);
}

const LEADS: &str = "Lead ID,First Name,Last Name,Email,Created Date,Chat_Id__c,Company\n\
    00Q5e0000000001AAA,Ana,Moss,ana@acme.example,2026-10-01T09:10:05Z,k1,Acme\n\
    00Q5e0000000002AAA,Ana,Moss,Ana@acme.example,2026-10-05T09:10:05Z,k2,\n\
    00Q5e0000000003AAA,Bo,Lee,bo@acme.example,2026-10-08T09:10:05Z,k3,Acme\n\
    00Q5e0000000004AAA,Cy,Fox,cy@acme.example,2026-10-20T09:10:05Z,,Acme\n";
const CHATS: &str = "chat_id,started_at,ended_at,visitor_name,visitor_email,lead_id\n\
    k1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Ana Moss,ana@acme.example,00Q5e0000000001AAA\n\
    k2,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,Ana Moss,ana@acme.example,00Q5e0000000002AAA\n\
    k3,2026-10-08T09:00:00Z,2026-10-08T09:10:00Z,Bo Lee,bo@acme.example,00Q5e0000000003AAA\n";
const LOG: &str = "logged_at,chat_id,record_id,result,error,attempt\n\
    2026-10-01T09:10:05Z,k1,00Q5e0000000001AAA,success,,1\n2026-10-05T09:10:05Z,k2,00Q5e0000000002AAA,success,,1\n\
    2026-10-08T09:10:05Z,k3,00Q5e0000000003AAA,success,,1\n";

#[test]
fn chats_and_log_rows_follow_the_lead_that_stays() {
    let cleanup = cleanup(&[("leads.csv", LEADS), ("chats.csv", CHATS), ("sync-log.csv", LOG)], "", "DUP001");
    let moved = followed(&cleanup);
    assert_eq!(moved.len(), 2, "{moved:?}");
    assert!(moved.iter().all(|one| one.3 == "00Q5e0000000002AAA" && one.4 == "00Q5e0000000001AAA"));
    assert_eq!(moved.iter().filter(|one| one.1.as_deref() == Some("k2")).count(), 1);
    assert!(cleanup.after.evidence.rows().iter().all(|row| row.code != "LNK001"));
    assert!(cleanup.convergence.new.is_empty(), "{:?}", cleanup.convergence.new);
    let document = Document::new(&cleanup.plan, &cleanup.convergence).to_json().unwrap();
    assert!(document.contains("\"repointed\""));
}

#[test]
fn a_chat_is_linked_by_whichever_column_is_free() {
    // k2 came later and is named nowhere.
    let chats = CHATS.replace(",lead_id", "").replace(",00Q5e0000000001AAA", "").replace(",00Q5e0000000002AAA", "");
    let chats = chats.replace(",00Q5e0000000003AAA", "");
    let leads = |first: &str| {
        LEADS
            .replace("T09:10:05Z,k1,", &format!("T09:10:05Z,{first},"))
            .replace("00Q5e0000000002AAA,Ana,Moss,Ana@acme.example", "00Q5e0000000002AAA,Di,Ray,di@acme.example")
            .replace("2026-10-01T09:10:05Z", "2026-09-01T09:10:05Z")
            .replace("2026-10-05T09:10:05Z,k2", "2026-09-15T09:10:05Z,")
    };
    let linked = cleanup(&[("leads.csv", &leads("")), ("chats.csv", &chats)], "", "DUP007");
    let links: Vec<_> = told(&linked).into_iter().filter(|one| one.0 == "link").collect();
    // Two chats want one cell: one of them is linked, the other is said.
    assert_eq!(links.len(), 1, "{links:?} {:?}", linked.plan.set_aside);
    assert_eq!((links[0].1.as_str(), links[0].2.as_str()), ("00Q5e0000000001AAA", "Chat_Id__c"));
    assert!(linked.plan.set_aside.iter().any(|aside| aside.code == "DUP007"), "{:?}", linked.plan.set_aside);
    let undecided = cleanup(&[("leads.csv", &leads("")), ("chats.csv", &chats)], "", "");
    assert!(told(&undecided).iter().all(|one| one.0 != "link"));
    // The record's cell is taken, the chat's is free.
    let with_ids = chats
        .replace("visitor_email\n", "visitor_email,lead_id\n")
        .replace("ana@acme.example\n", "ana@acme.example,\n");
    let with_ids = with_ids.replace("bo@acme.example\n", "bo@acme.example,00Q5e0000000003AAA\n");
    let linked = cleanup(&[("leads.csv", &leads("k0")), ("chats.csv", &with_ids)], "", "DUP007");
    let links: Vec<_> = told(&linked).into_iter().filter(|one| one.0 == "link").collect();
    assert!(links.iter().all(|one| one.2 == "lead_id" && one.3 == "00Q5e0000000001AAA"), "{links:?}");
    assert_eq!(links.len(), 2, "{links:?} {:?}", linked.plan.set_aside);
    assert!(linked.convergence.converged(), "{:?}", linked.convergence.left);
}

const TESTS: &str = "Lead ID,First Name,Last Name,Email,Phone,Company,HasOptedOutOfEmail,Created Date,Status\n\
    t1,Test,User,test@example.com,,,false,2026-10-01,Open\n\
    t2,Test,User,test@example.net,,,true,2026-10-01,Open\n\
    r1,Ana,Moss,ana@acme.example,+14155550101,Acme,false,2026-10-02,Open\n\
    e1,,,,,,false,2026-10-03,Open\n";

#[test]
fn tests_and_empty_records_are_deleted_last_and_only_once_decided() {
    let decided = cleanup(&[("leads.csv", TESTS)], "", "CHT003,CHT008,FMT005");
    let gone: Vec<_> = told(&decided).into_iter().map(|one| (one.0, one.1)).collect();
    assert_eq!(gone, [("delete", "t1".to_owned()), ("delete", "e1".to_owned())]);
    assert!(why(&decided, "CHT003").contains("opted out"), "{}", why(&decided, "CHT003"));
    assert!(decided.convergence.converged(), "{:?}", decided.convergence.left);
    assert_eq!(decided.applied[0].height(), 2);
    let safety: Vec<_> = decided.plan.deletes().map(|delete| delete.grounds.safety).collect();
    assert_eq!(safety, [crate::model::Safety::Review; 2]);
    let undecided = cleanup(&[("leads.csv", TESTS)], "", "");
    assert_eq!(undecided.plan.operations.len(), 0);
    let waiting = |code: &str| undecided.plan.set_aside.iter().any(|a| a.code == code && a.class == Aside::Undecided);
    assert!(waiting("CHT003") && waiting("CHT008"));
}

#[test]
fn bounced_erased_customers_and_what_another_system_knows_is_never_deleted() {
    for (header, cell) in [
        ("IsEmailBounced", "true"),
        ("Erased At", "2026-01-01"),
        ("Anonymized", "true"),
        ("Lifecycle Stage", "Customer"),
        ("External_Id__c", "x-1"),
        ("Do Not Call", "true"),
    ] {
        let text = format!(
            "Lead ID,First Name,Last Name,Email,{header}\nt1,Test,User,test@example.com,{cell}\nr1,Ana,Moss,ana@acme.example,\n"
        );
        let cleanup = cleanup(&[("leads.csv", &text)], "", "CHT003");
        assert_eq!(cleanup.plan.operations.len(), 0, "{header}");
        assert!(!why(&cleanup, "CHT003").is_empty(), "{header}");
    }
}

#[test]
fn what_others_refer_to_is_not_deleted() {
    let chats = "chat_id,started_at,ended_at,visitor_name,visitor_email,lead_id\n\
        k1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Test User,test@example.com,t1\n";
    let decided = cleanup(&[("leads.csv", TESTS), ("chats.csv", chats)], "", "CHT003");
    assert_eq!(decided.plan.deletes().count(), 0);
    let asides: Vec<_> = decided.plan.set_aside.iter().filter(|aside| aside.code == "CHT003").collect();
    assert!(asides.iter().any(|aside| aside.why.contains("refer to the record")), "{asides:?}");
}

#[test]
fn records_past_their_time_go_once_a_person_says_so() {
    let text = "Lead ID,Email,Created Date,Status\n1,ana@acme.example,2020-01-01,Open\n2,bo@acme.example,2026-10-01,Open\n\
        3,cy@acme.example,2026-10-02,Open\n";
    let config = "[retention]\ndays = 730\n";
    let decided = cleanup(&[("leads.csv", text)], config, "CNS003");
    assert_eq!(told(&decided).into_iter().map(|one| (one.0, one.1)).collect::<Vec<_>>(), [("delete", "1".to_owned())]);
    assert!(decided.convergence.converged() && decided.convergence.new.is_empty());
}

#[test]
fn copies_of_a_test_are_deleted_and_not_merged_and_a_copy_of_a_person_is_merged() {
    let text = "Lead ID,First Name,Last Name,Email,Company,Created Date\nt1,Test,User,qa@example.com,,2026-10-01\n\
        t2,Test,User,qa@example.com,,2026-10-02\nr1,Ana,Moss,ana@falkirk.example,Falkirk,2026-10-03\n\
        r2,Test,Test,ana@falkirk.example,,2026-10-04\n";
    let cleanup = cleanup(&[("leads.csv", text)], "", "CHT003,DUP001");
    let of: BTreeMap<String, &str> = told(&cleanup).into_iter().map(|one| (one.1, one.0)).collect();
    assert_eq!(of.get("t1").copied(), Some("delete"), "{of:?}");
    assert_eq!(of.get("t2").copied(), Some("delete"));
    assert_eq!(of.get("r1").copied(), Some("merge"), "{:?}", cleanup.plan.set_aside);
    assert!(cleanup.plan.set_aside.iter().any(|aside| aside.code == "CHT003" && aside.class == Aside::Conflict));
    assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
}

#[test]
fn owners_are_assigned_after_tags_and_before_deletions() {
    let config = "[[assignment]]\nname = \"west\"\nwhen = { region = \"West\" }\nowner = \"Wes Holt\"\nsince = \"2026-01-01\"\n\
        [tags]\nvocabulary = [\"Intent_Pricing\", \"Source_Live\"]\n";
    let leads = "Lead ID,First Name,Last Name,Email,Lead Owner,Region,Tags,Company,Created Date,Status\n\
        1,Ana,Moss,ana@acme.example,,West,intent_pricing,Acme ,2026-10-01T09:00:00Z,Open\n\
        2,Bo,Lee,bo@acme.example,Wes Holt,West,Intent_Pricing,Acme,2026-10-05T09:00:00Z,Open\n\
        3,Test,User,test@example.com,Wes Holt,West,,,2026-10-05T09:00:00Z,Open\n";
    let cleanup = cleanup(&[("leads.csv", leads)], config, "ASG001,TAG003,FMT005,CHT003");
    let kinds: Vec<&str> = told(&cleanup).iter().map(|one| one.0).collect();
    let mut sorted = kinds.clone();
    sorted.sort_by_key(|kind| ["set", "retag", "assign", "delete"].iter().position(|one| one == kind));
    assert_eq!(kinds, sorted);
    assert!(kinds.contains(&"assign") && kinds.contains(&"delete"), "{kinds:?} {:?}", cleanup.plan.set_aside);
    assert!(cleanup.convergence.converged());
}

#[test]
fn a_shared_mailbox_is_a_reason_against_merging() {
    let leads = "Lead ID,First Name,Last Name,Email,Company,Created Date\n1,Ana,Moss,info@acme.example,Acme,2026-10-01\n\
        2,Bo,Lee,info@acme.example,Acme,2026-10-02\n3,Cy,Fox,cy@acme.example,Acme,2026-10-02\n\
        4,Cy,Fox,CY@acme.example,Acme,2026-10-03\n";
    let cleanup = cleanup(&[("leads.csv", leads)], "", "DUP001");
    assert_eq!(cleanup.plan.merges().count(), 1);
    assert!(why(&cleanup, "DUP001").contains("DUP009"), "{:?}", cleanup.plan.set_aside);
}

#[test]
fn a_person_who_opted_out_is_not_filled_in_again() {
    let text = |out: &str| {
        format!(
            "Lead ID,Email,Reason__c,Chat_Id__c,Created Date,HasOptedOutOfEmail\n\
             1,ana@acme.example,,k1,2026-10-01T09:10:05Z,{out}\n2,bo@acme.example,Pricing,k2,2026-10-02T09:10:05Z,false\n"
        )
    };
    let chats = "chat_id,started_at,ended_at,visitor_name,visitor_email,reason\n\
        k1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,Ana Moss,ana@acme.example,Migration\n\
        k2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,Bo Lee,bo@acme.example,Pricing\n";
    let config = "[[mapping]]\nfrom = \"chat.reason\"\nto = \"lead.Reason__c\"\ntype = \"picklist\"\n";
    let filled = |out: &str| {
        let files = [("leads.csv", &*text(out)), ("chats.csv", chats)];
        let cleanup = cleanup(&files, config, "MAP005");
        (told(&cleanup).len(), why(&cleanup, "MAP005"))
    };
    assert_eq!(filled("false").0, 1);
    let (operations, why) = filled("true");
    assert_eq!(operations, 0);
    assert_eq!(why, "the person opted out: such records are never filled again");
}

#[test]
fn evidence_whose_mate_is_left_out_of_a_merge_is_not_called_answered() {
    // Leads 1, 2 and 3 have one address; what is agreed about 3 leaves it there, and 1 is told of it after the merge too.
    let leads = "Id,Email,LastName,CreatedDate\n1,ana@acme.example,Moss,2026-01-01\n2,ana@acme.example,Moss,2026-01-02\n\
        3,ana@acme.example,Moss,2026-01-03\n4,bo@acme.example,Lee,2026-01-04\n";
    let config = "[[accept]]\nrule = \"DUP001\"\nrecords = [\"3\"]\nreason = \"his own\"\nowner = \"a@acme.example\"\n";
    let cleanup = cleanup(&[("leads.csv", leads)], config, "DUP001");
    let merge = cleanup.plan.merges().next().unwrap();
    assert_eq!(merge.losers.iter().filter_map(|loser| loser.record.as_deref()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(merge.grounds.evidence.iter().map(|cited| cited.rows).sum::<u64>(), 1, "{:?}", merge.grounds);
    assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
}
