//! Sets of spellings, and what each ought to be.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use leadlint::config::Options;
use leadlint::load::{self, LoadOptions};
use leadlint::model::{Kind, Source};
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

/// Every set under `dir`, and the columns of generated leads.
pub(crate) fn all(dir: &Path) -> Vec<Outcome> {
    let given = SETS.iter().map(|set| run(set, dir).map_err(|error| Missing { set: set.name, why: error.to_string() }));
    let mut outcomes: Vec<Outcome> = given.collect();
    match generated() {
        Ok(lines) => outcomes.extend(lines.into_iter().map(Ok)),
        Err(error) => outcomes.push(Err(Missing { set: GENERATED[0].1, why: error.to_string() })),
    }
    outcomes
}

/// Columns of generated leads that drift, and what their sets are called.
const GENERATED: [(&str, &str); 5] = [
    ("Region__c", "10,000 generated leads, Region__c"),
    ("Industry", "10,000 generated leads, Industry"),
    ("LeadSource", "10,000 generated leads, LeadSource"),
    ("Country", "10,000 generated leads, Country"),
    ("Plan__c", "10,000 generated leads, Plan__c"),
];

/// The columns of a generated corpus; the program chooses them itself.
fn generated() -> Result<Vec<Line>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let request = crate::generator::Request { leads: 10_000, chats: Some(0), seed: 1, faults: 1.0, ragged: 0.0 };
    crate::generator::generate(&request, folder.path())?;
    let gold: Vec<(String, String, String)> =
        csv::Reader::from_path(folder.path().join("gold/drift.csv"))?.deserialize().collect::<Result<_, _>>()?;
    let options = Options::default();
    let sources = read(&folder.path().join("leads.csv"), &options)?;
    let mut lines = Vec::new();
    for (column, set) in GENERATED {
        let of_column = gold.iter().filter(|(of, ..)| of == column);
        let values = of_column.map(|(_, raw, right)| (raw.clone(), right.clone())).collect();
        let gold = Gold { column: column.to_owned(), values };
        let evaluation = evaluate::drift(&sources, &gold, &options, DateTime::UNIX_EPOCH, EXAMPLES)?;
        let goal = Goal { words: "none", f1: 0.0, precision: 0.0 };
        lines.push(goal.line(set, "`benches/generate.rs`, seed 1; no column named", "none", &evaluation));
    }
    Ok(lines)
}

/// One CRM export, as settled.
fn read(export: &Path, options: &Options) -> Result<Vec<Arc<Source>>, Box<dyn Error>> {
    let mut specs = load::resolve(&[export.display().to_string()], None)?;
    for spec in &mut specs {
        spec.kind = Some(Kind::Crm);
    }
    Ok(settled(load::load(&specs, &LoadOptions::default())?, options)?)
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
    let sources = read(&export, &options)?;
    let evaluation = evaluate::drift(&sources, &gold, &options, DateTime::UNIX_EPOCH, EXAMPLES)?;
    fs::remove_file(&export)?;
    Ok(set.goal.line(
        set.name,
        "each spelling as often as the list says; `[drift] columns` names the column",
        set.peer,
        &evaluation,
    ))
}
