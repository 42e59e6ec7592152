//! Sets of spellings, and what each ought to be.

use std::error::Error;
use std::fs;
use std::path::Path;

use chrono::DateTime;
use leadlint::config::Options;
use leadlint::load::{self, LoadOptions};
use leadlint::model::Kind;
use leadlint::rules::audit::settled;
use leadlint::rules::evaluate::{self, Gold};

use super::{EXAMPLES, Goal, Line, Missing, Outcome, file};

/// A list of spellings with counts.
struct Set {
    name: &'static str,
    file: &'static str,
    column: &'static str,
    goal: Goal,
    peer: &'static str,
}

const SETS: [Set; 4] = [
    Set {
        name: "restoration_region, region",
        file: "drift/restoration_region_openrefine/gold_region.csv",
        column: "region",
        goal: Goal { words: "F1 .90", f1: 0.90, precision: 0.0 },
        peer: "OpenRefine's fingerprint: F1 .691; its best method here, n-gram 1: P .816, F1 .886",
    },
    Set {
        name: "restoration_region, comparator",
        file: "drift/restoration_region_openrefine/gold_comparator.csv",
        column: "comparator",
        goal: Goal { words: "F1 1.00", f1: 1.0, precision: 0.0 },
        peer: "OpenRefine's fingerprint: F1 1.000",
    },
    Set {
        name: "restoration_region, time_period",
        file: "drift/restoration_region_openrefine/gold_time_period.csv",
        column: "time_period",
        goal: Goal { words: "P .80", f1: 0.0, precision: 0.8 },
        peer: "OpenRefine's fingerprint: P .21, F1 .333",
    },
    Set {
        name: "portal_rodents",
        file: "drift/portal_rodents/gold_scientificName_by_species_code.csv",
        column: "scientificName",
        goal: Goal { words: "F1 1.00", f1: 1.0, precision: 0.0 },
        peer: "OpenRefine's fingerprint: F1 .667; its best method here: F1 1.000",
    },
];

/// Every set under `dir`.
pub(crate) fn all(dir: &Path) -> Vec<Outcome> {
    SETS.iter().map(|set| run(set, dir).map_err(|error| Missing { set: set.name, why: error.to_string() })).collect()
}

fn run(set: &Set, dir: &Path) -> Result<Line, Box<dyn Error>> {
    let path = file(dir, set.file)?;
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("records.csv");
    let mut gold = Gold { column: set.column.to_owned(), values: Vec::new() };
    let mut writer = csv::Writer::from_path(&export)?;
    writer.write_record(["id", set.column])?;
    let mut id = 0_u64;
    for row in csv::Reader::from_path(&path)?.deserialize::<(String, f64, String)>() {
        let (raw, count, right) = row?;
        for _ in 0..count as u64 {
            id += 1;
            writer.write_record([&id.to_string(), &raw])?;
        }
        gold.values.push((raw, right));
    }
    writer.flush()?;
    drop(writer);
    let mut options = Options::default();
    options.drift.columns = Some(vec![set.column.to_owned()]);
    let mut specs = load::resolve(&[export.display().to_string()], None)?;
    for spec in &mut specs {
        spec.kind = Some(Kind::Crm);
    }
    let sources = settled(load::load(&specs, &LoadOptions::default())?, &options)?;
    let evaluation = evaluate::drift(&sources, &gold, &options, DateTime::UNIX_EPOCH, EXAMPLES)?;
    fs::remove_file(&export)?;
    Ok(set.goal.line(
        set.name,
        "each spelling as often as the list says; `[drift] columns` names the column",
        set.peer,
        &evaluation,
    ))
}
