//! Evidence against gold.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};

use leadlint::rules::RULES;

use super::{Corpus, Row, leadlint, rows};

/// Families and rules over chats and the CRM.
const JUDGED: [&str; 6] = ["MAP", "SYN", "ASG", "CHT00", "DUP007", "GOV004"];

/// Rules of the families that look at records alone.
const OTHERS: [&str; 3] = ["CHT003", "CHT004", "CHT008"];

/// How evidence says that the field or the owner may have been changed later, which is severity info.
const CHANGED: [&str; 3] = ["the record was changed since", "; given ", "; assigned "];

/// How often a class of faults was planted and found.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    /// How many were planted.
    pub(crate) planted: u64,
    /// How many of them were found.
    pub(crate) found: u64,
}

/// False alarms and the rows that could have given one.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Alarms {
    /// In corpora with faults.
    pub(crate) faulty: u64,
    /// In healthy corpora.
    pub(crate) healthy: u64,
    /// What is no false alarm: it follows from a fault of another class, or people did it.
    pub(crate) told: u64,
}

/// What was counted over all corpora.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// By code, class and pair.
    pub(crate) classes: BTreeMap<(String, String), [Found; 3]>,
    /// By code.
    pub(crate) alarms: BTreeMap<&'static str, Alarms>,
    /// Clean records and chats, of corpora with faults and of healthy ones.
    pub(crate) clean: [u64; 2],
    /// By code: the pairs in which nothing could be judged, and why.
    pub(crate) skipped: BTreeMap<(String, String), BTreeSet<usize>>,
}

/// The codes that are judged.
pub(crate) fn judged() -> Vec<&'static str> {
    let codes = RULES.iter().map(|rule| rule.meta().code);
    codes.filter(|code| JUDGED.iter().any(|front| code.starts_with(front)) && !OTHERS.contains(code)).collect()
}

/// Whether a line of the gold is about what a row of evidence points at. The gold of a whole column or source names no
/// record.
fn is_about(gold: &Row, evidence: &Row) -> bool {
    let same = |key: &str| gold[key].is_empty() || evidence[key].is_empty() || gold[key] == evidence[key];
    gold["source"] == evidence["source"]
        && (gold["record_id"].is_empty() || gold["record_id"] == evidence["record_id"])
        && same("column")
}

/// What ties evidence and gold together, for look-up.
fn key(row: &Row) -> (String, String) {
    (row["code"].clone(), row["record_id"].clone())
}

impl Tally {
    /// Audits a corpus and counts; prints up to `show` misses and false alarms of each rule.
    pub(crate) fn add(&mut self, corpus: &Corpus, show: usize) -> Result<(), Box<dyn Error>> {
        let codes = judged();
        // By prefix: a rule that is named exactly and cannot run stops the program.
        let fronts: Vec<&str> = JUDGED
            .into_iter()
            .map(|front| front.trim_end_matches("00"))
            .filter(|front| codes.iter().any(|code| code.starts_with(front)))
            .collect();
        leadlint(
            &corpus.dir,
            &[
                "check",
                "--quiet",
                "--select",
                &fronts.join(","),
                "--evidence",
                "evidence.csv",
                "-o",
                "json=report.json",
                "--format",
                "csv",
            ],
        )?;
        let evidence: Vec<Row> = rows(&corpus.dir.join("evidence.csv"))?
            .into_iter()
            .filter(|row| codes.contains(&row["code"].as_str()))
            .collect();
        let gold = rows(&corpus.dir.join("gold/faults.csv"))?;
        let also = rows(&corpus.dir.join("gold/also.csv"))?;
        let mut by_key: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (at, row) in evidence.iter().enumerate() {
            by_key.entry(key(row)).or_default().push(at);
        }
        let mut by_code: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, row) in evidence.iter().enumerate() {
            by_code.entry(&row["code"]).or_default().push(at);
        }
        let mut told = vec![false; evidence.len()];
        let mut shown: BTreeMap<String, usize> = BTreeMap::new();
        for fault in gold.iter().filter(|fault| codes.contains(&fault["code"].as_str())) {
            let near = if fault["record_id"].is_empty() {
                by_code.get(fault["code"].as_str())
            } else {
                by_key.get(&key(fault))
            };
            let hits: Vec<usize> =
                near.into_iter().flatten().copied().filter(|at| is_about(fault, &evidence[*at])).collect();
            let class = self.classes.entry((fault["code"].clone(), fault["note"].clone())).or_default();
            class[corpus.pair].planted += 1;
            class[corpus.pair].found += u64::from(!hits.is_empty());
            if hits.is_empty() {
                say(&mut shown, show, "miss", fault);
            }
            for at in hits {
                told[at] = true;
            }
        }
        let mut tolerated: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        for row in &also {
            tolerated.entry(key(row)).or_default().push(row);
        }
        for (at, row) in evidence.iter().enumerate().filter(|(at, _)| !told[*at]) {
            // What people changed is no fault of the mapping, and must be told from one.
            let is_fine = |also: &&Row| {
                let changed = CHANGED.iter().any(|words| row["detail"].contains(words)) || row["code"] == "ASG007";
                is_about(also, row) && (changed || !also["note"].ends_with("by a person"))
            };
            let Some(code) = codes.iter().find(|code| **code == row["code"]) else { continue };
            let alarms = self.alarms.entry(code).or_default();
            if tolerated.get(&key(row)).is_some_and(|also| also.iter().any(is_fine)) {
                alarms.told += 1;
                continue;
            }
            *(if corpus.healthy { &mut alarms.healthy } else { &mut alarms.faulty }) += 1;
            say(&mut shown, show, &format!("alarm {at} in {}", corpus.dir.display()), row);
        }
        let touched: BTreeSet<(&str, &str)> = gold
            .iter()
            .filter(|row| !row["record_id"].is_empty())
            .map(|row| (row["source"].as_str(), row["record_id"].as_str()))
            .collect();
        let logged = touched.iter().filter(|(source, _)| *source == "sync-log").count();
        self.clean[usize::from(corpus.healthy)] += corpus.rows.saturating_sub((touched.len() - logged) as u64);
        self.skips(corpus, &codes)
    }

    /// Notes the rules that could not judge the corpus.
    fn skips(&mut self, corpus: &Corpus, codes: &[&str]) -> Result<(), Box<dyn Error>> {
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(corpus.dir.join("report.json"))?)?;
        for one in report["skipped"].as_array().into_iter().flatten() {
            let (Some(code), Some(reason)) = (one["code"].as_str(), one["reason"].as_str()) else { continue };
            if codes.contains(&code) && reason != "not selected" {
                self.skipped.entry((code.to_owned(), without_numbers(reason))).or_default().insert(corpus.pair);
            }
        }
        Ok(())
    }
}

/// A reason as it stands for all corpora: every number is `n`, and the place in the config is left out.
fn without_numbers(reason: &str) -> String {
    let reason = reason
        .rsplit_once("leadlint.toml:")
        .map_or(reason, |(_, rest)| rest.split_once(": ").map_or(rest, |(_, rest)| rest));
    let mut text = String::new();
    for c in reason.chars() {
        match c {
            '0'..='9' if text.ends_with('n') && text.chars().rev().nth(1).is_none_or(|c| !c.is_alphabetic()) => {}
            '0'..='9' => text.push('n'),
            c => text.push(c),
        }
    }
    text
}

/// Prints what went wrong, a few of each rule.
fn say(shown: &mut BTreeMap<String, usize>, most: usize, what: &str, row: &Row) {
    let count = shown.entry(row["code"].clone()).or_default();
    *count += 1;
    if *count <= most {
        let _ = writeln!(io::stderr(), "{what}: {row:?}");
    }
}
