//! What a pair of vendors has to say: how each side writes values, and its files.

use std::fmt::Debug;
use std::io;
use std::path::Path;

use super::World;
use super::field::Mapped;
use super::record::{Stage, USERS, user};

/// A CRM and a chat tool.
pub(crate) trait Vendors: Debug + Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// The name of the source of records.
    fn records(&self) -> &'static str {
        "leads"
    }

    /// The id of the `number`-th chat.
    fn chat_id(&self, number: u64) -> String;

    /// The id of the `number`-th record.
    fn record_id(&self, number: u64) -> String;

    /// The id of the `number`-th user.
    fn user_id(&self, number: usize) -> String;

    /// What the owner column shows for a user.
    fn owner(&self, number: usize) -> String;

    /// A yes or no in the chats.
    fn answer_said(&self, yes: bool) -> &'static str;

    /// A yes or no in the records.
    fn answer_shown(&self, yes: bool) -> &'static str {
        if yes { "true" } else { "false" }
    }

    /// A time in the chats' own fields.
    fn time_said(&self, at: i64) -> String;

    /// A time in the records.
    fn time_shown(&self, at: i64) -> String;

    /// A whole number in the records.
    fn number_shown(&self, number: u32) -> String {
        number.to_string()
    }

    /// The code or label of a reason in the records.
    fn reason_shown(&self, reason: usize) -> String;

    /// The word for a stage.
    fn stage(&self, stage: Stage) -> &'static str;

    /// The contracts.
    fn mappings(&self) -> &'static [Mapped];

    /// The headers of the records that faults are planted in beside those of the contracts.
    fn headers(&self) -> &'static Headers;

    /// Whether the records have a schema file, so that picklists, lengths and types are known.
    fn has_schema(&self) -> bool {
        true
    }

    /// Whether the schema says how long fields may be.
    fn has_lengths(&self) -> bool {
        false
    }

    /// Whether chats carry tags, so that agents can mark spam.
    fn has_tags(&self) -> bool {
        true
    }

    /// Whether records are stamped to the second.
    fn has_seconds(&self) -> bool {
        true
    }

    /// Whether the records have queues.
    fn has_queues(&self) -> bool {
        false
    }

    /// Whether converted leads stay in the export: they prove that somebody is known.
    fn has_conversion(&self) -> bool {
        false
    }

    /// Whether chats have a transcript.
    fn has_transcripts(&self) -> bool {
        true
    }

    /// By how many seconds callbacks are off.
    fn callback_shift(&self) -> i64;

    /// The IANA zone of naive times, for `[audit] timezone`.
    fn zone(&self) -> &'static str {
        "UTC"
    }

    /// Writes the exports, and the schema if there is one.
    fn write(&self, world: &World, dir: &Path) -> io::Result<()>;

    /// Sources for the config, but for the log: name, keys.
    fn sources(&self) -> &'static str;
}

/// Headers of the records.
#[derive(Debug)]
pub(crate) struct Headers {
    /// Sales region.
    pub(crate) region: &'static str,
    /// Notes.
    pub(crate) notes: &'static str,
    /// Creation.
    pub(crate) created: &'static str,
    /// Source of the lead.
    pub(crate) source: &'static str,
    /// Budget.
    pub(crate) budget: &'static str,
    /// Priority.
    pub(crate) priority: &'static str,
    /// The field that is absent from the export.
    pub(crate) absent: &'static str,
    /// A chat field that is not mapped otherwise, for the contract into the absent field.
    pub(crate) language: &'static str,
    /// The chat field that is absent from the export.
    pub(crate) lost: &'static str,
}

/// A moment where people live, as year, month, day, hour, minute, second.
pub(crate) fn local(at: i64, zone: &str) -> [i64; 6] {
    use crate::generator::clock::{DAY, civil};
    // Clocks of 2026: summer time ends in Europe on 25 October, in America on 1 November, both at a full hour of UTC.
    const EUROPE: i64 = 1_792_890_000;
    const AMERICA: i64 = 1_793_512_800;
    let offset = match zone {
        "Europe/Berlin" if at < EUROPE => 7_200,
        "Europe/Berlin" => 3_600,
        "America/New_York" if at < AMERICA => -14_400,
        "America/New_York" => -18_000,
        _ => 0,
    };
    let at = at + offset;
    let (year, month, day) = civil(at.div_euclid(DAY));
    let second = at.rem_euclid(DAY);
    [year, month, day, second / 3_600, second / 60 % 60, second % 60]
}

/// `2026-10-31 09:15:27` in `zone`.
pub(crate) fn wall(at: i64, zone: &str) -> String {
    let [year, month, day, hour, minute, second] = local(at, zone);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// The address of a user.
pub(crate) fn email(number: usize) -> String {
    match number {
        user::INTEGRATION => "integration@acme.example".to_owned(),
        user::FORMS => "forms@acme.example".to_owned(),
        _ => {
            let (first, last) = USERS[number];
            format!("{}.{}@acme.example", first.to_lowercase(), last.to_lowercase())
        }
    }
}
