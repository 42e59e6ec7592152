//! Corpora of a chat tool against a CRM: `--pair`, for the accuracy of rules over both.
//!
//! | module | says |
//! | --- | --- |
//! | `field`, `talk`, `record` | what a chat and a record are |
//! | `story` | who chats when, and what the CRM makes of it |
//! | `fate`, `spoil` | what is planted, by chat and by record, and what people change |
//! | `words` | what both sides show of a chat |
//! | `vendors`, and a module for each pair | how each side writes it |
//! | `config` | the contracts, rules and probes of `leadlint.toml` |
//! | `gold` | what is true |
//!
//! A quarter that ends on 2026-10-31. Corpora are small, so everything is held in memory until it is written.

pub(crate) mod config;
mod fate;
mod field;
mod gold;
mod hubspot_livechat;
mod json;
mod record;
mod salesforce_intercom;
mod sheet;
mod spoil;
mod story;
mod talk;
#[cfg(test)]
mod tests;
mod vendors;
mod words;
mod zoho_tidio;

use std::fs;
use std::io;
use std::path::Path;

use crate::generator::Summary;
use crate::generator::draw::Seed;
use fate::Fates;
use gold::Gold;
use record::{Attempt, Chat, Lead};
use story::Story;
use vendors::Vendors;

/// The pairs, by name.
pub(crate) const PAIRS: [&str; 3] = ["salesforce-intercom", "hubspot-livechat", "zoho-tidio"];

/// The first moment of the quarter: 2026-08-01T00:00:00Z.
pub(crate) const START: i64 = 1_785_542_400;

/// What the faults of a corpus are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// All but those that hide others.
    Plain,
    /// The clock of the CRM is off, and the log ends early: latencies cannot be judged then.
    Shifted,
}

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    /// Position in [`PAIRS`].
    pub(crate) pair: usize,
    /// The faults.
    pub(crate) variant: Variant,
    /// Records.
    pub(crate) leads: u64,
    /// Chats.
    pub(crate) chats: u64,
    /// The seed.
    pub(crate) seed: u64,
    /// Multiplies the rate of every fault; 0 is healthy data.
    pub(crate) faults: f64,
}

/// Everything that is written.
#[derive(Debug)]
pub(crate) struct World {
    vendors: &'static dyn Vendors,
    faulty: bool,
    leads: Vec<Lead>,
    chats: Vec<Chat>,
    log: Vec<Attempt>,
    /// The chats of the probes: one that is kept, one that is not.
    probes: Vec<(usize, usize)>,
    gold: Gold,
}

/// The vendors of a pair.
fn vendors(pair: usize) -> &'static dyn Vendors {
    match pair {
        0 => &salesforce_intercom::SalesforceIntercom,
        1 => &hubspot_livechat::HubSpotLiveChat,
        _ => &zoho_tidio::ZohoTidio,
    }
}

/// What happens, before anybody writes it down.
fn tell(request: &Request) -> World {
    let vendors = vendors(request.pair);
    let seed = Seed(request.seed ^ (request.pair as u64 + 1) << 40);
    Story::new(request, vendors, seed, Fates::new(request, vendors)).tell()
}

/// Writes the files into `dir`, which is made if need be.
pub(crate) fn generate(request: &Request, dir: &Path) -> io::Result<Summary> {
    fs::create_dir_all(dir)?;
    let world = tell(request);
    world.vendors.write(&world, dir)?;
    log(&world, dir)?;
    fs::write(dir.join("leadlint.toml"), config::config(&world))?;
    world.gold.write(dir)?;
    Ok(Summary { leads: world.leads.len() as u64, chats: world.chats.len() as u64, planted: world.gold.planted() })
}

/// The log of the integration, which all pairs share.
fn log(world: &World, dir: &Path) -> io::Result<()> {
    let header = ["log_id", "logged_at", "chat_id", "record_id", "result", "error", "attempt"];
    let mut sheet = sheet::Sheet::new(&header, false);
    for one in &world.log {
        let result = if one.error.is_empty() { "success" } else { "error" };
        let at = crate::generator::clock::Stamp::seconds(one.at);
        let at = String::from_utf8_lossy(at.as_ref()).into_owned();
        let number = one.number.to_string();
        sheet.row([one.id.as_str(), &at, &one.chat, &one.record, result, one.error, &number]);
    }
    sheet.write(&dir.join("sync-log.csv"))
}
