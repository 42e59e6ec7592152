use super::*;
use crate::emit::{Pii, testing};
use crate::evidence::Evidence;

fn view() -> View {
    testing::view(Pii::Mask)
}

/// An audit with one finding, of these rows.
fn audit(rows: Vec<EvidenceRow>) -> Audit {
    let mut audit = testing::sample();
    let mut finding = audit.findings.remove(2);
    finding.count = rows.iter().filter(|row| row.status != Status::Accepted).count() as u64;
    finding.accepted = rows.len() as u64 - finding.count;
    audit.findings = vec![finding];
    audit.evidence = Evidence::from_rows(rows);
    audit
}

/// Rows of the sample's third finding, with these values.
fn rows<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Vec<EvidenceRow> {
    let model = testing::sample().findings[2].examples[0].clone();
    let row = |(at, value): (usize, S)| EvidenceRow {
        value: Some(value.as_ref().to_owned()),
        line: Some(at as u64 + 2),
        ..model.clone()
    };
    values.into_iter().enumerate().map(row).collect()
}

fn counts(audit: &Audit) -> Vec<u64> {
    portions(audit, &view())[0].portions.iter().map(|portion| portion.count).collect()
}

#[test]
fn rows_of_one_value_or_group_are_one_portion() {
    assert_eq!(counts(&audit(rows(["a", "b", "a", " a "]))), [3, 1]);
    let mut grouped = rows(["a", "b", "c"]);
    grouped[0].group = Some("1".to_owned());
    grouped[2].group = Some("1".to_owned());
    assert_eq!(counts(&audit(grouped)), [2, 1]);
    let mut blank = rows(["", "", ""]);
    for row in &mut blank {
        row.value = None;
    }
    "another reason".clone_into(&mut blank[1].detail);
    assert_eq!(counts(&audit(blank)), [2, 1]);
}

#[test]
fn accepted_rows_are_a_portion_of_their_own() {
    let mut own = rows(["a", "a", "a"]);
    own[1].status = Status::Accepted;
    let audit = audit(own);
    let portioned = portions(&audit, &view());
    let said: Vec<(u64, bool)> = portioned[0].portions.iter().map(|p| (p.count, p.accepted)).collect();
    assert_eq!(said, [(2, false), (1, true)]);
    assert_ne!(portioned[0].portions[0].identity, portioned[0].portions[1].identity);
}

#[test]
fn identities_outlive_rows_that_come_and_go() {
    let of = |values: &[&str]| -> Vec<String> {
        let audit = audit(rows(values));
        portions(&audit, &view())[0].portions.iter().map(|portion| portion.identity.clone()).collect()
    };
    let two = of(&["a", "b"]);
    assert_eq!(of(&["a", "a", "a", "b"]), two, "more rows of a value");
    assert_eq!(of(&["b"]), two[1..], "a value that is gone");
    assert_ne!(two[0], two[1]);
    assert!(two.iter().all(|identity| identity.len() == 32));
    let mut salted = view();
    salted.salt = "other".to_owned();
    assert_ne!(portions(&audit(rows(["a"])), &salted)[0].portions[0].identity, two[0], "keyed by the salt");
}

#[test]
fn portions_are_capped_and_what_is_left_is_counted() {
    let many = audit(rows((0..OF_ONE + 500).map(|at| at.to_string()).chain(["0".to_owned()])));
    let portioned = &portions(&many, &view())[0];
    assert_eq!((portioned.portions.len(), portioned.rest), (OF_ONE, 500));
    assert_eq!(portioned.portions[0].count, 2, "rows of a portion are counted to the end");
    let repeated = audit(rows(vec!["a"; ROWS + 7]));
    let portion = &portions(&repeated, &view())[0].portions[0];
    assert_eq!((portion.rows.len(), portion.count), (ROWS, ROWS as u64 + 7));
}

#[test]
fn a_run_has_so_many_portions_and_no_finding_is_without() {
    let mut audit = audit(rows((0..OF_ONE).map(|at| at.to_string())));
    let (model, rows) = (audit.findings[0].clone(), audit.evidence.rows());
    let mut all = Vec::new();
    audit.findings.clear();
    for at in 0..8 {
        let source = format!("source {at}");
        audit.findings.push(Finding { source: source.clone(), ..model.clone() });
        all.extend(rows.iter().map(|row| EvidenceRow { source: source.clone(), ..row.clone() }));
    }
    audit.evidence = Evidence::from_rows(all);
    let portioned = portions(&audit, &view());
    let shown: usize = portioned.iter().map(|one| one.portions.len() + usize::from(one.rest > 0)).sum();
    assert!(shown <= MOST && shown > MOST - 8, "{shown}");
    for one in &portioned {
        let rows: u64 = one.portions.iter().map(|portion| portion.count).sum();
        assert_eq!(rows + one.rest, model.count, "{}", one.finding.source);
    }
    assert_eq!((portioned[7].portions.len(), portioned[7].rest), (0, OF_ONE as u64));
}

#[test]
fn every_row_of_the_samples_is_in_a_portion_or_counted() {
    for (name, audit) in testing::samples() {
        for one in portions(&audit, &view()) {
            let rows: u64 = one.portions.iter().map(|portion| portion.count).sum();
            assert_eq!(rows + one.rest, one.finding.count + one.finding.accepted, "{name} {}", one.finding.code);
        }
    }
}
