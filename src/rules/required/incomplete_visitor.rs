//! REQ005: chats that ought to become leads and lack what a lead needs.

use super::policy::is_placeholder;
use crate::config::options::Options;
use crate::normalise::gate::{Verdict, is_nobody, verdicts};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats that qualify (by `[qualify] any`: an email, a phone number or an `Intent_*` or `Demo_*` tag; never spam, a
    /// visitor who is a bot, or a test) and have no visitor name or no start time. What the tool calls somebody who gave
    /// no name ("Visitor 8123", "Guest") is no name. A missing topic counts only where something uses it: a
    /// `[[mapping]]` from it, or an `[[assignment]]` or `[[automation]]` that looks at it.
    ///
    /// ## Why it matters
    ///
    /// The lead is created without the fields that it is routed, dated and addressed by.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,visitor_name,visitor_email,tags,is_bot
    /// c1,2026-10-01T09:00:00Z,,ana@acme.example,Source_Live_Chat,false
    /// c2,2026-10-01T10:00:00Z,Visitor 8123,,Intent_Pricing,false
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,visitor_name,visitor_email,tags,is_bot
    /// c1,2026-10-01T09:00:00Z,Ana Moss,ana@acme.example,Source_Live_Chat,false
    /// c2,2026-10-01T10:00:00Z,,,Topic_Support,false
    /// c3,2026-10-01T11:00:00Z,,bot@acme.example,Intent_Pricing,true
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: ask for the name in the pre-chat form, or the person in a reply.
    pub struct IncompleteVisitor {
        code: "REQ005",
        name: "incomplete-visitor",
        family: Required,
        severity: Warning,
        dimension: Completeness,
        scope: Scope::Row,
        kinds: [Chat],
        needs: [
            Need::AnyRole(&[Role::Email, Role::Phone, Role::Tags]),
            Need::AnyRole(&[Role::Name, Role::FirstName, Role::LastName, Role::StartedAt, Role::Topic]),
        ],
        safety: Manual,
        message: "no {column} in {count} of {checked|qualifying chat|qualifying chats} of {source}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const NAMES: [Role; 3] = [Role::Name, Role::LastName, Role::FirstName];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let gate = verdicts(table, &cx.config.qualify);
        let checked = gate.iter().filter(|verdict| verdict.qualifies()).count() as u64;
        let mut report = |column: usize, filled: Vec<bool>, lack: &str| -> anyhow::Result<()> {
            out.checked(table, Some(column), checked);
            let found =
                (0..).zip(gate.iter().zip(filled)).filter(|(_, (verdict, filled))| verdict.qualifies() && !filled);
            let (rows, why): (Vec<u32>, Vec<Verdict>) = found.map(|(row, (verdict, _))| (row, *verdict)).unzip();
            let detail: StringChunked = why.iter().map(|why| Some(format!("{}, and {lack}", why.why()))).collect();
            out.push(Hits::rows(table, Some(column), rows)?.with("detail", detail.into_series())?);
            Ok(())
        };
        let names: Vec<usize> = NAMES.into_iter().filter_map(|role| table.role(role)).collect();
        if let Some(first) = names.first() {
            let mut given = vec![false; table.height()];
            for column in &names {
                let role = table.source.role_of(*column);
                let said = table.map_cells(*column, |cell| !is_nobody(cell) && !is_placeholder(role, cell));
                given.iter_mut().zip(said).for_each(|(given, said)| *given |= said);
            }
            report(*first, given, "gave no name")?;
        }
        let filled = |column: usize| table.blank(column).iter().map(|blank| blank == Some(false)).collect();
        if let Some(column) = table.role(Role::StartedAt) {
            report(column, filled(column), "has no start time")?;
        }
        if let Some(column) = table.role(Role::Topic)
            && is_used(table, column, cx.config)
        {
            report(column, filled(column), "has no topic, which the config uses")?;
        }
    }
    Ok(out)
}

/// Whether a mapping, an assignment or an automation of the config looks at the topic in `column`.
fn is_used(table: &Table, column: usize, config: &Options) -> bool {
    let source = &table.source;
    let is_field = |field: &str| {
        field
            .split_once('.')
            .is_some_and(|(name, header)| name == source.name && source.column_named(header) == Some(column))
    };
    // Conditions are on records, where the topic stands under its role or under the header it has here.
    let is_condition = |field: &String| field == Role::Topic.as_str() || field == source.header(column);
    config.mapping.iter().any(|mapping| is_field(&mapping.from))
        || config.assignment.iter().any(|rule| rule.when.keys().any(is_condition))
        || config.automation.iter().any(|automation| {
            automation.uses.iter().any(|field| is_field(field)) || automation.when.keys().any(is_condition)
        })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const HEADER: &str =
        "chat_id,started_at,visitor_name,visitor_email,visitor_phone,topic,tags,is_bot,is_spam,is_test\n";

    fn ids(toml: &str, rows: &str) -> Vec<String> {
        let found = flagged("REQ005", toml, &[("chat", &format!("{HEADER}{rows}"))]);
        found
            .iter()
            .map(|row| format!("{} {}", row.record_id.as_deref().unwrap(), row.column.as_deref().unwrap()))
            .collect()
    }

    #[test]
    fn only_qualifying_people_are_asked_for_a_name() {
        let rows = "c1,2026-10-01T09:00:00Z,,ana@acme.example,,x,,false,false,false\n\
            c2,2026-10-01T09:00:00Z,N/A,,+1 415 555 0101,x,,false,false,false\n\
            c3,2026-10-01T09:00:00Z,Guest,,,x,a;Demo_Request,,,\n\
            c4,,Bo Lee,bo@acme.example,,x,,,,\n\
            c5,2026-10-01T09:00:00Z,,ana@acme.example,,x,,true,false,false\n\
            c6,2026-10-01T09:00:00Z,,ana@acme.example,,x,,false,yes,false\n\
            c7,2026-10-01T09:00:00Z,,ana@acme.example,,x,,false,false,1\n\
            c8,2026-10-01T09:00:00Z,,ana@acme.example,,x,spam,false,false,0\n\
            c9,2026-10-01T09:00:00Z,,n/a,123,x,Topic_Support,false,false,false\n\
            c10,2026-10-01T09:00:00Z,Test,ana@acme.example,,x,,false,false,false\n";
        assert_eq!(ids("", rows), ["c4 started_at", "c1 visitor_name", "c2 visitor_name", "c3 visitor_name"]);
    }

    #[test]
    fn the_gate_is_the_configs() {
        let rows =
            "c1,2026-10-01T09:00:00Z,,ana@acme.example,,x,,,,\nc2,2026-10-01T09:00:00Z,,,+1 415 555 0101,x,,,,\n";
        assert_eq!(ids("[qualify]\nany = ['phone']\n", rows), ["c2 visitor_name"]);
    }

    #[test]
    fn a_topic_is_asked_for_only_where_something_uses_it() {
        let rows = "c1,2026-10-01T09:00:00Z,Ana,ana@acme.example,,,,,,\n";
        assert!(ids("", rows).is_empty());
        for toml in [
            "[[mapping]]\nfrom = 'chat.topic'\nto = 'lead.Topic__c'\n",
            "[[assignment]]\nname = 'a'\nowner = 'b'\nwhen = { topic = 'Pricing' }\n",
            "[[automation]]\nname = 'a'\nuses = ['chat.topic']\n",
        ] {
            assert_eq!(ids(toml, rows), ["c1 topic"], "{toml}");
        }
        assert!(ids("[[mapping]]\nfrom = 'chat.tags'\nto = 'lead.Topic__c'\n", rows).is_empty());
    }
}
