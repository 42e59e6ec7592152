//! `chats.csv`: the chat tool's conversations.

use std::io;
use std::path::Path;

use fastrand::Rng;

use super::clock::Stamp;
use super::csv::Table;
use super::draw::{Seed, Stream, happens, one_of};
use super::gold::Gold;
use super::ids::chat_id;

/// The header.
const HEADER: [&str; 14] = [
    "chat_id",
    "started_at",
    "ended_at",
    "visitor_name",
    "visitor_email",
    "visitor_phone",
    "topic",
    "reason",
    "tags",
    "agent",
    "transferred",
    "rating",
    "is_bot",
    "transcript",
];

/// What a chat can be about.
#[derive(Debug)]
struct Subject {
    reason: &'static str,
    topic: &'static str,
    tag: &'static str,
    asks: &'static str,
    gets: &'static str,
}

/// Subjects; the last three are those of visitors who leave no details.
const SUBJECTS: [Subject; 7] = [
    Subject {
        reason: "Pricing",
        topic: "Pricing for teams",
        tag: "Intent_Pricing",
        asks: "What does Team cost?",
        gets: "I will send a quote.",
    },
    Subject {
        reason: "Demo Request",
        topic: "Demo",
        tag: "Demo_Request",
        asks: "Can we see it?",
        gets: "Sure, on Tuesday?",
    },
    Subject {
        reason: "Migration",
        topic: "Moving from another tool",
        tag: "Intent_Migration",
        asks: "Can we import?",
        gets: "Yes, from CSV.",
    },
    Subject {
        reason: "Partnership",
        topic: "Partner programme",
        tag: "Intent_Partnership",
        asks: "We would resell, please.",
        gets: "We will write.",
    },
    Subject {
        reason: "Technical Question",
        topic: "Integrations",
        tag: "Topic_Technical",
        asks: "Does the API page?",
        gets: "Yes, by 200.",
    },
    Subject {
        reason: "Billing",
        topic: "Invoices",
        tag: "Topic_Billing",
        asks: "Where is my invoice?",
        gets: "Under Settings.",
    },
    Subject { reason: "Other", topic: "General", tag: "Topic_General", asks: "Open on holidays?", gets: "We are." },
];

/// Reasons that qualify a chat.
const QUALIFYING: usize = 4;

/// Agents, by the name that visitors see.
const AGENTS: [&str; 14] =
    ["Ana", "Ben", "Chloe", "Dan", "Ella", "Farid", "Gina", "Hugo", "Isla", "Jon", "Kira", "Luca", "Mona", "Nils"];

/// Tags as they ought not to be: another spelling, or none that anybody declared.
const BAD_TAGS: [(&str, &str, &str); 4] = [
    ("intent_pricing", "TAG003", "another spelling of Intent_Pricing"),
    ("Source-Live-Chat", "TAG003", "another spelling of Source_Live_Chat"),
    ("Legacy_Widget_Beta", "TAG001", "not in the vocabulary"),
    ("vip!!", "TAG002", "not formed like a tag"),
];

/// A chat before it is written.
#[derive(Debug)]
pub(crate) struct Chat {
    /// Its number, from 0.
    pub(crate) number: u64,
    /// Its id.
    pub(crate) id: String,
    /// When it began.
    pub(crate) started: i64,
    /// When it ended.
    pub(crate) ended: i64,
    subject: &'static Subject,
    /// Whether the visitor is a bot.
    pub(crate) bot: bool,
    rng: Rng,
}

impl Chat {
    /// Chat `number`, begun at `started`. Visitors who qualify come for other reasons than the rest.
    pub(crate) fn new(seed: Seed, number: u64, started: i64, qualifies: bool) -> Self {
        let mut rng = seed.draws(Stream::Chat, number);
        let subject = if qualifies { rng.usize(..=QUALIFYING) } else { rng.usize(QUALIFYING..SUBJECTS.len()) };
        let minutes = 2.0 + 24.0 * rng.f64() * rng.f64();
        let ended = started + (minutes * 60.0) as i64;
        let bot = !qualifies && happens(&mut rng, 0.05);
        Self { number, id: chat_id(number), started, ended, subject: &SUBJECTS[subject], bot, rng }
    }

    /// Why the visitor came.
    pub(crate) const fn reason(&self) -> &'static str {
        self.subject.reason
    }

    /// Another reason than the visitor's own.
    pub(crate) fn other_reason(&self) -> &'static str {
        if self.subject.reason == "Other" { "Billing" } else { "Other" }
    }
}

/// Who chats.
#[derive(Debug, Default)]
pub(crate) struct Visitor<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) phone: &'a str,
}

/// Writes chats.
#[derive(Debug)]
pub(crate) struct Chats {
    table: Table,
    scale: f64,
}

impl Chats {
    pub(crate) fn create(dir: &Path, scale: f64) -> io::Result<Self> {
        Ok(Self { table: Table::create(&dir.join("chats.csv"), &HEADER)?, scale })
    }

    /// Writes `chat`.
    pub(crate) fn write(&mut self, mut chat: Chat, visitor: &Visitor<'_>, gold: &mut Gold) -> io::Result<()> {
        let rng = &mut chat.rng;
        let mut tags = format!("Source_Live_Chat;{}", chat.subject.tag);
        if happens(rng, (0.002 * self.scale).min(0.5)) {
            let (tag, code, note) = BAD_TAGS[rng.usize(..BAD_TAGS.len())];
            gold.fault(code, "chats", &chat.id, "tags", "", note)?;
            tags.push(';');
            tags.push_str(tag);
        }
        let table = &mut self.table;
        table.cell(&chat.id);
        if happens(rng, 0.000_05 * self.scale) {
            gold.fault("FMT003", "chats", &chat.id, "started_at", "", "not a time")?;
            table.cell(one_of(rng, &["31/31/2026", "yesterday"]));
        } else {
            table.cell(Stamp::seconds(chat.started));
        }
        table.cell(Stamp::seconds(chat.ended)).cell(visitor.name).cell(visitor.email).cell(visitor.phone);
        table.cell(chat.subject.topic).cell(chat.subject.reason).cell(tags).cell(one_of(rng, &AGENTS));
        table.cell(if happens(rng, 0.08) { "true" } else { "false" });
        table.cell(one_of(rng, &["", "", "", "3", "4", "4", "5", "5", "5"]));
        table.cell(if chat.bot { "true" } else { "false" });
        let between = if happens(rng, 0.4) { "\n" } else { " | " };
        table.cell(format!("Visitor: {}{between}Agent: {}", chat.subject.asks, chat.subject.gets));
        table.end()
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.table.finish()
    }
}
