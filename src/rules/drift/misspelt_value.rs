//! DRF002: a value with a slip of the keys.

use super::columns::report;
use crate::matching::drift::Relation;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that are a slip of the keys away from a more frequent one, from a value of the picklist,
    /// or from a name of a vocabulary that the column holds (countries, states, months, weekdays): letters swapped, doubled,
    /// left out, too many, misread. A word of up to eight letters may differ by one slip, a longer one by two; the rarer the
    /// spelling beside the other and the longer the word, the surer.
    ///
    /// Never one value are values that differ in a number, a lone letter, a direction (`East Region`, `West Region`), words of
    /// opposite meaning, a unit, a tier or a version; two entries of a vocabulary (`Niger`, `Nigeria`); two known words
    /// (`Banking`, `Baking`); and two values that are both frequent. A word that stands in other values of the column too is a
    /// word of its own. A slip is held against the value to keep, not against another slip.
    ///
    /// Columns are those of DRF001. In columns of companies near names are often two companies, so more must speak for a slip.
    ///
    /// ## Why it matters
    ///
    /// A misspelt value is in no territory, no segment and no picklist, and is found by nobody who looks for the right one.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Region__c
    /// 1,Central Region
    /// 2,Central Region
    /// 3,Central Region
    /// 4,Central Region
    /// 5,Central Region
    /// 6,Cenrtal Region
    /// 7,West Region
    /// 8,West Region
    /// 9,Central Region
    /// 10,West Region
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Region__c
    /// 1,East Region
    /// 2,East Region
    /// 3,East Region
    /// 4,East Region
    /// 5,East Region
    /// 6,West Region
    /// 7,Region 1
    /// 8,Region 2
    /// 9,Region 1
    /// 10,Region 1
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: the value that is meant is inferred from the data, so a person confirms it, per group or for the rule.
    ///
    /// ## References
    ///
    /// Candidates by deletion neighbourhoods and by the segments of Pass-Join (Li, Deng, Wang and Feng, 2011).
    pub struct MisspeltValue {
        code: "DRF002",
        name: "misspelt-value",
        family: Drift,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Values,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Review,
        message: "misspelt in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    report(cx, &[Relation::Misspelt])
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn a_range_is_no_list_and_a_doubted_number_no_slip() {
        let mut leads = "Id,Period__c\n".to_owned();
        for (value, count) in [("\"2006, 2009\"", 9), ("2006-2009", 1), ("2003", 9), ("2003?", 1), ("1999", 4)] {
            for n in 0..count {
                leads += &[&value.len().to_string(), &n.to_string(), ",", value, "\n"].concat();
            }
        }
        let config = "[drift]\ncolumns = [\"Period__c\"]\n";
        for code in ["DRF001", "DRF002", "DRF003"] {
            assert!(flagged(code, config, &[("lead", &leads)]).is_empty(), "{code}");
        }
    }

    #[test]
    fn a_slip_is_found_once_and_other_regions_are_not() {
        let mut leads = "Id,Region__c\n".to_owned();
        for (value, count) in [("Central Region", 9), ("Cenrtal Region", 1), ("CENTRAL REGION", 1), ("West Region", 9)]
        {
            for n in 0..count {
                leads += &[value, &n.to_string(), ",", value, "\n"].concat();
            }
        }
        let found = |code| -> Vec<_> {
            flagged(code, "", &[("lead", &leads)]).into_iter().filter_map(|row| row.value).collect()
        };
        assert_eq!(found("DRF002"), ["Cenrtal Region"]);
        assert_eq!(found("DRF001"), ["CENTRAL REGION"]);
        assert!(found("DRF003").is_empty());
    }
}
