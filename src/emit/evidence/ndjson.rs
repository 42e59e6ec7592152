//! Evidence as NDJSON: one object per line, every key on every line, nulls kept.

use std::io::{self, Write};

use polars::prelude::{AnyValue, DataFrame};
use serde_json::{Map, Value};

use super::{EvidenceFormat, EvidenceMeta};
use crate::emit::Error;

/// The `.ndjson` format.
#[derive(Debug)]
pub(super) struct Ndjson;

const META: EvidenceMeta = EvidenceMeta { name: "ndjson", title: "one JSON object per row of evidence" };

impl EvidenceFormat for Ndjson {
    fn meta(&self) -> &'static EvidenceMeta {
        &META
    }

    fn write(&self, frame: &mut DataFrame, out: &mut dyn Write) -> Result<(), Error> {
        let mut out = io::BufWriter::new(out);
        let columns: Vec<_> =
            frame.columns().iter().map(|c| (c.name().to_string(), c.as_materialized_series())).collect();
        for row in 0..frame.height() {
            let mut object = Map::with_capacity(columns.len());
            for (name, column) in &columns {
                let value = match column.get(row).map_err(|e| Error::render(META.name, &e))? {
                    AnyValue::Null => Value::Null,
                    AnyValue::String(text) => text.into(),
                    AnyValue::UInt64(n) => n.into(),
                    AnyValue::Float64(n) => n.into(),
                    other => other.to_string().into(),
                };
                object.insert(name.clone(), value);
            }
            serde_json::to_writer(&mut out, &object).map_err(|e| Error::render(META.name, &e))?;
            out.write_all(b"\n").map_err(|e| Error::render(META.name, &e))?;
        }
        out.flush().map_err(|e| Error::render(META.name, &e))
    }
}
