//! Holds a parsed config against its JSON Schema, so that no key, type or word can drift from what the options accept.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Document, Dotted, Step, quoted};
use super::error::Error;
use super::nearest::{hint, list, nearest};
use super::{day, schema::schema};

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// The first problem of a config: unknown keys before all else, since a misspelt key is also a missing one.
pub(super) fn check(document: &Document<'_>) -> Result<(), Error> {
    let mut check = Check { document, unknown: Vec::new(), wrong: Vec::new() };
    let root = document.root();
    check.table(&SCHEMA, root.get_ref(), root.span(), &mut Vec::new());
    let Check { mut unknown, mut wrong, .. } = check;
    // Tables are kept by key, not by line.
    unknown.sort_by_key(|(span, _)| span.start);
    wrong.sort_by_key(|(span, _)| span.start);
    let others = unknown.len().saturating_sub(1);
    match unknown.into_iter().chain(wrong).next() {
        None => Ok(()),
        Some((_, Error::UnknownKey { place, noun, key, hint, .. })) => {
            Err(Error::UnknownKey { place, noun, key, hint, more: others })
        }
        Some((_, error)) => Err(error),
    }
}

type Steps<'a> = Vec<Step<'a>>;

struct Check<'d, 'a> {
    document: &'d Document<'a>,
    unknown: Vec<(Range<usize>, Error)>,
    wrong: Vec<(Range<usize>, Error)>,
}

impl<'d> Check<'d, '_> {
    fn table(&mut self, schema: &'static Value, table: &'d DeTable<'_>, span: Range<usize>, steps: &mut Steps<'d>) {
        let schema = resolve(schema);
        let properties = schema["properties"].as_object();
        let free = &schema["additionalProperties"];
        let names = words(resolve(&schema["propertyNames"]));
        for (key, value) in table {
            let name: &'d str = key.get_ref();
            steps.push(Step::from(name));
            let own = properties.and_then(|known| known.get(name));
            if names.as_ref().is_some_and(|names| !names.contains(&name)) {
                let noun = if is_role(&schema["propertyNames"]) { "role" } else { "key" };
                self.unknown_key(noun, name, names.iter().flatten().copied(), key.span(), steps);
            } else if let Some(schema) = own {
                self.value(schema, value, key.span(), steps);
            } else if free == &Value::Bool(false) {
                let known = properties.into_iter().flat_map(|known| known.keys().map(String::as_str));
                self.unknown_key("key", name, known, key.span(), steps);
            } else if free.is_object() {
                self.value(free, value, key.span(), steps);
            }
            steps.pop();
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !table.iter().any(|(known, _)| known.get_ref() == key) {
                let meaning = schema["properties"][key]["description"].as_str().unwrap_or_default();
                let error = Error::MissingKey {
                    place: self.document.place(span.start),
                    table: Dotted(steps).to_string(),
                    key: key.to_owned(),
                    meaning: sentence_as_fragment(meaning),
                };
                self.wrong.push((span.clone(), error));
            }
        }
        if table.len() < schema["minProperties"].as_u64().unwrap_or(0) as usize {
            let known: Vec<&str> = properties.into_iter().flat_map(|known| known.keys().map(String::as_str)).collect();
            self.wrong_value(format!("is empty; give it one of {}", list(&known)), &span, steps);
        }
    }

    /// Checks a value. `span` is where its key stands, or the value itself inside a list.
    fn value(
        &mut self,
        schema: &'static Value,
        value: &'d Spanned<DeValue<'_>>,
        span: Range<usize>,
        steps: &mut Steps<'d>,
    ) {
        let schema = resolve(schema);
        if let Some(choices) = schema["anyOf"].as_array() {
            match choices.iter().find(|choice| fits(resolve(choice), value.get_ref())) {
                Some(choice) => self.value(choice, value, span, steps),
                None => self.wrong_type(schema, value.get_ref(), &span, steps),
            }
            return;
        }
        if !fits(schema, value.get_ref()) {
            self.wrong_type(schema, value.get_ref(), &span, steps);
            return;
        }
        if let Some(problem) = scalar_problem(schema, value.get_ref()) {
            self.wrong_value(problem, &span, steps);
            return;
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(schema, table, span, steps),
            DeValue::Array(items) => {
                let (least, most) = (schema["minItems"].as_u64(), schema["maxItems"].as_u64());
                let count = items.len() as u64;
                if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most) {
                    let wanted = least.or(most).unwrap_or_default();
                    self.wrong_value(format!("must list exactly {wanted} values, not {count}"), &span, steps);
                    return;
                }
                for (at, item) in items.iter().enumerate() {
                    steps.push(Step::from(at));
                    self.value(&schema["items"], item, item.span(), steps);
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    fn unknown_key(
        &mut self,
        noun: &'static str,
        name: &str,
        known: impl Iterator<Item = &'static str>,
        span: Range<usize>,
        steps: &Steps<'_>,
    ) {
        let place = self.document.place(span.start);
        let key = Dotted(steps).to_string();
        let known: Vec<&str> = known.collect();
        let hint = match home(name) {
            Some(table) if noun == "key" && nearest(name, known.iter().copied()).is_none() => {
                format!("it belongs in `{table}`")
            }
            _ => hint(name, known),
        };
        self.unknown.push((span, Error::UnknownKey { place, noun, key, hint, more: 0 }));
    }

    fn wrong_type(&mut self, schema: &'static Value, value: &DeValue<'_>, span: &Range<usize>, steps: &Steps<'_>) {
        self.wrong_value(format!("must be {}, not {}", wanted(schema), found(value)), span, steps);
    }

    fn wrong_value(&mut self, message: String, span: &Range<usize>, steps: &Steps<'_>) {
        let place = self.document.place(span.start);
        self.wrong.push((span.clone(), Error::Value { place, key: Dotted(steps).to_string(), message }));
    }
}

/// The only table at the root that knows a key, for keys that were written outside of theirs.
fn home(key: &str) -> Option<String> {
    let holds = |schema: &'static Value| resolve(schema)["properties"].get(key).is_some();
    let tables = SCHEMA["properties"].as_object()?.iter().filter_map(|(table, schema)| {
        let schema = resolve(schema);
        if holds(schema) {
            Some(format!("[{table}]"))
        } else if holds(&schema["items"]) {
            Some(format!("[[{table}]]"))
        } else {
            holds(&schema["additionalProperties"]).then(|| format!("[{table}.NAME]"))
        }
    });
    let mut tables = tables.fuse();
    tables.next().filter(|_| tables.next().is_none())
}

/// What is wrong with a value of the right type.
fn scalar_problem(schema: &Value, value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => {
            if let Some(known) = words(schema)
                && !known.contains(&text.as_ref())
            {
                let next = match nearest(text, known.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => format!("write one of {}", list(&known)),
                };
                return Some(format!("cannot be {}; {next}", quoted(text)));
            }
            let is_day = text.parse().is_ok_and(|day| day::as_date(&day).is_some());
            (schema["format"] == "date" && !is_day)
                .then(|| format!("is {}, which is not a day; write it as `2026-10-31`", quoted(text)))
        }
        DeValue::Datetime(time) => {
            day::as_date(time).is_none().then(|| format!("is `{time}`, which is not a day; write it as `2026-10-31`"))
        }
        DeValue::Integer(_) | DeValue::Float(_) => {
            let number = number(value)?;
            let least = schema["minimum"].as_f64();
            let most = schema["maximum"].as_f64().or((schema["format"] == "uint32").then_some(f64::from(u32::MAX)));
            let inside = least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
            let range = match (least, most) {
                (Some(least), Some(most)) => format!("between {least} and {most}"),
                (Some(least), None) => format!("{least} or more"),
                (None, Some(most)) => format!("{most} or less"),
                (None, None) => "a number".to_owned(),
            };
            (!inside || number.is_nan()).then(|| format!("must be {range}, not `{}`", written(value)))
        }
        _ => None,
    }
}

/// The schema that a `$ref` means.
fn resolve(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => SCHEMA.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

fn is_role(schema: &Value) -> bool {
    schema["$ref"] == "#/$defs/Role"
}

/// The words that a string may be, when they are a fixed set.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(choices) = schema["oneOf"].as_array() {
        return Some(choices.iter().filter_map(|choice| choice["const"].as_str()).collect());
    }
    schema["enum"].as_array().map(|words| words.iter().filter_map(Value::as_str).collect())
}

/// Whether a value has the type that a schema asks for.
fn fits(schema: &Value, value: &DeValue<'_>) -> bool {
    let Some(wanted) = schema["type"].as_str() else {
        return words(schema).is_none() || value.is_str();
    };
    match value {
        DeValue::String(_) => wanted == "string",
        DeValue::Integer(_) => wanted == "integer" || wanted == "number",
        DeValue::Float(_) => wanted == "number",
        DeValue::Boolean(_) => wanted == "boolean",
        DeValue::Datetime(_) => wanted == "string" && schema["format"] == "date",
        DeValue::Array(_) => wanted == "array",
        DeValue::Table(_) => wanted == "object",
    }
}

/// What a schema asks for, in words.
fn wanted(schema: &'static Value) -> String {
    if let Some(known) = words(schema) {
        return format!("one of {}", list(&known));
    }
    match schema["type"].as_str() {
        Some("string") if schema["format"] == "date" => "a day such as `2026-10-31`".to_owned(),
        Some("string") => "text in quotes".to_owned(),
        Some("integer") => "a whole number".to_owned(),
        Some("number") => "a number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("array") => "a list in brackets".to_owned(),
        Some("object") => "a table".to_owned(),
        _ => match schema["anyOf"].as_array().map(Vec::as_slice) {
            Some([firsts @ .., last]) if !firsts.is_empty() => {
                let firsts: Vec<String> = firsts.iter().map(|choice| wanted(resolve(choice))).collect();
                format!("{} or {}", firsts.join(", "), wanted(resolve(last)))
            }
            _ => "another type".to_owned(),
        },
    }
}

/// What stands there, in words.
fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
        DeValue::Datetime(time) => format!("the date `{time}`"),
        DeValue::String(text) => format!("the text {}", quoted(text)),
        _ => format!("`{}`", written(value)),
    }
}

fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => found(value),
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => {
            // What is beyond 64 bits is beyond every range.
            Some(i64::from_str_radix(number.as_str(), number.radix()).map_or(f64::INFINITY, |n| n as f64))
        }
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// A doc comment as the end of an error: lower case, no full stop.
fn sentence_as_fragment(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
