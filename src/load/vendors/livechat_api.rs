//! LiveChat's API: chats with their threads (3.x; `threads` of a chat, or the one `thread` of an archive entry), and the
//! older chats of 2.x. A chat of several threads is one row.

use serde_json::Value;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::Sender;
use crate::load::nested::{Facts, Row, Talk, compose, first_word, word};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// LiveChat's API.
pub(super) struct LiveChatApi;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a field of LiveChat's API" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["id", "chatid"]),
    alias(Role::Email, &["customeremail", "visitoremail"]),
    alias(Role::Name, &["customername", "visitorname"]),
    alias(Role::Phone, &["customerphone"]),
    alias(Role::Country, &["customercountry", "visitorcountry", "visitorcountrycode"]),
    alias(Role::City, &["customercity", "visitorcity"]),
    alias(Role::StartedAt, &["startedat", "startedtimestamp", "started", "threadcreatedat"]),
    alias(Role::EndedAt, &["endedat", "endedtimestamp", "ended"]),
    alias(Role::Duration, &["duration"]),
    alias(Role::Agent, &["agentname"]),
    alias(Role::Transferred, &["transferred"]),
    alias(Role::Missed, &["missed"]),
    alias(Role::IsSpam, &["banned"]),
    alias(Role::Rating, &["ratingscore", "rate"]),
    alias(Role::Notes, &["ratingcomment"]),
    alias(Role::Tags, &["tagnames", "tags"]),
    alias(Role::Transcript, &["transcript"]),
];

/// Whether the cells of a column are lists of objects that have these keys.
fn lists_with(exhibit: &Exhibit<'_>, column: &str, keys: &[&str]) -> bool {
    let Some(column) = exhibit.position(column) else { return false };
    let mut cells = exhibit.filled(column).peekable();
    cells.peek().is_some()
        && cells.all(|cell| {
            let list: Vec<Value> = serde_json::from_str(cell).unwrap_or_default();
            list.iter().any(|element| keys.iter().all(|key| element.get(*key).is_some()))
        })
}

impl Vendor for LiveChatApi {
    fn meta(&self) -> Meta {
        Meta { name: "livechat-api", title: "LiveChat API", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        // Lists of objects, which `prepare` takes apart.
        matches!(exhibit.keys[column].as_str(), "messages" | "agents" | "threads" | "users")
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let users = lists_with(exhibit, "users", &["id", "type"]);
        let threads = lists_with(exhibit, "threads", &["id", "events"]) || exhibit.has("threadevents");
        let older = exhibit.has("visitorid")
            && exhibit.count(&["prechatsurvey", "rate", "agents", "supervisors", "group", "postchatsurvey"]) >= 3
            && exhibit.has("started");
        let version = if users && threads { "3" } else { "2" };
        ((users && threads) || older).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: format!("the fields of LiveChat's chats, API {version}"),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        compose(table, |row, facts| if row.has("users") { chat(row, facts) } else { older(row, facts) })
    }
}

/// The threads of a chat, oldest first.
fn threads(row: &Row<'_>) -> Vec<Value> {
    if !row.has("threadevents") {
        let mut threads = row.list("threads");
        threads.sort_by_cached_key(|thread| word(thread, "created_at"));
        return threads;
    }
    let cell = |key: &str| row.cell(key).map(str::to_owned);
    let tags: Vec<&str> = row.cell("threadtags").map(|tags| tags.split(';').collect()).unwrap_or_default();
    vec![serde_json::json!({
        "created_at": cell("threadcreatedat"),
        "events": row.list("threadevents"),
        "tags": tags,
        "properties": {
            "rating": {
                "score": row.any(&["threadpropertiesratingscore", "threadpropertiesratingscorevalue"]),
                "comment": row.any(&["threadpropertiesratingcomment", "threadpropertiesratingcommentvalue"]),
            },
            "routing": {
                "unassigned": cell("threadpropertiesroutingunassigned"),
                "unreplied": cell("threadpropertiesroutingunreplied"),
                "offline_message": cell("threadpropertiesroutingofflinemessage"),
            },
        },
    })]
}

/// A property, which newer versions wrap in an object with its value.
fn property(thread: &Value, path: &str) -> Option<String> {
    word(thread, &format!("properties.{path}")).or_else(|| word(thread, &format!("properties.{path}.value")))
}

/// A chat of API 3.
fn chat(row: &Row<'_>, facts: &mut Facts) {
    let users = row.list("users");
    let is = |user: &Value, kind: &str| word(user, "type").as_deref() == Some(kind);
    let customer = users.iter().find(|user| is(user, "customer")).cloned().unwrap_or_default();
    let agent = |id: &str| users.iter().find(|user| is(user, "agent") && word(user, "id").as_deref() == Some(id));
    let mut asked = Asked::default();
    let (mut talk, mut last_agent, mut tags) = (Talk::default(), None, Vec::new());
    let (mut transferred, mut banned, mut missed) = (false, false, None);
    let (mut started, mut ended, mut score, mut comment) = (None, None, None, None);
    for thread in threads(row) {
        started = started.or_else(|| word(&thread, "created_at"));
        score = property(&thread, "rating.score").or(score);
        comment = property(&thread, "rating.comment").or(comment);
        for name in ["unassigned", "unreplied", "offline_message"] {
            if let Some(value) = property(&thread, &format!("routing.{name}")) {
                missed = Some(missed == Some(true) || value == "true");
            }
        }
        for tag in thread["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        for event in thread["events"].as_array().into_iter().flatten() {
            let time = word(event, "created_at");
            ended = time.clone().or(ended);
            match word(event, "type").unwrap_or_default().as_str() {
                "system_message" => {
                    let kind = word(event, "system_message_type").unwrap_or_default();
                    transferred |= kind == "chat_transferred" || kind.starts_with("routing.assigned_");
                    banned |= kind == "customer_banned";
                }
                "filled_form" => asked.form(event),
                _ => {
                    let author = word(event, "author_id").unwrap_or_default();
                    let by = agent(&author);
                    last_agent = by.and_then(|user| first_word(user, &["name", "email", "id"])).or(last_agent);
                    let sender = if by.is_some() { Sender::Agent } else { Sender::Visitor };
                    let text = first_word(event, &["text", "name", "url"]).unwrap_or_default();
                    talk.say(sender, time, &text);
                }
            }
        }
    }
    let place = |key: &str| {
        first_word(&customer, &[&format!("visit.geolocation.{key}"), &format!("last_visit.geolocation.{key}")])
    };
    let only = users.iter().rfind(|user| is(user, "agent")).and_then(|user| first_word(user, &["name", "email", "id"]));
    facts.set("customer_email", word(&customer, "email").or(asked.email));
    facts.set("customer_name", word(&customer, "name").or(asked.name));
    facts.set("customer_phone", word(&customer, "phone_number").or(asked.phone));
    facts.set("customer_country", place("country"));
    facts.set("customer_city", place("city"));
    facts.set("started_at", started);
    facts.set("ended_at", ended);
    facts.set("agent_name", last_agent.or(only));
    facts.flag("transferred", transferred);
    facts.flag("banned", banned);
    facts.flag("missed", missed.unwrap_or_else(|| !talk.is_empty() && !talk.by(Sender::Agent)));
    facts.set("rating_score", score);
    facts.set("rating_comment", comment);
    facts.set("tag_names", (!tags.is_empty()).then(|| tags.join(";")));
    facts.set("transcript", talk.transcript());
}

/// What the visitor answered before the chat.
#[derive(Default)]
struct Asked {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
}

impl Asked {
    fn form(&mut self, event: &Value) {
        if word(event, "form_type").is_some_and(|kind| kind != "prechat") {
            return;
        }
        for field in event["fields"].as_array().into_iter().flatten() {
            let answer = first_word(field, &["answer", "answer.label", "value"]);
            let label = word(field, "label").unwrap_or_default().to_lowercase();
            self.answer(&word(field, "type").unwrap_or_default(), &label, answer);
        }
    }

    fn answer(&mut self, kind: &str, label: &str, answer: Option<String>) {
        let place = match kind {
            "email" => &mut self.email,
            "name" => &mut self.name,
            "phone" => &mut self.phone,
            _ if label.contains("mail") => &mut self.email,
            _ if label.contains("phone") => &mut self.phone,
            _ if label.trim_matches([':', ' ', '*']) == "name" => &mut self.name,
            _ => return,
        };
        *place = place.take().or(answer);
    }
}

/// A chat of API 2.
fn older(row: &Row<'_>, facts: &mut Facts) {
    let agents = row.list("agents");
    let mut asked = Asked::default();
    for field in row.list("prechatsurvey") {
        asked.answer("", &word(&field, "key").unwrap_or_default().to_lowercase(), word(&field, "value"));
    }
    let mut talk = Talk::default();
    for message in row.list("messages") {
        let by_visitor = word(&message, "user_type").is_none_or(|kind| kind == "visitor");
        let time = first_word(&message, &["timestamp", "date"]);
        let sender = if by_visitor { Sender::Visitor } else { Sender::Agent };
        talk.say(sender, time, &word(&message, "text").unwrap_or_default());
    }
    facts.set("customer_email", row.cell("visitoremail").map(str::to_owned).or(asked.email));
    facts.set("customer_name", row.cell("visitorname").map(str::to_owned).or(asked.name));
    facts.set("customer_phone", asked.phone);
    facts.set("agent_name", agents.last().and_then(|agent| first_word(agent, &["display_name", "email"])));
    facts.flag("transferred", agents.len() > 1);
    facts.flag("missed", row.cell("type") == Some("missed_chat"));
    facts.set("transcript", talk.transcript());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    const USERS: &str = r#""users": [{"id": "u1", "type": "customer", "name": "Bo Ek", "phone_number": "+15550100", "visit": {"ip": "x", "geolocation": {"country": "Norway", "city": "Oslo"}}}, {"id": "ana@us.example", "type": "agent", "name": "Ana"}]"#;
    const EVENTS: &str = r#"[{"id": "e0", "type": "filled_form", "form_type": "prechat", "created_at": "2026-01-01T10:00:00.000001Z", "fields": [{"type": "name", "label": "Name:", "answer": "Bo"}, {"type": "email", "label": "E-mail:", "answer": "bo@north.example"}]},
        {"id": "e1", "type": "message", "text": "Hi", "author_id": "u1", "created_at": "2026-01-01T10:00:01.000001Z"},
        {"id": "e2", "type": "system_message", "system_message_type": "chat_transferred", "created_at": "2026-01-01T10:00:02.000001Z"},
        {"id": "e3", "type": "message", "text": "Hello", "author_id": "ana@us.example", "created_at": "2026-01-01T10:00:03.000001Z"}]"#;
    const ROLES: &str = "id=id email=customer_email name=customer_name phone=customer_phone country=customer_country \
                         city=customer_city tags=tag_names transcript=transcript started_at=started_at \
                         ended_at=ended_at agent=agent_name transferred=transferred is_spam=banned missed=missed \
                         rating=rating_score";

    #[test]
    fn threads_of_a_chat_are_one_row() {
        let text = format!(
            r#"[{{"id": "C1", {USERS}, "threads": [
                {{"id": "T2", "created_at": "2026-01-02T10:00:00Z", "active": false, "user_ids": [], "events": [{{"type": "message", "text": "Again", "author_id": "u1", "created_at": "2026-01-02T10:00:01Z"}}], "tags": ["Spam_No", "Sales_Lead"], "properties": {{"rating": {{"score": 1}}}}}},
                {{"id": "T1", "created_at": "2026-01-01T10:00:00Z", "active": false, "user_ids": [], "events": {EVENTS}, "tags": ["Sales_Lead"], "properties": {{"routing": {{"unreplied": true}}}}}}],
               "properties": {{}}, "access": {{"group_ids": [0]}}, "is_followed": false}}]"#
        );
        let source = Folder::new().source("x.json", &text);
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("livechat-api", Kind::Chat, 1));
        assert_eq!(roles(&source), ROLES);
        assert_eq!(cell(&source, "transcript", 0), Some("visitor: Hi\noperator: Hello\nvisitor: Again"));
        assert_eq!(cell(&source, "customer_email", 0), Some("bo@north.example"));
        assert_eq!(cell(&source, "tag_names", 0), Some("Sales_Lead;Spam_No"));
        for (name, value) in [
            ("transferred", "true"),
            ("missed", "true"),
            ("banned", "false"),
            ("rating_score", "1"),
            ("started_at", "2026-01-01T10:00:00Z"),
            ("ended_at", "2026-01-02T10:00:01Z"),
            ("agent_name", "Ana"),
        ] {
            assert_eq!(cell(&source, name, 0), Some(value), "{name}");
        }
    }

    #[test]
    fn an_archive_entry_has_one_thread() {
        let text = format!(
            r#"{{"chats": [{{"id": "C1", {USERS}, "thread": {{"id": "T1", "created_at": "2026-01-01T10:00:00Z", "events": {EVENTS}, "tags": ["Sales_Lead"], "properties": {{"rating": {{"score": {{"value": 0}}}}}}}}}}], "found_chats": 1}}"#
        );
        let source = Folder::new().source("x.json", &text);
        assert_eq!((source.vendor.as_str(), roles(&source).as_str()), ("livechat-api", ROLES));
        assert_eq!((cell(&source, "rating_score", 0), cell(&source, "missed", 0)), (Some("0"), Some("false")));
    }

    #[test]
    fn chats_of_api_2_have_a_survey_and_agents() {
        let source = Folder::new().source(
            "x.json",
            r#"{"chats": [{"type": "chat", "id": "MB1", "visitor_name": "Bo Ek", "visitor_id": "S1", "agents": [{"display_name": "Ana", "email": "ana@us.example"}, {"display_name": "Eve", "email": "eve@us.example"}], "supervisors": [], "rate": "rated_good", "duration": 40, "group": [0], "started": "Wed, 01/23/13 11:40:53 am", "tags": ["Sales_Lead"], "prechat_survey": [{"key": "Name:", "value": "Bo", "id": "1"}, {"key": "E-mail:", "value": "bo@north.example", "id": "2"}]},
               {"type": "missed_chat", "id": "MB2", "visitor_name": "Cy", "visitor_id": "S2", "agents": [], "rate": "not_rated", "started": "Wed, 01/23/13 11:50:53 am"}], "total": 2, "pages": 1}"#,
        );
        assert_eq!((source.vendor.as_str(), source.height()), ("livechat-api", 2));
        assert_eq!(
            roles(&source),
            "id=id email=customer_email name=customer_name tags=tags started_at=started duration=duration \
             agent=agent_name transferred=transferred missed=missed rating=rate"
        );
        assert_eq!((cell(&source, "missed", 0), cell(&source, "missed", 1)), (Some("false"), Some("true")));
        assert_eq!(cell(&source, "transferred", 0), Some("true"));
    }
}
