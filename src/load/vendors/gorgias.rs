//! Gorgias: the tickets CSV, a row per ticket, and the messages CSV, a row per message, which is folded. Its `id` is the
//! ticket's; who wrote a message stands in `sender_info` as JSON, without saying who is the customer.

use hashbrown::HashMap;
use polars::prelude::StringChunked;
use serde::Deserialize;

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::{Columns, Sender, fold_messages};
use crate::load::header::squeeze;
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Gorgias.
pub(super) struct Gorgias;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Gorgias column" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["ticketid", "id"]),
    alias(Role::Email, &["customeremail"]),
    alias(Role::Name, &["customername"]),
    alias(Role::Source, &["initialchannel"]),
    alias(Role::StartedAt, &["startedat", "creationdate"]),
    alias(Role::EndedAt, &["endedat", "closeddate"]),
    alias(Role::Agent, &["assigneename", "assigneeemail"]),
    alias(Role::Tags, &["tags"]),
    alias(Role::Topic, &["subject"]),
    alias(Role::Reason, &["contactreason"]),
    alias(Role::Rating, &["surveyscore"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::Missed, &["missed"]),
];

/// Who wrote a message.
#[derive(Default, Deserialize)]
struct SenderInfo {
    name: Option<String>,
    address: Option<String>,
}

impl Vendor for Gorgias {
    fn meta(&self) -> Meta {
        Meta { name: "gorgias", title: "Gorgias", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let messages = exhibit.count(&["id", "bodytext", "sentdatetime", "senderinfo"]) == 4;
        let tickets =
            exhibit.count(&["ticketid", "initialchannel", "lastusedintegrationname", "lastusedintegrationtype"]) == 4;
        let shape = if messages { "messages" } else { "tickets" };
        (messages || tickets).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: format!("the columns of Gorgias' {shape} CSV"),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let keys: Vec<String> = table.frame.get_column_names().into_iter().map(|h| squeeze(h)).collect();
        let find = |key: &str| keys.iter().position(|k| k == key).and_then(|c| table.column(c)).cloned();
        let (Some(ids), Some(times), Some(infos)) = (find("id"), find("sentdatetime"), find("senderinfo")) else {
            return Ok(());
        };
        let writers: Vec<SenderInfo> =
            infos.iter().map(|cell| cell.and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default()).collect();
        // Nothing marks the customer but that a ticket begins with them.
        let mut first: HashMap<&str, (Option<&str>, usize)> = HashMap::new();
        for (row, (id, time)) in ids.iter().zip(times.iter()).enumerate() {
            let own = (time, row);
            let known = first.entry(id.unwrap_or_default()).or_insert(own);
            *known = own.min(*known);
        }
        let customers: Vec<&SenderInfo> = ids
            .iter()
            .map(|id| first.get(id.unwrap_or_default()).map_or(&writers[0], |(_, row)| &writers[*row]))
            .collect();
        let by_customer: Vec<bool> = writers.iter().zip(&customers).map(|(w, c)| w.address == c.address).collect();
        let emails: StringChunked = customers.iter().map(|c| c.address.as_deref()).collect();
        let names: StringChunked = customers.iter().map(|c| c.name.as_deref()).collect();
        table.compose("customer_email", emails)?;
        table.compose("customer_name", names)?;
        let columns = Columns { conversation: "id", time: "sentdatetime", sender: "senderinfo", content: "bodytext" };
        fold_messages(table, &columns, |row, _| if by_customer[row] { Sender::Visitor } else { Sender::Agent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, role};

    #[test]
    fn messages_fold_into_tickets() {
        let source = Folder::new().source(
            "messages.csv",
            "id,subject,body_text,sent_datetime,customer_id,sender_info\n7,Hi,three,2026-01-01 11:00:00,1,\"{\"\"address\"\": \"\"us@x.co\"\"}\"\n7,Hi,\"one\ntwo\",2026-01-01 10:00:00,1,\"{\"\"name\"\": \"\"Bo\"\", \"\"address\"\": \"\"b@y.co\"\"}\"\n",
        );
        assert_eq!((source.vendor.as_str(), source.height()), ("gorgias", 1));
        assert_eq!(cell(&source, "transcript", 0), Some("visitor: one\ntwo\noperator: three"));
        assert_eq!(role(&source, Role::Email), Some("customer_email"));
        assert_eq!(cell(&source, "customer_email", 0), Some("b@y.co"));
        assert_eq!(role(&source, Role::EndedAt), Some("ended_at"));
        assert_eq!(cell(&source, "missed", 0), Some("false"));
    }

    #[test]
    fn tickets_stay_as_they_are() {
        let source = Folder::new().source(
            "tickets.csv",
            "Ticket id,Tags,Initial channel,Last used integration name,Last used integration type,Creation date\n1,\"a,b\",chat,x,y,2026-01-01 10:00:00\n",
        );
        assert_eq!((source.vendor.as_str(), role(&source, Role::StartedAt)), ("gorgias", Some("Creation date")));
    }
}
