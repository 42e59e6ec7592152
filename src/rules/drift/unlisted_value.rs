//! DRF004: a value that the picklist does not list.

use std::collections::BTreeMap;

use super::picklist::{Picklist, Standing};
use crate::normalise::text::is_blank;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values that the picklist of the CRM does not list. What it lists stands in the file that `schema` names under
    /// `[sources.NAME]`: a Salesforce describe, or HubSpot's properties. The label and the API value of an entry both
    /// count, and cells of a multi-select field are split at `;`.
    ///
    /// A value that is listed but no longer active is a warning, and any value of a picklist that takes others as well
    /// (`restrictedPicklist: false`) is a note. Space around a cell is FMT005's.
    ///
    /// ## Why it matters
    ///
    /// Nobody can choose the value any more, no filter offers it, and an import that brings it back is refused.
    ///
    /// ## Example
    ///
    /// ```json schema
    /// {"fields": [{
    ///   "name": "Region__c", "label": "Region", "type": "picklist", "restrictedPicklist": true,
    ///   "picklistValues": [
    ///     {"value": "east", "label": "East Region", "active": true},
    ///     {"value": "west", "label": "West Region", "active": true}
    ///   ]
    /// }]}
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Region__c
    /// 1,East Region
    /// 2,North Region
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region
    /// 1,East Region
    /// 2,west
    /// 3,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Safe where only case or space differ from one listed value. Review where one listed value is like it. Manual where
    /// none is, and for values that are no longer active: the list, or the record, has to be changed by hand.
    pub struct UnlistedValue {
        code: "DRF004",
        name: "unlisted-value",
        family: Drift,
        severity: Error,
        dimension: Validity,
        scope: Scope::Values,
        kinds: [Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|cell|cells} of {source} · {column} hold what the picklist does not list",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let name = table.name();
        if table.source.schema.is_none() {
            out.unchecked(format!(
                "{name} has no schema; give one under [sources.{name}], as schema = \"describe.json\""
            ));
            continue;
        }
        let picklists: Vec<(usize, Picklist<'_>)> = table
            .source
            .columns()
            .filter_map(|column| Some((column, Picklist::of(table.source.declared(column)?)?)))
            .collect();
        if picklists.is_empty() {
            out.unchecked(format!("the schema of {name} declares no picklist among the export's columns"));
        }
        for (column, picklist) in picklists {
            let blank = table.blank(column).sum().unwrap_or(0) as usize;
            out.checked(table, Some(column), (table.height() - blank) as u64);
            let mut found: BTreeMap<&str, Finding> = BTreeMap::new();
            match table.dictionary(column) {
                Some(dictionary) => judge(&picklist, dictionary.values.iter().map(String::as_str), &mut found),
                None => judge(&picklist, table.text(column).iter().flatten(), &mut found),
            }
            out.push(hits(table, column, &found)?);
        }
    }
    Ok(out)
}

/// What is wrong with a cell, and what it ought to be.
struct Finding {
    suggested: Option<String>,
    safety: Safety,
    severity: Severity,
    confidence: f64,
    detail: &'static str,
}

fn judge<'t>(picklist: &Picklist<'_>, cells: impl Iterator<Item = &'t str>, found: &mut BTreeMap<&'t str, Finding>) {
    for cell in cells {
        if !found.contains_key(cell)
            && !is_blank(Some(cell))
            && let Some(finding) = judged(picklist, cell)
        {
            found.insert(cell, finding);
        }
    }
}

fn judged(picklist: &Picklist<'_>, cell: &str) -> Option<Finding> {
    let parts: Vec<&str> = if picklist.several { cell.split(';').collect() } else { vec![cell] };
    let mut worst: Option<(u8, Finding)> = None;
    let mut mended = Vec::with_capacity(parts.len());
    for part in &parts {
        let of = |rank, safety, severity, confidence, detail| {
            Some((rank, Finding { suggested: None, safety, severity, confidence, detail }))
        };
        let text = trimmed(part);
        let standing = if text.is_empty() { Standing::Listed } else { picklist.standing(text) };
        let one = match standing {
            Standing::Listed => None,
            Standing::Variant(_) => of(0, Safety::Safe, Severity::Error, 1.0, "listed, but for case or space"),
            Standing::Near(_, percent) => {
                let confidence = f64::from(percent) / 100.0;
                of(1, Safety::Review, Severity::Error, confidence, "one listed value is like it")
            }
            Standing::Inactive => of(2, Safety::Manual, Severity::Warning, 1.0, "listed, but no longer active"),
            Standing::Unlisted => of(3, Safety::Manual, Severity::Error, 1.0, "no listed value is like it"),
        };
        mended.push(match standing {
            Standing::Variant(meant) | Standing::Near(meant, _) => meant,
            _ => part,
        });
        // Of several, the one that is hardest to mend decides; any that is not listed is an error.
        if let Some((rank, finding)) = one {
            worst = Some(match worst.take() {
                Some((held, before)) if held >= rank => (held, before.no_milder_than(finding.severity)),
                Some((_, before)) => (rank, finding.no_milder_than(before.severity)),
                None => (rank, finding),
            });
        }
    }
    let (_, mut finding) = worst?;
    if finding.safety != Safety::Manual {
        finding.suggested = Some(mended.join(";"));
    }
    if !picklist.restricted {
        finding.severity = Severity::Info;
    }
    Some(finding)
}

impl Finding {
    fn no_milder_than(self, severity: Severity) -> Self {
        Self { severity: self.severity.max(severity), ..self }
    }
}

fn hits(table: &Table, column: usize, found: &BTreeMap<&str, Finding>) -> anyhow::Result<Hits> {
    let text = |cells: Vec<Option<&str>>| cells.into_iter().collect::<StringChunked>().into_series();
    let values: Vec<Option<&str>> = found.keys().map(|value| Some(*value)).collect();
    let suggested = found.values().map(|finding| finding.suggested.as_deref()).collect();
    let safety = found.values().map(|finding| Some(finding.safety.as_str())).collect();
    let detail = found.values().map(|finding| Some(finding.detail)).collect();
    let header = table.source.header(column);
    // What is to become one value is one group.
    let keys: Vec<String> = found
        .iter()
        .map(|(value, finding)| {
            [table.name(), header, finding.suggested.as_deref().unwrap_or_else(|| trimmed(value))].join("\u{1F}")
        })
        .collect();
    let frame = df!(
        "confidence" => found.values().map(|finding| finding.confidence).collect::<Vec<_>>(),
        "severity" => found.values().map(|finding| finding.severity.rank()).collect::<Vec<_>>(),
    )?;
    Ok(Hits::new(table, Some(column), Place::Values, frame)?
        .with("value", text(values))?
        .with("suggested", text(suggested))?
        .with("safety", text(safety))?
        .with("detail", text(detail))?
        .with("key", text(keys.iter().map(|key| Some(key.as_str())).collect()))?)
}

#[cfg(test)]
mod tests {
    use crate::evidence::EvidenceRow;
    use crate::rules::testing::flagged;

    const SCHEMA: &str = r#"{"fields":[
        {"name":"Region__c","label":"Region","type":"picklist","restrictedPicklist":true,"picklistValues":[
            {"value":"East","label":"East","active":true},{"value":"West","label":"West","active":true},
            {"value":"Central","label":"Central","active":false}]},
        {"name":"Interests__c","label":"Interests","type":"multipicklist","restrictedPicklist":true,"picklistValues":[
            {"value":"Chat","label":"Chat","active":true},{"value":"Phone","label":"Phone","active":true}]},
        {"name":"Industry","label":"Industry","type":"picklist","restrictedPicklist":false,"picklistValues":[
            {"value":"Banking","label":"Banking","active":true}]}]}"#;

    fn run(leads: &str) -> Vec<EvidenceRow> {
        flagged("DRF004", "", &[("schema", SCHEMA), ("lead", leads)])
    }

    fn said(row: &EvidenceRow) -> (&str, Option<&str>, &str) {
        (row.value.as_deref().unwrap_or_default(), row.suggested.as_deref(), row.safety.as_str())
    }

    #[test]
    fn case_and_space_are_safe_the_rest_is_judged() {
        let found = run("Id,Region__c\n1,East\n2,EAST\n3,Wesst\n4,North\n5, East\n6,Central\n7,east \n");
        let mut said: Vec<_> = found.iter().map(said).collect();
        said.sort();
        assert_eq!(
            said,
            [
                ("Central", None, "manual"),
                ("EAST", Some("East"), "safe"),
                ("North", None, "manual"),
                ("Wesst", Some("West"), "review"),
                ("east ", Some("East"), "safe"),
            ]
        );
    }

    #[test]
    fn several_values_in_a_cell_are_judged_one_by_one() {
        let found = run("Id,Interests\n1,Chat;Phone\n2,chat; Phone\n3,Chat;Fax\n4,Chat;\n");
        let mut said: Vec<_> = found.iter().map(said).collect();
        said.sort();
        assert_eq!(said, [("Chat;Fax", None, "manual"), ("chat; Phone", Some("Chat; Phone"), "safe")]);
    }

    #[test]
    fn columns_that_the_schema_does_not_list_are_not_judged() {
        assert!(run("Id,Status,Email\n1,Whatever,ana@acme.example\n2,Other,bo@acme.example\n").is_empty());
        assert!(flagged("DRF004", "", &[("lead", "Id,Region__c\n1,North\n")]).is_empty());
    }
}
