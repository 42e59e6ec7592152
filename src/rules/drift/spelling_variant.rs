//! DRF001: one value written in several ways.

use super::picklist::Picklist;
use crate::matching::spelling::{self, Cluster, Relation};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that are one value written differently: case, space, camelCase, punctuation,
    /// accents, word order. What changes the meaning is kept apart: numbers and ranges (`1-10` is not `110`), `A+` and
    /// `A-`, `C`, `C++` and `C#`, `R&D`. The value to keep is the one that the picklist of the source's `schema` lists, else
    /// the most frequent well-formed spelling.
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
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let facts = &cx.facts.of(table).columns[column];
            let Ok(category) = &facts.category else { continue };
            let filled = table.height() - table.blank(column).sum().unwrap_or(0) as usize;
            out.checked(table, Some(column), filled as u64);
            let picklist = table.source.declared(column).and_then(Picklist::of);
            let variants = variants(category, picklist.as_ref(), table.name(), table.source.header(column));
            let text = |get: fn(&Variant) -> &str| -> Series {
                variants.iter().map(|v| Some(get(v))).collect::<StringChunked>().into_series()
            };
            let confidence: Vec<f64> = variants.iter().map(|variant| variant.confidence).collect();
            let frame = df!("confidence" => confidence)?;
            out.push(
                Hits::new(table, Some(column), Place::Values, frame)?
                    .with("value", text(|variant| &variant.value))?
                    .with("suggested", text(|variant| &variant.suggested))?
                    .with("key", text(|variant| &variant.key))?
                    .with("detail", text(|variant| &variant.detail))?,
            );
        }
    }
    Ok(out)
}

/// A cell value that should change.
struct Variant {
    value: String,
    suggested: String,
    key: String,
    detail: String,
    confidence: f64,
}

/// The variants among the distinct cell values of a column; where cells hold several values, each part is judged by
/// itself and the cell is put together again.
fn variants(category: &Category, picklist: Option<&Picklist<'_>>, source: &str, header: &str) -> Vec<Variant> {
    let parts = |cell: &str| -> Vec<String> {
        match category.separator {
            Some(separator) => cell.split(separator).map(str::to_owned).collect(),
            None => vec![cell.to_owned()],
        }
    };
    let mut counts: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for (cell, count) in &category.values {
        for part in parts(cell) {
            // Space around a part of several is the separator's; around a whole cell it is FMT005's, and rides along.
            *counts.entry(trimmed(&part).to_owned()).or_default() += count;
        }
    }
    for listed in picklist.iter().flat_map(|list| list.active()) {
        counts.entry(listed.to_owned()).or_default();
    }
    let mut clusters = spelling::clusters(&counts);
    if let Some(picklist) = picklist {
        for cluster in &mut clusters {
            prefer_listed(cluster, picklist, &counts);
        }
    }
    let mut canonical: std::collections::BTreeMap<&str, &Cluster> = std::collections::BTreeMap::new();
    for cluster in &clusters {
        for (value, _) in &cluster.variants {
            canonical.insert(value, cluster);
        }
    }
    let mut found = Vec::new();
    for (cell, _) in &category.values {
        let mut changed: Option<&Cluster> = None;
        let mut confidence = 1.0_f64;
        let mended: Vec<String> = parts(cell)
            .into_iter()
            .map(|part| {
                let Some(cluster) = canonical.get(trimmed(&part)) else { return part };
                changed = Some(cluster);
                confidence = confidence.min(cluster.confidence_of(trimmed(&part)));
                cluster.canonical.clone()
            })
            .collect();
        let Some(cluster) = changed else { continue };
        let separator = category.separator.map(String::from).unwrap_or_default();
        found.push(Variant {
            value: cell.clone(),
            suggested: mended.join(&separator),
            key: [source, header, &cluster.canonical].join("\u{1F}"),
            detail: if picklist.is_some_and(|list| list.holds(&cluster.canonical)) {
                format!("the picklist says \"{}\"", cluster.canonical)
            } else {
                format!("{} cells say \"{}\"", cluster.count, cluster.canonical)
            },
            confidence,
        });
    }
    found
}

/// Makes the listed value of a cluster the one to keep, the most frequent one if several are listed; no listed value is a
/// variant of another.
fn prefer_listed(cluster: &mut Cluster, picklist: &Picklist<'_>, counts: &std::collections::BTreeMap<String, u64>) {
    let count = |value: &str| counts.get(value).copied().unwrap_or(0);
    let mut members = vec![(cluster.canonical.clone(), Relation::Spelling)];
    members.append(&mut cluster.variants);
    let listed = members.iter().filter(|(value, _)| picklist.holds(value));
    let best = listed.max_by(|a, b| count(&a.0).cmp(&count(&b.0)).then_with(|| b.0.cmp(&a.0))).cloned();
    if let Some((best, relation)) = best {
        members.retain(|(value, _)| !picklist.holds(value));
        if relation == Relation::WordOrder {
            for member in &mut members {
                member.1 = Relation::WordOrder;
            }
        }
        members.sort_by(|a, b| a.0.cmp(&b.0));
        (cluster.count, cluster.canonical) = (count(&best), best);
    } else {
        members.remove(0);
    }
    cluster.variants = members;
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
