//! FMT011: files that do not hold all they should.

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Files that do not hold all they should: fewer rows than the footer declares (`Grand Totals (5700 records)`), a
    /// count of rows that is exactly a cap of a known program (2,000; 65,536; 100,000; 1,048,576), or a header and no row.
    ///
    /// ## Why it matters
    ///
    /// What is missing passes every other check, and "lost" chats may only be cut off.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: export again, in parts if the program has a cap.
    pub struct IncompleteExport {
        code: "FMT011",
        name: "incomplete-export",
        family: Formats,
        severity: Error,
        dimension: Completeness,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|file|files} of {source} cut off or empty",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Rows that programs stop at: reports shown on screen, old and new spreadsheets (with and without the header), list
/// exports.
const CAPS: [u64; 6] = [2_000, 65_535, 65_536, 100_000, 1_048_575, 1_048_576];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        out.checked(table, None, table.source.files.len() as u64);
        for file in &table.source.files {
            let rows = file.rows + file.unreadable + file.set_aside.len() as u64;
            let defect = match file.declared_rows {
                Some(declared) if rows < declared => {
                    Some((format!("{rows} of {declared}"), format!("{rows} rows, its footer declares {declared}")))
                }
                _ if rows == 0 => Some(("0".to_owned(), "a header and no row".to_owned())),
                None if CAPS.contains(&rows) => {
                    Some((rows.to_string(), format!("exactly {rows} rows, where known programs cut off")))
                }
                Some(_) | None => None,
            };
            if let Some((value, why)) = defect {
                out.push(Hits::whole(table, None, &format!("{}: {why}", file.path))?.with_text("value", &value)?);
            }
        }
    }
    Ok(out)
}
