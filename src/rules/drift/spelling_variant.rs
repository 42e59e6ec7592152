//! DRF001: one value written in several ways.

use super::columns::report;
use crate::matching::drift::Relation;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that are one value written differently: case, space, camelCase, punctuation,
    /// accents, space around it, word order, what stands between the parts of a list. What changes the meaning is kept apart: numbers and ranges (`1-10` is not `110`), `A+` and
    /// `A-`, `C`, `C++` and `C#`, `R&D`. The value to keep is the one that the picklist of the source's `schema` or
    /// `[drift.aliases]` lists, else the most frequent well-formed spelling. Companies, where `[drift] columns` names
    /// them, compare without their legal form.
    ///
    /// Columns are chosen by their own values: they repeat, are short, and are no ids, names, places, numbers, dates,
    /// web addresses, users, tags or free text. `[drift] columns` replaces the choice.
    ///
    /// ## Why it matters
    ///
    /// Assignment rules, segments and dashboards compare exactly: "EastRegion" is in no territory.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Region__c
    /// 1,East Region
    /// 2,East Region
    /// 3,EastRegion
    /// 4,east-region
    /// 5,West Region
    /// 6,West Region
    /// 7,East Region
    /// 8,West Region
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Size__c
    /// 1,1-10
    /// 2,1-10
    /// 3,110
    /// 4,110
    /// 5,A+
    /// 6,A-
    /// 7,A+
    /// 8,A-
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: the value to keep is inferred from the data, so a person confirms it, per group or for the rule.
    ///
    /// ## References
    ///
    /// Key collision after OpenRefine's fingerprint method, on words split at camelCase as well.
    pub struct SpellingVariant {
        code: "DRF001",
        name: "spelling-variant",
        family: Drift,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Values,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Review,
        message: "other spellings of {groups|value|values} in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, &[Relation::Spelling, Relation::WordOrder])
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn the_picklist_says_which_spelling_to_keep() {
        let leads =
            "Id,Region__c\n1,EastRegion\n2,EastRegion\n3,EastRegion\n4,east-region\n5,West\n6,WEST\n7,West\n8,West\n";
        let schema = |values: &str| {
            format!(
                r#"{{"fields":[{{"name":"Region__c","type":"picklist","restrictedPicklist":true,"picklistValues":[{values}]}}]}}"#
            )
        };
        let run = |values: &str| {
            let mut found: Vec<_> = flagged("DRF001", "", &[("schema", &schema(values)), ("lead", leads)])
                .into_iter()
                .filter_map(|row| Some((row.value?, row.suggested?, row.detail)))
                .collect();
            found.dedup();
            found
        };
        let found = run(r#"{"value":"East Region"},{"value":"West"},{"value":"WEST"}"#);
        let says = "the picklist says \"East Region\"";
        assert!(found.iter().all(|row| row.1 == "East Region" && row.2 == says), "{found:?}");
        assert_eq!(found.len(), 2);
        // What is not listed is as without a picklist.
        assert!(run(r#"{"value":"North"}"#).iter().any(|row| row.0 == "WEST" && row.1 == "West"));
    }
}
