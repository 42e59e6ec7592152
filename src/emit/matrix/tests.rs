//! The matrix and the draft, for headers and words that would like to be something else.

use crate::config;
use crate::config::options::Options;
use crate::normalise::agreement::{How, Inferred};

use super::*;

fn agreed(to: &str, lands: Option<How>) -> Agreed {
    Agreed {
        to: to.to_owned(),
        lands,
        declared: false,
        is_link: false,
        offset_minutes: 0,
        score: 0.9,
        exact: 0.5,
        normalised: 0.25,
        translated: 0.0,
        contained: 0.0,
        chance: 0.01,
        clear: true,
    }
}

fn map(header: &str) -> FieldMap {
    let field = |cells| Field { from: header.to_owned(), said: 1_204, kind: None, cells };
    let side = Side {
        chats: "chats".to_owned(),
        records: "leads".to_owned(),
        linked: 9_000,
        sampled: 5_000,
        touched: false,
        linked_by: vec![("chat id", 5_000)],
        fields: vec![field(vec![agreed(header, Some(How::Equal)), agreed("other", None)]), field(vec![])],
        unreached: vec![header.to_owned()],
    };
    FieldMap { sides: vec![side], draft: String::new(), drafted: 0 }
}

#[test]
fn the_best_of_each_field_is_shown_and_with_all_everything() {
    let plain = map("Reason__c").table(120, false, false);
    assert!(plain.contains("5,000 of 9,000 pairs, chosen by a hash of the chat's id"), "{plain}");
    assert!(plain.contains("lands here") && !plain.contains("other"), "{plain}");
    assert!(plain.contains("Land nowhere: Reason__c."), "{plain}");
    assert!(map("Reason__c").table(120, false, true).contains("other"));
    assert!(map("Reason__c").markdown(true).contains("| 1,204 | other | 50 % | 25 % |  |  | 1.0 % | sometimes |"));
}

#[test]
fn hostile_headers_stay_in_their_cells() {
    let hostile = "a|b\n<script>`x`\u{1b}[31m\0";
    let markdown = map(hostile).markdown(true);
    assert!(!markdown.contains("<script>") && !markdown.contains('\u{1b}') && !markdown.contains('\0'), "{markdown}");
    let rows = markdown.lines().filter(|line| line.starts_with("| a")).count();
    assert_eq!(rows, 2, "{markdown}");
    let table = map(hostile).table(100, false, true);
    assert!(!table.contains('\u{1b}') && !table.contains('\0'), "{table}");
    let json: serde_json::Value = serde_json::from_str(&map(hostile).json()).unwrap();
    assert_eq!(json["sides"][0]["fields"][0]["from"], hostile);
}

#[test]
fn a_draft_is_a_config_whatever_the_headers_hold() {
    for hostile in ["plain", "with \"quotes\" and \\", "line\nend", "é.b.c", "\u{7f}\u{1}", "]]\n[[mapping]]"] {
        let inferred = Inferred {
            from: (0, 0),
            to: (1, 0),
            names: (format!("chat.{hostile}"), format!("lead.{hostile}")),
            how: How::Translated,
            kind: Some(FieldType::Picklist),
            agreed: 290,
            said: 300,
            score: 0.9,
            chance: 0.2,
            offset: 0,
            values: vec![(hostile.to_owned(), hostile.to_owned()), ("Pricing".to_owned(), "PRC".to_owned())],
            is_link: true,
        };
        let text = draft::drafted(&[&inferred], 0, &Options::default());
        let config = config::parse(&text, "draft").unwrap_or_else(|error| panic!("{hostile:?}: {error}\n{text}"));
        assert_eq!(config.mapping.len(), 1);
        assert_eq!(config.mapping[0].from, format!("chat.{hostile}"));
        assert_eq!(config.mapping[0].values.get(hostile).map(String::as_str), Some(hostile));
    }
}
