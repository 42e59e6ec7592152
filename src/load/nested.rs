//! What is nested in the cells of JSON exports, made into columns: messages become a transcript with its first and last
//! time, lists of tag objects become tags.

use std::cmp::Ordering;

use hashbrown::HashMap;
use indexmap::IndexMap;
use polars::prelude::StringChunked;
use rayon::prelude::*;
use serde_json::Value;

use super::Error;
use super::conversation::Sender;
use super::header::squeeze;
use super::table::Table;

/// One row of a table, its cells by squeezed header.
pub(crate) struct Row<'t> {
    columns: &'t HashMap<String, &'t StringChunked>,
    row: usize,
}

impl<'t> Row<'t> {
    /// The cell of the first column with this squeezed header, unless it is blank.
    pub(crate) fn cell(&self, key: &str) -> Option<&'t str> {
        self.columns.get(key)?.get(self.row).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// The first of these cells that is filled.
    pub(crate) fn any(&self, keys: &[&str]) -> Option<&'t str> {
        keys.iter().find_map(|key| self.cell(key))
    }

    /// Whether the cell says yes.
    pub(crate) fn yes(&self, key: &str) -> bool {
        self.cell(key) == Some("true")
    }

    /// The elements of the list in this cell; none if it holds no list.
    pub(crate) fn list(&self, key: &str) -> Vec<Value> {
        let cell = self.cell(key).filter(|cell| cell.starts_with('['));
        cell.and_then(|cell| serde_json::from_str(cell).ok()).unwrap_or_default()
    }

    /// Whether the table has the column.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.columns.contains_key(key)
    }
}

/// What a row gets in columns that its file does not have.
#[derive(Default)]
pub(crate) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    /// Puts a value into a column; nothing leaves it null.
    pub(crate) fn set(&mut self, column: &'static str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.0.push((column, value.into()));
        }
    }

    /// Puts yes or no into a column.
    pub(crate) fn flag(&mut self, column: &'static str, value: bool) {
        self.set(column, Some(if value { "true" } else { "false" }));
    }
}

/// Adds columns to a table, row by row. A column that no row has a value for is not added.
pub(crate) fn compose(table: &mut Table, fill: impl Fn(&Row<'_>, &mut Facts) + Sync) -> Result<(), Error> {
    let height = table.frame.height();
    let mut columns: HashMap<String, &StringChunked> = HashMap::new();
    for column in table.frame.columns() {
        if let Ok(cells) = column.str() {
            columns.entry(squeeze(column.name())).or_insert(cells);
        }
    }
    let rows: Vec<Facts> = (0..height)
        .into_par_iter()
        .map(|row| {
            let mut facts = Facts::default();
            fill(&Row { columns: &columns, row }, &mut facts);
            facts
        })
        .collect();
    drop(columns);
    let mut made: IndexMap<&'static str, Vec<Option<String>>> = IndexMap::new();
    for (row, facts) in rows.into_iter().enumerate() {
        for (name, value) in facts.0 {
            made.entry(name).or_insert_with(|| vec![None; height])[row] = Some(value);
        }
    }
    made.retain(|name, _| table.frame.get_column_index(name).is_none());
    made.sort_keys();
    if !made.is_empty() {
        let names: Vec<String> = made.keys().map(|name| format!("\"{name}\"")).collect();
        table.notes.push(format!("made from what is nested in the records: {}", names.join(", ")));
    }
    for (name, cells) in made {
        table.compose(name, cells.into_iter().collect())?;
    }
    Ok(())
}

/// The messages of one conversation.
#[derive(Default)]
pub(crate) struct Talk(Vec<Said>);

struct Said {
    sender: Sender,
    time: Option<String>,
    text: String,
}

impl Talk {
    /// Adds a message. One without text still shows that its sender was there.
    pub(crate) fn say(&mut self, sender: Sender, time: Option<String>, text: &str) {
        self.0.push(Said { sender, time: time.filter(|t| t != "0"), text: text.trim().to_owned() });
    }

    /// Whether there is no message.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether such a sender wrote.
    pub(crate) fn by(&self, sender: Sender) -> bool {
        self.0.iter().any(|said| said.sender == sender)
    }

    /// The messages in order of time, a line for each; nothing if none has text.
    pub(crate) fn transcript(&mut self) -> Option<String> {
        // Some exports begin with the newest message.
        if self.0.iter().all(|said| said.time.is_some()) {
            self.0.sort_by(|a, b| by_time(a.time.as_deref(), b.time.as_deref()));
        }
        let said = self.0.iter().filter(|said| !said.text.is_empty());
        let lines: Vec<String> = said.map(|said| format!("{}: {}", said.sender.as_str(), said.text)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Sets `transcript`, `started_at`, `ended_at` and `missed` (no agent wrote), unless there is no message.
    pub(crate) fn tell(mut self, facts: &mut Facts) {
        if self.is_empty() {
            return;
        }
        facts.flag("missed", !self.by(Sender::Agent));
        facts.set("transcript", self.transcript());
        let times = || self.0.iter().filter_map(|said| said.time.as_deref());
        facts.set("started_at", times().min_by(|a, b| by_time(Some(a), Some(b))));
        facts.set("ended_at", times().max_by(|a, b| by_time(Some(a), Some(b))));
    }
}

/// Epoch numbers compare as numbers, all else as text, which is right for ISO 8601.
fn by_time(a: Option<&str>, b: Option<&str>) -> Ordering {
    let number = |time: Option<&str>| time.and_then(|t| t.parse::<f64>().ok());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.cmp(&b),
    }
}

/// A text, number or truth value within an object, by the keys that lead there: `author.email`. Blank texts are nothing.
pub(crate) fn word(value: &Value, path: &str) -> Option<String> {
    match path.split('.').try_fold(value, |inner, key| inner.get(key))? {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The first of several paths that leads to something.
pub(crate) fn first_word(value: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| word(value, path))
}

/// Names of tags, of a list of texts or of objects, joined with `;`.
pub(crate) fn names(list: &[Value], keys: &[&str]) -> Option<String> {
    let name = |tag: &Value| tag.as_str().map(str::to_owned).or_else(|| first_word(tag, keys));
    let found: Vec<String> = list.iter().filter_map(name).collect();
    (!found.is_empty()).then(|| found.join(";"))
}

/// The text of HTML: tags dropped, breaks and ends of paragraphs as line ends, the usual entities replaced.
pub(crate) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..]
            .find('>')
            .filter(|_| rest[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!'))
        else {
            out.push('<');
            rest = &rest[at + 1..];
            continue;
        };
        let tag = rest[at + 1..at + end].to_ascii_lowercase();
        if ["br", "/p", "/div", "/li", "/h"].iter().any(|name| tag.starts_with(name)) && !out.ends_with('\n') {
            out.push('\n');
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    for (entity, text) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        if out.contains(entity) {
            out = out.replace(entity, text);
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::load::testing::Folder;
    use crate::load::vendors::VENDORS;
    use crate::load::{Input, LoadOptions, SourceSpec, load};

    /// Keys that vendors look into.
    const KEYS: &[&str] = &[
        "_embedded",
        "actor",
        "agent_ids",
        "agents",
        "answer",
        "assigned_to",
        "author",
        "body",
        "change",
        "chat",
        "comments",
        "companies",
        "content",
        "conversation_parts",
        "conversationsThreadId",
        "createdAt",
        "created_at",
        "customer",
        "data",
        "date",
        "direction",
        "email",
        "events",
        "fields",
        "fingerprint",
        "from",
        "history",
        "id",
        "messages",
        "meta",
        "msg",
        "name",
        "nick",
        "part_type",
        "prechat_survey",
        "properties",
        "rating",
        "routing",
        "score",
        "sender",
        "senders",
        "session_id",
        "source",
        "statistics",
        "tags",
        "text",
        "thread",
        "threads",
        "timestamp",
        "type",
        "users",
        "value",
        "visit",
        "visitor",
    ];

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3_i64..3).prop_map(Value::from),
            "user|operator|customer|chat.msg|filled_form|assignment|<p>é|\\[\\{|".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((prop::sample::select(KEYS), inner), 0..5).prop_map(|pairs| {
                    Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
                }),
            ]
        })
    }

    fn any_record() -> impl Strategy<Value = Value> {
        prop::collection::vec((prop::sample::select(KEYS), any_json()), 1..12)
            .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_vendor_stumbles_over_odd_records(records in prop::collection::vec(any_record(), 1..4)) {
            let path = Folder::new();
            let path = (path.write("x.json", serde_json::to_string(&records).unwrap()), path);
            for vendor in VENDORS {
                let vendor = Some(vendor.meta().name.to_owned());
                let spec = SourceSpec { vendor, ..SourceSpec::of(vec![Input::file(path.0.clone())]) };
                let source = load(&[spec], &LoadOptions::default()).unwrap().remove(0);
                prop_assert!(source.height() <= records.len());
                prop_assert_eq!(source.height(), source.origin.row.len());
            }
        }
    }

    #[test]
    fn html_becomes_text() {
        assert_eq!(plain("<p>Hi <b>you</b> &amp; me</p><p>1 < 2<br/>x &lt;y&gt;</p>"), "Hi you & me\n1 < 2\nx <y>");
        assert_eq!(plain("a <3 b"), "a <3 b");
    }

    #[test]
    fn messages_are_told_in_order_of_time() {
        let mut talk = Talk::default();
        talk.say(Sender::Agent, Some("1000000000".into()), "later");
        talk.say(Sender::Visitor, Some("999999999".into()), " first ");
        let mut facts = Facts::default();
        talk.tell(&mut facts);
        let found: Vec<(&str, &str)> = facts.0.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(
            found,
            [
                ("missed", "false"),
                ("transcript", "visitor: first\noperator: later"),
                ("started_at", "999999999"),
                ("ended_at", "1000000000")
            ]
        );
    }
}
