//! REQ007: private mailboxes where companies are sold to.

use super::policy::is_placeholder;
use crate::normalise::email;
use crate::normalise::mail_provider::is_free;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Addresses of leads, contacts and chat visitors at the large providers of free and home mail (gmail.com,
    /// outlook.*, yahoo.*, gmx.*, web.de and the like), where `[audit] b2b = true` says that companies are sold to.
    ///
    /// ## Why it matters
    ///
    /// The domain does not lead to the company, so routing by account and matching by domain pass these people over. They
    /// may be as serious as any other: it is a note, no fault.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [audit]
    /// b2b = true
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana.moss.555@gmail.com
    /// 2,Bo.Lee.555@Hotmail.co.uk
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,bo@mygmail.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: ask for the address at work, in the form or in the first reply.
    pub struct FreeMail {
        code: "REQ007",
        name: "free-mail",
        family: Required,
        severity: Info,
        dimension: Completeness,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact],
        needs: [Need::Setting("[audit] b2b = true", |config| config.audit.b2b), Need::Role(Role::Email)],
        safety: Manual,
        message: "free mail in {count} of {checked|address|addresses} of {source} · {column}",
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
            let mut rows: Vec<u32> = Vec::new();
            let mut checked = 0_u64;
            for (row, cell) in (first..).zip(cells) {
                let Some(address) = cell.and_then(email::canonical) else { continue };
                checked += 1;
                let is_note = address.rsplit_once('@').is_some_and(|(_, domain)| is_free(domain));
                if is_note && !is_placeholder(Some(Role::Email), &address) && email::defect(&address).is_none() {
                    rows.push(row);
                }
            }
            (checked, rows)
        });
        out.checked(table, Some(column), parts.iter().map(|part| part.0).sum());
        out.push(Hits::rows(table, Some(column), parts.into_iter().flat_map(|part| part.1).collect())?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn it_is_a_note_for_sellers_to_companies_only() {
        let leads = "Id,Email\n1,ana.moss.555@web.de\n2,bo@acme.example\n3,none@gmail.con\n4,noemail@gmail.com\n";
        assert!(flagged("REQ007", "", &[("lead", leads)]).is_empty());
        let found = flagged("REQ007", "[audit]\nb2b = true\n", &[("lead", leads)]);
        assert_eq!(found.iter().filter_map(|row| row.record_id.as_deref()).collect::<Vec<_>>(), ["1"]);
    }
}
