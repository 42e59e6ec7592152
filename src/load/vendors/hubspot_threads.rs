//! HubSpot conversations: threads as the API gives them, with or without their messages, and messages, one a row.

use polars::prelude::StringChunked;
use serde_json::Value;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::{Columns, Sender, fold_messages};
use crate::load::header::squeeze;
use crate::load::nested::{Facts, Row, Talk, compose, first_word, plain, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// HubSpot conversations.
pub(super) struct HubSpotThreads;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a field of HubSpot's threads" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["conversationsthreadid", "threadid", "id"]),
    alias(Role::Email, &["visitoremail"]),
    alias(Role::Name, &["visitorname"]),
    alias(Role::RecordId, &["associatedcontactid"]),
    alias(Role::Status, &["status"]),
    alias(Role::StartedAt, &["startedat", "createdat"]),
    alias(Role::EndedAt, &["closedat", "endedat"]),
    alias(Role::LastActivityAt, &["latestmessagetimestamp"]),
    alias(Role::Agent, &["agent", "assignedto"]),
    alias(Role::Transferred, &["transferred"]),
    alias(Role::IsSpam, &["spam"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::Source, &["originalchannelid", "channelid"]),
    alias(Role::Transcript, &["transcript"]),
];

const TELLING: &[&str] = &[
    "originalchannelid",
    "originalchannelaccountid",
    "associatedcontactid",
    "inboxid",
    "latestmessagetimestamp",
    "latestmessagesenttimestamp",
    "latestmessagereceivedtimestamp",
    "threadassociationsassociatedticketid",
    "spam",
];
const MESSAGE: &[&str] = &["conversationsthreadid", "createdat", "direction", "text"];

impl Vendor for HubSpotThreads {
    fn meta(&self) -> Meta {
        Meta { name: "hubspot-threads", title: "HubSpot conversations", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        exhibit.keys[column] == "messages"
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let messages = exhibit.count(MESSAGE) == 4;
        let threads = exhibit.has("inboxid") && exhibit.count(TELLING) >= 4;
        let what = if messages { "messages" } else { "threads" };
        (messages || threads).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: format!("the fields of HubSpot's {what}"),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        if MESSAGE.iter().all(|key| keys.iter().any(|k| k == key)) {
            return messages(table, &keys);
        }
        compose(table, thread)
    }
}

/// Who sent a message: actors are `V-1` visitor, `A-1` agent, `B-1` bot, `S-1` system, `E-1` an address.
fn sender(direction: &str, actor: &str) -> Sender {
    match (direction, actor.as_bytes().first()) {
        ("INCOMING", _) | (_, Some(b'V')) => Sender::Visitor,
        (_, Some(b'B' | b'S' | b'I')) => Sender::Machine,
        _ => Sender::Agent,
    }
}

/// The address that a sender wrote from.
fn address(sender: &Value) -> Option<String> {
    word(sender, "deliveryIdentifier.value").filter(|value| value.contains('@'))
}

fn thread(row: &Row<'_>, facts: &mut Facts) {
    let (mut talk, mut transferred) = (Talk::default(), false);
    let (mut agent, mut email, mut name) = (None, None, None);
    let messages = row.list("messages");
    for message in &messages {
        let kind = word(message, "type").unwrap_or_else(|| "MESSAGE".to_owned());
        transferred |= kind == "ASSIGNMENT" && word(message, "assignedFrom").is_some();
        if !matches!(kind.as_str(), "MESSAGE" | "WELCOME_MESSAGE") {
            continue;
        }
        let first = message.get("senders").and_then(|senders| senders.get(0)).cloned().unwrap_or_default();
        let actor = word(message, "createdBy").or_else(|| word(&first, "actorId")).unwrap_or_default();
        let by = match kind.as_str() {
            "MESSAGE" => sender(&word(message, "direction").unwrap_or_default(), &actor),
            _ => Sender::Machine,
        };
        match by {
            Sender::Visitor => {
                email = email.or_else(|| address(&first));
                name = name.or_else(|| word(&first, "name"));
            }
            Sender::Agent => agent = first_word(&first, &["name", "actorId"]).or(agent),
            Sender::Machine => {}
        }
        let text = first_word(message, &["text", "richText"]).unwrap_or_default();
        talk.say(by, word(message, "createdAt"), &plain(&text));
    }
    facts.set("agent", agent.or_else(|| row.cell("assignedto").map(str::to_owned)));
    facts.set("visitor_email", email);
    facts.set("visitor_name", name);
    if messages.is_empty() {
        let received = row.cell("latestmessagereceivedtimestamp").is_some();
        if received || row.cell("latestmessagesenttimestamp").is_some() {
            facts.flag("missed", received && row.cell("latestmessagesenttimestamp").is_none());
        }
    } else {
        facts.flag("transferred", transferred);
        facts.flag("missed", !talk.by(Sender::Agent));
        facts.set("transcript", talk.transcript());
    }
}

/// Messages fold into threads.
fn messages(table: &mut Table, keys: &[String]) -> Result<(), Error> {
    let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c));
    let Some(directions) = find("direction") else { return Ok(()) };
    let cell = |key: &str, row: usize| find(key).and_then(|cells| cells.get(row)).unwrap_or_default();
    let by: Vec<Sender> = (0..directions.len())
        .map(|row| sender(directions.get(row).unwrap_or_default(), cell("createdby", row)))
        .collect();
    let first: Vec<Value> = (0..directions.len())
        .map(|row| {
            let senders: Vec<Value> = serde_json::from_str(cell("senders", row)).unwrap_or_default();
            senders.into_iter().next().unwrap_or_default()
        })
        .collect();
    let of = |who: Sender, get: &dyn Fn(&Value) -> Option<String>| -> StringChunked {
        by.iter().zip(&first).map(|(by, sender)| get(sender).filter(|_| *by == who)).collect()
    };
    let made = [
        ("visitor_email", of(Sender::Visitor, &address)),
        ("visitor_name", of(Sender::Visitor, &|sender| word(sender, "name"))),
        ("agent", of(Sender::Agent, &|sender| first_word(sender, &["name", "actorId"]))),
    ];
    for (name, cells) in made {
        table.compose(name, cells)?;
    }
    let columns =
        Columns { conversation: "conversationsthreadid", time: "createdat", sender: "direction", content: "text" };
    fold_messages(table, &columns, |row, _| by[row])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    const MESSAGES: &str = r#"{"id": "m2", "type": "MESSAGE", "conversationsThreadId": "77", "createdAt": "2026-01-01T10:02:00Z", "createdBy": "A-5", "direction": "OUTGOING", "text": "Hello", "senders": [{"actorId": "A-5", "name": "Ana"}]},
        {"id": "m1", "type": "MESSAGE", "conversationsThreadId": "77", "createdAt": "2026-01-01T10:01:00Z", "createdBy": "V-9", "direction": "INCOMING", "text": "Hi", "senders": [{"actorId": "V-9", "name": "Bo Ek", "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "bo@north.example"}}]}"#;

    #[test]
    fn threads_say_whether_they_are_spam() {
        let source = Folder::new().source(
            "x.json",
            r#"{"results": [{"id": "77", "status": "CLOSED", "spam": false, "associatedContactId": "901", "assignedTo": "A-5", "inboxId": "1", "originalChannelId": "1000", "createdAt": "2026-01-01T10:00:00Z", "closedAt": "2026-01-01T11:00:00Z", "latestMessageTimestamp": "2026-01-01T10:30:00Z", "latestMessageSentTimestamp": "2026-01-01T10:30:00Z", "latestMessageReceivedTimestamp": "2026-01-01T10:20:00Z", "archived": false},
              {"id": "78", "status": "OPEN", "spam": true, "inboxId": "1", "originalChannelId": "1000", "createdAt": "2026-01-01T10:00:00Z", "latestMessageTimestamp": "2026-01-01T10:00:00Z", "latestMessageReceivedTimestamp": "2026-01-01T10:00:00Z", "archived": false}], "paging": {"next": {"after": "x"}}}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("hubspot-threads", Kind::Chat, 2));
        assert_eq!(
            roles(&source),
            "id=id status=status source=originalChannelId last_activity_at=latestMessageTimestamp started_at=createdAt \
             ended_at=closedAt agent=agent is_spam=spam missed=missed record_id=associatedContactId"
        );
        assert_eq!((cell(&source, "missed", 0), cell(&source, "missed", 1)), (Some("false"), Some("true")));
    }

    #[test]
    fn messages_within_threads_and_by_themselves_say_the_same() {
        let folder = Folder::new();
        let nested = folder.source(
            "a.json",
            &format!(
                r#"[{{"id": "77", "status": "OPEN", "spam": false, "associatedContactId": "901", "inboxId": "1", "originalChannelId": "1000", "createdAt": "2026-01-01T10:00:00Z", "messages": [{MESSAGES}]}}]"#
            ),
        );
        let rows = folder.source("b.json", &format!(r#"{{"results": [{MESSAGES}]}}"#));
        for source in [&nested, &rows] {
            assert_eq!((source.vendor.as_str(), source.height()), ("hubspot-threads", 1));
            assert_eq!(cell(source, "transcript", 0), Some("visitor: Hi\noperator: Hello"));
            assert_eq!(cell(source, "visitor_email", 0), Some("bo@north.example"));
            assert_eq!((cell(source, "visitor_name", 0), cell(source, "agent", 0)), (Some("Bo Ek"), Some("Ana")));
            assert_eq!(cell(source, "missed", 0), Some("false"));
        }
        assert_eq!(
            roles(&rows),
            "id=conversationsThreadId email=visitor_email name=visitor_name created_at=createdAt transcript=transcript started_at=started_at \
             ended_at=ended_at agent=agent missed=missed"
        );
    }
}
