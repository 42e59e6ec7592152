//! FMT002: dates in several formats in one column.

use chrono::DateTime;
use chrono_tz::Tz;

use crate::normalise::column_formats::{ColumnFormats, FileFormats, file_rows};
use crate::normalise::shape::{Shape, shape};
use crate::normalise::timestamp::{DayOrder, Reading, read};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Dates that are written in another format than most of their column: ISO beside `25/4/2026`, months in letters beside
    /// numbers, day first beside month first, seconds beside milliseconds since 1970. Fractions, zones and a missing time
    /// of day make no other format. Columns of times are looked at, and others of which nine cells in ten are dates.
    ///
    /// Where `3/4/2026` could be read either way, the column is reported once: as a warning when other cells prove both
    /// orders, for information when no cell of the file proves either.
    ///
    /// Files are judged one by one.
    ///
    /// ## Why it matters
    ///
    /// Sorting goes by letters, and an import reads the third of April as the fourth of March without a word.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Trial_End__c
    /// 1,2026-10-01
    /// 2,2026-10-02
    /// 3,10/25/2026
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Trial_End__c,CreatedDate
    /// 1,2026-10-01,10/25/2026
    /// 2,2026-10-02T09:30:00Z,10/5/2026 09:00
    /// 3,2026-10-02T09:30:00.123+02:00,10/6/2026
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review where the date can only be read in one way; by hand where it cannot.
    pub struct MixedDates {
        code: "FMT002",
        name: "mixed-dates",
        family: Formats,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "dates in another format than the rest in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let ranges = file_rows(table);
        let facts = &cx.facts.of(table).columns;
        let all: Vec<&ColumnFormats> = (0..table.width()).map(|column| facts.formats(column)).collect();
        for column in table.source.columns() {
            let is_time = table.is_time(column) || table.source.role_of(column) == Some(Role::BirthDate);
            let (text, blank) = (table.text(column), table.blank(column));
            let mut checked: Option<u64> = None;
            let mut rows = Vec::new();
            let mut suggested: Vec<Option<String>> = Vec::new();
            let mut doubts = Vec::new();
            for (file, range) in ranges.iter().enumerate() {
                let Some(formats) = all[column].files.get(file).filter(|formats| is_judged(formats, is_time)) else {
                    continue;
                };
                let elsewhere =
                    all.iter().filter_map(|column| column.files.get(file)).filter(|of| is_judged(of, false));
                let style = Style::of(formats, is_time, elsewhere);
                doubts.extend(style.doubt(formats).zip(formats.first_row));
                let filled = range.clone().filter(|row| blank.get(*row as usize) == Some(false)).count() as u64;
                checked = Some(checked.unwrap_or(0) + filled);
                // Most columns have one format, and need no closer look.
                if !Shape::ALL.iter().any(|found| formats.of(*found) > 0 && style.is_stray(*found, is_time)) {
                    continue;
                }
                for row in range.clone() {
                    let Some(cell) = text.get(row) else { continue };
                    let found = shape(cell);
                    if style.is_stray(found, is_time) {
                        rows.push(row);
                        suggested.push(style.rewritten(cell, found));
                    }
                }
            }
            // Once for the column: the worst, and of equals that of the first file.
            let doubt =
                doubts.into_iter().max_by_key(|((severity, _), anchor)| (*severity, std::cmp::Reverse(*anchor)));
            if let Some(((severity, detail), _)) = doubt.filter(|(_, anchor)| table.holds(*anchor)) {
                out.push(
                    Hits::whole(table, Some(column), &detail)?
                        .with_text("value", "day or month first")?
                        .with_severity(severity)?,
                );
            }
            if let Some(checked) = checked {
                out.checked(table, Some(column), checked);
            }
            let safety: StringChunked = suggested
                .iter()
                .map(|one| Some(if one.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
                .collect();
            let suggested: StringChunked = suggested.iter().map(Option::as_deref).collect();
            out.push(
                Hits::rows(table, Some(column), rows)?
                    .with("suggested", suggested.into_series())?
                    .with("safety", safety.into_series())?
                    .with_text("detail", "another format than most dates of the file")?,
            );
        }
    }
    Ok(out)
}

/// Whether a column of one file holds dates: a column of times always does.
fn is_judged(formats: &FileFormats, is_time: bool) -> bool {
    let dates = formats.dates();
    is_time || (dates > 1 && dates * 10 >= formats.filled() * 9)
}

/// What `25/4/2026` and its likes with dashes are by day first, month first, and undecided.
const ORDERS: [[Shape; 3]; 2] = [
    [Shape::DayMonthSlash, Shape::MonthDaySlash, Shape::EitherSlash],
    [Shape::DayMonthDash, Shape::MonthDayDash, Shape::EitherDash],
];

/// How a column of one file writes its dates.
struct Style {
    /// The format of most cells.
    usual: Option<Shape>,
    /// What undecided cells are taken for, with slashes and with dashes; `None` where both orders are proven or neither is.
    either: [Option<Shape>; 2],
}

impl Style {
    fn of<'a>(formats: &FileFormats, is_time: bool, elsewhere: impl Iterator<Item = &'a FileFormats>) -> Self {
        let proves = |formats: &FileFormats| -> (bool, bool) {
            let any = |at: usize| ORDERS.iter().any(|order| formats.of(order[at]) > 0);
            (any(0), any(1))
        };
        let others = elsewhere.map(proves).fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1));
        let either = ORDERS.map(|[day, month, _]| {
            match (formats.of(day) > 0, formats.of(month) > 0) {
                (true, true) => None,
                (true, false) => Some(day),
                (false, true) => Some(month),
                // Another column of the file may tell.
                (false, false) => match others {
                    (true, false) => Some(day),
                    (false, true) => Some(month),
                    _ => None,
                },
            }
        });
        let style = Self { usual: None, either };
        let mut best: Option<(u64, Shape)> = None;
        for &one in Shape::ALL.iter().filter(|one| is_date(**one, is_time)) {
            let count = Shape::ALL
                .iter()
                .filter(|other| is_date(**other, is_time) && style.taken_for(**other) == one)
                .map(|other| formats.of(*other))
                .sum::<u64>();
            if count > best.map_or(0, |(count, _)| count) {
                best = Some((count, one));
            }
        }
        Self { usual: best.map(|(_, usual)| usual), ..style }
    }

    /// The format that a cell of shape `found` counts for.
    fn taken_for(&self, found: Shape) -> Shape {
        match ORDERS.iter().position(|order| order[2] == found) {
            Some(at) => self.either[at].unwrap_or(found),
            None => found,
        }
    }

    /// Whether a cell of shape `found` is a date in another format than most. An undecided one among both orders is not:
    /// it may be of the usual order.
    fn is_stray(&self, found: Shape, is_time: bool) -> bool {
        let Some(usual) = self.usual.filter(|_| is_date(found, is_time)) else { return false };
        let taken = self.taken_for(found);
        let undecided = ORDERS.iter().any(|order| order[2] == taken && order.contains(&usual));
        taken != usual && !undecided
    }

    /// What is to be said of the column as a whole: that its undecided cells cannot be read.
    fn doubt(&self, formats: &FileFormats) -> Option<(Severity, String)> {
        ORDERS.iter().zip(self.either).find_map(|([day, month, either], taken)| {
            let undecided = formats.of(*either);
            if undecided == 0 || taken.is_some() {
                return None;
            }
            if formats.of(*day) > 0 && formats.of(*month) > 0 {
                let detail = format!("both orders of day and month are proven; {undecided} cells could be either");
                return Some((Severity::Warning, detail));
            }
            let detail = "no cell of the file tells day from month; read as month first".to_owned();
            (self.usual == Some(*either)).then_some((Severity::Info, detail))
        })
    }

    /// The cell in the usual format, if it can only be read in one way and loses nothing.
    fn rewritten(&self, cell: &str, found: Shape) -> Option<String> {
        let taken = self.taken_for(found);
        let order = match taken {
            Shape::EitherSlash | Shape::EitherDash => return None,
            Shape::DayMonthSlash | Shape::DayMonthDash => DayOrder::DayFirst,
            _ => DayOrder::MonthFirst,
        };
        let Reading::At(moment) = read(Some(cell), Tz::UTC, order) else { return None };
        let time = DateTime::from_timestamp_micros(moment.micros)?;
        let epoch = matches!(found, Shape::Seconds | Shape::Millis | Shape::Micros);
        let dated = !epoch && !cell.contains(':') && trimmed(cell).len() != 14;
        let format = match (self.usual?, dated) {
            (Shape::IsoDate, true) => "%Y-%m-%d",
            (Shape::IsoDate, false) if moment.micros % 1_000_000 != 0 && moment.zoned => "%Y-%m-%dT%H:%M:%S%.3fZ",
            (Shape::IsoDate, false) if moment.zoned => "%Y-%m-%dT%H:%M:%SZ",
            (Shape::IsoDate, false) => "%Y-%m-%dT%H:%M:%S",
            (Shape::YearSlash, true) => "%Y/%m/%d",
            (Shape::DayMonthSlash, true) => "%d/%m/%Y",
            (Shape::MonthDaySlash, true) => "%m/%d/%Y",
            (Shape::DayMonthDash, true) => "%d-%m-%Y",
            (Shape::MonthDayDash, true) => "%m-%d-%Y",
            (Shape::Dots, true) => "%d.%m.%Y",
            _ => return None,
        };
        Some(time.format(format).to_string())
    }
}

/// Whether a shape is a date; in columns of times numbers are.
fn is_date(shape: Shape, is_time: bool) -> bool {
    shape.is_date() || (is_time && shape.is_epoch())
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn found(text: &str) -> Vec<(String, Option<String>)> {
        flagged("FMT002", "", &[("lead", text)])
            .into_iter()
            .map(|row| (row.value.unwrap_or_default(), row.suggested))
            .collect()
    }

    #[test]
    fn strays_are_rewritten_where_they_can_only_be_read_in_one_way() {
        let rows = found(
            "Id,CreatedDate\n1,2026-10-01\n2,2026-10-02\n3,2026-10-03\n4,25.10.2026\n5,Oct 4, 2026\n6,1790847000\n7,3/4/2026\n8,25/4/2026\n"
                .replace("Oct 4, 2026", "\"Oct 4, 2026\"")
                .as_str(),
        );
        let want = [
            ("25.10.2026", Some("2026-10-25")),
            ("Oct 4, 2026", Some("2026-10-04")),
            ("1790847000", Some("2026-10-01T09:30:00Z")),
            ("3/4/2026", Some("2026-04-03")),
            ("25/4/2026", Some("2026-04-25")),
        ];
        let want: Vec<(String, Option<String>)> =
            want.into_iter().map(|(value, to)| (value.to_owned(), to.map(str::to_owned))).collect();
        assert_eq!(rows, want);
    }

    #[test]
    fn undecidable_cells_are_one_finding() {
        let rows = found("Id,CreatedDate\n1,3/4/2026\n2,25/4/2026\n3,26/4/2026\n4,4/25/2026\n5,5/6/2026\n");
        let values: Vec<&str> = rows.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["day or month first", "4/25/2026"]);
        let doubt = flagged("FMT002", "", &[("lead", "Id,CreatedDate\n1,3/4/2026\n2,5/6/2026\n")]);
        assert_eq!(doubt.len(), 1);
    }

    #[test]
    fn another_column_of_the_file_tells_the_order() {
        assert_eq!(found("Id,CreatedDate,Due__c\n1,3/4/2026,4/25/2026\n2,5/6/2026,5/26/2026\n"), []);
    }

    #[test]
    fn files_may_have_formats_of_their_own() {
        let files = [
            ("lead", "Id,CreatedDate\n1,2026-10-01\n2,2026-10-02\n"),
            ("lead", "Id,CreatedDate\n3,10/25/2026\n4,10/5/2026\n"),
        ];
        assert_eq!(flagged("FMT002", "", &files).len(), 0);
    }

    #[test]
    fn numbers_are_dates_only_in_columns_of_times() {
        assert_eq!(found("Id,Ref__c\n1,1790847000\n2,2026-10-01\n3,x\n"), []);
    }
}
