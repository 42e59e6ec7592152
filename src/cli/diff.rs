//! `leadlint diff`: two runs side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::args::{InputArgs, MatrixFormat, PiiArg, When};
use super::check::colored;
use super::inputs::Inputs;
use super::progress::Bar;
use super::{ExitStatus, print};
use crate::emit::{Breakdown, Changes, Settings, Who};
use crate::evidence::diff::{Diff, diff};
use crate::evidence::fingerprint::Identity;
use crate::evidence::snapshot::{Entry, Form, Snapshot, read};
use crate::load::read_baseline;
use crate::normalise::makers::{Maker, Makers, makers};
use crate::rules::audit::tables;

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The earlier run: a JSON report (`-o json=FILE`), or an evidence file (`--evidence FILE`).
    old: PathBuf,

    /// The later run, in the same form.
    new: PathBuf,

    /// With evidence files: the exports of the later run, given as to check, to tell owners, creators and imports;
    /// repeatable.
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,

    /// The baseline of the runs: evidence that it knows as fixed is reopened where it is back, and not new.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// The config of the runs: its salt, and the exports of --source; default ./leadlint.toml if it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What stdout gets; default table on a terminal, markdown otherwise. Exit code 1 on new or reopened
    /// evidence.
    #[arg(long, value_name = "FORMAT")]
    format: Option<MatrixFormat>,

    /// What happens to the names of people: show, mask or hash; default mask in Markdown, show otherwise.
    #[arg(long, value_name = "HOW")]
    pii: Option<PiiArg>,

    /// Colour on stdout.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: When,
}

pub(super) fn run(args: &DiffArgs) -> anyhow::Result<ExitStatus> {
    let (old, new) = (snapshot(&args.old)?, snapshot(&args.new)?);
    if old.form != new.form {
        bail!(
            "`{}` is {} and `{}` is {}: the two must be of one form",
            args.old.display(),
            one(old.form),
            args.new.display(),
            one(new.form)
        );
    }
    if new.form == Form::Report && !args.source.is_empty() {
        bail!(
            "--source needs evidence files, which name the record of each row; a JSON report does not. Write them with --evidence FILE"
        );
    }
    let salt = salt(args)?;
    let fixed = args.baseline.as_deref().map(|path| fixed(path, salt.as_deref())).transpose()?;
    let was_fixed = |code: &str, print: &str| {
        fixed.as_ref().is_some_and(|fixed| fixed.contains(&(code.to_owned(), print.to_owned())))
    };
    let diff = diff(&old, &new, &was_fixed);
    let makers = if args.source.is_empty() { Vec::new() } else { broken_down(args, &diff, &old, &new)? };
    let passes = diff.total.new == 0 && diff.total.reopened == 0;
    let changes = Changes {
        paths: [&args.old, &args.new].map(|path| path.display().to_string()),
        as_of: [old.as_of.clone(), new.as_of.clone()],
        form: new.form,
        notes: notes(&diff, &old, &new, args.source.is_empty()),
        diff,
        knows_reopened: fixed.is_some(),
        makers,
    };
    let terminal = std::io::stdout().is_terminal();
    let format = args.format.unwrap_or(if terminal { MatrixFormat::Table } else { MatrixFormat::Markdown });
    let settings = Settings {
        pii: args.pii.map(Into::into),
        salt: salt.unwrap_or_default(),
        width: comfy_table::Table::new().width().unwrap_or(120),
        color: colored(args.color),
    };
    let view = settings.stdout(format == MatrixFormat::Markdown);
    let text = match format {
        MatrixFormat::Table => changes.table(&view),
        MatrixFormat::Markdown => changes.markdown(&view),
        MatrixFormat::Json => changes.json(&view),
    };
    print(text.as_bytes())?;
    Ok(if passes { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The salt of the config, which keys the names of people and tells whose baseline one is.
fn salt(args: &DiffArgs) -> anyhow::Result<Option<String>> {
    let default = Path::new("leadlint.toml");
    let path = args.config.as_deref().or_else(|| default.is_file().then_some(default));
    Ok(path.map(crate::config::read).transpose()?.and_then(|loaded| loaded.options.audit.salt))
}

/// The code and fingerprint of all evidence that a baseline knows as fixed.
fn fixed(path: &Path, salt: Option<&str>) -> anyhow::Result<BTreeSet<(String, String)>> {
    let baseline = read_baseline(path, &Identity::new(salt).mark())?;
    let mut fixed = BTreeSet::new();
    for (code, places) in &baseline.fixed {
        for entry in places.values().flat_map(BTreeMap::values).flatten() {
            let print = entry.split_once('*').map_or(entry.as_str(), |(print, _)| print);
            fixed.insert((code.clone(), print.to_owned()));
        }
    }
    Ok(fixed)
}

/// The form with its article.
const fn one(form: Form) -> &'static str {
    match form {
        Form::Report => "a JSON report",
        Form::Evidence => "an evidence file",
    }
}

fn snapshot(path: &Path) -> anyhow::Result<Snapshot> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    read(&bytes).map_err(|reason| anyhow::anyhow!("`{}` cannot be compared: {reason}", path.display()))
}

/// What the figures do not show.
fn notes(diff: &Diff, old: &Snapshot, new: &Snapshot, is_alone: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if diff.strangers {
        notes.push(
            "the two have no identity in common: were they written under one `[audit] salt`, and of the same records?"
                .to_owned(),
        );
    }
    match new.form {
        Form::Report => {
            if old.accepted + new.accepted > 0 {
                notes.push(format!(
                    "agreed exceptions, {} rows then and {} now, are among the figures: a report does not say which rows they cover. Evidence files do",
                    old.accepted, new.accepted
                ));
            }
        }
        Form::Evidence => {
            notes.push(
                "evidence files do not say which rules ran: the evidence of a rule that did not run reads as fixed. JSON reports say it"
                    .to_owned(),
            );
            if is_alone {
                notes.push("--source with the exports of the later run tells owners, creators and imports".to_owned());
            }
        }
    }
    notes
}

/// The evidence by owner, creator and import, as the exports of `--source` tell them.
fn broken_down(args: &DiffArgs, diff: &Diff, old: &Snapshot, new: &Snapshot) -> anyhow::Result<Vec<Breakdown>> {
    let input = InputArgs {
        sources: args.source.clone(),
        config: args.config.clone(),
        memory_limit: None,
        threads: None,
        quiet: true,
        no_progress: true,
        color: args.color,
    };
    let inputs = Inputs::without_rules(&input)?;
    let sources = inputs.read(&Bar::new(&input))?;
    let known: BTreeMap<String, Makers> =
        tables(&sources, &inputs.options).iter().map(|table| (table.name().to_owned(), makers(table))).collect();
    let lookup = |entry: &Entry| -> Option<&Maker> { known.get(&entry.source)?.by_id.get(entry.record.as_deref()?) };
    // What is said of the audit itself stands in no export.
    let mut strange: Vec<&str> = (old.entries.iter().chain(&new.entries))
        .map(|entry| entry.source.as_str())
        .filter(|source| *source != "audit" && !known.contains_key(*source))
        .collect();
    strange.sort_unstable();
    strange.dedup();
    let from = |what: fn(&Makers) -> Option<&String>, none: &str| {
        let mut said: Vec<String> =
            known.iter().filter_map(|(name, makers)| Some(format!("{name}: {}", what(makers)?))).collect();
        let silent: Vec<&str> =
            known.iter().filter(|(_, makers)| what(makers).is_none()).map(|(name, _)| name.as_str()).collect();
        if !silent.is_empty() {
            said.push(format!("{none}: {}", silent.join(", ")));
        }
        if !strange.is_empty() {
            said.push(format!("not given with --source, so not known: {}", strange.join(", ")));
        }
        said.join("; ")
    };
    let person = |name: Option<&String>| name.cloned().map(Who::Person);
    let breakdowns = vec![
        Breakdown {
            by: "owner",
            from: from(|makers| makers.owner.as_ref(), "no column has the owner"),
            rows: diff.by(old, new, |entry| person(lookup(entry)?.owner.as_ref())),
        },
        Breakdown {
            by: "creator",
            from: from(|makers| makers.creator.as_ref(), "no column says who created a record"),
            rows: diff.by(old, new, |entry| person(lookup(entry)?.creator.as_ref())),
        },
        Breakdown {
            by: "import",
            from: from(
                |makers| makers.batch.as_ref(),
                "no column names imports, nor are times of creation to the second",
            ),
            rows: diff.by(old, new, |entry| lookup(entry)?.batch.clone().map(Who::Import)),
        },
    ];
    Ok(breakdowns)
}
