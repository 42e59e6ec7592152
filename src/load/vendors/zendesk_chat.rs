//! Zendesk Chat: chats and offline messages as its API gives them. What was said stands in `history`, an offline message
//! in `message`.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::Sender;
use crate::load::nested::{Facts, Row, Talk, compose, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Zendesk Chat.
pub(super) struct ZendeskChat;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Zendesk Chat field" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["id", "chatid"]),
    alias(Role::Email, &["visitoremail"]),
    alias(Role::Name, &["visitorname"]),
    alias(Role::Phone, &["visitorphone"]),
    alias(Role::Notes, &["visitornotes", "comment"]),
    alias(Role::Country, &["sessioncountryname", "sessioncountrycode"]),
    alias(Role::Region, &["sessionregion"]),
    alias(Role::City, &["sessioncity"]),
    alias(Role::StartedAt, &["timestamp", "sessionstartdate"]),
    alias(Role::EndedAt, &["endtimestamp", "sessionenddate"]),
    alias(Role::UpdatedAt, &["updatetimestamp"]),
    alias(Role::Duration, &["duration"]),
    alias(Role::Agent, &["agentnames", "agentids"]),
    alias(Role::Transferred, &["transferred"]),
    alias(Role::Missed, &["unanswered", "missed"]),
    alias(Role::Rating, &["rating"]),
    alias(Role::Tags, &["tags"]),
    alias(Role::Topic, &["departmentname"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::Source, &["referrersearchengine"]),
];

const TELLING: &[&str] = &[
    "agentids",
    "agentnames",
    "departmentid",
    "departmentname",
    "triggered",
    "triggeredresponse",
    "history",
    "webpath",
    "startedby",
    "zendeskticketid",
    "responsetimefirst",
    "countvisitor",
    "countagent",
    "visitorid",
    "visitoremail",
    "dropped",
    "unread",
    "sessionid",
];

impl Vendor for ZendeskChat {
    fn meta(&self) -> Meta {
        Meta { name: "zendesk-chat", title: "Zendesk Chat", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let types = exhibit.position("type").is_some_and(|column| {
            let mut cells = exhibit.filled(column).peekable();
            cells.peek().is_some() && cells.all(|cell| matches!(cell, "chat" | "offline_msg" | "ticket"))
        });
        (types && exhibit.has("timestamp") && exhibit.count(TELLING) >= 4).then(|| Match {
            score: 94,
            kind: Kind::Chat,
            object: None,
            why: "the fields of Zendesk Chat's chats".to_owned(),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        compose(table, chat)
    }
}

fn chat(row: &Row<'_>, facts: &mut Facts) {
    let offline = row.cell("type") == Some("offline_msg");
    let history = row.list("history");
    let (mut talk, mut moved) = (Talk::default(), false);
    for event in &history {
        let department = |key: &str| word(event, key).filter(|id| id != "0");
        moved |= department("prev_department_id").is_some_and(|from| department("department_id") != Some(from));
        if word(event, "type").as_deref() != Some("chat.msg") {
            continue;
        }
        let nick = word(event, "nick").unwrap_or_default();
        let sender = match nick.as_str() {
            "agent:trigger" | "agent:answer_bot" => Sender::Machine,
            nick if nick.starts_with("visitor") => Sender::Visitor,
            _ => Sender::Agent,
        };
        talk.say(sender, word(event, "timestamp"), &word(event, "msg").unwrap_or_default());
    }
    if let Some(message) = row.cell("message").filter(|_| talk.is_empty()) {
        talk.say(Sender::Visitor, row.cell("timestamp").map(str::to_owned), message);
    }
    if !history.is_empty() {
        facts.flag("transferred", moved);
    }
    // An offline message is one that nobody was there for.
    if offline || row.has("missed") {
        facts.flag("unanswered", offline || row.yes("missed"));
    }
    facts.set("transcript", talk.transcript());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn chats_and_offline_messages_are_rows() {
        let source = Folder::new().source(
            "dump.json",
            r#"{"count": 2, "next_url": null, "chats": [
            {"id": "2604.1", "type": "chat", "timestamp": "2026-01-01T10:00:00Z", "end_timestamp": "2026-01-01T10:05:00Z", "duration": 300, "started_by": "visitor",
             "session": {"id": "s", "country_name": "Norway", "city": "Oslo"}, "visitor": {"id": "v1", "name": "Bo Ek", "email": "bo@north.example", "phone": "", "notes": ""},
             "agent_ids": ["1", "2"], "agent_names": ["Ana", "Eve"], "department_id": 8, "department_name": "Sales", "tags": ["Intent_Price", "Demo_Booked"], "rating": "good", "comment": null, "missed": false, "triggered": true, "unread": false,
             "webpath": [{"from": "", "to": "x"}], "zendesk_ticket_id": null,
             "history": [{"type": "chat.memberjoin", "timestamp": "2026-01-01T10:00:01Z", "nick": "visitor:1"},
               {"type": "chat.msg", "timestamp": "2026-01-01T10:00:02Z", "nick": "agent:trigger", "msg": "Welcome"},
               {"type": "chat.msg", "timestamp": "2026-01-01T10:00:03Z", "nick": "visitor:1", "name": "Bo Ek", "msg": "Hi"},
               {"type": "chat.transfer", "timestamp": "2026-01-01T10:00:04Z", "prev_department_id": 7, "department_id": 8},
               {"type": "chat.msg", "timestamp": "2026-01-01T10:00:05Z", "nick": "agent:2", "msg": "Hello"}]},
            {"id": "2604.2", "type": "offline_msg", "timestamp": "2026-01-01T11:00:00Z", "message": "Call me", "visitor": {"id": "v2", "name": "Cy", "email": "cy@south.example", "phone": "555-0100"}, "agent_ids": [], "tags": [], "unread": true}]}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("zendesk-chat", Kind::Chat, 2));
        assert_eq!(
            roles(&source),
            "id=id email=visitor.email name=visitor.name phone=visitor.phone country=session.country_name \
             city=session.city tags=tags notes=visitor.notes topic=department_name transcript=transcript \
             started_at=timestamp ended_at=end_timestamp duration=duration agent=agent_names transferred=transferred \
             missed=unanswered rating=rating"
        );
        assert_eq!(cell(&source, "transcript", 0), Some("automation: Welcome\nvisitor: Hi\noperator: Hello"));
        assert_eq!((cell(&source, "transferred", 0), cell(&source, "transferred", 1)), (Some("true"), None));
        assert_eq!((cell(&source, "unanswered", 0), cell(&source, "unanswered", 1)), (Some("false"), Some("true")));
        assert_eq!(cell(&source, "transcript", 1), Some("visitor: Call me"));
        assert_eq!(cell(&source, "tags", 0), Some("Intent_Price;Demo_Booked"));
    }
}
