//! `leadlint clean`: audits, plans, applies the plan to the loaded frames, audits again, writes the cleanup.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::args::CleanArgs;
use super::baselines::Baselines;
use super::check::{open, request, settings};
use super::decided::Decided;
use super::deliver::Receivers;
use super::inputs::Inputs;
use super::progress::{Bar, Stages};
use super::{ExitStatus, packed, print, say};
use crate::emit::report::table::STYLE;
use crate::emit::target::{self, Order, Written};
use crate::plan::{Cleanup, Decisions, Plan, clean};
use crate::rules::RULES;
use crate::rules::audit::audit;

pub(super) fn run(args: &CleanArgs, command: Vec<String>) -> anyhow::Result<ExitStatus> {
    let audit_args = &args.audit;
    let receivers = Receivers::open(audit_args)?;
    let inputs = Inputs::find(audit_args)?;
    let targets = args.target.iter().map(|name| target::find(name)).collect::<Result<Vec<_>, _>>()?;
    targets.iter().try_for_each(|target| target.check(&inputs.options))?;
    let rules = Decisions::parse(args.decide.iter().map(String::as_str))?;
    target::check_folder(&args.out, args.force, &[])?;
    let decided = Decided::read(&inputs, args)?;
    Baselines::refuse_pipes(audit_args)?;
    let baselines = Baselines::read(audit_args, &inputs)?;
    let wants_report = audit_args.format.is_some()
        || !audit_args.output.is_empty()
        || audit_args.evidence.is_some()
        || audit_args.write_baseline.is_some()
        || audit_args.history.is_some();
    // The cleanup has a summary of its own; the report of the audit before it comes when asked for.
    let mut sinks = wants_report.then(|| open(audit_args, &inputs, "table")).transpose()?;

    let stages = Stages::start("reading");
    let bar = Bar::new(&audit_args.input);
    let sources = inputs.read(&bar)?;
    target::check_folder(&args.out, args.force, &sources)?;
    bar.auditing(2 * (RULES.len() as u64 + 3));
    let watch = |step| {
        bar.step(step);
        stages.step(step);
    };
    let request = request(audit_args, &inputs, baselines, command);
    let mut before = audit(&sources, &request, &watch)?;
    let decisions = decided.settle(rules, &before, &sources, &inputs.options)?;
    let mut cleanup = clean(&before, &sources, &request, &decisions.decisions, &watch)?;
    if args.automations_paused {
        cleanup.plan.wakes.iter_mut().for_each(|automation| automation.paused = true);
    }
    // Nothing that only asks people wakes anything.
    let acts = targets.iter().any(|target| !target.is_for_review());
    if let Some(why) = awake(&cleanup.plan).filter(|_| acts) {
        bar.finish();
        anyhow::bail!(why);
    }
    let asks = targets.iter().any(|target| target.is_for_review());
    let review = asks.then(|| decisions.review(&before, &sources, &inputs.options));
    stages.next("writing");
    let order = Order {
        plan: &cleanup.plan,
        before_after: &cleanup.convergence,
        sources: &sources,
        config: &inputs.options,
        config_file: inputs.config_file.as_ref().map(|(path, _)| path.as_str()),
        targets: &targets,
        review: review.as_ref(),
        folder: &args.out,
        force: args.force,
    };
    if let Some(sinks) = &mut sinks {
        before.past = sinks.past(&before);
        if sinks.wants_runbook() {
            sinks.add_runbook(packed::of(&order)?);
        }
    }
    let ready = decisions.prepare()?;
    let written = target::write(&order)?;
    bar.finish();
    if let Some(ready) = ready {
        ready.put_in_place()?;
    }
    if !audit_args.input.quiet {
        decisions.notes(&inputs.options).iter().for_each(|note| say(note));
    }
    stages.next("end");
    if audit_args.timings {
        before.timings = Some(stages.finish());
    }
    let failed = before.failed.len() + cleanup.after.failed.len();
    if let Some(sinks) = sinks {
        let settings = settings(audit_args, &inputs);
        sinks.write(&before, &settings, &mut std::io::stdout().lock())?;
        receivers.send(&before, &settings)?;
    }
    if audit_args.format.is_none() && !audit_args.input.quiet {
        print(super::lines::harmless(&summary(&cleanup, &written, args)).as_bytes())?;
    }
    for left in &cleanup.convergence.left {
        say(&format!("not mended as planned: {} in {}: {}", left.code, left.source, left.fingerprint));
    }
    super::bounds::say_kept(audit_args.input.quiet);
    for failed in before.failed.iter().chain(&cleanup.after.failed) {
        say(&format!("error: {} {} could not finish: {}", failed.code, failed.name, failed.error));
    }
    Ok(match (failed, cleanup.convergence.converged()) {
        (0, true) => ExitStatus::Success,
        (0, false) => ExitStatus::Findings,
        _ => ExitStatus::Error,
    })
}

/// What to do about automations that the plan would wake and that nobody says are paused.
fn awake(plan: &Plan) -> Option<String> {
    let awake: Vec<String> = plan
        .wakes
        .iter()
        .filter(|automation| !automation.paused)
        .map(|automation| {
            let does = automation.action.as_deref().map_or(String::new(), |action| format!(" ({action})"));
            format!("  {}{does}: uses {}", automation.name, automation.fields.join(", "))
        })
        .collect();
    let (noun, they) = if awake.len() == 1 { ("automation", "it") } else { ("automations", "them") };
    (!awake.is_empty()).then(|| {
        format!(
            "the planned changes would wake {} {noun}:\n{}\nNothing was written. Pause {they}, let the sync run dry, then say so: \
             --automations-paused, or `paused = true` under its [[automation]]",
            awake.len(),
            awake.join("\n")
        )
    })
}

/// What was planned and written, for a person at the terminal.
fn summary(cleanup: &Cleanup, written: &[Written], args: &CleanArgs) -> String {
    let plan = &cleanup.plan;
    let mut out = format!(
        "Planned: {} cells to set, {} merges that change {} cells more{}. Nothing has been changed but the folder {}.\n\n",
        plan.sets().count(),
        plan.merges().count(),
        plan.merges().flat_map(|merge| &merge.fields).filter(|field| field.changes()).count(),
        match plan.deletes().count() {
            0 => String::new(),
            1 => ", 1 record to delete".to_owned(),
            deletes => format!(", {deletes} records to delete"),
        },
        args.out.display()
    );
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["rule", "before", "planned", "after"]);
    for change in &cleanup.convergence.rules {
        table.add_row([
            change.code.to_owned(),
            change.before.to_string(),
            change.planned.to_string(),
            change.after.to_string(),
        ]);
    }
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(out, "Evidence before and after\n{table}");
    if !plan.set_aside.is_empty() {
        out.push_str("\nSet aside\n");
        let mut by_kind: BTreeMap<(&str, &str), (u64, &str)> = BTreeMap::new();
        for aside in &plan.set_aside {
            by_kind.entry((aside.code, aside.class.as_str())).or_insert((0, &aside.why)).0 += aside.count;
        }
        for ((code, class), (count, why)) in by_kind {
            let what = match class {
                "undecided" => format!("waits for a decision; --decide {code}=accept takes all"),
                "manual" => "for a person to mend".to_owned(),
                "rejected" => "rejected".to_owned(),
                _ => why.to_owned(),
            };
            let _ = writeln!(out, "  {code}: {count} {}: {what}", if count == 1 { "row" } else { "rows" });
        }
        out.push_str("  RUNBOOK.md and plan.json list each.\n");
    }
    out.push_str("\nWritten\n");
    for one in written {
        match &one.refused {
            None => drop(writeln!(out, "  {}  {}", args.out.join(&one.path).display(), one.what)),
            Some(why) => drop(writeln!(out, "  not written: {}: {why}", one.path)),
        }
    }
    let runbook = args.out.join("RUNBOOK.md");
    let _ = writeln!(out, "\nNext: read {}, step by step.", runbook.display());
    out
}
