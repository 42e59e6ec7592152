//! FMT007: what spreadsheets do to values when they open and save an export.

use crate::normalise::column_formats::{FileFormats, Holds, holds};
use crate::normalise::country::{self, lost_zeros};
use crate::normalise::record_id::{Checksum, checksum};
use crate::normalise::shape::{Shape, month_day, shape};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// What a spreadsheet leaves behind when it opens and saves an export:
    ///
    /// - numbers with an exponent (`1.23E+15`, `6.0E7`) in columns of ids, phone numbers, postcodes and text. In columns of
    ///   numbers they are how loaders write them;
    /// - errors: `#REF!`, `#NAME?`, `#VALUE!`, `#DIV/0!` and their like. `#N/A` is left alone: loaders write it for nothing;
    /// - dates among ranges: `10-Jan` and `Oct-50` in a column of sizes such as `1-10` and `10-50`;
    /// - postcodes that lost their leading noughts (`2110` in the United States), where the row says the country;
    /// - Salesforce ids of 18 characters whose checksum does not fit the case of their letters, in columns where most ids
    ///   fit, or where all have lost their case.
    ///
    /// ## Why it matters
    ///
    /// The value is gone or points at nothing: the number cannot be dialled, the id matches no record.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Phone,Country,PostalCode,Employees__c
    /// 1,1.21255E+10,United States,10001,1-10
    /// 2,+12125550101,United States,2110,10-50
    /// 3,+12125550102,United States,94105,10-Jan
    /// 4,#REF!,United States,94105,10-50
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Phone,Country,PostalCode,Employees__c,AnnualRevenue,Batch__c
    /// 1,+12125550101,United States,02110,1-10,6.0E7,10-Jan
    /// 2,+12125550102,Switzerland,8001,10-50,1.5E6,11-Jan
    /// 3,#N/A,,2110,500+,200,12-Feb
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review where the value can be put together again (noughts, ranges, the case of an id); by hand where digits are
    /// lost.
    pub struct SpreadsheetDamage {
        code: "FMT007",
        name: "spreadsheet-damage",
        family: Formats,
        severity: Error,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "damaged by a spreadsheet in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let facts = &cx.facts.of(table).columns;
            let formats = facts.formats(column).all();
            let judge = Judge::of(table, column, &formats, facts.is_multi_line(column));
            out.checked(table, Some(column), (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64);
            let mut found = if judge.fires(&formats) { by_shape(table, column, &judge) } else { Vec::new() };
            if holds(&table.source, column) == Holds::Postcodes {
                found.extend(by_country(table, column));
                found.sort_by_key(|damage| damage.row);
            }
            let safety: StringChunked = found
                .iter()
                .map(|one| Some(if one.suggested.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
                .collect();
            let suggested: StringChunked = found.iter().map(|one| one.suggested.as_deref()).collect();
            let detail: StringChunked = found.iter().map(|one| Some(one.detail)).collect();
            out.push(
                Hits::rows(table, Some(column), found.iter().map(|one| one.row).collect())?
                    .with("suggested", suggested.into_series())?
                    .with("safety", safety.into_series())?
                    .with("detail", detail.into_series())?,
            );
        }
    }
    Ok(out)
}

struct Damage {
    row: u32,
    suggested: Option<String>,
    detail: &'static str,
}

/// What counts as damage in a column, decided from the whole of it.
struct Judge {
    exponents: bool,
    months: bool,
    ids: bool,
}

impl Judge {
    fn of(table: &Table, column: usize, formats: &FileFormats, multi_line: bool) -> Self {
        let filled = formats.filled();
        let numbers = holds(&table.source, column) == Holds::Anything && formats.numbers() * 2 >= filled;
        let (ranges, months) = (formats.of(Shape::Range), formats.of(Shape::MonthDay));
        let (long, folded) = (formats.of(Shape::LongId), formats.of(Shape::FoldedId));
        let broken = formats.of(Shape::BrokenId);
        let lost = long == 0 && broken == 0 && folded > 1 && table.source.vendor == "salesforce";
        Self {
            exponents: !numbers && !multi_line && !table.is_time(column),
            months: ranges > 1 && months < ranges && (ranges + months) * 10 >= filled * 7 && !table.is_time(column),
            ids: lost || (long > 0 && long >= folded + broken),
        }
    }

    fn is_damage(&self, found: Shape) -> bool {
        match found {
            Shape::Exponent => self.exponents,
            Shape::SheetError => true,
            Shape::MonthDay => self.months,
            Shape::FoldedId | Shape::BrokenId => self.ids,
            _ => false,
        }
    }

    /// Whether the column has any damage, so that its cells need a look.
    fn fires(&self, formats: &FileFormats) -> bool {
        Shape::ALL.iter().any(|shape| formats.of(*shape) > 0 && self.is_damage(*shape))
    }
}

fn by_shape(table: &Table, column: usize, judge: &Judge) -> Vec<Damage> {
    let parts = table.text(column).par_parts(|first, cells| {
        let damage = |(row, cell): (u32, Option<&str>)| {
            let cell = cell?;
            let found = shape(cell);
            if !judge.is_damage(found) {
                return None;
            }
            let text = trimmed(cell);
            let (suggested, detail) = match found {
                Shape::Exponent => (None, "a long number with an exponent: digits are lost"),
                Shape::SheetError => (None, "a spreadsheet's error in place of the value"),
                Shape::MonthDay => {
                    (month_day(text).map(|(from, to)| format!("{from}-{to}")), "a range that was read as a date")
                }
                _ => match checksum(text) {
                    Some(Checksum::Folded(id)) => (Some(id), "the letters of the id have lost their case"),
                    _ => (None, "the id's checksum does not fit its letters"),
                },
            };
            Some(Damage { row, suggested, detail })
        };
        (first..).zip(cells).filter_map(damage).collect::<Vec<_>>()
    });
    parts.into_iter().flatten().collect()
}

/// Postcodes that are short of noughts in the country that their row names.
fn by_country(table: &Table, column: usize) -> Vec<Damage> {
    let Some(countries) = table.role(Role::Country).filter(|other| *other != column) else { return Vec::new() };
    let (codes, names) = (table.text(column), table.text(countries));
    let mut known: Option<(&str, Option<&'static str>)> = None;
    (0..)
        .zip(codes.iter().zip(names.iter()))
        .filter_map(|(row, (code, name))| {
            let (code, name) = (code?, name?);
            if code.len() > 12 || code.is_empty() {
                return None;
            }
            // Neighbours often share their country.
            let country = match known {
                Some((last, country)) if last == name => country,
                _ => known.insert((name, country::country(name))).1,
            };
            let suggested = lost_zeros(code, country?)?;
            Some(Damage { row, suggested: Some(suggested), detail: "leading noughts are lost" })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn found(what: &str, text: &str) -> Vec<(String, Option<String>)> {
        flagged("FMT007", "", &[(what, text)])
            .into_iter()
            .map(|row| (row.value.unwrap_or_default(), row.suggested))
            .collect()
    }

    #[test]
    fn exponents_are_damage_but_in_numbers() {
        let rows = found("account", "Id,AnnualRevenue,Ref\n1.23E+15,6.0E7,A-17\n2,1.0E6,6.0E7\n3,,B-2\n4,,C-9\n");
        let values: Vec<&str> = rows.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["1.23E+15", "6.0E7"]);
    }

    #[test]
    fn ranges_and_noughts_come_back() {
        let rows = found(
            "lead",
            "Id,Size__c,PostalCode,Country\n1,1-10,2110,USA\n2,10-50,94105,USA\n3,10-Jan,1067,Deutschland\n4,Oct-50,8001,Schweiz\n5,1-10,501,\n",
        );
        let wanted = [("2110", "02110"), ("1067", "01067"), ("10-Jan", "1-10"), ("Oct-50", "10-50")]
            .map(|(a, b)| (a.to_owned(), Some(b.to_owned())));
        for one in &wanted {
            assert!(rows.contains(one), "{one:?} in {rows:?}");
        }
        assert_eq!(rows.len(), wanted.len());
    }

    #[test]
    fn ids_are_held_against_their_checksum() {
        let rows = found("lead", "Id,Name\n0019000000oC4HkAAK,a\n0019000000oC4HkAAK,b\n0019000000oc4hkaak,c\n");
        assert_eq!(rows, [("0019000000oc4hkaak".to_owned(), Some("0019000000oC4HkAAK".to_owned()))]);
        // Ids of another system are as long by chance.
        assert_eq!(found("lead", "Id,Name\n0ab9000000oc4hkaax,a\n7c19000000od4hkaab,b\n"), []);
    }
}
