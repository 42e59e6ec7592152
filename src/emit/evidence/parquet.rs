//! Evidence as Parquet, with the types of the table.

use std::io::Write;

use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter};

use super::{EvidenceFormat, EvidenceMeta};
use crate::emit::Error;

/// The `.parquet` format.
#[derive(Debug)]
pub(super) struct Parquet;

const META: EvidenceMeta = EvidenceMeta { name: "parquet", title: "the typed table, for large runs and warehouses" };

/// Rows per group: fixed, so that the bytes do not depend on how the frame was put together.
const GROUP: usize = 1 << 18;

impl EvidenceFormat for Parquet {
    fn meta(&self) -> &'static EvidenceMeta {
        &META
    }

    fn write(&self, frame: &mut DataFrame, out: &mut dyn Write) -> Result<(), Error> {
        frame.rechunk_mut();
        ParquetWriter::new(out)
            .with_compression(ParquetCompression::Zstd(None))
            .with_row_group_size(Some(GROUP))
            .set_parallel(false)
            .finish(frame)
            .map(|_| ())
            .map_err(|e| Error::render(META.name, &e))
    }
}
