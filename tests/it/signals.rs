//! A run that is ended from outside leaves nothing half-written behind, and says nothing that a CI system obeys.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Desk, HEALTHY};

#[test]
fn a_signal_takes_the_temporary_outputs_away() {
    for (name, signal) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        for threads in [None, Some("--threads=1")] {
            let desk = Desk::with("kept.html", "of an earlier run");
            let args = ["check", "-", "-o", "html=kept.html", "-o", "pack=pack", "--evidence", "rows.csv"];
            // In the background of a shell INT is ignored, and what a process ignores its children do.
            let mut child = Command::new("/usr/bin/env")
                .args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_leadlint")])
                .args(args.into_iter().chain(threads))
                .current_dir(desk.path(""))
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            // It waits for its input, its outputs open.
            let since = Instant::now();
            while desk.snapshot().keys().filter(|name| name.contains(".part")).count() < 3 {
                assert!(since.elapsed() < Duration::from_mins(1), "{:?}", desk.snapshot().keys());
                std::thread::sleep(Duration::from_millis(10));
            }
            // Held open: who waits for the child closes it, and the end of the input would race with the signal.
            let input = child.stdin.take();
            let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
            assert!(sent.success());
            let status = child.wait().unwrap();
            drop(input);
            assert_eq!(status.signal(), Some(signal), "{status}");
            let left = desk.snapshot();
            assert_eq!(left.keys().collect::<Vec<_>>(), ["kept.html"], "{name}");
            assert_eq!(desk.read("kept.html"), "of an earlier run");
        }
    }
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_leadlint");
    let script = format!("trap '' HUP; exec '{program}' check - --format json -o table=rows.txt --select DUP001");
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(desk.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while desk.snapshot().is_empty() {
        assert!(since.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-s", "HUP", &child.id().to_string()]).status().unwrap().success());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), HEALTHY.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn no_name_from_outside_writes_a_workflow_command() {
    let name = "x\n::error::pwn.csv";
    let odd = "\u{1b}[2J\r::warning::y\u{2028}\u{202e}##[error]z.csv";
    for (name, said) in [(name, "x\\n::error::pwn.csv"), ("::error::pwn.csv", "\\::error::"), (odd, "\\u{1b}[2J\\r")] {
        let desk = Desk::with(name, "= no = table\n");
        desk.write("leads.csv", HEALTHY);
        desk.write("schema.json", serde_json::json!({ "schema": name }).to_string());
        desk.write("rules.toml", format!("[rules.{}]\n", serde_json::Value::from(name).to_string().replace("\\b", "")));
        for args in [
            &["check", name][..],
            &["check", "missing.csv", name],
            &["check", "leads.csv", "--config", name],
            &["check", "leads.csv", "--baseline", name],
            &["check", "leads.csv", "--baseline", "schema.json"],
            &["check", "leads.csv", "--config", "rules.toml"],
            &["check", "leads.csv", "--select", name],
            &["check", "leads.csv", "--format", name],
            &["init", name, "--out", "new.toml"],
            &["diff", name, name],
            &["trend", name],
            &["leads.csv", name],
            &[name],
        ] {
            let run = desk.run(args);
            for line in run.stderr.split(['\n', '\r', '\u{2028}']) {
                assert!(!line.trim_start().starts_with("::"), "{args:?}: {:?}", run.stderr);
                assert!(!line.contains("##[") && !line.contains(['\u{1b}', '\u{202e}']), "{args:?}: {:?}", run.stderr);
            }
            assert!(!run.stdout.contains("\n::"), "{args:?}: {:?}", run.stdout);
        }
        let run = desk.run(&["trend", name]);
        assert!(run.stderr.contains(said) || name.starts_with("::"), "{:?}", run.stderr);
    }
}

#[test]
fn a_baseline_is_not_read_from_the_pipe_it_is_written_to() {
    let desk = Desk::with("leads.csv", HEALTHY);
    assert!(Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    for path in ["pipe", "/dev/stdout"] {
        let run = desk.leadlint(&format!("check leads.csv --write-baseline {path}"));
        run.exits(2);
        assert!(run.stderr.contains("--write-baseline takes a file"), "{}", run.stderr);
    }
}
