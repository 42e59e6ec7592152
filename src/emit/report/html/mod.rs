//! The report for people who look at it in a browser: one file that loads nothing, for light and dark screens, paper,
//! keyboards and screen readers. What it says is in [`document`](crate::emit::document).
//!
//! Every text goes through the template, which escapes it. Besides, a policy in the file lets the browser run the one
//! style and the one script that stand here and nothing else, by their hashes.

mod pages;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Report, ReportMeta};
use crate::emit::chart::DARK;
use crate::emit::document::{Block, Depth, Document, Section};
use crate::emit::{Error, View, words};
use crate::evidence::Audit;
use crate::model::Severity;

/// The `html` format.
#[derive(Debug)]
pub(super) struct Html;

const META: ReportMeta =
    ReportMeta { name: "html", title: "for a browser, with charts and filters", extension: "html", masks: false };

const DEPTH: Depth = Depth {
    findings: 200,
    rows: 200,
    rows_in_all: 2_000,
    value: 120,
    pictures: true,
    rest: Some("`--evidence PATH` writes them all"),
};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Cells longer than this, in bytes, get a column that is wide enough to read them.
const LONG: usize = 48;

impl Report for Html {
    fn meta(&self) -> &'static ReportMeta {
        &META
    }

    fn render(&self, audit: &Audit, view: &View) -> Result<Vec<u8>, Error> {
        let document = Document::of(audit, view, DEPTH)?;
        let style = format!("{STYLE}@media screen and (prefers-color-scheme: dark) {{\n{}\n}}\n", *DARK);
        let sections: Vec<Shown<'_>> = document.sections.iter().map(Shown::of).collect();
        let page = Page {
            title: &document.title,
            version: audit.version,
            policy: policy(&style),
            style,
            script: SCRIPT,
            cards: cards(audit),
            pages: rule_pages(&sections),
            sections,
        };
        let mut environment = Environment::new();
        environment.add_function("width", |cell: Value| width(&cell));
        let rendered = environment.add_template("page.html", TEMPLATE).and_then(|()| {
            let template = environment.get_template("page.html")?;
            template.render(Serde(&page))
        });
        let mut html = rendered.map_err(|error| Error::render("html", &format!("{error:#}")))?;
        html.push('\n');
        Ok(html.into_bytes())
    }
}

/// What the browser may load and run: the style and the script of the file.
fn policy(style: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(SCRIPT)
    )
}

/// What the template fills in.
#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    version: &'a str,
    policy: String,
    style: String,
    script: &'a str,
    cards: Vec<Card>,
    /// By the id of a finding.
    pages: BTreeMap<String, RulePage>,
    sections: Vec<Shown<'a>>,
}

/// A section with its blocks grouped, so that a filter can hide the findings of one severity together.
#[derive(Serialize)]
struct Shown<'a> {
    number: u8,
    title: &'a str,
    /// Whether it has evidence to filter.
    filter: bool,
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    number: usize,
    /// Whether it holds the findings of one severity.
    severity: bool,
    blocks: Vec<&'a Block>,
}

impl<'a> Shown<'a> {
    fn of(section: &'a Section) -> Self {
        let filter = section.blocks.iter().any(|block| matches!(block, Block::Finding(_)));
        let mut groups = vec![Group { number: 0, severity: false, blocks: Vec::new() }];
        for block in &section.blocks {
            if filter && matches!(block, Block::Heading(_)) {
                groups.push(Group { number: groups.len(), severity: true, blocks: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.blocks.push(block);
            }
        }
        Self { number: section.number, title: &section.title, filter, groups }
    }
}

/// What a finding shows of its rule's page.
#[derive(Default, Serialize)]
struct RulePage {
    /// The page, at the first finding of the rule.
    html: Option<String>,
    /// Whether an earlier finding shows it.
    seen: bool,
}

/// For each finding by its id in the page, its rule's page.
fn rule_pages(sections: &[Shown<'_>]) -> BTreeMap<String, RulePage> {
    let mut pages = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for section in sections {
        for group in &section.groups {
            for (at, block) in group.blocks.iter().enumerate() {
                let Block::Finding(found) = block else { continue };
                let page = if seen.insert(found.code) {
                    RulePage { html: pages::html(found.code), seen: false }
                } else {
                    RulePage { html: None, seen: true }
                };
                pages.insert(format!("s{}-{}-{}", section.number, group.number, at + 1), page);
            }
        }
    }
    pages
}

/// A figure at the head of the page.
#[derive(Serialize)]
struct Card {
    what: &'static str,
    figure: String,
    tone: Option<&'static str>,
}

fn cards(audit: &Audit) -> Vec<Card> {
    let verdict = if audit.verdict.passed { ("passed", "good") } else { ("failed", "error") };
    let mut cards = vec![Card { what: "verdict", figure: verdict.0.to_owned(), tone: Some(verdict.1) }];
    if let Some(score) = audit.score.overall {
        cards.push(Card { what: "score of 100", figure: words::score(score), tone: None });
    }
    for severity in Severity::WORST_FIRST {
        let count = audit.of(severity).count() as u64;
        let what = match severity {
            Severity::Error => "errors",
            Severity::Warning => "warnings",
            Severity::Info => "infos",
        };
        cards.push(Card { what, figure: words::number(count), tone: (count > 0).then_some(severity.as_str()) });
    }
    let skipped = audit.skipped.len() as u64;
    cards.push(Card { what: "rules skipped", figure: words::number(skipped), tone: None });
    cards
}

/// How a cell is to break: a short one not at all, one with much text or with a long word at any letter in a wide column.
fn width(cell: &Value) -> &'static str {
    let text = |span: Value| span.get_attr("text").map(|text| text.to_string()).unwrap_or_default();
    let words: String = cell.try_iter().map(|spans| spans.map(text).collect()).unwrap_or_default();
    let longest = words.split(' ').map(str::len).max().unwrap_or_default();
    if words.len() > LONG || longest > LONG / 2 {
        "wide"
    } else if words.len() < LONG / 3 {
        "short"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests;
