//! CHT001: leads of chats that ought to make none.

use super::carried::{chats, created, say_unchecked};
use crate::normalise::email;
use crate::normalise::gate::Verdict;
use crate::normalise::links::By;
use crate::normalise::phone;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads and contacts that a chat made although the gate is closed for it: it is marked as spam or as a test, its
    /// *visitor* is a bot, or the visitor left nothing that `[qualify] any` asks for (an email, a phone number, or an
    /// `Intent_*` or `Demo_*` tag). A chatbot that serves a person is no bot in this sense: `is_bot` is about the visitor.
    ///
    /// A visitor may leave an address in the talk itself: where the transcript holds the email or phone of the record, the
    /// chat is let through. So is one with an address that is written wrongly, which is REQ002's. Where the record has one and the chat does not show it, the severity is warning.
    ///
    /// Judged are chats that ended in the period that the records cover, less `[sync] grace-seconds` at its end. What is
    /// asked for must be there to be judged: without any such column in the chats only bots, spam and tests are.
    ///
    /// ## Why it matters
    ///
    /// Sales works through records that nobody stands behind, and every rate is computed over them.
    ///
    /// ## Example
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,is_bot
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,true
    /// c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,bo@acme.example,false
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,c1
    /// 2,zoe@acme.example,2026-10-03T09:00:00Z,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Chat_Id__c
    /// 1,bo@acme.example,2026-10-01T10:10:05Z,c2
    /// 2,zoe@acme.example,2026-10-03T09:00:00Z,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Manual: a person looks at the records and has them deleted. Then mend the condition that lets such chats through.
    pub struct UngatedLead {
        code: "CHT001",
        name: "ungated-lead",
        family: Chats,
        severity: Error,
        dimension: Validity,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|record|records} that chats made in {source} ought not to be there",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The roles that the gate asks for in the chats.
fn asked(cx: &Check<'_>) -> Vec<Role> {
    let any = cx.config.qualify.any.as_ref();
    [("email", Role::Email), ("phone", Role::Phone), ("intent", Role::Tags)]
        .into_iter()
        .filter(|(word, _)| any.is_none_or(|any| any.iter().any(|other| other == word)))
        .map(|(_, role)| role)
        .collect()
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("ungated leads need chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    let asked = asked(cx);
    for chat in chats(cx) {
        let Some(side) = links.side(chat.index) else { continue };
        let is_open = asked.iter().any(|role| chat.role(*role).is_some());
        let (mut outside, mut unasked) = (0, 0);
        let said = chat.role(Role::Transcript).map(|column| chat.text(column));
        let address = chat.role(Role::Email).filter(|_| asked.contains(&Role::Email)).map(|column| chat.text(column));
        for table in cx.tables.iter().filter(|table| links.people.contains(&table.index)) {
            let column = [Role::ChatId, Role::Email].into_iter().find_map(|role| table.role(role));
            let mut found = Vec::new();
            let mut checked = 0;
            for link in &links.pairs()[links.of_source(chat.index)] {
                if !link.made || link.record.source as usize != table.index {
                    continue;
                }
                let Some(row) = table.part_row(link.record.row) else { continue };
                let verdict = side.verdicts[link.chat.row as usize];
                if !side.is_judged_with(link.chat.row, created(table, row)) {
                    outside += 1;
                    continue;
                }
                if verdict == Verdict::Nothing && !is_open {
                    unasked += 1;
                    continue;
                }
                checked += 1;
                if verdict.qualifies() {
                    continue;
                }
                let given = Given::of(table, row, &asked);
                let talk = said.as_ref().and_then(|text| text.get(chat.part_row(link.chat.row)?));
                let typed = address.as_ref().and_then(|text| text.get(chat.part_row(link.chat.row)?));
                let was_left = talk.is_some_and(|talk| given.stands_in(talk)) || typed.is_some_and(is_attempt);
                if verdict == Verdict::Nothing && was_left {
                    continue;
                }
                let unsure = verdict == Verdict::Nothing && !given.is_nothing();
                let shown =
                    if unsure { "; the record has an address or number that the chat does not show" } else { "" };
                found.push(PairHit {
                    row,
                    detail: format!("{}, linked by {}{shown}", verdict.why(), link.by.as_str()),
                    other: Some(link.chat),
                    severity: unsure.then_some(Severity::Warning),
                    value: (link.by != By::ChatId && column == table.role(Role::ChatId)).then(String::new),
                    ..PairHit::default()
                });
            }
            out.checked(table, column, checked);
            out.push(pair_hits::hits(table, column, &found, (Severity::Error, Safety::Manual))?);
        }
        say_unchecked(
            &mut out,
            chat,
            outside,
            "chats of {} that made records, and ended outside of the period that the records cover",
        );
        say_unchecked(
            &mut out,
            chat,
            unasked,
            "chats of {} that made records, and of which nothing says what the visitors left",
        );
    }
    Ok(out)
}

/// Whether somebody meant a cell to be an address, though it is none: REQ002 says so.
fn is_attempt(cell: &str) -> bool {
    let cell = trimmed(cell);
    cell.len() > 5 && !cell.contains(char::is_whitespace) && cell.trim_matches('.').contains('.')
}

/// What of the things that the gate asks for a record has.
struct Given<'t> {
    email: Option<&'t str>,
    phone: Option<String>,
}

impl<'t> Given<'t> {
    fn of(table: &'t Table, row: u32, asked: &[Role]) -> Self {
        let cell = |role: Role| {
            let column = table.role(role).filter(|_| asked.contains(&role))?;
            table.text(column).get(row)
        };
        let is_address = |cell: &&str| email::canonical(cell).is_some_and(|address| !email::is_placeholder(&address));
        let digits = |cell: &str| phone::read(cell).map(|number| number.digits).filter(|digits| digits.len() >= 7);
        Self { email: cell(Role::Email).filter(is_address), phone: cell(Role::Phone).and_then(digits) }
    }

    const fn is_nothing(&self) -> bool {
        self.email.is_none() && self.phone.is_none()
    }

    /// Whether what the record has was left in a talk.
    fn stands_in(&self, talk: &str) -> bool {
        let by_email = self.email.is_some_and(|email| talk.to_lowercase().contains(&trimmed(email).to_lowercase()));
        by_email
            || self.phone.as_ref().is_some_and(|phone| {
                let digits: String = talk.chars().filter(char::is_ascii_digit).collect();
                let tail = &phone[phone.len().saturating_sub(7)..];
                digits.contains(tail)
            })
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const LEADS: &str = "Id,Email,Phone,CreatedDate,Chat_Id__c\n\
        1,ana@acme.example,,2026-10-01T09:10:05Z,c1\n\
        2,,,2026-10-01T10:10:05Z,c2\n\
        3,cy@acme.example,,2026-10-01T11:10:05Z,c3\n\
        4,di@acme.example,,2026-10-01T12:10:05Z,c4\n\
        9,zoe@acme.example,,2026-10-05T12:00:00Z,\n";
    const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,visitor_phone,tags,is_bot,is_spam,transcript\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,,,false,true,hello\n\
        c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,,,,false,false,hello\n\
        c3,2026-10-01T11:00:00Z,2026-10-01T11:10:00Z,,,Topic_Support,false,false,hello\n\
        c4,2026-10-01T12:00:00Z,2026-10-01T12:10:00Z,,,,false,false,Visitor: write to DI@acme.example please\n";

    fn found(toml: &str, chats: &str) -> Vec<(String, bool)> {
        let rows = flagged("CHT001", toml, &[("lead", LEADS), ("chat", chats)]);
        rows.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.detail.contains("does not show"))).collect()
    }

    #[test]
    fn what_was_left_in_the_talk_counts_and_what_the_record_has_makes_it_doubtful() {
        let rows = [("1", false), ("2", false), ("3", true)];
        assert_eq!(found("", CHATS), rows.map(|(id, doubtful)| (id.to_owned(), doubtful)));
    }

    #[test]
    fn the_gate_is_the_configs() {
        let intent = "[qualify]\nany = [\"intent\"]\n";
        assert_eq!(found(intent, CHATS).len(), 4);
        assert_eq!(found(intent, &CHATS.replace("Topic_Support", "Intent_Pricing")).len(), 3);
        // Nothing says what visitors left: only spam is judged.
        let bare = "chat_id,started_at,ended_at,is_spam\nc1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,true\n\
            c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,false\n";
        assert_eq!(found("", bare).len(), 1);
        // A slip in an address is REQ002's.
        assert_eq!(found("", &CHATS.replace("10:10:00Z,,", "10:10:00Z,bo.acme.example,")).len(), 2);
    }
}
