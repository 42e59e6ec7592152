//! From hits to evidence: gathers the hits of all rules, sorts them, and expands them to rows on demand.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

use super::accept::Accepted;
use super::fingerprint::{Identity, hex};
use super::hits::{At, Hits};
use super::ledger::Ledger;
use super::{EvidenceRow, schema};
use crate::model::{Role, Safety, Severity, Source, Status};
use crate::normalise::Table;
use crate::normalise::text::Text;

/// Hits of one rule, and where each points in its source. Those of parts of a table add up to those of the whole.
#[derive(Debug)]
pub struct RuleHits {
    code: &'static str,
    safety: Safety,
    severity: Severity,
    hits: Hits,
    at: Vec<(u32, At)>,
}

impl RuleHits {
    /// Hits of the rule with this code, whose evidence has this safety and severity unless it says otherwise, over
    /// `tables`, one of which the hits are of.
    pub fn resolve(
        code: &'static str,
        safety: Safety,
        severity: Severity,
        hits: Hits,
        tables: &[&Table],
    ) -> PolarsResult<Self> {
        let at = match tables.iter().find(|table| table.index == hits.source) {
            Some(table) => hits.resolve(table)?,
            None => (0..hits.len() as u32).map(|pos| (pos, At::Whole)).collect(),
        };
        Ok(Self { code, safety, severity, hits, at })
    }
}

/// One row of evidence, as indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ref {
    hits: u32,
    pos: u32,
    pub(super) at: At,
    group: Option<u64>,
    pub(super) status: Status,
    /// Whether it stands on a record that nobody changed in the time that the run is asked about.
    pub(super) untouched: bool,
}

/// A stretch of the evidence: one rule's in one source and column.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) code: &'static str,
    pub(super) source: usize,
    pub(super) column: Option<usize>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// All evidence of a run, as indices, sorted by (code, source, column, group, record id, row).
#[derive(Debug)]
pub struct Gathered {
    pub(super) sources: Vec<Arc<Source>>,
    hits: Vec<RuleHits>,
    pub(super) refs: Vec<Ref>,
    stretches: Vec<Stretch>,
    pub(super) identity: Identity,
    /// How much evidence each `[[accept]]` entry covers, by position.
    pub(super) covered: BTreeMap<usize, u64>,
    /// Identities of the evidence and when it was first seen, where the run asked.
    pub(super) ledger: Option<Ledger>,
}

/// Text columns of the frames that expansion reads, looked up once.
pub(super) struct Columns<'a> {
    pub(super) id: Option<Text<'a>>,
    pub(super) email: Option<Text<'a>>,
}

impl Gathered {
    /// Gathers and sorts hits. `accepted` answers for each code what is agreed.
    pub fn new(
        sources: Vec<Arc<Source>>,
        hits: Vec<RuleHits>,
        identity: Identity,
        accepted: impl Fn(&str) -> Accepted + Sync,
    ) -> PolarsResult<Self> {
        let groups: Vec<Vec<Option<u64>>> = hits
            .par_iter()
            .map(|of_rule| match of_rule.hits.frame.column("key") {
                Err(_) => Ok(vec![None; of_rule.hits.len()]),
                Ok(keys) => {
                    let keys = keys.as_materialized_series().str()?;
                    let mut last: Option<(&str, u64)> = None;
                    Ok(keys
                        .iter()
                        .map(|key| {
                            let key = key?;
                            if let Some((same, group)) = last
                                && same == key
                            {
                                return Some(group);
                            }
                            let group = identity.group(of_rule.code, key);
                            last = Some((key, group));
                            Some(group)
                        })
                        .collect())
                }
            })
            .collect::<PolarsResult<_>>()?;
        let mut keyed: Vec<(Stretch, Vec<Ref>)> = Vec::new();
        let mut order: Vec<usize> = (0..hits.len()).collect();
        let place = |at: &usize| {
            let of_rule = &hits[*at];
            (of_rule.code, of_rule.hits.source, of_rule.hits.column)
        };
        order.sort_by_key(|at| place(at));
        for at in order {
            let (code, source, column) = place(&at);
            let refs = hits[at].at.iter().map(|(pos, to)| Ref {
                hits: at as u32,
                pos: *pos,
                at: *to,
                group: groups[at][*pos as usize],
                status: Status::New,
                untouched: false,
            });
            match keyed.last_mut() {
                Some((last, all)) if (last.code, last.source, last.column) == (code, source, column) => {
                    all.extend(refs);
                }
                _ => keyed.push((Stretch { code, source, column, from: 0, to: 0 }, refs.collect())),
            }
        }
        let (covered, ledger) = (BTreeMap::new(), None);
        let mut gathered = Self { sources, hits, refs: Vec::new(), stretches: Vec::new(), identity, covered, ledger };
        let covered = keyed.par_iter_mut().map(|(stretch, refs)| {
            let mut covered: BTreeMap<usize, u64> = BTreeMap::new();
            let accepted = accepted(stretch.code);
            gathered.sort(stretch, refs);
            if !accepted.is_empty() {
                let columns = gathered.columns(stretch.source);
                for one in refs.iter_mut() {
                    let group = one.group.map(|group| hex(&group.to_be_bytes()));
                    let record = gathered.record(stretch.source, &columns, one.at);
                    for entry in accepted.covering(record, group.as_deref()) {
                        one.status = Status::Accepted;
                        if accepted.counts(entry) {
                            *covered.entry(entry).or_default() += 1;
                        }
                    }
                }
            }
            covered
        });
        let covered = covered.reduce(BTreeMap::new, |mut all, part| {
            for (entry, count) in part {
                *all.entry(entry).or_default() += count;
            }
            all
        });
        gathered.covered = covered;
        // By code, then by the names that people see, so that the order of columns in the export does not matter.
        keyed.sort_by(|(a, _), (b, _)| {
            (a.code, gathered.source_name(a.source), gathered.header(a.source, a.column)).cmp(&(
                b.code,
                gathered.source_name(b.source),
                gathered.header(b.source, b.column),
            ))
        });
        for (mut stretch, refs) in keyed {
            stretch.from = gathered.refs.len();
            stretch.to = stretch.from + refs.len();
            gathered.refs.extend(refs);
            gathered.stretches.push(stretch);
        }
        Ok(gathered)
    }

    fn sort(&self, stretch: &Stretch, refs: &mut [Ref]) {
        let columns = self.columns(stretch.source);
        let value = |one: &Ref| self.value(stretch, one);
        // Several hits of one rule on one cell: by what they say, for their positions are those of a part.
        let said = |one: &Ref| (self.text(one, "suggested"), self.text(one, "detail"));
        refs.par_sort_by(|a, b| {
            a.group.cmp(&b.group).then_with(|| {
                let (id_a, id_b) =
                    (self.record(stretch.source, &columns, a.at), self.record(stretch.source, &columns, b.at));
                match id_a.cmp(&id_b) {
                    Ordering::Equal => value(a)
                        .cmp(&value(b))
                        .then_with(|| a.at.cmp(&b.at))
                        .then_with(|| said(a).cmp(&said(b)))
                        .then(a.pos.cmp(&b.pos)),
                    other => other,
                }
            })
        });
    }

    pub(super) fn len(&self) -> usize {
        self.refs.len()
    }

    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// For each row of a stretch: where it points, severity, safety, group, whether it is accepted.
    pub(super) fn tally(&self, stretch: &Stretch) -> impl Iterator<Item = Tallied> + '_ {
        self.refs[stretch.from..stretch.to].iter().map(|one| {
            let of_rule = &self.hits[one.hits as usize];
            Tallied {
                frame_row: self.sources.get(of_rule.hits.source).and_then(|source| one.at.frame_row(source)),
                distinct: one.at,
                severity: self.number(one, "severity").map_or(of_rule.severity, Severity::from_rank),
                safety: self.safety(one),
                group: one.group,
                status: one.status,
                untouched: one.untouched,
            }
        })
    }

    /// Rows of a source; `None` for the audit itself.
    pub(super) fn height(&self, source: usize) -> Option<usize> {
        self.sources.get(source).map(|source| source.height())
    }

    pub(super) fn role(&self, source: usize, column: usize) -> Option<Role> {
        self.sources.get(source)?.role_of(column)
    }

    pub(super) fn source_name(&self, source: usize) -> &str {
        self.sources.get(source).map_or("audit", |source| source.name.as_str())
    }

    pub(super) fn header(&self, source: usize, column: Option<usize>) -> Option<&str> {
        Some(self.sources.get(source)?.header(column?))
    }

    pub(super) fn columns(&self, source: usize) -> Columns<'_> {
        let text = |role| {
            let source = self.sources.get(source)?;
            // The role as detected, whether or not the config asks rules to ignore the column: identity needs it.
            let column = source.roles.iter().find(|binding| binding.role == role)?.column;
            Text::new(&source.frame.columns()[column]).ok()
        };
        Columns { id: text(Role::Id), email: text(Role::Email) }
    }

    pub(super) fn record<'a>(&self, source: usize, columns: &Columns<'a>, at: At) -> Option<&'a str> {
        let row = at.frame_row(self.sources.get(source)?)?;
        columns.id.as_ref()?.get(row).filter(|id| !id.trim().is_empty())
    }

    pub(super) fn text(&self, one: &Ref, name: &str) -> Option<&str> {
        let column = self.hits[one.hits as usize].hits.frame.column(name).ok()?;
        column.as_materialized_series().str().ok()?.get(one.pos as usize)
    }

    pub(super) fn detail(&self, at: usize) -> &str {
        self.refs.get(at).and_then(|one| self.text(one, "detail")).unwrap_or_default()
    }

    /// What should stand where the evidence at a position points, if it says so.
    pub(super) fn suggested(&self, at: usize) -> Option<&str> {
        self.text(self.refs.get(at)?, "suggested")
    }

    /// The source and the row that the evidence at a position names beside its own.
    pub(super) fn other(&self, at: usize) -> Option<(usize, u32)> {
        let one = self.refs.get(at)?;
        Some((self.number(one, "other_source")? as usize, self.number(one, "other_row")?))
    }

    /// How sure the evidence at a position is: 0..1.
    pub(super) fn confidence(&self, at: usize) -> f64 {
        self.refs.get(at).map_or(1.0, |one| self.sure(one))
    }

    fn sure(&self, one: &Ref) -> f64 {
        let column = self.hits[one.hits as usize].hits.frame.column("confidence").ok();
        column.and_then(|column| column.as_materialized_series().f64().ok()?.get(one.pos as usize)).unwrap_or(1.0)
    }

    fn number(&self, one: &Ref, name: &str) -> Option<u32> {
        let column = self.hits[one.hits as usize].hits.frame.column(name).ok()?;
        column.as_materialized_series().u32().ok()?.get(one.pos as usize)
    }

    fn safety(&self, one: &Ref) -> Safety {
        self.text(one, "safety").and_then(|word| word.parse().ok()).unwrap_or(self.hits[one.hits as usize].safety)
    }

    pub(super) fn value(&self, stretch: &Stretch, one: &Ref) -> Option<&str> {
        if let Some(value) = self.text(one, "value") {
            return Some(value);
        }
        let source = self.sources.get(stretch.source)?;
        match one.at {
            At::Whole => None,
            At::Issue(issue) => source.issues.get(issue as usize).map(|issue| issue.value.as_str()),
            At::Row(row) => {
                source.frame.columns()[stretch.column?].as_materialized_series().str().ok()?.get(row as usize)
            }
        }
    }

    /// The first few rows of a stretch that no exception covers, expanded; new ones before known ones.
    pub(super) fn examples(&self, stretch: &Stretch, most: usize) -> Vec<EvidenceRow> {
        let columns = self.columns(stretch.source);
        let refs = || self.refs[stretch.from..stretch.to].iter().filter(|one| one.status != Status::Accepted);
        let new = |one: &&Ref| is_new(one.status, one.untouched);
        refs()
            .filter(new)
            .chain(refs().filter(|one| !new(one)))
            .take(most)
            .map(|one| self.expand_one(stretch, one, &columns))
            .collect()
    }

    /// Rows `from..to` of the evidence, expanded.
    pub(super) fn expand(&self, stretch: &Stretch, from: usize, to: usize) -> Vec<EvidenceRow> {
        let columns = self.columns(stretch.source);
        self.refs[from..to].par_iter().map(|one| self.expand_one(stretch, one, &columns)).collect()
    }

    fn expand_one(&self, stretch: &Stretch, one: &Ref, columns: &Columns<'_>) -> EvidenceRow {
        let source = self.sources.get(stretch.source);
        let value = self.value(stretch, one);
        let place = source.and_then(|source| place(source, one.at));
        let record = self.record(stretch.source, columns, one.at);
        let other = self.number(one, "other_source").and_then(|at| {
            let source = self.sources.get(at as usize)?;
            let row = self.number(one, "other_row")?;
            let id = source
                .role(Role::Id)
                .and_then(|column| Text::new(&source.frame.columns()[column]).ok()?.get(row).map(str::to_owned));
            Some((source.name.clone(), id))
        });
        let column = self.header(stretch.source, stretch.column).map(str::to_owned).or_else(|| match one.at {
            At::Issue(issue) => source.and_then(|s| Some(s.header(s.issues.get(issue as usize)?.column?).to_owned())),
            _ => None,
        });
        EvidenceRow {
            code: stretch.code,
            source: self.source_name(stretch.source).to_owned(),
            column,
            file: place.as_ref().map(|place| place.0.clone()),
            row: place.as_ref().map(|place| place.1),
            line: place.as_ref().map(|place| place.2).filter(|line| *line > 0),
            record_id: record.map(str::to_owned),
            other_source: other.as_ref().map(|other| other.0.clone()),
            other_id: other.and_then(|other| other.1),
            value: value.map(str::to_owned),
            suggested: self.text(one, "suggested").map(str::to_owned),
            group: one.group.map(|group| hex(&group.to_be_bytes())),
            confidence: self.sure(one),
            safety: self.safety(one),
            detail: self.text(one, "detail").unwrap_or_default().to_owned(),
            fingerprint: self.fingerprint(stretch, one, columns, record, value),
            status: one.status,
        }
    }

    /// The whole table with the columns of [`schema::SCHEMA`].
    pub(super) fn frame(&self) -> PolarsResult<DataFrame> {
        let rows: Vec<EvidenceRow> =
            self.stretches.iter().flat_map(|stretch| self.expand(stretch, stretch.from, stretch.to)).collect();
        schema::frame(&rows)
    }

    /// The stretch of a finding.
    pub(super) fn find(&self, code: &str, source: &str, column: Option<&str>) -> Option<&Stretch> {
        self.stretches.iter().find(|stretch| {
            stretch.code == code
                && self.source_name(stretch.source) == source
                && self.header(stretch.source, stretch.column) == column
        })
    }
}

/// One row of a stretch, as far as findings count it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tallied {
    /// The row of the frame, if what is pointed at is one.
    pub(super) frame_row: Option<u32>,
    pub(super) distinct: At,
    pub(super) severity: Severity,
    pub(super) safety: Safety,
    pub(super) group: Option<u64>,
    pub(super) status: Status,
    pub(super) untouched: bool,
}

impl Tallied {
    /// Whether it counts as new.
    pub(super) fn is_new(&self) -> bool {
        is_new(self.status, self.untouched)
    }
}

/// Whether evidence counts as new: not known, not agreed, and on no record that is left alone.
fn is_new(status: Status, untouched: bool) -> bool {
    matches!(status, Status::New | Status::Reopened) && !untouched
}

/// File, row and line that something points at.
fn place(source: &Source, at: At) -> Option<(String, u64, u64)> {
    match at {
        At::Whole => None,
        At::Row(row) => {
            let file = source.files.get(source.file_of(row))?;
            let (number, line) = (source.origin.row.get(row as usize)?, source.origin.line.get(row as usize)?);
            Some((file.path.clone(), u64::from(*number), u64::from(*line)))
        }
        At::Issue(issue) => {
            let issue = source.issues.get(issue as usize)?;
            Some((source.files.get(issue.file)?.path.clone(), issue.row, issue.line))
        }
    }
}
