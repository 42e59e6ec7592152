//! Messages in the cells of exports of no particular vendor, found by their shape: a list of objects that say who wrote
//! and what, or of pairs of both.

use polars::prelude::DataFrame;
use rayon::prelude::*;
use serde_json::Value;

use super::Error;
use super::conversation::Sender;
use super::header::squeeze;
use super::nested::{Row, Talk, compose, first_word, plain, word};
use super::table::Table;

/// Where a message has its text, its time, and who wrote it.
const TEXT: &[&str] = &["text", "body", "message", "content", "msg", "plain_body", "change.body"];
const TIME: &[&str] = &["timestamp", "date", "created_at", "createdAt", "sent_at", "sentAt", "time"];
const WHO: &[&str] = &[
    "from",
    "speaker",
    "role",
    "direction",
    "sender.type",
    "author.type",
    "author_type",
    "user_type",
    "sender_type",
    "requestor_type",
    "actor.type",
    "sender",
    "author",
];

/// The column that holds the messages of conversations, if one does: at least half of its filled cells are lists with a
/// message in them. What is called a note is none.
pub(crate) fn column(frame: &DataFrame) -> Option<usize> {
    frame.columns().iter().position(|column| {
        let Ok(cells) = column.str() else { return false };
        if squeeze(column.name()).contains("note") {
            return false;
        }
        let filled = || cells.iter().flatten().map(str::trim).filter(|cell| !cell.is_empty());
        // Nearly every column is told by its first cell.
        if !filled().all(|cell| cell.starts_with("[{") || cell.starts_with("[[")) {
            return false;
        }
        let filled: Vec<&str> = filled().collect();
        let talks = || filled.par_iter().filter(|cell| elements(cell).iter().any(is_message)).count();
        !filled.is_empty() && talks() * 2 >= filled.len()
    })
}

fn elements(cell: &str) -> Vec<Value> {
    serde_json::from_str(cell).unwrap_or_default()
}

fn is_message(element: &Value) -> bool {
    match element {
        Value::Array(pair) => matches!(&pair[..], [Value::String(who), Value::String(_)] if role(who).is_some()),
        _ => {
            first_word(element, TEXT).is_some()
                && (who(element).is_some() || (word(element, "author_id").is_some() && element.get("public").is_some()))
        }
    }
}

/// Who a message is by, if a word for it is known.
fn who(element: &Value) -> Option<Sender> {
    WHO.iter().find_map(|path| role(&word(element, path)?))
}

fn role(word: &str) -> Option<Sender> {
    Some(match squeeze(word).as_str() {
        "user" | "visitor" | "customer" | "client" | "enduser" | "contact" | "lead" | "owner" | "guest"
        | "requester" | "incoming" | "inbound" | "human" | "buyer" => Sender::Visitor,
        "agent" | "operator" | "admin" | "staff" | "support" | "outgoing" | "outbound" | "teammate" | "employee"
        | "seller" => Sender::Agent,
        "bot" | "system" | "automation" | "assistant" | "action" | "trigger" | "workflow" | "chatbot" => {
            Sender::Machine
        }
        _ => return None,
    })
}

/// Makes `transcript`, `started_at`, `ended_at` and `missed` of the messages in this column.
pub(crate) fn fold(table: &mut Table, column: usize) -> Result<(), Error> {
    let Some(name) = table.frame.columns().get(column).map(|column| squeeze(column.name())) else { return Ok(()) };
    compose(table, |row, facts| {
        let mut talk = Talk::default();
        for element in row.list(&name) {
            add(&mut talk, row, &element);
        }
        talk.tell(facts);
    })
}

fn add(talk: &mut Talk, row: &Row<'_>, element: &Value) {
    if let Value::Array(pair) = element {
        if let [Value::String(who), Value::String(text)] = &pair[..] {
            talk.say(role(who).unwrap_or(Sender::Machine), None, text);
        }
        return;
    }
    let Some(text) = first_word(element, TEXT) else { return };
    // What the team says among itself is not part of the chat.
    if word(element, "public").as_deref() == Some("false") || word(element, "private").as_deref() == Some("true") {
        return;
    }
    let by = who(element).unwrap_or_else(|| {
        let visitor = row.any(&["requesterid", "customerid", "visitorid", "userid"]);
        let own = word(element, "author_id").is_some_and(|author| Some(author.as_str()) == visitor);
        if own { Sender::Visitor } else { Sender::Agent }
    });
    talk.say(by, first_word(element, TIME), &plain(&text));
}

#[cfg(test)]
mod tests {
    use crate::load::testing::{Folder, cell, roles};
    use crate::model::Kind;

    #[test]
    fn messages_are_found_by_their_shape() {
        let folder = Folder::new();
        for (name, text, transcript) in [
            (
                "tickets.json",
                r#"[{"id": 5, "subject": "Order", "requester": {"id": 38, "name": "Bo Ek", "email": "bo@north.example"}, "assignee": {"id": 9, "name": "Ana", "email": "ana@us.example"}, "comments": [{"author_id": 38, "body": "Hi", "public": true}, {"author_id": 9, "body": "Hello", "public": true}, {"author_id": 9, "body": "secret", "public": false}]}]"#,
                "visitor: Hi\noperator: Hello",
            ),
            (
                "dump.json",
                r#"[{"convo_id": 3, "who": {"customer": {"customer_name": "Bo Ek", "email": "bo@north.example", "phone": "+15550100"}}, "lines": [["agent", "Hi"], ["customer", "Hello"], ["action", "Looked up"]]}]"#,
                "operator: Hi\nvisitor: Hello\nautomation: Looked up",
            ),
            (
                "x.json",
                r#"[{"ticketid": "1", "name": "Bo Ek", "email": "bo@north.example", "date": "2026-01-01 10:00:00", "notes": {"note": [{"message": "n", "author": "admin"}]}, "replies": {"reply": [{"requestor_type": "Owner", "message": "Hi", "date": "2026-01-01 10:00:00"}, {"requestor_type": "Operator", "message": "Hello", "date": "2026-01-01 10:01:00"}]}}]"#,
                "visitor: Hi\noperator: Hello",
            ),
        ] {
            let source = folder.source(name, text);
            assert_eq!((source.vendor.as_str(), source.kind), ("generic-chat", Kind::Chat), "{name}");
            assert_eq!(cell(&source, "transcript", 0), Some(transcript), "{name}");
            assert_eq!(cell(&source, "missed", 0), Some("false"));
            let roles = roles(&source);
            assert!(roles.contains("id=") && roles.contains("transcript=transcript"), "{roles}");
            let email = source.role(crate::model::Role::Email).unwrap();
            assert_eq!(cell(&source, source.header(email), 0), Some("bo@north.example"), "{roles}");
        }
    }

    #[test]
    fn lists_of_other_things_are_no_messages() {
        let source = Folder::new().source(
            "contacts.json",
            r#"[{"id": 1, "email": "bo@north.example", "lifecycle_stage": "lead", "companies": [{"name": "North", "role": "owner"}], "notes": [{"text": "x", "author": "admin"}]}]"#,
        );
        assert_eq!((source.kind, source.frame.get_column_index("transcript")), (Kind::Crm, None));
    }
}
