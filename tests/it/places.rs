//! The places where leadlint runs by itself: action.yml, hooks, templates and timers are well formed, and every command
//! line in them and in the pages about them is one that the program takes.

use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};

use crate::support::{Desk, ROOT};

/// Pages and files that hold command lines.
const PLACES: [&str; 8] = [
    "docs/ci.md",
    "docs/monitoring.md",
    "action.yml",
    ".pre-commit-hooks.yaml",
    "docs/ci/leadlint.gitlab-ci.yml",
    "docs/ci/leadlint.service",
    "docs/ci/leadlint.cron",
    "README.md",
];

/// Commands of the program.
const COMMANDS: [&str; 11] =
    ["check", "clean", "map", "simulate", "eval", "init", "rule", "formats", "schema", "completions", "man"];

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The command lines of a text, in words: what follows `leadlint COMMAND` up to the end of the line or what a shell reads
/// as the end of a command. A backslash at the end of a line goes on.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let joined = text.replace("\\\n", " ");
    // In pages only code counts: prose may say "leadlint check" and go on.
    let fenced = joined.contains("\n```");
    let mut in_fence = !fenced;
    for line in joined.lines() {
        if fenced && line.trim_start().starts_with("```") {
            in_fence = !in_fence;
            continue;
        }
        let line = line.trim();
        let mut spans: Vec<&str> = Vec::new();
        if in_fence {
            spans.push(line);
        } else {
            spans.extend(line.split('`').skip(1).step_by(2));
        }
        // Comments show what could be written, too.
        for span in spans {
            for (at, _) in span.match_indices("leadlint ") {
                let before = span[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || "_-.\"".contains(c)) {
                    continue;
                }
                let words = words(&span[at + "leadlint ".len()..]);
                if words.first().is_some_and(|word| COMMANDS.contains(&word.as_str())) {
                    found.push(words);
                }
            }
        }
    }
    found
}

/// The words of a command as a shell would split them, up to its end. Variables and redirections are left out.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('|' | '>' | '&' | ';' | '#' | ')', None) => break,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    // A variable stands for words that are not known here; as the value of a flag it stands for a good one.
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if word.starts_with('$') {
            if kept.last().is_some_and(|last| last == "--fail-on") {
                kept.push("error".to_owned());
            }
        } else {
            kept.push(word);
        }
    }
    kept
}

/// Why the program does not take these words; nothing where it does.
fn refused(words: &[String], known: &str) -> Option<String> {
    let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
    // With --help at the end the program reads every word and does nothing.
    args.push("--help");
    let run = Desk::new().run(&args);
    if run.code != 0 {
        return Some(run.stderr);
    }
    // Formats are read later.
    for (at, word) in words.iter().enumerate() {
        let format = match word.as_str() {
            "--format" => words.get(at + 1).map(String::as_str),
            "-o" if words[0] != "map" && words[0] != "init" => {
                words.get(at + 1).and_then(|output| output.split('=').next())
            }
            word => word.strip_prefix("--format="),
        };
        if let Some(format) = format
            && !known.split(|c: char| !c.is_alphanumeric()).any(|word| word == format)
        {
            return Some(format!("no format {format}"));
        }
    }
    None
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let known = Desk::new().leadlint("formats").stdout + " table json markdown ";
    for place in PLACES {
        let commands = commands(&read(place));
        assert!(!commands.is_empty(), "{place} has no command line");
        for words in commands {
            let why = refused(&words, &known);
            assert_eq!(why, None, "{place}: leadlint {}", words.join(" "));
        }
    }
}

#[test]
fn command_lines_are_found_and_wrong_ones_refused() {
    let text = "leadlint is good; leadlint check is prose\n\n```console\nleadlint check 'a b.csv' \\\n  --fail-on \"$X\" > out\n\
                /usr/bin/leadlint map x.csv && leadlint formats\n```\nand `leadlint rule DUP001` too, not `x-leadlint check`\n";
    let found: Vec<String> = commands(text).iter().map(|words| words.join("|")).collect();
    assert_eq!(found, ["check|a b.csv|--fail-on|error", "map|x.csv", "formats", "rule|DUP001"]);
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(refused(&words("check x.csv --format json -o csv=x.csv"), "json csv"), None);
    for wrong in ["check --no-such-flag", "check --fail-on bad", "check --format tabel", "check -o jsn=x", "tabel"] {
        assert!(refused(&words(wrong), "json csv table").is_some(), "{wrong}");
    }
}

fn yaml(name: &str) -> Yaml<'static> {
    let text: &'static str = Box::leak(read(name).into_boxed_str());
    let mut documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

fn at<'a>(node: &'a Yaml<'static>, keys: &[&str]) -> &'a Yaml<'static> {
    keys.iter().fold(node, |node, key| node.as_mapping_get(key).unwrap_or_else(|| panic!("no {key} of {keys:?}")))
}

fn keys<'a>(node: &'a Yaml<'static>) -> Vec<&'a str> {
    node.as_mapping().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect()
}

#[test]
fn the_action_is_well_formed_and_uses_each_input() {
    let action = yaml("action.yml");
    assert_eq!(at(&action, &["runs", "using"]).as_str(), Some("composite"));
    let text = read("action.yml");
    let page = read("docs/ci.md");
    for input in keys(at(&action, &["inputs"])) {
        assert!(text.contains(&format!("inputs.{input} ")), "{input} is not used");
        assert!(page.contains(&format!("`{input}`")), "docs/ci.md does not tell of the input {input}");
        assert!(at(&action, &["inputs", input]).as_mapping_get("description").is_some(), "{input}");
    }
    let steps = at(&action, &["runs", "steps"]).as_sequence().unwrap();
    let ids: Vec<&str> = steps.iter().filter_map(|step| step.as_mapping_get("id")?.as_str()).collect();
    let named = regex::Regex::new(r"steps\.([a-z]+)\.").unwrap();
    for step in named.captures_iter(&text) {
        assert!(ids.contains(&&step[1]), "no step {}", &step[1]);
    }
    for step in steps {
        if let Some(script) = step.as_mapping_get("run").and_then(Yaml::as_str) {
            assert_eq!(at(step, &["shell"]).as_str(), Some("bash"));
            // What users give reaches a script by the environment, never as a part of it.
            assert!(!script.contains("${{"), "{script}");
            bash(script);
        }
    }
}

/// Has bash read a script.
fn bash(script: &str) {
    let desk = Desk::with("script.sh", script);
    let output = Command::new("bash").arg("-n").arg(desk.path("script.sh")).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The scripts of the action, run one after the other as its runner would, with a program that is there.
#[cfg(unix)]
#[test]
fn the_check_of_the_action_runs_and_ends_with_the_exit_code() {
    let action = yaml("action.yml");
    let steps = at(&action, &["runs", "steps"]).as_sequence().unwrap();
    let script = |name: &str| -> String {
        let step = steps.iter().find(|step| at(step, &["name"]).as_str() == Some(name)).unwrap();
        at(step, &["run"]).as_str().unwrap().to_owned()
    };
    let check = script("Check");
    for (content, fail_on, code) in [
        (crate::support::REPEATED, "error", "1"),
        (crate::support::REPEATED, "never", "0"),
        (crate::support::HEALTHY, "error", "0"),
        ("", "error", "2"),
    ] {
        let desk = Desk::with("my leads.csv", content);
        // What an earlier step of the job left there.
        for name in ["summary", "report.json", "report.sarif"] {
            desk.write(&format!("leadlint/{name}"), "of another run");
        }
        let run = |script: &str, env: &[(&str, &str)]| {
            let mut command = Command::new("bash");
            command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(desk.path("")).envs(env.iter().copied());
            command.env("RUNNER_TEMP", desk.path("")).env("GITHUB_OUTPUT", desk.path("output"));
            command.env("GITHUB_STEP_SUMMARY", desk.path("summary")).output().unwrap()
        };
        let checked = run(
            &check,
            &[
                ("PROGRAM", env!("CARGO_BIN_EXE_leadlint")),
                ("SOURCES", "crm=my leads.csv\n"),
                ("FLAGS", "--ignore=GOV001\n\n"),
                ("FAIL_ON", fail_on),
            ],
        );
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        let output = desk.read("output");
        assert!(
            output.contains(&format!("exit-code={code}\n")),
            "{output}{}",
            String::from_utf8_lossy(&checked.stderr)
        );
        assert_eq!(desk.path("summary").exists(), code != "2");
        assert_eq!(output.contains("sarif="), code != "2");
        assert_eq!(output.contains("json="), code != "2");
        let verdict = run(&script("Verdict"), &[("CODE", code)]);
        assert_eq!(verdict.status.code(), code.parse().ok());
    }
}

#[test]
fn hooks_and_template_are_well_formed() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    for hook in hooks.as_sequence().unwrap() {
        for key in ["id", "name", "description", "entry", "language", "files"] {
            assert!(hook.as_mapping_get(key).and_then(Yaml::as_str).is_some(), "{key}");
        }
        let files = regex::Regex::new(at(hook, &["files"]).as_str().unwrap()).unwrap();
        for (path, matches) in [
            ("leadlint.toml", true),
            ("data/leads.csv.gz", true),
            ("export.zip", true),
            ("src/main.rs", false),
            ("my-leadlint.toml.bak", false),
        ] {
            assert_eq!(files.is_match(path), matches, "{path}");
        }
    }
    let template = yaml("docs/ci/leadlint.gitlab-ci.yml");
    let script = at(&template, &["leadlint", "script"]).as_sequence().unwrap();
    let lines: Vec<&str> = script.iter().map(|line| line.as_str().unwrap()).collect();
    bash(&lines.join("\n"));
    let reports = at(&template, &["leadlint", "artifacts", "reports"]);
    for (kind, format) in [("junit", "junit"), ("codequality", "gitlab")] {
        let file = at(reports, &[kind]).as_str().unwrap();
        assert!(lines.iter().any(|line| line.contains(&format!("-o {format}={file}"))), "{kind}");
    }
}

#[test]
fn units_are_taken_by_systemd() {
    // Where there is no systemd, nobody starts units.
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_leadlint");
    for unit in ["leadlint.service", "leadlint.timer"] {
        desk.write(unit, read(&format!("docs/ci/{unit}")).replace("/usr/local/bin/leadlint", program));
        let output = Command::new("systemd-analyze").arg("verify").arg(desk.path(unit)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let own: Vec<&str> = said.lines().filter(|line| line.contains("leadlint")).collect();
        assert!(output.status.success() && own.is_empty(), "{unit}: {said}");
    }
}
