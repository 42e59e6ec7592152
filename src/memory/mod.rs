//! How much memory a run may hold, and where what is beyond it lives.
//!
//! An audit reads its exports into columns and makes columns of them: large buffers, written once and read in order. Within
//! a limit each of them is a file without a name in a folder for temporary files, mapped into memory. While the program
//! holds more than it may, the parts of these files that are in memory are let go, in turn; a rule that wants them
//! has them read again. So the audit of an export larger than memory is the same audit, to the byte: no rule knows of it.
//! What is small (findings, the entries of maps) stays in memory.
//!
//! The system takes files without a name away when the program ends, however it ends.
//!
//! Only Linux says often enough how much memory a program holds. Elsewhere there is no limit to set, and none is kept.

mod allocator;
#[cfg(target_os = "linux")]
mod spill;

use std::path::PathBuf;

pub use allocator::Allocator;

/// Why a limit cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is in memory itself, so that nothing would be won.
    #[error("`{}` is kept in memory; set TMPDIR to a folder on a disk", .0.display())]
    InMemory(PathBuf),
    /// The disk is too small for what may have to be spilled.
    #[error(
        "about {wanted} may have to be spilled, and the disk of `{}` has {free} free; make room, set TMPDIR to a folder on \
         another disk, or allow more with --memory-limit",
        folder.display()
    )]
    Disk {
        /// Where files would be made.
        folder: PathBuf,
        /// What is wanted, with its unit.
        wanted: String,
        /// What is free, with its unit.
        free: String,
    },
    /// No file can be made there, or none with its space set aside.
    #[error("no file of a given size can be made in `{}`: {cause}; set TMPDIR to a folder on another disk", folder.display())]
    Folder {
        /// Where files would be made.
        folder: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The system does not say how much memory a program holds.
    #[error(
        "the system does not say how much memory a program holds, as Linux does in /proc/self/statm; leave --memory-limit out"
    )]
    System,
}

/// How the limit was kept so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Bytes of memory that the program may hold.
    pub limit: u64,
    /// The most that it was seen to hold.
    pub held: u64,
    /// The most bytes that stood in files at one time.
    pub spilled: u64,
    /// Why something did not go to a file though the limit came close.
    pub refused: Option<String>,
}

/// Keeps the memory that the program holds within `limit` bytes from now on; large buffers go to files in `folder` when
/// the program comes close to it. With `expected`, the bytes that the run is expected to take, beyond the limit they do
/// so at once.
///
/// Does nothing by itself: the program's allocator has to be [`Allocator`].
///
/// # Errors
///
/// When `expected` is beyond the limit and `folder` will not do.
#[cfg(target_os = "linux")]
pub fn keep_within(limit: u64, folder: &std::path::Path, expected: u64) -> Result<(), Error> {
    spill::keep_within(limit, folder, expected)
}

/// How the limit was kept so far; `None` without one.
#[cfg(target_os = "linux")]
#[must_use]
pub fn kept() -> Option<Kept> {
    spill::kept()
}

/// There is no limit to keep on this system.
///
/// # Errors
///
/// Never: a run that expects more than it may take is not kept from trying.
#[cfg(not(target_os = "linux"))]
pub fn keep_within(_: u64, _: &std::path::Path, _: u64) -> Result<(), Error> {
    Ok(())
}

/// There is no limit on this system.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn kept() -> Option<Kept> {
    None
}
