//! DRF003: a value that is short for another.

use super::columns::report;
use crate::matching::drift::Relation;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that are a short form of exactly one other: without a word that only says the kind
    /// (`EAST` for East Region, where the column also has West Region), abbreviated (`E. Region`, `Telecom`), initials
    /// (`APAC`), another name of the same country, state, month or weekday in a column that holds those (`USA`, `Calif.`), and
    /// the spellings that `[drift.aliases]` gives. If several values could be meant there is no finding: `Paid` beside Paid
    /// Search and Paid Social.
    ///
    /// Codes of two letters are read by what the column holds: `CA` is California among states and Canada among countries, and
    /// nothing in a column that holds both. Where another column has the country, codes of states are read row by row: `WA` is
    /// Washington beside `US` and Western Australia beside `Australia`, if the column has that name, and `CA` beside Canada is
    /// nothing. Where most cells have the short form, the long one is what should change.
    ///
    /// Columns are those of DRF001, without companies, of which one may be named after another.
    ///
    /// ## Why it matters
    ///
    /// Territories, segments and dashboards compare exactly: half of a region is counted under another name.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Region__c
    /// 1,East Region
    /// 2,East Region
    /// 3,EAST
    /// 4,West Region
    /// 5,West Region
    /// 6,East Region
    /// ```
    ///
    /// ```csv lead passes
    /// Id,LeadSource
    /// 1,Paid
    /// 2,Paid Search
    /// 3,Paid Social
    /// 4,Paid
    /// 5,Paid Search
    /// 6,Paid Social
    /// ```
    ///
    /// Two that many cells have are two, whatever they have in common:
    ///
    /// ```csv lead passes
    /// Id,LeadSource
    /// 1,Facebook
    /// 2,Facebook Ads
    /// 3,LinkedIn Ads
    /// 4,Facebook
    /// 5,Facebook Ads
    /// 6,LinkedIn Ads
    /// 7,Bing
    /// 8,Bing Ads
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: what is meant is inferred from the data, so a person confirms it, per group or for the rule.
    pub struct ShortForm {
        code: "DRF003",
        name: "short-form",
        family: Drift,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Values,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Review,
        message: "short or other forms in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, &[Relation::Short, Relation::Vocabulary, Relation::Alias])
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn the_config_says_what_is_one_value() {
        let leads = "Id,Segment__c\n1,Enterprise\n2,Enterprise\n3,Key Account\n4,Big Fish\n5,Enterprise\n6,Key Account\n7,Big Fish\n";
        let config = "[drift.aliases.Segment__c]\nEnterprise = [\"Key Account\", \"big fish\"]\n";
        let found = flagged("DRF003", config, &[("lead", leads)]);
        assert!(found.iter().all(|row| row.suggested.as_deref() == Some("Enterprise")), "{found:?}");
        assert_eq!(found.len(), 4);
        assert!(flagged("DRF003", "", &[("lead", leads)]).is_empty());
    }
}
