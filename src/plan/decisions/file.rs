//! `leadlint.decisions.toml`: what people decided, kept beside the config. Ids and hashes only; no values, no addresses.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use tempfile::NamedTempFile;

use super::ballots::LARGEST;
use super::{Answer, Known, Refused, Ruling};
use crate::config::options::Options;
use crate::model::{Kind, Object};
use crate::normalise::record_id;
use crate::plan::build::MERGES;

/// The name of the file.
pub const FILE: &str = "leadlint.decisions.toml";

const HEAD: &str = "# What people decided about proposed cleanups, as `leadlint clean --decisions` was told. Read by every `leadlint clean`.\n\
                    # Take an entry out, and its proposal comes back.\n";

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Whether two records are one; their names in ascending order.
    Pair {
        /// The source, by its name in the config, else what its rows are.
        scope: String,
        /// The lower name.
        low: String,
        /// The higher name.
        high: String,
    },
    /// Whether a proposed value is right.
    Value {
        /// The fingerprint of the evidence.
        fingerprint: String,
    },
}

impl Subject {
    /// The pair of two records, in either order.
    #[must_use]
    pub fn pair(scope: &str, one: &str, other: &str) -> Self {
        let (low, high) = (one.min(other).to_owned(), one.max(other).to_owned());
        Self::Pair { scope: scope.to_owned(), low, high }
    }
}

/// Decisions that are kept, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept(BTreeMap<Subject, (String, Ruling)>);

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Document {
    merge: Vec<MergeEntry>,
    value: Vec<ValueEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MergeEntry {
    #[serde(rename = "in")]
    scope: String,
    records: Vec<String>,
    decision: String,
    rule: String,
    by: Option<String>,
    on: Option<toml::value::Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueEntry {
    fingerprint: String,
    decision: String,
    rule: String,
    by: Option<String>,
    on: Option<toml::value::Datetime>,
}

impl Kept {
    /// Every decision with the code of its rule, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &(String, Ruling))> {
        self.0.iter()
    }

    /// Number of decisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are about nothing in `known`.
    #[must_use]
    pub fn unmet(&self, known: &Known) -> usize {
        self.0.keys().filter(|subject| known.resolve(subject).is_none()).count()
    }

    /// What pairs of records are said to be of and no source is called, as `known` and the config tell; each with what is
    /// meant.
    #[must_use]
    pub fn strays(&self, known: &Known, config: &Options) -> Vec<(&str, String)> {
        let mut strays = BTreeMap::new();
        for subject in self.0.keys() {
            let Subject::Pair { scope, .. } = subject else { continue };
            let is_word = scope.parse::<Kind>().is_ok() || scope.parse::<Object>().is_ok();
            if !is_word && !known.scopes().contains(scope) && !config.sources.contains_key(scope) {
                let names = known.scopes().iter().chain(config.sources.keys()).map(String::as_str);
                let names: BTreeSet<&str> = names.collect();
                strays.entry(scope.as_str()).or_insert_with(|| crate::config::hint(scope, names));
            }
        }
        strays.into_iter().collect()
    }

    /// What was decided about a subject.
    #[must_use]
    pub fn get(&self, subject: &Subject) -> Option<&Ruling> {
        self.0.get(subject).map(|(_, ruling)| ruling)
    }

    /// Takes a decision in, in place of what was decided before.
    pub fn insert(&mut self, subject: Subject, code: &str, ruling: Ruling) {
        self.0.insert(subject, (code.to_owned(), ruling));
    }

    /// Forgets a decision.
    pub fn remove(&mut self, subject: &Subject) {
        self.0.remove(subject);
    }

    /// Reads the file; none is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or an entry is no decision; with the place of each.
    pub fn read(path: &Path) -> Result<Self, Refused> {
        let shown = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Refused(vec![format!("{shown}: {error}")])),
        };
        let mut kept = Self::default();
        for (subject, code, ruling, _) in parse(&text, &shown)? {
            kept.insert(subject, &code, ruling);
        }
        Ok(kept)
    }

    /// The file's text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = HEAD.to_owned();
        for (subject, (code, ruling)) in &self.0 {
            let _ = match subject {
                Subject::Pair { scope, low, high } => {
                    write!(out, "\n[[merge]]\nin = {}\nrecords = [{}, {}]\n", quoted(scope), quoted(low), quoted(high))
                }
                Subject::Value { fingerprint } => write!(out, "\n[[value]]\nfingerprint = {}\n", quoted(fingerprint)),
            };
            let _ = write!(out, "decision = \"{}\"\nrule = {}\n", ruling.answer.as_str(), quoted(code));
            if let Some(by) = &ruling.by {
                let _ = writeln!(out, "by = {}", quoted(by));
            }
            if let Some(on) = ruling.on {
                let _ = writeln!(out, "on = {}", on.format("%Y-%m-%d"));
            }
        }
        out
    }

    /// The file's text beside its place, ready to be put there.
    pub fn prepare(&self, path: &Path) -> io::Result<NamedTempFile> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".leadlint.decisions.").suffix(".part").tempfile_in(folder)?;
        file.write_all(self.to_toml().as_bytes())?;
        file.as_file().sync_all()?;
        // Colleagues who share the config read it; whoever could read the old one can read the new one.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(path).map_or(0o644, |of| of.permissions().mode() & 0o777);
            file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
        }
        Ok(file)
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A decision as it stands in the file: what it is about, the code of its rule, what was said, and where.
pub(super) type Entry = (Subject, String, Ruling, String);

/// Every pair of the records of an entry, or why there is none.
fn pairs(entry: &MergeEntry) -> Result<Vec<Subject>, String> {
    // As ids compare: whoever writes one by hand may have its 15 characters.
    let records: Option<BTreeSet<Cow<'_, str>>> =
        entry.records.iter().map(|record| record_id::canonical(record)).collect();
    let Some(records) = records else { return Err("`records` holds a blank id".to_owned()) };
    let (records, named): (Vec<_>, _) = (records.into_iter().collect(), entry.records.len());
    if records.len() < named {
        return Err("`records` names a record twice".to_owned());
    }
    if named < 2 {
        return Err("`records` takes two ids or more".to_owned());
    }
    if named > LARGEST {
        return Err(format!("`records` takes up to {LARGEST} ids; decide on larger groups by rule, with --decide"));
    }
    let pairs = records
        .iter()
        .enumerate()
        .flat_map(|(at, one)| records[at + 1..].iter().map(|other| Subject::pair(&entry.scope, one, other)));
    Ok(pairs.collect())
}

/// The decisions in a text; the same one twice must say the same.
pub(super) fn parse(text: &str, shown: &str) -> Result<Vec<Entry>, Refused> {
    let document: Document =
        toml::from_str(text).map_err(|error| Refused(vec![format!("{shown}: {}", error.to_string().trim_end())]))?;
    let known = crate::rules::known();
    let mut entries: Vec<Entry> = Vec::new();
    let mut complaints = Vec::new();
    let mut take = |place: String,
                    subject: Subject,
                    decision: &str,
                    rule: &str,
                    by: Option<String>,
                    on: Option<toml::value::Datetime>| {
        let answer = match decision.trim().to_lowercase().as_str() {
            "accept" => Answer::Accept,
            "reject" => Answer::Reject,
            other => return complaints.push(format!("{place}: `{other}` is no decision; write accept or reject")),
        };
        let Ok(on) = on.map(|on| on.to_string().parse::<NaiveDate>()).transpose() else {
            return complaints.push(format!("{place}: `on` is a day, such as 2026-10-31"));
        };
        let Some(code) = crate::config::find(rule, &known) else {
            let names = known.iter().flat_map(|rule| [rule.code, rule.name]);
            return complaints.push(format!("{place}: `{rule}` is no rule; {}", crate::config::hint(rule, names)));
        };
        if matches!(subject, Subject::Pair { .. }) && !MERGES.contains(&code) {
            return complaints.push(format!("{place}: {code} merges nothing; name one of {}", MERGES.join(", ")));
        }
        entries.push((subject, code.to_owned(), Ruling { answer, by, on }, place));
    };
    let mut unfit = Vec::new();
    for (at, one) in document.merge.into_iter().enumerate() {
        let place = format!("{shown} [[merge]] {}", at + 1);
        match pairs(&one) {
            Err(why) => unfit.push(format!("{place}: {why}")),
            Ok(pairs) => pairs.into_iter().for_each(|subject| {
                take(place.clone(), subject, &one.decision, &one.rule, one.by.clone(), one.on);
            }),
        }
    }
    for (at, one) in document.value.into_iter().enumerate() {
        let place = format!("{shown} [[value]] {}", at + 1);
        take(place, Subject::Value { fingerprint: one.fingerprint }, &one.decision, &one.rule, one.by, one.on);
    }
    complaints.dedup();
    complaints.splice(0..0, unfit);
    let mut seen: BTreeMap<&Subject, (&Answer, &str)> = BTreeMap::new();
    for (subject, _, ruling, place) in &entries {
        match seen.insert(subject, (&ruling.answer, place)) {
            Some((answer, first)) if *answer != ruling.answer => {
                complaints.push(format!("{place}: contradicts {first}; decide once"));
            }
            _ => {}
        }
    }
    if complaints.is_empty() { Ok(entries) } else { Err(Refused(complaints)) }
}
