//! How much memory a run may hold.

use std::path::PathBuf;

use bytesize::ByteSize;
use sysinfo::{MemoryRefreshKind, System};

use super::say;
use crate::load::{CHUNK_BYTES, Input};
use crate::memory;

/// With less, the program itself and what it has in hand do not fit.
const LEAST: u64 = 64 * 1024 * 1024;

/// An audit takes up to so many times the bytes of its exports, as measured on leads, chats and a log, with a reserve.
const OF_TEXT: u64 = 5;

/// Packed exports are a tenth of their text or more.
const OF_PACKED: u64 = 10;

/// A size as the command line has it: `2GiB`, `1500MB`, or bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let ByteSize(bytes) = text.parse().map_err(|_| "a size is a number and a unit, such as 2GiB".to_owned())?;
    if bytes < LEAST {
        return Err(format!("an audit takes at least {}", shown(LEAST)));
    }
    Ok(bytes)
}

/// Keeps the run within `limit`, or within most of what is free; gives the size of the chunks to read in.
pub(super) fn keep<'a>(
    limit: Option<u64>,
    inputs: impl Iterator<Item = &'a Input>,
    quiet: bool,
) -> anyhow::Result<usize> {
    if !cfg!(target_os = "linux") {
        return if limit.is_some() { Err(memory::Error::System.into()) } else { Ok(CHUNK_BYTES) };
    }
    let expected: u64 = inputs.map(expected).fold(0, u64::saturating_add);
    let asked = limit.is_some();
    let limit = match limit {
        Some(limit) => limit,
        // Not worth a look at the machine.
        None if expected < LEAST => return Ok(CHUNK_BYTES),
        None => (free() / 10 * 9).max(LEAST),
    };
    let folder = folder();
    match memory::keep_within(limit, &folder, expected) {
        // What nobody asked for is tried and given up.
        Err(error) if !asked => {
            if !quiet && expected > limit {
                say(&format!(
                    "note: this run may take {}, and {} of memory are free: {error}",
                    shown(expected),
                    shown(limit)
                ));
            }
            return Ok(CHUNK_BYTES);
        }
        other => other?,
    }
    if expected <= limit {
        return Ok(CHUNK_BYTES);
    }
    if !quiet {
        say(&format!(
            "note: this run may take {}; what does not fit into {} goes by way of files in {}",
            shown(expected),
            shown(limit),
            folder.display()
        ));
    }
    // Larger chunks make larger buffers, of which more are worth a file.
    Ok(usize::try_from(limit / 32).unwrap_or(CHUNK_BYTES).clamp(CHUNK_BYTES, 8 * CHUNK_BYTES))
}

/// Says how the limit was kept, where it came close.
pub(super) fn say_kept(quiet: bool) {
    let Some(kept) = memory::kept().filter(|_| !quiet) else { return };
    if kept.spilled > 0 {
        say(&format!("note: up to {} went by way of files, which are gone", shown(kept.spilled)));
    }
    if kept.held > kept.limit {
        let small = || "what is held in small pieces did not fit; allow more with --memory-limit".to_owned();
        let why = kept.refused.unwrap_or_else(small);
        say(&format!("warning: the run held {}, over its limit of {}: {why}", shown(kept.held), shown(kept.limit)));
    }
}

/// Bytes that the audit of an input may take. Of standard input nobody knows; the run finds out.
fn expected(input: &Input) -> u64 {
    let Some(bytes) = input.bytes() else { return 0 };
    let name = input.shown().to_ascii_lowercase();
    let packed = [".gz", ".zst", ".zip", ".parquet", ".xlsx", ".xlsb", ".ods"].iter().any(|end| name.contains(end));
    bytes.saturating_mul(if packed { OF_TEXT * OF_PACKED } else { OF_TEXT })
}

/// Bytes of memory that are free, for this program. What a container holds of files that were read or written counts as
/// free: the system takes it back when somebody wants it.
fn free() -> u64 {
    let mut system = System::new();
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let free = system.available_memory();
    system.cgroup_limits().map_or(free, |limits| limits.total_memory.saturating_sub(limits.rss).min(free))
}

/// Where files that may be large belong while nobody says otherwise; `/tmp` is in memory on many systems.
fn folder() -> PathBuf {
    std::env::var_os("TMPDIR")
        .filter(|folder| !folder.is_empty())
        .map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from)
}

fn shown(bytes: u64) -> String {
    ByteSize(bytes).display().iec().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in [("2GiB", 2 << 30), ("2 GiB", 2 << 30), ("1500MB", 1_500_000_000), ("67108864", 64 << 20)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "lots", "-1GiB", "1e9x", "1MiB", "0"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
