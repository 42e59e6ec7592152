use proptest::prelude::*;

use super::*;

/// The level of two names, the same from both sides.
fn level(one: &str, other: &str) -> u8 {
    let names = CompanyNames::new(&[one, other]);
    let level = names.level(0, 1);
    assert_eq!(level, names.level(1, 0), "{one} and {other}");
    level
}

fn check(expected: u8, pairs: &[(&str, &str)]) {
    for (one, other) in pairs {
        let found = level(one, other);
        assert_eq!(LEVELS[usize::from(found)].name, LEVELS[usize::from(expected)].name, "{one} and {other}");
    }
}

#[test]
fn levels_are_a_distribution() {
    assert!(LEVELS.len() <= 12);
    assert!((LEVELS.iter().map(|level| level.prior).sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn the_same_name_in_many_dresses() {
    check(
        SAME,
        &[
            ("Acme GmbH", "ACME Gesellschaft mit beschränkter Haftung"),
            ("Acme AG", "Acme Aktiengesellschaft"),
            ("Acme AG", "AcmeAG"),
            ("Acme Aktiengeselschaft", "Acme AG"),
            ("Acme, Inc.", "Acme Incorporated"),
            ("Acme Corp.", "The Acme Corporation"),
            ("Acme Pty Ltd", "Acme Limited"),
            ("OOO Romashka", "ООО «Ромашка»"),
            ("OAO Romashka", "Romashka JSC"),
            ("Public Joint Stock Company Romashka", "Romashka PJSC"),
            ("Acme Sp. z o.o.", "Acme spółka z ograniczoną odpowiedzialnością"),
            ("Acme S.p.A.", "Acme Società per Azioni"),
            ("Acme S.R.L.", "Acme SRL"),
            ("A.C.M.E. Foods", "ACME Foods"),
            ("Moss & Reed Ltd", "Moss and Reed Limited"),
            ("Acme Int'l Ltd", "Acme International Ltd."),
            ("Moss Bros", "Moss Brothers"),
            ("First Harbour Bank", "1st Harbour Bank"),
            ("Forty-Four Foods", "44 Foods"),
            ("Good Will Foods", "GoodWill Foods"),
            ("Acme Kft.", "ACME Kft"),
        ],
    );
}

#[test]
fn what_is_left_out_or_moved() {
    check(
        ADDED,
        &[
            ("Acme GmbH", "Acme"),
            ("Acme Group", "Acme"),
            ("Acme Holding AG", "Acme AG"),
            ("Acme International", "Acme"),
            ("LLC Romashka", "Romashka"),
        ],
    );
    check(REORDERED, &[("Moss Reed Foods", "Foods Reed Moss"), ("Harbour Bank GmbH", "Bank Harbour GmbH")]);
    check(
        SLIP,
        &[
            ("Romashka LLC", "Romaska LLC"),
            ("Harbuor Logistics", "Harbour Logistics"),
            ("Müller Technik", "Mueller Technik"),
            ("Lindquist-Watkins", "Lindqvist-Watkins"),
        ],
    );
    check(
        OTHER_FORM,
        &[("Acme GmbH", "Acme AG"), ("Acme Inc", "Acme LLC"), ("Acme Ltd", "Acme PLC"), ("Acme SA", "Acme SARL")],
    );
    check(
        ACRONYM,
        &[
            ("International Harbour Machines", "IHM"),
            ("I.H.M. Corp", "International Harbour Machines Corporation"),
            ("Bank of the Western Harbour", "BWH"),
        ],
    );
    check(
        CONTAINS,
        &[
            ("Acme", "Acme Europe"),
            ("Acme GmbH", "Acme (Schweiz) AG"),
            ("Acme", "Acme Logistics"),
            ("Acme Foods 23", "Acme Foods"),
            ("XYZ Company", "XYZ International"),
            ("Too Good Ltd", "Good LLC"),
        ],
    );
}

#[test]
fn what_is_not_one_company() {
    check(
        SHARES,
        &[
            ("Acme Europe", "Acme Asia"),
            ("Acme East", "Acme West"),
            ("Acme Northern Foods", "Acme Southern Foods"),
            ("Acme Import", "Acme Export"),
            ("Acme Systems", "Acme Logistics"),
            ("Harbour Fund 1", "Harbour Fund 2"),
            ("Bank of Estonia", "Bank of Ethiopia"),
        ],
    );
    check(
        DIFFERENT,
        &[
            ("Acme GmbH", "Romashka GmbH"),
            ("BDE Inc", "BCE Inc"),
            ("Too Good Ltd", "Harbour LLC"),
            ("", "Acme"),
            ("!!!", "???"),
        ],
    );
}

#[test]
fn names_that_are_all_form_or_general_words_keep_them() {
    check(SAME, &[("The Limited", "Limited"), ("Global Group", "GLOBAL GROUP"), ("Company", "company")]);
    check(CONTAINS, &[("Global Group", "Global")]);
    check(DIFFERENT, &[("Group", "Holding"), ("AG", "GmbH")]);
}

#[test]
fn terms_and_keys_meet() {
    for (one, other) in [
        ("Acme GmbH", "Acme"),
        ("Acme GmbH", "Acme AG"),
        ("Harbour Bank", "Bank Harbour"),
        ("International Harbour Machines", "IHM"),
        ("Acme Europe", "Acme"),
        ("Acme Logistics", "Acme"),
    ] {
        let names = CompanyNames::new(&[one, other]);
        let level = names.level(0, 1);
        assert_eq!(names.term(0, level), names.term(1, level), "{one} and {other}");
        assert_ne!(names.term(0, level), 0, "{one} and {other}");
    }
    for (one, other) in [
        ("Romashka LLC", "Romaska LLC"),
        ("Romashka LLC", "Pomashka"),
        ("Harbuor Logistics", "Harbour Logistics"),
        ("Good Will Foods", "Goodwill Foods"),
        ("Acme Logistics", "Acme"),
        ("International Harbour Machines", "IHM"),
    ] {
        let names = CompanyNames::new(&[one, other]);
        let [a, b] = [0, 1].map(|value| {
            let mut keys = Vec::new();
            names.keys(value, &mut keys);
            keys
        });
        assert!(a.iter().any(|key| b.contains(key)), "{one} and {other}");
    }
}

#[test]
fn a_hostile_cell_costs_no_more_than_a_name() {
    let long = "Acme & Sons, ".repeat(80_000);
    let other = format!("{long}x");
    let letters = "a".repeat(1_000_000);
    let more = "a".repeat(1_000_001);
    let names = CompanyNames::new(&[&long, &other, &letters, &more]);
    assert_ne!(names.level(0, 1), SAME);
    assert_ne!(names.level(2, 3), SAME);
}

proptest! {
    #[test]
    fn any_cells_compare(names in proptest::collection::vec("\\PC{0,16}|[A-Za-z0-9é &.,()'-]{0,30}|\\p{Any}{0,8}", 4)) {
        let texts: Vec<&str> = names.iter().map(String::as_str).collect();
        let names = CompanyNames::new(&texts);
        let mut keys = Vec::new();
        for one in 0..4 {
            prop_assert_eq!(names.level(one, one), 0);
            names.keys(one, &mut keys);
            for other in 0..4 {
                let level = names.level(one, other);
                prop_assert!(usize::from(level) < LEVELS.len());
                prop_assert_eq!(level, names.level(other, one));
                for level in 0..LEVELS.len() as u8 {
                    names.term(one, level);
                }
            }
        }
    }
}
