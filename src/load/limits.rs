//! How much an export may unpack to. A small file can claim to hold terabytes; these bounds are checked before the room is
//! taken, and lie far beyond what exports need.

use std::io::{self, Read};

use super::Error;

const MIB: u64 = 1024 * 1024;

/// No file, and no archive as a whole, unpacks to more bytes than this.
const UNPACKED: u64 = 8 * 1024 * MIB;

/// Beyond [`RATIO_FREE`] bytes, a file unpacks to at most this many times its size. Text of exports packs 5 to 50 times.
const RATIO: u64 = 200;

/// Files unpack to this many bytes whatever their size.
const RATIO_FREE: u64 = 64 * MIB;

/// An archive has at most this many members.
pub(crate) const MEMBERS: usize = 10_000;

/// A table that is not text has at most this many cells, blank ones counted.
const CELLS: u64 = 1 << 31;

/// A sheet has at most this many cells from its first column to its last: a million rows of 128 columns.
const SHEET_CELLS: u64 = 1 << 27;

/// Beyond [`CELLS_FREE`] cells, a file holds at most this many cells for each of its bytes.
const CELLS_PER_BYTE: u64 = 200;

/// Tables have this many cells whatever the size of their file.
const CELLS_FREE: u64 = 1 << 23;

/// Bytes that a file of `packed` bytes may unpack to.
pub(crate) fn unpacked(packed: usize) -> u64 {
    (packed as u64).saturating_mul(RATIO).max(RATIO_FREE).min(UNPACKED)
}

/// Cells that a columnar file of `bytes` bytes may hold.
pub(crate) fn cells(bytes: usize) -> u64 {
    (bytes as u64).saturating_mul(CELLS_PER_BYTE).max(CELLS_FREE).min(CELLS)
}

/// Cells that a sheet in a workbook of `bytes` bytes may hold.
pub(crate) fn sheet_cells(bytes: usize) -> u64 {
    cells(bytes).min(SHEET_CELLS)
}

/// The error for a file of `packed` bytes that unpacks to more than it may.
pub(crate) fn too_big(path: &str, packed: usize) -> Error {
    let limit = unpacked(packed);
    let limit = match limit {
        UNPACKED => "8 GiB".to_owned(),
        RATIO_FREE => format!("64 MiB, and more than {RATIO} times its size"),
        _ => format!("{} MiB, {RATIO} times its size", limit / MIB),
    };
    Error::Bomb { path: path.to_owned(), limit }
}

/// Why unpacking stopped.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// There is more than the limit.
    Limit,
    /// The data are damaged, after so many good bytes.
    Broken(u64, io::Error),
}

/// Reads to the end, but never more than `limit` bytes. `expected` is a guess at the size.
pub(crate) fn read_within(reader: impl Read, limit: u64, expected: u64) -> Result<Vec<u8>, Stopped> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or_default());
    match reader.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        Err(cause) => Err(Stopped::Broken(bytes.len() as u64, cause)),
        Ok(_) if bytes.len() as u64 > limit => Err(Stopped::Limit),
        Ok(_) => Ok(bytes),
    }
}
