//! The cells of sampled rows in every form in which two cells may be the same, as hashes: cells of two columns compare in a
//! few machine words.

use std::hash::Hasher;

use chrono_tz::Tz;
use rustc_hash::{FxHashMap, FxHasher};

use crate::config::options::FieldType;
use crate::model::Role;
use crate::normalise::precision::Precision;
use crate::normalise::proof::compare::folded;
use crate::normalise::table::Table;
use crate::normalise::text::{is_blank, trimmed};
use crate::normalise::timestamp::{DayOrder, Reading, read};
use crate::normalise::{boolean, email, number, phone};

/// Ways, beyond case and white space, in which two cells may be the same.
const TYPES: [FieldType; 4] = [FieldType::Email, FieldType::Phone, FieldType::Boolean, FieldType::Number];

/// Most characters of a cell that is looked for in other cells.
const LONGEST: usize = 200;

/// One cell; 0 stands for nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    exact: u64,
    folded: u64,
    typed: [u64; TYPES.len()],
}

/// How two cells are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    Exact,
    Normalised,
    No,
}

/// A column, over the sampled rows.
#[derive(Debug)]
pub(super) struct Sampled {
    /// Position of the column.
    pub column: usize,
    /// Whether most of its cells are of each of the types.
    is: [bool; TYPES.len()],
    forms: Vec<Form>,
    /// Where it holds times: how finely they are stamped, and the seconds since 1970 of each row.
    pub times: Option<(Precision, Vec<Option<i64>>)>,
    /// The folded cells, of the first rows of the sample only; empty for nothing.
    pub texts: Vec<String>,
    /// Distinct folded values by code, when there are few; and the code of each row, `u32::MAX` for nothing.
    pub values: Option<Values>,
    /// Characters of the usual cell.
    pub length: usize,
}

/// The distinct values of a column that has few.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// As they are first written.
    pub written: Vec<String>,
    /// By row.
    pub codes: Vec<u32>,
}

fn hashed(tag: u8, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(tag);
    hasher.write(text.as_bytes());
    hasher.finish() | 1
}

impl Sampled {
    /// Column `column` of `table` at `rows`, which are rows of its frame; texts are kept of the first `texts` rows.
    pub(super) fn of(table: &Table, column: usize, rows: &[u32], texts: usize) -> Self {
        /// Cells by which a column is told to be of a type.
        const TELLING: usize = 200;
        /// Most distinct values of a column whose values may be translated.
        const FEW: usize = 60;
        let text = table.text(column);
        let cell = |row: &u32| text.get(*row).filter(|cell| !is_blank(Some(cell)));
        let telling: Vec<&str> = rows.iter().filter_map(cell).take(TELLING).collect();
        let times = is_time(table, column, &telling).then(|| {
            let times = table.times(column);
            let second = |row: &u32| times.get(*row).map(|at| at.div_euclid(1_000_000));
            (Precision::of(times), rows.iter().map(second).collect())
        });
        let is = TYPES.map(|of| !telling.is_empty() && share(&telling, |cell| typed(of, cell) != 0) >= 0.9);
        let mut forms = Vec::with_capacity(rows.len());
        let mut kept = Vec::new();
        let mut codes: Option<FxHashMap<u64, u32>> = Some(FxHashMap::default());
        let mut values = Values::default();
        let mut chars = 0;
        let mut filled = 0;
        for (nth, row) in rows.iter().enumerate() {
            let Some(cell) = cell(row) else {
                forms.push(Form::default());
                values.codes.push(u32::MAX);
                if nth < texts {
                    kept.push(String::new());
                }
                continue;
            };
            filled += 1;
            chars += cell.len();
            let plain = folded(cell);
            let mut form = Form { exact: hashed(0, cell), folded: hashed(1, &plain), ..Form::default() };
            for ((slot, of), is) in form.typed.iter_mut().zip(TYPES).zip(is) {
                *slot = if is { typed(of, cell) } else { 0 };
            }
            if let Some(known) = &mut codes {
                let next = known.len() as u32;
                let code = *known.entry(form.folded).or_insert_with(|| {
                    values.written.push(trimmed(cell).chars().take(LONGEST).collect());
                    next
                });
                values.codes.push(code);
                if known.len() > FEW || cell.len() > LONGEST {
                    codes = None;
                }
            }
            forms.push(form);
            if nth < texts {
                kept.push(plain.into_owned());
            }
        }
        let length = chars.checked_div(filled).unwrap_or_default();
        Self { column, is, forms, times, texts: kept, values: codes.map(|_| values), length }
    }

    /// The type that most cells have. `role` is that of the column.
    pub(super) fn kind(&self, role: Option<Role>) -> Option<FieldType> {
        let is = |of: FieldType| match of {
            FieldType::Timestamp => self.times.is_some(),
            of => TYPES.iter().zip(self.is).any(|(known, is)| is && *known == of),
        };
        match role {
            Some(Role::Id | Role::ChatId | Role::RecordId | Role::Postcode) => return None,
            Some(Role::Phone) => return is(FieldType::Phone).then_some(FieldType::Phone),
            _ => {}
        }
        // What is a boolean may be read as a number, what is a number as a phone number or a time.
        let order = [FieldType::Email, FieldType::Boolean, FieldType::Timestamp, FieldType::Number, FieldType::Phone];
        order.into_iter().find(|of| is(*of))
    }

    /// Whether the cell at `at` holds something.
    pub(super) fn is_filled(&self, at: usize) -> bool {
        self.forms[at].exact != 0
    }

    /// The folded cell at `at`, as a hash.
    pub(super) fn folded(&self, at: usize) -> u64 {
        self.forms[at].folded
    }

    /// How the cell at `at` and the cell of `other` at `there` are the same, where times of `other` are `offset` seconds
    /// ahead.
    pub(super) fn same(&self, at: usize, other: &Self, there: usize, offset: i64) -> Same {
        let (a, b) = (&self.forms[at], &other.forms[there]);
        if a.exact == 0 || b.exact == 0 {
            return Same::No;
        }
        if a.exact == b.exact {
            return Same::Exact;
        }
        let typed = a.typed.iter().zip(b.typed).any(|(a, b)| *a != 0 && *a == b);
        let moment =
            || self.apart(at, other, there).is_some_and(|(apart, unit)| (apart - offset).div_euclid(unit) == 0);
        if a.folded == b.folded || typed || moment() { Same::Normalised } else { Same::No }
    }

    /// How many seconds the time of `other` at `there` lies ahead of that at `at`, both as far as the coarser is stamped,
    /// and that precision in seconds. A day is that of some zone: which, is not known.
    pub(super) fn apart(&self, at: usize, other: &Self, there: usize) -> Option<(i64, i64)> {
        let ((own, said), (theirs, shown)) = self.times.as_ref().zip(other.times.as_ref())?;
        let (said, shown) = (said[at]?, shown[there]?);
        let unit = match own.max(theirs) {
            Precision::Seconds => 1,
            Precision::Minutes => 60,
            Precision::Days => 86_400,
        };
        Some(((shown.div_euclid(unit) - said.div_euclid(unit)) * unit, unit))
    }

    /// The folded cell at `at`, when it can be looked for among the words of another: neither short nor long.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        let text = self.texts.get(at)?;
        let telling = text.chars().any(char::is_alphabetic) || text.len() >= 7;
        (text.len() >= 3 && text.len() <= LONGEST && telling).then_some(text.as_str())
    }
}

fn share(cells: &[&str], is: impl Fn(&str) -> bool) -> f64 {
    cells.iter().filter(|cell| is(cell)).count() as f64 / cells.len().max(1) as f64
}

/// A cell as values of a type compare; 0 when it is none.
fn typed(of: FieldType, cell: &str) -> u64 {
    if cell.len() > 500 {
        return 0;
    }
    match of {
        FieldType::Email => {
            let address = email::canonical(cell).filter(|address| address.contains('@'));
            address.map_or(0, |address| hashed(2, &address))
        }
        // With or without the prefix of its country.
        FieldType::Phone => phone::tail(cell, 8).map_or(0, |digits| hashed(3, &digits)),
        FieldType::Boolean => boolean::word(trimmed(cell)).map_or(0, |(_, is)| hashed(4, if is { "1" } else { "0" })),
        FieldType::Number => number::read(cell).map_or(0, |number| hashed(5, &format!("{number}"))),
        FieldType::Timestamp | FieldType::Text | FieldType::LongText | FieldType::Picklist => 0,
    }
}

/// Whether a column holds times: its role says so, or its cells read as such; numbers only where they are seconds or
/// milliseconds of this century.
fn is_time(table: &Table, column: usize, telling: &[&str]) -> bool {
    const SINCE: i64 = 946_684_800_000_000;
    const UNTIL: i64 = 4_102_444_800_000_000;
    if table.source.role_of(column).is_some_and(Role::is_time) {
        return true;
    }
    // Only what reads as times in a few cells is worth reading as a whole.
    let is_moment = |cell: &str| {
        let plain = cell.bytes().all(|b| b.is_ascii_digit());
        let written = cell.bytes().any(|b| matches!(b, b'-' | b'/' | b':' | b'.')) && number::read(cell).is_none();
        (8..=60).contains(&cell.len())
            && (written || (plain && matches!(cell.len(), 10 | 13)))
            && match read(Some(cell), Tz::UTC, DayOrder::MonthFirst) {
                Reading::At(moment) => (SINCE..UNTIL).contains(&moment.micros),
                _ => false,
            }
    };
    telling.iter().take(20).any(|cell| is_moment(cell)) && share(telling, is_moment) >= 0.9
}
