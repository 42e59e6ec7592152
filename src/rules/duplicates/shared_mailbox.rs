//! DUP009: a mailbox that several people read.

use std::borrow::Cow;

use polars::prelude::{DataFrame, NamedFrom};
use rayon::prelude::*;

use super::cluster::{self, Names};
use crate::normalise::email;
use crate::normalise::function_mailbox::is_function;
use crate::normalise::keys::{Key, KeyName};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Addresses that belong to an office rather than a person: those whose name is a function (`info@`, `sales@`,
    /// `noreply@` and the like, in several languages, after RFC 2142), those that stand beside more than two different
    /// names, and those on more records than DUP001's `shared-above`.
    ///
    /// ## Why it matters
    ///
    /// It is a reason against merging: the records behind one such address may be several people, and DUP001 joins them.
    /// Consent that one of them gives is not the others'.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Name,Email
    /// 1,Ana Moss,info@acme.example
    /// 2,Bo Lee,bo@acme.example
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Name,Email
    /// 1,Ana Moss,house@acme.example
    /// 2,Bo Lee,house@acme.example
    /// 3,Cy Fox,house@acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Name,Email
    /// 1,Ana Moss,ana@acme.example
    /// 2,"Moss, Ana",ana@acme.example
    /// 3,ANA MOSS,ana@acme.example
    /// 4,Ana Moss-Lee,ana@acme.example
    /// 5,Ines Info,ines.info@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None: reject the DUP001 groups of these addresses, or ask for personal addresses.
    ///
    /// ## References
    ///
    /// RFC 2142, "Mailbox names for common services, roles and functions".
    pub struct SharedMailbox {
        code: "DUP009",
        name: "shared-mailbox",
        family: Duplicates,
        severity: Info,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::Email),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Manual,
        message: "{count|record|records} of {source} in {groups|shared mailbox|shared mailboxes}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The canonical address of entry `at` of the email key, whose entries of one cell stand in the order of the cell.
fn address(table: &Table, key: &Key, at: usize) -> Option<String> {
    if let Some(address) = key.shared.get(&key.code[at]) {
        return Some(address.clone());
    }
    let place = |at: usize| (key.row[at], key.column[at]);
    let before = (0..at).rev().take_while(|other| place(*other) == place(at)).count();
    let cell = table.text(key.column[at] as usize).get(key.row[at])?;
    if Some(key.column[at] as usize) == table.role(Role::Email) {
        return email::canonical(cell).map(Cow::into_owned);
    }
    cell.split(';').filter_map(email::canonical).nth(before).map(Cow::into_owned)
}

/// The records of function's addresses and of addresses that several records hold: the columns of
/// [`cluster::by_address`], `function` (bool) and `names` (u32, different ones on the address) beside.
fn members(table: &Table, key: &Key) -> anyhow::Result<DataFrame> {
    let found: Vec<(usize, (String, bool))> = (0..key.code.len())
        .into_par_iter()
        .filter_map(|entry| {
            // More than two names need more than two records.
            let crowded = key.count[key.code[entry] as usize] > 2;
            let address = address(table, key, entry)?;
            let of_function = is_function(&address);
            ((crowded || of_function) && !email::is_placeholder(&address)).then_some((entry, (address, of_function)))
        })
        .collect();
    let (at, (keys, function)): (Vec<usize>, (Vec<String>, Vec<bool>)) = found.into_iter().unzip();
    let names = Names::of(table);
    let name: StringChunked = at.iter().map(|at| names.at(key.row[*at])).collect();
    let mut frame = cluster::entries(table, key, &at)?;
    frame.with_column(Series::new("function".into(), function).into_column())?;
    frame.with_column(name.with_name("name".into()).into_column())?;
    frame.with_column(Series::new("key".into(), keys).into_column())?;
    Ok(cluster::pointed(frame.lazy().with_columns([
        col("record").n_unique().over([col("code")])?.alias("records"),
        col("name").drop_nulls().n_unique().over([col("code")])?.alias("names"),
    ]))?)
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let limit = cluster::shared_above(cx.config);
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let key = table.key(KeyName::Email);
        out.checked(
            table,
            Some(primary),
            key.column.iter().filter(|column| **column as usize == primary).count() as u64,
        );
        let members = members(table, key)?;
        let said = |parts: Vec<Expr>| concat_str(parts, "", false);
        let detail = when(col("function"))
            .then(lit("the mailbox of an office: a reason against merging"))
            .when(col("records").gt(lit(limit)))
            .then(said(vec![lit("on "), col("records").cast(DataType::String), lit(" records: no key for merging")]))
            .when(col("names").gt(lit(2)))
            .then(said(vec![
                col("names").cast(DataType::String),
                lit(" different names on this address: a reason against merging"),
            ]));
        let members = members
            .lazy()
            .with_column(detail.otherwise(lit(NULL)).alias("detail"))
            .filter(col("detail").is_not_null())
            .collect()?;
        for part in members.partition_by_stable(["column"], true)? {
            let column = part.column("column")?.u32()?.get(0).map(|column| column as usize);
            out.push(Hits::new(table, column, Place::Rows, part.select(["at", "key", "detail"])?)?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn run(leads: &str) -> Vec<(String, String)> {
        let rows = flagged("DUP009", "", &[("lead", leads)]);
        rows.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.detail)).collect()
    }

    #[test]
    fn two_names_are_a_marriage_and_three_an_office() {
        let rows = |third: &str| {
            format!(
                "Id,FirstName,LastName,Email\n1,Ana,Moss,h@acme.example\n2,Ana,Lee,H@acme.example\n3,{third},h@acme.example\n"
            )
        };
        assert!(run(&rows("ANA,MOSS")).is_empty() && run(&rows(",")).is_empty() && run(&rows("Unknown,")).is_empty());
        assert_eq!(run(&rows("Bo,Fox")).len(), 3);
    }

    #[test]
    fn an_address_on_many_records_is_said_once_each() {
        let rows = (0..11).map(|n| format!("{n},Ana Lee,ana@acme.example\n")).collect::<Vec<_>>().concat();
        let found = run(&format!("Id,Name,Email\n{rows}"));
        assert_eq!(found.len(), 11);
        assert_eq!(found[0].1, "on 11 records: no key for merging");
        let rows = (0..11).map(|n| format!("{n},Ana Lee,none@none.com\n")).collect::<Vec<_>>().concat();
        assert!(run(&format!("Id,Name,Email\n{rows}")).is_empty());
    }

    #[test]
    fn additional_addresses_count_too() {
        let found = run("Id,Email,Email 2\n1,ana@acme.example,x@acme.example;info@acme.example\n2,bo@acme.example,\n");
        assert_eq!(found.len(), 1);
    }
}
