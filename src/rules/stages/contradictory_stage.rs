//! STG001: a record whose stage and other fields contradict each other.

use crate::model::SystemField;
use crate::normalise::boolean::is_true;
use crate::normalise::text::is_blank;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records that say two things of where they stand: leads that are converted but name no contact, and deals that are
    /// won, by their flag or their stage, without the day on which they were closed. Only where the export has both columns.
    ///
    /// ## Why it matters
    ///
    /// A conversion without a contact loses the history of the lead, and a won deal without a date is in no quarter.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,IsConverted,ConvertedContactId
    /// 1,true,003A
    /// 2,true,
    /// ```
    ///
    /// ```csv deal flags
    /// Id,Name,StageName,CloseDate
    /// 1,Renewal,Closed Won,
    /// ```
    ///
    /// ```csv lead passes
    /// Id,IsConverted,ConvertedContactId
    /// 1,true,003A
    /// 2,false,
    /// ```
    ///
    /// ```csv deal passes
    /// Id,Name,StageName,CloseDate
    /// 1,Renewal,Closed Won,2026-10-01
    /// 2,Upgrade,Closed Lost,
    /// 3,Pilot,Not Won Yet,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: which of the two is right is known to the owner of the record.
    pub struct ContradictoryStage {
        code: "STG001",
        name: "contradictory-stage",
        family: Stages,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Deal],
        needs: [],
        safety: Manual,
        message: "{column} is blank in {count|record|records} of {source} whose stage needs it",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Stages that mean won, in letters only, as CRMs and their translations write them.
const WON: [&str; 13] = [
    "abgeschlossenundgewonnen",
    "cerradaganada",
    "cerradoganado",
    "closedwon",
    "ferméegagnée",
    "ganada",
    "ganado",
    "gagné",
    "gagnée",
    "geschlossengewonnen",
    "gewonnen",
    "won",
    "dealwon",
];

fn is_won(stage: &str) -> bool {
    let letters: String = stage.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    WON.contains(&letters.as_str())
}

/// Columns that contradict each other where the first says so and the second is blank.
struct Pair {
    says: usize,
    test: fn(&str) -> bool,
    blank: usize,
    detail: &'static str,
}

fn pairs(table: &Table) -> Vec<Pair> {
    let source = &table.source;
    let converted = source.system(SystemField::Converted).map(|column| (column, is_true as fn(&str) -> bool));
    let dated = || source.system(SystemField::ConvertedAt).map(|column| (column, (|_| true) as fn(&str) -> bool));
    let won = source.system(SystemField::Won).map(|column| (column, is_true as fn(&str) -> bool));
    let staged =
        || table.role(Role::Stage).or_else(|| table.role(Role::Status)).map(|c| (c, is_won as fn(&str) -> bool));
    [
        (converted.or_else(dated), SystemField::ConvertedContact, "converted, but into no contact"),
        (won.or_else(staged), SystemField::ClosedAt, "won, but not closed on any day"),
    ]
    .into_iter()
    .filter_map(|(says, field, detail)| {
        let ((says, test), blank) = (says?, source.system(field)?);
        Some(Pair { says, test, blank, detail })
    })
    .collect()
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let pairs = pairs(table);
        if pairs.is_empty() {
            out.unchecked(format!(
                "{} has neither a converted and a converted contact column, nor a stage and a close date column",
                table.name()
            ));
        }
        for Pair { says, test, blank, detail } in pairs {
            let (stage, needed) = (table.text(says), table.text(blank));
            let mut checked = 0;
            let mut rows = Vec::new();
            for ((row, stage), needed) in (0..).zip(stage.iter()).zip(needed.iter()) {
                if stage.is_some_and(|stage| !is_blank(Some(stage)) && test(stage)) {
                    checked += 1;
                    if is_blank(needed) {
                        rows.push(row);
                    }
                }
            }
            out.checked(table, Some(blank), checked);
            out.push(Hits::rows(table, Some(blank), rows)?.with_text("detail", detail)?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn ids(object: &str, text: &str) -> Vec<String> {
        flagged("STG001", "", &[(object, text)]).into_iter().filter_map(|row| row.record_id).collect()
    }

    #[test]
    fn converted_leads_are_looked_at() {
        assert_eq!(ids("lead", "Id,IsConverted,ConvertedContactId\n1,TRUE, \n2,1,003\n3,0,\n4,,\n"), ["1"]);
        assert_eq!(ids("lead", "Id,ConvertedDate,ConvertedContactId\n1,2026-10-01,\n2,,\n"), ["1"]);
        assert!(ids("lead", "Id,IsConverted\n1,true\n").is_empty(), "the export has no such column");
    }

    #[test]
    fn won_deals_need_a_date() {
        assert_eq!(ids("deal", "Id,Name,IsWon,StageName,CloseDate\n1,A,true,Signed,\n2,B,false,Closed Won,\n"), ["1"]);
        assert_eq!(ids("deal", "Id,Name,StageName,CloseDate\n1,A,6 - Closed/Won,\n2,B,Wonder,\n3,C,Lost,\n"), ["1"]);
        assert!(ids("deal", "Id,Name,StageName\n1,A,Closed Won\n").is_empty());
    }
}
