//! The shape of the code: data flows one way, files stay small and are named for what they hold, and no text speaks of
//! somebody's machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::ROOT;

/// The layers, in the order in which data flows. Each imports only from those before it.
const LAYERS: [&str; 11] =
    ["memory", "model", "config", "load", "normalise", "evidence", "matching", "rules", "plan", "emit", "cli"];

/// The most lines that a source file may have.
const LINES: usize = 500;

/// A source file: its path from the root, and its text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(ROOT);
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "{} files", found.len());
    found
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "testing.rs" || name.ends_with("tests.rs") || path.contains("/tests/") || path.contains("/testing/")
}

/// The layer of a file, if it is in one.
fn layer(path: &str) -> Option<&'static str> {
    let top = path.strip_prefix("src/")?.split(['/', '.']).next()?;
    LAYERS.into_iter().find(|layer| *layer == top)
}

/// The code of a file: without comments, text in quotes, and what stands only in its tests.
fn code(text: &str) -> String {
    let mut out = String::new();
    let mut skipped_until: Option<String> = None;
    let mut test_only = false;
    for line in text.lines() {
        if let Some(end) = &skipped_until {
            if line == end {
                skipped_until = None;
            }
        } else if test_only {
            let indent = &line[..line.len() - line.trim_start().len()];
            if line.ends_with('{') {
                skipped_until = Some(format!("{indent}}}"));
            }
            test_only = line.trim_start().starts_with("#[");
        } else if line.trim() == "#[cfg(test)]" {
            test_only = true;
        } else {
            let mut bare = line.split("//").next().unwrap_or_default();
            let mut kept = String::new();
            while let Some((before, quoted)) = bare.split_once('"') {
                kept += before;
                bare = quoted.split_once('"').map_or("", |(_, after)| after);
            }
            out += &kept;
            out += bare;
        }
        out.push('\n');
    }
    out
}

/// Modules at the top of the crate that a line names: `crate::load::x`, `crate::{config, load::x}`.
fn imports(code: &str) -> Vec<(usize, String)> {
    let word = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut start = true;
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && c.is_alphabetic() => {
                        found.push((line, word(&group[at..])));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            found.push((line, word(rest)));
        }
    }
    found
}

#[test]
fn layers_import_only_from_the_layers_before_them() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        let Some(own) = layer(path) else { continue };
        for (line, module) in imports(&code(text)) {
            let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
            let Some(other) = place(&module) else { continue };
            seen += 1;
            if place(own).is_some_and(|own| own < other) {
                wrong.push(format!("{path}:{line}: {own} imports from {module}"));
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were seen");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_is_in_a_layer() {
    for (path, _) in sources() {
        assert!(
            layer(&path).is_some() || ["src/lib.rs", "src/main.rs"].contains(&path.as_str()),
            "{path} is in no layer"
        );
    }
}

#[test]
fn imports_are_seen_and_those_of_tests_are_not() {
    let text = "use crate::{config, load::{a, b}, r#model};\nuse crate::emit::x; // crate::cli\n\
                #[cfg(test)]\nmod tests {\n    use crate::cli;\n}\nlet a = \"crate::cli\"; crate::plan::go();\n";
    let found: Vec<_> = imports(&code(text)).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["1 config", "1 load", "1 r", "2 emit", "7 plan"]);
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| !is_test(path) && text.lines().count() > LINES)
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn files_are_named_for_what_they_hold() {
    for (path, _) in sources() {
        let vague =
            path.split(['/', '.']).find(|part| matches!(*part, "utils" | "util" | "helpers" | "common" | "misc"));
        assert_eq!(vague, None, "{path}");
    }
}

#[test]
fn no_tracked_text_speaks_of_a_machine() {
    let Ok(listed) = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output() else { return };
    if !listed.status.success() {
        // A published package is no repository.
        return;
    }
    // Put together here, so that this file does not hold them.
    let places = ["work", "root"].map(|folder| format!("/{folder}/"));
    for name in String::from_utf8(listed.stdout).unwrap().split('\0').filter(|name| !name.is_empty()) {
        let path: PathBuf = Path::new(ROOT).join(name);
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            let named = places.iter().find(|place| speaks_of(line, place));
            assert_eq!(named, None, "{name}:{number}: {line}");
        }
    }
}

/// Whether a line names an absolute path that starts with `place`, and not a folder of that name further down.
fn speaks_of(line: &str, place: &str) -> bool {
    line.match_indices(place)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-*{}".contains(c)))
}
