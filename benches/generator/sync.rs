//! `sync_log.csv`: the attempts to make leads of chats, and how long that took.

use std::io;
use std::path::Path;

use super::chats::Chat;
use super::clock::{Rhythm, Stamp, hour_of};
use super::csv::Table;
use super::draw::{Seed, Stream, happens, one_of};
use super::gold::Gold;
use super::ids::SalesforceId;

/// The header.
const HEADER: [&str; 6] = ["chat_id", "lead_id", "attempted_at", "status", "error", "attempt"];

/// Hours of a year in which many attempts fail.
const BURSTS: f64 = 12.0;

/// Share of the chats that fail in such an hour.
const BURST_SHARE: f64 = 0.35;

/// How a chat became a lead.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// When the lead was made.
    pub(crate) created: i64,
    /// Attempts that failed before, with their error.
    failed: Vec<(i64, &'static str)>,
    /// Whether it was one of a burst.
    burst: bool,
}

/// Writes the log.
#[derive(Debug)]
pub(crate) struct Sync {
    seed: Seed,
    scale: f64,
    bursts: Vec<i64>,
    /// Hour and id of the first chat of a burst, until a second one makes it a burst.
    pending: Option<(i64, String)>,
    /// The last hour that was a burst.
    burst: Option<i64>,
    table: Table,
}

impl Sync {
    pub(crate) fn create(dir: &Path, seed: Seed, scale: f64, rhythm: &Rhythm) -> io::Result<Self> {
        let mut rng = seed.draws(Stream::Sync, u64::MAX);
        let count = (BURSTS * scale).round().min(200.0) as usize;
        let mut bursts: Vec<i64> = (0..count).map(|_| hour_of(rhythm.moment(0.02 + 0.95 * rng.f64()))).collect();
        bursts.sort_unstable();
        let table = Table::create(&dir.join("sync_log.csv"), &HEADER)?;
        Ok(Self { seed, scale, bursts, pending: None, burst: None, table })
    }

    /// What happens to `chat` on its way.
    pub(crate) fn outcome(&self, chat: &Chat) -> Outcome {
        let mut rng = self.seed.draws(Stream::Sync, chat.number);
        let first = chat.ended + 1 + rng.i64(0..3);
        let hour = hour_of(first);
        if self.bursts.binary_search(&hour).is_ok() && happens(&mut rng, BURST_SHARE) {
            let error = one_of(&mut rng, &["429 Too Many Requests", "429 Too Many Requests", "504 Gateway Timeout"]);
            let failed = vec![(first, error), (first + 60, error), (first + 300, error)];
            return Outcome { created: (hour + 1) * 3_600 + rng.i64(600..5_400), failed, burst: true };
        }
        let chance = rng.f64();
        let (stalled, slow) = (0.001 * self.scale, 0.011 * self.scale);
        let created = if chance < stalled {
            chat.ended + rng.i64(320..3_900)
        } else if chance < slow {
            chat.ended + rng.i64(30..290)
        } else {
            // Most within ten seconds, all within 29.
            first + ((-rng.f64().max(1e-9).ln() * 4.5) as i64).min(25)
        };
        let retried = chance >= slow && created > first && hour_of(created) == hour && happens(&mut rng, 0.004);
        let failed = if retried { vec![(first, "UNABLE_TO_LOCK_ROW")] } else { Vec::new() };
        Outcome { created, failed, burst: false }
    }

    /// Writes the attempts for `chat`.
    pub(crate) fn write(
        &mut self,
        chat: &Chat,
        lead: SalesforceId,
        outcome: &Outcome,
        gold: &mut Gold,
    ) -> io::Result<()> {
        const ATTEMPTS: [&str; 5] = ["1", "2", "3", "4", "5"];
        let table = &mut self.table;
        for ((at, error), attempt) in outcome.failed.iter().zip(ATTEMPTS) {
            table.cell(&chat.id).cell("").cell(Stamp::seconds(*at)).cell("error").cell(error).cell(attempt).end()?;
        }
        table.cell(&chat.id).cell(lead.as_bytes()).cell(Stamp::seconds(outcome.created)).cell("success").cell("");
        table.cell(ATTEMPTS[outcome.failed.len()]).end()?;

        let latency = outcome.created - chat.ended;
        if latency > 300 {
            gold.fault("SYN002", "chats", &chat.id, "", lead.as_bytes(), "over 300 seconds")?;
        } else if latency >= 30 {
            gold.fault("SYN001", "chats", &chat.id, "", lead.as_bytes(), "30 to 300 seconds")?;
        }
        if outcome.burst {
            self.note_burst(hour_of(outcome.failed[0].0), &chat.id, gold)?;
        }
        Ok(())
    }

    /// One failure is no burst: the first of an hour is noted together with the second.
    fn note_burst(&mut self, hour: i64, chat: &str, gold: &mut Gold) -> io::Result<()> {
        let note = format!("hour {}", String::from_utf8_lossy(Stamp::seconds(hour * 3_600).as_ref()));
        if self.burst == Some(hour) {
            return gold.fault("SYN003", "sync_log", chat, "", "", &note);
        }
        match self.pending.take() {
            Some((same, first)) if same == hour => {
                self.burst = Some(hour);
                gold.fault("SYN003", "sync_log", &first, "", "", &note)?;
                gold.fault("SYN003", "sync_log", chat, "", "", &note)
            }
            _ => {
                self.pending = Some((hour, chat.to_owned()));
                Ok(())
            }
        }
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.table.finish()
    }
}
