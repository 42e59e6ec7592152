//! FMT006: text that an encoding has damaged.

use crate::model::IssueKind;
use crate::normalise::marks;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Text that an encoding has damaged: UTF-8 read as Windows-1252 (`JosÃ©`), the replacement character U+FFFD, words
    /// of question marks (`????`) where letters were lost, and cells whose bytes are not of the file's encoding.
    ///
    /// Question marks count only at the start of a word and in fields of one line; "Really???" is somebody's excitement.
    ///
    /// ## Why it matters
    ///
    /// People are addressed by a wrong name, and the record no longer matches itself in other systems.
    ///
    /// ## Example
    ///
    /// ```csv contact flags
    /// Id,LastName
    /// 1,JosÃ©
    /// 2,????????
    /// 3,M�ller
    /// ```
    ///
    /// ```csv contact passes
    /// Id,LastName,Subject
    /// 1,José,Really???
    /// 2,Ångström,What?
    /// 3,Ação,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review where the text can be read back (`JosÃ©` is `José`); by hand where letters are lost.
    ///
    /// ## References
    ///
    /// The way back is that of ftfy (R. Speer, 2019): encode as Windows-1252 and accept only what is then valid UTF-8.
    pub struct DamagedEncoding {
        code: "FMT006",
        name: "damaged-encoding",
        family: Formats,
        severity: Error,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "text damaged by an encoding in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let wanted = if cx.facts.of(table).columns.is_multi_line(column) {
                marks::MOJIBAKE
            } else {
                marks::MOJIBAKE | marks::QUESTION_RUN
            };
            out.checked(table, Some(column), (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64);
            let found: Vec<(u32, u8)> = table.marks(column).of(wanted).collect();
            if !found.is_empty() {
                let text = table.text(column);
                let judged: Vec<(Option<String>, &str)> =
                    found.iter().map(|(row, found)| judge(text.get(*row).unwrap_or_default(), *found)).collect();
                let suggested: StringChunked = judged.iter().map(|(mended, _)| mended.as_deref()).collect();
                let detail: StringChunked = judged.iter().map(|(_, why)| Some(*why)).collect();
                let safety: StringChunked = judged
                    .iter()
                    .map(|(mended, _)| Some(if mended.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
                    .collect();
                out.push(
                    Hits::rows(table, Some(column), found.iter().map(|(row, _)| *row).collect())?
                        .with("suggested", suggested.into_series())?
                        .with("detail", detail.into_series())?
                        .with("safety", safety.into_series())?,
                );
            }
            let foreign: Vec<u32> = table
                .issues()
                .filter(|(_, issue)| issue.kind == IssueKind::ForeignBytes && issue.column == Some(column))
                .map(|(at, _)| at)
                .collect();
            let frame = df!("at" => foreign)?;
            out.push(
                Hits::new(table, Some(column), Place::Issues, frame)?
                    .with_text("detail", "bytes that are not of the file's encoding, read as Windows-1252")?,
            );
        }
    }
    Ok(out)
}

/// What the cell was, if it can be read back, and why it is damaged.
fn judge(cell: &str, found: u8) -> (Option<String>, &'static str) {
    if cell.contains('\u{FFFD}') {
        return (None, "replacement character: letters are lost");
    }
    if found & marks::MOJIBAKE != 0 {
        return (marks::repair(cell), "UTF-8 read as Windows-1252");
    }
    (None, "question marks where letters were lost")
}
