//! A mapping proof with everything in it.

use super::HOSTILE;
use crate::evidence::{
    AutomationProof, Expectation, Held, MappingProof, Metrics, OutcomeProof, ProbeProof, Stray, UseProof,
};

fn at(line: u32) -> Option<String> {
    Some(format!("leadlint.toml:{line}"))
}

/// Adds the proof to `metrics`.
pub(super) fn add(metrics: &mut Metrics) {
    metrics.mapping = vec![
        MappingProof {
            from: "chats.reason".to_owned(),
            to: "leads.Reason__c".to_owned(),
            place: at(12),
            pairs: 1204,
            tested: 1180,
            exact: 900,
            normalised: 40,
            translated: 200,
            lost: 12,
            altered: 5,
            misrouted: 21,
            rejected: 2,
            edited: 7,
            failing_since: Some("2026-09-14".to_owned()),
            strays: vec![Stray { column: HOSTILE.to_owned(), count: 21, since: Some("2026-09-20".to_owned()) }],
            ..MappingProof::default()
        },
        MappingProof {
            from: "chats.budget".to_owned(),
            to: "leads.Budget__c".to_owned(),
            place: at(17),
            pairs: 1204,
            ..MappingProof::default()
        },
        MappingProof {
            from: "chats.topic".to_owned(),
            to: "leads.Topic__c".to_owned(),
            not_proved: Some("leads has no column Topic__c".to_owned()),
            ..MappingProof::default()
        },
    ];
    let expectation = |field: &str, expected: &str, held, record: Option<&str>, why: Option<&str>| Expectation {
        field: field.to_owned(),
        expected: expected.to_owned(),
        held,
        record: record.map(str::to_owned),
        why: why.map(str::to_owned),
    };
    metrics.probes = vec![
        ProbeProof {
            chat: "c0001".to_owned(),
            case: "repeat",
            place: at(40),
            chats: 1,
            records: vec!["leads 00Q5e000000018E".to_owned()],
            expectations: vec![
                expectation("leads.Email", "ann.lee@acme.example", Held::Held, Some("leads 00Q5e000000018E"), None),
                expectation("leads.Reason__c", HOSTILE, Held::Failed, Some("leads 00Q5e000000018E"), None),
                expectation(
                    "deals.Stage",
                    "New",
                    Held::NotChecked,
                    None,
                    Some("records of deals are not linked with chats"),
                ),
            ],
        },
        ProbeProof {
            chat: "c9999".to_owned(),
            case: "plain",
            place: at(45),
            chats: 0,
            records: Vec::new(),
            expectations: Vec::new(),
        },
    ];
    metrics.automations = vec![AutomationProof {
        name: "route by reason".to_owned(),
        place: at(30),
        uses: vec![
            UseProof {
                field: "leads.Reason__c".to_owned(),
                absent: None,
                of: "records that chats made",
                rows: 1204,
                filled: 1150,
                fed_by: "a mapping",
            },
            UseProof {
                field: "leads.Topic__c".to_owned(),
                absent: Some("leads has no column Topic__c".to_owned()),
                of: "rows",
                rows: 0,
                filled: 0,
                fed_by: "not asked",
            },
        ],
        outcomes: vec![
            OutcomeProof {
                field: "leads.OwnerId".to_owned(),
                expected: "East rep".to_owned(),
                matched: 300,
                shown: 280,
                late: 4,
                missing: 10,
                changed: 5,
                not_judged: 1,
                ..OutcomeProof::default()
            },
            OutcomeProof {
                field: "leads.Topic__c".to_owned(),
                expected: "x".to_owned(),
                not_proved: Some("leads has no column Topic__c".to_owned()),
                ..OutcomeProof::default()
            },
        ],
    }];
}
