//! What the runbook says of the runner and the import files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::super::Context;
use super::super::text::{code_block, counted, markdown, shell};
use super::FOLDER;
use super::imports;
use super::job::{Job, Step};
use crate::model::Source;
use crate::plan::Plan;

/// The steps of the runner.
pub(super) fn steps(job: &Job, plan: &Plan, sources: &[Arc<Source>], cx: &Context<'_>) -> String {
    let merges = job.count(|step| matches!(step, Step::Merge { .. }));
    let deletes = job.count(|step| matches!(step, Step::Delete { .. }));
    let owner = plan.heading.owner.as_deref().map_or("nobody; set `[audit] owner`".to_owned(), markdown);
    let mut out = format!(
        "## HubSpot: {} in `{FOLDER}/`\n\nOwner: {owner}. {} of records that stay, {}, {}. `run.py` needs Python 3.8 or \
         later and no package. It writes a value only where the portal still holds what the export showed; what changed \
         since is left alone and listed.\n\n",
        counted(job.steps.len(), "step"),
        counted(job.cells(), "value"),
        counted(merges, "merge"),
        counted(deletes, "deletion"),
    );
    if job.steps.is_empty() {
        out.push_str("Nothing is to be done here: the runner changes nothing.\n");
    } else {
        runner(&mut out, merges, deletes, plan, cx);
    }
    import_steps(&mut out, job, cx);
    left_out(&mut out, job);
    if sources.iter().all(|source| !source.vendor.eq_ignore_ascii_case("hubspot")) {
        out.push_str("\nNo source of this run is an export of HubSpot.\n");
    }
    out
}

fn runner(out: &mut String, merges: usize, deletes: usize, plan: &Plan, cx: &Context<'_>) {
    let run = |words: &str| {
        let path = cx.folder.join(FOLDER).join("run.py").to_string_lossy().into_owned();
        code_block(&format!("python3 {} {words}", shell(&path)))
    };
    let paused = if plan.wakes.is_empty() { "apply" } else { "apply --automations-paused" };
    if merges > 0 {
        let hours = plan.merge_within_hours;
        let due = plan.heading.as_of.map_or(format!("within {hours} h"), |at| {
            (at + chrono::Duration::hours(i64::from(hours))).format("by %Y-%m-%d %H:%M UTC").to_string()
        });
        let _ = write!(
            out,
            "**Merges cannot be undone.** HubSpot has no way back from a merge, and neither has the runner: `backup.jsonl` \
             keeps what was there, which is a record of it and no way to split. The merges are due {due} ({hours} h); read \
             the list below before you apply. The merged record gets a new id, and old ids lead to it. While the \
             Salesforce integration is on, HubSpot refuses to merge companies.\n\n"
        );
    }
    let _ = write!(
        out,
        "- [ ] Make a private app (Settings, Integrations) that may read and write the objects of these records, and read \
         owners and property settings. Put its token into the environment, not into a file: \
         `read -rs HUBSPOT_TOKEN && export HUBSPOT_TOKEN`.\n\
         - [ ] Pause the workflows, and let syncs run dry. The runner stops at automations that the config names until \
         it is told that they are paused.\n\
         - [ ] Back up. It reads all properties of every record that would be touched, before anything is changed:\n\n{}\n\
         - [ ] Rehearse, as often as you like. It reads, writes nothing, and lists what would be left alone:\n\n{}\n\
         - [ ] Apply. Stopped or broken off, the same command goes on where it was; nothing is done twice:\n\n{}\n\
         - [ ] Verify:\n\n{}\n\
         - [ ] Way back for values: each that still is what was written becomes what it was. Merges and archived records \
         it lists:\n\n{}\n",
        run("backup"),
        run("dry-run"),
        run(paused),
        run("verify"),
        run("undo"),
    );
    if deletes > 0 {
        let days = Plan::QUARANTINE_DAYS;
        let _ = write!(
            out,
            "- [ ] After {days} days of quarantine, counted from the backup, archive what nobody missed. HubSpot keeps \
             archived records for 90 days; restore them there:\n\n{}\n",
            run(&format!("{paused} --archive"))
        );
    }
    let _ = write!(
        out,
        "- [ ] Unpause the workflows; export again and audit that.\n\
         - [ ] Keep `backup.jsonl` and `receipts.jsonl` as long as the way back may be needed, then delete them: they are \
         personal data, readable for your account only.\n\n\
         At most 100 requests in ten seconds are sent; `--rate` raises that where your plan allows more. What the portal \
         refuses is listed and noted, and sent again only with `--retry-refused`. Exit code: 0 all as planned, 1 something \
         was left alone, 2 stopped.\n"
    );
}

fn import_steps(out: &mut String, job: &Job, cx: &Context<'_>) {
    let files = imports::files(&job.imports);
    if files.is_empty() {
        return;
    }
    out.push_str(
        "\n**Without a token**: import files have the same values of records that are not merged, but for those that are \
         cleared: a blank cell of an import means \"leave it\". They carry no condition, so first export again, compare, and \
         drop rows that changed. Map the first column to \"Record ID\", never to the email. Values are exact, as an importer \
         needs them; do not open the files in a spreadsheet, which may run cells that begin with `=`.\n\n",
    );
    for (name, _, what) in files {
        let path = cx.folder.join(FOLDER).join(name).to_string_lossy().into_owned();
        let _ = writeln!(out, "- [ ] {}: {what}.", markdown(&path));
    }
}

fn left_out(out: &mut String, job: &Job) {
    if job.left_out.is_empty() {
        return;
    }
    let mut by_why: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &job.left_out {
        by_why.entry(&one.why).or_default().push(format!("{} ({})", markdown(&one.what), one.count));
    }
    out.push_str("\n**Not done by the runner**:\n\n");
    for (why, whats) in by_why {
        let _ = writeln!(out, "- {}: {}", whats.join(", "), markdown(why));
    }
}
