//! `leadlint clean --target hubspot`: the runner, run against a portal that speaks HubSpot's contract.

mod portal;
mod steps;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use portal::{Fault, Portal, TOKEN};
use serde_json::Value;

use crate::support::{Desk, csv_rows};

const CLEAN: &str = "clean --target hubspot --out cleanup --decide DUP001=accept,FMT005=accept";

/// What a run of the runner said.
struct Said {
    code: i32,
    text: String,
}

impl Said {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "`{text}` is not in\n{}", self.text);
        self
    }
}

fn command(desk: &Desk, portal: &Portal, words: &str) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(desk.path("cleanup/hubspot/run.py"))
        .args(words.split_whitespace())
        .args(["--api", &portal.address, "--backoff", "0.01", "--rate", "100000"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HUBSPOT_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(desk: &Desk, portal: &Portal, words: &str) -> Said {
    let output = command(desk, portal, words).output().expect("python3 is needed: apt-get install python3");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(TOKEN) && !text.contains("Traceback"), "{text}");
    Said { code: output.status.code().unwrap(), text }
}

fn receipts(desk: &Desk) -> Vec<Value> {
    desk.read("cleanup/hubspot/receipts.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every intent has exactly one result.
#[track_caller]
fn complete(desk: &Desk) {
    let of = |event: &str| -> Vec<u64> {
        receipts(desk).iter().filter(|one| one["event"] == event).map(|one| one["n"].as_u64().unwrap()).collect()
    };
    let (intents, mut results) = (of("intent"), of("result"));
    results.sort_unstable();
    assert_eq!(intents, results);
    assert_eq!(intents, (1..=intents.len() as u64).collect::<Vec<_>>());
}

const HEADER: &str =
    "Record ID,First Name,Last Name,Email,Phone Number,City,Lifecycle Stage,Contact owner,Create Date\n";

/// A contact in the export and in the portal: what stands there.
fn contact(id: u32, email: &str, phone: &str, city: &str) -> [String; 9] {
    let name = ["Ana", "Bo", "Cy", "Di", "Ed", "Flo"][id as usize % 6];
    [
        id.to_string(),
        name.to_owned(),
        format!("Moss{}", id / 10),
        email.to_owned(),
        phone.to_owned(),
        city.to_owned(),
        "Marketing Qualified Lead".to_owned(),
        "Ana Moss".to_owned(),
        format!("2026-10-{:02} 09:30", 1 + id % 28),
    ]
}

/// Contacts as an export of the portal that holds them, and the cleanup of it.
fn cleaned(contacts: &[[String; 9]], portal: &Portal) -> Desk {
    let mut export = HEADER.to_owned();
    for contact in contacts {
        let cells: Vec<String> = contact.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        export += &(cells.join(",") + "\n");
        let [id, first, last, email, phone, city, ..] = contact;
        let of = [
            ("firstname", first),
            ("lastname", last),
            ("email", email),
            ("phone", phone),
            ("city", city),
            ("lifecyclestage", &"marketingqualifiedlead".to_owned()),
            ("hubspot_owner_id", &"71".to_owned()),
            ("jobtitle", &format!("Job {id}")),
        ];
        portal.world().put("contacts", id, &of.map(|(name, value)| (name, value.as_str())));
    }
    let desk = Desk::with("hubspot-crm-exports-all-contacts-2026-11-20.csv", export);
    let run = desk.leadlint(&format!("{CLEAN} hubspot-crm-exports-all-contacts-2026-11-20.csv"));
    assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
    desk
}

/// Twelve groups of two to four that share an address, and ten contacts with a blank at the end of their city.
fn world(portal: &Portal) -> (Desk, Vec<Vec<String>>) {
    let mut contacts = Vec::new();
    let mut groups = Vec::new();
    for group in 0..12_u32 {
        let mut ids = Vec::new();
        for member in 0..2 + group % 3 {
            let id = 1000 + group * 10 + member;
            // The first has most; a later one has the phone.
            let phone = if member == 1 { format!("+1 202-555-01{group:02}") } else { String::new() };
            let city = if member == 0 { "Bonn" } else { "" };
            let mut made = contact(id, &format!("p{group}@acme.example"), &phone, city);
            "Ana".clone_into(&mut made[1]);
            contacts.push(made);
            ids.push(id.to_string());
        }
        groups.push(ids);
    }
    for id in 0..10_u32 {
        contacts.push(contact(2000 + id * 10, &format!("q{id}@acme.example"), "", &format!("Ulm {id} ")));
    }
    (cleaned(&contacts, portal), groups)
}

#[track_caller]
fn all_merged(portal: &Portal, groups: &[Vec<String>]) {
    let world = portal.world();
    assert_eq!(world.violations, Vec::<String>::new());
    for ids in groups {
        let at: BTreeSet<String> = ids.iter().map(|id| world.now_at("contacts", id)).collect();
        assert_eq!(at.len(), 1, "{ids:?}");
        assert!(world.get("contacts", &ids[0], "phone").starts_with("+1 202-555-01"));
        assert_eq!(world.get("contacts", &ids[0], "city"), "Bonn");
    }
    let pairs: usize = groups.iter().map(|ids| ids.len() - 1).sum();
    assert_eq!(world.merged.len(), pairs, "each merge once");
    for id in 0..10 {
        assert_eq!(world.get("contacts", &(2000 + id * 10).to_string(), "city"), format!("Ulm {id}"));
    }
}

/// What happens to one write after the other, again and again.
const FAULTS: [Fault; 9] = [
    Fault::None,
    Fault::Error,
    Fault::ErrorAfter,
    Fault::None,
    Fault::Drop,
    Fault::DropAfter,
    Fault::Error,
    Fault::Error,
    Fault::ErrorAfter,
];

#[test]
fn everything_is_done_once_whatever_the_connection_does() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    run(&desk, &portal, "").exits(0).says("dry-run, nothing was changed").says("24 merge to do");
    assert!(portal.world().writes.is_empty());
    assert!(!desk.path("cleanup/hubspot/receipts.jsonl").exists());
    portal.world().fault(|number, _| if number == 3 { Fault::Limit(1) } else { FAULTS[number % 9] });
    run(&desk, &portal, "apply").exits(0).says("0 left alone");
    all_merged(&portal, &groups);
    complete(&desk);
    let limited = portal.world().writes[3].clone();
    let next = portal.world().writes[4].clone();
    assert!(limited.status == 429 && next.body == limited.body, "{next:?}");
    assert!(next.at - limited.at >= Duration::from_secs(1), "the portal asked for a second");

    let writes = portal.world().writes.len();
    let dump = portal.world().dump();
    run(&desk, &portal, "apply").exits(0);
    assert_eq!(portal.world().writes.len(), writes, "a second run sends nothing");
    run(&desk, &portal, "verify").exits(0).says("0 left alone");
    assert_eq!(portal.world().dump(), dump);
    for ids in &groups {
        let survivor = portal.world().get("contacts", &ids[0], "jobtitle");
        assert!(!survivor.is_empty());
    }
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    for after in [false, true] {
        let portal = Portal::new();
        let (desk, groups) = world(&portal);
        for at in [0, 4, 9, 17] {
            let hang = if after { Fault::HangAfter } else { Fault::Hang };
            let mut once = false;
            portal.world().fault(move |number, _| {
                if number < at || once {
                    return Fault::None;
                }
                once = true;
                hang
            });
            let mut child = command(&desk, &portal, "apply").spawn().unwrap();
            portal.hanging.recv_timeout(Duration::from_mins(2)).expect("the runner never got there");
            run(&desk, &portal, "apply").exits(2).says("another run is at work here");
            child.kill().unwrap();
            child.wait().unwrap();
        }
        // What was being written when the machine stopped may be cut short.
        let path = desk.path("cleanup/hubspot/receipts.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + "{\"event\": \"inte").unwrap();
        run(&desk, &portal, "verify").exits(1);
        run(&desk, &portal, "apply").exits(0);
        all_merged(&portal, &groups);
        complete(&desk);
        run(&desk, &portal, "verify").exits(0);
    }
}

#[test]
fn receipts_and_backup_hold_everything_and_are_private() {
    let portal = Portal::new();
    let (desk, _) = world(&portal);
    let before = portal.world().dump();
    run(&desk, &portal, "backup").exits(0).says("46 records");
    assert!(portal.world().writes.is_empty());
    run(&desk, &portal, "apply").exits(0);
    let lines: Vec<Value> =
        desk.read("cleanup/hubspot/backup.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 47);
    for line in &lines[..46] {
        let key = ("contacts".to_owned(), line["id"].as_str().unwrap().to_owned());
        for (name, value) in &before[&key] {
            assert_eq!(line["properties"][name], *value, "{name}");
        }
    }
    #[cfg(unix)]
    for name in ["receipts.jsonl", "backup.jsonl"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(desk.path(&format!("cleanup/hubspot/{name}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // A cleanup that was carried out is not written over.
    let run = desk.leadlint(&format!("{CLEAN} --force hubspot-crm-exports-all-contacts-2026-11-20.csv"));
    assert!(run.code == 2 && run.stderr.contains("hubspot/"), "{}", run.stderr);
}

#[test]
fn a_refused_merge_is_noted_and_the_rest_goes_on() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    let group = groups.iter().find(|ids| ids.len() == 4).unwrap();
    portal.world().refuse.insert(group[1].clone());
    let said = run(&desk, &portal, "apply").exits(1).says("these records can't be merged");
    assert!(said.text.contains(&format!("merge {}", group[1])), "{}", said.text);
    complete(&desk);
    let world = portal.world();
    let at: BTreeSet<String> = group.iter().map(|id| world.now_at("contacts", id)).collect();
    assert_eq!(at.len(), 2, "the others became one");
    assert_eq!(world.merged.len(), 23);
    assert_eq!(world.get("contacts", &group[0], "phone"), "", "the phone of a record that is not in it");
    let writes = world.writes.len();
    drop(world);
    run(&desk, &portal, "apply").exits(1).says("these records can't be merged");
    assert_eq!(portal.world().writes.len(), writes, "it is not asked again");
    run(&desk, &portal, "verify").exits(1);
    portal.world().refuse.clear();
    run(&desk, &portal, "apply --retry-refused").exits(0);
    all_merged(&portal, &groups);
}

#[test]
fn what_changed_since_the_export_is_left_and_said() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    portal.world().set("contacts", "2000", "city", "Hamburg");
    portal.world().set("contacts", &groups[0][1], "lastname", "Lind");
    portal.world().set("contacts", "2010", "city", "Ulm 1");
    portal.world().set("contacts", "2020", "salesforcecontactid", "0035e000001AAAAAAA");
    let said = run(&desk, &portal, "dry-run").exits(1);
    let applied = run(&desk, &portal, "apply").exits(1);
    for said in [&said, &applied] {
        for line in [
            "contacts 2000: city: changed since the export",
            "contacts 2020: city: another CRM masters the record",
            "changed since the export: lastname of",
        ] {
            assert!(said.text.contains(line), "{line}: {}", said.text);
        }
    }
    let world = portal.world();
    assert_eq!(world.get("contacts", "2000", "city"), "Hamburg");
    assert_eq!(world.get("contacts", "2020", "city"), "Ulm 2 ");
    assert_eq!(world.get("contacts", "2030", "city"), "Ulm 3");
    assert!(world.holds("contacts", &groups[0][0]) && world.holds("contacts", &groups[0][1]));
    assert_eq!(world.merged.len(), 23);
}

#[test]
#[cfg(unix)]
fn a_full_disk_stops_the_run_and_the_next_goes_on() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    // Nothing may be written behind the first 512 or 1024 bytes of a file; what is printed goes into one as well.
    let cramped = |words: &str| {
        let runner = command(&desk, &portal, words);
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -f 1; exec python3 \"$@\"", "sh"]).args(runner.get_args()).env_clear();
        shell.envs(runner.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdin(Stdio::null());
        shell
    };
    for words in ["backup", "apply", "apply"] {
        let output = cramped(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains("stopped: ") && said.contains("run again to go on"), "{said}");
        assert!(!said.contains("Traceback"), "{said}");
        if words == "backup" {
            run(&desk, &portal, "backup").exits(0);
        }
    }
    let log = desk.path("log");
    std::fs::write(&log, "x".repeat(2000)).unwrap();
    let log = || std::fs::OpenOptions::new().append(true).open(&log).unwrap();
    let status = cramped("apply").stdout(log()).stderr(log()).status().unwrap();
    assert_eq!(status.code(), Some(2), "nor can it be said");
    run(&desk, &portal, "apply").exits(0);
    all_merged(&portal, &groups);
    complete(&desk);
}

#[test]
fn undo_puts_back_every_value_and_says_what_cannot_be_undone() {
    let portal = Portal::new();
    let (desk, groups) = world(&portal);
    let before = portal.world().dump();
    run(&desk, &portal, "apply").exits(0);
    portal.world().set("contacts", "2050", "city", "Kiel");
    run(&desk, &portal, "undo")
        .exits(1)
        .says("contacts 2050: city: changed since it was written")
        .says("24 merges cannot be undone")
        .says("backup.jsonl has both as they were");
    let after = portal.world().dump();
    for id in (0..10).map(|id| (2000 + id * 10).to_string()).filter(|id| id != "2050") {
        let key = ("contacts".to_owned(), id);
        assert_eq!(after[&key], before[&key]);
    }
    assert_eq!(portal.world().get("contacts", "2050", "city"), "Kiel");
    let at: BTreeSet<String> = groups[2].iter().map(|id| portal.world().now_at("contacts", id)).collect();
    assert_eq!(at.len(), 1, "merges stay");
    complete(&desk);
    let writes = portal.world().writes.len();
    run(&desk, &portal, "undo");
    assert_eq!(portal.world().writes.len(), writes, "a second way back sends nothing");
}

#[test]
fn import_files_hold_changed_columns_by_record_id() {
    let portal = Portal::new();
    let (desk, _) = world(&portal);
    let (header, rows) = csv_rows(desk.read("cleanup/hubspot/import-contacts.csv").as_bytes());
    assert_eq!(header, ["Record ID", "City"]);
    assert_eq!(rows.len(), 10, "merged records are not among them");
    assert!(rows.contains(&vec!["2030".to_owned(), "Ulm 3".to_owned()]));
    let runbook = desk.read("cleanup/RUNBOOK.md");
    for said in [
        "**Merges cannot be undone.**",
        "(48 h)",
        "run.py apply",
        "--retry-refused",
        "Owner: nobody",
        "never to the email",
    ] {
        assert!(runbook.contains(said), "{said} is not in {runbook}");
    }
}
