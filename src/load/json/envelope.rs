//! Documents that wrap the list of records: `{"conversations": [..], "pages": {..}}`, `{"data": [..]}`,
//! `{"status": 0, "result": {"records": [..]}}`.
//!
//! An object is an envelope if one member is a list of objects and the others are about the list: paging, counts,
//! links, success. An object that has an id or other facts of its own is a record, whatever lists it holds.

use std::borrow::Cow;

use super::parse::{members, words};
use crate::load::header::squeeze;

/// Envelopes within envelopes that are opened.
const DEPTH: usize = 4;

/// Members that are about a list, in squeezed form.
const ABOUT: &[&str] = &[
    "afterurl",
    "apiversion",
    "aftercursor",
    "beforeurl",
    "beforecursor",
    "code",
    "context",
    "count",
    "currentpage",
    "cursor",
    "done",
    "endofstream",
    "endtime",
    "error",
    "errors",
    "first",
    "firstpage",
    "foundchats",
    "from",
    "hasmore",
    "hasnext",
    "href",
    "included",
    "info",
    "kind",
    "last",
    "lastpage",
    "limit",
    "links",
    "meta",
    "metadata",
    "morerecords",
    "offset",
    "ok",
    "page",
    "pageinfo",
    "pages",
    "pagination",
    "paging",
    "perpage",
    "prev",
    "previous",
    "requestid",
    "self",
    "size",
    "schema",
    "skip",
    "success",
    "summary",
    "to",
    "took",
    "url",
    "version",
    "warnings",
    "withcount",
];

/// Beginnings of members that are about a list, in squeezed form.
const ABOUT_STARTS: &[&str] = &["next", "prev", "total", "page", "hasmore", "export", "generated", "odata"];

/// Names of lists of records, in squeezed form.
const LISTS: &[&str] = &[
    "accounts",
    "chats",
    "companies",
    "contacts",
    "conversations",
    "customers",
    "data",
    "deals",
    "entities",
    "entries",
    "hits",
    "items",
    "leads",
    "list",
    "objects",
    "opportunities",
    "payload",
    "people",
    "persons",
    "records",
    "response",
    "result",
    "results",
    "rows",
    "sessions",
    "threads",
    "tickets",
    "transcripts",
    "users",
    "value",
    "values",
    "visitors",
];

/// What a document is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Document<'t> {
    /// One record.
    Record,
    /// An envelope with this list in it.
    List(&'t str),
    /// An envelope with several lists.
    Several(Vec<String>),
    /// A document that this program wrote.
    Own(String),
}

/// Says what an object is.
pub(super) fn open(object: &str) -> Document<'_> {
    open_at(object, 0)
}

fn open_at(object: &str, depth: usize) -> Document<'_> {
    let found: Vec<Member<'_>> = members(object).into_iter().map(|(name, value)| Member::of(name, value)).collect();
    if let Some(schema) = found.iter().find(|m| m.key == "schema").map(|m| words(m.value))
        && schema.starts_with("leadlint.")
    {
        return Document::Own(schema.into_owned());
    }
    let lists: Vec<&Member<'_>> = found.iter().filter(|m| m.records && !m.about).collect();
    let known = |member: &Member<'_>| LISTS.contains(&member.key.as_str());
    match lists[..] {
        [list] => {
            let mut others = found.iter().filter(|m| !std::ptr::eq(*m, list));
            let wraps = if known(list) { others.all(|m| m.about || !m.tells()) } else { others.all(|m| m.about) };
            if wraps { Document::List(list.value) } else { Document::Record }
        }
        [] => {
            let mut others = found.iter().filter(|m| !m.about);
            match (others.next(), others.next()) {
                (Some(inner), None) if inner.value.starts_with('[') && inner.empty() && known(inner) => {
                    Document::List(inner.value)
                }
                (Some(inner), None) if inner.value.starts_with('{') && depth < DEPTH => open_at(inner.value, depth + 1),
                _ => Document::Record,
            }
        }
        _ if found.iter().all(|m| m.records || m.about) => {
            Document::Several(lists.iter().map(|m| m.name.clone().into_owned()).collect())
        }
        _ => Document::Record,
    }
}

struct Member<'t> {
    name: Cow<'t, str>,
    key: String,
    value: &'t str,
    /// Whether the value is a list that begins with an object.
    records: bool,
    /// Whether the member is about a list.
    about: bool,
}

impl<'t> Member<'t> {
    fn of(name: Cow<'t, str>, value: &'t str) -> Self {
        let key = squeeze(&name);
        let records = value.strip_prefix('[').is_some_and(|rest| rest.trim_ascii_start().starts_with('{'));
        let about = ABOUT.contains(&key.as_str())
            || ABOUT_STARTS.iter().any(|start| key.starts_with(start))
            || match key.as_str() {
                "status" | "message" => success(value),
                "type" | "object" => words(value).to_lowercase().contains("list"),
                _ => false,
            };
        Self { name, key, value, records, about }
    }

    fn empty(&self) -> bool {
        self.value[1..].trim_ascii_start().starts_with([']', '}'])
    }

    /// Whether the member is a fact of a record, which has an id, a name, a time, or an object of its own.
    fn tells(&self) -> bool {
        const WORDS: &[&str] =
            &["created", "customer", "email", "name", "started", "subject", "title", "user", "visitor"];
        let key = self.key.as_str();
        self.value.starts_with('{') || key.ends_with("id") || WORDS.iter().any(|word| key.contains(word))
    }
}

/// `0`, `200`, `"ok"`, `"success"`, `null`: how a system says that a request went well.
fn success(value: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'"') => matches!(words(value).to_lowercase().as_str(), "" | "ok" | "success" | "succeeded"),
        Some(b'{' | b'[') => false,
        _ => true,
    }
}
