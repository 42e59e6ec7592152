//! Chatwoot: conversations and contacts as its API gives them, the contacts CSV, and its reports. Times are epoch
//! seconds, and 0 means never.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::Sender;
use crate::load::header::squeeze;
use crate::load::nested::{Facts, Row, Talk, compose, plain, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Chatwoot.
pub(super) struct Chatwoot;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Chatwoot field" }
}

const CHAT: &[Alias] = &[
    alias(Role::Id, &["displayid", "id"]),
    alias(Role::Email, &["metasenderemail"]),
    alias(Role::Name, &["metasendername"]),
    alias(Role::Phone, &["metasenderphonenumber"]),
    alias(Role::Company, &["metasenderadditionalattributescompanyname"]),
    alias(Role::Country, &["metasenderadditionalattributescountry", "metasenderadditionalattributescountrycode"]),
    alias(Role::City, &["metasenderadditionalattributescity"]),
    alias(Role::Status, &["status"]),
    alias(Role::StartedAt, &["createdat", "timestamp"]),
    alias(Role::EndedAt, &["endedat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::LastActivityAt, &["lastactivityat"]),
    alias(Role::Agent, &["metaassigneename", "metaassigneeemail"]),
    alias(Role::IsSpam, &["metasenderblocked"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::Tags, &["labels"]),
    alias(Role::Source, &["metachannel"]),
    alias(Role::Transcript, &["transcript"]),
];

const CONTACT: &[Alias] = &[
    alias(Role::Id, &["id"]),
    alias(Role::Email, &["email"]),
    alias(Role::Name, &["name"]),
    alias(Role::FirstName, &["firstname"]),
    alias(Role::LastName, &["lastname"]),
    alias(Role::Phone, &["phonenumber"]),
    alias(Role::Company, &["additionalattributescompanyname"]),
    alias(Role::Country, &["additionalattributescountry", "countrycode"]),
    alias(Role::City, &["additionalattributescity"]),
    alias(Role::CreatedAt, &["createdat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::LastActivityAt, &["lastactivityat"]),
];

const META: &[&str] = &[
    "metasenderid",
    "metasenderemail",
    "metasendername",
    "metachannel",
    "metaassigneeid",
    "metaassigneename",
    "metahmacverified",
];
const CONVERSATION: &[&str] = &[
    "accountid",
    "agentlastseenat",
    "assigneelastseenat",
    "canreply",
    "contactlastseenat",
    "firstreplycreatedat",
    "labels",
    "lastactivityat",
    "muted",
    "snoozeduntil",
    "unreadcount",
    "waitingsince",
];

/// Columns of the contacts table, beside the four that are exported by default.
const PERSON: &[&str] = &[
    "additionalattributes",
    "availabilitystatus",
    "blocked",
    "contacttype",
    "countrycode",
    "customattributes",
    "identifier",
    "lastactivityat",
    "middlename",
    "thumbnail",
];

/// Times that are 0 where something never happened.
const TIMES: &[&str] = &[
    "agentlastseenat",
    "assigneelastseenat",
    "contactlastseenat",
    "createdat",
    "firstreplycreatedat",
    "lastactivityat",
    "snoozeduntil",
    "timestamp",
    "updatedat",
    "waitingsince",
];

/// What a report is about, and its figures, by their English labels.
const SUBJECTS: &[&str] = &["agentname", "inboxname", "teamname", "label"];
const AVERAGES: &[&str] = &["avgfirstresponsetime", "avgresolutiontime", "avgcustomerwaitingtime"];
const FIGURES: &[&str] = &[
    "avgfirstresponsetime",
    "avgresolutiontime",
    "avgcustomerwaitingtime",
    "assignedconversations",
    "conversations",
    "conversationscount",
    "noofconversations",
    "resolutioncount",
];

impl Chatwoot {
    fn contacts(exhibit: &Exhibit<'_>) -> bool {
        let default = ["id", "name", "email", "phonenumber"];
        if exhibit.count(&default) < 4 {
            return false;
        }
        let attributes = |key: &&String| key.starts_with("additionalattributes") || key.starts_with("customattributes");
        let telling = exhibit.count(PERSON) + u32::from(exhibit.keys.iter().any(|key| attributes(&key)));
        // The four alone are anybody's; the file's name then has to say so too.
        telling >= 3 || (exhibit.keys.len() == default.len() && exhibit.file_says(&["_contacts.csv"]))
    }
}

impl Vendor for Chatwoot {
    fn meta(&self) -> Meta {
        Meta { name: "chatwoot", title: "Chatwoot", kinds: &[Kind::Chat, Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        match kind {
            Kind::Chat => CHAT.iter().collect(),
            Kind::Crm => CONTACT.iter().collect(),
            Kind::SyncLog => Vec::new(),
        }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        // The API gives only the last message here.
        exhibit.keys[column] == "messages"
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let found = |score, kind, object, why: &str| Some(Match { score, kind, object, why: why.to_owned() });
        if exhibit.has("inboxid") && exhibit.count(META) >= 2 && exhibit.count(CONVERSATION) >= 3 {
            return found(95, Kind::Chat, None, "the fields of Chatwoot's conversations");
        }
        if Self::contacts(exhibit) {
            return found(72, Kind::Crm, Some(Object::Contact), "the columns of Chatwoot's contacts");
        }
        if exhibit.count(AVERAGES) == 0 || exhibit.count(FIGURES) < 2 || exhibit.count(SUBJECTS) == 0 {
            return None;
        }
        // A row is no record; of the objects there are, an agent comes closest.
        let object = exhibit.has("agentname").then_some(Object::User);
        found(90, Kind::Crm, object, "a Chatwoot report, which holds figures, not conversations")
    }

    fn prepare(&self, table: &mut Table, found: &Match) -> Result<(), Error> {
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        for (column, _) in keys.iter().enumerate().filter(|(_, key)| TIMES.contains(&key.as_str())) {
            table.edit(column, |cell| cell.filter(|cell| cell.trim() != "0"))?;
        }
        if found.kind == Kind::Chat { compose(table, conversation) } else { Ok(()) }
    }
}

fn conversation(row: &Row<'_>, facts: &mut Facts) {
    let messages = row.list("messages");
    let mut talk = Talk::default();
    for message in &messages {
        let kind = word(message, "message_type").unwrap_or_default();
        let sender = match kind.as_str() {
            "0" | "incoming" => Sender::Visitor,
            "1" | "outgoing" if word(message, "sender.type").as_deref() != Some("agent_bot") => Sender::Agent,
            "1" | "outgoing" | "3" | "template" => Sender::Machine,
            // What happened, not what was said.
            _ => continue,
        };
        if word(message, "private").as_deref() != Some("true") {
            talk.say(sender, word(message, "created_at"), &plain(&word(message, "content").unwrap_or_default()));
        }
    }
    if row.has("firstreplycreatedat") {
        facts.flag("missed", row.cell("firstreplycreatedat").is_none());
    }
    if row.cell("status") == Some("resolved") {
        facts.set("ended_at", row.cell("lastactivityat"));
    }
    // One message is the last one, which is no transcript.
    if messages.len() > 1 {
        facts.set("transcript", talk.transcript());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn conversations_have_their_sender_in_meta() {
        let source = Folder::new().source(
            "x.json",
            r#"{"data": {"meta": {"all_count": 2}, "payload": [
              {"id": 11, "uuid": "u", "account_id": 1, "inbox_id": 2, "status": "resolved", "priority": null, "labels": ["Sales_Lead", "Demo_Booked"], "muted": false, "meta": {"sender": {"id": 5, "name": "Bo Ek", "email": "bo@north.example", "phone_number": "+15550100", "blocked": false, "additional_attributes": {"city": "Oslo", "country": "Norway", "company_name": "North"}}, "channel": "Channel::WebWidget", "assignee": {"id": 3, "name": "Ana"}}, "messages": [{"id": 1, "content": "Bye", "message_type": 1}], "created_at": 1767261600, "timestamp": 1767262600, "last_activity_at": 1767262600, "first_reply_created_at": 1767261700, "waiting_since": 0, "unread_count": 0},
              {"id": 12, "uuid": "v", "account_id": 1, "inbox_id": 2, "status": "open", "labels": [], "muted": false, "meta": {"sender": {"id": 6, "name": "Cy", "email": null}, "channel": "Channel::WebWidget", "assignee": null}, "messages": [{"id": 2, "content": "Anybody?", "message_type": 0}], "created_at": 1767261600, "last_activity_at": 1767261600, "first_reply_created_at": 0, "waiting_since": 1767261600, "unread_count": 1}]}}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("chatwoot", Kind::Chat, 2));
        assert_eq!(
            roles(&source),
            "id=id email=meta.sender.email name=meta.sender.name phone=meta.sender.phone_number \
             company=meta.sender.additional_attributes.company_name status=status source=meta.channel \
             country=meta.sender.additional_attributes.country city=meta.sender.additional_attributes.city \
             last_activity_at=last_activity_at tags=labels started_at=created_at ended_at=ended_at \
             agent=meta.assignee.name is_spam=meta.sender.blocked missed=missed"
        );
        assert_eq!((cell(&source, "missed", 0), cell(&source, "missed", 1)), (Some("false"), Some("true")));
        assert_eq!((cell(&source, "first_reply_created_at", 1), cell(&source, "waiting_since", 0)), (None, None));
        assert_eq!((cell(&source, "ended_at", 0), cell(&source, "ended_at", 1)), (Some("1767262600"), None));
        assert_eq!(cell(&source, "labels", 0), Some("Sales_Lead;Demo_Booked"));
    }

    #[test]
    fn contacts_are_known_by_their_columns_or_by_four_and_the_name() {
        let folder = Folder::new();
        for (name, text) in [
            ("acme_1_contacts.csv", "id,name,email,phone_number\n1,Bo Ek,bo@north.example,+15550100\n"),
            (
                "x.csv",
                "id,name,email,phone_number,identifier,contact_type,blocked,last_activity_at\n1,Bo Ek,bo@north.example,+15550100,,lead,false,0\n",
            ),
        ] {
            let source = folder.source(name, text);
            assert_eq!((source.vendor.as_str(), source.object), ("chatwoot", Some(Object::Contact)), "{name}");
            assert!(roles(&source).starts_with("id=id email=email name=name phone=phone_number"), "{}", roles(&source));
        }
        let source = folder.source("people.csv", "id,name,email,phone_number\n1,Bo Ek,bo@north.example,+15550100\n");
        assert_ne!(source.vendor, "chatwoot");
    }

    #[test]
    fn a_report_is_no_list_of_conversations() {
        let source = Folder::new().source(
            "x.csv",
            "Reporting period 2026-01-01 to 2026-01-31\n\nAgent name,Conversations count,Avg first response time,Avg resolution time\nAna,12,1 minute,2 hours\nEve,3,2 minutes,1 hour\n",
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.object), ("chatwoot", Kind::Crm, Some(Object::User)));
        assert_eq!((source.height(), source.files[0].preamble_lines), (2, 1));
        assert!(source.detected.contains("figures, not conversations"));
    }
}
