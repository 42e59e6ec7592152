//! What the generator promises: the same bytes for the same options, and gold files that agree with the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::clock::{END, Rhythm, START, Stamp, civil};
use super::companies::{Companies, Group, seat};
use super::draw::Seed;
use super::ids::{Prefix, SalesforceId, checksum};
use super::names::push_mailbox;
use super::{Request, Summary, generate};

const FILES: [&str; 6] =
    ["leads.csv", "chats.csv", "sync_log.csv", "gold/duplicates.csv", "gold/drift.csv", "gold/faults.csv"];

/// A folder that is removed at the end of a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("leadlint-generate-{}-{name}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn request(leads: u64, faults: f64) -> Request {
    Request { leads, chats: None, seed: 42, faults, ragged: 0.0 }
}

fn generated(name: &str, request: &Request) -> (Folder, Summary) {
    let folder = Folder::new(name);
    let summary = generate(request, &folder.0).unwrap();
    (folder, summary)
}

/// Rows of a file, by header.
fn rows(dir: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.chars() {
        let row = rows.last_mut().unwrap();
        match c {
            // A doubled quote closes and opens again; these files have no quotes inside cells.
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.pop();
    let header = rows.remove(0);
    for row in &rows {
        assert_eq!(row.len(), header.len(), "{file}: {row:?}");
    }
    rows.into_iter().map(|row| header.iter().cloned().zip(row).collect()).collect()
}

fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

#[test]
fn same_options_same_bytes() {
    let options = request(2_000, 1.0);
    let ((first, one), (second, two)) = (generated("same-1", &options), generated("same-2", &options));
    let (other, _) = generated("same-3", &Request { seed: 43, ..options });
    assert_eq!(one, two);
    for file in FILES {
        let read = |folder: &Folder| fs::read(folder.0.join(file)).unwrap();
        assert_eq!(read(&first), read(&second), "{file}");
        assert_ne!(read(&first), read(&other), "{file} does not depend on the seed");
    }
}

#[test]
fn counts_are_as_asked() {
    let (folder, summary) = generated("counts", &Request { chats: Some(500), ..request(2_000, 1.0) });
    assert_eq!((summary.leads, summary.chats), (2_000, 500));
    assert_eq!(rows(&folder.0, "leads.csv").len(), 2_000);
    assert_eq!(rows(&folder.0, "chats.csv").len(), 500);
    assert_eq!(rows(&folder.0, "gold/faults.csv").len() as u64, summary.planted);
}

#[test]
fn no_leads_and_few_leads() {
    for leads in [0, 1, 2, 7] {
        let (_, summary) = generated(&format!("few-{leads}"), &request(leads, 1.0));
        assert_eq!(summary.leads, leads);
    }
}

#[test]
fn ids_carry_their_checksum() {
    // Known ids of an account and of a custom object.
    assert_eq!(&checksum(b"0019000000oC4Hk"), b"AAK");
    assert_eq!(&checksum(b"a0D30000001n7Pi"), b"EAI");
    assert_eq!(SalesforceId::new(Prefix::Lead, 0).as_bytes(), b"00Q5e000000fRL5EAM");
    let mut seen = BTreeSet::new();
    for number in 0..10_000 {
        let id = SalesforceId::new(Prefix::User, number);
        let (body, sum) = id.as_bytes().split_at(15);
        assert_eq!(sum, checksum(body));
        assert!(seen.insert(id), "{number} has the id of another");
    }
}

#[test]
fn every_address_is_one_person_in_healthy_data() {
    let (folder, summary) = generated("healthy", &request(20_000, 0.0));
    assert_eq!(summary.planted, 0);
    let leads = rows(&folder.0, "leads.csv");
    let emails: BTreeSet<String> = leads.iter().map(|lead| key(&lead["Email"])).collect();
    assert_eq!(emails.len(), leads.len());
    let ids: BTreeSet<&String> = leads.iter().map(|lead| &lead["Id"]).collect();
    assert_eq!(ids.len(), leads.len());
    // Two in five are made by chats, and each chat with an address has its lead.
    let known: BTreeSet<&String> = leads.iter().map(|lead| &lead["Chat_Id__c"]).collect();
    for chat in rows(&folder.0, "chats.csv").iter().filter(|chat| !chat["visitor_email"].is_empty()) {
        assert!(known.contains(&chat["chat_id"]), "{chat:?}");
    }
    // Names are shared all the same.
    let names: BTreeSet<_> = leads.iter().map(|lead| (&lead["FirstName"], &lead["LastName"])).collect();
    assert!(names.len() < leads.len() * 9 / 10);
    for gold in rows(&folder.0, "gold/drift.csv") {
        assert_eq!(gold["raw_value"], gold["gold"]);
    }
}

#[test]
fn gold_agrees_with_the_files() {
    let (folder, _) = generated("gold", &request(2_000, 3.0));
    let leads = rows(&folder.0, "leads.csv");
    let chats: BTreeMap<String, _> =
        rows(&folder.0, "chats.csv").into_iter().map(|chat| (chat["chat_id"].clone(), chat)).collect();
    let gold = rows(&folder.0, "gold/faults.csv");
    let with = |code: &str| gold.iter().filter(|fault| fault["code"] == code).cloned().collect::<Vec<_>>();

    // Every id has one entity, and people of the same address are the same person, but for shared mailboxes.
    let entities: BTreeMap<String, String> = rows(&folder.0, "gold/duplicates.csv")
        .into_iter()
        .map(|row| (row["lead_id"].clone(), row["entity_id"].clone()))
        .collect();
    assert_eq!(entities.len() + with("DUP005").len(), leads.len());
    let shared: BTreeSet<String> = with("DUP009").iter().map(|fault| fault["record_id"].clone()).collect();
    let mut addresses: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for lead in leads.iter().filter(|lead| lead["Email"].contains('@') && !shared.contains(&lead["Id"])) {
        addresses.entry(key(&lead["Email"])).or_default().insert(&lead["Id"]);
    }
    let repeated: BTreeSet<&String> = addresses.values().filter(|ids| ids.len() > 1).flatten().copied().collect();
    let told: Vec<_> = with("DUP001");
    let told: BTreeSet<&String> = told.iter().flat_map(|fault| [&fault["record_id"], &fault["other_id"]]).collect();
    assert!(!told.is_empty());
    assert_eq!(repeated, told);
    for ids in addresses.values() {
        let people: BTreeSet<&String> = ids.iter().map(|id| &entities[*id]).collect();
        assert_eq!(people.len(), 1, "{ids:?}");
    }

    // Every spelling is told, and drifted cells have a fault.
    let spellings: BTreeMap<(String, String), String> = rows(&folder.0, "gold/drift.csv")
        .into_iter()
        .map(|row| ((row["column"].clone(), row["raw_value"].clone()), row["gold"].clone()))
        .collect();
    let mut drifted = 0;
    for column in ["Region__c", "Industry", "LeadSource", "Country", "Plan__c"] {
        for lead in leads.iter().filter(|lead| !lead[column].is_empty()) {
            let right = &spellings[&(column.to_owned(), lead[column].clone())];
            drifted += usize::from(*right != lead[column]);
        }
    }
    assert_eq!(drifted, gold.iter().filter(|fault| fault["code"].starts_with("DRF")).count());

    // Lost chats are lost, and no other chat with an address is.
    let known: BTreeSet<&String> = leads.iter().map(|lead| &lead["Chat_Id__c"]).collect();
    let lost: BTreeSet<String> = chats
        .values()
        .filter(|c| !c["visitor_email"].is_empty() && !known.contains(&c["chat_id"]))
        .map(|c| c["chat_id"].clone())
        .collect();
    assert_eq!(lost, with("SYN004").iter().map(|fault| fault["record_id"].clone()).collect());

    // Reasons differ where the gold says so, and nowhere else.
    let differ = leads
        .iter()
        .filter(|lead| chats.get(&lead["Chat_Id__c"]).is_some_and(|chat| chat["reason"] != lead["Reason__c"]));
    assert_eq!(differ.count(), with("MAP005").len() + with("MAP006").len());
}

#[test]
fn ragged_rows_are_told() {
    let (folder, _) = generated("ragged", &Request { ragged: 5_000.0, ..request(2_000, 1.0) });
    let text = fs::read_to_string(folder.0.join("leads.csv")).unwrap();
    let ragged: BTreeSet<String> =
        text.lines().filter(|line| line.split(',').count() != 21).map(|line| line[..18].to_owned()).collect();
    let told: BTreeSet<String> = rows(&folder.0, "gold/faults.csv")
        .into_iter()
        .filter(|fault| fault["code"] == "FMT009")
        .map(|fault| fault["record_id"].clone())
        .collect();
    assert!(!told.is_empty());
    assert_eq!(ragged, told);
}

#[test]
fn time_keeps_to_the_year() {
    assert_eq!(civil(0), (1970, 1, 1));
    assert_eq!(civil(20_512), (2026, 2, 28));
    assert_eq!(Stamp::millis(END - 1).as_ref(), b"2026-10-31T23:59:59.000Z");
    assert_eq!(Stamp::seconds(START).as_ref(), b"2025-11-01T00:00:00Z");
    let rhythm = Rhythm::new();
    let mut last = START;
    for share in 0..=10_000 {
        let moment = rhythm.moment(f64::from(share) / 10_000.0);
        assert!(moment >= last && moment < END - 7_200, "{share}");
        last = moment;
    }
}

#[test]
fn companies_have_names_of_their_own() {
    let companies = Companies::new(Seed(1));
    let mut domains = BTreeSet::new();
    let mut names = BTreeSet::new();
    for number in (0..200_000).step_by(7) {
        let company = companies.company(number);
        assert!(domains.insert(company.domain), "{}", company.stem);
        assert!(names.insert(company.stem.to_lowercase()));
    }
}

#[test]
fn seats_fill_the_block() {
    let mut slot = 0;
    while slot < 512 {
        let first = seat(slot);
        assert_eq!(first.member, 0);
        for member in 1..first.size {
            let next = seat(slot + member);
            assert_eq!((next.group, next.member), (first.group, member));
        }
        slot += first.size;
    }
    assert_eq!(seat(255).group, Group::Single);
}

#[test]
fn mailboxes_are_plain() {
    let mut mailbox = String::new();
    push_mailbox(&mut mailbox, "Begoña O'Brien-Müller");
    assert_eq!(mailbox, "begonaobrien-muller");
}
