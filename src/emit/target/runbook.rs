//! `RUNBOOK.md`: the steps of the cleanup, for a person to tick off.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::text::{code_block, counted, markdown, shell};
use super::{Cleaned, Context, Error, Target, Written};
use crate::model::{Safety, Source};
use crate::plan::{Aside, Operation, Plan};

/// How many lines a list shows before it only counts; `plan.json` has all.
const SHOWN: usize = 40;

/// Writes the runbook into `dir`.
pub(super) fn write(text: &str, dir: &Path) -> Result<Written, Error> {
    let path = dir.join("RUNBOOK.md");
    std::fs::write(&path, text).map_err(Error::write(&path))?;
    let what = "the steps of the cleanup".to_owned();
    Ok(Written { path: "RUNBOOK.md".to_owned(), what, of: None, refused: None })
}

/// The runbook of a plan whose targets wrote `written`.
pub(super) fn render(
    plan: &Plan,
    sources: &[Arc<Source>],
    targets: &[&'static dyn Target],
    written: &[Written],
    cx: &Context<'_>,
) -> String {
    let page = Page { plan, sources, targets, written, cx };
    let parts = [
        page.title(),
        page.contents(),
        page.before_you_start(),
        page.automations(),
        page.targets(),
        page.merges(),
        page.changes(),
        page.deletes(),
        page.verify(),
        page.decisions_needed(),
        page.set_aside(),
        page.before_after(),
        page.undo(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

struct Page<'a> {
    plan: &'a Plan,
    sources: &'a [Arc<Source>],
    targets: &'a [&'static dyn Target],
    written: &'a [Written],
    cx: &'a Context<'a>,
}

/// Lines of a list, the first of them shown.
fn listed(lines: &[String], noun: &str) -> String {
    let mut out: String = lines.iter().take(SHOWN).flat_map(|line| [line.as_str(), "\n"]).collect();
    if lines.len() > SHOWN {
        let _ = writeln!(out, "\n{SHOWN} of {} shown; `plan.json` has all.", counted(lines.len(), noun));
    }
    out
}

impl Page<'_> {
    fn has(&self, target: &str) -> bool {
        self.targets.iter().any(|one| one.meta().name == target)
    }

    /// What each target says of its own outputs.
    fn targets(&self) -> String {
        let steps = self.targets.iter().map(|target| target.steps(self.plan, self.sources, self.cx));
        steps.filter(|steps| !steps.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn title(&self) -> String {
        let heading = &self.plan.heading;
        let as_of = heading.as_of.map_or("unknown".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        let owner = heading.owner.as_deref().map_or("nobody; set `[audit] owner`".to_owned(), markdown);
        let merges = self.plan.merges().count();
        let sets = self.plan.sets().count();
        let deletes = self.plan.deletes().count();
        let sets = counted(sets, "changed cell");
        let rest = if deletes == 0 { sets } else { format!("{sets} and {}", counted(deletes, "deletion")) };
        let joint = if deletes == 0 { " and" } else { "," };
        format!(
            "# Cleanup runbook\n\nRecords as of {as_of}. Owner: {owner}. leadlint {}. Config: {}.\n\n\
             {}{joint} {rest} are planned. {}\n",
            heading.version,
            heading.config_sha256.as_deref().map_or("none".to_owned(), |sha| format!("sha256 `{sha}`")),
            counted(merges, "merge"),
            match (merges + deletes, self.has("sql"), self.has("csv")) {
                (0, ..) => "All of it can be undone.",
                (_, true, false) => "All of it can be undone until the backups are dropped.",
                (_, true, true) =>
                    "In the database all of it can be undone; elsewhere merges and deletions cannot be undone by script.",
                (_, false, _) if self.has("salesforce") =>
                    "In Salesforce merges and deletions come back from the recycle bin, in part and for 15 days; elsewhere they \
                     cannot be undone by script.",
                (_, false, _) => "Merges and deletions cannot be undone by script.",
            },
        )
    }

    fn contents(&self) -> String {
        let mut out =
            "## What is in this folder\n\n| file | what | made from | sha256 |\n| --- | --- | --- | --- |\n".to_owned();
        for one in self.written.iter().filter(|one| one.refused.is_none()) {
            let (from, sha256) = match &one.of {
                Some(of) => (markdown(&of.export), of.sha256.as_str()),
                None => (String::new(), ""),
            };
            let _ = writeln!(out, "| {} | {} | {from} | {sha256} |", markdown(&one.path), markdown(&one.what));
        }
        out.push_str("| RUNBOOK.md | these steps | | |\n\n");
        if self.has("csv") {
            out.push_str(
                "The cleaned exports are **not for re-import**: they carry every field of every record, and would \
                 overwrite what changed since. Load `csv/changes.csv`, which has the ids and the changed cells only. The \
                 values in it, in `csv/merges.csv` and in `csv/deletes.csv` are exact, as an importer needs them; open none \
                 of the three in a spreadsheet, which may run cells that begin with `=`, and rewrites ids and dates.\n\n",
            );
        }
        out.push_str(
            "The files hold personal data, old values among it. Only your account \
             can read this folder; delete it when the undo is no longer needed.\n",
        );
        let renamed: Vec<String> = self
            .written
            .iter()
            .filter_map(|one| Some((one, one.of.as_ref()?)))
            .filter(|(one, of)| Path::new(&one.path).file_name() != Path::new(&of.export).file_name())
            .filter_map(|(one, of)| {
                let why = if self.is_text(of) {
                    // A member of an archive keeps its own name.
                    (!of.export.ends_with(&format!("!{}", one.path.rsplit('/').next()?)))
                        .then_some("another file has its name")
                } else {
                    Some("its records as CSV (UTF-8, commas), not the file in its own format")
                };
                Some(format!("- {} is the cleaned {}: {}.", markdown(&one.path), markdown(&of.export), why?))
            })
            .collect();
        if !renamed.is_empty() {
            let _ = write!(out, "\n{}", listed(&renamed, "file"));
        }
        let refused: Vec<String> = self
            .written
            .iter()
            .filter_map(|one| one.refused.as_deref())
            .map(|why| format!("- {}", markdown(why)))
            .collect();
        if !refused.is_empty() {
            let _ = write!(
                out,
                "\n**Not written.** No cleaned export was made of these; their changes are in `changes.csv`:\n\n{}",
                listed(&refused, "file")
            );
        }
        out
    }

    /// Whether a cleaned export was text, and is written in its own form.
    fn is_text(&self, of: &Cleaned) -> bool {
        let files = &self.sources[of.source].files;
        files.iter().any(|file| file.path == of.export && file.dialect.is_some())
    }

    fn before_you_start(&self) -> String {
        let mut out =
            "## Before you start\n\n- [ ] Keep the originals where nobody edits them. They are the way back:\n\n\
                       | source | export | sha256 | rows |\n| --- | --- | --- | --- |\n"
                .to_owned();
        for (name, files) in &self.plan.heading.sources {
            for file in files {
                let _ = writeln!(
                    out,
                    "| {} | {} | `{}` | {} |",
                    markdown(name),
                    markdown(&file.path),
                    file.sha256,
                    file.rows
                );
            }
        }
        if !self.has("csv") {
            return out;
        }
        out.push_str(
            "\n- [ ] Make the CRM's own backup as well: an export of all fields, not only of these.\n\
             - [ ] Export again just before loading and compare: a file that is loaded carries no condition, so whatever \
             changed since would be overwritten. Drop each row of `changes.csv` whose `old` is no longer what stands there.\n\
             - [ ] Load by record id, never by email: after a merge, and with shared mailboxes, an address is not one record.\n",
        );
        let changed = |operation: &&Operation| operation.cells().next().is_some() && operation.place().record.is_none();
        let nameless = self.plan.operations.iter().filter(changed).count();
        if nameless > 0 {
            let _ = writeln!(
                out,
                "- [ ] {} without a record id: find them by file and line, and change them by hand.",
                counted(nameless, "change is on a record")
            );
        }
        out
    }

    fn automations(&self) -> String {
        if self.plan.wakes.is_empty() {
            return if self.cx.config.automation.is_empty() && !self.plan.operations.is_empty() {
                "## Automations\n\n- [ ] No `[[automation]]` is declared. Check yourself which flows, workflows and alerts \
                 start when these fields change, and pause them.\n"
                    .to_owned()
            } else {
                String::new()
            };
        }
        let mut out =
            "## Automations that these changes wake\n\nPause each before loading, and let the sync run dry.\n\n"
                .to_owned();
        for automation in &self.plan.wakes {
            let fields: Vec<String> = automation.fields.iter().map(|field| markdown(field)).collect();
            let does = automation.action.as_deref().map_or(String::new(), |action| format!(" ({})", markdown(action)));
            let (tick, said) = if automation.paused { ("x", "; said to be paused") } else { (" ", "") };
            let _ = writeln!(out, "- [{tick}] {}{does}: uses {}{said}", markdown(&automation.name), fields.join(", "));
        }
        out.push_str("- [ ] All of them are paused, and the queue of the sync is empty.\n");
        out
    }

    fn merges(&self) -> String {
        let merges: Vec<_> = self.plan.merges().collect();
        if merges.is_empty() {
            return String::new();
        }
        let hours = self.plan.merge_within_hours;
        let due = self.plan.heading.as_of.map_or(format!("within {hours} h"), |at| {
            let due = at + chrono::Duration::hours(i64::from(hours));
            format!("by {} ({hours} h)", due.format("%Y-%m-%d %H:%M UTC"))
        });
        let owner = self.plan.heading.owner.as_deref().map_or("nobody is named".to_owned(), markdown);
        let (title, how) = if self.has("csv") {
            (
                ", irreversible",
                "Merge in the CRM, survivor first; accounts before contacts before leads. `csv/merges.csv` has every value \
                 with the record that it comes from, and the values that are given up.",
            )
        } else {
            ("", "The scripts do them; `plan.json` has every value with the record that it comes from.")
        };
        let mut out = format!("## Merges: {}{title}\n\nDue {due}; owner: {owner}. {how}\n\n", merges.len());
        let lines: Vec<String> = merges
            .iter()
            .map(|merge| {
                let id = |place: &crate::plan::Place| markdown(place.record.as_deref().unwrap_or_default());
                let losers: Vec<String> = merge.losers.iter().map(&id).collect();
                let notes =
                    merge.notes.iter().fold(String::new(), |notes, note| notes + " **Note:** " + &markdown(note) + ".");
                let changed = merge.fields.iter().filter(|field| field.changes()).count();
                format!(
                    "- [ ] {}: merge {} into **{}** ({}); {} taken over.{notes}",
                    markdown(&self.sources[merge.survivor.source].name),
                    losers.join(", "),
                    id(&merge.survivor),
                    markdown(&merge.grounds.reason),
                    counted(changed, "field"),
                )
            })
            .collect();
        out.push_str(&listed(&lines, "merge"));
        out
    }

    fn changes(&self) -> String {
        let mut counts: BTreeMap<(String, String), BTreeMap<Safety, usize>> = BTreeMap::new();
        for set in self.plan.sets() {
            let column = format!("{} · {}", self.sources[set.at.source].name, set.header);
            *counts
                .entry((set.grounds.codes().join(" "), column))
                .or_default()
                .entry(set.grounds.safety)
                .or_default() += 1;
        }
        if counts.is_empty() {
            return String::new();
        }
        let place = if self.has("csv") { " In `csv/changes.csv`." } else { "" };
        let mut out = format!(
            "## Changes\n\nAfter the merges, on the records that survive.{place}\n\n| done | rule | column | safe | decided |\n\
             | --- | --- | --- | --- | --- |\n"
        );
        for ((codes, column), by_safety) in &counts {
            let of = |safety| by_safety.get(&safety).copied().unwrap_or(0);
            let _ = writeln!(
                out,
                "| \\[ \\] | {codes} | {} | {} | {} |",
                markdown(column),
                of(Safety::Safe),
                of(Safety::Review)
            );
        }
        if self.has("csv") {
            out.push_str(
                "\n- [ ] `changes.csv` is loaded by record id, one column at a time or all columns of a record together.\n",
            );
        }
        out
    }

    fn deletes(&self) -> String {
        let deletes: Vec<_> = self.plan.deletes().collect();
        if deletes.is_empty() {
            return String::new();
        }
        let days = Plan::QUARANTINE_DAYS;
        let due = self.plan.heading.as_of.map_or(format!("after {days} days"), |at| {
            let due = at + chrono::Duration::days(i64::from(days));
            format!("after {days} days, from {}", due.format("%Y-%m-%d"))
        });
        let mut out = format!("## Deletions: {}\n\n", deletes.len());
        if self.has("sql") {
            let _ = write!(
                out,
                "In the database `apply.sql` takes them out with everything else. The backups are their quarantine: `undo.sql` brings \
                 them back until `drop-backups.sql` is run, {due}.\n\n"
            );
        }
        // Whoever has scripts that delete needs no steps; elsewhere it is done by hand.
        if self.has("csv") || !self.has("sql") {
            let lists = if self.has("csv") {
                "`csv/deletes.csv` lists them; the cleaned exports are without them, and the originals are the way back. "
            } else {
                ""
            };
            let _ = write!(
                out,
                "{lists}In a CRM they go last of all, and not at once.\n\n\
                 - [ ] Set these records apart: tag them, or move them to a view of their own, so that nobody works on them.\n\
                 - [ ] Delete {due}, those only that nobody touched or asked for meanwhile.\n\n"
            );
        }
        let lines: Vec<String> = deletes
            .iter()
            .map(|delete| {
                format!(
                    "- [ ] {}: **{}** ({}; {})",
                    markdown(&self.sources[delete.at.source].name),
                    markdown(delete.at.record.as_deref().unwrap_or_default()),
                    delete.grounds.codes().join(" "),
                    markdown(&delete.grounds.reason)
                )
            })
            .collect();
        out.push_str(&listed(&lines, "deletion"));
        out
    }

    fn verify(&self) -> String {
        let mut command = "leadlint check".to_owned();
        if let Some(config) = self.cx.config_file {
            let _ = write!(command, " --config {}", shell(config));
        }
        for one in self.written {
            let Some(of) = &one.of else { continue };
            let path = self.cx.folder.join(&one.path).to_string_lossy().into_owned();
            let source = &self.sources[of.source];
            let word = if source.configured { format!("{}={path}", source.name) } else { path };
            let _ = write!(command, " {}", shell(&word));
        }
        let mut out = "## Verify\n\n".to_owned();
        if self.has("csv") {
            out.push_str("- [ ] Audit the cleaned exports; a footer that counts rows still has its old number:\n\n");
            out.push_str(&code_block(&command));
            out.push('\n');
        }
        out.push_str("- [ ] After loading, export again and audit that.\n");
        if !self.plan.wakes.is_empty() {
            out.push_str("- [ ] Unpause the automations.\n");
        }
        out
    }

    fn decisions_needed(&self) -> String {
        let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
        for aside in self.plan.set_aside.iter().filter(|aside| aside.class == Aside::Undecided) {
            *codes.entry(aside.code).or_default() += aside.count;
        }
        if codes.is_empty() {
            return String::new();
        }
        let command = &self.plan.heading.command;
        let command: Vec<String> = command.iter().filter(|word| *word != "--force").map(|word| shell(word)).collect();
        let command = if command.is_empty() { "leadlint clean …".to_owned() } else { command.join(" ") };
        let mut out = "## Decisions still needed\n\nNothing of these is in the plan. Read the evidence, then decide and run again; \
                       `=reject` records a no.\n\n"
            .to_owned();
        for (code, count) in codes {
            let name = crate::rules::by_code(code).map_or("", |rule| rule.meta().name);
            let _ = writeln!(
                out,
                "- [ ] {code} {name}: {} of evidence (`leadlint rule {code}`)\n",
                counted(count as usize, "row")
            );
            out.push_str(&code_block(&format!("{command} --force --decide {code}=accept")));
            out.push('\n');
        }
        out
    }

    fn set_aside(&self) -> String {
        if self.plan.set_aside.is_empty() {
            return String::new();
        }
        let mut out =
            "## Set aside\n\n| class | rule | what | rows | why |\n| --- | --- | --- | --- | --- |\n".to_owned();
        let lines: Vec<String> = self
            .plan
            .set_aside
            .iter()
            .map(|aside| {
                let (class, code) = (aside.class.as_str(), aside.code);
                format!("| {class} | {code} | {} | {} | {} |", markdown(&aside.what), aside.count, markdown(&aside.why))
            })
            .collect();
        out.push_str(&listed(&lines, "line"));
        out
    }

    fn before_after(&self) -> String {
        let compared = self.cx.before_after;
        if compared.rules.is_empty() {
            return String::new();
        }
        let mut out = "## Before and after\n\nAudited on the loaded records as they would be.\n\n\
                       | rule | before | planned | after |\n| --- | --- | --- | --- |\n"
            .to_owned();
        for rule in &compared.rules {
            let _ =
                writeln!(out, "| {} {} | {} | {} | {} |", rule.code, rule.name, rule.before, rule.planned, rule.after);
        }
        let rows = |list: &[crate::plan::Unconverged], say: &str| {
            let lines: Vec<String> = list
                .iter()
                .map(|one| {
                    let column =
                        one.column.as_deref().map_or(String::new(), |column| format!(" · {}", markdown(column)));
                    let record = one.record.as_deref().map_or(String::new(), |id| format!(", record {}", markdown(id)));
                    format!("- {} {}{column}{record}", one.code, markdown(&one.source))
                })
                .collect();
            if lines.is_empty() { String::new() } else { format!("\n{say}\n\n{}", listed(&lines, "row")) }
        };
        out.push_str(&rows(&compared.left, "**Did not converge**: planned, and still there after."));
        out.push_str(&rows(&compared.new, "Not there before:"));
        out
    }

    fn undo(&self) -> String {
        if self.plan.operations.is_empty() {
            return String::new();
        }
        let mut out = "## Undo\n\n".to_owned();
        if self.has("sql") {
            out.push_str("- In the database: `sql/undo.sql`, as above.\n");
        }
        if self.has("hubspot") {
            out.push_str("- In HubSpot: `hubspot/run.py undo` for values, as above; merges cannot be undone.\n");
        }
        if self.has("salesforce") {
            out.push_str(
                "- In Salesforce: `salesforce/run.sh undo`, as above: cells, and what the recycle bin still has of merged and \
                 deleted records.\n",
            );
        }
        if !self.has("csv") {
            return out;
        }
        out.push_str(
            "- Cells: load the column `old` of `csv/changes.csv` by record id, for the rows whose `new` still \
                       stands there. An empty `old` clears the field; most importers need to be told that blanks count.\n",
        );
        if self.plan.deletes().next().is_some() {
            out.push_str(
                "- Deletions: in the files, take the original exports. In a CRM, the bin for as long as it keeps them.\n",
            );
        }
        if self.plan.merges().next().is_some() {
            out.push_str(
                "- Merges: in the files, take the original exports, whose sha256 stands above. In a CRM a merge is not undone: \
                 at best the loser comes back without the records that moved to the survivor.\n",
            );
        }
        out
    }
}
