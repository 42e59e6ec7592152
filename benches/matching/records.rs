//! Sets of records with a label: read, scored.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use leadlint::config::Options;
use leadlint::evidence::evaluation::Evaluation;
use leadlint::load::{self, LoadOptions};
use leadlint::model::Kind;
use leadlint::rules::audit::settled;
use leadlint::rules::evaluate::{self, Labels};

use super::{EXAMPLES, Goal, Line, Missing, Outcome, file};

/// A set: its files, its label, the columns to compare.
struct Set {
    name: &'static str,
    how: &'static str,
    files: &'static [&'static str],
    label: Label,
    columns: &'static [&'static str],
    goal: Goal,
    peer: &'static str,
}

enum Label {
    /// A column of the file.
    Column(&'static str),
    /// The part between the first and the second dash of a column.
    Within(&'static str),
    /// A column of another file.
    Beside(&'static str, &'static str),
}

const SETS: [Set; 5] = [
    Set {
        name: "splink_fake1000_B",
        how: "`--label cluster --match first_name,surname,dob,city,email`",
        files: &["match/splink_fake1000_B/fake_1000_from_splink_demos.csv"],
        label: Label::Column("cluster"),
        columns: &["first_name", "surname", "dob", "city", "email"],
        goal: Goal { words: "F1 .97, P .98", f1: 0.97, precision: 0.98 },
        peer: "Splink 4.0.17 + DuckDB, its tutorial model, threshold 0.5: P .973, R .962, F1 .967; exact email only: F1 .700",
    },
    Set {
        name: "febrl dataset1",
        how: "label: the number inside `rec_id`; `--match` with all other columns",
        files: &["match/febrl/dataset1.csv"],
        label: Label::Within("rec_id"),
        columns: &FEBRL,
        goal: Goal { words: "F1 .985", f1: 0.985, precision: 0.0 },
        peer: "recordlinkage 0.16, ECM, tuned blocking: P 1.00, R .970, F1 .985",
    },
    Set {
        name: "febrl dataset2",
        how: "as dataset1",
        files: &["match/febrl/dataset2.csv"],
        label: Label::Within("rec_id"),
        columns: &FEBRL,
        goal: Goal { words: "F1 .97", f1: 0.97, precision: 0.0 },
        peer: "recordlinkage 0.16, ECM, tuned blocking: P .990, R .947, F1 .968",
    },
    Set {
        name: "restaurant, no phone",
        how: "`--label unique_id --match name,address,city,cuisine`",
        files: &["match/restaurant/restaurant-nophone-training.csv"],
        label: Label::Column("unique_id"),
        columns: &["name", "address", "city", "cuisine"],
        goal: Goal { words: "F1 .90", f1: 0.90, precision: 0.0 },
        peer: "dedupe 3.0.3, trained on labelled pairs of the same file: P .90-.92, R .911, F1 .91",
    },
    Set {
        name: "senzing_truthset",
        how: "three files as one source; `--label CLUSTER_ID --labels` the key file; `--match` with names, organisation names, birth date, identifiers, email, address parts and phone",
        files: &[
            "match/senzing_truthset/customers.csv",
            "match/senzing_truthset/reference.csv",
            "match/senzing_truthset/watchlist.csv",
        ],
        label: Label::Beside("match/senzing_truthset/actual_truthset_key.csv", "CLUSTER_ID"),
        columns: &[
            "PRIMARY_NAME_FULL",
            "PRIMARY_NAME_FIRST",
            "PRIMARY_NAME_MIDDLE",
            "PRIMARY_NAME_LAST",
            "PRIMARY_NAME_ORG",
            "SECONDARY_NAME_ORG",
            "DATE_OF_BIRTH",
            "PASSPORT_NUMBER",
            "DRIVERS_LICENSE_NUMBER",
            "SSN_NUMBER",
            "NATIONAL_ID_NUMBER",
            "EMAIL_ADDRESS",
            "ADDR_FULL",
            "ADDR_LINE1",
            "ADDR_CITY",
            "ADDR_STATE",
            "ADDR_POSTAL_CODE",
            "PHONE_NUMBER",
        ],
        goal: Goal { words: "F1 .95", f1: 0.95, precision: 0.0 },
        peer: "the imperfect key that is shipped with it: P .964, R .982, F1 .973",
    },
];

const FEBRL: [&str; 10] = [
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
];

/// The column that stands for a label inside of another column.
const PART: &str = "label";

/// Every set under `dir`.
pub(crate) fn all(dir: &Path) -> Vec<Outcome> {
    SETS.iter().map(|set| run(set, dir).map_err(|error| Missing { set: set.name, why: error.to_string() })).collect()
}

fn run(set: &Set, dir: &Path) -> Result<Line, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut files: Vec<PathBuf> = set.files.iter().map(|path| file(dir, path)).collect::<Result<_, _>>()?;
    let (label, labels) = match set.label {
        Label::Column(column) => (column, None),
        Label::Beside(path, column) => (column, Some(file(dir, path)?)),
        Label::Within(column) => {
            for (at, path) in files.iter_mut().enumerate() {
                let copy = folder.path().join(format!("{at}.csv"));
                relabel(path, &copy, column)?;
                *path = copy;
            }
            (PART, None)
        }
    };
    let columns: Vec<String> = set.columns.iter().map(|column| (*column).to_owned()).collect();
    let evaluation = score(&files, label, labels.as_deref(), Some(columns))?;
    Ok(set.goal.line(set.name, set.how, set.peer, &evaluation))
}

/// Writes a copy with the part of `column` that tells who a record is of in a column of its own, without that column.
fn relabel(from: &Path, to: &Path, column: &str) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_path(from)?;
    let headers = reader.headers()?.clone();
    let at = headers.iter().position(|header| header == column).ok_or("no such column")?;
    let mut writer = csv::Writer::from_path(to)?;
    let others = |record: &csv::StringRecord| -> Vec<String> {
        record.iter().enumerate().filter(|(column, _)| *column != at).map(|(_, cell)| cell.to_owned()).collect()
    };
    writer.write_record(others(&headers).iter().map(String::as_str).chain([PART]))?;
    for record in reader.records() {
        let record = record?;
        let part = record.get(at).and_then(|cell| cell.split('-').nth(1)).unwrap_or_default();
        writer.write_record(others(&record).iter().map(String::as_str).chain([part]))?;
    }
    writer.flush()?;
    Ok(())
}

/// Scores the duplicates of `files`, read as one CRM export, as `leadlint eval` does. Without `columns` the program compares
/// what it chooses by itself.
pub(crate) fn score(
    files: &[PathBuf],
    label: &str,
    labels: Option<&Path>,
    columns: Option<Vec<String>>,
) -> Result<Evaluation, Box<dyn Error>> {
    let mut options = Options::default();
    options.duplicates.r#match = columns;
    let words: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let mut specs = load::resolve(&words, None)?;
    let mut spec = specs.swap_remove(0);
    spec.inputs.extend(specs.into_iter().flat_map(|spec| spec.inputs));
    spec.name = Some("records".to_owned());
    spec.kind = Some(Kind::Crm);
    spec.hidden.push(label.to_owned());
    let sources = settled(load::load(&[spec], &LoadOptions::default())?, &options)?;
    let labels = match labels {
        None => Labels::within(&sources, label)?,
        Some(path) => {
            let mut specs = load::resolve(&[path.display().to_string()], None)?;
            for spec in &mut specs {
                spec.kind = Some(Kind::Crm);
            }
            let read = load::load(&specs, &LoadOptions::default())?;
            Labels::beside(&sources, read.first().ok_or("no labels")?, label, None)?
        }
    };
    Ok(evaluate::duplicates(&sources, &labels, &options, DateTime::UNIX_EPOCH, EXAMPLES)?)
}

/// A generated corpus of so many leads: families, main lines, job changers and common names. The columns are chosen by the
/// program.
pub(crate) fn generated(leads: u64, name: &'static str) -> Outcome {
    let of = || -> Result<Line, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let dir = folder.path();
        let request = crate::generator::Request { leads, chats: Some(0), seed: 1, faults: 1.0, ragged: 0.0 };
        crate::generator::generate(&request, dir)?;
        // The list of who is who has names of its own for id and label.
        let gold = fs::read_to_string(dir.join("gold/duplicates.csv"))?.replacen("lead_id", "Id", 1);
        fs::write(dir.join("labels.csv"), gold)?;
        let evaluation = score(&[dir.join("leads.csv")], "entity_id", Some(&dir.join("labels.csv")), None)?;
        let goal = Goal { words: "F1 .985, P .995", f1: 0.985, precision: 0.995 };
        let peer = if leads >= 1_000_000 {
            "Splink 4.0.17 + DuckDB, five comparisons, three blocking rules: F1 .27 at threshold 0.5, .31 at 0.99"
        } else {
            "Splink 4.0.17 + DuckDB, five comparisons, three blocking rules: F1 .62 at threshold 0.5, .98 at 0.99"
        };
        Ok(goal.line(name, "`benches/generate.rs`, seed 1; no column named", peer, &evaluation))
    };
    of().map_err(|error| Missing { set: name, why: error.to_string() })
}
