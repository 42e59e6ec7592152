//! From hits to evidence: gathers the hits of all rules, sorts them, and expands them to rows on demand.

use std::cmp::Ordering;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

use super::accept::Accepted;
use super::fingerprint::{Identity, Parts, hex};
use super::hits::{At, Hits};
use super::{EvidenceRow, schema};
use crate::model::{Role, Safety, Severity, Source, Status};
use crate::normalise::text::Text;
use crate::normalise::{Table, email, record_id};

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
struct Ref {
    hits: u32,
    pos: u32,
    at: At,
    group: Option<u64>,
    accepted: bool,
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
    sources: Vec<Arc<Source>>,
    hits: Vec<RuleHits>,
    refs: Vec<Ref>,
    stretches: Vec<Stretch>,
    identity: Identity,
}

/// Text columns of the frames that expansion reads, looked up once.
struct Columns<'a> {
    id: Option<Text<'a>>,
    email: Option<Text<'a>>,
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
                accepted: false,
            });
            match keyed.last_mut() {
                Some((last, all)) if (last.code, last.source, last.column) == (code, source, column) => {
                    all.extend(refs);
                }
                _ => keyed.push((Stretch { code, source, column, from: 0, to: 0 }, refs.collect())),
            }
        }
        let mut gathered = Self { sources, hits, refs: Vec::new(), stretches: Vec::new(), identity };
        keyed.par_iter_mut().for_each(|(stretch, refs)| {
            let accepted = accepted(stretch.code);
            gathered.sort(stretch, refs);
            if !accepted.is_empty() {
                let columns = gathered.columns(stretch.source);
                for one in refs.iter_mut() {
                    let group = one.group.map(|group| hex(&group.to_be_bytes()));
                    one.accepted = accepted.covers(gathered.record(stretch.source, &columns, one.at), group.as_deref());
                }
            }
        });
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
                accepted: one.accepted,
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

    fn columns(&self, source: usize) -> Columns<'_> {
        let text = |role| {
            let source = self.sources.get(source)?;
            // The role as detected, whether or not the config asks rules to ignore the column: identity needs it.
            let column = source.roles.iter().find(|binding| binding.role == role)?.column;
            Text::new(&source.frame.columns()[column]).ok()
        };
        Columns { id: text(Role::Id), email: text(Role::Email) }
    }

    fn record<'a>(&self, source: usize, columns: &Columns<'a>, at: At) -> Option<&'a str> {
        let row = at.frame_row(self.sources.get(source)?)?;
        columns.id.as_ref()?.get(row).filter(|id| !id.trim().is_empty())
    }

    fn text(&self, one: &Ref, name: &str) -> Option<&str> {
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

    fn value(&self, stretch: &Stretch, one: &Ref) -> Option<&str> {
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

    /// The first few rows of a stretch that no exception covers, expanded.
    pub(super) fn examples(&self, stretch: &Stretch, most: usize) -> Vec<EvidenceRow> {
        let columns = self.columns(stretch.source);
        self.refs[stretch.from..stretch.to]
            .iter()
            .filter(|one| !one.accepted)
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
            status: if one.accepted { Status::Accepted } else { Status::New },
        }
    }

    fn fingerprint(
        &self,
        stretch: &Stretch,
        one: &Ref,
        columns: &Columns<'_>,
        record: Option<&str>,
        value: Option<&str>,
    ) -> String {
        let source = self.sources.get(stretch.source);
        let row = source.and_then(|source| one.at.frame_row(source));
        let record = record
            .and_then(record_id::canonical)
            .or_else(|| columns.email.as_ref()?.get(row?).and_then(email::canonical))
            .or_else(|| Some(whole_row(source?, row?).into()));
        let field = stretch.column.and_then(|column| {
            let source = source?;
            Some(match source.role_of(column) {
                Some(role) => role.as_str(),
                None => source.header(column),
            })
        });
        self.identity.fingerprint(&Parts {
            code: stretch.code,
            kind: source.map_or("audit", |source| source.kind.as_str()),
            object: source.and_then(|source| source.object).map_or("", crate::model::Object::as_str),
            source: source.filter(|source| source.configured).map_or("", |source| source.name.as_str()),
            record: record.as_deref().unwrap_or_default(),
            field: field.unwrap_or_default(),
            value: value.unwrap_or_default(),
        })
    }

    /// The whole table with the columns of [`schema::SCHEMA`].
    pub(super) fn frame(&self) -> PolarsResult<DataFrame> {
        let rows: Vec<EvidenceRow> =
            self.stretches.iter().flat_map(|stretch| self.expand(stretch, stretch.from, stretch.to)).collect();
        schema::frame(&rows)
    }

    /// Sorted fingerprints of a stretch.
    pub(super) fn fingerprints(&self, stretch: &Stretch) -> Vec<String> {
        let columns = self.columns(stretch.source);
        let mut found: Vec<String> = self.refs[stretch.from..stretch.to]
            .par_iter()
            .map(|one| {
                let record = self.record(stretch.source, &columns, one.at);
                self.fingerprint(stretch, one, &columns, record, self.value(stretch, one))
            })
            .collect();
        found.par_sort_unstable();
        found
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
    pub(super) accepted: bool,
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

/// What stands for the id of a row that has none: all its cells, in the order of the headers' bytes, so that moved
/// columns do not change it.
fn whole_row(source: &Source, row: u32) -> String {
    let mut columns: Vec<&polars::prelude::Column> = source.frame.columns().iter().collect();
    columns.sort_by(|a, b| a.name().cmp(b.name()));
    let cells = columns.iter().map(|column| {
        let cell = Text::new(column).ok().and_then(|text| text.get(row)).unwrap_or_default();
        format!("{}\u{1F}{}", column.name(), cell)
    });
    cells.collect::<Vec<_>>().join("\u{1E}")
}
