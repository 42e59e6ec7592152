//! The `[[mapping]]` entries that the links tell.

use std::fmt::Write as _;

use crate::config::options::{FieldType, Options};
use crate::emit::draft::quoted;
use crate::emit::{text, words};
use crate::normalise::Facts;
use crate::normalise::agreement::{How, Inferred};

/// Longest line of a comment.
const LINE: usize = 200;

/// The draft, and how many entries it has. What the config declares already is left out.
pub(super) fn draft(facts: &Facts, config: &Options) -> (String, usize) {
    let declared = |one: &&Inferred| {
        facts.mappings.iter().any(|m| m.from.place() == Some(one.from) && m.to.place() == Some(one.to))
    };
    let (old, new): (Vec<&Inferred>, Vec<&Inferred>) = facts.inferred().iter().partition(declared);
    (drafted(&new, old.len(), config), new.len())
}

/// The draft of `new`, where `old` more are declared already.
pub(super) fn drafted(new: &[&Inferred], old: usize, config: &Options) -> String {
    let mut out =
        "# Drafted by `leadlint map` from what the exports show. Look at each entry: it is a contract once it\n\
                   # stands in leadlint.toml, and every value that breaks it is reported.\n"
            .to_owned();
    if old > 0 {
        let of = words::plural(config.mapping.len() as u64, "mapping");
        let _ = writeln!(out, "# Declared already, and so: {old} of {of}.");
    }
    if new.is_empty() {
        out.push_str("# Nothing to add.\n");
    }
    for one in new {
        entry(&mut out, one);
    }
    out
}

fn entry(out: &mut String, one: &Inferred) {
    let how = match one.how {
        How::Equal => "equal",
        How::Translated => "translated alike",
        How::Contained => "among the text",
        How::Part => "a part of the name",
    };
    let agreed = format!(
        "{how} in {} of {}, by chance in {}",
        words::number(one.agreed),
        words::plural(one.said, "pair"),
        words::rate(one.chance)
    );
    let _ = writeln!(out, "\n# {}", text::line(&agreed, LINE));
    if one.is_link {
        let _ = writeln!(out, "# Pairs were linked by these two fields, so that their agreement proves little.");
    }
    if one.offset != 0 {
        let _ = writeln!(
            out,
            "# The times of the CRM are {} minutes ahead: MAP008 says so until that is mended.",
            one.offset
        );
    }
    if one.how == How::Contained {
        let _ = writeln!(out, "# It is not a field of its own there: nobody can filter or report by it.");
    }
    let _ = writeln!(out, "[[mapping]]\nfrom = {}\nto = {}", quoted(&one.names.0), quoted(&one.names.1));
    if let Some(kind) = one.kind {
        let _ = writeln!(out, "type = {}", quoted(word(kind)));
    }
    if !one.values.is_empty() {
        let pairs: Vec<String> =
            one.values.iter().map(|(said, shown)| format!("{} = {}", key(said), quoted(shown))).collect();
        let _ = writeln!(out, "values = {{ {} }}", pairs.join(", "));
    }
}

/// A key of an inline table: bare where TOML allows it.
fn key(text: &str) -> String {
    let bare = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { text.to_owned() } else { serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f") }
}

/// The word that a config uses.
pub(super) const fn word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Email => "email",
        FieldType::Phone => "phone",
        FieldType::Text => "text",
        FieldType::LongText => "long-text",
        FieldType::Picklist => "picklist",
        FieldType::Boolean => "boolean",
        FieldType::Timestamp => "timestamp",
        FieldType::Number => "number",
    }
}
