//! Identities of evidence that hold across exports (DESIGN, "Fingerprint").

use rayon::prelude::*;

use super::expand::{Columns, Gathered, Ref, Stretch};
use super::fingerprint::{Identity, Parts};
use crate::model::{Role, Source};
use crate::normalise::text::Text;
use crate::normalise::{email, record_id};

impl Gathered {
    pub(super) fn fingerprint(
        &self,
        stretch: &Stretch,
        one: &Ref,
        columns: &Columns<'_>,
        record: Option<&str>,
        value: Option<&str>,
    ) -> String {
        format!("{:032x}", self.print(stretch, one, columns, record, value))
    }

    /// The identity of a row of evidence, as that of the record with the id `record`.
    fn print(
        &self,
        stretch: &Stretch,
        one: &Ref,
        columns: &Columns<'_>,
        record: Option<&str>,
        value: Option<&str>,
    ) -> u128 {
        let source = self.sources.get(stretch.source);
        let row = source.and_then(|source| one.at.frame_row(source));
        let source = source.map(|source| &**source);
        let email = || columns.email.as_ref()?.get(row?);
        let told = self.text(one, "identity").map(|told| format!("{}\u{1F}{told}", value.unwrap_or_default()));
        let value = told.as_deref().or(value);
        print(&self.identity, (stretch.code, stretch.column, value), source, row, (record, &email))
    }

    /// The identities of a stretch in its order; beside each, those it would have under the ids that `formerly` names for
    /// its record.
    pub(super) fn prints(
        &self,
        stretch: &Stretch,
        formerly: impl Fn(&str) -> Vec<String> + Sync,
    ) -> Vec<(u128, Vec<u128>)> {
        let columns = self.columns(stretch.source);
        let each = self.refs[stretch.from..stretch.to].par_iter().map(|one| {
            let (record, value) = (self.record(stretch.source, &columns, one.at), self.value(stretch, one));
            let former = record.and_then(record_id::canonical).map_or_else(Vec::new, |id| formerly(&id));
            let print = |record: Option<&str>| self.print(stretch, one, &columns, record, value);
            (print(record), former.iter().map(|id| print(Some(id))).collect())
        });
        each.collect()
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
}

/// The identity of evidence: of a rule, in a column, on a value; in a source, on a row; of the record with an id or, where
/// it has none, an address.
fn print<'a>(
    identity: &Identity,
    (code, column, value): (&str, Option<usize>, Option<&str>),
    source: Option<&Source>,
    row: Option<u32>,
    (id, email): (Option<&'a str>, &dyn Fn() -> Option<&'a str>),
) -> u128 {
    let record = id
        .and_then(record_id::canonical)
        .or_else(|| email().and_then(email::canonical))
        .or_else(|| Some(whole_row(source?, row?).into()));
    let field = column.and_then(|column| Some(field_of(source?, column)));
    identity.print(&Parts {
        code,
        kind: source.map_or("audit", |source| source.kind.as_str()),
        object: source.and_then(|source| source.object).map_or("", crate::model::Object::as_str),
        source: source.filter(|source| source.configured).map_or("", |source| source.name.as_str()),
        record: record.as_deref().unwrap_or_default(),
        field: field.unwrap_or_default(),
        value: value.unwrap_or_default(),
    })
}

/// The identity that evidence of the rule `code` on a cell has: for rules that look theirs or another's up in a baseline.
#[must_use]
pub fn print_of_cell(identity: &Identity, code: &str, source: &Source, row: u32, column: usize) -> u128 {
    let text = |column: usize| Text::new(&source.frame.columns()[column]).ok()?.get(row);
    let of = |role| source.roles.iter().find(|binding| binding.role == role).and_then(|binding| text(binding.column));
    let id = of(Role::Id).filter(|id| !id.trim().is_empty());
    print(identity, (code, Some(column), text(column)), Some(source), Some(row), (id, &|| of(Role::Email)))
}

/// What names a column in identities: its role, else its header.
#[must_use]
pub fn field_of(source: &Source, column: usize) -> &str {
    match source.role_of(column) {
        Some(role) => role.as_str(),
        None => source.header(column),
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
