use proptest::prelude::*;

use super::*;
use crate::config;
use crate::load::{Input, LoadOptions, SourceSpec, load};

const HOSTILE: [&str; 8] = [
    "a\nb = 1",
    "\"\"\"",
    "'''",
    "x\" # y",
    "\r\n[audit]\r\nowner = 1",
    "nul\0bell\u{7}del\u{7f}",
    "\\u{0}\\",
    "]]\u{202e}",
];

fn source(name: &str, rows: &[Vec<String>]) -> Source {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut writer = csv::Writer::from_path(&path).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
    load(&[SourceSpec::of(vec![Input::file(path)])], &LoadOptions::default()).unwrap().remove(0)
}

fn draft_of(source: &Source, paths: &[&str]) -> String {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    draft(&[Drafted { source, paths, window: None }], &[("x\ny.csv".to_owned(), "bad\n[audit]".to_owned())], "5a17")
}

/// Takes the `#` away from every line that is a setting, as a person would.
fn taken_up(draft: &str, begins: &str) -> String {
    let mut text = String::new();
    for line in draft.lines() {
        let setting = line.strip_prefix("# ").filter(|line| line.starts_with(begins));
        text.push_str(setting.unwrap_or(line));
        text.push('\n');
    }
    text
}

#[test]
fn hostile_headers_tags_and_paths_stay_what_they_are() {
    let headers = ["chat_id", "started_at", "agent", "tags"].into_iter().chain(HOSTILE).map(str::to_owned).collect();
    let mut rows: Vec<Vec<String>> = vec![headers];
    for tag in HOSTILE {
        let cells = ["c1", "2026-01-01T10:00:00Z", "Ana", tag].into_iter().chain(HOSTILE);
        rows.push(cells.map(str::to_owned).collect());
    }
    let source = source("chats.csv", &rows);
    let text = draft_of(&source, &HOSTILE);
    let options = config::parse(&text, "leadlint.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    let drafted = &options.sources["chat"];
    assert_eq!(drafted.path, Some(config::options::Paths::Many(HOSTILE.map(str::to_owned).to_vec())));
    assert_eq!((drafted.kind, drafted.vendor.as_deref()), (Some(Kind::Chat), Some("generic-chat")));
    let expected: BTreeSet<String> =
        HOSTILE.iter().flat_map(|tag| tag.split(',')).map(|tag| tag.trim().to_owned()).collect();
    assert_eq!(options.tags.vocabulary.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(options.audit.owner, None);
}

#[test]
fn what_is_offered_can_be_taken_up() {
    let text = "chat_id,started_at,visitor_email,agent,tags\nc1,2026-01-01T10:00:00Z,b@x.example,Ana,A;B\n";
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let source = source("chats.csv", &rows);
    let text = draft_of(&source, &["chats.csv"]);
    for begins in ["columns.", "owner = \"you", "timezone = ", "required = ["] {
        let taken = taken_up(&text, begins);
        assert_ne!(taken, text, "{begins}");
        config::parse(&taken, "leadlint.toml").unwrap_or_else(|error| panic!("{error}\n{taken}"));
    }
    let options = config::parse(&taken_up(&text, "columns."), "leadlint.toml").unwrap();
    assert_eq!(options.sources["chat"].columns[&Role::Email], "visitor_email");
}

#[test]
fn no_cell_but_tags_goes_into_it() {
    let text = "lead_id,full_name,email,phone,company,tags\nL77,Bo Lind,bo@cedarworks.example,+12155550102,Cedarworks,vip;ana@acme.example;+1 215 555 0102\n";
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let text = draft_of(&source("leads.csv", &rows), &["leads.csv"]);
    for cell in ["L77", "Lind", "bo@", "2155550102", "Cedarworks", "ana@", "215 555"] {
        assert!(!text.contains(cell), "{cell} is in {text}");
    }
    assert!(text.contains("\"vip\""));
}

#[test]
fn every_value_stays_on_its_line() {
    for text in HOSTILE {
        let value = quoted(text);
        assert_eq!(value.lines().count(), 1, "{value}");
        let read: toml::Table = format!("x = {value}\n").parse().unwrap();
        assert_eq!(read["x"].as_str(), Some(text));
    }
}

#[test]
fn many_tags_are_only_offered() {
    let rows = |count: usize| -> Vec<Vec<String>> {
        let rows = (0..count).map(|at| vec![format!("c{at}"), "Ana".to_owned(), format!("Tag_{at:04}")]);
        [vec!["chat_id".to_owned(), "agent".to_owned(), "tags".to_owned()]].into_iter().chain(rows).collect()
    };
    let vocabulary = |count| {
        let text = draft_of(&source("chats.csv", &rows(count)), &["chats.csv"]);
        config::parse(&text, "leadlint.toml").unwrap().tags.vocabulary.len()
    };
    assert_eq!((vocabulary(VOCABULARY), vocabulary(VOCABULARY + 1), vocabulary(TAGS + 5)), (VOCABULARY, 0, 0));
}

#[test]
fn a_doubtful_source_is_marked_and_left_open() {
    let rows = [vec!["Number".to_owned(), "Country".to_owned()], vec!["1".to_owned(), "DE".to_owned()]];
    let text = draft_of(&source("export.csv", &rows), &["export.csv"]);
    assert!(text.contains("# DOUBTFUL: hardly anything says"), "{text}");
    assert!(text.contains("\n# kind = \"crm\"\n"), "{text}");
    assert_eq!(config::parse(&text, "leadlint.toml").unwrap().sources["crm"].kind, None);
}

proptest! {
    #[test]
    fn any_header_and_tag_stays_in_its_place(header in any::<String>(), tag in any::<String>()) {
        prop_assume!(!header.trim().is_empty() && !header.starts_with('\u{feff}'));
        let rows = [
            vec!["chat_id".to_owned(), "agent".to_owned(), "tags".to_owned(), header],
            vec!["c1".to_owned(), "Ana".to_owned(), tag, "x".to_owned()],
        ];
        let text = draft_of(&source("chats.csv", &rows), &["chats.csv"]);
        let options = config::parse(&text, "leadlint.toml");
        prop_assert!(options.is_ok(), "{:?}\n{text}", options.err());
        let taken = taken_up(&text, "columns.");
        prop_assert!(config::parse(&taken, "leadlint.toml").is_ok(), "{taken}");
    }
}
