//! The page is whole, closed to what cells hold, and says how much it shows.

use proptest::prelude::*;

use super::*;
use crate::emit::{Pii, testing};

fn render(audit: &Audit) -> String {
    String::from_utf8(Html.render(audit, &testing::view(Pii::Show)).unwrap()).unwrap()
}

/// The names of the tags of a page, outside of the style and the script, in order.
fn tags(html: &str) -> Vec<String> {
    let style = html.split_once("<style>").unwrap();
    let body = style.1.split_once("</style>").unwrap().1;
    let body = body.rsplit_once("<script>").map_or(body, |(body, _)| body);
    regex::Regex::new("</?[a-zA-Z!][^>]*>").unwrap().find_iter(body).map(|tag| tag.as_str().to_owned()).collect()
}

#[test]
fn the_policy_holds_the_hashes_of_what_is_in_the_page() {
    let html = render(&testing::sample());
    let between = |from: &str, to: &str| html.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
    let policy = between("Content-Security-Policy\" content=\"", "\">").replace("&#x27;", "'").replace("&#x2f;", "/");
    for (directive, text) in
        [("style-src", between("<style>", "</style>")), ("script-src", between("<script>", "</script>"))]
    {
        let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
}

#[test]
fn nothing_is_loaded_and_no_handler_or_style_is_inline() {
    let html = render(&testing::sample());
    for tag in tags(&html) {
        assert!(!tag.contains(" style=") && !tag.contains(" on"), "{tag}");
        assert!(!tag.contains("src=") && !tag.starts_with("<link"), "{tag}");
        let href = tag.split_once("href=\"").map(|(_, rest)| rest);
        assert!(href.is_none_or(|href| href.starts_with('#')), "{tag}");
    }
}

#[test]
fn headings_come_in_order_and_tables_have_captions_and_scopes() {
    for (name, audit) in testing::samples() {
        let html = render(&audit);
        let tags = tags(&html);
        let mut last = 0;
        for tag in &tags {
            let level = tag.strip_prefix("<h").and_then(|rest| rest.chars().next()?.to_digit(10));
            if let Some(level) = level {
                assert!(level <= last + 1, "{name}: {tag} after a heading of level {last}");
                last = level;
            }
        }
        let count = |start: &str| tags.iter().filter(|tag| tag.starts_with(start)).count();
        assert_eq!(count("<table"), count("<caption"), "{name}");
        assert!(
            tags.iter()
                .filter(|tag| tag.starts_with("<th") && !tag.starts_with("<thead"))
                .all(|tag| tag.contains("scope="))
        );
        let mut ids: Vec<&str> =
            tags.iter().filter_map(|tag| tag.split_once(" id=\"")?.1.split_once('"').map(|(id, _)| id)).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: ids are unique");
        for link in tags.iter().filter_map(|tag| tag.split_once("href=\"#")?.1.split_once('"').map(|(id, _)| id)) {
            assert!(ids.contains(&link), "{name}: #{link} leads nowhere");
        }
    }
}

#[test]
fn more_evidence_than_the_examples_is_shown_and_the_rest_is_said() {
    let html = render(&testing::sample());
    assert!(html.contains("11 of 11 rows shown."), "the table and Markdown show 3");
    let mut audit = testing::sample();
    audit.findings[0].examples_hidden = 5_000;
    assert!(render(&audit).contains("11 of 5,003 rows shown; `--evidence PATH` writes them all."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn hostile_cells_add_no_tag(cell in r#"[ -~\n<>"'&/\u{202e}\u{0}]{0,40}"#) {
        let hostile = |cell: &str| {
            let mut audit = testing::sample();
            for finding in &mut audit.findings {
                finding.message = cell.to_owned();
                finding.column = Some(cell.to_owned());
                finding.source = cell.to_owned();
                for example in &mut finding.examples {
                    example.value = Some(cell.to_owned());
                    example.suggested = Some(cell.to_owned());
                    example.detail = cell.to_owned();
                    example.record_id = Some(cell.to_owned());
                }
            }
            audit.metrics.fill = [(cell.to_owned(), 0.5)].into_iter().collect();
            audit.metrics.mapping.iter_mut().for_each(|one| one.from = cell.to_owned());
            audit.notes = vec![cell.to_owned()];
            audit.command = vec!["leadlint".to_owned(), "check".to_owned(), cell.to_owned()];
            audit.owner = Some(cell.to_owned());
            let names = tags(&render(&audit));
            names.iter().map(|tag| tag.split([' ', '>']).next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        // Positions and sizes of a drawing may differ, and the spot that long cells take; the tags may not.
        prop_assert_eq!(hostile(&cell), hostile(&"x".repeat(cell.len())));
    }
}
