//! `leadlint trend`: the runs that `--history` kept.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::args::{MatrixFormat, When};
use super::check::colored;
use super::{ExitStatus, print};
use crate::emit::{Trend, put, read_history};
use crate::evidence::history::Run;
use crate::rules::known;

#[derive(Debug, Args)]
pub(super) struct TrendArgs {
    /// The history that `check --history FILE` wrote.
    history: PathBuf,

    /// Only the findings of this rule, by code or name.
    #[arg(long, value_name = "CODE|NAME")]
    rule: Option<String>,

    /// Only the findings in this source.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// Only the last so many runs.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,

    /// What stdout gets; default table on a terminal, markdown otherwise.
    #[arg(long, value_name = "FORMAT")]
    format: Option<MatrixFormat>,

    /// Draw the runs into this file too: the score, and the evidence by severity.
    #[arg(long, value_name = "OUT.svg")]
    svg: Option<PathBuf>,

    /// Colour on stdout.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: When,
}

pub(super) fn run(args: &TrendArgs) -> anyhow::Result<ExitStatus> {
    let shown = args.history.display();
    if let Some(svg) = &args.svg {
        refuse(svg, &args.history)?;
    }
    let bytes = std::fs::read(&args.history).with_context(|| format!("cannot read `{shown}`"))?;
    let lines = read_history(&bytes).map_err(|error| anyhow::anyhow!("`{shown}`, {error}"))?;
    let all: Vec<&Run> = lines.runs().collect();
    if all.is_empty() {
        bail!("`{shown}` holds no run yet; `leadlint check … --history {shown}` adds one");
    }
    let rule = args.rule.as_deref().map(|word| code(word, &all)).transpose()?;
    if let Some(name) = &args.source {
        let mut names: Vec<&str> =
            all.iter().flat_map(|run| run.inputs.iter().map(|input| input.source.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        if !names.contains(&name.as_str()) {
            bail!("no run read a source `{name}`; {}", crate::config::hint(name, names));
        }
    }
    let hidden = args.last.map_or(0, |last| all.len().saturating_sub(last as usize));
    let only = match (&rule, &args.source) {
        (None, None) => None,
        (Some(rule), None) => Some(rule.clone()),
        (None, Some(source)) => Some(source.clone()),
        (Some(rule), Some(source)) => Some(format!("{rule} in {source}")),
    };
    let runs = all[hidden..].iter().map(|run| {
        let mut run = (*run).clone();
        run.findings.retain(|one| {
            rule.as_ref().is_none_or(|rule| one.code == *rule)
                && args.source.as_ref().is_none_or(|source| one.source == *source)
        });
        run
    });
    let trend = Trend { runs: runs.collect(), first: hidden + 1, hidden, only };
    if let Some(svg) = &args.svg {
        put(svg, trend.svg()?.as_bytes(), true).with_context(|| format!("cannot write `{}`", svg.display()))?;
    }
    let terminal = std::io::stdout().is_terminal();
    let text = match args.format.unwrap_or(if terminal { MatrixFormat::Table } else { MatrixFormat::Markdown }) {
        MatrixFormat::Table => trend.table(comfy_table::Table::new().width().unwrap_or(140), colored(args.color)),
        MatrixFormat::Markdown => trend.markdown(),
        MatrixFormat::Json => trend.json(),
    };
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// Refuses a place at which a picture would replace the history, or anything that is no file.
fn refuse(svg: &Path, history: &Path) -> anyhow::Result<()> {
    let shown = svg.display();
    if svg.as_os_str() == "-" {
        bail!("--svg needs the name of a file; stdout gets the runs in words");
    }
    let Ok(held) = std::fs::metadata(svg) else { return Ok(()) };
    if !held.is_file() {
        bail!("--svg `{shown}` is no file; name one");
    }
    let same = |path: &Path| path.canonicalize().ok();
    if same(svg) == same(history) {
        bail!("--svg `{shown}` would replace the history; name another file");
    }
    Ok(())
}

/// The code of a rule that this program or the history knows.
fn code(word: &str, runs: &[&Run]) -> anyhow::Result<String> {
    let known = known();
    if let Some(code) = crate::config::find(word, &known) {
        return Ok(code.to_owned());
    }
    // A rule of another version of the program.
    if runs.iter().any(|run| run.findings.iter().any(|one| one.code == word)) {
        return Ok(word.to_owned());
    }
    let names = known.iter().flat_map(|rule| [rule.code, rule.name]);
    bail!("`{word}` is no rule; {}", crate::config::hint(word, names))
}
