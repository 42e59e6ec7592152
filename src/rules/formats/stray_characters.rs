//! FMT005: characters that do not belong.

use crate::normalise::marks;
use crate::normalise::text::is_invisible;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Characters that do not belong in a field of one line: white space at the ends, control characters, zero-width and
    /// non-breaking spaces, joiners between Latin letters. Fields of several lines (notes, transcripts, addresses) are
    /// not looked at.
    ///
    /// ## Why it matters
    ///
    /// The value looks right and compares wrong: filters, matching and lookups miss it.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Company,City
    /// 1,Acme ,Bonn
    /// 2,Acme,Bad Homburg
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Company,Description
    /// 1,Acme," two lines
    /// of notes "
    /// 2,Müller & Söhne,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Safe in plain text fields: spaces become ordinary, the rest is taken out. In fields that carry identity,
    /// ownership, stage or consent a person decides.
    pub struct StrayCharacters {
        code: "FMT005",
        name: "stray-characters",
        family: Formats,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Safe,
        message: "characters that do not belong in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

const DIRT: u8 = marks::OUTER_SPACE | marks::CONTROL | marks::INVISIBLE | marks::NON_BREAKING;

/// Fields whose change is never safe (RULES, "Cleanup classes"): identity, ownership, stage, consent, ids.
const KEY: [Role; 14] = [
    Role::Id,
    Role::ChatId,
    Role::RecordId,
    Role::Email,
    Role::Phone,
    Role::Name,
    Role::FirstName,
    Role::LastName,
    Role::Company,
    Role::Domain,
    Role::Owner,
    Role::Status,
    Role::Stage,
    Role::OptIn,
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            if cx.facts.of(table).columns.is_multi_line(column) {
                continue;
            }
            out.checked(table, Some(column), (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64);
            let role = table.source.role_of(column);
            // A line end in a field that is known to have one line is a control character there.
            let dirt = if role.is_some() { DIRT | marks::LINE_BREAK } else { DIRT };
            let found: Vec<(u32, u8)> =
                table.marks(column).of(dirt).filter(|(_, found)| found & marks::MOJIBAKE == 0).collect();
            if found.is_empty() {
                continue;
            }
            let text = table.text(column);
            let suggested: StringChunked = found.iter().map(|(row, _)| text.get(*row).map(cleaned)).collect();
            let detail: StringChunked = found.iter().map(|(_, found)| Some(what(found & dirt))).collect();
            let key = role.is_some_and(|role| KEY.contains(&role));
            out.push(
                Hits::rows(table, Some(column), found.iter().map(|(row, _)| *row).collect())?
                    .with("suggested", suggested.into_series())?
                    .with("detail", detail.into_series())?
                    .with_safety(if key { Safety::Review } else { Safety::Safe })?,
            );
        }
    }
    Ok(out)
}

/// The cell with ordinary spaces, without what takes no room, without white space at its ends. Doubled spaces inside are
/// kept: they may be meant.
fn cleaned(cell: &str) -> String {
    let chars: Vec<char> = cell.chars().collect();
    let latin = |at: Option<usize>| {
        at.and_then(|at| chars.get(at)).is_none_or(|c| c.is_ascii() || ('\u{C0}'..='\u{24F}').contains(c))
    };
    let mut out = String::with_capacity(cell.len());
    for (at, &c) in chars.iter().enumerate() {
        match c {
            // A line end of two characters is one.
            '\r' if chars.get(at + 1) == Some(&'\n') => {}
            '\u{A0}' | '\u{2007}' | '\u{202F}' | '\n' | '\r' | '\t' => out.push(' '),
            '\u{200C}'..='\u{200F}' if !(latin(at.checked_sub(1)) && latin(Some(at + 1))) => out.push(c),
            c if is_invisible(c) || c.is_control() => {}
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

fn what(found: u8) -> String {
    const NAMES: [(u8, &str); 5] = [
        (marks::OUTER_SPACE, "white space at an end"),
        (marks::CONTROL, "control character"),
        (marks::INVISIBLE, "invisible character"),
        (marks::NON_BREAKING, "non-breaking space"),
        (marks::LINE_BREAK, "line end or tab"),
    ];
    NAMES.iter().filter(|(mark, _)| found & mark != 0).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_leaves_the_text() {
        for (cell, clean) in [
            (" Acme\u{A0}Corp ", "Acme Corp"),
            ("Ac\u{200B}me", "Acme"),
            ("Ac\u{200D}me\u{0}", "Acme"),
            ("नमस्\u{200D}ते ", "नमस्\u{200D}ते"),
            ("two\nlines", "two lines"),
            ("two\r\nlines\r", "two lines"),
        ] {
            assert_eq!(cleaned(cell), clean, "{cell:?}");
        }
    }
}
