//! Every row of evidence, uncapped, as a file for machines.
//!
//! A format is one file here and one line in [`FORMATS`]; the extension of the path chooses it. Cells keep their exact
//! values: nothing is neutralised for spreadsheets, so a cell that begins with `=` is a formula to one that opens the
//! file. Personal data is shown unless `--pii` says otherwise.

mod csv;
mod ndjson;
mod parquet;

use std::io::Write;
use std::path::Path;

use polars::prelude::DataFrame;

use super::mask::Masker;
use super::{Error, View, words};
use crate::evidence::Audit;

/// What is known about an evidence format without writing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceMeta {
    /// The name: also the extension that chooses it.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
}

/// A file format for the whole evidence table.
pub trait EvidenceFormat: Sync {
    /// What is known about the format.
    fn meta(&self) -> &'static EvidenceMeta;

    /// Writes the table, which has the columns of [`SCHEMA`](crate::evidence::schema::SCHEMA).
    fn write(&self, frame: &mut DataFrame, out: &mut dyn Write) -> Result<(), Error>;
}

/// Every evidence format, in the order in which messages list them.
pub const FORMATS: &[&dyn EvidenceFormat] = &[&csv::Csv, &ndjson::Ndjson, &parquet::Parquet];

/// The format that the extension of `path` names.
pub fn for_path(path: &Path) -> Result<&'static dyn EvidenceFormat, Error> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    FORMATS.iter().copied().find(|f| f.meta().name == extension).ok_or_else(|| {
        let known: Vec<String> = FORMATS.iter().map(|f| format!("`.{}`", f.meta().name)).collect();
        Error::UnknownEvidence { path: path.to_owned(), known: words::list(&known, "or") }
    })
}

/// Writes the evidence of `audit` in `format`.
pub fn write(format: &dyn EvidenceFormat, audit: &Audit, view: &View, out: &mut dyn Write) -> Result<(), Error> {
    let name = format.meta().name;
    let frame = audit.evidence.frame().map_err(|e| Error::render(name, &e))?;
    let mut frame = Masker::new(audit, view).frame(&frame).map_err(|e| Error::render(name, &e))?;
    format.write(&mut frame, out)
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;
    use crate::emit::{Pii, testing};

    fn written(name: &str, pii: Pii) -> Vec<u8> {
        let format = for_path(Path::new(&format!("out.{name}"))).unwrap();
        let mut bytes = Vec::new();
        write(format, &testing::sample(), &testing::view(pii), &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn every_file_of_the_folder_is_registered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit/evidence");
        for name in testing::modules(&folder) {
            assert!(
                FORMATS.iter().any(|f| f.meta().name == name),
                "src/emit/evidence/{name}.rs is not in FORMATS; add it to src/emit/evidence/mod.rs"
            );
        }
    }

    #[test]
    fn csv_and_ndjson_hold_the_same_exact_cells() {
        let audit = testing::sample();
        let bytes = written("csv", Pii::Show);
        let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
        let headers = reader.headers().unwrap().clone();
        let ndjson = String::from_utf8(written("ndjson", Pii::Show)).unwrap();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!((records.len(), ndjson.lines().count()), (audit.evidence.len(), audit.evidence.len()));
        let frame = audit.evidence.frame().unwrap();
        let (values, rows) =
            (frame.column("value").unwrap().str().unwrap(), frame.column("row").unwrap().u64().unwrap());
        for (i, (record, line)) in records.iter().zip(ndjson.lines()).enumerate() {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            assert_eq!(object.keys().collect::<Vec<_>>(), headers.iter().collect::<Vec<_>>());
            assert_eq!(object["value"], serde_json::json!(values.get(i)));
            assert_eq!(object["row"], serde_json::json!(rows.get(i)));
            let value = headers.iter().position(|h| h == "value").unwrap();
            assert_eq!(&record[value], values.get(i).unwrap_or_default());
        }
    }

    #[test]
    fn parquet_reads_back_and_has_the_same_bytes_each_time() {
        let bytes = written("parquet", Pii::Show);
        assert_eq!(bytes, written("parquet", Pii::Show));
        let back = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
        assert!(back.equals_missing(&testing::sample().evidence.frame().unwrap()));
    }

    #[test]
    fn masked_evidence_keeps_ids_and_loses_addresses() {
        for name in ["csv", "ndjson"] {
            for pii in [Pii::Mask, Pii::Hash] {
                let text = String::from_utf8(written(name, pii)).unwrap();
                assert!(!text.contains("ann.lee@acme.example"), "{text}");
                assert!(text.contains("00Q5e000000018E"), "{text}");
            }
        }
        insta::assert_snapshot!(String::from_utf8(written("csv", Pii::Mask)).unwrap());
    }

    #[test]
    fn another_extension_is_answered_with_the_known_ones() {
        let error = for_path(Path::new("out.xlsx")).err().unwrap().to_string();
        assert_eq!(
            error,
            "`--evidence out.xlsx`: cannot tell the format from the extension; name the file `.csv`, `.ndjson` or `.parquet`"
        );
    }
}
