//! `leadlint simulate`: replays the assignment rules of the config over the leads, the pilots as if they were live.

use std::io::IsTerminal;

use anyhow::bail;
use chrono::{Days, Utc};

use super::args::{MatrixFormat, SimulateArgs};
use super::check::colored;
use super::inputs::Inputs;
use super::progress::Bar;
use super::{ExitStatus, print};
use crate::emit::Simulation;
use crate::normalise::Facts;
use crate::rules::assignment::figures;
use crate::rules::assignment::replay::{day_start, zone};
use crate::rules::audit::tables;

#[expect(clippy::disallowed_methods, reason = "the command line is where the wall clock is read")]
pub(super) fn run(args: &SimulateArgs) -> anyhow::Result<ExitStatus> {
    if let (Some(since), Some(until)) = (args.since, args.until)
        && until < since
    {
        bail!("--until {until} lies before --since {since}");
    }
    let inputs = Inputs::without_rules(&args.input)?;
    let config = &inputs.options;
    if config.assignment.is_empty() {
        bail!(
            "the config has no [[assignment]] rules to simulate; write them into leadlint.toml (docs/config.md), or name the config with --config"
        );
    }
    let bar = Bar::new(&args.input);
    let sources = inputs.read(&bar)?;
    bar.finish();
    let tables = tables(&sources, config);
    let facts = Facts::compute(&tables, args.as_of, Utc::now(), config);
    let zone = zone(config);
    let window = (args.since.is_some() || args.until.is_some()).then(|| {
        let end = args.until.and_then(|until| until.checked_add_days(Days::new(1)));
        (
            args.since.map_or(i64::MIN + 1, |since| day_start(since, zone)),
            end.map_or(i64::MAX, |end| day_start(end, zone)),
        )
    });
    let Some(replay) = figures(&tables, &facts, config, window, true)? else {
        let read: Vec<String> = sources.iter().map(|source| format!("{} ({})", source.name, source.kind)).collect();
        bail!(
            "needs an export of leads, or of contacts with an owner and a time of creation, and read {}; say what a file is in front of it: `leadlint simulate crm=a.csv`",
            read.join(", ")
        );
    };
    if window.is_some() && replay.leads == 0 {
        bail!("no lead was created in the window that --since and --until name");
    }
    let simulation = Simulation { since: args.since, until: args.until, replay };
    let terminal = std::io::stdout().is_terminal();
    let text = match args.format.unwrap_or(if terminal { MatrixFormat::Table } else { MatrixFormat::Markdown }) {
        MatrixFormat::Table => {
            let width = comfy_table::Table::new().width().unwrap_or(120);
            simulation.table(width, colored(args.input.color))
        }
        MatrixFormat::Markdown => simulation.markdown(),
        MatrixFormat::Json => simulation.json(),
    };
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}
