//! Tables and facts of small exports, for tests of what is normalised.

use std::sync::Arc;

use super::{AsOf, Facts, Table};
use crate::load::{Input, LoadOptions, SourceSpec, load};
use crate::model::Kind;

/// Tables and facts of texts, each with its kind or object, under the config `toml`.
pub(super) fn facts_of(toml: &str, texts: &[(&str, &str)]) -> (Vec<Table>, Facts) {
    let folder = tempfile::tempdir().unwrap();
    let specs: Vec<SourceSpec> = texts
        .iter()
        .map(|(what, text)| {
            let path = folder.path().join(format!("{what}.csv"));
            std::fs::write(&path, text).unwrap();
            SourceSpec {
                name: Some((*what).to_owned()),
                kind: Some(what.parse().unwrap_or(Kind::Crm)),
                object: what.parse().ok(),
                ..SourceSpec::of(vec![Input::file(path)])
            }
        })
        .collect();
    let sources = load(&specs, &LoadOptions::default()).unwrap();
    let tables: Vec<Table> =
        sources.into_iter().enumerate().map(|(at, source)| Table::new(Arc::new(source), at, None)).collect();
    let config = crate::config::parse(toml, "leadlint.toml").unwrap();
    let now = chrono::DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    let facts = Facts::compute(&tables, AsOf::Export, now, &config);
    (tables, facts)
}
