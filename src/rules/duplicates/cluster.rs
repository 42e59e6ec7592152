//! Which records share an address or a mailbox: what DUP001 and DUP002 report, and the rules after them look at.

use polars::prelude::{DataFrame, NamedFrom, PolarsResult};

use super::{near_address, repeated_email};
use crate::config::options::Options;
use crate::matching::spelling;
use crate::normalise::email;
use crate::normalise::keys::{Key, KeyName};
use crate::normalise::record_id;
use crate::rules::prelude::*;

/// The records that an address may stand on and still be a key: DUP001's `shared-above`, which holds for every rule that
/// works with addresses.
pub(super) fn shared_above(config: &Options) -> u32 {
    repeated_email::configured(config).shared_above
}

/// The clusters of records that carry one address, at most `limit` records each.
///
/// One row for each record and address: `at` (u32, row of the table), `column` (u32), `code` (u32, of the cluster),
/// `record` (u64), `records` (u32, of the cluster) and `key` (str, the address). A record that holds the address twice is
/// one member, pointed at in its primary column if it is there. Sorted by `at`.
pub(super) fn by_address(table: &Table, limit: u32) -> PolarsResult<DataFrame> {
    let key = table.key(KeyName::Email);
    let members = entries(table, key, &key.repeated().collect::<Vec<_>>())?
        .lazy()
        .with_column(col("record").n_unique().over([col("code")])?.alias("records"))
        .filter(col("records").gt(lit(1)).and(col("records").lt_eq(lit(limit))));
    named(pointed(members)?, key)
}

/// The clusters of records whose different addresses reach one mailbox, at most `limit` records on the mailbox.
///
/// Columns as in [`by_address`], where `key` is the mailbox, and `addresses` (u32, distinct addresses of the cluster) and
/// `google` (bool) beside. At Google the mailbox alone decides; elsewhere a tag may be somebody else's, so the names must
/// agree, and `key` holds the name too. Clusters whose records all share one address are [`by_address`]'s.
pub(super) fn by_mailbox(table: &Table, limit: u32) -> PolarsResult<DataFrame> {
    let (key, addresses) = (table.key(KeyName::Mailbox), table.key(KeyName::Email));
    // A mailbox that only one spelling reaches is nothing here, and so are nearly all.
    let mut first: Vec<Option<u32>> = vec![None; key.count.len()];
    let mut several = vec![false; key.count.len()];
    for (code, address) in key.code.iter().zip(&addresses.code) {
        let held = first[*code as usize].get_or_insert(*address);
        several[*code as usize] |= held != address;
    }
    let at: Vec<usize> = key.repeated().filter(|at| several[key.code[*at] as usize]).collect();
    let google = |at: usize| {
        let mailbox = key.shared.get(&key.code[at]).map(String::as_str).unwrap_or_default();
        mailbox.split_once('@').is_some_and(|(_, domain)| email::is_google(domain))
    };
    let is_google: Vec<bool> = at.iter().map(|at| google(*at)).collect();
    let names = Names::of(table);
    let name: StringChunked = at
        .iter()
        .zip(&is_google)
        .map(|(at, google)| if *google { Some(String::new()) } else { names.at(key.row[*at]) })
        .collect();
    let mut frame = entries(table, key, &at)?;
    let address: Vec<u32> = at.iter().map(|at| addresses.code[*at]).collect();
    frame.with_column(Series::new("address".into(), address).into_column())?;
    frame.with_column(Series::new("google".into(), is_google).into_column())?;
    frame.with_column(name.with_name("name".into()).into_column())?;
    let cluster = || [col("code"), col("name")];
    let members = frame
        .lazy()
        .filter(col("record").n_unique().over([col("code")])?.lt_eq(lit(limit)))
        .filter(col("name").is_not_null())
        .with_columns([
            col("record").n_unique().over(cluster())?.alias("records"),
            col("address").n_unique().over(cluster())?.alias("addresses"),
            col("record").n_unique().over([col("code"), col("name"), col("address")])?.alias("alike"),
        ])
        .filter(col("records").gt(lit(1)).and(col("alike").max().over(cluster())?.lt(col("records"))));
    let members = named(pointed(members)?, key)?;
    members
        .lazy()
        .with_column(
            when(col("google"))
                .then(col("key"))
                .otherwise(concat_str([col("key"), col("name")], "\u{1F}", false))
                .alias("key"),
        )
        .collect()
}

/// The entries `at` of an email key: `at`, `column`, `code` and `record` as in [`by_address`], and `rank`, empty for the
/// primary column.
pub(super) fn entries(table: &Table, key: &Key, at: &[usize]) -> PolarsResult<DataFrame> {
    let primary = table.role(Role::Email);
    let records = record_codes(table);
    let pick = |from: &[u32]| -> Vec<u32> { at.iter().map(|at| from[*at]).collect() };
    let (rows, columns) = (pick(&key.row), pick(&key.column));
    let record: Vec<u64> = rows.iter().map(|row| records[*row as usize]).collect();
    let rank: Vec<&str> = columns
        .iter()
        .map(|column| *column as usize)
        .map(|column| if Some(column) == primary { "" } else { table.source.header(column) })
        .collect();
    df!("at" => &rows, "column" => &columns, "rank" => rank, "code" => pick(&key.code), "record" => record)
}

/// One row for each record and cluster, sorted by `at`.
pub(super) fn pointed(members: polars::prelude::LazyFrame) -> PolarsResult<DataFrame> {
    members
        .filter(col("rank").eq(col("rank").min().over([col("at"), col("code")])?))
        .unique_stable(Some(by_name(["at", "code"], true, false)), UniqueKeepStrategy::Any)
        .sort(["at"], SortMultipleOptions::default())
        .collect()
}

/// The members with the text of their key, less those whose address stands for "there is none".
fn named(mut members: DataFrame, key: &Key) -> PolarsResult<DataFrame> {
    let address: StringChunked =
        members.column("code")?.u32()?.iter().map(|code| key.shared.get(&code?).map(String::as_str)).collect();
    let kept: BooleanChunked =
        address.iter().map(|address| address.is_some_and(|address| !email::is_placeholder(address))).collect();
    members.with_column(address.with_name("key".into()).into_column())?;
    members.filter(&kept)
}

/// What a row's record is known by, wherever the row stands: its id, else its address, else all that it says.
pub(in crate::rules) fn identity(table: &Table, row: u32) -> String {
    let cell = |role: Role| table.role(role).and_then(|column| table.text(column).get(row));
    let id = cell(Role::Id).and_then(record_id::canonical);
    let known = id.or_else(|| cell(Role::Email).and_then(email::canonical));
    known.map_or_else(
        || {
            let columns = table.source.columns();
            let mut said: Vec<(&str, &str)> = columns
                .filter_map(|column| Some((table.source.header(column), table.text(column).get(row)?)))
                .collect();
            said.sort_unstable();
            said.iter().flat_map(|(header, cell)| [*header, "\u{1F}", *cell, "\u{1F}"]).collect()
        },
        std::borrow::Cow::into_owned,
    )
}

/// A number per row that is equal for rows of one record: the code of its id, else the row itself.
pub(super) fn record_codes(table: &Table) -> Vec<u64> {
    let ids = table.key(KeyName::RecordId);
    let mut codes: Vec<u64> = (0..table.height() as u64).map(|row| (1 << 32) + row).collect();
    for (row, code) in ids.row.iter().zip(&ids.code) {
        codes[*row as usize] = u64::from(*code);
    }
    codes
}

/// Whether DUP001 or DUP002 report two rows of one table: they share an address, or a mailbox under the names that those
/// ask for.
pub(in crate::rules) fn is_pair(table: &Table, one: u32, other: u32) -> bool {
    let Some(primary) = table.role(Role::Email) else { return false };
    let addresses = |row: u32| -> Vec<String> {
        let columns = std::iter::once((primary, false)).chain(table.more_emails().map(|column| (column, true)));
        let cells = columns.filter_map(|(column, several)| Some((table.text(column).get(row)?, several)));
        let parts = cells.flat_map(|(cell, several)| cell.split(move |c: char| several && c == ';'));
        let addresses = parts.filter_map(email::canonical).filter(|address| !email::is_placeholder(address));
        addresses.map(std::borrow::Cow::into_owned).collect()
    };
    let is_google = |address: &str| address.split_once('@').is_some_and(|(_, domain)| email::is_google(domain));
    let names = Names::of(table);
    let agree = |address: &str| is_google(address) || names.at(one).is_some_and(|name| Some(name) == names.at(other));
    let others = addresses(other);
    addresses(one).iter().any(|own| {
        others.iter().any(|other| own == other || (email::mailbox(own) == email::mailbox(other) && agree(own)))
    })
}

/// The names of a table's people, in the form in which they compare.
pub(in crate::rules) struct Names<'a> {
    columns: Vec<crate::normalise::text::Text<'a>>,
}

impl<'a> Names<'a> {
    /// First and last name where there is either column, else the full name.
    pub(in crate::rules) fn of(table: &'a Table) -> Self {
        let parts: Vec<usize> =
            [Role::FirstName, Role::LastName].into_iter().filter_map(|role| table.role(role)).collect();
        let columns = if parts.is_empty() { table.role(Role::Name).into_iter().collect() } else { parts };
        Self { columns: columns.into_iter().map(|column| table.text(column)).collect() }
    }

    /// Whether the name of a row is in ASCII throughout.
    pub(super) fn is_plain(&self, row: u32) -> bool {
        self.columns.iter().filter_map(|text| text.get(row)).all(str::is_ascii)
    }

    /// For an ASCII name a number for its letters, whatever their case and order: the same for all rows whose names
    /// compare equal; 0 where there is none.
    pub(super) fn letters(&self, row: u32) -> u64 {
        let cells = self.columns.iter().filter_map(|text| text.get(row));
        let letters = cells.flat_map(str::bytes).filter(u8::is_ascii_alphabetic);
        letters.map(|letter| near_address::letter(char::from(letter.to_ascii_lowercase()))).fold(0, u64::wrapping_add)
    }

    /// The name of a row: its words without case and accents, in the order of their letters, so that "Moss, Ana" is Ana
    /// Moss; `None` where there is none.
    pub(in crate::rules) fn at(&self, row: u32) -> Option<String> {
        let parts: Vec<&str> = self.columns.iter().filter_map(|text| text.get(row)).collect();
        let name = parts.join(" ").to_lowercase();
        let mut words = spelling::words(&name);
        words.sort_unstable();
        (name.chars().any(char::is_alphabetic) && !is_nobody(&name)).then(|| words.join(" "))
    }
}

/// Whether a cell that should name somebody or something names nobody.
pub(super) fn is_nobody(cell: &str) -> bool {
    const NOBODY: [&str; 14] = [
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "unknown",
        "not provided",
        "[not provided]",
        "tbd",
        "test",
        "x",
        "xx",
        "-",
        ".",
    ];
    let cell = trimmed(cell);
    cell.is_empty() || (cell.len() <= 14 && NOBODY.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}
