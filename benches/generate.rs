//! Writes an export of any size, with gold files that say what is true in it.
//!
//! ```text
//! cargo run --release --example generate -- --leads 1000000 DIR
//! ```
//!
//! The same options give the same bytes. Memory does not grow with the size: rows are written as they are made.
//!
//! | option | default | |
//! | --- | --- | --- |
//! | `--leads N` | 10000 | rows of `leads.csv` |
//! | `--chats M` | 0.673 per lead | rows of `chats.csv`; 85 % of them make a lead |
//! | `--seed S` | 1 | |
//! | `--faults RATE` | 1 | multiplies every rate below; 0 is healthy data |
//! | `--ragged N` | 5 | rows per million leads with a cell too many or too few; 0 for readers that stop at them |
//! | `--pair NAME` | | a corpus of a CRM and a chat tool instead, below; 10000 chats unless told otherwise |
//! | `--variant NAME` | `plain` | of a pair: `shifted` plants the faults that hide others |
//!
//! # What it writes
//!
//! - `leads.csv`: 21 columns, Salesforce names and ids, in the order in which the leads were made. Status, owner and dates
//!   tell a plausible story of twelve months that end on 2026-10-31. No lead is converted.
//! - `chats.csv`: conversations, some with line breaks in the transcript.
//! - `sync_log.csv`: the attempts to make leads of chats, chat by chat. Most leads are there within ten seconds.
//! - `gold/duplicates.csv`: `lead_id,entity_id,kind` for every lead. Leads of one entity are one person; `kind` says how
//!   a repeat differs from the first.
//! - `gold/drift.csv`: `column,raw_value,gold` for every spelling that occurs, right ones too.
//! - `gold/faults.csv`: `code,source,record_id,column,other_id,note` for every planted fault. A repeat is one line, at
//!   the later record; `other_id` is the first.
//!
//! # What looks wrong and is not
//!
//! Full names that hundreds of people share, co-workers on one main line, families that share name, number and postal
//! code, people called Null or Test, regions that differ in a direction, companies whose names differ in a word. All of it
//! is there at `--faults 0` too, where no email address occurs twice.
//!
//! # What is planted, per million leads
//!
//! | rule | what | about |
//! | --- | --- | --- |
//! | DUP001 | the address again, also in other case or with a space behind it (then FMT005 too) | 29,000 |
//! | DUP002 | the address with a `+tag` | 3,200 |
//! | DUP003 | the address with one slip | 9,000 |
//! | DUP004 | short form, swapped names or no address, with the same number and company; a new job of somebody who keeps a direct line | 22,000 |
//! | DUP005 | one id twice | 50 |
//! | DUP009 | `info@` and the like for a person's own address; co-workers may share it | 2,400 |
//! | DRF001, DRF002, DRF003 | `EastRegion`, `East Regoin`, `EAST` in five columns | 24,000; 2,500; 1,200 |
//! | REQ001, REQ002 | no address or name; an address that is none | 8,000; 2,800 |
//! | FMT001, FMT003, FMT007, FMT008 | `Yes` among `true`; `31/31/2026`; `2.125E+10`; a date to come | 10 to 90 each |
//! | FMT004 | a number cut short, or written as at home | 4,600 |
//! | FMT005, FMT006 | stray characters; `JosÃ©`, `????`, U+FFFD | 3,900; 350 |
//! | FMT009 | a cell too many or too few, `--ragged` | 5 |
//! | ASG001, CHT004 | still with the queue; open and idle for 90 days | 2,800; 4,300 |
//! | CNS001 | a repeat that opted out, or did not | 1,300 |
//! | MAP005, MAP006 | the chat's reason lost or altered | 1,100; 1,700 |
//! | SYN001, SYN002 | a lead after 30 seconds; after 300 | 5,700; 900 |
//! | SYN003 | twelve hours in which a third of the chats fail at first (SYN002 too) | 400 chats |
//! | SYN004 | a chat that qualifies and left no trace | 800 |
//! | CHT001 | a lead from a bot | 290 |
//! | TAG001, TAG002, TAG003 | tags that nobody declared, or that are written otherwise | 1,400 |
//!
//! # Pairs
//!
//! `salesforce-intercom`, `hubspot-livechat` and `zoho-tidio` write a quarter that ends on 2026-10-31, each side as its
//! vendor exports it: headers, ids, zones and precision of times, words for yes and no. Beside the exports stand the users,
//! a schema file where the CRM has one, the log of the integration, and a `leadlint.toml` with contracts, assignment rules,
//! automations and probes. `gold/faults.csv` says what is planted; `gold/also.csv` what a rule may say beside that: what
//! follows from a fault, and what people changed later.
//!
//! Healthy data has people who edit and hand on records, visitors who come back to a record that is there, chats that leave
//! nothing, spam, converted records, blank fields, numbers as typed and in E.164, addresses in other case.
//!
//! | rule | what |
//! | --- | --- |
//! | MAP001, MAP002, MAP003, MAP011, MAP012, MAP015 | contracts: no such chat field, no such CRM field, another type, two into one field, into the notes, never used |
//! | MAP004 | page and campaign swapped since 20 October; topics in the notes |
//! | MAP005, MAP006, MAP007 | companies lost, reasons altered, answers inverted |
//! | MAP008 | callbacks off by the offset of a zone; with `shifted` the clock of the CRM |
//! | MAP009 | half of a transcript; questions cut at the limit of their field |
//! | MAP010 | a reason that no picklist lists, where there is a schema |
//! | MAP013, MAP014, MAP016 | automations whose field is blank or absent, a probe that fails, a priority that is not set |
//! | ASG001, ASG002, ASG006, ASG008, ASG009 | owners: nobody, another, no rule, the default, somebody who left |
//! | SYN001 to SYN007 | slow, stalled, bursts of errors, lost chats, a day without chats, backdated; with `shifted` a log that ends early |
//! | CHT001, CHT002, CHT005, DUP007 | leads of spam or nobody, without transcript, a second lead, an unlinked chat |
//!
//! A typing slip may by chance hit a co-worker's address; among a million leads that happens to a handful.

mod generator;
mod pairs;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use generator::{Request, Summary, generate};

/// How the program is called.
const USAGE: &str = "usage: generate [--leads N] [--chats M] [--seed S] [--faults RATE] [--ragged N] \
    [--pair salesforce-intercom|hubspot-livechat|zoho-tidio [--variant plain|shifted]] DIR";

/// What the command line asks for.
struct Asked {
    request: Request,
    /// Position of the pair, and its variant.
    pair: Option<usize>,
    variant: pairs::Variant,
    dir: PathBuf,
}

impl Asked {
    fn generate(&self) -> io::Result<Summary> {
        let Some(pair) = self.pair else { return generate(&self.request, &self.dir) };
        let Request { leads, chats, seed, faults, .. } = self.request;
        let chats = chats.unwrap_or(10_000);
        pairs::generate(&pairs::Request { pair, variant: self.variant, leads, chats, seed, faults }, &self.dir)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = arguments(env::args().skip(1))?;
    let start = Instant::now();
    let summary = asked.generate()?;
    let seconds = start.elapsed().as_secs_f64();
    writeln!(
        io::stderr(),
        "{} leads, {} chats, {} faults in {seconds:.1} s: {:.0} leads a second",
        summary.leads,
        summary.chats,
        summary.planted,
        summary.leads as f64 / seconds
    )?;
    Ok(())
}

/// Reads the command line.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<Asked, Box<dyn Error>> {
    let mut request = Request { leads: 10_000, chats: None, seed: 1, faults: 1.0, ragged: 5.0 };
    let (mut pair, mut variant, mut dir) = (None, pairs::Variant::Plain, None);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(USAGE);
        match word.as_str() {
            "--leads" => request.leads = value()?.parse()?,
            "--chats" => request.chats = Some(value()?.parse()?),
            "--seed" => request.seed = value()?.parse()?,
            "--faults" => request.faults = value()?.parse()?,
            "--ragged" => request.ragged = value()?.parse()?,
            "--pair" => {
                let name = value()?;
                pair = Some(pairs::PAIRS.iter().position(|known| *known == name).ok_or(USAGE)?);
            }
            "--variant" => {
                variant = match value()?.as_str() {
                    "plain" => pairs::Variant::Plain,
                    "shifted" => pairs::Variant::Shifted,
                    _ => return Err(USAGE.into()),
                }
            }
            option if option.starts_with("--") => return Err(format!("{option}: no such option\n{USAGE}").into()),
            path if dir.is_none() => dir = Some(PathBuf::from(path)),
            path => return Err(format!("{path}: one folder is enough\n{USAGE}").into()),
        }
    }
    if !(0.0..=50.0).contains(&request.faults) || !(0.0..=1e5).contains(&request.ragged) {
        return Err("--faults goes from 0 to 50, --ragged from 0 to 100000".into());
    }
    Ok(Asked { request, pair, variant, dir: dir.ok_or(USAGE)? })
}
