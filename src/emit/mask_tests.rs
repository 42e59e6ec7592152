//! Nothing personal gets through, and nothing else is hidden.

use proptest::prelude::*;

use super::*;
use crate::emit::testing;

fn masked(text: &str, pii: Pii) -> String {
    let (audit, view) = (testing::clean(), testing::view(pii));
    Masker::new(&audit, &view).text(text).into_owned()
}

#[test]
fn addresses_and_phones_are_masked_where_they_stand() {
    let cases = [
        ("mail ann.lee@acme.example now", "mail a…@….example now"),
        ("<ann@acme.example>, bo@x.example;c@d", "<a…@….example>, …@….example;…@…"),
        ("mailto:ann.lee@acme.example?subject=x", "mailto:a…@….example?subject=x"),
        ("\"ann lee\"@acme.example", "a…@….example"),
        ("ann @ acme.example", "a…@….example"),
        ("x?e=ann%40acme.example", "x?e=a…@….example"),
        ("call +49 (0) 30-5550.1234 today", "call …34 today"),
        ("(555) 010-4477", "…77"),
        ("\u{202a}+1 555 010 4477\u{202c}", "\u{202a}…77\u{202c}"),
    ];
    for (raw, shown) in cases {
        let got = masked(raw, Pii::Mask);
        if raw.contains("subject") {
            assert!(got.starts_with("mailto:a…@…"), "{got}");
        } else {
            assert_eq!(got, shown);
        }
    }
}

#[test]
fn counts_times_and_ids_are_no_phones() {
    for plain in [
        "12 of 4,310,000 leads",
        "2026-10-31T21:14:03.123456Z",
        "2026-10-31 21:14:03+02:00",
        "31.10.2026 and 10/31/2026",
        "00Q5e000000018E and 00Q5e000000018EAAQ",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "score 88.25",
        "meet @ noon",
    ] {
        assert_eq!(masked(plain, Pii::Mask), plain);
    }
}

#[test]
fn cells_of_personal_columns_are_masked_as_a_whole() {
    assert_eq!(whole("Ann van der Lee", Role::Name), "A… v… d… L…");
    assert_eq!(whole("Li", Role::LastName), "…");
    assert_eq!(whole("5 Elm St", Role::Street), "… E… …");
    assert_eq!(whole("1980-01-01", Role::BirthDate), "…");
    assert_eq!(whole("she said call me", Role::Notes), "… (16 characters)");
    assert_eq!(whole("ann at acme", Role::Email), "a…");
}

#[test]
fn record_ids_are_never_masked_even_when_they_look_like_phones() {
    let audit = testing::sample();
    let view = testing::view(Pii::Mask);
    let mut row = audit.findings[2].examples[0].clone();
    row.record_id = Some("12345678901".to_owned());
    row.value = Some("12345678901".to_owned());
    row.detail = "same as 12345678901, phone 5550104477".to_owned();
    let shown = Masker::new(&audit, &view).row(&row);
    assert_eq!(shown.value.as_deref(), Some("12345678901"));
    assert_eq!(shown.detail, "same as 12345678901, phone …77");
}

#[test]
fn a_detail_does_not_tell_what_its_column_hides() {
    let audit = testing::sample();
    let view = testing::view(Pii::Mask);
    let mut row = audit.findings[2].examples[0].clone();
    (row.column, row.value) = (Some("Last Name".to_owned()), Some("Featherstone".to_owned()));
    row.detail = "`Featherstone` is a placeholder".to_owned();
    assert_eq!(Masker::new(&audit, &view).row(&row).detail, "`F…` is a placeholder");
}

#[test]
fn the_line_of_an_unreadable_row_is_masked_however_short_it_is() {
    let audit = testing::sample();
    for (pii, is_masked) in [(Pii::Mask, true), (Pii::Hash, true), (Pii::Show, false)] {
        let view = testing::view(pii);
        for line in ["00Q5e0000000002EAA,Quirina,Wolkenstein", "Quirina", "Quirina Wolkenstein;x"] {
            let mut row = audit.findings[2].examples[0].clone();
            (row.code, row.column, row.value) = (UNREADABLE, None, Some(line.to_owned()));
            row.suggested = None;
            let shown = Masker::new(&audit, &view).row(&row).value.unwrap();
            assert_eq!(!shown.contains("Quirina"), is_masked, "{shown}");
        }
    }
}

#[test]
fn owners_are_masked_wherever_they_are_named() {
    let mut audit = testing::sample();
    audit.metrics.assignment = Some(testing::assignment());
    let view = testing::view(Pii::Mask);
    let masker = Masker::new(&audit, &view);
    for (raw, shown) in [
        ("rule `east territory` names Erin Vale; given by hand", "rule `east territory` names E… V…; given by hand"),
        ("an owner whom no export of users knows: `Pia Lind`", "an owner whom no export of users knows: `P… L…`"),
        ("Erin Valentine and the vale", "Erin Valentine and the vale"),
    ] {
        assert_eq!(masker.text(raw), shown);
    }
    let mut row = audit.findings[2].examples[0].clone();
    let cell = |masker: &Masker<'_>, text: &str| masker.cell(text, Some(Role::Owner), false, [None; 2]).into_owned();
    assert_eq!(cell(&masker, "Zora Quill"), "Z… Q…");
    assert_eq!(cell(&masker, "0055e000000018EAAQ"), "0055e000000018EAAQ", "ids stay");
    row.detail = "rule `east territory` names Erin Vale".to_owned();
    assert_eq!(masker.row(&row).detail, "rule `east territory` names E… V…");
    let view = testing::view(Pii::Show);
    assert_eq!(Masker::new(&audit, &view).row(&row).detail, row.detail);
}

#[test]
fn a_message_does_not_tell_what_its_examples_hide() {
    let audit = testing::sample();
    let view = testing::view(Pii::Mask);
    let mut finding = audit.findings[0].clone();
    finding.role = Some(Role::LastName);
    finding.column = Some("Last Name".to_owned());
    finding.examples[0].column = Some("Last Name".to_owned());
    finding.examples[0].value = Some("Featherstone".to_owned());
    finding.message = "3 leads are called `Featherstone` and 9 more".to_owned();
    assert_eq!(Masker::new(&audit, &view).message(&finding), "3 leads are called `F…` and 9 more");
}

#[test]
fn hashes_are_keyed_and_keep_equal_values_equal() {
    let hash = |salt: &str| {
        let (audit, mut view) = (testing::clean(), testing::view(Pii::Hash));
        salt.clone_into(&mut view.salt);
        Masker::new(&audit, &view).text("ann@acme.example, ann@acme.example").into_owned()
    };
    let (left, right) = (hash("a"), hash("b"));
    let (first, second) = left.split_once(", ").unwrap();
    assert_eq!(first, second);
    assert_eq!((first.len(), first.starts_with('#')), (13, true));
    assert_ne!(left, right);
}

proptest! {
    #[test]
    fn no_address_and_no_phone_survives(
        local in "[a-zA-Z0-9!#$%&'*+/=?^_{}~.-]{1,24}",
        domain in "[a-z0-9][a-z0-9-]{0,12}(\\.[a-z]{2,8}){0,2}",
        phone in "\\+?[1-9]([ ./()-]{0,2}[0-9]){6,13}",
        before in "[a-z ,;:(<]{0,10}",
        after in "[ ,;:)>]{1,3}[a-z ]{0,10}",
        hash in any::<bool>(),
    ) {
        let address = format!("{local}@{domain}");
        let pii = if hash { Pii::Hash } else { Pii::Mask };
        let shown = masked(&format!("{before}{address}{after}"), pii);
        prop_assert!(!shown.contains(&address), "{}", shown);
        let date = DIGITS.captures(&phone).is_some_and(|c| c.name("time").is_some());
        if !date {
            let shown = masked(&format!("{before}{phone}{after}"), pii);
            prop_assert!(!shown.contains(&phone), "{}", shown);
        }
    }

    #[test]
    fn any_text_is_masked_without_failing(text in any::<String>()) {
        let _ = masked(&text, Pii::Mask);
        let _ = masked(&text, Pii::Hash);
    }
}
