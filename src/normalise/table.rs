//! A table: one source, or a part of one, with what several rules need of it computed once and shared.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{LocalResult, TimeZone};
use chrono_tz::Tz;
use polars::prelude::{BooleanChunked, NewChunkedArray};

use super::dictionary::Dictionary;
use super::keys::{Canonical, Key, KeyName};
use super::marks::Marks;
use super::once::Once;
use super::text::{Text, TextArray, chunks, is_blank};
use super::timestamp::{DayOrder, Times};
use super::{company, domain, email, lifecycle, record_id};
use crate::model::{ReadIssue, Role, Source};

/// One source, or some rows of one. Rows are numbered from 0 within the table; [`Table::source_row`] says which row of
/// the source each is. A clone is the same table: what is computed for one, both have.
#[derive(Debug, Clone)]
pub struct Table {
    /// The source.
    pub source: Arc<Source>,
    /// Position of the source among the sources of the run.
    pub index: usize,
    /// The chunks of each column of the source.
    columns: Arc<Vec<Vec<(u32, TextArray)>>>,
    rows: Option<Arc<Vec<u32>>>,
    zone: Option<Tz>,
    orders: Arc<Vec<Option<DayOrder>>>,
    known: Arc<Known>,
}

/// What was computed for a table, column by column or as a whole.
#[derive(Debug)]
struct Known {
    blanks: Vec<Once<BooleanChunked>>,
    dictionaries: Vec<Once<Option<Dictionary>>>,
    times: Vec<Once<Times>>,
    marks: Vec<Once<Marks>>,
    keys: [Once<Key>; KeyName::ALL.len()],
    open: Once<Option<Table>>,
    more_emails: Once<Vec<usize>>,
}

impl Known {
    /// Nothing yet, of a table with so many columns.
    fn nothing(width: usize) -> Arc<Self> {
        Arc::new(Self {
            blanks: slots(width),
            dictionaries: slots(width),
            times: slots(width),
            marks: slots(width),
            keys: Default::default(),
            open: Once::default(),
            more_emails: Once::default(),
        })
    }
}

fn slots<T>(width: usize) -> Vec<Once<T>> {
    (0..width).map(|_| Once::default()).collect()
}

impl Table {
    /// The table of a whole source. `zone` is where its naive times are read in, unless a header names one.
    ///
    /// # Panics
    ///
    /// When a column is no text: the reader makes every column text.
    #[must_use]
    pub fn new(source: Arc<Source>, index: usize, zone: Option<Tz>) -> Self {
        let zone = source.zone.as_ref().and_then(|name| name.parse().ok()).or(zone);
        let width = source.frame.width();
        let columns = source.frame.columns().iter().map(|column| match chunks(column) {
            Ok(chunks) => chunks,
            Err(error) => unreachable!("the reader makes every column text: {error}"),
        });
        Self {
            columns: Arc::new(columns.collect()),
            source,
            index,
            rows: None,
            zone,
            orders: Arc::new(vec![None; width]),
            known: Known::nothing(width),
        }
    }

    /// The part of this table that holds `rows` (of this table, ascending). What was decided from the whole, such as the
    /// order of day and month, holds for the part too.
    ///
    /// No cell is copied: the part looks into the columns of the whole.
    #[must_use]
    pub fn part(&self, rows: &[u32]) -> Self {
        let width = self.columns.len();
        let orders = (0..width).map(|column| self.is_time(column).then(|| self.times(column).order));
        Self {
            source: Arc::clone(&self.source),
            index: self.index,
            columns: Arc::clone(&self.columns),
            rows: Some(Arc::new(rows.iter().map(|row| self.source_row(*row)).collect())),
            zone: self.zone,
            orders: Arc::new(orders.collect()),
            known: Known::nothing(width),
        }
    }

    /// This table without converted leads, who live on as contacts (RULES, "Lifecycle"); this table itself where there
    /// are none.
    #[must_use]
    pub fn open(&self) -> &Self {
        let open = self.known.open.get_or_init(|| {
            let converted = lifecycle::converted(self)?;
            let rows: Vec<u32> =
                (0..).zip(&converted).filter(|(_, converted)| !**converted).map(|(row, _)| row).collect();
            Some(self.part(&rows))
        });
        open.as_ref().unwrap_or(self)
    }

    /// The converted leads of this table; `None` where there are none.
    #[must_use]
    pub fn converted(&self) -> Option<Self> {
        let converted = lifecycle::converted(self)?;
        let rows: Vec<u32> = (0..).zip(&converted).filter(|(_, converted)| **converted).map(|(row, _)| row).collect();
        Some(self.part(&rows))
    }

    /// Name of the source.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.as_ref().map_or_else(|| self.source.frame.height(), |rows| rows.len())
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The row of the source that row `row` of this table is.
    #[must_use]
    pub fn source_row(&self, row: u32) -> u32 {
        self.rows.as_ref().map_or(row, |rows| rows[row as usize])
    }

    /// The row of this table that row `row` of the source is, if it is here.
    #[must_use]
    pub fn part_row(&self, row: u32) -> Option<u32> {
        match &self.rows {
            None => ((row as usize) < self.height()).then_some(row),
            Some(rows) => rows.binary_search(&row).ok().map(|at| at as u32),
        }
    }

    /// Whether row `row` of the source is in this table.
    #[must_use]
    pub fn holds(&self, row: u32) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows.binary_search(&row).is_ok())
    }

    /// What the reader noticed in rows that are in this table, with its position in [`Source::issues`].
    pub fn issues(&self) -> impl Iterator<Item = (u32, &ReadIssue)> {
        (0..).zip(&self.source.issues).filter(|(_, issue)| issue.frame_row.is_some_and(|row| self.holds(row)))
    }

    /// Position of the column that plays `role`.
    #[must_use]
    pub fn role(&self, role: Role) -> Option<usize> {
        self.source.role(role)
    }

    /// The cells of column `column`.
    ///
    /// # Panics
    ///
    /// When there is no such column.
    #[must_use]
    pub fn text(&self, column: usize) -> Text<'_> {
        Text::kept(&self.columns[column], self.rows.as_deref().map(Vec::as_slice), self.source.frame.height())
    }

    /// Which cells of column `column` hold nothing.
    #[must_use]
    pub fn blank(&self, column: usize) -> &BooleanChunked {
        self.known.blanks[column].get_or_init(|| {
            let parts = self.text(column).par_parts(|_, cells| cells.map(is_blank).collect::<Vec<bool>>());
            BooleanChunked::from_iter_values("blank".into(), parts.into_iter().flatten())
        })
    }

    /// Distinct values of column `column`; `None` where they are too many.
    #[must_use]
    pub fn dictionary(&self, column: usize) -> Option<&Dictionary> {
        self.known.dictionaries[column].get_or_init(|| Dictionary::build(&self.text(column))).as_ref()
    }

    /// What `map` says of each cell of column `column`, in row order; the default for null. Where the distinct values are
    /// known, each is asked once.
    #[must_use]
    pub fn map_cells<T: Copy + Default + Send>(&self, column: usize, map: impl Fn(&str) -> T + Sync) -> Vec<T> {
        if let Some(dictionary) = self.dictionary(column) {
            let said: Vec<T> = dictionary.values.iter().map(|value| map(value)).collect();
            return dictionary.codes.iter().map(|code| said.get(*code as usize).copied().unwrap_or_default()).collect();
        }
        let parts = self
            .text(column)
            .par_parts(|_, cells| cells.map(|cell| cell.map(&map).unwrap_or_default()).collect::<Vec<T>>());
        parts.into_iter().flatten().collect()
    }

    /// Whether column `column` plays a role that is a point in time.
    #[must_use]
    pub fn is_time(&self, column: usize) -> bool {
        self.source.role_of(column).is_some_and(Role::is_time)
    }

    /// Column `column` read as points in time.
    #[must_use]
    pub fn times(&self, column: usize) -> &Times {
        self.known.times[column].get_or_init(|| Times::read(&self.text(column), self.zone(), self.orders[column]))
    }

    /// Whether a cell of column `column` is a time that the clocks of its zone showed twice, so that it is not known which of
    /// both is meant: a time without a zone, in the hour at the end of summer time.
    #[must_use]
    pub fn is_repeated(&self, column: usize, row: u32) -> bool {
        let times = self.times(column);
        let Some(at) = times.get(row).filter(|_| times.is_naive(row)) else { return false };
        let local = chrono::DateTime::from_timestamp_micros(at).map(|at| at.with_timezone(&self.zone()).naive_local());
        local.is_some_and(|local| matches!(self.zone().from_local_datetime(&local), LocalResult::Ambiguous(..)))
    }

    /// Where naive times are read in.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone.unwrap_or(Tz::UTC)
    }

    /// Whether it is known in which zone naive times are to be read.
    #[must_use]
    pub fn knows_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// Cells of column `column` that hold characters which do not belong.
    #[must_use]
    pub fn marks(&self, column: usize) -> &Marks {
        self.known.marks[column].get_or_init(|| Marks::find(&self.text(column), self.dictionary(column)))
    }

    /// The entries of key `name`. Empty when no column holds it.
    #[must_use]
    pub fn key(&self, name: KeyName) -> &Key {
        self.known.keys[name as usize].get_or_init(|| match name {
            KeyName::Email | KeyName::Mailbox => {
                let columns: Vec<_> = self.email_columns().map(|(c, sep)| (c as u32, self.text(c), sep)).collect();
                Key::build(&columns, if name == KeyName::Email { email::canonical } else { email::mailbox })
            }
            KeyName::Account => {
                let columns = [
                    (Role::Domain, account_domain as Canonical),
                    (Role::Email, account_domain),
                    (self.account_name(), account_name),
                ];
                let columns: Vec<_> = columns
                    .into_iter()
                    .filter_map(|(role, canonical)| self.role(role).map(|c| (c as u32, self.text(c), None, canonical)))
                    .collect();
                Key::build_each(&columns)
            }
            KeyName::RecordId => {
                let columns: Vec<_> = self.role(Role::Id).map(|c| (c as u32, self.text(c), None)).into_iter().collect();
                Key::build(&columns, record_id::canonical)
            }
        })
    }

    /// The role that names the company of a row of accounts.
    fn account_name(&self) -> Role {
        if self.role(Role::Name).is_some() { Role::Name } else { Role::Company }
    }

    /// The primary and the additional email columns, and what separates several addresses in a cell.
    fn email_columns(&self) -> impl Iterator<Item = (usize, Option<char>)> + '_ {
        let primary = self.role(Role::Email).map(|column| (column, None));
        primary.into_iter().chain(self.more_emails().map(|column| (column, Some(';'))))
    }

    /// Further email columns of the same person.
    pub fn more_emails(&self) -> impl Iterator<Item = usize> + '_ {
        let primary = self.role(Role::Email);
        let is_one = |column: &usize| Some(*column) != primary && is_additional(self.source.header(*column));
        self.known.more_emails.get_or_init(|| self.source.columns().filter(is_one).collect()).iter().copied()
    }
}

fn account_domain(cell: &str) -> Option<Cow<'_, str>> {
    domain::own(cell).map(|domain| Cow::Owned(format!("d{domain}")))
}

fn account_name(cell: &str) -> Option<Cow<'_, str>> {
    company::canonical(cell).map(|name| Cow::Owned(format!("n{name}")))
}

/// Whether `header` names a further email column of the same person: `Email 2`, `Additional email addresses`,
/// `Person - Email - Home`. Columns about emails (`Email Opt Out`) are none.
fn is_additional(header: &str) -> bool {
    const WORDS: [&str; 14] = [
        "additional",
        "address",
        "addresses",
        "alternate",
        "alternative",
        "email",
        "emails",
        "home",
        "hs",
        "other",
        "person",
        "personal",
        "secondary",
        "work",
    ];
    let lower = header.to_lowercase().replace("e-mail", "email");
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    words.peek().is_some()
        && lower.contains("email")
        && words.all(|word| {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            word.is_empty() || WORDS.contains(&word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additional_email_columns_are_told_from_columns_about_emails() {
        for header in [
            "Email 2",
            "Additional email addresses",
            "hs_additional_emails",
            "Person - Email - Home",
            "E-mail Address 2",
        ] {
            assert!(is_additional(header), "{header}");
        }
        for header in ["Email Opt Out", "HasOptedOutOfEmail", "EmailBouncedReason", "Last email sent", "Name"] {
            assert!(!is_additional(header), "{header}");
        }
    }
}
