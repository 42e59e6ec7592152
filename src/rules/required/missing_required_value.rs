//! REQ001: required columns left blank.

use super::policy::{RECORDS, is_placeholder, requirements};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Rows that leave a required column blank. Blank is null, white space, or a word for nothing *in that role*: `N/A`,
    /// `-`, `null`, `none`, `unknown`, `tbd`, `[not provided]`, `.`, `xx` in email, name and company. `unknown` is a fine
    /// picklist value, and Na, Null and Test are surnames.
    ///
    /// Required, unless `[sources.NAME] required` says otherwise: of a lead its email, creation time and one of name,
    /// first name, last name; of a contact the same, a missing email being a warning only; of an account its name; of a
    /// chat its id and start.
    ///
    /// ## Why it matters
    ///
    /// A lead without an email cannot be answered, matched with its chat or told from a duplicate.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email,LastName,CreatedDate
    /// 1,,Moss,2026-10-01T09:00:00Z
    /// 2,bo@acme.example,N/A,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,LastName,CreatedDate
    /// 1,ana@acme.example,Null,2026-10-01T09:00:00Z
    /// 2,bo@acme.example,Na,2026-10-01T09:00:00Z
    /// ```
    ///
    /// ## Options
    ///
    /// - `placeholders`: further words that mean nothing, compared trimmed and case-folded, in every required column.
    ///
    /// ## Cleanup
    ///
    /// None by script: nobody but the person or the chat knows the value.
    pub struct MissingRequiredValue {
        code: "REQ001",
        name: "missing-required-value",
        family: Required,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::AnyRole(&RECORDS)],
        safety: Manual,
        message: "no {column} in {count} of {checked|row|rows} of {source}",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.REQ001]`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Further words that mean nothing.
    pub placeholders: Vec<String>,
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let further: Vec<String> = options.placeholders.iter().map(|word| word.trim().to_lowercase()).collect();
    let mut out = Outcome::default();
    for table in &cx.tables {
        for requirement in requirements(&table.source) {
            let Some(first) = requirement.columns.first().copied() else { continue };
            let missing = requirement
                .columns
                .iter()
                .map(|column| nothing(table, *column, &further))
                .reduce(|all, column| &all & &column)
                .unwrap_or_default();
            out.checked(table, Some(first), table.height() as u64);
            let rows = true_rows(&missing);
            let blank = table.blank(first);
            let detail: StringChunked = rows
                .iter()
                .map(|row| Some(if blank.get(*row as usize) == Some(true) { "blank" } else { "a word for nothing" }))
                .collect();
            let mut hits = Hits::rows(table, Some(first), rows)?.with("detail", detail.into_series())?;
            if requirement.severity != Severity::Error {
                hits = hits.with_severity(requirement.severity)?;
            }
            out.push(hits);
        }
    }
    Ok(out)
}

/// Which cells of a column hold nothing, or a word for it.
fn nothing(table: &Table, column: usize, further: &[String]) -> BooleanChunked {
    let role = table.source.role_of(column);
    let is_word = |cell: &str| {
        is_placeholder(role, cell) || (!further.is_empty() && further.contains(&trimmed(cell).to_lowercase()))
    };
    let blank = table.blank(column);
    if let Some(dictionary) = table.dictionary(column) {
        let words: Vec<bool> = dictionary.values.iter().map(|value| is_word(value)).collect();
        if !words.contains(&true) {
            return blank.clone();
        }
        let words = BooleanChunked::from_iter_values(
            "word".into(),
            dictionary.codes.iter().map(|code| words.get(*code as usize).copied().unwrap_or(false)),
        );
        return blank | &words;
    }
    let parts = table.text(column).par_parts(|_, cells| {
        cells.map(|cell| cell.is_some_and(|cell| cell.len() <= 20 && is_word(cell))).collect::<Vec<_>>()
    });
    blank | &BooleanChunked::from_iter_values("word".into(), parts.into_iter().flatten())
}
