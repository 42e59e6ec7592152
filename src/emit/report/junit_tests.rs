use proptest::prelude::*;

use super::*;
use crate::emit::testing::hostile::{TEXTS, spoilt};
use crate::emit::{Pii, testing};

fn render(audit: &Audit) -> String {
    String::from_utf8(Junit.render(audit, &testing::view(Pii::Mask)).unwrap()).unwrap()
}

fn read(audit: &Audit) -> Junits {
    let xml = render(audit);
    Junits::deserialize_from_str(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"))
}

fn find<'a>(report: &'a Junits, suite: &str, case: &str) -> &'a TestCase {
    let suite = report.test_suites.iter().find(|one| one.name.as_str() == suite).unwrap();
    suite.test_cases.iter().find(|one| one.name.as_str() == case).unwrap_or_else(|| panic!("no {case}: {suite:?}"))
}

fn output(case: &TestCase) -> &str {
    case.system_out.as_ref().map_or("", |out| out.as_str())
}

#[test]
fn what_fails_the_run_fails_and_the_rest_is_said() {
    let mut audit = testing::sample();
    let report = read(&audit);
    assert_eq!((report.failures, report.errors), (2, 0));
    let case = find(&report, "leads", "DUP001 repeated-email");
    let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, description: Some(text), .. } = &case.status else {
        panic!("{case:?}");
    };
    assert!(text.as_str().contains("record 00Q5e000000018E"), "{text:?}");
    assert!(text.as_str().contains("8 of 11 new") && text.as_str().contains("3 of 11 rows shown"), "{text:?}");
    let warning = find(&report, "leads", "DRF001 spelling-variant");
    assert!(matches!(warning.status, TestCaseStatus::Success { .. }));
    assert!(output(warning).contains("5 cells spell") && output(warning).contains("within budget"), "{warning:?}");
    for (word, failures) in [("warning", 3), ("info", 4), ("never", 0)] {
        word.clone_into(&mut audit.verdict.fail_on);
        audit.verdict.passed = failures == 0;
        assert_eq!(read(&audit).failures, failures, "fails on {word}");
    }
}

#[test]
fn rules_that_could_not_run_are_skipped_and_broken_ones_are_errors() {
    let report = read(&testing::skipped());
    let TestCaseStatus::Skipped { description: Some(why), .. } = &find(&report, "audit", "REQ002 invalid-email").status
    else {
        panic!("{report:?}");
    };
    assert!(why.as_str().contains("role `email`"), "{why:?}");
    let whole = report.test_suites.iter().find(|suite| suite.name.as_str() == "audit").unwrap();
    assert_eq!((whole.skipped, report.failures), (9, 0));
    let report = read(&testing::failed());
    assert_eq!(report.errors, 1);
    assert!(matches!(
        find(&report, "audit", "DRF002 misspelt-value").status,
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. }
    ));
}

#[test]
fn a_run_that_fails_for_another_reason_has_a_case_that_fails() {
    let mut audit = testing::clean();
    audit.verdict.passed = false;
    "the score fell from 91.4 to 88.0".clone_into(&mut audit.verdict.why);
    let report = read(&audit);
    assert_eq!(report.failures, 1);
    assert!(render(&audit).contains("the score fell from 91.4 to 88.0"));
    find(&report, "audit", "verdict of the run");
}

#[test]
fn a_rule_passes_only_where_it_could_look() {
    let report = read(&testing::clean());
    assert!(matches!(find(&report, "leads", "DUP001 repeated-email").status, TestCaseStatus::Success { .. }));
    let log = report.test_suites.iter().find(|suite| suite.name.as_str() == "sync-log").unwrap();
    assert!(log.test_cases.iter().all(|case| case.name.as_str() != "DUP001 repeated-email"), "{log:?}");
    let mut audit = testing::clean();
    audit.sources[0].roles.clear();
    assert!(matches!(find(&read(&audit), "leads", "DUP001 repeated-email").status, TestCaseStatus::Skipped { .. }));
}

#[test]
fn control_characters_are_shown_by_their_pictures() {
    assert_eq!(clean("a\0b\u{1b}[31m\r\u{ffff}\nc"), "a␀b␛[31m⏎\u{fffd}\nc");
}

/// What every file must hold, whatever the data says.
fn holds(audit: &Audit) {
    let xml = render(audit);
    let allowed = |c: char| matches!(c, '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed), "{xml:?}");
    let report = read(audit);
    assert_eq!(report.test_suites.len(), audit.sources.len() + 1);
    let failing = audit.findings.iter().filter(|finding| said::fails(audit, finding)).count();
    assert_eq!(report.failures, failing, "{xml}");
}

#[test]
fn hostile_texts_stay_text() {
    for cell in TEXTS {
        holds(&spoilt(cell));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_stays_text(cell in any::<String>()) {
        holds(&spoilt(&cell));
    }
}
