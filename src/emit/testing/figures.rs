//! The figures of the sample audits.

use super::{HOSTILE, assignment, drift};
use crate::evidence::{CreatedBy, CreatedFrom, CreatedIn, CreatedInFrom, Creator, Duplicates, Metrics};

pub(super) fn metrics() -> Metrics {
    let week = |week: &str, count| CreatedIn { week: week.to_owned(), count };
    let by = |creator, count| CreatedBy { creator, count };
    let both = |week: &str, source: Option<&str>, count| CreatedInFrom {
        week: week.to_owned(),
        source: source.map(str::to_owned),
        count,
    };
    let from = |source: Option<&str>, count| CreatedFrom { source: source.map(str::to_owned), count };
    Metrics {
        required_fill: [("leads.Email".to_owned(), 0.996)].into_iter().collect(),
        fill: [("leads.Email", 0.996), ("leads.Region | Sales", 0.5), ("chats.id", 1.0), ("leads.Fax", 0.0)]
            .into_iter()
            .map(|(column, share)| (column.to_owned(), share))
            .collect(),
        duplicates: Some(Duplicates {
            created: 14,
            undated: 1,
            per_week: (36..43).map(|at| week(&format!("2026-W{at}"), 1)).chain([week("2026-W44", 6)]).collect(),
            by_creator: vec![
                by(Creator::Person("Ann Lee".to_owned()), 6),
                by(Creator::System, 4),
                by(Creator::Person("005Wd000001AbCd".to_owned()), 3),
                by(Creator::Unknown, 1),
            ],
            by_source: vec![from(Some(HOSTILE), 9), from(Some("Web"), 4), from(None, 1)],
            per_week_and_source: (36..43)
                .map(|at| both(&format!("2026-W{at}"), Some(HOSTILE), 1))
                .chain([
                    both("2026-W44", Some(HOSTILE), 2),
                    both("2026-W44", Some("Web"), 3),
                    both("2026-W44", None, 1),
                ])
                .collect(),
        }),
        matching: vec![drift::matching()],
        drift: drift::columns(),
        links: Some(crate::emit::sample_sync::links()),
        sync: Some(crate::emit::sample_sync::sync()),
        assignment: Some(assignment()),
        ..Metrics::default()
    }
}
