use serde_json::Value;

use super::*;
use crate::evidence::evaluation::{Share, calibration, score};

fn scorecard() -> Scorecard {
    let scores = score(&[0, 0, 0, 1], &[5, 5, 6, 7]);
    Scorecard {
        evaluation: Evaluation {
            subject: "duplicates of lead by who|what".to_owned(),
            precision: scores.pairs.precision(),
            recall: scores.pairs.recall(),
            f1: scores.pairs.f1(),
            scores,
            rules: vec![Share { code: "DUP001", groups: 1, items: 2, adds_right: 1, adds_wrong: 0 }],
            calibration: calibration([(0.9, true), (0.93, false), (1.0, true)]),
            skipped: Vec::new(),
            false_positives: Vec::new(),
            false_negatives: vec![Mistake {
                one: "a|\u{1b}[31m".to_owned(),
                other: "row 3".to_owned(),
                pairs: 2,
                why: Vec::new(),
            }],
            notes: vec!["1 of 5 rows have no label and are not scored".to_owned()],
            milliseconds: 7,
        },
        min_f1: Some(0.9),
        passed: false,
    }
}

#[test]
fn every_format_has_the_figures_and_no_escape_of_the_data() {
    let card = scorecard();
    for text in [card.table(120, false), card.markdown()] {
        for said in ["1.0000", "0.3333", "0.5000", "DUP001", "row 3", "0.9 to 0.95", "not reached", "no label"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    assert!(!card.markdown().contains("who|what"));
    let json: Value = serde_json::from_str(&card.json()).unwrap();
    assert_eq!(json["schema"], "leadlint.eval/1");
    assert_eq!(json["scores"]["pairs"]["false_negatives"], 2);
    assert_eq!(json["passed"], false);
}

#[test]
fn nearly_perfect_is_not_shown_as_perfect() {
    assert_eq!(figure(0.999_99), "0.9999");
    assert_eq!(figure(1.0), "1.0000");
}
