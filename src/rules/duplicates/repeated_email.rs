//! DUP001: one address on several records.

use crate::normalise::email;
use crate::normalise::keys::KeyName;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source that carry the same email address under different ids. Addresses compare trimmed and
    /// case-folded, in the primary and in additional email columns. Every member of the cluster is listed.
    ///
    /// An address that stands for "none" is no key, nor is one on more than `shared-above` records: that is a shared
    /// mailbox, which DUP009 reports.
    ///
    /// ## Why it matters
    ///
    /// Two owners write to one person, consent given on one record is not seen on the other, and every count of leads is
    /// too high. The email is the authoritative key of a person.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,Ana@Acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,bo@acme.example
    /// 3,none@none.com
    /// 4,none@none.com
    /// ```
    ///
    /// ## Options
    ///
    /// - `shared-above`: an address on more records than this is a shared mailbox and no key.
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record. A merge cannot be undone everywhere, so a person decides, per group or
    /// for the rule with `--decide DUP001=accept`.
    pub struct RepeatedEmail {
        code: "DUP001",
        name: "repeated-email",
        family: Duplicates,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::Email),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Review,
        message: "{count|record|records} of {source} share {groups|address|addresses}",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.DUP001]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// An address on more records than this is a shared mailbox and no key.
    pub shared_above: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { shared_above: 10 }
    }
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let key = table.key(KeyName::Email);
        out.checked(
            table,
            Some(primary),
            key.column.iter().filter(|column| **column as usize == primary).count() as u64,
        );
        let records = record_codes(table);
        let at: Vec<usize> = key.repeated().collect();
        let pick = |from: &[u32]| -> Vec<u32> { at.iter().map(|at| from[*at]).collect() };
        let rows = pick(&key.row);
        let record: Vec<u64> = rows.iter().map(|row| records[*row as usize]).collect();
        let columns = pick(&key.column);
        let rank: Vec<&str> = columns
            .iter()
            .map(|column| *column as usize)
            .map(|column| if column == primary { "" } else { table.source.header(column) })
            .collect();
        let mut members =
            df!("at" => &rows, "column" => &columns, "rank" => rank, "code" => pick(&key.code), "record" => record)?
                .lazy()
                .with_column(col("record").n_unique().over([col("code")])?.alias("records"))
                .filter(col("records").gt(lit(1)).and(col("records").lt_eq(lit(options.shared_above))))
                // A record that holds the address twice is one member, pointed at in its primary column if it is there.
                .filter(col("rank").eq(col("rank").min().over([col("at"), col("code")])?))
                .unique_stable(Some(by_name(["at", "code"], true, false)), UniqueKeepStrategy::Any)
                .sort(["at"], SortMultipleOptions::default())
                .collect()?;
        let address: StringChunked =
            members.column("code")?.u32()?.iter().map(|code| key.shared.get(&code?).map(String::as_str)).collect();
        let kept: BooleanChunked =
            address.iter().map(|address| address.is_some_and(|address| !email::is_placeholder(address))).collect();
        members.with_column(address.with_name("key".into()).into_column())?;
        for part in members.filter(&kept)?.partition_by_stable(["column"], true)? {
            let column = part.column("column")?.u32()?.get(0).map(|column| column as usize);
            let detail = part
                .clone()
                .lazy()
                .select([concat_str(
                    [lit("same address on "), col("records").cast(DataType::String), lit(" records")],
                    "",
                    false,
                )
                .alias("detail")])
                .collect()?;
            let hits = Hits::new(table, column, Place::Rows, part.select(["at", "key"])?)?;
            out.push(hits.with("detail", detail.column("detail")?.clone())?);
        }
    }
    Ok(out)
}

/// A number per row that is equal for rows of one record: the code of its id, else the row itself.
fn record_codes(table: &Table) -> Vec<u64> {
    let ids = table.key(KeyName::RecordId);
    let mut codes: Vec<u64> = (0..table.height() as u64).map(|row| (1 << 32) + row).collect();
    for (row, code) in ids.row.iter().zip(&ids.code) {
        codes[*row as usize] = u64::from(*code);
    }
    codes
}
