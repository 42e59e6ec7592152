//! LiveChat: the chats CSV. Its times are local to the zone that stands in their headers, and the number of its
//! columns varies: operators, tags, pre-chat fields and custom variables are numbered or named.

use polars::prelude::StringChunked;

use super::{Alias, Exhibit, Match, Meta, Vendor, join_columns};
use crate::load::Error;
use crate::load::header::squeeze;
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// LiveChat.
pub(super) struct LiveChat;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a LiveChat column" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["chatid"]),
    alias(Role::Email, &["prechatemail", "visitoremail"]),
    alias(Role::FirstName, &["prechatfirstname"]),
    alias(Role::LastName, &["prechatlastname"]),
    alias(Role::Name, &["prechatname", "prechatyourname", "visitornick"]),
    alias(Role::Phone, &["prechatphone", "prechatphonenumber"]),
    alias(Role::Company, &["prechatcompany", "prechatcompanyname"]),
    alias(Role::Reason, &["prechatreason"]),
    alias(Role::Topic, &["prechattopic", "prechatsubject", "groupname"]),
    alias(Role::Duration, &["chatdurationinseconds"]),
    alias(Role::Agent, &["lastoperatorid", "operator1nick", "operator1id"]),
    alias(Role::Rating, &["rate"]),
    alias(Role::Notes, &["ratecomment"]),
    alias(Role::Country, &["visitorcountrycode"]),
    alias(Role::Tags, &["tags", "tag1"]),
    alias(Role::Transferred, &["transferred"]),
];

/// The header that says when the chat began, and the zone behind it.
const TIMES: [(Role, &str); 2] = [(Role::StartedAt, "chat start date"), (Role::CreatedAt, "chat creation date")];

/// The zone at the end of `chat creation date America/Moncton`.
fn zone(header: &str) -> Option<&str> {
    let lower = header.trim().to_lowercase();
    let (_, prefix) = TIMES.iter().find(|(_, prefix)| lower.starts_with(prefix))?;
    let zone = header.trim().get(prefix.len()..)?.trim();
    zone.parse::<chrono_tz::Tz>().is_ok().then_some(zone)
}

/// The columns `tag 1`, `tag 2` … or `operator 1 nick` …, in order of their number.
fn numbered(keys: &[String], prefix: &str, suffix: &str) -> Vec<usize> {
    let number = |key: &String| key.strip_prefix(prefix)?.strip_suffix(suffix)?.parse::<u32>().ok();
    let mut found: Vec<(u32, usize)> =
        keys.iter().enumerate().filter_map(|(column, key)| Some((number(key)?, column))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, column)| column).collect()
}

impl LiveChat {
    /// The column that starts with a time's header, whatever zone follows.
    pub(crate) fn time_column(exhibit: &Exhibit<'_>, prefix: &str) -> Option<usize> {
        (0..exhibit.keys.len()).find(|c| exhibit.header(*c).trim().to_lowercase().starts_with(prefix))
    }
}

impl Vendor for LiveChat {
    fn meta(&self) -> Meta {
        Meta { name: "livechat", title: "LiveChat", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn prefixes(&self) -> &'static [(Role, &'static str)] {
        &TIMES
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let time = TIMES.iter().any(|(_, prefix)| Self::time_column(exhibit, prefix).is_some());
        let operators =
            numbered(&exhibit.keys, "operator", "nick").len() + numbered(&exhibit.keys, "operator", "id").len();
        if !time || (operators == 0 && !exhibit.has("chatdurationinseconds") && !exhibit.has("lastoperatorid")) {
            return None;
        }
        let why = "the columns of LiveChat's chats CSV".to_owned();
        Some(Match { score: 95, kind: Kind::Chat, object: None, why })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let headers: Vec<String> = table.frame.get_column_names().into_iter().map(ToString::to_string).collect();
        let zones: Vec<&str> = headers.iter().filter_map(|h| zone(h)).collect();
        if let Some(first) = zones.first() {
            table.zone = Some((*first).to_owned());
            if let Some(other) = zones.iter().find(|z| *z != first) {
                table.notes.push(format!("times are in {first} and {other}; all are read as {first}"));
            }
        }
        let keys: Vec<String> = headers.iter().map(|h| squeeze(h)).collect();
        let tags = numbered(&keys, "tag", "");
        if tags.len() > 1 {
            let joined = join_columns(table, &tags);
            table.compose("tags", joined)?;
            table.notes.push(format!("column \"tags\" joins {} tag columns", tags.len()));
        }
        let nicks = numbered(&keys, "operator", "nick");
        let operators = if nicks.is_empty() { numbered(&keys, "operator", "id") } else { nicks };
        if operators.len() > 1 {
            let joined = join_columns(table, &operators);
            let transferred: StringChunked = joined
                .iter()
                .map(|cell| Some(if cell.is_some_and(|c| c.contains(';')) { "true" } else { "false" }))
                .collect();
            table.compose("transferred", transferred)?;
            table.notes.push("column \"transferred\" is true where two or more operators stand".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, role};

    #[test]
    fn the_zone_stands_in_the_header() {
        assert_eq!(zone("chat creation date America/Moncton"), Some("America/Moncton"));
        assert_eq!(zone("Chat start date UTC"), Some("UTC"));
        assert_eq!(zone("chat start date"), None);
        assert_eq!(zone("chat creation date of the day"), None);
    }

    #[test]
    fn numbered_columns_come_in_order_of_their_number() {
        let keys: Vec<String> = ["tag10", "tag2", "tags", "tag1"].map(String::from).to_vec();
        assert_eq!(numbered(&keys, "tag", ""), [3, 1, 0]);
    }

    #[test]
    fn livechat_names_its_zone_and_joins_its_tags() {
        let source = Folder::new().source(
            "chats.csv",
            "\"chat id\",\"chat creation date America/Moncton\",\"chat start date America/Moncton\",\"chat duration in seconds\",\"visitor nick\",\"rate\",\"operator 1 nick\",\"operator 2 nick\",\"pre chat: E-mail:\",\"tag 1\",\"tag 2\"\n\"c1\",\"2026-01-01 10:00:00\",\"2026-01-01 10:00:05\",\"60\",\"Bo\",\"rated good\",\"Ana\",\"Eve\",\"b@x.co\",\"Sales\",\"1-SPAM\"\n\"c2\",\"\",\"\",\"\",\"\",\"\",\"Ana\",\"\",\"\",\"\",\"\"\n",
        );
        assert_eq!(
            (source.vendor.as_str(), source.kind, source.zone.as_deref()),
            ("livechat", Kind::Chat, Some("America/Moncton"))
        );
        assert_eq!((cell(&source, "tags", 0), cell(&source, "tags", 1)), (Some("Sales;1-SPAM"), None));
        assert_eq!((cell(&source, "transferred", 0), cell(&source, "transferred", 1)), (Some("true"), Some("false")));
        assert_eq!(role(&source, Role::StartedAt), Some("chat start date America/Moncton"));
        assert_eq!(role(&source, Role::Email), Some("pre chat: E-mail:"));
        assert_eq!(role(&source, Role::Tags), Some("tags"));
        assert_eq!(role(&source, Role::Transferred), Some("transferred"));
        assert!(!source.files[0].headers.contains(&"tags".to_owned()));
    }
}
