//! What the runbook says of Salesforce.

use std::fmt::Write as _;

use super::super::Context;
use super::super::text::{code_block, counted, markdown, shell};
use super::job::Job;
use crate::plan::Plan;

/// Days for which Salesforce keeps deleted records.
const BIN_DAYS: u32 = 15;

pub(super) fn steps(job: &Job, too_large: usize, plan: &Plan, cx: &Context<'_>) -> String {
    let mut out = "## Salesforce: files in `salesforce/`\n\n".to_owned();
    if job.is_empty() {
        out.push_str("Nothing is to be done there.\n");
        return out + &left_out(job, too_large);
    }
    let deletes: usize = job.deletes.values().map(std::collections::BTreeMap::len).sum();
    let _ = writeln!(
        out,
        "{} set, {}, {}. It takes bash, Node.js and the `sf` command (version 2), logged in to the organisation; ORG is its \
         alias. Every record is fetched and compared right before it is loaded: one that changed since the export is left out \
         and named.\n",
        counted(job.cells(), "cell"),
        counted(job.merges.len() - too_large, "merge"),
        counted(deletes, "deletion"),
    );
    let run = |task: &str| {
        let path = cx.folder.join("salesforce").join("run.sh").to_string_lossy().into_owned();
        code_block(&format!("bash {} {task} ORG", shell(&path)))
    };
    let _ = write!(
        out,
        "- [ ] Pause automations, duplicate rules and the sync, and let it drain.\n\
         - [ ] Rehearse all of it in a sandbox, then here. Each organisation has a folder of its own for backup and receipts, \
         so that a rehearsal counts for nothing here:\n\n{}\n\
         - [ ] Save what is there, and the children that merges move. Without it nothing is applied; it is personal data, \
         readable by you alone, and goes after {} days:\n\n{}\n\
         - [ ] Apply: consent, merges, values, in this order. What Salesforce refuses is named, a merge whose consent was \
         refused is left out, the rest goes on, and the exit code is 1. Run it again when that is mended or if it stops; what is \
         done is not done twice:\n\n{}\n",
        run("dry-run"),
        Plan::QUARANTINE_DAYS,
        run("backup"),
        run("apply"),
    );
    if deletes > 0 {
        let _ = write!(
            out,
            "- [ ] After {} days of quarantine, counted from the backup, delete {}: those that nobody touched since the export. They \
             stay in the recycle bin for {BIN_DAYS} days:\n\n{}\n",
            Plan::QUARANTINE_DAYS,
            counted(deletes, "record"),
            run("delete"),
        );
    }
    let _ = write!(
        out,
        "- [ ] Verify, then switch on what was paused:\n\n{}\n\
         - [ ] Way back. Cells go back where nobody changed them since:\n\n{}\n",
        run("verify"),
        run("undo"),
    );
    if !job.merges.is_empty() {
        let _ = writeln!(
            out,
            "Merged records come back from the recycle bin, which keeps them for {BIN_DAYS} days; the children that were saved go \
             back to them. **That undo is partial**: files, notes, sharing, history, campaign members and lookups that are not \
             under `[targets.salesforce] children` stay with the surviving record. Merges are due within {} hours of the second \
             record's creation.\n",
            plan.merge_within_hours
        );
    }
    if deletes > 0 {
        let _ = writeln!(
            out,
            "Deleted records come back from the recycle bin, for {BIN_DAYS} days; after that, what is left of them is the backup, with \
             the exported fields.\n"
        );
    }
    if job.follows > 0 {
        let _ = writeln!(
            out,
            "Salesforce re-points its own lookups when it merges; {} in other exports point at records that go, and are not \
             changed by these files.\n",
            counted(job.follows, "reference")
        );
    }
    out + &left_out(job, too_large)
}

fn left_out(job: &Job, too_large: usize) -> String {
    let mut out = String::new();
    let large = (too_large > 0).then(|| ("the merge is larger than a script may be".to_owned(), too_large));
    let all: Vec<(String, usize)> = job.left_out.clone().into_iter().chain(large).collect();
    if !all.is_empty() {
        out.push_str("Left out:\n\n");
        for (why, count) in all {
            let _ = writeln!(out, "- {}: {}", counted(count, "operation"), markdown(&why));
        }
    }
    out
}
