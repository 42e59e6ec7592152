//! Intercom: conversations and contacts as its API gives them, and the CSV of Prodsight, a row per message. Times are
//! epoch seconds. A conversation holds only ids of its contacts; who they are stands with what they wrote.

use polars::prelude::StringChunked;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::{Columns, Sender, fold_messages};
use crate::load::header::squeeze;
use crate::load::nested::{Facts, Row, Talk, compose, names, plain, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Intercom.
pub(super) struct Intercom;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "an Intercom field" }
}

const CHAT: &[Alias] = &[
    alias(Role::Id, &["conversationid", "id"]),
    alias(Role::Email, &["contactemail"]),
    alias(Role::Name, &["contactname"]),
    alias(Role::Status, &["state", "conversationstate"]),
    alias(Role::StartedAt, &["conversationcreatedat", "createdat"]),
    alias(Role::EndedAt, &["conversationclosedat", "statisticslastcloseat", "endedat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::Agent, &["agent"]),
    alias(Role::Transferred, &["transferred"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::Rating, &["conversationratingrating"]),
    alias(Role::Notes, &["conversationratingremark"]),
    alias(Role::Tags, &["tagnames", "conversationtags"]),
    alias(Role::Topic, &["title", "sourcesubject"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::Source, &["channel", "sourcetype"]),
];

const CONTACT: &[Alias] = &[
    alias(Role::Id, &["id"]),
    alias(Role::Email, &["email"]),
    alias(Role::Name, &["name"]),
    alias(Role::Phone, &["phone"]),
    alias(Role::Owner, &["ownerid"]),
    alias(Role::CreatedAt, &["createdat"]),
    alias(Role::UpdatedAt, &["updatedat"]),
    alias(Role::LastActivityAt, &["lastseenat", "lastrepliedat", "lastcontactedat"]),
    alias(Role::Country, &["locationcountry", "locationcountryname"]),
    alias(Role::Region, &["locationregion", "locationregionname"]),
    alias(Role::City, &["locationcity", "locationcityname"]),
    alias(Role::Tags, &["tagnames"]),
    alias(Role::Company, &["companyname"]),
];

/// Fields of a conversation. `waiting_since` and `snoozed_until` others have too, so one of the first four is asked for.
const SOURCE: &[&str] = &["sourceauthortype", "sourceauthorid", "sourceauthoremail", "sourcedeliveredas"];
const CONVERSATION: &[&str] = &[
    "waitingsince",
    "snoozeduntil",
    "adminassigneeid",
    "teamassigneeid",
    "statisticscountreopens",
    "statisticscountconversationparts",
    "statisticsfirstadminreplyat",
    "conversationpartsconversationparts",
    "conversationpartstotalcount",
    "contactscontacts",
    "conversationratingrating",
    "firstcontactreplycreatedat",
    "aiagentparticipated",
    "tagstags",
];
const PERSON: &[&str] = &[
    "externalid",
    "signedupat",
    "lastseenat",
    "lastrepliedat",
    "hashardbounced",
    "markedemailasspam",
    "unsubscribedfromemails",
    "workspaceid",
    "ownerid",
];
const PRODSIGHT: &[&str] = &["conversationid", "messageauthortype", "messagebody", "messagecreatedat"];

fn is_contact(author: &str) -> bool {
    matches!(author, "user" | "lead" | "contact" | "visitor")
}

fn sender(author: &str) -> Sender {
    match author {
        "admin" | "team" | "teammate" => Sender::Agent,
        "bot" | "operator" | "workflow" => Sender::Machine,
        _ => Sender::Visitor,
    }
}

impl Vendor for Intercom {
    fn meta(&self) -> Meta {
        Meta { name: "intercom", title: "Intercom", kinds: &[Kind::Chat, Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        match kind {
            Kind::Chat => CHAT.iter().collect(),
            Kind::Crm => CONTACT.iter().collect(),
            Kind::SyncLog => Vec::new(),
        }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let chat = |why: &str| Some(Match { score: 95, kind: Kind::Chat, object: None, why: why.to_owned() });
        if exhibit.count(PRODSIGHT) == 4 {
            return chat("the columns of Prodsight's export of Intercom messages");
        }
        if exhibit.count(SOURCE) > 0 && exhibit.count(SOURCE) + exhibit.count(CONVERSATION) >= 4 {
            return chat("the fields of Intercom conversations");
        }
        (exhibit.has("role") && exhibit.count(PERSON) >= 4).then(|| Match {
            score: 92,
            kind: Kind::Crm,
            object: Some(Object::Contact),
            why: "the fields of Intercom contacts".to_owned(),
        })
    }

    fn prepare(&self, table: &mut Table, found: &Match) -> Result<(), Error> {
        if found.kind != Kind::Chat {
            return compose(table, |row, facts| {
                let tags = [row.list("tagsdata"), row.list("tagstags")].concat();
                facts.set("tag_names", names(&tags, &["name"]));
                let companies = [row.list("companiesdata"), row.list("companiescompanies")].concat();
                facts.set("company_name", companies.first().and_then(|company| word(company, "name")));
            });
        }
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        if PRODSIGHT.iter().all(|key| keys.iter().any(|k| k == key)) {
            return messages(table, &keys);
        }
        compose(table, conversation)
    }
}

/// What a conversation says of itself.
fn conversation(row: &Row<'_>, facts: &mut Facts) {
    let parts = row.list("conversationpartsconversationparts");
    let opener = row.cell("sourceauthortype").unwrap_or_default();
    let mut talk = Talk::default();
    if let Some(body) = row.cell("sourcebody") {
        talk.say(sender(opener), row.cell("createdat").map(str::to_owned), &plain(body));
    }
    let (mut contact_email, mut contact_name) = (None, None);
    if opener.is_empty() || is_contact(opener) {
        contact_email = row.cell("sourceauthoremail").map(str::to_owned);
        contact_name = row.cell("sourceauthorname").map(str::to_owned);
    }
    let (mut agent, mut assigned, mut last) = (None, Vec::new(), None);
    for part in &parts {
        let of = word(part, "part_type").unwrap_or_default();
        let author = word(part, "author.type").unwrap_or_default();
        let time = word(part, "created_at");
        last = time.clone().or(last);
        if let Some(to) = word(part, "assigned_to.id").filter(|_| of.starts_with("assign"))
            && word(part, "assigned_to.type").is_none_or(|kind| kind == "admin")
            && !assigned.contains(&to)
        {
            assigned.push(to);
        }
        let Some(body) = word(part, "body").filter(|_| of != "note") else { continue };
        if is_contact(&author) {
            contact_email = contact_email.or_else(|| word(part, "author.email"));
            contact_name = contact_name.or_else(|| word(part, "author.name"));
        } else if author == "admin" {
            agent = word(part, "author.name").or_else(|| word(part, "author.email"));
        }
        talk.say(sender(&author), time, &plain(&body));
    }
    let assignee = row.cell("adminassigneeid").filter(|id| *id != "0").map(str::to_owned);
    facts.set("agent", agent.or(assignee));
    facts.set("contact_email", contact_email);
    facts.set("contact_name", contact_name);
    facts.set("tag_names", names(&row.list("tagstags"), &["name"]));
    let count = row.cell("statisticscountassignments").and_then(|n| n.parse::<u32>().ok());
    match (parts.is_empty(), count) {
        (false, _) => facts.flag("transferred", assigned.len() > 1),
        (true, Some(count)) => facts.flag("transferred", count > 1),
        (true, None) => {}
    }
    // What the company opened waits for no answer, and what its AI agent answered is answered.
    let statistics = row.has("statisticsfirstadminreplyat") || row.has("statisticstimetoadminreply");
    if statistics || !parts.is_empty() {
        let replied = row.any(&["statisticsfirstadminreplyat", "statisticstimetoadminreply"]).is_some_and(|t| t != "0");
        let answered = replied || talk.by(Sender::Agent) || row.yes("aiagentparticipated");
        facts.flag("missed", !answered && (opener.is_empty() || is_contact(opener)));
    }
    facts.set("transcript", talk.transcript());
    if row.cell("state").is_none_or(|state| state == "closed") {
        facts.set("ended_at", last);
    }
}

/// Prodsight: messages fold into conversations.
fn messages(table: &mut Table, keys: &[String]) -> Result<(), Error> {
    let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c));
    let authors: Vec<Sender> = find("messageauthortype")
        .map(|cells| cells.iter().map(|cell| sender(cell.unwrap_or_default().trim())).collect())
        .unwrap_or_default();
    let only = |key: &str, who: Sender| -> Option<StringChunked> {
        Some(find(key)?.iter().zip(&authors).map(|(cell, author)| cell.filter(|_| *author == who)).collect())
    };
    let made = [
        ("contact_email", only("messageauthoremail", Sender::Visitor)),
        ("contact_name", only("messageauthorname", Sender::Visitor)),
        ("agent", only("messageauthorname", Sender::Agent)),
    ];
    for (name, cells) in made {
        if let Some(cells) = cells {
            table.compose(name, cells)?;
        }
    }
    let columns = Columns {
        conversation: "conversationid",
        time: "messagecreatedat",
        sender: "messageauthortype",
        content: "messagebody",
    };
    fold_messages(table, &columns, |row, _| authors[row])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn conversations_tell_who_wrote_and_what() {
        let source = Folder::new().source(
            "export.json",
            r#"{"type": "conversation.list", "pages": {"page": 1}, "total_count": 3, "conversations": [
            {"type": "conversation", "id": "501", "title": "Pricing", "created_at": 1767261600, "updated_at": 1767262600, "waiting_since": null, "snoozed_until": null, "state": "closed", "admin_assignee_id": 31,
             "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "Demo_Booked"}, {"type": "tag", "id": "2", "name": "Intent_Price"}]},
             "conversation_rating": {"rating": 4, "remark": "quick"},
             "source": {"type": "conversation", "delivered_as": "customer_initiated", "body": "<p>Hi &amp; hello</p>", "author": {"type": "lead", "id": "a1", "name": "Bo Ek", "email": "bo@north.example"}},
             "statistics": {"first_admin_reply_at": 1767261700, "last_close_at": 1767262500, "count_assignments": 2},
             "conversation_parts": {"total_count": 4, "conversation_parts": [
               {"part_type": "assignment", "created_at": 1767261650, "author": {"type": "bot"}, "assigned_to": {"type": "admin", "id": "30"}, "body": null},
               {"part_type": "comment", "created_at": 1767261700, "author": {"type": "admin", "name": "Ana"}, "body": "<p>Yes?</p>"},
               {"part_type": "note", "created_at": 1767261800, "author": {"type": "admin", "name": "Ana"}, "body": "<p>secret</p>"},
               {"part_type": "assignment", "created_at": 1767261900, "author": {"type": "admin"}, "assigned_to": {"type": "admin", "id": "31"}, "body": null}]}},
            {"type": "conversation", "id": "502", "title": null, "created_at": 1767261600, "updated_at": 1767261600, "waiting_since": 1767261600, "state": "open", "admin_assignee_id": 0, "conversation_rating": null,
             "tags": {"type": "tag.list", "tags": []}, "source": {"type": "conversation", "body": "<p>Anybody?</p>", "author": {"type": "user", "name": "Cy", "email": "cy@south.example"}},
             "statistics": {"first_admin_reply_at": null}, "conversation_parts": {"total_count": 0, "conversation_parts": []}},
            {"type": "conversation", "id": "503", "created_at": 1767261600, "state": "open", "source": {"type": "email", "body": "News", "author": {"type": "admin", "email": "ana@us.example"}}}
            ]}"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("intercom", Kind::Chat, 3));
        assert_eq!(
            roles(&source),
            "id=id email=contact_email name=contact_name status=state source=source.type updated_at=updated_at tags=tag_names \
             notes=conversation_rating.remark topic=title transcript=transcript started_at=created_at \
             ended_at=statistics.last_close_at agent=agent transferred=transferred missed=missed \
             rating=conversation_rating.rating"
        );
        assert_eq!(cell(&source, "transcript", 0), Some("visitor: Hi & hello\noperator: Yes?"));
        assert_eq!(cell(&source, "tag_names", 0), Some("Demo_Booked;Intent_Price"));
        assert_eq!((cell(&source, "agent", 0), cell(&source, "agent", 1)), (Some("Ana"), None));
        let column = |name: &str| [0, 1, 2].map(|row| cell(&source, name, row));
        assert_eq!(column("missed"), [Some("false"), Some("true"), Some("false")]);
        assert_eq!(column("transferred"), [Some("true"), None, None]);
        assert_eq!(column("contact_email"), [Some("bo@north.example"), Some("cy@south.example"), None]);
    }

    #[test]
    fn contacts_are_contacts_of_a_crm() {
        let source = Folder::new().source(
            "contacts.json",
            r#"{"type": "list", "data": [{"type": "contact", "id": "6a", "external_id": "9", "role": "user", "email": "bo@north.example", "phone": "+1 555 0100", "name": "Bo Ek", "owner_id": 31, "has_hard_bounced": false, "marked_email_as_spam": false, "unsubscribed_from_emails": false, "created_at": 1767261600, "updated_at": 1767261601, "last_seen_at": 1767261602, "tags": {"data": []}, "location": {"country": "Norway", "city": "Oslo"}}], "total_count": 1, "pages": {}}"#,
        );
        assert_eq!((source.vendor.as_str(), source.object), ("intercom", Some(Object::Contact)));
        assert_eq!(
            roles(&source),
            "id=id email=email name=name phone=phone owner=owner_id country=location.country city=location.city \
             created_at=created_at updated_at=updated_at last_activity_at=last_seen_at"
        );
    }

    #[test]
    fn prodsight_messages_fold() {
        let source = Folder::new().source(
            "messages.csv",
            "message_id,message_body,message_type,message_created_at,message_author_type,message_author_id,message_author_name,message_author_email,conversation_tags,conversation_id,conversation_state,conversation_created_at,conversation_first_response_at,conversation_closed_at,app_id,app_name\n1,Welcome,comment,2026-01-01 10:00:00,admin,5,Ana,ana@us.example,\"a,b\",77,closed,2026-01-01 10:00:00,,2026-01-01 11:00:00,x,y\n2,Hi,comment,2026-01-01 10:01:00,user,6,Bo,bo@north.example,\"a,b\",77,closed,2026-01-01 10:00:00,,2026-01-01 11:00:00,x,y\n",
        );
        assert_eq!((source.vendor.as_str(), source.height()), ("intercom", 1));
        assert_eq!(cell(&source, "transcript", 0), Some("operator: Welcome\nvisitor: Hi"));
        assert_eq!(
            roles(&source),
            "id=conversation_id email=contact_email name=contact_name status=conversation_state tags=conversation_tags \
             transcript=transcript started_at=conversation_created_at ended_at=conversation_closed_at agent=agent \
             missed=missed"
        );
    }
}
