//! Crisp: conversations as its API gives them, with or without their messages; messages, one a row; and the form that
//! its importer takes. Times are epoch milliseconds.

use polars::prelude::StringChunked;
use serde_json::Value;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::{Columns, Sender, fold_messages};
use crate::load::header::squeeze;
use crate::load::nested::{Facts, Row, Talk, compose, first_word, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Crisp.
pub(super) struct Crisp;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Crisp field" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["sessionid"]),
    alias(Role::Email, &["metaemail", "useremail"]),
    alias(Role::Name, &["metanickname", "visitorname", "username"]),
    alias(Role::Phone, &["metaphone", "userphone"]),
    alias(Role::Country, &["metadevicegeolocationcountry", "usercountry"]),
    alias(Role::Region, &["metadevicegeolocationregion"]),
    alias(Role::City, &["metadevicegeolocationcity"]),
    alias(Role::Status, &["state"]),
    alias(Role::StartedAt, &["createdat", "startedat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::EndedAt, &["endedat"]),
    alias(Role::Agent, &["agent", "assigneduserid"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::IsSpam, &["isblocked"]),
    alias(Role::Tags, &["metasegments", "segments"]),
    alias(Role::Topic, &["metasubject", "subject"]),
    alias(Role::Source, &["origin", "metaorigin"]),
    alias(Role::Transcript, &["transcript"]),
];

const MESSAGE: &[&str] = &["sessionid", "fingerprint", "from", "content", "timestamp"];

/// Whether a message is one as Crisp writes it.
fn is_message(message: &Value) -> bool {
    matches!(word(message, "from").as_deref(), Some("user" | "operator"))
        && (message.get("date").is_some() || message.get("timestamp").is_some())
}

fn sender(from: &str, automated: bool) -> Sender {
    match from {
        "user" => Sender::Visitor,
        _ if automated => Sender::Machine,
        _ => Sender::Agent,
    }
}

impl Vendor for Crisp {
    fn meta(&self) -> Meta {
        Meta { name: "crisp", title: "Crisp", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        // The list of messages, and what message rows keep of the first one.
        matches!(exhibit.keys[column].as_str(), "messages" | "content" | "timestamp")
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let fields = exhibit.count(&[
            "websiteid",
            "peopleid",
            "metanickname",
            "metaemail",
            "metasegments",
            "isverified",
            "isblocked",
        ]);
        let conversations = exhibit.has("sessionid") && fields >= 2;
        let messages = exhibit.count(MESSAGE) == 5;
        let import = exhibit.position("messages").is_some_and(|column| {
            let mut cells = exhibit.filled(column).peekable();
            let fits = |cell: &str| {
                serde_json::from_str::<Vec<Value>>(cell)
                    .is_ok_and(|list| !list.is_empty() && list.iter().all(is_message))
            };
            cells.peek().is_some() && cells.all(fits)
        });
        let (score, what) = match () {
            () if messages => (95, "Crisp's messages"),
            () if conversations => (95, "Crisp's conversations"),
            () if import => (85, "conversations as Crisp's importer takes them"),
            () => return None,
        };
        Some(Match { score, kind: Kind::Chat, object: None, why: format!("the fields of {what}") })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        if MESSAGE.iter().all(|key| keys.iter().any(|k| k == key)) {
            return messages(table, &keys);
        }
        compose(table, conversation)
    }
}

fn conversation(row: &Row<'_>, facts: &mut Facts) {
    let (mut talk, mut agent) = (Talk::default(), None);
    for message in row.list("messages") {
        let of = word(&message, "type").unwrap_or_else(|| "text".to_owned());
        if matches!(of.as_str(), "note" | "event") || message.get("note").is_some() {
            continue;
        }
        let automated = word(&message, "automated").as_deref() == Some("true");
        let by = sender(&word(&message, "from").unwrap_or_default(), automated);
        if by == Sender::Agent {
            agent = first_word(&message, &["user.nickname", "user.name", "user.email"]).or(agent);
        }
        let text = first_word(&message, &["content", "text", "content.text", "content.name", "content.url"]);
        talk.say(by, first_word(&message, &["timestamp", "date"]), &text.unwrap_or_default());
    }
    facts.set("agent", agent);
    talk.tell(facts);
}

/// Messages fold into conversations.
fn messages(table: &mut Table, keys: &[String]) -> Result<(), Error> {
    let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c));
    let yes: Vec<bool> = match find("automated") {
        Some(cells) => cells.iter().map(|cell| cell == Some("true")).collect(),
        None => vec![false; table.frame.height()],
    };
    let Some(from) = find("from") else { return Ok(()) };
    let senders: Vec<Sender> =
        from.iter().zip(&yes).map(|(from, automated)| sender(from.unwrap_or_default(), *automated)).collect();
    let names = |who: Sender| -> Option<StringChunked> {
        Some(find("usernickname")?.iter().zip(&senders).map(|(cell, by)| cell.filter(|_| *by == who)).collect())
    };
    let made = [("visitor_name", names(Sender::Visitor)), ("agent", names(Sender::Agent))];
    for (name, cells) in made {
        if let Some(cells) = cells {
            table.compose(name, cells)?;
        }
    }
    let columns = Columns { conversation: "sessionid", time: "timestamp", sender: "from", content: "content" };
    fold_messages(table, &columns, |row, _| senders[row])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn conversations_with_messages() {
        let source = Folder::new().source(
            "x.json",
            r#"{"error": false, "reason": "listed", "data": [{"session_id": "session_1", "website_id": "w", "people_id": "p", "state": "resolved", "is_verified": false, "is_blocked": true, "assigned": {"user_id": "op1"},
              "meta": {"nickname": "Bo Ek", "email": "bo@north.example", "phone": "+15550100", "segments": ["Sales_Lead", "Demo_Booked"], "subject": "Price", "device": {"geolocation": {"country": "NO", "city": "Oslo"}}},
              "created_at": 1767261600000, "updated_at": 1767261700000, "waiting_since": null,
              "messages": [{"type": "text", "from": "operator", "automated": true, "content": "Welcome", "timestamp": 1767261600000, "user": {"nickname": "Bot"}},
                {"type": "text", "from": "user", "content": "Hi", "timestamp": 1767261601000, "user": {"nickname": "Bo"}},
                {"type": "note", "from": "operator", "content": "secret", "timestamp": 1767261602000, "user": {"nickname": "Ana"}},
                {"type": "file", "from": "operator", "content": {"name": "a.pdf", "url": "u"}, "timestamp": 1767261603000, "user": {"nickname": "Ana"}}]}]}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("crisp", Kind::Chat, 1));
        assert_eq!(
            roles(&source),
            "id=session_id email=meta.email name=meta.nickname phone=meta.phone status=state \
             country=meta.device.geolocation.country city=meta.device.geolocation.city updated_at=updated_at \
             tags=meta.segments topic=meta.subject transcript=transcript started_at=created_at ended_at=ended_at \
             agent=agent is_spam=is_blocked missed=missed"
        );
        assert_eq!(cell(&source, "transcript", 0), Some("automation: Welcome\nvisitor: Hi\noperator: a.pdf"));
        assert_eq!((cell(&source, "agent", 0), cell(&source, "missed", 0)), (Some("Ana"), Some("false")));
        assert_eq!(cell(&source, "meta.segments", 0), Some("Sales_Lead;Demo_Booked"));
    }

    #[test]
    fn what_the_importer_takes() {
        let source = Folder::new().source(
            "x.json",
            r#"[{"user": {"name": "Bo Ek", "email": "bo@north.example", "country": "NO"}, "segments": ["a"], "messages": [{"text": "Hi", "date": 1767261600000, "from": "user"}, {"note": "n", "date": 1767261601000, "from": "operator"}]}]"#,
        );
        assert_eq!(source.vendor, "crisp");
        assert_eq!(
            roles(&source),
            "email=user.email name=user.name country=user.country tags=segments transcript=transcript \
             started_at=started_at ended_at=ended_at missed=missed"
        );
        assert_eq!((cell(&source, "missed", 0), cell(&source, "transcript", 0)), (Some("true"), Some("visitor: Hi")));
    }

    #[test]
    fn messages_fold() {
        let source = Folder::new().source(
            "x.ndjson",
            concat!(
                r#"{"session_id": "session_1", "website_id": "w", "type": "text", "from": "operator", "origin": "chat", "content": "Hello", "timestamp": 1767261602000, "fingerprint": 2, "user": {"nickname": "Ana"}, "automated": false}"#,
                "\n",
                r#"{"session_id": "session_1", "website_id": "w", "type": "text", "from": "user", "origin": "chat", "content": "Hi", "timestamp": 1767261601000, "fingerprint": 1, "user": {"nickname": "Bo"}}"#
            ),
        );
        assert_eq!((source.vendor.as_str(), source.height()), ("crisp", 1));
        assert_eq!(cell(&source, "transcript", 0), Some("visitor: Hi\noperator: Hello"));
        assert_eq!(
            roles(&source),
            "id=session_id name=visitor_name source=origin transcript=transcript started_at=started_at \
             ended_at=ended_at agent=agent missed=missed"
        );
        assert_eq!((cell(&source, "agent", 0), cell(&source, "visitor_name", 0)), (Some("Ana"), Some("Bo")));
    }
}
