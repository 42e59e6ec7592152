//! The sample of a replay of assignment rules.

use chrono::NaiveDate;

use super::{HOSTILE, time};
use crate::evidence::{Assignment, AssignmentClash, AssignmentRule, OwnerChange, OwnerLoad};

/// A replay with a pilot, a clash, a silent rule and hostile names.
pub(crate) fn assignment() -> Assignment {
    let rule = |name: &str, owner: &str, hits, first| AssignmentRule {
        name: name.to_owned(),
        place: Some("leadlint.toml:12".to_owned()),
        owner: owner.to_owned(),
        in_force: 4310,
        hits,
        first,
        first_live: first,
        ..AssignmentRule::default()
    };
    let load = |owner: Option<&str>, now, by_rules| OwnerLoad {
        owner: owner.map(str::to_owned),
        now,
        by_rules,
        with_pilots: by_rules,
    };
    Assignment {
        leads: 4310,
        undated: 1,
        window: Some((time("2026-10-01T08:00:00Z"), time("2026-10-09T20:00:00Z"))),
        days: 9,
        rules: vec![
            AssignmentRule {
                since: NaiveDate::from_ymd_opt(2026, 9, 1),
                ..rule("east territory", "Erin Vale", 2100, 2100)
            },
            AssignmentRule {
                shadowed_by: vec![("east territory".to_owned(), 40)],
                ..rule(HOSTILE, "hal@acme.example", 240, 200)
            },
            rule("typo", HOSTILE, 0, 0),
            AssignmentRule { pilot: true, first_live: 0, ..rule("trial", "Pia Lind", 12, 0) },
        ],
        uncovered: 7,
        before: 3,
        unknown: 1,
        clashes: vec![
            AssignmentClash {
                first: "east territory".to_owned(),
                second: HOSTILE.to_owned(),
                leads: 40,
                order_decides: true,
            },
            AssignmentClash { first: "typo".to_owned(), second: "trial".to_owned(), leads: 0, order_decides: false },
        ],
        load: vec![load(Some("Erin Vale"), 2000, 2100), load(Some("hal@acme.example"), 190, 200), load(None, 11, 1)],
        compared: 3900,
        changes: vec![
            OwnerChange {
                from: Some("Wes Holt".to_owned()),
                to: "Erin Vale".to_owned(),
                rule: "east territory".to_owned(),
                pilot: false,
                count: 9,
                examples: vec!["00Q5e000000018E".to_owned(), HOSTILE.to_owned()],
            },
            OwnerChange {
                from: None,
                to: "hal@acme.example".to_owned(),
                rule: HOSTILE.to_owned(),
                pilot: false,
                count: 1,
                examples: Vec::new(),
            },
        ],
        notes: vec![format!("leads · OwnerId names owners by ids, rule `{HOSTILE}` by name")],
        ..Assignment::default()
    }
}
