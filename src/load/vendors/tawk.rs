//! tawk.to: the transcripts that its webhook sends, one document each.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::Sender;
use crate::load::nested::{Facts, Row, Talk, compose, first_word, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// tawk.to.
pub(super) struct Tawk;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a tawk.to field" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["chatid"]),
    alias(Role::Email, &["chatvisitoremail"]),
    alias(Role::Name, &["visitorname"]),
    alias(Role::City, &["chatvisitorcity"]),
    alias(Role::Country, &["chatvisitorcountry"]),
    alias(Role::StartedAt, &["startedat"]),
    alias(Role::EndedAt, &["endedat"]),
    alias(Role::CreatedAt, &["time"]),
    alias(Role::Agent, &["agent"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::Source, &["referrer", "domain"]),
];

impl Vendor for Tawk {
    fn meta(&self) -> Meta {
        Meta { name: "tawk", title: "tawk.to", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        exhibit.keys[column] == "chatmessages"
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let property = exhibit.count(&["propertyid", "propertyname", "event"]) >= 2;
        (property
            && exhibit.has("chatid")
            && exhibit.count(&["chatmessages", "chatvisitorname", "chatvisitoremail"]) >= 2)
            .then(|| Match {
                score: 95,
                kind: Kind::Chat,
                object: None,
                why: "the fields of tawk.to's transcripts".to_owned(),
            })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        compose(table, chat)
    }
}

/// The name that tawk.to gives to a visitor who said none: a `V` and a long number.
fn is_made_up(name: &str) -> bool {
    name.strip_prefix('V').is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn chat(row: &Row<'_>, facts: &mut Facts) {
    let (mut talk, mut agent) = (Talk::default(), None);
    for message in row.list("chatmessages") {
        let sender = match word(&message, "sender.t").as_deref() {
            Some("a") => Sender::Agent,
            Some("s") => Sender::Machine,
            _ => Sender::Visitor,
        };
        if sender == Sender::Agent {
            agent = word(&message, "sender.n").or(agent);
        }
        let text = first_word(&message, &["msg", "file.name", "name"]).unwrap_or_default();
        talk.say(sender, word(&message, "time"), &text);
    }
    facts.set("agent", agent);
    facts.set("visitor_name", row.cell("chatvisitorname").filter(|name| !is_made_up(name)));
    talk.tell(facts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn transcripts_are_rows() {
        let source = Folder::new().source(
            "hooks.ndjson",
            concat!(
                r#"{"event": "chat:transcript_created", "time": "2026-01-01T10:05:00.000Z", "property": {"id": "p", "name": "Site"}, "domain": "us.example", "chat": {"id": "c1", "visitor": {"name": "Bo Ek", "email": "bo@north.example", "city": "Oslo", "country": "NO"}, "messages": [{"sender": {"t": "s"}, "type": "msg", "msg": "Welcome", "time": "2026-01-01T10:00:00.000Z"}, {"sender": {"t": "v"}, "type": "msg", "msg": "Hi", "time": "2026-01-01T10:01:00.000Z"}, {"sender": {"t": "a", "n": "Ana"}, "type": "msg", "msg": "Hello", "time": "2026-01-01T10:02:00.000Z"}]}}"#,
                "\n",
                r#"{"event": "chat:transcript_created", "time": "2026-01-01T11:05:00.000Z", "property": {"id": "p", "name": "Site"}, "domain": "us.example", "chat": {"id": "c2", "visitor": {"name": "V1720054912345", "city": "Oslo", "country": "NO"}, "messages": [{"sender": {"t": "v"}, "type": "msg", "msg": "Anybody?"}]}}"#
            ),
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("tawk", Kind::Chat, 2));
        assert_eq!(
            roles(&source),
            "id=chat.id email=chat.visitor.email name=visitor_name source=domain country=chat.visitor.country \
             city=chat.visitor.city created_at=time transcript=transcript started_at=started_at ended_at=ended_at \
             agent=agent missed=missed"
        );
        assert_eq!(cell(&source, "transcript", 0), Some("automation: Welcome\nvisitor: Hi\noperator: Hello"));
        assert_eq!((cell(&source, "visitor_name", 0), cell(&source, "visitor_name", 1)), (Some("Bo Ek"), None));
        assert_eq!((cell(&source, "missed", 0), cell(&source, "missed", 1)), (Some("false"), Some("true")));
        assert_eq!(
            (cell(&source, "agent", 0), cell(&source, "ended_at", 0)),
            (Some("Ana"), Some("2026-01-01T10:02:00.000Z"))
        );
    }
}
