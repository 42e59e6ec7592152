//! DRF001: one value written in several ways.

use crate::matching::spelling::{self, Cluster};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Values of a categorical column that are one value written differently: case, space, camelCase, punctuation,
    /// accents, word order. What changes the meaning is kept apart: numbers and ranges (`1-10` is not `110`), `A+` and
    /// `A-`, `C`, `C++` and `C#`, `R&D`. The value to keep is the most frequent well-formed spelling.
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
            let variants = variants(category, table.name(), table.source.header(column));
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
fn variants(category: &Category, source: &str, header: &str) -> Vec<Variant> {
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
    let clusters = spelling::clusters(&counts);
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
            detail: format!("{} cells say \"{}\"", cluster.count, cluster.canonical),
            confidence,
        });
    }
    found
}
