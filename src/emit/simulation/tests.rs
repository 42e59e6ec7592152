use super::*;
use crate::emit::testing::{self, HOSTILE};

fn simulation(with_pilots: bool) -> Simulation {
    let mut replay = testing::assignment();
    replay.with_pilots = with_pilots;
    Simulation { since: NaiveDate::from_ymd_opt(2026, 10, 1), until: None, replay }
}

#[test]
fn the_population_adds_up_and_a_short_window_is_called_so() {
    let mut replay = testing::assignment();
    assert_eq!(
        population(&replay),
        "4,310 leads, created 2026-10-01 to 2026-10-09 (9 days), were put to 4 rules: 2,300 taken by a rule, 7 met by none, \
         3 from before their rules were in force and 1 not known; when one was created is not known"
    );
    assert_eq!(
        inconclusive(&replay).unwrap(),
        "Inconclusive: 9 days of leads are under 14; do not decide by these figures"
    );
    replay.days = 14;
    assert_eq!(inconclusive(&replay), None);
}

#[test]
fn hostile_names_break_no_format() {
    let simulation = simulation(true);
    for color in [false, true] {
        let table = simulation.table(100, color);
        assert!(!table.contains('\u{202e}') && !table.contains("\u{1b}[31m"), "{table}");
    }
    let markdown = simulation.markdown();
    assert!(!markdown.contains("<img") && !markdown.contains('\u{202e}'), "{markdown}");
    for row in markdown.lines().filter(|line| line.starts_with('|')) {
        let cells = row.replace("\\|", "").matches('|').count();
        assert!([5, 6, 7, 10].contains(&cells), "{cells}: {row}");
    }
    let json: serde_json::Value = serde_json::from_str(&simulation.json()).unwrap();
    assert_eq!(json["rules"][1]["name"], HOSTILE);
    assert_eq!(
        (&json["schema"], &json["since"], &json["inconclusive"]),
        (&"leadlint.simulate/1".into(), &"2026-10-01".into(), &true.into())
    );
}

#[test]
fn rules_say_what_is_wrong_with_them() {
    let told = |with_pilots: bool| -> Vec<(String, String)> {
        let parts = parts(&simulation(with_pilots).replay, 10);
        parts[0].rows.iter().map(|row| (row[2].clone(), row.last().unwrap().clone())).collect()
    };
    let live = told(false);
    assert_eq!(live[0], ("live since 2026-09-01".to_owned(), String::new()), "east");
    assert_eq!(live[2], ("live".to_owned(), "silent: no lead meets it".to_owned()));
    assert_eq!(live[3], ("pilot, not asked".to_owned(), String::new()));
    assert_eq!(told(true)[3], ("pilot, as if live".to_owned(), "shadowed: never the first".to_owned()));
}

#[test]
fn what_is_left_out_is_said() {
    let mut replay = testing::assignment();
    replay.load = (0..30)
        .map(|n| crate::evidence::OwnerLoad { owner: Some(format!("rep {n}")), now: 1, by_rules: 1, with_pilots: 1 })
        .collect();
    let parts = parts(&replay, 10);
    let load = parts.iter().find(|part| part.title == "Load").unwrap();
    assert_eq!((load.rows.len(), load.shown().unwrap().as_str()), (10, "10 of 30 shown; JSON has all"));
}
