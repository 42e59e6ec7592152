//! `leadlint map`: tells which chat field lands in which CRM field, and drafts the mappings.

use std::fmt::Write as _;
use std::io::IsTerminal;

use anyhow::{Context, bail};
use chrono::Utc;

use super::args::{MapArgs, MatrixFormat};
use super::check::colored;
use super::inputs::Inputs;
use super::progress::Bar;
use super::{ExitStatus, print, say};
use crate::emit::{FieldMap, put};
use crate::model::Kind;
use crate::normalise::{AsOf, Facts};
use crate::rules::audit::tables;

#[expect(clippy::disallowed_methods, reason = "the command line is where the wall clock is read")]
pub(super) fn run(args: &MapArgs) -> anyhow::Result<ExitStatus> {
    let inputs = Inputs::without_rules(&args.input)?;
    if let Some(file) = &args.output {
        if file.is_dir() {
            bail!("{} is a folder; name a file in it", file.display());
        }
        if file.symlink_metadata().is_ok() && !args.force {
            bail!("{} is there already; --force replaces it, --output FILE writes another", file.display());
        }
        let target = file.canonicalize().ok();
        if inputs.paths().iter().any(|path| target.is_some() && path.canonicalize().ok() == target) {
            bail!("--output {} would replace what is read", file.display());
        }
    }
    let bar = Bar::new(&args.input);
    let sources = inputs.read(&bar)?;
    bar.finish();
    let found = |kind: Kind| sources.iter().any(|source| source.kind == kind);
    if !found(Kind::Chat) || !found(Kind::Crm) {
        let read: Vec<String> = sources.iter().map(|source| format!("{} ({})", source.name, source.kind)).collect();
        bail!(
            "needs an export of chats and one of leads or contacts, and read {}; say what a file is in front of it: `leadlint map chat=a.csv crm=b.csv`",
            read.join(", ")
        );
    }
    let tables = tables(&sources, &inputs.options);
    let facts = Facts::compute(&tables, AsOf::Export, Utc::now(), &inputs.options);
    let map = FieldMap::of(&tables, &facts, &inputs.options);
    if map.sides.is_empty() {
        bail!(
            "no chat could be linked with a record, so there is nothing to compare: the exports share no chat id, record id, email or phone, or cover other days (docs/links.md)"
        );
    }
    let terminal = std::io::stdout().is_terminal();
    let format = args.format.unwrap_or(if terminal { MatrixFormat::Table } else { MatrixFormat::Markdown });
    let mut text = match format {
        MatrixFormat::Table => {
            let width = comfy_table::Table::new().width().unwrap_or(120);
            map.table(width, colored(args.input.color), args.all)
        }
        MatrixFormat::Markdown => map.markdown(args.all),
        MatrixFormat::Json => map.json(),
    };
    match (&args.output, format) {
        (Some(file), _) => {
            put(file, map.draft.as_bytes(), args.force).with_context(|| format!("cannot write {}", file.display()))?;
            if !args.input.quiet {
                let next = "look at each, then put them into leadlint.toml";
                say(&format!("wrote {}: {} to declare; {next}", file.display(), map.drafted));
            }
        }
        (None, MatrixFormat::Table) => text.push_str(&map.draft),
        (None, MatrixFormat::Markdown) => {
            let fence = fence(&map.draft);
            let _ = write!(text, "\n## Draft\n\n{fence}toml\n{}{fence}\n", map.draft);
        }
        (None, MatrixFormat::Json) => {}
    }
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

/// A fence that no line of `text` can end.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
