//! REQ002: addresses that cannot be written to.

use super::policy::is_placeholder;
use crate::normalise::email;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Cells of the email column that are no address: no `@`, a domain that ends in no public suffix (`.con`), white
    /// space inside, two addresses in one cell. Blank cells and words for nothing are REQ001's. A hash in place of the
    /// address (exports without names) is no slip and is not counted.
    ///
    /// ## Why it matters
    ///
    /// Mail bounces, the sync rejects the record, and the person cannot be matched by address.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana.acme.example
    /// 2,bo@acme.con
    /// 3,cy@acme.example; cy@home.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,Bo.O'Neil+news@mail.acme.example
    /// 3,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: a suggestion is made only where the end of the domain is a known slip (`.con` for `.com`).
    ///
    /// ## References
    ///
    /// RFC 5321 and RFC 5322 for the form, the Public Suffix List for the domain, RFC 2606 for reserved names.
    pub struct InvalidEmail {
        code: "REQ002",
        name: "invalid-email",
        family: Required,
        severity: Error,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Manual,
        message: "no usable address in {count} of {checked|filled cell|filled cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some((column, text)) = cx.text(table, Role::Email) else { continue };
        let parts = text.par_parts(|first, cells| {
            let mut found = Vec::new();
            let mut checked = 0_u64;
            for (row, cell) in (first..).zip(cells) {
                let Some(cell) = cell.map(trimmed).filter(|cell| !cell.is_empty()) else { continue };
                if is_placeholder(Some(Role::Email), cell) || email::is_digest(cell) {
                    continue;
                }
                checked += 1;
                if let Some(defect) = email::defect(cell) {
                    found.push((row, defect, suggestion(cell, defect)));
                }
            }
            (checked, found)
        });
        out.checked(table, Some(column), parts.iter().map(|part| part.0).sum());
        let found: Vec<_> = parts.into_iter().flat_map(|part| part.1).collect();
        let safety: StringChunked = found
            .iter()
            .map(|(_, _, suggested)| Some(if suggested.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
            .collect();
        let suggested: StringChunked = found.iter().map(|(_, _, suggested)| suggested.as_deref()).collect();
        let detail: StringChunked = found.iter().map(|(_, defect, _)| Some(*defect)).collect();
        out.push(
            Hits::rows(table, Some(column), found.iter().map(|(row, _, _)| *row).collect())?
                .with("suggested", suggested.into_series())?
                .with("safety", safety.into_series())?
                .with("detail", detail.into_series())?,
        );
    }
    Ok(out)
}

/// The address with a known slip at its end mended.
fn suggestion(cell: &str, defect: &str) -> Option<String> {
    const SLIPS: [(&str, &str); 8] = [
        ("con", "com"),
        ("cmo", "com"),
        ("ocm", "com"),
        ("comm", "com"),
        ("xom", "com"),
        ("vom", "com"),
        ("nte", "net"),
        ("ogr", "org"),
    ];
    if defect != "the domain ends in no public suffix" {
        return None;
    }
    let (front, end) = cell.rsplit_once('.')?;
    let end = end.to_ascii_lowercase();
    let (_, mended) = SLIPS.iter().find(|(slip, _)| *slip == end)?;
    let mended = format!("{front}.{mended}");
    email::defect(&mended).is_none().then_some(mended)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn a_hash_in_place_of_an_address_is_no_slip() {
        let leads = "Id,Email\n1,0123456789abcdef0123456789abcdef\n2,AbCdEfGhIjKlMnOpQrStUw==\n3,0123456789abcdef\n";
        let found = flagged("REQ002", "", &[("lead", leads)]);
        assert_eq!(found.into_iter().filter_map(|row| row.value).collect::<Vec<_>>(), ["0123456789abcdef"]);
    }
}
