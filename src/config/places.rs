//! Where the entries of a config stand, for messages that can only be written once the exports are read.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::document::Document;

/// Lists whose entries are remembered.
const LISTS: [&str; 4] = ["mapping", "assignment", "automation", "probe"];

/// The places of the entries of `[[mapping]]`, `[[assignment]]`, `[[automation]]` and `[[probe]]`, and of their keys.
#[derive(Debug, Clone, Default)]
pub struct Places {
    entries: BTreeMap<String, String>,
}

/// Where something is written is no part of what it says.
impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

fn path(list: &str, index: usize, keys: &[&str]) -> String {
    let mut path = format!("{list}\u{1F}{index}");
    for key in keys {
        path.push('\u{1F}');
        path.push_str(key);
    }
    path
}

impl Places {
    pub(super) fn of_document(document: &Document<'_>) -> Self {
        let mut places = Self::default();
        let root = document.root().get_ref();
        for list in LISTS {
            let value = root.iter().find(|(key, _)| key.get_ref() == list).map(|(_, value)| value.get_ref());
            for (index, item) in value.and_then(DeValue::as_array).into_iter().flatten().enumerate() {
                let place = document.place(item.span().start);
                places.entries.insert(path(list, index, &[]), format!("{}:{}", place.path, place.line));
                for (key, value) in item.get_ref().as_table().into_iter().flatten() {
                    let key_place = document.place(key.span().start).to_string();
                    places.entries.insert(path(list, index, &[key.get_ref()]), key_place);
                    for (inner, _) in value.get_ref().as_table().into_iter().flatten() {
                        let inner_place = document.place(inner.span().start).to_string();
                        places.entries.insert(path(list, index, &[key.get_ref(), inner.get_ref()]), inner_place);
                    }
                }
            }
        }
        places
    }

    /// Where entry `index` (from 0) of `[[list]]` begins: `leadlint.toml:45`. `None` for options that no file holds.
    #[must_use]
    pub fn of(&self, list: &str, index: usize) -> Option<&str> {
        self.entries.get(&path(list, index, &[])).map(String::as_str)
    }

    /// Where a key of entry `index` (from 0) of `[[list]]` stands, one or two steps into it: `leadlint.toml:45:8`.
    #[must_use]
    pub fn of_key(&self, list: &str, index: usize, keys: &[&str]) -> Option<&str> {
        self.entries.get(&path(list, index, keys)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::parse;

    #[test]
    fn entries_and_their_keys_are_found() {
        let text = "[[mapping]]\nfrom = \"chats.a\"\nto = \"leads.b\"\n\n[[mapping]]\nfrom = \"chats.c\"\nto = \"leads.d\"\n\
                    [sources.chats]\n[sources.leads]\n\
                    [[assignment]]\nname = \"n\"\nowner = \"o\"\nwhen = { region = \"East\", \"Lead Score\" = 3 }\n";
        let places = parse(text, "x/leadlint.toml").unwrap().places;
        assert_eq!(places.of("mapping", 0), Some("x/leadlint.toml:1"));
        assert_eq!(places.of("mapping", 1), Some("x/leadlint.toml:5"));
        assert_eq!(places.of_key("mapping", 1, &["to"]), Some("x/leadlint.toml:7:1"));
        assert_eq!(places.of_key("assignment", 0, &["when", "Lead Score"]), Some("x/leadlint.toml:13:27"));
        assert_eq!((places.of("mapping", 2), places.of("probe", 0)), (None, None));
    }

    #[test]
    fn a_list_on_one_line_has_a_place_too() {
        let places = parse("probe = [{ chat = \"a\" }, { chat = \"b\" }]\n", "c.toml").unwrap().places;
        assert_eq!(places.of("probe", 1), Some("c.toml:1"));
        assert_eq!(places.of_key("probe", 1, &["chat"]), Some("c.toml:1:28"));
    }
}
