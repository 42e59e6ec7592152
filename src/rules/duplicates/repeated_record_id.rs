//! DUP005: one id on rows that contradict each other.

use crate::normalise::keys::KeyName;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// One id on several rows of one file that contradict each other: both are filled and differ in a column that says
    /// who or what the record is. Rows that only repeat (a report has one row per campaign), and files where most ids
    /// repeat (histories), are not meant.
    ///
    /// ## Why it matters
    ///
    /// Whatever is loaded back by id wins by chance.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email,Company
    /// 1,ana@acme.example,Acme
    /// 1,bo@acme.example,Acme
    /// 2,cy@acme.example,Acme
    /// 3,di@acme.example,Acme
    /// 4,ed@acme.example,Acme
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,Company,Campaign
    /// 1,ana@acme.example,Acme,Spring
    /// 1,ana@acme.example,Acme,Autumn
    /// 2,bo@acme.example,Acme,Spring
    /// 3,cy@acme.example,Acme,Spring
    /// 4,di@acme.example,Acme,Spring
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: the export, not the record, is in doubt. Export again; if it stays, look at the records by hand.
    pub struct RepeatedRecordId {
        code: "DUP005",
        name: "repeated-record-id",
        family: Duplicates,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::RecordId),
        kinds: [Crm, Chat],
        needs: [Need::Role(Role::Id)],
        safety: Manual,
        message: "{count|row|rows} of {source} contradict each other under {groups|id|ids}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Columns of these roles say who or what a record is; two rows of one record must agree on them.
const TELLING: [Role; 18] = [
    Role::Email,
    Role::FirstName,
    Role::LastName,
    Role::Name,
    Role::Phone,
    Role::Company,
    Role::Domain,
    Role::Owner,
    Role::Stage,
    Role::Region,
    Role::Country,
    Role::City,
    Role::Postcode,
    Role::Industry,
    Role::CreatedAt,
    Role::StartedAt,
    Role::BirthDate,
    Role::Topic,
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some(id) = table.role(Role::Id) else { continue };
        let key = table.key(KeyName::RecordId);
        out.checked(table, Some(id), key.row.len() as u64);
        let facts = cx.facts.of(table);
        if facts.is_history {
            continue;
        }
        let at: Vec<u32> = key.repeated().map(|at| key.row[at]).collect();
        if at.is_empty() {
            continue;
        }
        let codes: Vec<u32> = key.repeated().map(|at| key.code[at]).collect();
        let files: Vec<u32> = at.iter().map(|row| table.source.file_of(table.source_row(*row)) as u32).collect();
        let mut columns = df!("at" => &at, "code" => codes, "file" => files)?;
        let mut telling = Vec::new();
        for role in TELLING {
            let Some(column) = table.role(role) else { continue };
            let text = table.text(column);
            // Case and space do not make two values of one.
            let values: StringChunked = at
                .iter()
                .map(|row| text.get(*row).map(|cell| trimmed(cell).to_lowercase()).filter(|cell| !cell.is_empty()))
                .collect();
            columns.with_column(values.with_name(role.as_str().into()).into_column())?;
            telling.push((role, table.source.header(column).to_owned()));
        }
        if telling.is_empty() {
            continue;
        }
        let within = || [col("code"), col("file")];
        let mut exprs = Vec::new();
        // Another column in which they differ is another defect; roles keep their names where headers do not.
        let mut told = Vec::new();
        for (role, header) in &telling {
            let differs = col(role.as_str()).drop_nulls().n_unique().over(within())?.gt(lit(1));
            exprs.push(when(differs.clone()).then(lit(header.clone())).otherwise(lit(NULL)).alias(role.as_str()));
            told.push(when(differs).then(lit(role.as_str())).otherwise(lit(NULL)));
        }
        exprs.push(concat_str(told, ",", true).alias("identity"));
        let names: Vec<Expr> = telling.iter().map(|(role, _)| col(role.as_str())).collect();
        let members = columns
            .lazy()
            .select([vec![col("at"), col("code"), col("file")], exprs].concat())
            .with_column(concat_str(names, ", ", true).alias("differs"))
            .filter(col("differs").neq(lit("")))
            .with_column(concat_str([lit("rows of this id differ in "), col("differs")], "", false).alias("detail"))
            .sort(["at"], SortMultipleOptions::default())
            .collect()?;
        let keys: StringChunked =
            members.column("code")?.u32()?.iter().map(|code| key.shared.get(&code?).map(String::as_str)).collect();
        out.push(
            Hits::new(table, Some(id), Place::Rows, members.select(["at", "detail", "identity"])?)?
                .with("key", keys.into_series())?,
        );
    }
    Ok(out)
}
