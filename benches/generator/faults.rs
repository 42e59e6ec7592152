//! What is wrong with which lead: repeats of earlier leads, and flaws in cells.
//!
//! Both are found from the row's number alone. A lead with a flaw is never repeated, and a repeat has no flaw, so each
//! line of the gold files has one cause.

use super::draw::{Seed, Stream, happens};

/// How a lead repeats an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The same address.
    Exact,
    /// The same address in other case.
    Case,
    /// The same address with a space at its end.
    Space,
    /// The same mailbox with a `+tag`.
    PlusTag,
    /// The address with one slip of a finger.
    Typo,
    /// A private address and the short form of the name.
    Nickname,
    /// No address; name, phone and company as before.
    NoEmail,
    /// Given and family name swapped, a private address.
    Swapped,
    /// A new employer and address; a direct line moves along.
    NewJob,
}

impl Repeat {
    /// Every kind with its weight.
    const WEIGHTS: [(Self, f64); 9] = [
        (Self::Exact, 0.30),
        (Self::Case, 0.12),
        (Self::Space, 0.04),
        (Self::PlusTag, 0.05),
        (Self::Typo, 0.14),
        (Self::Nickname, 0.09),
        (Self::NoEmail, 0.13),
        (Self::Swapped, 0.05),
        (Self::NewJob, 0.08),
    ];

    /// The word in the gold files.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact-email",
            Self::Case => "email-case",
            Self::Space => "email-space",
            Self::PlusTag => "email-plus-tag",
            Self::Typo => "email-typo",
            Self::Nickname => "nickname",
            Self::NoEmail => "no-email",
            Self::Swapped => "swapped-names",
            Self::NewJob => "new-job",
        }
    }

    /// The rule that is meant to find it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Exact | Self::Case | Self::Space => "DUP001",
            Self::PlusTag => "DUP002",
            Self::Typo => "DUP003",
            Self::Nickname | Self::NoEmail | Self::Swapped | Self::NewJob => "DUP004",
        }
    }
}

/// What is wrong with a lead that repeats nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// REQ001: no email.
    MissingEmail,
    /// REQ001: a placeholder for a name.
    PlaceholderName,
    /// REQ002: an email that is none.
    InvalidEmail,
    /// DUP009: a mailbox that several people read.
    SharedMailbox,
    /// DUP005: the id of the row before, with other values.
    RepeatedId,
    /// FMT003: a time that cannot be read.
    UnreadableTime,
    /// FMT004: a phone number with too few digits.
    ShortPhone,
    /// FMT004: a phone number written another way.
    LocalPhone,
    /// FMT005: spaces or invisible characters.
    StrayCharacters,
    /// FMT006: a name decoded wrongly.
    DamagedName,
    /// FMT007: a phone number that a spreadsheet took for a number.
    SpreadsheetPhone,
    /// FMT008: made long after the export.
    FutureTime,
    /// FMT001: a boolean in another vocabulary.
    OtherBoolean,
    /// FMT009: one cell too many or too few.
    RaggedRow,
    /// ASG001: still with the queue.
    Unassigned,
    /// CHT004: open, and nothing happened for months.
    Abandoned,
}

/// Flaws with their rate among all leads.
const FLAWS: [(Flaw, f64); 15] = [
    (Flaw::MissingEmail, 0.008),
    (Flaw::PlaceholderName, 0.0005),
    (Flaw::InvalidEmail, 0.003),
    (Flaw::SharedMailbox, 0.003),
    (Flaw::RepeatedId, 0.000_05),
    (Flaw::UnreadableTime, 0.000_06),
    (Flaw::ShortPhone, 0.001),
    (Flaw::LocalPhone, 0.004),
    (Flaw::StrayCharacters, 0.0015),
    (Flaw::DamagedName, 0.0004),
    (Flaw::SpreadsheetPhone, 0.000_06),
    (Flaw::FutureTime, 0.000_02),
    (Flaw::OtherBoolean, 0.000_02),
    (Flaw::Unassigned, 0.003),
    (Flaw::Abandoned, 0.006),
];

/// Share of leads that repeat an earlier lead.
const REPEATS: f64 = 0.065;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// The first row of a person.
    First(Option<Flaw>),
    /// Another row of the person whom row `of` introduced.
    Again {
        /// The row that introduced the person.
        of: u64,
        /// In which way.
        how: Repeat,
    },
}

/// What is planted, by row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    seed: Seed,
    /// Multiplies every rate but that of ragged rows.
    pub(crate) scale: f64,
    /// Share of ragged rows.
    pub(crate) ragged: f64,
}

impl Faults {
    pub(crate) fn new(seed: Seed, scale: f64, ragged: f64) -> Self {
        Self { seed, scale, ragged }
    }

    /// What row `row` is.
    pub(crate) fn nature(&self, row: u64) -> Nature {
        let mut rng = self.seed.draws(Stream::Repeat, row);
        if row > 0 && happens(&mut rng, (REPEATS * self.scale).min(0.5)) {
            // Half of those who come back do so soon.
            let far = if happens(&mut rng, 0.5) { row.min(5_000) } else { row };
            let other = row - 1 - rng.u64(..far);
            let origin = match self.nature(other) {
                Nature::First(None) => Some(other),
                Nature::First(Some(_)) => None,
                Nature::Again { of, .. } => Some(of),
            };
            if let Some(of) = origin {
                let mut left = rng.f64();
                for (how, weight) in Repeat::WEIGHTS {
                    left -= weight;
                    if left < 0.0 {
                        return Nature::Again { of, how };
                    }
                }
                return Nature::Again { of, how: Repeat::Exact };
            }
        }
        Nature::First(self.flaw(row))
    }

    /// What is wrong with row `row`, if it introduces somebody.
    fn flaw(&self, row: u64) -> Option<Flaw> {
        let mut rng = self.seed.draws(Stream::Fault, row);
        if happens(&mut rng, self.ragged) {
            return Some(Flaw::RaggedRow);
        }
        let mut left = rng.f64();
        for (flaw, rate) in FLAWS {
            left -= rate * self.scale;
            if left < 0.0 {
                return Some(flaw);
            }
        }
        None
    }
}
