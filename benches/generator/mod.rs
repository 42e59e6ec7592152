//! The generator behind `benches/generate.rs`, which says what it writes and plants.
//!
//! | module | says |
//! | --- | --- |
//! | `draw` | how chance is drawn, by address and not in turn |
//! | `names`, `places`, `companies`, `people` | who there is |
//! | `faults` | which lead repeats whom, and which has which flaw |
//! | `identity` | who a lead says it is |
//! | `drift` | categorical values and their spellings |
//! | `clock` | when things happen |
//! | `leads`, `chats`, `sync` | the three files |
//! | `gold` | the files that say what is true |
//! | `ids`, `csv` | how ids and cells are written |
//! | `pairs` | corpora of a chat tool against a CRM, `--pair` |
//!
//! Rows are written as they are made, and only counters are kept between them. Since the first row of a person and its
//! repeats are found from row numbers alone, no earlier row is remembered, however long the files get.

mod chats;
mod clock;
mod companies;
mod csv;
mod draw;
mod drift;
mod faults;
mod gold;
mod identity;
mod ids;
mod leads;
mod names;
pub(crate) mod pairs;
mod people;
mod places;
mod sync;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

use chats::{Chat, Chats, Visitor};
use clock::Rhythm;
use draw::{Seed, Stream, happens};
use faults::Faults;
use gold::Gold;
use leads::{Leads, Visit};
use sync::Sync;

/// Chats per lead, unless told otherwise.
const CHATS_PER_LEAD: f64 = 0.673;

/// Share of the chats that make a lead.
const QUALIFYING: f64 = 0.85;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Request {
    /// Rows of `leads.csv`.
    pub(crate) leads: u64,
    /// Rows of `chats.csv`; 0.673 per lead when absent.
    pub(crate) chats: Option<u64>,
    /// The seed.
    pub(crate) seed: u64,
    /// Multiplies the rate of every fault; 0 is healthy data.
    pub(crate) faults: f64,
    /// Ragged rows per million leads.
    pub(crate) ragged: f64,
}

/// What was generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Rows of `leads.csv`.
    pub(crate) leads: u64,
    /// Rows of `chats.csv`.
    pub(crate) chats: u64,
    /// Rows of `gold/faults.csv`.
    pub(crate) planted: u64,
}

/// Writes the files into `dir`, which is made if need be.
pub(crate) fn generate(request: &Request, dir: &Path) -> io::Result<Summary> {
    fs::create_dir_all(dir)?;
    let seed = Seed(request.seed);
    let ragged = if request.faults > 0.0 { request.ragged / 1e6 } else { 0.0 };
    let faults = Faults::new(seed, request.faults, ragged);
    let rhythm = Rhythm::new();
    let mut world = World {
        seed,
        scale: request.faults,
        leads: Leads::create(dir, seed, request.leads, faults)?,
        chats: Chats::create(dir, request.faults)?,
        sync: Sync::create(dir, seed, request.faults, &rhythm)?,
        gold: Gold::create(dir)?,
        next_lead: 0,
        next_chat: 0,
    };

    // Each event is a lead by itself, a chat by itself, or a chat that makes a lead. Drawing without replacement gives
    // exactly the numbers that were asked for, in an order that is drawn as it goes.
    let chats = request.chats.unwrap_or((request.leads as f64 * CHATS_PER_LEAD).round() as u64);
    let both = ((chats as f64 * QUALIFYING).round() as u64).min(request.leads);
    let (mut only_leads, mut only_chats, mut both) = (request.leads - both, chats - both, both);
    let events = only_leads + only_chats + both;
    let mut order = seed.draws(Stream::Order, 0);
    for event in 0..events {
        let moment = rhythm.moment((event as f64 + order.f64()) / events as f64);
        let ball = order.u64(..only_leads + only_chats + both);
        if ball < both {
            both -= 1;
            world.chat_and_lead(moment)?;
        } else if ball < both + only_leads {
            only_leads -= 1;
            world.lead(moment)?;
        } else {
            only_chats -= 1;
            world.chat(moment)?;
        }
    }
    world.finish()
}

/// The files, and how far they have come.
#[derive(Debug)]
struct World {
    seed: Seed,
    scale: f64,
    leads: Leads,
    chats: Chats,
    sync: Sync,
    gold: Gold,
    next_lead: u64,
    next_chat: u64,
}

impl World {
    /// A lead that came another way than by chat.
    fn lead(&mut self, moment: i64) -> io::Result<()> {
        let lead = self.leads.identity(self.next_lead);
        self.leads.write(self.next_lead, &lead, moment, None, &mut self.gold)?;
        self.next_lead += 1;
        Ok(())
    }

    /// A chat that makes a lead.
    fn chat_and_lead(&mut self, moment: i64) -> io::Result<()> {
        let mut lead = self.leads.identity(self.next_lead);
        let mut chat = Chat::new(self.seed, self.next_chat, moment, true);
        let outcome = self.sync.outcome(&chat);
        self.sync.write(&chat, lead.id, &outcome, &mut self.gold)?;

        let mut rng = self.seed.draws(Stream::Chat, self.next_chat ^ 1 << 62);
        let chance = rng.f64() / self.scale.max(f64::MIN_POSITIVE);
        let (reason, fault) = match chance {
            ..0.002 => ("", Some(("MAP005", "the chat's reason did not arrive"))),
            0.002..0.005 => (chat.other_reason(), Some(("MAP006", "another reason than the chat's"))),
            _ => (chat.reason(), None),
        };
        if let Some((code, note)) = fault {
            self.gold.fault(code, "leads", lead.id.as_bytes(), "Reason__c", &chat.id, note)?;
        }
        if (0.005..0.0055).contains(&chance) {
            chat.bot = true;
            self.gold.fault("CHT001", "leads", lead.id.as_bytes(), "", &chat.id, "the visitor is a bot")?;
        }
        // Who leaves no address leaves a number, else there would be nobody to make a lead of.
        if lead.phone.is_empty() && !lead.email.contains(['@', '.']) {
            lead.phone = lead.person.city.phone(&mut rng);
        }
        let visit = Visit { chat_id: &chat.id, reason, untouched: fault.is_some() };
        self.leads.write(self.next_lead, &lead, outcome.created, Some(&visit), &mut self.gold)?;

        let name = format!("{} {}", lead.person.name.given(), lead.person.name.family());
        let email = if lead.email.contains(['@', '.']) { lead.email.trim() } else { "" };
        self.chats.write(chat, &Visitor { name: &name, email, phone: &lead.phone }, &mut self.gold)?;
        self.next_lead += 1;
        self.next_chat += 1;
        Ok(())
    }

    /// A chat that makes no lead: nobody left details, or the chat was lost.
    fn chat(&mut self, moment: i64) -> io::Result<()> {
        let number = self.next_chat;
        let mut rng = self.seed.draws(Stream::Chat, number ^ 1 << 62);
        if happens(&mut rng, (0.008 * self.scale).min(0.5)) {
            let chat = Chat::new(self.seed, number, moment, true);
            let (name, email) = self.leads.stranger(number);
            self.gold.fault(
                "SYN004",
                "chats",
                &chat.id,
                "visitor_email",
                "",
                "qualifies, and nothing of it is in the CRM",
            )?;
            self.chats.write(chat, &Visitor { name: &name, email: &email, phone: "" }, &mut self.gold)?;
        } else {
            let chat = Chat::new(self.seed, number, moment, false);
            let name = format!("Visitor {}", 1_000 + number % 9_000);
            self.chats.write(chat, &Visitor { name: &name, ..Visitor::default() }, &mut self.gold)?;
        }
        self.next_chat += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<Summary> {
        self.leads.finish(&mut self.gold)?;
        self.chats.finish()?;
        self.sync.finish()?;
        let planted = self.gold.planted;
        self.gold.finish()?;
        Ok(Summary { leads: self.next_lead, chats: self.next_chat, planted })
    }
}
