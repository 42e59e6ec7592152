//! Pairs of values that drift must never join, however rare one of them is.

use std::error::Error;
use std::path::Path;

use chrono::DateTime;
use leadlint::config::{Options, Selection};
use leadlint::load::{self, LoadOptions};
use leadlint::model::Kind;
use leadlint::rules::audit::{Request, audit, settled};
use leadlint::rules::evaluate::DRIFT;

/// How often the two values of a pair stand in a column: the other rare, the one rare, both frequent.
const COUNTS: [(usize, usize); 3] = [(20, 1), (1, 20), (20, 20)];

/// How many pairs of the project's own list are joined, of how many. Each pair has columns of its own.
pub(crate) fn joined() -> Result<(usize, usize), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/traps.csv");
    let traps: Vec<csv::StringRecord> = csv::Reader::from_path(path)?.records().collect::<Result<_, _>>()?;
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("records.csv");
    let name = |pair: usize, counts: usize| format!("Kind{}__c", pair * COUNTS.len() + counts);
    let columns: Vec<String> =
        (0..traps.len()).flat_map(|pair| (0..COUNTS.len()).map(move |counts| name(pair, counts))).collect();
    let mut writer = csv::Writer::from_path(&export)?;
    writer.write_record(std::iter::once("Id").chain(columns.iter().map(String::as_str)))?;
    for row in 0..40 {
        let id = format!("r{row}");
        let cells = traps.iter().flat_map(|trap| {
            COUNTS.map(|(one, other)| match row {
                row if row < one => trap.get(0).unwrap_or_default(),
                row if row < one + other => trap.get(1).unwrap_or_default(),
                _ => "",
            })
        });
        let cells: Vec<&str> = cells.collect();
        writer.write_record(std::iter::once(id.as_str()).chain(cells))?;
    }
    writer.flush()?;
    let mut options = Options::default();
    options.drift.columns = Some(columns);
    let mut specs = load::resolve(&[export.display().to_string()], None)?;
    for spec in &mut specs {
        spec.kind = Some(Kind::Crm);
    }
    let sources = settled(load::load(&specs, &LoadOptions::default())?, &options)?;
    let request = Request {
        selection: Selection::parse(&["DRF".to_owned()], &[], &leadlint::rules::known())?,
        ..Request::new(&options, DateTime::UNIX_EPOCH)
    };
    let audit = audit(&sources, &request, &|_| {})?;
    let mut found: Vec<usize> = audit
        .evidence
        .rows()
        .iter()
        .filter(|row| DRIFT.contains(&row.code))
        .filter_map(|row| row.column.as_deref()?.strip_prefix("Kind")?.strip_suffix("__c")?.parse::<usize>().ok())
        .map(|column| column / COUNTS.len())
        .collect();
    found.sort_unstable();
    found.dedup();
    Ok((found.len(), traps.len()))
}
