//! What a record carries of a chat: its id, its transcript, an activity.

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

use crate::model::{Kind, Object};
use crate::normalise::record_id;
use crate::normalise::text::{Text, is_blank};
use crate::rules::prelude::*;

const HOUR: i64 = 3_600_000_000;

/// The chat tables that a rule looks at.
pub(in crate::rules) fn chats<'c, 't>(cx: &'c Check<'t>) -> impl Iterator<Item = &'t Table> + 'c {
    cx.tables.iter().copied().filter(|table| table.source.kind == Kind::Chat)
}

/// When the record of row `row` was created.
pub(in crate::rules) fn created(table: &Table, row: u32) -> Option<i64> {
    table.times(table.role(Role::CreatedAt)?).get(row)
}

/// Says how many chats of a source were not checked; `{}` in `why` is its name.
pub(in crate::rules) fn say_unchecked(out: &mut Outcome, table: &Table, count: u64, why: &str) {
    if count > 0 {
        out.unchecked(format!("{}: {count}", why.replace("{}", table.name())));
    }
}

/// The columns of a source of records in which something of a chat can stand.
pub(in crate::rules) struct Carriers<'t> {
    transcript: Option<Text<'t>>,
    notes: Option<Text<'t>>,
    has_chat_id: bool,
}

impl<'t> Carriers<'t> {
    /// Those of `table`.
    pub(in crate::rules) fn of(table: &'t Table) -> Self {
        let text = |role: Role| table.role(role).map(|column| table.text(column));
        Self {
            transcript: text(Role::Transcript),
            notes: text(Role::Notes),
            has_chat_id: table.role(Role::ChatId).is_some(),
        }
    }

    /// Whether there is a column that is meant to tell which chat a record belongs to.
    pub(in crate::rules) const fn can_tell(&self) -> bool {
        self.has_chat_id || self.transcript.is_some()
    }

    /// Whether the record of row `row` holds what was said in a chat, in its transcript or its notes. Where it is not known
    /// what was said, any transcript counts; the notes are then asked for the chat's `id`.
    pub(in crate::rules) fn holds(&self, row: u32, id: Option<&str>, said: Option<&str>) -> bool {
        let cell =
            |text: &Option<Text<'t>>| text.as_ref().and_then(|text| text.get(row)).filter(|c| !is_blank(Some(c)));
        let said = said.filter(|said| !is_blank(Some(said)));
        let of_chat = |held: &str| said.is_none_or(|said| is_same_talk(held, said));
        cell(&self.transcript).is_some_and(of_chat)
            || cell(&self.notes).is_some_and(|notes| {
                said.is_some_and(|said| is_same_talk(notes, said)) || id.is_some_and(|id| names(notes, id))
            })
    }
}

/// The shortest id that is looked for among words: a shorter one is a number like any other.
const ID_AMONG_WORDS: usize = 4;

/// Whether a text names an id as a word of its own.
fn names(text: &str, id: &str) -> bool {
    id.len() >= ID_AMONG_WORDS && words_of(text).any(|word| word == id)
}

/// Words as ids are written: letters, digits, hyphens and underscores.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).filter(|word| !word.is_empty())
}

/// Words of a talk that are looked at: the rest of a longer one is what its beginning is.
const WORDS: usize = 20_000;

/// Whether two texts are of one talk, whatever tool wrote them and wherever they are cut: three of four runs of three words
/// of the shorter one stand in the longer one. Runs end with a sentence, so that the names of who speaks are in none, and
/// numbers are passed over: times stand between the words of some. Half would not do: agents paste whole sentences.
pub(in crate::rules) fn is_same_talk(one: &str, other: &str) -> bool {
    const FEW: usize = 3;
    let runs = |text: &str| -> (FxHashSet<u64>, u64) {
        let (mut runs, mut all) = (FxHashSet::default(), Vec::new());
        for sentence in text.split(['\n', ':', '.', '?', '!']) {
            let words: Vec<u64> = sentence
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.contains(char::is_alphabetic))
                .map(|word| hash(&word.to_lowercase()))
                .collect();
            runs.extend(words.windows(FEW).map(hash));
            all.extend(words);
            if all.len() > WORDS {
                break;
            }
        }
        (runs, hash(&all))
    };
    let ((one, whole), (other, other_whole)) = (runs(one), runs(other));
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    if short.len() < FEW {
        return whole == other_whole;
    }
    short.intersection(&long).count() * 4 >= short.len() * 3
}

fn hash<T: Hash + ?Sized>(of: &T) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Activities: calls, tasks, messages that name a chat, a record or an address.
#[derive(Debug, Default)]
pub(in crate::rules) struct Activities {
    /// By what they name, when they were; [`Times::MISSING`] where that is not known.
    by_name: FxHashMap<String, Vec<i64>>,
    /// Whether activities are loaded at all.
    pub(in crate::rules) are_loaded: bool,
}

impl Activities {
    /// The activities that name one of `wanted`: ids in the form in which they compare, addresses in lower case.
    pub(in crate::rules) fn of(cx: &Check<'_>, wanted: &FxHashSet<String>) -> Self {
        let mut found = Self::default();
        for table in cx.tables.iter().filter(|table| table.source.object == Some(Object::Activity)) {
            found.are_loaded = true;
            if wanted.is_empty() {
                continue;
            }
            let at = [Role::StartedAt, Role::CreatedAt, Role::LastActivityAt, Role::UpdatedAt]
                .into_iter()
                .find_map(|role| table.role(role))
                .map(|column| table.times(column));
            let own = table.role(Role::Id);
            for column in table.source.columns().filter(|column| Some(*column) != own && !table.is_time(*column)) {
                for (row, cell) in (0_u32..).zip(table.text(column).iter()) {
                    let Some(cell) = cell else { continue };
                    let at = at.and_then(|times| times.get(row)).unwrap_or(Times::MISSING);
                    let mut note = |name: &str| {
                        if wanted.contains(name) {
                            found.by_name.entry(name.to_owned()).or_default().push(at);
                        }
                    };
                    for part in cell.split([';', ',']).map(trimmed) {
                        if let Some(id) = record_id::canonical(part) {
                            note(id.as_ref());
                        }
                        if part.contains('@') {
                            note(&part.to_lowercase());
                        }
                    }
                    if cell.len() > ID_AMONG_WORDS {
                        words_of(cell).filter(|word| word.len() >= ID_AMONG_WORDS && *word != cell).for_each(note);
                    }
                }
            }
        }
        found
    }

    /// Whether an activity names `name`, whenever it was.
    pub(in crate::rules) fn name(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether an activity names `name` between an hour before `from` and `to`; one without a time may be of then.
    pub(in crate::rules) fn name_within(&self, name: &str, from: i64, to: i64) -> bool {
        let is_then = |at: &i64| *at == Times::MISSING || (from.saturating_sub(HOUR)..=to).contains(at);
        self.by_name.get(name).is_some_and(|times| times.iter().any(is_then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_talk_is_known_again_however_it_is_written() {
        let talk = "Visitor: What does the Team plan cost? Agent: I will send you a quote today.";
        let cut = "VISITOR (09:01) what does the team plan cost? -- Agent (09:02) I will";
        assert!(is_same_talk(talk, talk) && is_same_talk(talk, cut) && is_same_talk(cut, talk));
        assert!(!is_same_talk(talk, "Visitor: When is the chat open? Agent: From nine to five."));
        let pasted =
            "Visitor: Where is the data kept? Agent: In the region you choose. Agent: I will send you a quote today.";
        assert!(!is_same_talk(talk, pasted) && is_same_talk(talk, &talk.replace("Visitor", "Ana Moss")));
        assert!(is_same_talk("Hello", "hello!") && !is_same_talk("Hello", "Hello there") && !is_same_talk("", talk));
    }

    #[test]
    fn ids_are_named_by_whole_words() {
        assert!(names("see chat c0012.", "c0012") && names("c0012", "c0012"));
        assert!(!names("see c00123", "c0012") && !names("one of 1", "1"));
    }
}
