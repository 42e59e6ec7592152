//! Tests of decisions.

use super::*;

#[test]
fn codes_and_names_are_decided_on() {
    let decisions = Decisions::parse(["dup001=accept, spelling-variant=Reject", "DUP001=accept"]).unwrap();
    assert_eq!(decisions.of("DUP001"), Some(Answer::Accept));
    assert_eq!(decisions.of("DRF001"), Some(Answer::Reject));
    assert_eq!(decisions.of("FMT005"), None);
}

#[test]
fn what_is_no_decision_says_what_would_be_one() {
    let error = |word: &str| Decisions::parse([word]).unwrap_err().to_string();
    assert!(error("DUP01=accept").contains("did you mean `DUP001`?"), "{}", error("DUP01=accept"));
    assert!(error("DUP001").contains("CODE=accept"));
    assert!(error("DUP001=maybe").contains("not `maybe`"));
    assert!(error("DUP001=accept,DUP001=reject").contains("decide once"));
}
