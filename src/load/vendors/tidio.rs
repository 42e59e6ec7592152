//! Tidio: the messages CSV, a row per message. Rules look at conversations, so the messages of one are folded into one
//! row, which stands where its first message stood.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::Error;
use crate::load::conversation::{Columns, Sender, fold_messages};
use crate::load::table::Table;
use crate::model::{Kind, Object, Role};

/// Tidio.
pub(super) struct Tidio;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a Tidio column" }
}

const ALIASES: &[Alias] = &[
    alias(Role::Id, &["conversationid"]),
    alias(Role::Email, &["email"]),
    alias(Role::FirstName, &["firstname"]),
    alias(Role::LastName, &["lastname"]),
    alias(Role::Name, &["name"]),
    alias(Role::Phone, &["phone"]),
    alias(Role::Source, &["channel"]),
    alias(Role::Transcript, &["transcript"]),
    alias(Role::StartedAt, &["startedat"]),
    alias(Role::EndedAt, &["endedat"]),
    alias(Role::Missed, &["missed"]),
];

impl Vendor for Tidio {
    fn meta(&self) -> Meta {
        Meta { name: "tidio", title: "Tidio", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let known = exhibit.count(&["conversationid", "timesent", "sender", "messagecontent"]);
        (known == 4).then(|| Match {
            score: 95,
            kind: Kind::Chat,
            object: None,
            why: "the columns of Tidio's messages CSV".to_owned(),
        })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        let columns =
            Columns { conversation: "conversationid", time: "timesent", sender: "sender", content: "messagecontent" };
        fold_messages(table, &columns, |_, cell| match cell.trim().to_lowercase().as_str() {
            "visitor" => Sender::Visitor,
            "operator" => Sender::Agent,
            _ => Sender::Machine,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{Folder, cell, role};
    use crate::load::{Input, LoadOptions, SourceSpec, load};

    #[test]
    fn tidio_messages_fold_into_conversations() {
        let folder = Folder::new();
        let header = "CONVERSATION_ID,THREAD_ID,TIME_SENT,CHANNEL,SENDER,MESSAGE_CONTENT,NAME,FIRST_NAME,LAST_NAME,EMAIL,PHONE\n";
        let one = folder.write("1.csv", format!("{header}7,1,2026-01-01T10:00:00Z,chat,automation,Hi,,,,,\n8,1,2026-01-01T10:01:00Z,chat,visitor,Hey,Cy,,,,\n7,1,2026-01-01T10:02:00Z,chat,visitor,\"Two\nlines\",Bo,,,b@x.co,\n8,x,y,z,\n"));
        let two = folder.write(
            "2.csv",
            format!(
                "{header}7,1,2026-01-01T10:03:00Z,chat,operator,Bye,,,,,\n9,1,2026-01-01T10:04:00Z,chat,visitor,Yo,,,,,\n"
            ),
        );
        let source = load(&[SourceSpec::of(vec![Input::file(one), Input::file(two)])], &LoadOptions::default())
            .unwrap()
            .remove(0);
        assert_eq!(source.height(), 3);
        assert_eq!(source.origin.line, [2, 3, 3]);
        assert_eq!(cell(&source, "transcript", 0), Some("automation: Hi\nvisitor: Two\nlines\noperator: Bye"));
        assert_eq!((cell(&source, "EMAIL", 0), cell(&source, "NAME", 0)), (Some("b@x.co"), Some("Bo")));
        assert_eq!(cell(&source, "started_at", 0), Some("2026-01-01T10:00:00Z"));
        assert_eq!(cell(&source, "ended_at", 0), Some("2026-01-01T10:03:00Z"));
        assert_eq!((cell(&source, "missed", 0), cell(&source, "missed", 1)), (Some("false"), Some("true")));
        assert_eq!(source.files.iter().map(|f| (f.first_row, f.rows)).collect::<Vec<_>>(), [(0, 2), (2, 1)]);
        assert_eq!(source.issues.iter().map(|i| (i.row, i.frame_row)).collect::<Vec<_>>(), [(4, Some(1))]);
        assert_eq!(role(&source, Role::Transcript), Some("transcript"));
    }
}
