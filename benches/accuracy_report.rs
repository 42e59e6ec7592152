//! How right matching is on sets with known answers, beside other tools: scores the sets under a folder and generated
//! corpora, and writes the table.
//!
//! ```text
//! cargo run --release --example accuracy -- DIR
//! ```
//!
//! | argument | default | |
//! | --- | --- | --- |
//! | `DIR` | | the folder with `match/` and `drift/` |
//! | `--leads N` | 10000 | size of the largest generated corpus; one of 10000 is always scored |
//! | `--out FILE` | `docs/accuracy.md` | where the table goes |
//! | `--errors FILE` | | where up to ten mistakes of each kind and set go; what the sets hold stands in it, so it is not for the project |
//!
//! Sets that are not there are named, on stderr and on the page, and do not fail the run. Nothing of their content is
//! written to the page.

mod generator;
mod matching;

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use matching::{Outcome, drift, names, records, report, traps};

fn main() -> Result<(), Box<dyn Error>> {
    let mut dir = None;
    let mut leads = 10_000;
    let mut errors: Option<PathBuf> = None;
    let mut out = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/accuracy.md"));
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or("an option lacks its value");
        match word.as_str() {
            "--leads" => leads = value()?.parse()?,
            "--errors" => errors = Some(value()?.into()),
            "--out" => out = value()?.into(),
            option if option.starts_with("--") => return Err(format!("{option}: no such option").into()),
            path => dir = Some(PathBuf::from(path)),
        }
    }
    let dir = dir.ok_or("usage: accuracy [--leads N] [--out FILE] [--errors FILE] DIR")?;
    let mut people = records::all(&dir);
    people.push(names::pairs(&dir));
    let mut generated = vec![records::generated(10_000, "10,000 generated leads")];
    if leads > 10_000 {
        let name = if leads == 1_000_000 { "1,000,000 generated leads" } else { "a larger generated corpus" };
        generated.push(records::generated(leads, name));
    }
    let sections: [(&str, Vec<Outcome>); 3] =
        [("Records", people), ("Generated leads", generated), ("Value drift", drift::all(&dir))];
    let keys = names::keys(&dir);
    let mut stderr = io::stderr();
    for missing in sections.iter().flat_map(|(_, outcomes)| outcomes).filter_map(|outcome| outcome.as_ref().err()) {
        writeln!(stderr, "not run: {}: {}", missing.set, missing.why)?;
    }
    if let Err(error) = &keys {
        writeln!(stderr, "not run: OpenRefine's keys: {error}")?;
    }
    if let Some(errors) = errors {
        fs::write(errors, report::errors(&sections))?;
    }
    fs::write(&out, report::markdown(&sections, keys.ok(), traps::joined()?))?;
    Ok(())
}
