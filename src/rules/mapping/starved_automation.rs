//! MAP013: automations that read fields which nothing fills.

use super::failures::near;
use crate::normalise::declared::{Fed, Use};
use crate::rules::outcome::Checked;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[automation]]` entries one of whose `uses` is not in the export, is blank in over half of the rows, or is a CRM
    /// field of leads or contacts that no `[[mapping]]` fills. Of CRM fields the records that chats made are counted, of
    /// chat fields the chats that qualify; every row where there are none.
    ///
    /// A field without a mapping is severity info where it is filled all the same in at least half of those records: then
    /// something fills it, undeclared. What the CRM fills by itself (ids, owners, times, statuses, scores, lead sources)
    /// needs no mapping, and nothing does where the config declares none.
    ///
    /// ## Why it matters
    ///
    /// An automation without its input does nothing, or sends everybody down its default branch, and nobody is told.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[automation]]
    /// name = "route by reason"
    /// uses = ["lead.Reason__c"]
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,Reason__c
    /// 1,ana@acme.example,
    /// 2,bo@acme.example,Pricing
    /// 3,cy@acme.example,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Reason__c
    /// 1,ana@acme.example,Migration
    /// 2,bo@acme.example,Pricing
    /// 3,cy@acme.example,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: map a chat field into it, or make the form or the visitor's field required; else retire the automation.
    pub struct StarvedAutomation {
        code: "MAP013",
        name: "starved-automation",
        family: Mapping,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Facts,
        kinds: [Chat, Crm],
        needs: [Need::Setting("[[automation]] uses", |config| config.automation.iter().any(|one| !one.uses.is_empty()))],
        safety: Manual,
        message: "an automation reads {source} · {column}, which is not there or not filled",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for one in &cx.facts.declared.uses {
        let automation = &cx.config.automation[one.automation];
        let place = cx.config.places.of("automation", one.automation).map(|place| format!("{place}: "));
        let front = format!("{}{}", place.unwrap_or_default(), automation.name);
        let table = one.field.source.and_then(|source| cx.tables.iter().find(|table| table.index == source));
        let Some(table) = table else {
            out.unchecked(format!("{front}: no source {} is loaded among CRM and chat exports", one.field.name));
            continue;
        };
        out.checked.push(Checked { source: table.index, column: one.field.column, count: 1 });
        let Some((why, severity)) = starved(one, table) else { continue };
        let hits = Hits::whole(table, one.field.column, &format!("{front}: {why}"))?
            .with_text("value", &automation.uses[one.nth])?
            .with_severity(severity)?;
        out.push(hits);
    }
    Ok(out)
}

/// Why a field does not serve the automation that reads it, if it does not.
fn starved(one: &Use, table: &Table) -> Option<(String, Severity)> {
    if one.field.column.is_none() {
        let near = near(table, &one.field.header);
        return Some((format!("{} has no column {}{near}", table.name(), one.field.header), Severity::Error));
    }
    let blank = one.rows - one.filled;
    match (one.is_starved(), one.fed) {
        (true, fed) => {
            let fed = if fed == Fed::Nothing { "no mapping fills it; " } else { "" };
            let why = format!("{fed}blank in {blank} of {} {}", one.rows, one.of.as_str());
            Some((why, Severity::Error))
        }
        (false, Fed::Nothing) if one.rows == 0 => Some(("no mapping fills it".to_owned(), Severity::Error)),
        (false, Fed::Nothing) => {
            let why = format!("no mapping fills it, though {} of {} {} show it", one.filled, one.rows, one.of.as_str());
            Some((why, Severity::Info))
        }
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,topic\n\
        c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Price\n\
        c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,\n\
        c3,2026-10-03T09:00:00Z,2026-10-03T09:10:00Z,,\n";
    const LEADS: &str = "Id,Email,CreatedDate,Topic__c,Size__c,OwnerId\n\
        1,ana@acme.example,2026-10-01T09:10:05Z,Price,9,u1\n2,bo@acme.example,2026-10-02T09:10:05Z,,9,u1\n\
        7,w@acme.example,2026-10-02T12:10:05Z,,,u1\n8,v@acme.example,2026-10-02T13:10:05Z,,,u1\n";
    const MAPPED: &str = "[[mapping]]\nfrom = \"chat.topic\"\nto = \"lead.Topic__c\"\n";

    fn details(mapping: &str, uses: &str) -> Vec<String> {
        let toml = format!("{mapping}[[automation]]\nname = \"route\"\nuses = [\"{uses}\"]\n");
        let found = flagged("MAP013", &toml, &[("lead", LEADS), ("chat", CHATS)]);
        found.into_iter().map(|row| row.detail.split_once("route: ").unwrap().1.to_owned()).collect()
    }

    #[test]
    fn only_rows_in_which_the_field_could_be_filled_count() {
        // Half is not over half: leads 7 and 8 came another way, chat c3 does not qualify.
        assert!(details(MAPPED, "lead.Topic__c").is_empty());
        assert!(details(MAPPED, "chat.topic").is_empty());
    }

    #[test]
    fn absent_unmapped_and_what_the_crm_fills() {
        assert_eq!(details("", "lead.Topik__c"), ["lead has no column Topik__c; did you mean Topic__c?"]);
        assert_eq!(
            details(MAPPED, "lead.Size__c"),
            ["no mapping fills it, though 2 of 2 records that chats made show it"]
        );
        assert!(details("", "lead.Size__c").is_empty(), "no mapping is declared at all");
        assert!(details(MAPPED, "lead.OwnerId").is_empty());
    }
}
