//! DUP002: one mailbox under several addresses.

use super::cluster;
use crate::normalise::keys::KeyName;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source whose different addresses reach one mailbox. Gmail ignores dots and what follows a `+`, and
    /// googlemail.com is gmail.com: an error. Elsewhere only what follows a `+` is cut, and the names must agree (case and
    /// accents aside): a warning. Dots count at every other domain, companies' own domains at Google included.
    ///
    /// Records with the same address are DUP001's; a cluster is reported here if it holds two addresses or more, and then
    /// with every member. Placeholders, and mailboxes on more records than DUP001's `shared-above`, are no key.
    ///
    /// ## Why it matters
    ///
    /// One person gets every mail twice, under two owners, and opts out of one of them only.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email
    /// 1,Ana,Moss,ana.moss@gmail.com
    /// 2,A.,Moss,anamoss+news@googlemail.com
    /// ```
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email
    /// 1,Bo,Lee,bo@acme.example
    /// 2,bo,LEE,bo+demo@acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email
    /// 1,Cy,Fox,events+cy@acme.example
    /// 2,Di,Ray,events+di@acme.example
    /// 3,Ed,Orr,e.orr@acme.example
    /// 4,Ed,Orr,eorr@acme.example
    /// 5,,,f+1@acme.example
    /// 6,,,f+2@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record, together with the DUP001 clusters that share a record, once a person says
    /// so, per group or for the rule with `--decide DUP002=accept`.
    ///
    /// ## References
    ///
    /// Google Account Help, "Dots don't matter in Gmail addresses"; RFC 5233 for the tag after `+`.
    pub struct EquivalentMailbox {
        code: "DUP002",
        name: "equivalent-mailbox",
        family: Duplicates,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::Mailbox),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Review,
        message: "{count|record|records} of {source} share {groups|mailbox|mailboxes} under different addresses",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let limit = cluster::shared_above(cx.config);
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let key = table.key(KeyName::Mailbox);
        out.checked(
            table,
            Some(primary),
            key.column.iter().filter(|column| **column as usize == primary).count() as u64,
        );
        let severity = |of: Severity| lit(of.rank());
        let said = [col("addresses"), lit(" addresses of one mailbox on "), col("records"), lit(" records")]
            .map(|part| part.cast(DataType::String));
        let members = cluster::by_mailbox(table, limit)?
            .lazy()
            .with_columns([
                concat_str(said, "", false).alias("detail"),
                when(col("google"))
                    .then(severity(Severity::Error))
                    .otherwise(severity(Severity::Warning))
                    .alias("severity"),
            ])
            .collect()?;
        for part in members.partition_by_stable(["column"], true)? {
            let column = part.column("column")?.u32()?.get(0).map(|column| column as usize);
            out.push(Hits::new(table, column, Place::Rows, part.select(["at", "key", "detail", "severity"])?)?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn ids(leads: &str) -> Vec<String> {
        let mut ids: Vec<_> =
            flagged("DUP002", "", &[("lead", leads)]).into_iter().filter_map(|row| row.record_id).collect();
        ids.sort();
        ids
    }

    #[test]
    fn a_pair_is_reported_once_by_the_first_rule_that_finds_it() {
        assert!(ids("Id,Email\n1,ana@gmail.com\n2,Ana@gmail.com\n").is_empty());
        assert_eq!(ids("Id,Email\n1,ana@gmail.com\n2,Ana@gmail.com\n3,a.na@gmail.com\n"), ["1", "2", "3"]);
        // Both hold one address, whatever else the first one has.
        assert!(ids("Id,Email,Email 2\n1,ana@gmail.com,a.na@gmail.com\n2,ana@gmail.com,\n").is_empty());
        // One record with two spellings is one record.
        assert!(ids("Id,Email,Email 2\n1,ana@gmail.com,a.na@gmail.com\n").is_empty());
    }

    #[test]
    fn dots_count_at_companies_and_tags_need_the_same_name() {
        assert!(ids("Id,Name,Email\n1,Ana Lee,ana.lee@acme.example\n2,Ana Lee,analee@acme.example\n").is_empty());
        assert_eq!(ids("Id,Name,Email\n1,José Roe,jr@acme.example\n2,JOSE ROE,jr+x@acme.example\n"), ["1", "2"]);
        assert!(ids("Id,Name,Email\n1,Ana Lee,ana@acme.example\n2,,ana+x@acme.example\n").is_empty());
        assert!(ids("Id,Name,Email\n1,Unknown,ana@acme.example\n2,Unknown,ana+x@acme.example\n").is_empty());
        // Of three, only those who agree.
        let three = "Id,Name,Email\n1,Ana Lee,p@acme.example\n2,Ana Lee,p+x@acme.example\n3,Bo Fox,p+y@acme.example\n";
        assert_eq!(ids(three), ["1", "2"]);
    }

    #[test]
    fn mailboxes_of_many_and_of_nobody_are_no_key() {
        let many = (0..11).map(|n| format!("{n},ana+{n}@gmail.com\n")).collect::<Vec<_>>().concat();
        assert!(ids(&format!("Id,Email\n{many}")).is_empty());
        assert_eq!(ids(&format!("Id,Email\n{}", many.replace("10,ana+10@gmail.com\n", ""))).len(), 10);
        assert!(ids("Id,Email\n1,no.email@gmail.com\n2,noemail@gmail.com\n").is_empty());
        assert!(
            flagged("DUP002", "[rules.DUP001]\nshared-above = 2\n", &[("lead", &format!("Id,Email\n{}", &many[..60]))])
                .is_empty()
        );
    }
}
