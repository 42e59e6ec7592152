//! The table fits its terminal and keeps hostile cells harmless.

use super::*;
use crate::emit::{Pii, testing};

fn render(width: u16, color: bool) -> String {
    let view = View { width, color, ..testing::view(Pii::Show) };
    String::from_utf8(Table.render(&testing::sample(), &view).unwrap()).unwrap()
}

#[test]
fn lines_keep_to_the_width_of_the_terminal() {
    insta::assert_snapshot!("table_80", render(80, false));
    insta::assert_snapshot!("table_120", render(120, false));
    for width in [60, 80, 120] {
        for line in render(width, false).lines().filter(|l| l.starts_with(['│', '╭'])) {
            assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
        }
    }
}

#[test]
fn colour_is_used_only_where_it_is_asked_for() {
    assert!(!render(80, false).contains('\u{1b}'));
    let colored = render(80, true);
    assert!(colored.contains("\u{1b}[1;31mFAILED"));
}

#[test]
fn a_hostile_cell_stays_text() {
    let mut audit = testing::sample();
    for finding in &mut audit.findings {
        finding.column = Some(testing::HOSTILE.to_owned());
        finding.message = testing::HOSTILE.to_owned();
        for example in &mut finding.examples {
            example.value = Some(testing::HOSTILE.to_owned());
            example.record_id = Some(testing::HOSTILE.to_owned());
        }
    }
    let text = String::from_utf8(Table.render(&audit, &testing::view(Pii::Show)).unwrap()).unwrap();
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
    assert!(text.contains("alert(1)"), "it is shown all the same");
}
