//! What the user typed: nothing resolved, nothing checked beyond its form.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::emit::Pii;
use crate::model::Severity;
use crate::normalise::AsOf;

/// The linter for CRM and live-chat data.
#[derive(Debug, Parser)]
#[command(name = "leadlint", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 clean, 1 findings, 2 could not audit.\nFirst steps: leadlint check leads.csv chats.csv"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Audit exports and print a report.
    Check(CheckArgs),
    /// Audit, plan the cleanup, and write it with a runbook.
    Clean(CleanArgs),
    /// Compare two runs: what is new, fixed, still open, and who makes it.
    Diff(super::diff::DiffArgs),
    /// Draw the runs that --history kept, and say what got better and worse.
    Trend(super::trend::TrendArgs),
    /// Infer which chat field lands in which CRM field, and draft the [[mapping]] entries.
    Map(MapArgs),
    /// Replay the assignment rules over the leads: who would get what, and who would change.
    Simulate(SimulateArgs),
    /// Score duplicates or drift against a labelled file.
    Eval(EvalArgs),
    /// Look at exports and write a commented leadlint.toml.
    Init(InitArgs),
    /// Show a rule's page, or list the rules.
    Rule(RuleArgs),
    /// List the exports, reports and targets that are known.
    Formats,
    /// Print a JSON Schema.
    Schema {
        /// Of what.
        of: Schema,
    },
    /// Print the completion script of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the man page.
    Man {
        /// Write a page per command into this folder instead.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Schema {
    /// leadlint.toml
    Config,
    /// The JSON report.
    Report,
    /// plan.json
    Plan,
    /// A line of a history.
    History,
}

/// What is read, and how a run behaves on the terminal.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Exports: a path, a quoted glob, a directory or `-`, with a kind or configured name in front if need be:
    /// crm=leads.csv, chat='chats/*.csv', sync-log=sync.csv. Without any: the sources of ./leadlint.toml.
    pub(super) sources: Vec<String>,

    /// The config; default ./leadlint.toml if it is there.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Memory to hold at most, such as 2GiB; default most of what is free. Beyond it the run goes by way of the disk (TMPDIR,
    /// or /var/tmp), slower and with the same outcome.
    #[arg(long, value_name = "SIZE", value_parser = super::bounds::size)]
    pub(super) memory_limit: Option<u64>,

    /// Threads to use; default all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// Say nothing on stderr but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,

    /// No progress bar.
    #[arg(long)]
    pub(super) no_progress: bool,

    /// Colour on stdout.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
}

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// What stdout gets, a report of `leadlint formats`; default table on a terminal, markdown otherwise.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,

    /// A further output of the same run, as FORMAT=PATH; repeatable. `pack=DIR` is a folder for auditors; `otlp=URL` sends
    /// the figures to an OpenTelemetry receiver, in builds with that feature.
    #[arg(short, long = "output", value_name = "FORMAT=PATH", value_parser = output)]
    pub(super) output: Vec<(String, PathBuf)>,

    /// Every evidence row, no cap: .csv, .ndjson or .parquet by extension.
    #[arg(long, value_name = "PATH")]
    pub(super) evidence: Option<PathBuf>,

    /// Rules to run instead of the default set: codes, prefixes (DUP), names, ALL.
    #[arg(long, value_name = "CODES")]
    pub(super) select: Vec<String>,

    /// Rules to leave out: codes, prefixes, names.
    #[arg(long, value_name = "CODES")]
    pub(super) ignore: Vec<String>,

    /// The least severity that fails the run.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) fail_on: FailOn,

    /// Known evidence does not fail the run: the file that --write-baseline wrote.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write what this run found as the baseline of the next; the days on which evidence was first seen are kept.
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,

    /// Fail on exceptions that expired or cover nothing, and on entries of the baseline that are fixed.
    #[arg(long)]
    pub(super) strict_baseline: bool,

    /// Fail if the score is more than N points below the baseline's.
    #[arg(long, value_name = "N", requires = "baseline", value_parser = points)]
    pub(super) max_score_drop: Option<f64>,

    /// Only evidence on records that changed on this day or later counts as new, written YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(super) only_changed_since: Option<NaiveDate>,

    /// The clock of every age: an RFC 3339 time, `now`, or `export` for the newest time in the exports.
    #[arg(long, value_name = "TIME", default_value = "export", value_parser = as_of)]
    pub(super) as_of: AsOf,

    /// What happens to personal data: show, mask or hash; by default each format does what suits it.
    #[arg(long, value_name = "HOW")]
    pub(super) pii: Option<PiiArg>,

    /// Put the time of each stage and rule into the report; rules run side by side, and what several need counts for the first
    /// that asks.
    #[arg(long)]
    pub(super) timings: bool,

    /// Add the run to this history, a line per run, for `leadlint trend`. A rerun takes the place of its line.
    #[arg(long, value_name = "FILE")]
    pub(super) history: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) audit: AuditArgs,
}

#[derive(Debug, Args)]
pub(super) struct CleanArgs {
    #[command(flatten)]
    pub(super) audit: AuditArgs,

    /// The form of the cleanup, several with commas.
    #[arg(long, value_name = "TARGET", required = true, value_delimiter = ',')]
    pub(super) target: Vec<String>,

    /// The folder to write; must be new or empty.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,

    /// Replace what is in the folder.
    #[arg(long)]
    pub(super) force: bool,

    /// A decision for a whole rule, as CODE=accept or CODE=reject; repeatable.
    #[arg(long, value_name = "CODE=accept|reject")]
    pub(super) decide: Vec<String>,

    /// Decisions of a review: the workbook of `--target xlsx`, a sheet of it as CSV, or TOML; repeatable. They are kept in
    /// leadlint.decisions.toml beside the config, which every run reads.
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Vec<PathBuf>,

    /// The automations that the changes would wake are paused; without it clean lists them and stops.
    #[arg(long)]
    pub(super) automations_paused: bool,
}

#[derive(Debug, Args)]
pub(super) struct MapArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// What stdout gets; default table on a terminal, markdown otherwise.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<MatrixFormat>,

    /// Every pair of fields that agrees at all, not only the best of each chat field.
    #[arg(long)]
    pub(super) all: bool,

    /// Write the [[mapping]] draft into this file instead of below the matrix.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long, requires = "output")]
    pub(super) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MatrixFormat {
    Table,
    Markdown,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// Only leads created on this day or later, written YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    pub(super) since: Option<NaiveDate>,

    /// Only leads created on this day or before.
    #[arg(long, value_name = "DAY")]
    pub(super) until: Option<NaiveDate>,

    /// The clock: what is created after it counts for no window. As for check.
    #[arg(long, value_name = "TIME", default_value = "export", value_parser = as_of)]
    pub(super) as_of: AsOf,

    /// What stdout gets; default table on a terminal, markdown otherwise.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<MatrixFormat>,
}

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// The column that says which records are one. No rule sees it.
    #[arg(long, value_name = "COLUMN", required_unless_present = "drift", conflicts_with = "drift")]
    pub(super) label: Option<String>,

    /// A file that holds the labels, joined by --id, or without it by all columns that both files have.
    #[arg(long, value_name = "FILE", requires = "label")]
    pub(super) labels: Option<PathBuf>,

    /// The column of record ids, where it is not found by itself. Without any, rows are records.
    #[arg(long, value_name = "COLUMN")]
    pub(super) id: Option<String>,

    /// Columns or roles to compare, instead of those of `[duplicates] match`, with commas between.
    #[arg(long = "match", value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) compared: Vec<String>,

    /// Score value drift instead: a column, and a CSV with raw_value and gold of each of its values.
    #[arg(long, value_name = "COLUMN=GOLD", value_parser = drift)]
    pub(super) drift: Option<(String, PathBuf)>,

    /// Score names alone instead: each row holds two, in these columns, and the label says whether they are one.
    #[arg(long, value_name = "NAME1,NAME2", value_delimiter = ',', requires = "label", conflicts_with_all = ["drift", "labels"])]
    pub(super) pairs: Vec<String>,

    /// Of pairs of names, the column that says `person` or `company`; all are people's without it.
    #[arg(long, value_name = "COLUMN", requires = "pairs")]
    pub(super) kind_column: Option<String>,

    /// Exit 1 if the F1 of the pairs is below this, 0 to 1.
    #[arg(long, value_name = "F1", value_parser = fraction)]
    pub(super) min_f1: Option<f64>,

    /// List so many mistakes of each kind, the heaviest first.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) errors: usize,

    /// What stdout gets; default table on a terminal, markdown otherwise.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<MatrixFormat>,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Exports, as for check. Without any: each readable file in this folder.
    pub(super) sources: Vec<String>,

    /// The file to write; `-` for stdout. Paths in it start at its folder.
    #[arg(long, short, value_name = "FILE", default_value = "leadlint.toml")]
    pub(super) output: PathBuf,

    /// Replace a file that is there.
    #[arg(long)]
    pub(super) force: bool,

    /// Say nothing on stderr but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct RuleArgs {
    /// Code or name of the rule.
    #[arg(value_name = "CODE|NAME", required_unless_present = "all", conflicts_with = "all")]
    pub(super) rule: Option<String>,

    /// Every rule.
    #[arg(long)]
    pub(super) all: bool,

    /// markdown or json.
    #[arg(long, default_value = "markdown")]
    pub(super) format: PageFormat,

    /// Write one page per rule into this folder instead.
    #[arg(long, value_name = "DIR", requires = "all")]
    pub(super) write: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PiiArg {
    Show,
    Mask,
    Hash,
}

impl From<PiiArg> for Pii {
    fn from(arg: PiiArg) -> Self {
        match arg {
            PiiArg::Show => Self::Show,
            PiiArg::Mask => Self::Mask,
            PiiArg::Hash => Self::Hash,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

fn output(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((format, path)) if !format.is_empty() && !path.is_empty() => Ok((format.to_owned(), path.into())),
        _ => Err("must be FORMAT=PATH, such as markdown=report.md".to_owned()),
    }
}

fn drift(text: &str) -> Result<(String, PathBuf), String> {
    match text.rsplit_once('=') {
        Some((column, path)) if !column.is_empty() && !path.is_empty() => Ok((column.to_owned(), path.into())),
        _ => Err("must be COLUMN=FILE, such as Region=gold.csv".to_owned()),
    }
}

fn points(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "must be a number of points from 0 to 100, such as 2.5".to_owned())
}

fn fraction(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "must be a number from 0 to 1, such as 0.95".to_owned())
}

fn as_of(text: &str) -> Result<AsOf, String> {
    match text {
        "export" => Ok(AsOf::Export),
        "now" => Ok(AsOf::Now),
        text => DateTime::parse_from_rfc3339(text).map(|at| AsOf::Given(at.with_timezone(&Utc))).map_err(|error| {
            format!("must be `export`, `now` or an RFC 3339 time such as 2026-10-31T00:00:00Z: {error}")
        }),
    }
}
