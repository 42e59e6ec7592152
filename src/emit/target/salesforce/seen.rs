//! What an export said of a record, so that nobody is merged or deleted as someone else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::fields::{Object, field};
use crate::config::options::Options;
use crate::model::{Role, Source};
use crate::normalise::record_id::canonical;
use crate::plan::Place;

/// By field, the values with which a record counts as unchanged; none for a field that is saved but not compared.
pub(super) type Seen = BTreeMap<String, Vec<String>>;

/// Characters after which reports cut long text off.
const CUT: usize = 254;

/// A column whose field is known.
#[derive(Debug)]
struct Known {
    column: usize,
    field: String,
    /// Whether the header is a report's, and not the field's own name.
    is_label: bool,
}

/// The columns of all sources whose field is known.
#[derive(Debug)]
pub(super) struct Exports<'a> {
    sources: &'a [Arc<Source>],
    config: &'a Options,
    /// By source and object.
    known: BTreeMap<(usize, Object), Vec<Known>>,
}

impl<'a> Exports<'a> {
    pub(super) const fn of(sources: &'a [Arc<Source>], config: &'a Options) -> Self {
        Self { sources, config, known: BTreeMap::new() }
    }

    /// Every field of a record that can be written, as its export has it.
    pub(super) fn seen(&mut self, object: Object, place: &Place) -> Seen {
        let source = &self.sources[place.source];
        let known = match self.known.entry((place.source, object)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(none) => none.insert(columns(source, object, self.config)),
        };
        let headers = &source.files[source.file_of(place.row)].headers;
        let mut seen = Seen::new();
        for Known { column, field, is_label } in known {
            if !headers.iter().any(|header| header == source.header(*column)) {
                continue;
            }
            let frame = source.frame.columns();
            let cells = frame.get(*column).and_then(|column| column.as_materialized_series().str().ok());
            let cell = cells.and_then(|cells| cells.get(place.row as usize)).unwrap_or_default();
            let values = if *is_label && cell.chars().count() >= CUT { Vec::new() } else { vec![exact(field, cell)] };
            seen.entry(field.clone()).or_insert(values);
        }
        seen
    }
}

fn columns(source: &Source, object: Object, config: &Options) -> Vec<Known> {
    let of = |column: usize| {
        let header = source.header(column);
        let field = field(object, header, &config.targets.salesforce).ok()?;
        let is_label = !header.eq_ignore_ascii_case(&field);
        (source.role_of(column) != Some(Role::Id)).then_some(Known { column, field, is_label })
    };
    (0..source.frame.width()).filter_map(of).collect()
}

/// A value as Salesforce holds it: ids in their long form, in the fields that hold some.
pub(super) fn exact(field: &str, value: &str) -> String {
    if field.ends_with("Id") { canonical(value).map_or_else(String::new, Cow::into_owned) } else { value.to_owned() }
}
