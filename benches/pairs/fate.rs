//! What is planted, by chat and by record. At most one fault a record, so that each line of the gold has one cause.

use fastrand::Rng;

use super::vendors::Vendors;
use super::{Request, START, Variant};
use crate::generator::clock::{DAY, HOUR};
use crate::generator::draw::happens;

/// What becomes of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A chat makes a record.
    Made,
    /// Somebody comes back, and the record that is there is linked.
    Linked,
    /// Nobody left anything, or it was spam.
    Nothing,
    /// A record without a chat.
    Web,
    /// CHT005: somebody who chatted before comes back by another address, and gets a second record.
    Again,
    /// DUP007: somebody whose lead was converted chats, and gets a second one.
    Unseen,
    /// DUP007: somebody who is known chats, and the record is not linked.
    Unlinked,
    /// SYN004: a chat that qualifies and left no trace.
    Lost,
    /// CHT001: a record of a chat that should make none.
    Ungated,
}

/// What is planted in a record that a chat made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// MAP005: the company does not arrive.
    Lost,
    /// MAP006: another reason.
    Altered,
    /// MAP007: the opposite answer.
    Inverted,
    /// MAP004: the topic stands in the notes.
    Notes,
    /// MAP009: half of the transcript.
    Half,
    /// MAP009: a question over the limit of its field.
    Limit,
    /// MAP010: a reason that the picklist does not list.
    Rejected,
    /// MAP016: an automation that did nothing.
    Idle,
    /// CHT002: no transcript, or no chat id.
    Bare,
    /// SYN001.
    Slow,
    /// SYN002.
    Stalled,
    /// SYN006.
    Backdated,
}

/// What is planted in the owner of any record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// ASG001: nobody's.
    Nobody,
    /// ASG002: another's.
    Other,
    /// ASG006: no rule covers it.
    Uncovered,
    /// ASG007: it waited for its first owner.
    Late,
    /// ASG008: the default owner's.
    Default,
    /// ASG009: of somebody who left.
    Gone,
}

const FAULTS: [(Fault, f64); 12] = [
    (Fault::Lost, 0.02),
    (Fault::Altered, 0.015),
    (Fault::Inverted, 0.02),
    (Fault::Notes, 0.015),
    (Fault::Half, 0.02),
    (Fault::Limit, 0.02),
    (Fault::Rejected, 0.02),
    (Fault::Idle, 0.02),
    (Fault::Bare, 0.01),
    (Fault::Slow, 0.015),
    (Fault::Stalled, 0.008),
    (Fault::Backdated, 0.008),
];

const WRONGS: [(Wrong, f64); 6] = [
    (Wrong::Nobody, 0.008),
    (Wrong::Other, 0.015),
    (Wrong::Uncovered, 0.008),
    (Wrong::Late, 0.008),
    (Wrong::Default, 0.008),
    (Wrong::Gone, 0.03),
];

/// Day of the assignment rules' `since`: 2026-08-15.
pub(crate) const SINCE: i64 = START + 14 * DAY;

/// From when two columns are swapped: 2026-10-20.
pub(crate) const SWAPPED: i64 = START + 80 * DAY;

/// The hours without a chat: 16 September, a Wednesday, from 12 to 20 o'clock UTC.
pub(crate) const GAP: (i64, i64) = (START + 46 * DAY + 12 * HOUR, START + 46 * DAY + 20 * HOUR);

/// Day on which the log of the shifted variant ends: 2026-10-20.
pub(crate) const LOG_ENDS: i64 = START + 80 * DAY;

/// By how many seconds the CRM's clock is off in the shifted variant.
pub(crate) const CLOCK: i64 = 2 * HOUR;

/// What is planted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fates {
    /// Multiplies the rates.
    pub(crate) scale: f64,
    /// The variant.
    pub(crate) variant: Variant,
    vendors: &'static dyn Vendors,
}

impl Fates {
    pub(crate) fn new(request: &Request, vendors: &'static dyn Vendors) -> Self {
        Self { scale: request.faults, variant: request.variant, vendors }
    }

    /// Whether anything is planted.
    pub(crate) fn is_faulty(&self) -> bool {
        self.scale > 0.0
    }

    /// Whether the clock of the CRM is off.
    pub(crate) fn is_shifted(&self) -> bool {
        self.is_faulty() && self.variant == Variant::Shifted
    }

    /// What is planted in a record that a chat made.
    pub(crate) fn fault(&self, rng: &mut Rng) -> Option<Fault> {
        let mut left = rng.f64();
        for (fault, rate) in FAULTS {
            left -= rate * self.scale;
            if left < 0.0 {
                let possible = match fault {
                    Fault::Rejected => self.vendors.has_schema(),
                    Fault::Slow => self.vendors.has_seconds() && !self.is_shifted(),
                    Fault::Stalled | Fault::Backdated => !self.is_shifted(),
                    _ => true,
                };
                return possible.then_some(fault);
            }
        }
        None
    }

    /// What is wrong with an owner.
    pub(crate) fn wrong(&self, created: i64, rng: &mut Rng) -> Option<Wrong> {
        let mut left = rng.f64();
        for (wrong, rate) in WRONGS {
            left -= rate * self.scale;
            if left < 0.0 {
                // Before the rules were in force only the owner's own state counts.
                let possible = match wrong {
                    Wrong::Gone => created < SINCE - DAY,
                    _ => created > SINCE + DAY,
                };
                return possible.then_some(wrong);
            }
        }
        None
    }

    /// How many of the chats are of each kind, and how many records have no chat.
    pub(crate) fn kinds(&self, leads: u64, chats: u64) -> Vec<(Kind, u64)> {
        let share = |rate: f64| (rate * chats as f64).round() as u64;
        let planted = |rate: f64| share((rate * self.scale).min(0.02));
        let mut kinds = vec![
            (Kind::Again, planted(0.006)),
            (Kind::Unseen, if self.vendors.has_conversion() { planted(0.003) } else { 0 }),
            (Kind::Unlinked, planted(0.006)),
            (Kind::Lost, planted(0.008)),
            (Kind::Ungated, planted(0.005)),
            (Kind::Linked, share(0.1)),
            (Kind::Made, share(0.54).min(leads * 4 / 5)),
        ];
        let of = |kinds: &[(Kind, u64)], wanted: &[Kind]| -> u64 {
            kinds.iter().filter(|(kind, _)| wanted.contains(kind)).map(|(_, count)| count).sum()
        };
        let makers = of(&kinds, &[Kind::Again, Kind::Unseen, Kind::Ungated, Kind::Made]);
        let all: u64 = kinds.iter().map(|(_, count)| count).sum();
        kinds.push((Kind::Nothing, chats.saturating_sub(all)));
        kinds.push((Kind::Web, leads.saturating_sub(makers)));
        kinds
    }

    /// Hours in which the integration fails.
    pub(crate) fn bursts(&self, rng: &mut Rng) -> Vec<i64> {
        let count = (12.0 * self.scale).round().min(40.0) as usize;
        let mut hours: Vec<i64> = Vec::new();
        for _ in 0..count * 20 {
            // Busy hours of working days, away from the gap.
            let day = rng.i64(3..89);
            let weekday = (START / DAY + day + 3) % 7;
            let hour = (START + day * DAY) / HOUR + rng.i64(13..17);
            if weekday < 5 && day != 46 && hours.len() < count && !hours.contains(&hour) {
                hours.push(hour);
            }
        }
        hours.sort_unstable();
        hours
    }

    /// Whether a chat that ends in `hour` fails.
    pub(crate) fn fails(bursts: &[i64], hour: i64, rng: &mut Rng) -> bool {
        bursts.binary_search(&hour).is_ok() && happens(rng, 0.6)
    }
}
