//! Smartsupp: conversations as its API gives them. Times are epoch milliseconds, durations seconds.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::nested::compose;
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Smartsupp.
pub(super) struct Smartsupp;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Smartsupp field" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["id", "chatid", "channelid"]),
    alias(Role::Email, &["visitoremail"]),
    alias(Role::Name, &["visitorname"]),
    alias(Role::Phone, &["visitorphone", "visitorvariablesphone"]),
    alias(Role::StartedAt, &["beginat"]),
    alias(Role::EndedAt, &["endat"]),
    alias(Role::Duration, &["channelduration"]),
    alias(Role::Agent, &["agentname", "agentids", "agentid"]),
    alias(Role::Missed, &["unanswered"]),
    alias(Role::Rating, &["channelrating"]),
    alias(Role::Notes, &["channelratingdesc", "visitornote"]),
    alias(Role::Topic, &["visitorgroup"]),
];

const FLAGS: &[&str] = &[
    "channelismissed",
    "channelisoffline",
    "channelistriggered",
    "channelisdropped",
    "channeliscompleted",
    "channelischat",
];

impl Vendor for Smartsupp {
    fn meta(&self) -> Meta {
        Meta { name: "smartsupp", title: "Smartsupp", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        (exhibit.count(FLAGS) >= 3 && exhibit.has("beginat")).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: "the fields of Smartsupp's conversations".to_owned(),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        compose(table, |row, facts| {
            // A message left while nobody was there is unanswered, though it is not called missed.
            facts.flag("unanswered", row.yes("channelismissed") || row.yes("channelisoffline"));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, roles};

    #[test]
    fn conversations_say_whether_they_were_missed() {
        let source = Folder::new().source(
            "x.json",
            r#"[{"accountId": 7, "beginAt": 1767261600000, "endAt": 1767261700000, "channel": {"id": "c1", "isChat": true, "isMissed": false, "isTriggered": false, "isOffline": false, "isCompleted": true, "isDropped": false, "duration": 100, "rating": 5, "ratingDesc": "good"}, "visitor": {"id": "v", "name": "Bo Ek", "email": "bo@north.example", "note": "", "group": "Sales", "variables": {}}},
                {"accountId": 7, "beginAt": 1767261600000, "endAt": 1767261700000, "channel": {"id": "c2", "isChat": false, "isMissed": false, "isTriggered": false, "isOffline": true, "isCompleted": false, "isDropped": false, "duration": 0, "rating": null}, "visitor": {"id": "v2"}}]"#,
        );
        assert_eq!((source.vendor.as_str(), source.kind, source.height()), ("smartsupp", Kind::Chat, 2));
        assert_eq!(
            roles(&source),
            "id=channel.id email=visitor.email name=visitor.name notes=channel.ratingDesc topic=visitor.group \
             started_at=beginAt ended_at=endAt duration=channel.duration missed=unanswered rating=channel.rating"
        );
        assert_eq!((cell(&source, "unanswered", 0), cell(&source, "unanswered", 1)), (Some("false"), Some("true")));
    }
}
