//! A run that may hold less than its exports take: the same outcome, and nothing left behind.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Desk, HEALTHY};

/// Some megabytes of leads, among them repeated addresses, missing names and spellings that drift.
fn many(rows: usize) -> String {
    let mut text = "Id,FirstName,LastName,Email,Company,Region__c,Description,CreatedDate\n".to_owned();
    for row in 0..rows {
        let last = if row % 97 == 0 { "" } else { "Moss" };
        let region = ["East Region", "EastRegion", "West Region", "North"][row % 4];
        let _ = writeln!(
            text,
            "00Q{row:012},Ana,{last},ana{}@northpeak{}.example,Northpeak {},{region},{},2026-10-02T09:00:00Z",
            row % (rows - 500),
            row % 11,
            row % 5000,
            "asked for the brochure and a call in spring; ".repeat(6),
        );
    }
    text
}

const ARGS: &str = "check leads.csv --select REQ,DUP001,DUP002,DRF,FMT --fail-on never --format json --evidence ";

/// The most bytes of memory that the program held, and what it said.
fn held(desk: &Desk, args: &str, folder: &std::path::Path) -> (u64, String) {
    let mut child = desk
        .command(args.split_whitespace())
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(held.unwrap_or(0) * 1024);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (most, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_run_within_a_limit_finds_the_same_and_leaves_nothing() {
    let desk = Desk::with("leads.csv", many(100_000));
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let (free, said) = held(&desk, &format!("{ARGS} free.csv -o json=free.json --memory-limit 8GiB"), folder.path());
    assert!(!said.contains("by way of"), "{said}");
    let (bound, said) =
        held(&desk, &format!("{ARGS} bound.csv -o json=bound.json --memory-limit 128MiB"), folder.path());
    assert!(said.contains("what does not fit into 128.0 MiB goes by way of files in /var/tmp/"), "{said}");
    assert!(said.contains("went by way of files, which are gone"), "{said}");
    assert!(desk.read("free.csv").lines().count() > 1000);
    assert_eq!(desk.read("free.csv"), desk.read("bound.csv"));
    assert_eq!(desk.read("free.json"), desk.read("bound.json").replace("bound.", "free.").replace("128MiB", "8GiB"));
    assert!(bound < free - free / 4, "{bound} of {free}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_will_not_do_is_said_before_anything_is_read() {
    let desk = Desk::with("leads.csv", many(60_000));
    let full = |folder: &str, args: &str| {
        let mut command: Command = desk.command(format!("check leads.csv {args}").split_whitespace());
        let output = command.env("TMPDIR", folder).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = full("/dev/shm", "--memory-limit 64MiB");
    assert_eq!(code, Some(2));
    assert!(said.contains("`/dev/shm` is kept in memory; set TMPDIR"), "{said}");
    let (code, said) = full("/nowhere/at/all", "--memory-limit 64MiB");
    assert_eq!(code, Some(2));
    assert!(said.contains("`/nowhere/at/all`") && said.contains("set TMPDIR"), "{said}");
    // What fits asks for no folder.
    assert_ne!(full("/nowhere/at/all", "--memory-limit 8GiB --select REQ001").0, Some(2));
}

#[test]
fn a_limit_that_cannot_be_kept_is_said() {
    // Nobody knows the size of what comes through a pipe before it has come.
    let desk = Desk::with("leads.csv", many(60_000));
    let said = |args: &str| {
        let mut command = desk.command(format!("check - --select DUP001 --fail-on never {args}").split_whitespace());
        let input = std::fs::File::open(desk.path("leads.csv")).unwrap();
        let output = command.env("TMPDIR", "/dev/shm").stdin(input).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let warned = said("--memory-limit 64MiB");
    assert!(warned.contains("over its limit of 64.0 MiB: `/dev/shm` is kept in memory; set TMPDIR"), "{warned}");
    assert!(!said("--memory-limit 8GiB").contains("limit"));
    assert_eq!(said("--memory-limit 64MiB --quiet"), "");
}

#[test]
fn a_limit_on_the_size_of_files_does_not_end_a_run() {
    let desk = Desk::with("leads.csv", many(60_000));
    let program = desk.command([""; 0]).get_program().to_owned();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -f 64; exec \"$0\" check leads.csv --select DUP001 --fail-on never --memory-limit 64MiB"]);
    let output = command.arg(program).current_dir(desk.path("")).env("TMPDIR", "/var/tmp").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("over its limit of 64.0 MiB: a temporary file could not be made: File too large"), "{said}");
}

#[test]
fn a_limit_is_a_size() {
    let desk = Desk::with("leads.csv", HEALTHY);
    for size in ["lots", "12", "-1GiB", "1MiB"] {
        let run = desk.run(&["check", "leads.csv", &format!("--memory-limit={size}")]);
        assert!(run.exits(2).stderr.contains("--memory-limit"), "{size}: {}", run.stderr);
    }
    desk.leadlint("check leads.csv --memory-limit 1GiB --quiet").exits(0);
}
