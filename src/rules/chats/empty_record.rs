//! CHT008: records that say nothing of anybody.

use crate::model::Kind;
use crate::normalise::gate::{is_nobody, verdicts};
use crate::rules::prelude::*;
use crate::rules::required::policy::is_placeholder;

declare_rule! {
    /// ## What it finds
    ///
    /// Leads and contacts with nothing that says who they are or what they want: no name, email, phone, company or
    /// address, and no chat, text, topic or reason either. Words for nothing ("N/A") are nothing. A source is looked at if
    /// it has a column for names and at least one for email, phone or company; else it is a list of links, or says who
    /// somebody is in columns that nobody has named.
    ///
    /// Of chats, those without a transcript and without a name, email, phone or topic, spam, bots and tests aside; they
    /// are noted only, since a visitor may well open the window and leave. "Visitor 8123" is no name. A chat export
    /// without a transcript is not looked at.
    ///
    /// REQ001 says which required cell is blank; this rule, that the whole record is.
    ///
    /// ## Why it matters
    ///
    /// An integration that writes such records has lost what they were made of; nobody can work or match them.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email,Phone,Company,CreatedDate
    /// 1,,N/A,,,,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email,Phone,Company,CreatedDate
    /// 1,,,,+14155550101,,2026-10-01T09:00:00Z
    /// 2,,Lee,,,,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,visitor_name,visitor_email,transcript
    /// c1,2026-10-01T09:00:00Z,Visitor 8123,,
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,visitor_name,visitor_email,transcript
    /// c1,2026-10-01T09:00:00Z,Visitor 8123,,Visitor: When are you open?
    /// c2,2026-10-01T09:00:00Z,Ana Moss,,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: leads and contacts are deleted after a quarantine of 14 days, once a person says so, after a look at what the
    /// record links to; what other loaded records refer to is kept. Chats are left to the chat tool.
    pub struct EmptyRecord {
        code: "CHT008",
        name: "empty-record",
        family: Chats,
        severity: Warning,
        dimension: Completeness,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact],
        needs: [Need::AnyRole(&[
            Role::Email,
            Role::FirstName,
            Role::LastName,
            Role::Name,
            Role::Phone,
            Role::Company,
            Role::Transcript,
        ])],
        safety: Review,
        message: "{count} of {checked|record|records} of {source} say nothing of anybody",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const NAMES: &[Role] = &[Role::FirstName, Role::LastName, Role::Name];

/// What says who somebody is, by kind.
const KINDS: [&[Role]; 4] = [&[Role::Email], NAMES, &[Role::Phone], &[Role::Company]];

/// What says something of them, or leads to it.
const WHAT: [Role; 8] = [
    Role::Domain,
    Role::Street,
    Role::Notes,
    Role::Transcript,
    Role::Topic,
    Role::Reason,
    Role::ChatId,
    Role::RecordId,
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let is_chat = table.source.kind == Kind::Chat;
        let has = |roles: &[Role]| roles.iter().any(|role| table.role(*role).is_some());
        let kinds = KINDS.iter().filter(|roles| has(roles)).count();
        let judged = if is_chat { kinds >= 1 && has(&[Role::Transcript]) } else { kinds >= 2 && has(NAMES) };
        if !judged {
            continue;
        }
        let mut says = vec![false; table.height()];
        for role in KINDS.into_iter().flatten().copied().chain(WHAT) {
            let Some(column) = table.role(role) else { continue };
            // A pre-chat form may ask for a reason with one answer preset; the visitor said nothing by it.
            if is_chat && role == Role::Reason {
                continue;
            }
            let is_name = NAMES.contains(&role);
            let cells = table.map_cells(column, |cell| {
                !(is_placeholder(Some(role), cell)
                    || trimmed(cell).is_empty()
                    || (is_chat && is_name && is_nobody(cell)))
            });
            says.iter_mut().zip(cells).for_each(|(says, cell)| *says |= cell);
        }
        for column in table.more_emails() {
            says.iter_mut().zip(table.blank(column).iter()).for_each(|(says, blank)| *says |= blank == Some(false));
        }
        if is_chat {
            // Nothing is asked of these, so they are taken for full.
            let gate = verdicts(table, &cx.config.qualify);
            says.iter_mut().zip(gate).for_each(|(says, verdict)| *says |= !verdict.is_person());
        }
        out.checked(table, None, table.height() as u64);
        let rows: Vec<u32> = (0..).zip(&says).filter(|(_, says)| !**says).map(|(row, _)| row).collect();
        let detail = if is_chat { "no identity and no text" } else { "no name, email, phone or company, and no text" };
        let hits = Hits::rows(table, None, rows)?.with_text("detail", detail)?;
        out.push(if is_chat { hits.with_severity(Severity::Info)?.with_safety(Safety::Manual)? } else { hits });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn ids(texts: &[(&str, &str)]) -> Vec<String> {
        flagged("CHT008", "", texts).into_iter().filter_map(|row| row.record_id).collect()
    }

    #[test]
    fn a_record_is_empty_when_nothing_says_anything() {
        let leads = "Id,FirstName,LastName,Email,Email 2,Company,Description,Chat_Id__c,OwnerId,Status,CreatedDate\n\
            e1,,,,,,,,u1,Open,2026-10-01T09:00:00Z\n\
            e2, ,N/A,n/a,,-,,,u1,Open,2026-10-01T09:00:00Z\n\
            f1,,,,b@acme.example,,,,u1,Open,2026-10-01T09:00:00Z\n\
            f2,,,,,,\"called, wants a price\",,u1,Open,2026-10-01T09:00:00Z\n\
            f3,,,,,,,c0001,u1,Open,2026-10-01T09:00:00Z\n\
            f4,,Null,,,,,,u1,Open,2026-10-01T09:00:00Z\n";
        assert_eq!(ids(&[("lead", leads)]), ["e1", "e2"]);
    }

    #[test]
    fn a_list_of_links_is_not_judged() {
        assert!(ids(&[("contact", "contact_id,first_name,last_name,merged_id\n1,,,2\n")]).is_empty());
        assert!(ids(&[("lead", "Id,Email,CreatedDate\n1,,2026-10-01T09:00:00Z\n")]).is_empty());
    }

    #[test]
    fn names_in_columns_that_are_not_known_leave_it_open() {
        let people = "Id,Legal_Name_Full,Email,Phone,Company\n1,Ana Moss,,,\n2,Bo Lind,bo@acme.example,,\n";
        assert!(ids(&[("contact", people)]).is_empty());
        assert_eq!(
            ids(&[(
                "contact",
                &people.replace("Legal_Name_Full", "Spare,Full Name").replace(",Ana Moss", ",,").replace(",Bo", ",,Bo")
            )]),
            ["1"]
        );
    }

    #[test]
    fn chats_of_nobody_are_noted() {
        let chats = "chat_id,started_at,visitor_name,visitor_email,transcript,topic,is_bot\n\
            e1,2026-10-01T09:00:00Z,Guest,,,,false\n\
            f1,2026-10-01T09:00:00Z,,,,,true\n\
            f2,2026-10-01T09:00:00Z,,,,Pricing,false\n\
            f3,2026-10-01T09:00:00Z,,,Visitor: hello,,false\n\
            f4,2026-10-01T09:00:00Z,,ana@acme.example,,,false\n";
        assert_eq!(ids(&[("chat", chats)]), ["e1"]);
        let without = "chat_id,started_at,visitor_name,visitor_email\n1,2026-10-01T09:00:00Z,,\n";
        assert!(ids(&[("chat", without)]).is_empty(), "nothing is known of what was said");
    }
}
