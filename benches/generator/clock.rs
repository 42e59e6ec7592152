//! Time: the twelve months of the export, their rhythm, and how moments are written.

/// 2025-11-01T00:00:00Z, in seconds since 1970: the first day of the export.
pub(crate) const START: i64 = 1_761_955_200;

/// 2026-11-01T00:00:00Z: the last day of the export is 2026-10-31.
pub(crate) const END: i64 = START + 365 * DAY;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Seconds of an hour.
pub(crate) const HOUR: i64 = 3_600;

/// Traffic of each hour of a day, in UTC: quiet at night, busy from nine to five on either side of the Atlantic.
const HOURS: [f64; 24] = [
    3.0, 2.0, 1.2, 0.8, 0.6, 0.6, 0.8, 1.4, 2.6, 3.6, 4.2, 4.6, 5.4, 7.2, 8.8, 9.6, 9.4, 9.0, 8.8, 8.4, 7.6, 6.2, 4.8,
    3.8,
];

/// Traffic of each day of a week, from Monday.
const WEEKDAYS: [f64; 7] = [1.08, 1.16, 1.14, 1.10, 0.96, 0.42, 0.36];

/// Traffic of each month, from January.
const MONTHS: [f64; 12] = [1.02, 1.04, 1.08, 1.04, 1.0, 0.96, 0.86, 0.84, 1.04, 1.1, 1.06, 0.9];

/// The rhythm of a year: turns a share of all events into the moment at which that share is reached.
#[derive(Debug)]
pub(crate) struct Rhythm {
    /// When the period begins.
    start: i64,
    /// Share of events reached at the start of each hour, and 1 at the end.
    reached: Vec<f64>,
}

impl Rhythm {
    /// The rhythm of the export's twelve months. The last two hours are kept free, so that chats can end in time.
    pub(crate) fn new() -> Self {
        Self::since(START)
    }

    /// The rhythm from `start` to the end of the export.
    pub(crate) fn since(start: i64) -> Self {
        let hours = (END - start) / HOUR - 2;
        let mut reached = Vec::with_capacity(hours as usize + 1);
        let mut sum = 0.0;
        for hour in 0..hours {
            reached.push(sum);
            let at = start + hour * HOUR;
            let (_, month, _) = civil(at.div_euclid(DAY));
            // Day 0, 1970-01-01, was a Thursday.
            let weekday = (at.div_euclid(DAY) + 3).rem_euclid(7);
            sum += HOURS[(hour % 24) as usize] * WEEKDAYS[weekday as usize] * MONTHS[month as usize - 1];
        }
        reached.push(sum);
        for share in &mut reached {
            *share /= sum;
        }
        Self { start, reached }
    }

    /// The moment at which `share` (0 to 1) of all events have happened.
    pub(crate) fn moment(&self, share: f64) -> i64 {
        let hour = self.reached.partition_point(|&r| r <= share).clamp(1, self.reached.len() - 1) - 1;
        let (from, to) = (self.reached[hour], self.reached[hour + 1]);
        let within = ((share - from) / (to - from)).clamp(0.0, 0.999_999);
        self.start + ((hour as f64 + within) * HOUR as f64) as i64
    }
}

/// The hour that holds `at`, counted from 1970.
pub(crate) fn hour_of(at: i64) -> i64 {
    at.div_euclid(HOUR)
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
pub(crate) fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

/// A moment as text; without allocation, for there are millions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    text: [u8; 24],
    length: usize,
}

impl Stamp {
    /// `2026-10-31`.
    pub(crate) fn date(at: i64) -> Self {
        Self { length: 10, ..Self::millis(at) }
    }

    /// `2026-10-31T09:15:27Z`.
    pub(crate) fn seconds(at: i64) -> Self {
        let mut stamp = Self { length: 20, ..Self::millis(at) };
        stamp.text[19] = b'Z';
        stamp
    }

    /// `2026-10-31T09:15:27.000Z`, the way Salesforce writes it.
    pub(crate) fn millis(at: i64) -> Self {
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let (year, month, day) = civil(at.div_euclid(DAY));
        let second = at.rem_euclid(DAY);
        digits(&mut text[..4], year);
        digits(&mut text[5..7], month);
        digits(&mut text[8..10], day);
        digits(&mut text[11..13], second / HOUR);
        digits(&mut text[14..16], second / 60 % 60);
        digits(&mut text[17..19], second % 60);
        Self { text, length: 24 }
    }
}

impl AsRef<[u8]> for Stamp {
    fn as_ref(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

/// Writes `number` into all of `to`, with leading zeros.
fn digits(to: &mut [u8], mut number: i64) {
    for digit in to.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
