//! `leads.csv`: the CRM's leads.

use std::io;
use std::path::Path;

use fastrand::Rng;

use super::clock::{DAY, END, Stamp};
use super::csv::Table;
use super::draw::{Seed, Stream, happens, one_of};
use super::drift::{Column, Drift, SOURCES};
use super::faults::{Faults, Flaw, Nature, Repeat};
use super::gold::Gold;
use super::identity::{Identity, identity};
use super::ids::{Prefix, SalesforceId};
use super::people::People;
use super::places::regions;

/// The header.
const HEADER: [&str; 21] = [
    "Id",
    "FirstName",
    "LastName",
    "Company",
    "Email",
    "Phone",
    "City",
    "PostalCode",
    "Country",
    "Region__c",
    "Industry",
    "LeadSource",
    "Status",
    "Plan__c",
    "Reason__c",
    "Chat_Id__c",
    "OwnerId",
    "HasOptedOutOfEmail",
    "CreatedDate",
    "LastModifiedDate",
    "LastActivityDate",
];

/// Sales people per region.
const OWNERS: u64 = 4;

/// The chat that made a lead.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    /// The chat's id.
    pub(crate) chat_id: &'a str,
    /// The reason as it arrived in the lead.
    pub(crate) reason: &'a str,
    /// Whether the reason was lost or altered on the way: then nobody edited the lead since.
    pub(crate) untouched: bool,
}

/// Where a lead stands.
struct Progress {
    status: &'static str,
    modified: i64,
    activity: Option<i64>,
}

/// Writes leads.
#[derive(Debug)]
pub(crate) struct Leads {
    seed: Seed,
    people: People,
    faults: Faults,
    drift: Drift,
    regions: Vec<&'static str>,
    table: Table,
    /// Leads from the future so far.
    future: i64,
}

impl Leads {
    pub(crate) fn create(dir: &Path, seed: Seed, rows: u64, faults: Faults) -> io::Result<Self> {
        Ok(Self {
            seed,
            people: People::new(seed, rows),
            faults,
            drift: Drift::new(faults.scale),
            regions: regions(),
            table: Table::create(&dir.join("leads.csv"), &HEADER)?,
            future: 0,
        })
    }

    /// Who the lead in row `row` is.
    pub(crate) fn identity(&self, row: u64) -> Identity {
        identity(self.seed, &self.people, &self.faults, row)
    }

    /// Somebody who is no lead.
    pub(crate) fn stranger(&self, number: u64) -> (String, String) {
        self.people.stranger(number)
    }

    /// Writes the lead in row `row`, made at `created`.
    pub(crate) fn write(
        &mut self,
        row: u64,
        lead: &Identity,
        created: i64,
        visit: Option<&Visit<'_>>,
        gold: &mut Gold,
    ) -> io::Result<()> {
        let mut rng = self.seed.draws(Stream::Lead, row ^ 1 << 62);
        let flaw = match lead.nature {
            Nature::First(flaw) => flaw,
            Nature::Again { .. } => None,
        };
        let progress = progress(created, flaw, visit, &mut rng);
        let person = &lead.person;
        let region = self.regions.iter().position(|r| *r == person.city.region).unwrap_or_default() as u64;
        let owner = SalesforceId::new(Prefix::User, region * OWNERS + rng.u64(..OWNERS));
        let source = if visit.is_some() { SOURCES[0] } else { one_of(&mut rng, &SOURCES[1..]) };
        let industry = person.company.as_ref().map(|c| c.industry);
        let plan = person.company.as_ref().map(|c| c.plan);

        let table = &mut self.table;
        table.cell(lead.id.as_bytes()).cell(&lead.first).cell(&lead.last).cell(&lead.company);
        let (city, postcode) = lead.place.as_ref().map_or(("", ""), |(city, postcode)| (*city, postcode.as_str()));
        table.cell(&lead.email).cell(&lead.phone).cell(city).cell(postcode);
        for (column, value) in [
            (Column::Country, Some(person.city.country.name())),
            (Column::Region, Some(person.city.region)),
            (Column::Industry, industry),
            (Column::LeadSource, Some(source)),
            (Column::Plan, plan),
        ] {
            if column == Column::Plan {
                table.cell(progress.status);
            }
            match value {
                Some(value) => {
                    let cell = self.drift.cell(column, value, &mut rng);
                    table.cell(cell.text);
                    if let Some(code) = cell.code {
                        gold.fault(code, "leads", lead.id.as_bytes(), column.header(), "", value)?;
                    }
                }
                None => drop(table.cell("")),
            }
        }
        table.cell(visit.map_or("", |v| v.reason)).cell(visit.map_or("", |v| v.chat_id));
        match flaw {
            Some(Flaw::Unassigned) if created < END - DAY => {
                gold.fault("ASG001", "leads", lead.id.as_bytes(), "OwnerId", "", "still with the queue")?;
                table.cell(SalesforceId::new(Prefix::Queue, 1).as_bytes());
            }
            _ => drop(table.cell(owner.as_bytes())),
        }
        if flaw == Some(Flaw::OtherBoolean) {
            gold.fault(
                "FMT001",
                "leads",
                lead.id.as_bytes(),
                "HasOptedOutOfEmail",
                "",
                "Yes or No among true and false",
            )?;
            table.cell(if lead.opted_out { "Yes" } else { "No" });
        } else {
            table.cell(if lead.opted_out { "true" } else { "false" });
        }
        self.times(lead, created, &progress, flaw, visit, &mut rng, gold)?;
        self.table.end()?;
        record(lead, gold)
    }

    /// The three time columns, and a cell too many or too few.
    fn times(
        &mut self,
        lead: &Identity,
        created: i64,
        progress: &Progress,
        flaw: Option<Flaw>,
        visit: Option<&Visit<'_>>,
        rng: &mut Rng,
        gold: &mut Gold,
    ) -> io::Result<()> {
        let table = &mut self.table;
        if flaw == Some(Flaw::FutureTime) && visit.is_none() {
            // Far from the export and from each other, so that none of them looks like the end of the export.
            self.future += 1;
            table.cell(Stamp::millis(END + (30 + 40 * self.future) * DAY + created % DAY));
            gold.fault("FMT008", "leads", lead.id.as_bytes(), "CreatedDate", "", "after the export")?;
        } else {
            table.cell(Stamp::millis(created));
        }
        if flaw == Some(Flaw::UnreadableTime) {
            table.cell(one_of(rng, &["31/31/2026", "yesterday", "0000-00-00 00:00:00"]));
            gold.fault("FMT003", "leads", lead.id.as_bytes(), "LastModifiedDate", "", "not a time")?;
        } else {
            table.cell(Stamp::millis(progress.modified));
        }
        match progress.activity {
            Some(at) => table.cell(Stamp::date(at)),
            None => table.cell(""),
        };
        if flaw == Some(Flaw::Abandoned) && progress.status == ABANDONED {
            gold.fault(
                "CHT004",
                "leads",
                lead.id.as_bytes(),
                "LastActivityDate",
                "",
                "open, and idle for over 90 days",
            )?;
        }
        if flaw == Some(Flaw::RaggedRow) {
            // Readers drop a row with a cell too many, and a chat whose lead is dropped would count as lost.
            let surplus = visit.is_none();
            if surplus {
                table.cell("surplus");
            } else {
                table.drop_last();
            }
            let note = if surplus { "one cell too many" } else { "one cell too few" };
            gold.fault("FMT009", "leads", lead.id.as_bytes(), "", "", note)?;
        }
        Ok(())
    }

    /// Ends the file and writes which spellings were used.
    pub(crate) fn finish(self, gold: &mut Gold) -> io::Result<()> {
        self.drift.write(&mut gold.drift)?;
        self.table.finish()
    }
}

/// The status of abandoned leads.
const ABANDONED: &str = "Working - Contacted";

/// How far a lead has come by the end of the export. Healthy open leads saw some activity in the last 80 days.
fn progress(created: i64, flaw: Option<Flaw>, visit: Option<&Visit<'_>>, rng: &mut Rng) -> Progress {
    let age = END - created;
    let closed = ["Closed - Not Converted", "Unqualified", "Unqualified"];
    let recent = |rng: &mut Rng| END - 1 - rng.i64(0..age.clamp(2, 80 * DAY));
    let (status, activity) = match flaw {
        Some(Flaw::Abandoned) if age > 130 * DAY => (ABANDONED, Some(created + rng.i64(0..20) * DAY)),
        Some(Flaw::Unassigned) => ("Open - Not Contacted", None),
        _ if age > 75 * DAY && happens(rng, 0.88) => (one_of(rng, &closed), Some(created + rng.i64(0..age / 2))),
        _ if age > 75 * DAY || happens(rng, 0.5) => ("Working - Contacted", Some(recent(rng))),
        _ => ("Open - Not Contacted", None),
    };
    let soon = visit.is_some_and(|v| v.untouched) || happens(rng, 0.6);
    let modified = created + if soon { rng.i64(0..300).min(age - 1) } else { rng.i64(0..age) };
    Progress { status, modified, activity }
}

/// Notes in the gold files who `lead` is and what was planted in who it is.
fn record(lead: &Identity, gold: &mut Gold) -> io::Result<()> {
    let id = lead.id.as_bytes();
    if let Some((code, column, note)) = lead.planted {
        gold.fault(code, "leads", id, column, "", note)?;
    }
    match lead.nature {
        Nature::First(Some(Flaw::RepeatedId)) if lead.planted.is_some() => Ok(()),
        Nature::First(_) => gold.entity(id, lead.entity, "first"),
        Nature::Again { of, how } => {
            let first = SalesforceId::new(Prefix::Lead, of);
            gold.fault(how.code(), "leads", id, "Email", first.as_bytes(), how.word())?;
            if how == Repeat::Space {
                gold.fault("FMT005", "leads", id, "Email", "", "a space at the end")?;
            }
            if lead.opted_out != lead.person.opted_out {
                gold.fault(
                    "CNS001",
                    "leads",
                    id,
                    "HasOptedOutOfEmail",
                    first.as_bytes(),
                    "opted out in one record only",
                )?;
            }
            gold.entity(id, lead.entity, how.word())
        }
    }
}
