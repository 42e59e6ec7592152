//! How right the rules over chats and the CRM are: generates corpora of three pairs of vendors, audits them, compares the
//! evidence with what was planted, and writes the table.
//!
//! ```text
//! cargo run --release --example mapping_accuracy
//! ```
//!
//! | argument | default | |
//! | --- | --- | --- |
//! | `FILE` | `docs/mapping-accuracy.md` | where the table goes |
//! | `--leads N`, `--chats N` | 10000 | size of each corpus |
//! | `--seeds N` | 3 | seeds of each pair, from 1 |
//! | `--show N` | 0 | misses and false alarms of each rule to print on stderr |
//!
//! Per pair and seed there are three corpora: with faults, with those that hide others, and healthy. The program audits as
//! people do: it runs itself as `leadlint check` in a folder with the corpus's own config. The same options give the
//! same bytes.

mod accuracy;
#[expect(dead_code, reason = "the corpus without a pair is written by the `generate` example")]
mod generator;
mod pairs;

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use accuracy::maps::Maps;
use accuracy::score::Tally;
use accuracy::{Corpus, report};
use pairs::{PAIRS, Request, Variant, generate};

/// The word that makes this program the linter.
const AS_LINTER: &str = "leadlint";

/// What the command line asks for.
struct Asked {
    file: PathBuf,
    leads: u64,
    chats: u64,
    seeds: u64,
    show: usize,
}

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if args.first().is_some_and(|word| word == AS_LINTER) {
        return leadlint::cli::main(args);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Asked, Box<dyn Error>> {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mapping-accuracy.md"));
    let mut asked = Asked { file, leads: 10_000, chats: 10_000, seeds: 3, show: 0 };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or("an option lacks its value");
        match word.as_str() {
            "--leads" => asked.leads = value()?.parse()?,
            "--chats" => asked.chats = value()?.parse()?,
            "--seeds" => asked.seeds = value()?.parse()?,
            "--show" => asked.show = value()?.parse()?,
            option if option.starts_with("--") => return Err(format!("{option}: no such option").into()),
            path => asked.file = PathBuf::from(path),
        }
    }
    Ok(asked)
}

fn run() -> Result<(), Box<dyn Error>> {
    let asked = arguments()?;
    let folder = tempfile::tempdir()?;
    let mut tally = Tally::default();
    let mut maps = Maps::default();
    for (pair, name) in PAIRS.iter().enumerate() {
        for seed in 1..=asked.seeds {
            for (variant, faults) in [(Variant::Plain, 1.0), (Variant::Shifted, 1.0), (Variant::Plain, 0.0)] {
                let dir = folder.path().join(format!("{name}-{seed}-{variant:?}-{faults}"));
                let Asked { leads, chats, .. } = asked;
                generate(&Request { pair, variant, leads, chats, seed, faults }, &dir)?;
                let corpus = Corpus { pair, healthy: faults == 0.0, rows: leads + chats, dir };
                tally.add(&corpus, asked.show)?;
                if corpus.healthy {
                    maps.add(&corpus, asked.show)?;
                }
                fs::remove_dir_all(&corpus.dir)?;
            }
        }
    }
    fs::write(&asked.file, report::markdown(&tally, &maps, asked.leads, asked.chats, asked.seeds))?;
    Ok(())
}
