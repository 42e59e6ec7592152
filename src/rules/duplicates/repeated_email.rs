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
        needs: [Need::Role(Role::Email)],
        safety: Review,
        message: "{count} records of {source} share {groups} addresses",
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
        let (Some(primary), true) = (table.role(Role::Email), table.source.object.is_none_or(Object::is_person)) else {
            continue;
        };
        let key = table.key(KeyName::Email);
        out.checked(table, Some(primary), key.column.iter().filter(|column| **column as usize == primary).count() as u64);
        let records = record_codes(table);
        let at: Vec<usize> = key.repeated().collect();
        let pick = |from: &[u32]| -> Vec<u32> { at.iter().map(|at| from[*at]).collect() };
        let rows = pick(&key.row);
        let record: Vec<u64> = rows.iter().map(|row| records(*row)).collect();
        let entries = df!("at" => &rows, "column" => pick(&key.column), "code" => pick(&key.code), "record" => record)?;
        let members = entries
            .lazy()
            .with_column(col("record").n_unique().over([col("code")])?.alias("records"))
            .filter(col("records").gt(lit(1)).and(col("records").lt_eq(lit(options.shared_above))))
            .sort(["at", "column"], SortMultipleOptions::default())
            // A record that holds the address twice is one member.
            .unique_stable(Some(by_name(["at", "code"], true, false)), UniqueKeepStrategy::First)
            .collect()?;
        for (column, members) in by_column(&members)? {
            let text = table.text(column);
            let at = members.column("at")?.u32()?.clone();
            let records = members.column("records")?.cast(&DataType::UInt32)?;
            let keys: Vec<Option<String>> =
                at.iter().map(|row| row.and_then(|row| address(text.get(row)?, &at, row))).collect();
            let detail: StringChunked = records.u32()?.iter().map(|n| n.map(|n| format!("same address on {n} records"))).collect();
            let key: StringChunked = keys.iter().map(|key| key.as_deref()).collect();
            let kept: BooleanChunked = key.iter().map(|key| key.is_some_and(|key| !email::is_placeholder(key))).collect();
            let frame = DataFrame::new(
                at.len(),
                vec![at.into_column(), detail.with_name("detail".into()).into_column(), key.with_name("key".into()).into_column()],
            )?
            .filter(&kept)?;
            out.push(Hits::new(table, Some(column), Place::Rows, frame)?);
        }
    }
    Ok(out)
}

/// The canonical address of a cell; of a cell that holds several, the first.
fn address(cell: &str, _: &UInt32Chunked, _: u32) -> Option<String> {
    cell.split(';').find_map(email::canonical).map(std::borrow::Cow::into_owned)
}
