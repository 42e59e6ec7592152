//! `leadlint eval`: holds what the rules join against the labels of a file.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use chrono::Utc;

use super::args::{EvalArgs, MatrixFormat};
use super::check::colored;
use super::inputs::Inputs;
use super::progress::Bar;
use super::{ExitStatus, print};
use crate::config::hint;
use crate::emit::Scorecard;
use crate::evidence::evaluation::Evaluation;
use crate::load::{self, LoadOptions};
use crate::model::{Kind, Role, Source};
use crate::normalise::text::Text;
use crate::rules::evaluate::{self, Gold, Labels, NamePair};

#[expect(clippy::disallowed_methods, reason = "the command line is where the wall clock is read")]
pub(super) fn run(args: &EvalArgs) -> anyhow::Result<ExitStatus> {
    let mut inputs = Inputs::without_rules(&args.input)?;
    if !args.compared.is_empty() {
        let compared: Vec<String> = args.compared.iter().map(|word| word.trim().to_owned()).collect();
        if let Some(label) = compared.iter().find(|word| Some(word.as_str()) == args.label.as_deref().map(str::trim)) {
            bail!("--match {label}: that is the label, which no rule may see");
        }
        inputs.options.duplicates.r#match = Some(compared);
    }
    let bar = Bar::new(&args.input);
    let (options, sources) =
        inputs.read_hiding(args.label.as_deref(), args.id.as_deref(), &bar).map_err(|error| id(args, error))?;
    bar.finish();
    for word in &args.compared {
        known(&sources, word.trim(), "--match")?;
    }
    let evaluation = if let Some((column, path)) = &args.drift {
        known(&sources, column, "--drift")?;
        evaluate::drift(&sources, &gold(column, path)?, &options, Utc::now(), args.errors)?
    } else if !args.pairs.is_empty() {
        of_names(args, &sources)?
    } else {
        let label = args.label.as_deref().unwrap_or_default();
        let labels = match &args.labels {
            None => Labels::within(&sources, label),
            Some(path) => Labels::beside(&sources, &read(path)?, label, args.id.as_deref()),
        };
        let labels = labels.map_err(|error| anyhow!(error))?;
        if labels.labelled() == 0 {
            bail!("no row has a label in column {label}: there is nothing to score by");
        }
        evaluate::duplicates(&sources, &labels, &options, Utc::now(), args.errors)?
    };
    let passed = args.min_f1.is_none_or(|least| evaluation.f1 >= least);
    let scorecard = Scorecard { evaluation, min_f1: args.min_f1, passed };
    let terminal = std::io::stdout().is_terminal();
    let text = match args.format.unwrap_or(if terminal { MatrixFormat::Table } else { MatrixFormat::Markdown }) {
        MatrixFormat::Table => {
            scorecard.table(comfy_table::Table::new().width().unwrap_or(120), colored(args.input.color))
        }
        MatrixFormat::Markdown => scorecard.markdown(),
        MatrixFormat::Json => scorecard.json(),
    };
    print(text.as_bytes())?;
    Ok(if passed { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The reader takes an unknown id column for the config's word.
fn id(args: &EvalArgs, error: anyhow::Error) -> anyhow::Error {
    match (&args.id, error.downcast_ref::<load::Error>()) {
        (Some(id), Some(load::Error::UnknownHeader { path, role: "id", nearest, .. })) => {
            let hint = nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            anyhow!("--id {id}: {path} has no such column{hint}")
        }
        _ => error,
    }
}

/// Makes sure that some source has the column or role that an option names.
fn known(sources: &[Arc<Source>], word: &str, option: &str) -> anyhow::Result<()> {
    let headers = || sources.iter().flat_map(|source| source.columns().map(|column| source.header(column)));
    let is_role = word.parse::<Role>().is_ok_and(|role| sources.iter().any(|source| source.role(role).is_some()));
    if is_role || headers().any(|header| header.trim() == word.trim()) {
        return Ok(());
    }
    bail!("{option} {word}: no source has such a column; {}", hint(word, headers()))
}

/// Pairs of names, compared with nothing beside them.
fn of_names(args: &EvalArgs, sources: &[Arc<Source>]) -> anyhow::Result<Evaluation> {
    let ([one, other], Some(label), [source]) = (args.pairs.as_slice(), args.label.as_deref(), sources) else {
        bail!("--pairs takes two columns of one source, such as --pairs name1,name2");
    };
    let cells = |header: &str, option: &str| -> anyhow::Result<Text<'_>> {
        let mut headers = (0..source.frame.width()).map(|column| source.header(column));
        let Some(column) = headers.clone().position(|of| of.trim() == header.trim()) else {
            bail!("{option} {header}: {} has no such column; {}", source.name, hint(header, headers.by_ref()));
        };
        Ok(Text::new(&source.frame.columns()[column])?)
    };
    let (one, other, label) = (cells(one, "--pairs")?, cells(other, "--pairs")?, cells(label, "--label")?);
    let kind = args.kind_column.as_deref().map(|header| cells(header, "--kind-column")).transpose()?;
    let mut pairs = Vec::with_capacity(source.height());
    for row in 0..source.height() as u32 {
        let said = label.get(row).unwrap_or_default().trim();
        let same = match said.to_lowercase().as_str() {
            "true" | "1" | "yes" => true,
            "false" | "0" | "no" => false,
            _ => bail!("row {}: the label of a pair is true or false, not `{said}`", row + 1),
        };
        let company = kind
            .as_ref()
            .and_then(|kind| kind.get(row))
            .is_some_and(|kind| !kind.trim().eq_ignore_ascii_case("person"));
        let name = |text: &Text<'_>| text.get(row).unwrap_or_default().to_owned();
        pairs.push(NamePair { one: name(&one), other: name(&other), company, same });
    }
    Ok(evaluate::names(&pairs, format!("pairs of names in {}", source.name), args.errors))
}

/// A file of labels, read as exports are.
fn read(path: &Path) -> anyhow::Result<Source> {
    let mut specs = load::resolve(&[path.display().to_string()], None)?;
    for spec in &mut specs {
        spec.kind = Some(Kind::Crm);
    }
    let mut sources = load::load(&specs, &LoadOptions::default())?;
    match (sources.pop(), sources.is_empty()) {
        (Some(source), true) => Ok(source),
        _ => bail!("{}: labels are read from one table", path.display()),
    }
}

/// What each value ought to be. Values are taken as they stand: spaces are what drift is about.
fn gold(column: &str, path: &Path) -> anyhow::Result<Gold> {
    let shown = || path.display().to_string();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).with_context(shown)?;
    let headers = reader.headers().with_context(shown)?.clone();
    let position = |name: &str| {
        let at = headers.iter().position(|header| header.trim_start_matches('\u{feff}').trim() == name);
        at.ok_or_else(|| anyhow!("{}: no column {name}; a list of right values has raw_value and gold", shown()))
    };
    let (raw, right) = (position("raw_value")?, position("gold")?);
    let mut gold = Gold { column: column.to_owned(), values: Vec::new() };
    for record in reader.records() {
        let record = record.with_context(shown)?;
        if let (Some(raw), Some(right)) = (record.get(raw), record.get(right)) {
            gold.values.push((raw.to_owned(), right.to_owned()));
        }
    }
    if gold.values.is_empty() {
        bail!("{}: no value is listed", shown());
    }
    Ok(gold)
}
