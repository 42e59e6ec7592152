//! Who chats when, and what the CRM makes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fastrand::Rng;

use super::fate::{CLOCK, Fates, Fault, GAP, Kind, LOG_ENDS};
use super::gold::Gold;
use super::record::{Attempt, Chat, Handover, Lead, Owner, Stage, Who, territory, user};
use super::talk::{CAREERS, DEMO, REASONS, Talk};
use super::vendors::Vendors;
use super::words::{say, show};
use super::{Request, START, World};
use crate::generator::clock::{DAY, END, HOUR, Rhythm, hour_of};
use crate::generator::draw::{Seed, Stream, happens};
use crate::generator::people::People;

/// Reasons of visitors who qualify; the rest have others.
const QUALIFYING: usize = 5;

/// The story of a quarter.
pub(crate) struct Story {
    request: Request,
    vendors: &'static dyn Vendors,
    pub(super) fates: Fates,
    people: People,
    rhythm: Rhythm,
    bursts: Vec<i64>,
    rng: Rng,
    pub(super) leads: Vec<Lead>,
    chats: Vec<Chat>,
    log: Vec<Attempt>,
    probes: Vec<(usize, usize)>,
    pub(super) gold: Gold,
    next_person: u64,
}

impl Story {
    pub(crate) fn new(request: &Request, vendors: &'static dyn Vendors, seed: Seed, fates: Fates) -> Self {
        let mut rng = seed.draws(Stream::Order, 1 << 61);
        Self {
            request: *request,
            vendors,
            people: People::new(seed, request.leads + request.chats),
            rhythm: Rhythm::since(START),
            bursts: fates.bursts(&mut rng),
            rng,
            fates,
            leads: Vec::new(),
            chats: Vec::new(),
            log: Vec::new(),
            probes: Vec::new(),
            gold: Gold::default(),
            next_person: 0,
        }
    }

    /// Tells it.
    pub(crate) fn tell(mut self) -> World {
        let mut kinds = self.fates.kinds(self.request.leads, self.request.chats);
        let events: u64 = kinds.iter().map(|(_, count)| count).sum();
        for event in 0..events {
            let share = (event as f64 + self.rng.f64()) / events as f64;
            let moment = self.moment(share);
            let mut ball = self.rng.u64(..kinds.iter().map(|(_, count)| *count).sum::<u64>());
            let drawn = kinds.iter_mut().find(|(_, count)| {
                let is_it = ball < *count;
                ball = ball.saturating_sub(*count);
                is_it
            });
            if let Some((kind, count)) = drawn {
                *count -= 1;
                let kind = *kind;
                self.event(kind, moment);
            }
        }
        self.finish()
    }

    /// A moment, away from the gap where there is one.
    fn moment(&mut self, share: f64) -> i64 {
        let moment = self.rhythm.moment(share);
        // A chat that begins before the gap may last into it by an hour.
        if self.fates.is_faulty() && (GAP.0 - HOUR..GAP.1).contains(&moment) {
            return GAP.1 + self.rng.i64(0..4 * HOUR);
        }
        moment
    }

    fn event(&mut self, kind: Kind, moment: i64) {
        match kind {
            Kind::Made => self.made(moment),
            Kind::Web => self.web(moment),
            Kind::Nothing => self.nothing(moment, false),
            Kind::Ungated => self.nothing(moment, true),
            Kind::Lost => {
                let (mut who, talk, ended) = (self.somebody(), self.talk(moment, true), self.ends(moment));
                // A number may be that of others too, and then something of the chat is there.
                who.phone.clear();
                let chat = self.chat(&who, talk, moment, ended);
                let id = self.chats[chat].id.clone();
                self.gold.fault("SYN004", ["chats", &id, "", ""], "qualifies, and nothing of it is in the CRM");
            }
            Kind::Linked | Kind::Unlinked | Kind::Again | Kind::Unseen => match self.known(kind, moment) {
                Some(lead) => self.back(kind, moment, lead),
                None if matches!(kind, Kind::Again | Kind::Unseen) => self.made(moment),
                None => self.nothing(moment, false),
            },
        }
    }

    fn somebody(&mut self) -> Who {
        let person = self.people.person(self.next_person);
        self.next_person += 1;
        person.into()
    }

    fn ends(&mut self, started: i64) -> i64 {
        started + 120 + (1_500.0 * self.rng.f64() * self.rng.f64()) as i64
    }

    fn talk(&mut self, started: i64, qualifies: bool) -> Talk {
        let reason = if qualifies { self.rng.usize(..QUALIFYING) } else { self.rng.usize(QUALIFYING..REASONS.len()) };
        Talk::new(reason, started, &mut self.rng)
    }

    /// Adds a chat.
    fn chat(&mut self, who: &Who, mut talk: Talk, started: i64, ended: i64) -> usize {
        talk.spread(ended - started);
        let faulty = self.fates.is_faulty();
        let said = say(self.vendors, who, &talk, faulty, &mut self.rng);
        let handed = happens(&mut self.rng, 0.08);
        let first = self.rng.usize(..8);
        let agents = if handed { vec![first, (first + 3) % 8] } else { vec![first] };
        let rating = happens(&mut self.rng, 0.4).then(|| self.rng.u32(2..=5));
        let tags = vec!["Source_Live_Chat", REASONS[talk.reason].tag];
        let id = self.vendors.chat_id(self.chats.len() as u64);
        self.chats.push(Chat { id, started, ended, talk, tags, agents, rating, said });
        self.chats.len() - 1
    }

    /// Adds a record, open and with the owner of its region.
    fn lead(&mut self, who: Who, created: i64, chat: Option<usize>) -> usize {
        let region = who.city.region;
        let id = self.vendors.record_id(self.leads.len() as u64);
        let by = if chat.is_some() { user::INTEGRATION } else { user::FORMS };
        let shown = chat.map(|chat| self.shown(&who, chat)).unwrap_or_default();
        let is_demo = chat.is_some_and(|chat| self.chats[chat].talk.reason == DEMO);
        self.leads.push(Lead {
            id,
            who,
            chats: chat.map(|chat| self.chats[chat].id.clone()).into_iter().collect(),
            created,
            created_by: by,
            updated: created,
            updated_by: by,
            owner: Owner::User(territory(region)),
            handed: None,
            stage: Stage::Open,
            source: if chat.is_some() { "Live Chat" } else { "Web Form" },
            region,
            activity: None,
            description: String::new(),
            budget: "",
            priority: if is_demo { "High" } else { "" },
            shown,
            planted: false,
            by_chat: chat.is_some(),
        });
        self.leads.len() - 1
    }

    /// What a record of `who` shows of a chat, where nothing goes wrong but the callback.
    fn shown(&self, who: &Who, chat: usize) -> super::field::Cells {
        let chat = &self.chats[chat];
        let shift = if self.fates.is_faulty() { self.vendors.callback_shift() } else { 0 };
        show(self.vendors, who, &chat.talk, &chat.said, shift)
    }

    /// Notes an attempt; where it failed, its id.
    fn attempt(&mut self, at: i64, chat: usize, record: &str, error: &'static str, number: usize) -> String {
        let id = format!("log-{:06}", self.log.len() + 1);
        let chat = self.chats[chat].id.clone();
        self.log.push(Attempt { id: id.clone(), at, chat, record: record.to_owned(), error, number });
        id
    }

    /// A chat that makes a record.
    fn made(&mut self, started: i64) {
        let (who, mut talk, ended) = (self.somebody(), self.talk(started, true), self.ends(started));
        let is_probe = self.chats.len() > 400 && self.probes.len() < 2;
        let fault = if is_probe { None } else { self.fates.fault(&mut self.rng) };
        match fault {
            Some(Fault::Limit) => talk.ramble(&mut self.rng),
            Some(Fault::Rejected) => talk.reason = CAREERS,
            Some(Fault::Idle) => talk.reason = DEMO,
            _ => {}
        }
        let chat = self.chat(&who, talk, started, ended);
        let first = ended + 1 + self.rng.i64(0..3);
        let fails = fault.is_none() && !is_probe && !self.fates.is_shifted();
        let fails = fails && Fates::fails(&self.bursts, hour_of(first), &mut self.rng);
        let created = match fault {
            _ if fails => (hour_of(first) + 1) * HOUR + self.rng.i64(600..5_400),
            Some(Fault::Slow) => ended + self.rng.i64(35..280),
            Some(Fault::Stalled) => ended + self.rng.i64(420..7_200),
            Some(Fault::Backdated) => started - self.rng.i64(300..18_000),
            // Most within ten seconds, all within 29.
            _ => first + ((-self.rng.f64().max(1e-9).ln() * 4.5) as i64).min(25),
        };
        let lead = self.lead(who, created, Some(chat));
        let id = self.leads[lead].id.clone();
        self.log_of(chat, &id, first, created.max(first), fails);
        if fails {
            self.leads[lead].planted = true;
            let note = "over 300 seconds, in a burst of errors";
            self.gold.fault("SYN002", ["chats", &self.chats[chat].id, "", &id], note);
        }
        if is_probe {
            self.leads[lead].planted = true;
            self.probes.push((chat, lead));
        } else if let Some(fault) = fault {
            self.leads[lead].planted = self.spoil(fault, chat, lead);
        } else if !fails && self.fates.is_faulty() && started >= super::fate::SWAPPED {
            self.leads[lead].planted = self.swap(chat, lead);
        }
        self.fill(lead);
        self.live(lead);
    }

    /// The attempts for a chat; a few of those that work do so at the second try.
    fn log_of(&mut self, chat: usize, record: &str, first: i64, created: i64, fails: bool) {
        const ERRORS: [&str; 3] = ["429 Too Many Requests", "429 Too Many Requests", "504 Gateway Timeout"];
        let mut number = 1;
        if fails {
            let error = ERRORS[self.rng.usize(..3)];
            for wait in [0, 60, 300] {
                self.attempt(first + wait, chat, "", error, number);
                number += 1;
            }
        } else if created > first + 1 && hour_of(created) == hour_of(first) && happens(&mut self.rng, 0.004) {
            self.attempt(first, chat, "", "UNABLE_TO_LOCK_ROW", number);
            number += 1;
        }
        self.attempt(created, chat, record, "", number);
    }

    /// A record that came by a web form.
    fn web(&mut self, moment: i64) {
        let (who, talk) = (self.somebody(), self.talk(moment, true));
        let lead = self.lead(who, moment, None);
        let who = &self.leads[lead].who;
        let said = say(self.vendors, who, &talk, false, &mut self.rng);
        let all = show(self.vendors, who, &talk, &said, 0);
        self.leads[lead].shown = super::words::of_form(&all, &mut self.rng);
        if !self.leads[lead].shown[super::field::Field::Reason].is_empty() && talk.reason == DEMO {
            self.leads[lead].priority = "High";
        }
        self.fill(lead);
        self.live(lead);
    }

    /// A chat of somebody who left nothing, or of a spammer; `ungated` makes a record of it all the same.
    fn nothing(&mut self, started: i64, ungated: bool) {
        let (who, mut talk, ended) = (self.somebody(), self.talk(started, false), self.ends(started));
        if ungated && talk.reason == CAREERS {
            talk.reason = QUALIFYING;
        }
        let spam = self.vendors.has_tags() && happens(&mut self.rng, if ungated { 0.5 } else { 0.06 });
        let chat = self.chat(&who, talk, started, ended);
        let nobody = format!("Visitor {}", 1_000 + chat);
        if spam {
            self.chats[chat].tags.push("spam");
        } else {
            super::words::leave_nothing(&mut self.chats[chat].said, &nobody);
        }
        if !ungated {
            return;
        }
        let lead = self.lead(who, ended + 4, Some(chat));
        self.leads[lead].planted = true;
        if !spam {
            super::words::leave_nothing(&mut self.leads[lead].shown, &nobody);
        }
        let id = self.leads[lead].id.clone();
        self.log_of(chat, &id, ended + 2, ended + 4, false);
        // Where one name is kept in two parts, all of it stands in the second.
        self.gold.also("MAP004", [self.vendors.records(), &id, "", ""], "a name that is none");
        self.fill(lead);
        let note = if spam { "the chat is tagged as spam" } else { "the visitor left nothing" };
        self.gold.fault("CHT001", [self.vendors.records(), &id, "", &self.chats[chat].id], note);
        self.live(lead);
    }

    /// A record that somebody can come back to at `moment`.
    fn known(&mut self, kind: Kind, moment: i64) -> Option<usize> {
        for _ in 0..40 {
            let at = self.rng.usize(..self.leads.len().max(1));
            let lead = self.leads.get(at)?;
            let fits = match kind {
                // Whoever leaves another address is known by number and name.
                Kind::Again => lead.by_chat && !lead.who.phone.is_empty(),
                _ => true,
            };
            let converted = lead.stage == Stage::Converted;
            let open = !lead.planted && lead.chats.len() < 3 && converted == (kind == Kind::Unseen);
            if fits && open && lead.created < moment - 2 * DAY {
                return Some(at);
            }
        }
        None
    }

    /// Somebody comes back.
    fn back(&mut self, kind: Kind, started: i64, old: usize) {
        let (mut who, talk, ended) = (self.leads[old].who.clone(), self.talk(started, true), self.ends(started));
        if kind == Kind::Again {
            who.email = format!("private.{}.{}", self.chats.len(), who.email);
        }
        let chat = self.chat(&who, talk, started, ended);
        let (chat_id, old_id) = (self.chats[chat].id.clone(), self.leads[old].id.clone());
        let at = ended + 2 + self.rng.i64(0..8);
        match kind {
            Kind::Linked => {
                let shown = self.shown(&who, chat);
                let lead = &mut self.leads[old];
                lead.chats.push(chat_id);
                super::words::complete(&mut lead.shown, &shown);
                lead.touch(at, user::INTEGRATION);
                self.log_of(chat, &old_id, at, at, false);
            }
            Kind::Unlinked => {
                self.leads[old].planted = true;
                let note = "the record that is there carries nothing of the chat";
                self.gold.fault("DUP007", ["chats", &chat_id, "", &old_id], note);
            }
            _ => {
                let new = self.lead(who, at, Some(chat));
                (self.leads[old].planted, self.leads[new].planted) = (true, true);
                let id = self.leads[new].id.clone();
                self.log_of(chat, &id, at, at, false);
                self.fill(new);
                let records = self.vendors.records();
                let (chats, leads) = (["chats", &chat_id, "", &id], [records, &id, "", &old_id]);
                if kind == Kind::Again {
                    let note = "a second record of a visitor with another address";
                    self.gold.fault("CHT005", leads, note);
                    self.gold.fault("CHT005", [records, &old_id, "", &id], note);
                } else {
                    self.gold.fault("DUP007", chats, "a second record of somebody whose lead was converted");
                }
                self.live(new);
            }
        }
    }

    fn finish(mut self) -> World {
        let faulty = self.fates.is_faulty();
        for one in self.vendors.mappings().iter().filter(|one| one.field != super::field::Field::Utm) {
            self.gold.mapping(one.from, one.to);
        }
        let records = self.vendors.records();
        let headers = self.vendors.headers();
        if self.fates.is_shifted() {
            for lead in &mut self.leads {
                lead.created += CLOCK;
                lead.updated += CLOCK;
                lead.handed = lead.handed.map(|handed| Handover { at: handed.at + CLOCK, ..handed });
            }
            self.log.retain(|one| one.at < LOG_ENDS);
            self.gold.fault("MAP008", [records, "", headers.created, ""], "the clock of the CRM is two hours fast");
            self.gold.fault("SYN007", ["sync-log", "", "", ""], "ends eleven days before the chats");
        }
        self.log.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        self.told_bursts();
        if faulty {
            self.gold.fault("SYN005", ["chats", "", "", ""], "eight busy hours without a chat");
            super::config::gold(&mut self.gold, self.vendors, &self.probes, &self.chats, &self.leads);
        }
        World {
            vendors: self.vendors,
            faulty,
            leads: self.leads,
            chats: self.chats,
            log: self.log,
            probes: self.probes,
            gold: self.gold,
        }
    }

    /// SYN003: the hours in which two chats or more failed.
    fn told_bursts(&mut self) {
        let mut hours: BTreeMap<i64, Vec<&Attempt>> = BTreeMap::new();
        for one in self.log.iter().filter(|one| one.number == 1 && self.bursts.contains(&hour_of(one.at))) {
            if !one.error.is_empty() && one.error != "UNABLE_TO_LOCK_ROW" {
                hours.entry(hour_of(one.at)).or_default().push(one);
            }
        }
        for failed in hours.values().filter(|failed| failed.len() > 1) {
            for one in failed {
                self.gold.fault("SYN003", ["sync-log", &one.id, "", &one.chat], "one of a burst");
            }
        }
    }
}

impl Story {
    /// What is planted in a record that a chat made; whether anything was.
    fn spoil(&mut self, fault: Fault, chat: usize, lead: usize) -> bool {
        super::spoil::spoil(
            self.vendors,
            &mut self.gold,
            fault,
            &self.chats[chat],
            &mut self.leads[lead],
            &mut self.rng,
        )
    }

    fn swap(&mut self, chat: usize, lead: usize) -> bool {
        super::spoil::swap(self.vendors, &mut self.gold, &self.chats[chat], &mut self.leads[lead])
    }

    /// Columns that are no part of a contract.
    fn fill(&mut self, lead: usize) {
        let faulty = self.fates.is_faulty();
        let lead = &mut self.leads[lead];
        if faulty && lead.by_chat {
            // The plan goes into the notes, where nobody can report on it.
            let plan = std::mem::take(&mut lead.shown[super::field::Field::Plan]);
            if !plan.is_empty() {
                let _ = writeln!(lead.description, "Plan: {plan}");
            }
        }
        lead.budget = if happens(&mut self.rng, 0.1) { "10000" } else { "" };
        if happens(&mut self.rng, 0.3) {
            lead.description.push_str(if happens(&mut self.rng, 0.5) {
                "Met at the trade fair."
            } else {
                "Left a message, will call again."
            });
        }
    }

    /// What people do with a record until the end of the quarter.
    fn live(&mut self, lead: usize) {
        let created = self.leads[lead].created;
        let age = END - created;
        let wrong = self.fates.wrong(created, &mut self.rng).filter(|_| age > DAY);
        let one = &mut self.leads[lead];
        if let Some(wrong) = wrong.filter(|_| !one.planted) {
            one.planted = true;
            return super::spoil::misassign(self.vendors, &mut self.gold, wrong, one);
        }
        one.stage = match self.rng.u32(0..100) {
            _ if one.planted => Stage::Open,
            0..55 if age > 40 * DAY => Stage::Closed,
            55..60 if age > 40 * DAY => Stage::Converted,
            0..50 => Stage::Open,
            _ => Stage::Working,
        };
        if one.stage != Stage::Open {
            one.activity = Some(created + self.rng.i64(0..age.max(1)));
        }
        if one.stage == Stage::Closed && happens(&mut self.rng, 0.08) {
            one.owner = Owner::User(user::GONE);
        }
        if one.planted {
            one.touch(created + self.rng.i64(0..200), user::INTEGRATION);
            return;
        }
        super::spoil::edit(self.vendors, &mut self.gold, one, &mut self.rng);
    }
}
