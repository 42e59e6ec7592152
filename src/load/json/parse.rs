//! Slices of a JSON text: members of an object, elements of a list, strings, places.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::WINDOWS_1252;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::load::Error;

/// Text of which bytes that are not UTF-8 are read as Windows-1252, and where the first of them stands.
pub(super) fn mend(bytes: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let mut text = String::with_capacity(bytes.len() + 64);
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
            }
            (Cow::Owned(text), Some(error.valid_up_to()))
        }
    }
}

/// Where `part`, a slice of `text`, begins.
pub(super) fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

/// Line and column (both 1-based, the column in characters) of a byte offset.
pub(super) fn place(text: &str, offset: usize) -> (u64, u64) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line = memchr::memchr_iter(b'\n', before).count();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let column = before[start..].iter().filter(|b| (**b & 0xC0) != 0x80).count();
    (line as u64 + 1, column as u64 + 1)
}

/// What serde_json says, without the place that it adds.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rfind(" at line ") {
        Some(end) => said[..end].to_owned(),
        None => said,
    }
}

/// The word for what a JSON value is.
pub(super) fn sort(value: &str) -> &'static str {
    match value.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A string whose lone surrogates, which some programs leave when they cut a text, become replacement characters.
pub(super) struct Words<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Words<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Words<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Words(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Words(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The text of a JSON string.
pub(super) fn words(value: &str) -> Cow<'_, str> {
    serde_json::from_str::<Words<'_>>(value).map_or(Cow::Borrowed(value), |words| words.0)
}

/// The members of an object that was found well-formed, in order.
pub(super) fn members(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de str)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = Vec::new();
            while let Some(key) = map.next_key::<Words<'de>>()? {
                found.push((key.0, map.next_value::<&'de RawValue>()?.get()));
            }
            Ok(found)
        }
    }
    serde_json::Deserializer::from_str(object).deserialize_map(Members).unwrap_or_default()
}

/// Calls `visit` with each element of a list that was found well-formed, one at a time, until it fails.
pub(super) fn each<'t>(list: &'t str, visit: &mut dyn FnMut(&'t str) -> Result<(), Error>) -> Result<(), Error> {
    struct Each<'f, 't> {
        visit: &'f mut dyn FnMut(&'t str) -> Result<(), Error>,
        failed: &'f mut Option<Error>,
    }
    impl<'t> Visitor<'t> for Each<'_, 't> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
            while let Some(element) = list.next_element::<&'t RawValue>()? {
                if let Err(error) = (self.visit)(element.get()) {
                    *self.failed = Some(error);
                    return Err(A::Error::custom("stopped"));
                }
            }
            Ok(())
        }
    }
    let mut failed = None;
    // The text was found well-formed before, so that the only way to fail is that of `visit`.
    let _ = serde_json::Deserializer::from_str(list).deserialize_seq(Each { visit, failed: &mut failed });
    failed.map_or(Ok(()), Err)
}

/// JSON without the white space between its tokens.
pub(super) fn compact(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find(|c: char| c == '"' || c.is_ascii_whitespace()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with('"') { string_end(rest) } else { 0 };
        out.push_str(&rest[..end]);
        rest = if end == 0 { rest.trim_ascii_start() } else { &rest[end..] };
    }
    out.push_str(rest);
    out
}

/// Where the string that `text` begins with ends.
fn string_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}
