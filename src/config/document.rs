//! A parsed config that remembers where each key and value stands.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Error, Place};

/// One step from the root of a config to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Into a table.
    Key(Cow<'a, str>),
    /// Into a list, from 0.
    Index(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(Cow::Borrowed(key))
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Shows steps as people write them: `mapping[2].from`, `probe[1].expect."leads.Email"`. Lists count from 1, as people do.
pub(super) struct Dotted<'s, 'a>(pub(super) &'s [Step<'a>]);

impl fmt::Display for Dotted<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{}]", index + 1)?,
                Step::Key(key) => {
                    let dot = if at == 0 { "" } else { "." };
                    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
                    if bare { write!(f, "{dot}{key}")? } else { write!(f, "{dot}{key:?}")? }
                }
            }
        }
        Ok(())
    }
}

/// The text of a config and the tree parsed from it.
pub(super) struct Document<'a> {
    path: &'a str,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// Parses the text; a syntax error shows the line.
    pub(super) fn parse(text: &'a str, path: &'a str) -> Result<Self, Error> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { path, text, root }),
            Err(error) => Err(syntax_error(text, path, &error)),
        }
    }

    /// The root table.
    pub(super) fn root(&self) -> &Spanned<DeTable<'a>> {
        &self.root
    }

    /// An error of the parser or of the options' own types.
    pub(super) fn syntax_error(&self, error: &toml::de::Error) -> Error {
        syntax_error(self.text, self.path, error)
    }

    /// The line and column of a byte.
    pub(super) fn place(&self, byte: usize) -> Place {
        place(self.text, self.path, byte)
    }

    /// Where the last step stands: a key where it is written, a list's item where it begins.
    pub(super) fn locate(&self, steps: &[Step<'_>]) -> Option<Range<usize>> {
        let mut table = Some(self.root.get_ref());
        let mut items = None;
        let mut span = self.root.span();
        for step in steps {
            let value = match step {
                Step::Key(key) => {
                    let (key, value) = table?.iter().find(|(known, _)| known.get_ref() == key)?;
                    span = key.span();
                    value
                }
                Step::Index(index) => {
                    let value: &Spanned<DeValue<'_>> = items.and_then(|list: &[_]| list.get(*index))?;
                    span = value.span();
                    value
                }
            };
            table = value.get_ref().as_table();
            items = value.get_ref().as_array().map(|array| &**array);
        }
        Some(span)
    }

    /// An error about the value at some steps.
    pub(super) fn value_error(&self, steps: &[Step<'_>], message: String) -> Error {
        let byte = self.locate(steps).map_or(0, |span| span.start);
        Error::Value { place: self.place(byte), key: Dotted(steps).to_string(), message }
    }
}

fn syntax_error(text: &str, path: &str, error: &toml::de::Error) -> Error {
    let place = place(text, path, error.span().map_or(0, |span| span.start));
    Error::Syntax { message: error.message().to_owned(), excerpt: excerpt(text, &place), place }
}

/// A text as errors quote it: on one line, and cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The line and column of a byte of a text.
pub(super) fn place(text: &str, path: &str, byte: usize) -> Place {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place {
        path: path.to_owned(),
        line: before.bytes().filter(|b| *b == b'\n').count() as u32 + 1,
        column: before[line_start..].trim_start_matches('\u{feff}').chars().count() as u32 + 1,
    }
}

/// The line of a place, cut to what a terminal shows, and a caret under the column.
fn excerpt(text: &str, place: &Place) -> String {
    const WIDTH: usize = 100;
    let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
    let column = place.column as usize - 1;
    // Hostile or pasted lines may be huge: the window around the column is what helps.
    let from = column.saturating_sub(WIDTH - 20);
    let shown: String = line.chars().skip(from).take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let number = place.line.to_string();
    let (gutter, indent) = (" ".repeat(number.len()), " ".repeat(column - from));
    format!(" {number} | {}\n {gutter} | {indent}^", shown.trim_end())
}
