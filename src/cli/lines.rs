//! What the program says in words, on its way out.
//!
//! File names, paths, headers and words of a config come from outside, and CI systems take lines of a log for commands
//! (`::error::` at the start of one, `##[error]` and `##vso[…]` anywhere). So nothing that is said begins such a command,
//! moves the cursor or reorders its neighbours.

use std::io::Write;

/// One message on stderr. Nobody to hear it is no error.
pub(super) fn say(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", message_of(message));
}

/// Writes to stdout; a reader that went away is no error.
pub(super) fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Says what clap found wrong with the arguments, or what it was asked for.
pub(super) fn say_usage(error: &clap::Error) {
    let text = error.render().to_string();
    // In colour where nothing in it has to be escaped.
    if !error.use_stderr() || text == harmless(&text) {
        let _ = error.print();
    } else {
        let _ = write!(std::io::stderr().lock(), "{}", harmless(&text));
    }
}

/// A message as it is said: each line after its first is set in, so that none passes for a message of its own.
fn message_of(message: &str) -> String {
    harmless(message).replace('\n', "\n  ")
}

/// `text` with its lines, and nothing else that a terminal or a CI system obeys.
pub(super) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        let line = visible(line);
        // Runners pass over blanks before a command.
        let commands = line.trim_start().starts_with("::");
        match (at, commands) {
            (0, false) => {}
            (0, true) => out.push('\\'),
            (_, false) => out.push('\n'),
            // No text of the program begins so: this line end came from outside.
            (_, true) => out.push_str("\\n"),
        }
        out.push_str(&line.replace("##[", "#\\#[").replace("##vso[", "#\\#vso["));
    }
    out
}

/// A line with its control characters, and those that end lines or turn text around, escaped.
fn visible(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => out.push(c),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_comes_from_outside_gives_no_command() {
        for (raw, said) in [
            ("x\n::error::pwn.csv: no such file", "x\\n::error::pwn.csv: no such file"),
            ("::error::pwn.csv: no such file", "\\::error::pwn.csv: no such file"),
            ("x\n \u{a0}::error::", "x\\n \u{a0}::error::"),
            ("x\r::error::", "x\\r::error::"),
            ("##[error]x ##vso[task.complete]", "#\\#[error]x #\\#vso[task.complete]"),
            ("\u{1b}[31m\u{2028}\u{202e}\u{85}", "\\u{1b}[31m\\u{2028}\\u{202e}\\u{85}"),
        ] {
            assert_eq!(message_of(raw), said, "{raw:?}");
        }
    }

    #[test]
    fn messages_of_several_lines_keep_them() {
        assert_eq!(message_of("leadlint.toml:1:2: no\n1 | x\n  | ^"), "leadlint.toml:1:2: no\n  1 | x\n    | ^");
    }

    proptest! {
        #[test]
        fn no_line_is_a_command(text in "(\n|\r|:|#|\\[| |x|vso|\u{2029}|\u{1b}){0,24}") {
            let said = message_of(&text);
            for line in said.lines() {
                prop_assert!(!line.trim_start().starts_with("::"), "{said:?}");
                prop_assert!(!line.contains("##[") && !line.contains("##vso["), "{said:?}");
                prop_assert!(!line.contains(|c: char| c.is_control()), "{said:?}");
            }
        }
    }
}
