//! What the program knows of itself: rules, formats, schemas.

use anyhow::{Context, bail};
use comfy_table::{ContentArrangement, Table};

use super::args::{PageFormat, RuleArgs, Schema};
use super::{ExitStatus, print};
use crate::emit::REPORTS;
use crate::emit::report::table::STYLE;
use crate::load::vendors::VENDORS;
use crate::rules::page::{listed, page};
use crate::rules::{RULES, by_code, known};

pub(super) fn rule(args: &RuleArgs) -> anyhow::Result<ExitStatus> {
    if let Some(folder) = &args.write {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for rule in RULES {
            let path = folder.join(format!("{}.md", rule.meta().code));
            std::fs::write(&path, page(*rule)).with_context(|| format!("cannot write {}", path.display()))?;
        }
        return Ok(ExitStatus::Success);
    }
    let chosen = match &args.rule {
        None => RULES.to_vec(),
        Some(word) => {
            let known = known();
            let Some(rule) = crate::config::find(word, &known).and_then(by_code) else {
                let names = known.iter().flat_map(|rule| [rule.code, rule.name]);
                bail!("`{word}` is no rule; {}", crate::config::hint(word, names));
            };
            vec![rule]
        }
    };
    let text = match (args.format, args.all) {
        (PageFormat::Json, true) => {
            let list: Vec<_> = chosen.iter().map(|rule| listed(*rule)).collect();
            serde_json::to_string_pretty(&list)? + "\n"
        }
        (PageFormat::Json, false) => serde_json::to_string_pretty(&listed(chosen[0]))? + "\n",
        (PageFormat::Markdown, true) => {
            let mut table = table(["code", "name", "severity", "cleanup", "scope"]);
            for rule in chosen {
                let meta = rule.meta();
                table.add_row([
                    meta.code,
                    meta.name,
                    meta.severity.as_str(),
                    meta.safety.as_str(),
                    &meta.scope.describe(),
                ]);
            }
            format!("{table}\n\nleadlint rule CODE shows a page.\n")
        }
        (PageFormat::Markdown, false) => page(chosen[0]),
    };
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

pub(super) fn formats() -> anyhow::Result<ExitStatus> {
    let mut exports = table(["export", "what it is", "kinds"]);
    for vendor in VENDORS {
        let meta = vendor.meta();
        let kinds = meta.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        exports.add_row([meta.name, meta.title, &kinds]);
    }
    let mut reports = table(["report", "what it is for", "personal data"]);
    for report in REPORTS {
        let meta = report.meta();
        reports.add_row([meta.name, meta.title, if meta.masks { "masked" } else { "shown" }]);
    }
    let mut targets = table(["target", "what it is", "what it writes"]);
    for target in crate::emit::target::TARGETS {
        let meta = target.meta();
        targets.add_row([meta.name, meta.title, meta.writes]);
    }
    let text = format!(
        "Exports read: CSV and TSV (comma, semicolon, tab, pipe; UTF-8, UTF-16, UTF-32, Windows-1252), JSON and NDJSON, Excel and OpenDocument\n\
         (.xlsx, .xlsb, .xls, .ods), Parquet; each also as gzip (.gz) or zstd (.zst), or inside of a .zip. A part of a file is named as in\n\
         exports.zip!Lead.csv and book.xlsx#Sheet1.\n\n\
         {exports}\n\n{reports}\n\nEvidence files: .csv, .ndjson, .parquet\n\nFor auditors, -o pack=DIR: a folder with reports, evidence, config, planned cleanup and hashes\n\n{targets}\n"
    );
    print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    table
}

pub(super) fn schema(of: Schema) -> anyhow::Result<ExitStatus> {
    let schema = match of {
        Schema::Config => crate::config::schema(),
        Schema::Plan => crate::plan::schema(),
        Schema::History => crate::evidence::history::schema(),
        Schema::Report => crate::emit::report::json::schema(),
    };
    print((serde_json::to_string_pretty(&schema)? + "\n").as_bytes())?;
    Ok(ExitStatus::Success)
}
