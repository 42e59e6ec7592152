//! The command line: the only code that knows arguments, the wall clock, the environment and the terminal.

mod args;
mod baselines;
mod bounds;
mod check;
mod clean;
mod decided;
mod deliver;
mod diff;
mod eval;
mod init;
mod inputs;
mod lines;
mod map;
mod packed;
mod progress;
mod reference;
mod shell;
mod signals;
mod simulate;
mod trend;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use lines::{print, say};

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Clean, or written as asked: 0.
    Success,
    /// Findings that fail the run, a fix that did not converge, or a score below what was asked for: 1.
    Findings,
    /// Could not audit: 2.
    Error,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Findings => 1,
            ExitStatus::Error => 2,
        })
    }
}

/// Runs the program with these arguments, the first of which is its own name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a reader that went away is none either.
            lines::say_usage(&error);
            return if error.use_stderr() { ExitStatus::Error } else { ExitStatus::Success }.into();
        }
    };
    // Reports repeat the command; where the program happens to lie is nobody's business.
    // Nor is the number of threads, which changes no byte of a result.
    let mut command = vec!["leadlint".to_owned()];
    let mut words = args.iter().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        if word == "--threads" {
            words.next();
        } else if !word.starts_with("--threads=") {
            command.push(word);
        }
    }
    signals::watch();
    let outcome = match cli.command {
        Command::Check(check) => {
            if let Some(status) = progress::with_threads(check.audit.input.threads, &args) {
                return status;
            }
            check::run(&check, command)
        }
        Command::Clean(clean) => {
            if let Some(status) = progress::with_threads(clean.audit.input.threads, &args) {
                return status;
            }
            clean::run(&clean, command)
        }
        Command::Map(map) => {
            if let Some(status) = progress::with_threads(map.input.threads, &args) {
                return status;
            }
            map::run(&map)
        }
        Command::Simulate(simulate) => {
            if let Some(status) = progress::with_threads(simulate.input.threads, &args) {
                return status;
            }
            simulate::run(&simulate)
        }
        Command::Eval(eval) => {
            if let Some(status) = progress::with_threads(eval.input.threads, &args) {
                return status;
            }
            eval::run(&eval)
        }
        Command::Diff(diff) => diff::run(&diff),
        Command::Trend(trend) => trend::run(&trend),
        Command::Init(init) => init::run(&init),
        Command::Rule(rule) => reference::rule(&rule),
        Command::Formats => reference::formats(),
        Command::Schema { of } => reference::schema(of),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { out } => shell::man(out.as_deref()),
    };
    outcome
        .unwrap_or_else(|error| {
            say(&format!("error: {}", chain(&error)));
            ExitStatus::Error
        })
        .into()
}

/// The error and what caused it, each cause once: errors of the layers already quote theirs in part.
fn chain(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !said.contains(&text) {
            if !said.is_empty() {
                said.push_str(": ");
            }
            said.push_str(&text);
        }
    }
    said
}
