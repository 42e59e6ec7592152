//! Help Scout: conversations of the mailbox API with their threads, and chats of the chat API with their events.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::Sender;
use crate::load::nested::{Facts, Row, Talk, compose, first_word, names, plain, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Help Scout.
pub(super) struct HelpScout;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Help Scout field" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["id"]),
    alias(Role::Email, &["primarycustomeremail", "customeremail"]),
    alias(Role::FirstName, &["primarycustomerfirst", "customerfirst"]),
    alias(Role::LastName, &["primarycustomerlast", "customerlast"]),
    alias(Role::Status, &["status"]),
    alias(Role::StartedAt, &["createdat"]),
    alias(Role::EndedAt, &["closedat", "endedat"]),
    alias(Role::UpdatedAt, &["userupdatedat", "updatedat"]),
    alias(Role::Agent, &["agentname"]),
    alias(Role::IsSpam, &["isspam"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::Tags, &["tagnames", "tags"]),
    alias(Role::Topic, &["subject"]),
    alias(Role::Source, &["sourcetype", "type"]),
    alias(Role::Transcript, &["transcript"]),
];

impl Vendor for HelpScout {
    fn meta(&self) -> Meta {
        Meta { name: "help-scout", title: "Help Scout", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        // The number of threads, or the list of events.
        matches!(exhibit.keys[column].as_str(), "threads" | "embeddedevents" | "timeline")
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let mailbox = exhibit.count(&["primarycustomeremail", "primarycustomerfirst", "primarycustomerid"]) > 0
            && exhibit.count(&["mailboxid", "folderid", "closedbyuserid", "embeddedthreads", "userupdatedat"]) >= 2;
        let chat = exhibit.count(&["customerfirst", "customerlast", "customeremail"]) >= 2
            && exhibit.count(&["timeline", "embeddedevents"]) > 0;
        let what = if mailbox { "conversations" } else { "chats" };
        (mailbox || chat).then(|| Match {
            score: 94,
            kind: Kind::Chat,
            object: None,
            why: format!("the fields of Help Scout's {what}"),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        compose(table, conversation)
    }
}

fn conversation(row: &Row<'_>, facts: &mut Facts) {
    let mut talk = Talk::default();
    for thread in row.list("embeddedthreads") {
        let sender = match word(&thread, "type").unwrap_or_default().as_str() {
            "note" | "lineitem" => continue,
            "customer" | "phone" => Sender::Visitor,
            "beaconchat" | "chat" if word(&thread, "createdBy.type").as_deref() == Some("customer") => Sender::Visitor,
            _ => Sender::Agent,
        };
        talk.say(sender, word(&thread, "createdAt"), &plain(&word(&thread, "body").unwrap_or_default()));
    }
    for event in row.list("embeddedevents") {
        let Some(body) = first_word(&event, &["body", "text", "params.body"]) else { continue };
        let sender = match word(&event, "author.type").unwrap_or_default().as_str() {
            "user" | "agent" => Sender::Agent,
            "customer" | "visitor" => Sender::Visitor,
            _ => Sender::Machine,
        };
        talk.say(sender, word(&event, "createdAt"), &plain(&body));
    }
    let name = [row.cell("assigneefirst"), row.cell("assigneelast")];
    let name: Vec<&str> = name.into_iter().flatten().collect();
    let agent = if name.is_empty() { row.cell("assigneeemail").map(str::to_owned) } else { Some(name.join(" ")) };
    facts.set("agent_name", agent);
    facts.set("tag_names", names(&row.list("tags"), &["tag", "name", "slug"]));
    if let Some(status) = row.cell("status") {
        facts.flag("is_spam", status == "spam");
    }
    if !talk.is_empty() {
        facts.flag("missed", !talk.by(Sender::Agent));
        facts.set("transcript", talk.transcript());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn conversations_of_the_mailbox() {
        let source = Folder::new().source(
            "x.json",
            r#"{"_embedded": {"conversations": [{"id": 9, "number": 3, "threads": 2, "type": "chat", "folderId": 6, "mailboxId": 2, "status": "spam", "state": "published", "subject": "Price", "assignee": {"id": 5, "type": "user", "first": "Ana", "last": "D.", "email": "ana@us.example"}, "createdAt": "2026-01-01T10:00:00Z", "closedAt": "2026-01-01T11:00:00Z", "userUpdatedAt": "2026-01-01T11:00:00Z", "source": {"type": "beacon-v2", "via": "customer"}, "tags": [{"id": 1, "tag": "Sales_Lead"}, {"id": 2, "tag": "Demo_Booked"}], "primaryCustomer": {"id": 1, "type": "customer", "first": "Bo", "last": "Ek", "email": "bo@north.example"},
              "_embedded": {"threads": [{"type": "message", "body": "Hello,<br />yes", "createdAt": "2026-01-01T10:20:00Z"}, {"type": "note", "body": "secret", "createdAt": "2026-01-01T10:10:00Z"}, {"type": "customer", "body": "Hi", "createdAt": "2026-01-01T10:00:00Z"}]}}]}, "_links": {}, "page": {"size": 25}}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("help-scout", Kind::Chat, 1));
        assert_eq!(
            roles(&source),
            "id=id email=primaryCustomer.email first_name=primaryCustomer.first last_name=primaryCustomer.last \
             owner=assignee.id status=status source=source.type updated_at=userUpdatedAt tags=tag_names topic=subject \
             transcript=transcript started_at=createdAt ended_at=closedAt agent=agent_name is_spam=is_spam missed=missed"
        );
        assert_eq!(cell(&source, "transcript", 0), Some("visitor: Hi\noperator: Hello,\nyes"));
        assert_eq!(cell(&source, "tag_names", 0), Some("Sales_Lead;Demo_Booked"));
        assert_eq!((cell(&source, "agent_name", 0), cell(&source, "is_spam", 0)), (Some("Ana D."), Some("true")));
    }

    #[test]
    fn chats() {
        let source = Folder::new().source(
            "x.json",
            r#"[{"id": "0a-1b", "createdAt": "2026-01-01T10:00:00.000001Z", "endedAt": "2026-01-01T10:30:00.000001Z", "assignee": null, "customer": {"id": 1, "first": "Bo", "last": "Ek", "email": "bo@north.example"}, "tags": [{"slug": "sales-lead"}], "timeline": [{"type": "page-viewed"}], "_embedded": {"events": [{"type": "message-added", "author": {"type": "customer"}, "body": "Anybody?", "createdAt": "2026-01-01T10:00:01Z"}]}}]"#,
        );
        assert_eq!(source.vendor, "help-scout");
        assert_eq!(
            roles(&source),
            "id=id email=customer.email first_name=customer.first last_name=customer.last tags=tag_names \
             transcript=transcript started_at=createdAt ended_at=endedAt agent=assignee missed=missed"
        );
        assert_eq!((cell(&source, "missed", 0), cell(&source, "tag_names", 0)), (Some("true"), Some("sales-lead")));
    }
}
