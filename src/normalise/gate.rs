//! The gate: which chats ought to become leads, by `[qualify] any` (RULES, "CHT").

use crate::config::options::QualifyOptions;
use crate::model::Role;
use crate::normalise::boolean::is_true;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::{Table, email};

/// What the gate says of a chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verdict {
    /// It has nothing that the gate asks for.
    #[default]
    Nothing,
    /// Marked as spam, so nothing else counts.
    Spam,
    /// The visitor is a bot, so nothing else counts.
    Bot,
    /// Marked as a test, so nothing else counts.
    Test,
    /// The visitor left an email address.
    Email,
    /// The visitor left a phone number.
    Phone,
    /// A tag says what the visitor wants.
    Intent,
}

impl Verdict {
    /// Whether the chat ought to become a lead.
    #[must_use]
    pub const fn qualifies(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::Intent)
    }

    /// Whether somebody is behind the chat at all.
    #[must_use]
    pub const fn is_person(self) -> bool {
        !matches!(self, Self::Spam | Self::Bot | Self::Test)
    }

    /// The reason in a few words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Nothing => "no email, phone or intent",
            Self::Spam => "marked as spam",
            Self::Bot => "the visitor is a bot",
            Self::Test => "marked as a test",
            Self::Email => "left an email",
            Self::Phone => "left a phone number",
            Self::Intent => "tagged with an intent",
        }
    }
}

/// What can let a chat through where `[qualify] any` does not say.
const DEFAULT: [(&str, Verdict); 3] =
    [("email", Verdict::Email), ("phone", Verdict::Phone), ("intent", Verdict::Intent)];

/// The verdict on each row of a chat table.
pub fn verdicts(table: &Table, config: &QualifyOptions) -> Vec<Verdict> {
    let mut said = vec![Verdict::Nothing; table.height()];
    let mut put = |verdicts: Vec<Verdict>| {
        for (said, verdict) in said.iter_mut().zip(verdicts) {
            if *said == Verdict::Nothing {
                *said = verdict;
            }
        }
    };
    for (role, verdict) in [(Role::IsSpam, Verdict::Spam), (Role::IsBot, Verdict::Bot), (Role::IsTest, Verdict::Test)] {
        if let Some(column) = table.role(role) {
            put(table.map_cells(column, |cell| if is_true(cell) { verdict } else { Verdict::Nothing }));
        }
    }
    if let Some(column) = table.role(Role::Tags) {
        put(table.map_cells(column, marked));
    }
    let asked = |word: &str| config.any.as_ref().is_none_or(|any| any.iter().any(|other| other == word));
    for (_, verdict) in DEFAULT.into_iter().filter(|(word, _)| asked(word)) {
        let (role, says): (Role, fn(&str) -> bool) = match verdict {
            Verdict::Email => (Role::Email, is_address),
            Verdict::Phone => (Role::Phone, is_number),
            _ => (Role::Tags, has_intent),
        };
        if let Some(column) = table.role(role) {
            put(table.map_cells(column, |cell| if says(cell) { verdict } else { Verdict::Nothing }));
        }
    }
    said
}

/// The tags of a cell.
fn tags(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', '|']).map(trimmed)
}

/// What tags say of a chat that has no flag of its own for it.
fn marked(cell: &str) -> Verdict {
    let has = |word: &str| tags(cell).any(|tag| tag.eq_ignore_ascii_case(word));
    if has("spam") {
        Verdict::Spam
    } else if has("test") {
        Verdict::Test
    } else {
        Verdict::Nothing
    }
}

/// Whether a tag says what the visitor wants: `Intent_…` or `Demo_…`, in any case.
fn has_intent(cell: &str) -> bool {
    let starts = |tag: &str, front: &str| {
        tag.get(..front.len()).is_some_and(|start| start.eq_ignore_ascii_case(front)) && tag.len() > front.len()
    };
    tags(cell).any(|tag| starts(tag, "Intent_") || starts(tag, "Demo_"))
}

/// Whether the visitor meant to leave an address; whether mail gets there is REQ002's and REQ006's to say.
fn is_address(cell: &str) -> bool {
    email::canonical(cell).is_some_and(|address| !email::is_placeholder(&address))
}

/// Whether a cell has the digits of a phone number.
fn is_number(cell: &str) -> bool {
    cell.bytes().filter(u8::is_ascii_digit).count() >= 7
}

/// Whether a name is what a chat tool calls somebody who gave none: `Visitor 8123`, `Guest`, `#V1696`.
#[must_use]
pub fn is_nobody(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "visitor",
        "website visitor",
        "web visitor",
        "chat visitor",
        "unknown visitor",
        "anonymous visitor",
        "anonymous",
        "anonymous user",
        "guest",
        "unnamed",
        "besucher",
        "visiteur",
    ];
    if is_blank(Some(name)) {
        return true;
    }
    let name = trimmed(name).to_lowercase();
    let stem =
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#' || c.is_whitespace() || c == '_' || c == '-');
    WORDS.contains(&stem) || stem.is_empty() || (stem == "#v" && name.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intents_are_tags_with_something_behind_the_front() {
        for cell in ["Intent_Pricing", "Source_Live_Chat;Demo_Request", "a, intent_pricing", "x|Demo_1"] {
            assert!(has_intent(cell), "{cell}");
        }
        for cell in ["", "Intent_", "Topic_Intent_Pricing", "Democracy", "Intention"] {
            assert!(!has_intent(cell), "{cell}");
        }
    }

    #[test]
    fn only_whole_tags_mark_a_chat() {
        assert_eq!(marked("Source_Live_Chat; SPAM"), Verdict::Spam);
        assert_eq!(marked("test"), Verdict::Test);
        assert_eq!(marked("Test_Drive;antispam;contest"), Verdict::Nothing);
    }

    #[test]
    fn placeholders_do_not_qualify() {
        assert!(is_address("ana@acme.example") && is_address("ana@acme.con"));
        assert!(!is_address("none@none.com") && !is_address("n/a") && !is_address(""));
        assert!(is_number("+1 415 555 0101") && !is_number("12345") && !is_number("n/a"));
    }

    #[test]
    fn names_that_tools_give_are_no_names() {
        for name in ["Visitor 8123", "visitor", "Guest", "#V1696", "Website Visitor", "  ", "Visitor #12", "12345"] {
            assert!(is_nobody(name), "{name}");
        }
        for name in ["Ana Guest", "Guest House", "Li", "Visitor Center", "V", "X 12"] {
            assert!(!is_nobody(name), "{name}");
        }
    }
}
