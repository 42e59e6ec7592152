//! `leadlint check`: opens the outputs, reads, audits, reports.

use std::io::IsTerminal;
use std::path::PathBuf;

use chrono::Utc;

use super::args::{AuditArgs, CheckArgs, When};
use super::baselines::Baselines;
use super::deliver::{self, Receivers};
use super::inputs::Inputs;
use super::progress::{Bar, Stages};
use super::{ExitStatus, packed, say};
use crate::emit::{Settings, Sinks, Stdout};
use crate::rules::audit::{Request, audit};
use crate::rules::{Gate, RULES};

pub(super) fn run(args: &CheckArgs, command: Vec<String>) -> anyhow::Result<ExitStatus> {
    let args = &args.audit;
    let receivers = Receivers::open(args)?;
    let inputs = Inputs::find(args)?;
    Baselines::refuse_pipes(args)?;
    let mut sinks = open(args, &inputs, default_format())?;
    let baselines = Baselines::read(args, &inputs)?;
    let stages = Stages::start("reading");
    let bar = Bar::new(&args.input);
    let sources = inputs.read(&bar)?;
    stages.next("auditing");
    let audits = if sinks.wants_runbook() { 2 } else { 1 };
    bar.auditing(audits * (RULES.len() as u64 + 3));
    let watch = |step| {
        bar.step(step);
        stages.step(step);
    };
    let request = request(args, &inputs, baselines, command);
    let mut audit = audit(&sources, &request, &watch)?;
    audit.past = sinks.past(&audit);
    if sinks.wants_runbook() {
        sinks.add_runbook(packed::plan(&audit, &sources, &inputs, &request, &watch)?);
    }
    bar.finish();
    stages.next("end");
    if args.timings {
        audit.timings = Some(stages.finish());
    }
    let shown = sinks.on_stdout();
    let settings = settings(args, &inputs);
    sinks.write(&audit, &settings, &mut std::io::stdout().lock())?;
    receivers.send(&audit, &settings)?;
    if !audit.failed.is_empty() {
        for failed in &audit.failed {
            say(&format!("error: {} {} could not finish: {}", failed.code, failed.name, failed.error));
        }
        return Ok(ExitStatus::Error);
    }
    super::bounds::say_kept(args.input.quiet);
    // The table ends with the same words.
    if !args.input.quiet && shown != Some("table") {
        say(&format!("{}: {}", if audit.verdict.passed { "passed" } else { "failed" }, audit.verdict.why));
    }
    Ok(if audit.verdict.passed { ExitStatus::Success } else { ExitStatus::Findings })
}

/// Opens the outputs and makes sure that none replaces an input.
pub(super) fn open(args: &AuditArgs, inputs: &Inputs, default: &str) -> anyhow::Result<Sinks> {
    let stdout = args.format.as_deref().map_or(Stdout::Default(default), Stdout::Chosen);
    let mut sinks = Sinks::open(stdout, &deliver::files(&args.output), args.evidence.as_deref())?
        .baseline(args.write_baseline.as_deref())?;
    if let Some(history) = &args.history {
        sinks.keep_history(history)?;
    }
    let mut paths = inputs.paths();
    // The baseline that is read may be written anew, by its own option and no other.
    paths.extend(args.baseline.clone().filter(|path| args.write_baseline.as_ref() != Some(path)));
    sinks.protect(paths.iter().map(PathBuf::as_path))?;
    Ok(sinks)
}

/// What stdout gets when nobody chose.
pub(super) fn default_format() -> &'static str {
    if std::io::stdout().is_terminal() { "table" } else { "markdown" }
}

#[expect(clippy::disallowed_methods, reason = "the command line is where the wall clock is read")]
pub(super) fn request<'a>(
    args: &AuditArgs,
    inputs: &'a Inputs,
    baselines: Baselines,
    command: Vec<String>,
) -> Request<'a> {
    Request {
        config: &inputs.options,
        config_file: inputs.config_file.clone(),
        selection: inputs.selection.clone(),
        clock: args.as_of,
        now: Utc::now(),
        gate: Gate {
            fail_on: args.fail_on.severity(),
            strict: args.strict_baseline,
            max_score_drop: args.max_score_drop,
        },
        baseline: baselines.judging,
        write_baseline: baselines.write,
        earlier: baselines.earlier,
        changed_since: args.only_changed_since,
        command,
    }
}

pub(super) fn settings(args: &AuditArgs, inputs: &Inputs) -> Settings {
    Settings {
        pii: args.pii.map(Into::into),
        salt: inputs.options.audit.salt.clone().unwrap_or_default(),
        width: comfy_table::Table::new().width().unwrap_or(120),
        color: colored(args.input.color),
    }
}

/// Whether stdout gets colour.
pub(super) fn colored(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        // https://no-color.org
        When::Auto => {
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
