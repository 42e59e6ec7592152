//! A scanner of XML, as far as the content of an OpenDocument file needs one: tags, attributes, text. It never goes back,
//! and it ends where the text ends.

use std::borrow::Cow;

use memchr::memchr;
use memchr::memmem::find;

/// A piece of XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag; `closed` if it is its own end.
    Open { name: &'a str, attributes: &'a str, closed: bool },
    /// An end tag.
    Close(&'a str),
    /// Text between tags, entities as they stand.
    Text(&'a str),
    /// Text that has no entities.
    Literal(&'a str),
}

/// Reads XML piece by piece.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The next piece; `None` at the end, an error where a tag is cut off.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, &'static str> {
        loop {
            let rest = self.rest;
            if rest.is_empty() {
                return Ok(None);
            }
            if !rest.starts_with('<') {
                let end = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.rest = &rest[end..];
                return Ok(Some(Token::Text(&rest[..end])));
            }
            if rest.starts_with("<!--") {
                self.until("-->")?;
            } else if rest.starts_with("<![CDATA[") {
                let whole = self.until("]]>")?;
                return Ok(Some(Token::Literal(&whole["<![CDATA[".len()..whole.len() - "]]>".len()])));
            } else if rest.starts_with("<?") {
                self.until("?>")?;
            } else if rest.starts_with("<!") {
                self.until(">")?;
            } else {
                return self.tag().map(Some);
            }
        }
    }

    /// Steps over everything up to and with `end`.
    fn until(&mut self, end: &str) -> Result<&'a str, &'static str> {
        let at = find(self.rest.as_bytes(), end.as_bytes()).ok_or("it ends inside of a tag")? + end.len();
        let (whole, rest) = self.rest.split_at(at);
        self.rest = rest;
        Ok(whole)
    }

    fn tag(&mut self) -> Result<Token<'a>, &'static str> {
        let bytes = self.rest.as_bytes();
        let mut quote = None;
        let end = bytes.iter().position(|byte| {
            match quote {
                Some(open) if open == *byte => quote = None,
                Some(_) => {}
                None if matches!(byte, b'"' | b'\'') => quote = Some(*byte),
                None => return *byte == b'>',
            }
            false
        });
        let end = end.ok_or("it ends inside of a tag")?;
        let inner = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            return Ok(Token::Close(name.trim()));
        }
        let (inner, closed) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inner, ""));
        Ok(Token::Open { name, attributes, closed })
    }
}

/// The value of an attribute, entities resolved.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    let mut rest = attributes.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        if name.trim() == wanted {
            return Some(resolve(value));
        }
        rest = next.trim_start();
    }
    None
}

/// Text with its entities resolved; one that is not known stays as it stands.
pub(super) fn resolve(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').and_then(|(name, next)| Some((entity(name)?, next)));
        rest = match entity {
            Some((c, next)) => {
                out.push(c);
                next
            }
            None => {
                out.push('&');
                after
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
        let mut scanner = Scanner::new(text);
        let mut found = Vec::new();
        while let Some(token) = scanner.next()? {
            found.push(token);
        }
        Ok(found)
    }

    #[test]
    fn tags_text_and_what_is_stepped_over() {
        let found = tokens("<?xml version='1.0'?><!-- <x> --><a b='1>2' c=\"d\"/>x&amp;y<![CDATA[<z>]]></a >").unwrap();
        assert_eq!(
            found,
            [
                Token::Open { name: "a", attributes: "b='1>2' c=\"d\"", closed: true },
                Token::Text("x&amp;y"),
                Token::Literal("<z>"),
                Token::Close("a"),
            ]
        );
        assert!(tokens("<a b='").is_err() && tokens("<!-- ").is_err());
    }

    #[test]
    fn attributes_and_entities() {
        let attributes = "a='1' b:c = \"x &lt; &#x41;&#66; &nope; &\" d='2'";
        assert_eq!(attribute(attributes, "b:c").unwrap(), "x < AB &nope; &");
        assert_eq!(attribute(attributes, "d").unwrap(), "2");
        assert_eq!(attribute(attributes, "c"), None);
        assert_eq!(attribute("broken", "broken"), None);
    }
}
