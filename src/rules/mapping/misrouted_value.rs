//! MAP004: values that went into another field.

use std::collections::BTreeMap;

use super::failures::{report, since};
use crate::normalise::proof::{Fault, Proof};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that a chat made, whose mapped field is blank or shows something else, while another field of the record
    /// holds what the chat said: as its whole value, or as whole words (`Reason: Pricing` among notes). The other field must
    /// hold the record's own value more than twice as often as it holds that of the next such record: else it is chance.
    ///
    /// The detail says since when: the day on which the first of these records was created.
    ///
    /// Judged are the `[[mapping]]` entries of the config, on records that the chat made (`docs/links.md` says which those
    /// are); each value is reported by one of MAP004 to MAP010. Chat fields that no entry names are judged by the field in
    /// which most of their values land, as `leadlint map` tells it, and only where at least three records went into the
    /// same other field.
    ///
    /// ## Why it matters
    ///
    /// The value is there, and every report, rule and automation that looks for it in its field misses it.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[mapping]]
    /// from = "chat.reason"
    /// to = "lead.Reason__c"
    /// ```
    ///
    /// ```csv chat
    /// chat_id,started_at,ended_at,visitor_email,reason
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Pricing
    /// c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Migration
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,CreatedDate,Reason__c,Description
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,,Reason: Pricing
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,,Reason: Migration
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,CreatedDate,Reason__c,Description
    /// 1,ana@acme.example,2026-10-01T09:10:05Z,Pricing,Reason: Pricing
    /// 2,bo@acme.example,2026-10-02T09:10:05Z,Migration,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Needs review: the chat's value, translated, is proposed. Emails, phones, names, companies, owners and consent are never
    /// changed by a script. Mend the mapping first, or the next chat does it again.
    pub struct MisroutedValue {
        code: "MAP004",
        name: "misrouted-value",
        family: Mapping,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Links,
        kinds: [Chat, Crm],
        needs: [],
        safety: Review,
        message: "of {checked|record|records} of {source}, {count} hold the chat's {column} in another field",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let words = |proof: &Proof, column: usize| {
        let table = cx.tables.iter().find(|table| table.index == proof.to.0)?;
        let since = since(proof, column).map(|day| format!(", since {day}")).unwrap_or_default();
        Some(format!("it stands in {}{since}", table.source.header(column)))
    };
    let mut out = report(cx, Severity::Error, |proof, failed| match &failed.fault {
        Fault::Misrouted { column } => words(proof, *column),
        _ => None,
    })?;
    undeclared(cx, &mut out, words)?;
    Ok(out)
}

/// Reports what went astray of the chat fields that no mapping names.
fn undeclared(
    cx: &Check<'_>,
    out: &mut Outcome,
    words: impl Fn(&Proof, usize) -> Option<String>,
) -> anyhow::Result<()> {
    /// Fewer records than this that show a value in one other field are no fault of a mapping that nobody declared.
    const FEW: usize = 3;
    for proof in cx.facts.inferred_proofs() {
        let Some(table) = cx.tables.iter().find(|table| table.index == proof.to.0) else { continue };
        let mut astray: BTreeMap<usize, usize> = BTreeMap::new();
        for failed in &proof.failed {
            if let Fault::Misrouted { column } = failed.fault {
                *astray.entry(column).or_default() += 1;
            }
        }
        let (from, to) = &cx.facts.inferred()[proof.at].names;
        let arrow = format!("{from} -> {to} (not declared)");
        let tested = proof.tested.iter().filter(|record| table.holds(record.row)).count();
        out.checked(table, Some(proof.to.1), tested as u64);
        let found: Vec<PairHit> = proof
            .failed
            .iter()
            .filter_map(|failed| {
                let Fault::Misrouted { column } = failed.fault else { return None };
                let row = table.part_row(failed.link.record.row).filter(|_| astray[&column] >= FEW)?;
                let why = words(proof, column)?;
                let later = if failed.edited { "; the record was changed since" } else { "" };
                Some(PairHit {
                    row,
                    suggested: Some(failed.meant.clone()),
                    detail: format!("{arrow}: {why}; linked by {}{later}", failed.link.by.as_str()),
                    other: Some(failed.link.chat),
                    severity: failed.edited.then_some(Severity::Info),
                    ..PairHit::default()
                })
            })
            .collect();
        out.push(pair_hits::hits(table, Some(proof.to.1), &found, (Severity::Error, Safety::Manual))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::rules::testing::flagged;

    /// Forty pairs; every fourth reason went into the subject instead.
    fn exports(astray: u32) -> (String, String) {
        let mut chats = "chat_id,started_at,ended_at,visitor_email,reason\n".to_owned();
        let mut leads = "Id,CreatedDate,LastModifiedDate,Email,Reason__c,Subject__c\n".to_owned();
        for n in 0..40 {
            let day = 1 + n % 28;
            let reason = ["Pricing", "Migration", "Support", "Security"][(n * 7 / 3 % 4) as usize];
            let _ =
                writeln!(chats, "c{n},2026-10-{day:02}T09:00:00Z,2026-10-{day:02}T09:10:00Z,v{n}@x.example,{reason}");
            let at = format!("2026-10-{day:02}T09:10:05Z");
            let cells = if n % 4 == 3 && n / 4 < astray { format!(",{reason}") } else { format!("{reason},") };
            let _ = writeln!(leads, "L{n},{at},{at},v{n}@x.example,{cells}");
        }
        (chats, leads)
    }

    #[test]
    fn fields_that_no_mapping_names_are_judged_by_where_most_values_land() {
        let (chats, leads) = exports(10);
        let found = flagged("MAP004", "", &[("chat", &chats), ("lead", &leads)]);
        assert_eq!(found.len(), 10);
        assert_eq!(found[0].column.as_deref(), Some("Reason__c"));
        assert_eq!(
            found[0].detail,
            "chat.reason -> lead.Reason__c (not declared): it stands in Subject__c, since 2026-10-04; linked by email"
        );
    }

    #[test]
    fn two_records_are_no_fault_of_a_mapping_that_nobody_declared() {
        let (chats, leads) = exports(2);
        assert!(flagged("MAP004", "", &[("chat", &chats), ("lead", &leads)]).is_empty());
        let toml = "[[mapping]]\nfrom = 'chat.reason'\nto = 'lead.Reason__c'\n";
        assert_eq!(flagged("MAP004", toml, &[("chat", &chats), ("lead", &leads)]).len(), 2);
    }
}
