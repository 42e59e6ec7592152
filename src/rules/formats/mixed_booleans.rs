//! FMT001: yes and no in the words of several vocabularies.

use std::collections::BTreeMap;

use crate::normalise::boolean::{VOCABULARIES, word};
use crate::normalise::column_formats::{FileFormats, file_rows};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Columns of yes and no that are written in several vocabularies: `true` beside `1`, `yes` beside `Y`. Every filled
    /// cell must be such a word, or the column is a picklist (`Yes`, `No`, `Maybe`). Case makes no other vocabulary.
    ///
    /// Files are judged one by one: a report's `1` and `0` beside an interface's `true` and `false` are how the two
    /// programs export, not what stands in the CRM.
    ///
    /// ## Why it matters
    ///
    /// A filter on `true` misses the rest, and an import reads "yes" as false, or refuses it.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Newsletter__c
    /// 1,true
    /// 2,false
    /// 3,true
    /// 4,1
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Newsletter__c,Interested__c
    /// 1,true,Yes
    /// 2,False,No
    /// 3,TRUE,Maybe
    /// 4,,1
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: the word of the vocabulary that most cells use. Safe where a mapping declares the translation.
    pub struct MixedBooleans {
        code: "FMT001",
        name: "mixed-booleans",
        family: Formats,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Review,
        message: "yes or no in other words than the rest in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let ranges = file_rows(table);
        for column in table.source.columns() {
            let formats = cx.facts.of(table).columns.formats(column);
            let text = table.text(column);
            let declared = declared(cx, table, column);
            let mut checked: Option<u64> = None;
            let mut rows = Vec::new();
            let mut suggested: Vec<String> = Vec::new();
            let mut safety: Vec<&str> = Vec::new();
            for (file, range) in formats.files.iter().zip(&ranges) {
                let Some(strays) = strays(file) else { continue };
                for row in range.clone() {
                    let cell = trimmed(text.get(row).unwrap_or_default());
                    *checked.get_or_insert(0) += u64::from(!cell.is_empty());
                    let Some(usual) = strays.get(cell) else { continue };
                    let meant = declared.iter().find(|(from, _)| from.eq_ignore_ascii_case(cell)).map(|(_, to)| *to);
                    rows.push(row);
                    suggested.push(meant.unwrap_or(usual).to_owned());
                    let safe = meant.is_some() && table.source.role_of(column) != Some(Role::OptIn);
                    safety.push(if safe { Safety::Safe } else { Safety::Review }.as_str());
                }
            }
            if let Some(checked) = checked {
                out.checked(table, Some(column), checked);
            }
            if !rows.is_empty() {
                out.push(
                    Hits::rows(table, Some(column), rows)?
                        .with(
                            "suggested",
                            suggested.iter().map(|s| Some(s.as_str())).collect::<StringChunked>().into_series(),
                        )?
                        .with("safety", safety.into_iter().map(Some).collect::<StringChunked>().into_series())?
                        .with_text("detail", "another vocabulary than most cells of the file")?,
                );
            }
        }
    }
    Ok(out)
}

/// How mappings into the column say that a value is to be translated.
fn declared<'a>(cx: &'a Check<'_>, table: &Table, column: usize) -> Vec<(&'a str, &'a str)> {
    let target = |to: &str| {
        to.split_once('.')
            .is_some_and(|(source, name)| source == table.name() && table.source.column_named(name) == Some(column))
    };
    let mappings = cx.config.mapping.iter().filter(|mapping| target(&mapping.to));
    mappings.flat_map(|mapping| &mapping.values).map(|(from, to)| (from.as_str(), to.as_str())).collect()
}

/// The cells of one file that are not of the vocabulary of most, with the word that the file would use. `None` where not
/// every filled cell is yes or no; empty where one vocabulary holds them all.
fn strays(file: &FileFormats) -> Option<BTreeMap<&str, String>> {
    let words: Vec<(&str, &str, bool, u64)> = file
        .booleans
        .iter()
        .filter_map(|(cell, count)| word(cell).map(|(_, yes)| (cell.as_str(), cell.as_str(), yes, *count)))
        .collect();
    if words.is_empty() || file.filled() != words.iter().map(|(_, _, _, count)| count).sum::<u64>() {
        return None;
    }
    let of = |cell: &str, (yes, no): (&str, &str)| {
        let lower = cell.to_lowercase();
        lower == yes || lower == no
    };
    // Of vocabularies that hold as many cells the first counts.
    let mut best = (VOCABULARIES[0], 0);
    for vocabulary in VOCABULARIES {
        let count = words.iter().filter(|(cell, ..)| of(cell, vocabulary)).map(|(_, _, _, count)| *count).sum();
        if count > best.1 {
            best = (vocabulary, count);
        }
    }
    let (vocabulary, _) = best;
    let usual = |yes: bool| -> String {
        let mut spellings: Vec<(u64, &str)> = words
            .iter()
            .filter(|(cell, _, says, _)| *says == yes && of(cell, vocabulary))
            .map(|(cell, _, _, count)| (*count, *cell))
            .collect();
        spellings.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        spellings.first().map_or(if yes { vocabulary.0 } else { vocabulary.1 }, |(_, cell)| cell).to_owned()
    };
    Some(
        words.iter().filter(|(cell, ..)| !of(cell, vocabulary)).map(|(cell, _, yes, _)| (*cell, usual(*yes))).collect(),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn the_minority_is_pointed_at_in_the_words_of_the_majority() {
        let rows = flagged("FMT001", "", &[("lead", "Id,Vip\n1,TRUE\n2,TRUE\n3,False\n4,yes\n5,n\n")]);
        let found: Vec<_> = rows.iter().map(|row| (row.value.as_deref(), row.suggested.as_deref())).collect();
        assert_eq!(found, [(Some("yes"), Some("TRUE")), (Some("n"), Some("False"))]);
    }

    #[test]
    fn files_may_have_vocabularies_of_their_own() {
        let files = [("lead", "Id,Vip\n1,true\n2,false\n"), ("lead", "Id,Vip\n3,1\n4,0\n5,1\n")];
        assert!(flagged("FMT001", "", &files).is_empty());
        let files = [("lead", "Id,Vip\n1,true\n2,true\n6,1\n"), ("lead", "Id,Vip\n3,1\n4,0\n5,1\n")];
        assert_eq!(flagged("FMT001", "", &files).len(), 1);
    }

    #[test]
    fn languages_share_their_no() {
        assert!(flagged("FMT001", "", &[("lead", "Id,Vip\n1,Sí\n2,No\n3,sí\n")]).is_empty());
    }

    #[test]
    fn a_declared_translation_is_safe() {
        let toml = "[sources.chats]\npath = \"c.csv\"\n[sources.lead]\npath = \"l.csv\"\n[[mapping]]\nfrom = \"chats.vip\"\nto = \"lead.Vip\"\nvalues = { yes = \"true\" }\n";
        let rows = flagged("FMT001", toml, &[("lead", "Id,Vip\n1,true\n2,true\n3,Yes\n4,no\n")]);
        let found: Vec<_> = rows.iter().map(|row| (row.suggested.as_deref(), row.safety.as_str())).collect();
        assert_eq!(found, [(Some("true"), "safe"), (Some("false"), "review")]);
    }
}
