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
//! | DUP004 | short form, swapped names or no address, with the same number and company; a new job (a direct line stays) | 22,000 |
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
//! A typing slip may by chance hit a co-worker's address; among a million leads that happens to a handful.

mod generator;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use generator::{Request, generate};

/// How the program is called.
const USAGE: &str = "usage: generate [--leads N] [--chats M] [--seed S] [--faults RATE] [--ragged N] DIR";

fn main() -> Result<(), Box<dyn Error>> {
    let (request, dir) = arguments(env::args().skip(1))?;
    let start = Instant::now();
    let summary = generate(&request, &dir)?;
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
fn arguments(mut words: impl Iterator<Item = String>) -> Result<(Request, PathBuf), Box<dyn Error>> {
    let mut request = Request { leads: 10_000, chats: None, seed: 1, faults: 1.0, ragged: 5.0 };
    let mut dir = None;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(USAGE);
        match word.as_str() {
            "--leads" => request.leads = value()?.parse()?,
            "--chats" => request.chats = Some(value()?.parse()?),
            "--seed" => request.seed = value()?.parse()?,
            "--faults" => request.faults = value()?.parse()?,
            "--ragged" => request.ragged = value()?.parse()?,
            option if option.starts_with("--") => return Err(format!("{option}: no such option\n{USAGE}").into()),
            path if dir.is_none() => dir = Some(PathBuf::from(path)),
            path => return Err(format!("{path}: one folder is enough\n{USAGE}").into()),
        }
    }
    if !(0.0..=50.0).contains(&request.faults) || !(0.0..=1e5).contains(&request.ragged) {
        return Err("--faults goes from 0 to 50, --ragged from 0 to 100000".into());
    }
    Ok((request, dir.ok_or(USAGE)?))
}
