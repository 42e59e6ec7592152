//! Large buffers as mapped files without a name, and the watch over how much of them is in memory.
#![expect(
    unsafe_code,
    reason = "mapping a file, and letting mapped pages go, are unsafe to whoever may change the file"
)]

use std::alloc::Layout;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytesize::ByteSize;
use memmap2::{MmapMut, MmapOptions, UncheckedAdvice};
use rustix::fs::{FallocateFlags, fallocate, statfs, statvfs};

use super::{Error, Kept};

/// Buffers of this many bytes and more go to files. Smaller ones are not worth a file each.
const LARGE: usize = 256 * 1024;

/// The page of every system that this runs on divides it; buffers with a stricter alignment are not spilled.
const PAGE: usize = 4096;

/// Of a mapping, so much is let go at a time. Nobody can give back a buffer meanwhile.
const SLAB: usize = 32 * 1024 * 1024;

/// How often the watch looks. At the pace at which two threads can touch new pages, some ten megabytes pass.
const PAUSE: Duration = Duration::from_millis(2);

/// A system gives a program so many mappings (Linux: `vm.max_map_count`, 65,530 unless set), and everything else that it
/// holds needs some too. From the first number on only buffers of [`HUGE`] bytes get one, from the second on none.
const MAPPED_MANY: usize = 24_000;
const MAPPED_MOST: usize = 40_000;
const HUGE: usize = 8 * 1024 * 1024;

/// Where letting everything go was not enough, the next try is so many milliseconds away: what is let go in vain is read
/// again at once.
const REST: u64 = 10;

/// Magic numbers of file systems that are in memory: tmpfs, ramfs.
const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// Whether large buffers go to files.
static SPILLS: AtomicBool = AtomicBool::new(false);
/// Whether any buffer ever did.
static MAPPED: AtomicBool = AtomicBool::new(false);
/// The bytes that the program may hold, and those that new files may fill until somebody looks how many it holds.
static LIMIT: AtomicU64 = AtomicU64::new(u64::MAX);
static ROOM: AtomicI64 = AtomicI64::new(i64::MAX);
/// The most bytes that the program was seen to hold.
static HELD: AtomicU64 = AtomicU64::new(0);
/// Why something did not go to a file though the limit came close: the first reason.
static REFUSED: OnceLock<String> = OnceLock::new();
/// What was left after everything was let go, and until when, in milliseconds of the run, that is taken for granted.
static FLOOR: AtomicU64 = AtomicU64::new(0);
static UNTIL: AtomicU64 = AtomicU64::new(0);
/// Bytes in files now, and the most there were.
static NOW: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);
/// Where the files are.
static FOLDER: RwLock<Option<PathBuf>> = RwLock::new(None);
/// Every mapping, by its address.
static MAPPINGS: Mutex<BTreeMap<usize, MmapMut>> = Mutex::new(BTreeMap::new());

/// Small allocations under this lock, those of the map, come from mimalloc, which does not ask here.
fn mappings() -> MutexGuard<'static, BTreeMap<usize, MmapMut>> {
    MAPPINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a buffer of this size may be one of ours.
pub(super) fn may_hold(size: usize) -> bool {
    size >= LARGE && MAPPED.load(Ordering::Relaxed)
}

/// Whether a new buffer of this size goes to a file.
pub(super) fn takes(size: usize) -> bool {
    size >= LARGE && SPILLS.load(Ordering::Relaxed)
}

/// A new buffer of zeros in a file; `None` where it is none for a file, or no file could be made.
pub(super) fn take(layout: Layout) -> Option<*mut u8> {
    if !takes(layout.size()) || layout.align() > PAGE {
        return None;
    }
    let mapped = mappings().len();
    if mapped >= MAPPED_MOST || (mapped >= MAPPED_MANY && layout.size() < HUGE) {
        let _ = REFUSED.set(format!("{mapped} buffers are in files, and the system does not allow many more"));
        return None;
    }
    let mapping = spill(layout.size().checked_next_multiple_of(PAGE)?)?;
    let place = mapping.as_ptr().cast_mut();
    MAPPED.store(true, Ordering::Relaxed);
    mappings().insert(place as usize, mapping);
    Some(place)
}

/// A new file of `size` bytes.
fn spill(size: usize) -> Option<MmapMut> {
    // What is about to be written needs room; the watch may be late for it.
    let bytes = i64::try_from(size).ok()?;
    if ROOM.fetch_sub(bytes, Ordering::Relaxed) < bytes {
        look();
    }
    match map(size) {
        Ok(map) => {
            let now = NOW.fetch_add(size as u64, Ordering::Relaxed) + size as u64;
            MOST.fetch_max(now, Ordering::Relaxed);
            Some(map)
        }
        Err(error) => {
            let _ = REFUSED.set(match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "the disk for temporary files was full; set TMPDIR to a folder on another disk".to_owned()
                }
                _ => format!("a temporary file could not be made: {error}"),
            });
            None
        }
    }
}

fn map(size: usize) -> io::Result<MmapMut> {
    let file = {
        let folder = FOLDER.read().unwrap_or_else(PoisonError::into_inner);
        tempfile::tempfile_in(folder.as_deref().ok_or(io::ErrorKind::NotFound)?)?
    };
    // Its space is set aside at once: a full disk found out later, by a write to memory, would end the program.
    fallocate(&file, FallocateFlags::empty(), 0, size as u64)?;
    // SAFETY: the file has no name, and is closed here: nobody else can change or shorten it.
    unsafe { MmapOptions::new().len(size).map_mut(&file) }
}

/// Gives a buffer back, and its file with it; false where it is none of ours.
pub(super) fn give_back(place: *mut u8) -> bool {
    let mapping = mappings().remove(&(place as usize));
    if let Some(mapping) = &mapping {
        NOW.fetch_sub(mapping.len() as u64, Ordering::Relaxed);
    }
    // Unmapped here, outside of the lock.
    mapping.is_some()
}

/// How many bytes a buffer of ours has room for.
pub(super) fn room(place: *mut u8) -> Option<usize> {
    mappings().get(&(place as usize)).map(|mapping| mapping.len())
}

/// Lets `over` bytes of mapped files go from memory, from where it stopped last, and fewer when each had its turn. They stay
/// in their files. Gives what the program holds then.
pub(super) fn let_go(over: u64) -> Option<u64> {
    /// The mapping whose turn it is, and how far in it.
    static CURSOR: Mutex<(usize, usize)> = Mutex::new((0, 0));
    let mut cursor = CURSOR.lock().unwrap_or_else(PoisonError::into_inner);
    let start = *cursor;
    // Somebody else may have let go meanwhile.
    let mut held = resident()?;
    let goal = held.saturating_sub(over);
    let mut wrapped = false;
    loop {
        {
            let mappings = mappings();
            let next = mappings.range((Bound::Included(cursor.0), Bound::Unbounded)).next();
            let Some((&at, mapping)) = next else {
                if wrapped || mappings.is_empty() {
                    return Some(held);
                }
                wrapped = true;
                *cursor = (0, 0);
                continue;
            };
            let from = if at == cursor.0 { cursor.1 } else { 0 };
            if from >= mapping.len() {
                *cursor = (at + 1, 0);
                continue;
            }
            let len = SLAB.min(mapping.len() - from);
            // SAFETY: the mapping is shared with its file, which keeps what was written; the lock keeps it mapped.
            let _ = unsafe { mapping.unchecked_advise_range(UncheckedAdvice::DontNeed, from, len) };
            *cursor = (at, from + len);
        }
        held = resident()?;
        if held <= goal || (wrapped && *cursor > start) {
            return Some(held);
        }
    }
}

/// Bytes of memory that the program holds.
fn resident() -> Option<u64> {
    static STATM: Mutex<Option<File>> = Mutex::new(None);
    let mut file = STATM.lock().unwrap_or_else(PoisonError::into_inner);
    if file.is_none() {
        *file = File::open("/proc/self/statm").ok();
    }
    let mut text = [0; 128];
    let len = file.as_ref()?.read_at(&mut text, 0).ok()?;
    let pages: u64 = std::str::from_utf8(&text[..len]).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * page()?)
}

/// Bytes of a page, as the system counts.
fn page() -> Option<u64> {
    static PAGE: OnceLock<Option<u64>> = OnceLock::new();
    *PAGE.get_or_init(|| {
        let mut text = [0; 4096];
        let len = File::open("/proc/self/smaps").ok()?.read_at(&mut text, 0).ok()?;
        let line = text[..len].split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"KernelPageSize:"))?;
        let kibibytes: u64 = std::str::from_utf8(line).ok()?.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024)
    })
}

/// Large buffers go to files in `folder` from now on.
pub(super) fn begin(folder: &Path) -> Result<(), Error> {
    let broken = |cause: io::Error| Error::Folder { folder: folder.to_owned(), cause };
    let system = statfs(folder).map_err(|error| broken(error.into()))?;
    #[expect(clippy::cast_sign_loss, reason = "a magic number is a pattern of bits")]
    if IN_MEMORY.contains(&(system.f_type as u64 & 0xffff_ffff)) {
        return Err(Error::InMemory(folder.to_owned()));
    }
    *FOLDER.write().unwrap_or_else(PoisonError::into_inner) = Some(folder.to_owned());
    map(PAGE).map_err(broken)?;
    SPILLS.store(true, Ordering::Relaxed);
    Ok(())
}

/// See [`super::keep_within`].
pub(super) fn keep_within(limit: u64, folder: &Path, expected: u64) -> Result<(), Error> {
    static WATCH: Once = Once::new();
    if resident().is_none() {
        return Err(Error::System);
    }
    if expected > limit {
        begin(folder)?;
        let system =
            statvfs(folder).map_err(|error| Error::Folder { folder: folder.to_owned(), cause: error.into() })?;
        let free = system.f_bavail.saturating_mul(system.f_frsize);
        if free < expected {
            SPILLS.store(false, Ordering::Relaxed);
            let [wanted, free] = [expected, free].map(|bytes| ByteSize(bytes).display().iec().to_string());
            return Err(Error::Disk { folder: folder.to_owned(), wanted, free });
        }
    }
    let folder = folder.to_owned();
    WATCH.call_once(|| {
        LIMIT.store(limit, Ordering::Relaxed);
        // Without the watch only who makes a new file looks, and the outcome is the same.
        let watch = std::thread::Builder::new().name("memory".to_owned()).spawn(move || watch(&folder));
        if let Err(error) = watch {
            let _ = REFUSED.set(format!("no thread could be started to watch it: {error}"));
        }
    });
    Ok(())
}

/// Looks again and again, as long as the program runs.
fn watch(folder: &Path) {
    let mut tried = false;
    loop {
        std::thread::sleep(PAUSE);
        let Some(held) = look() else { return };
        if held > LIMIT.load(Ordering::Relaxed) / 2 && !tried && !SPILLS.load(Ordering::Relaxed) {
            // More than was expected. A folder that will not do leaves the run as it is without a limit, which is said.
            tried = true;
            if let Err(error) = begin(folder) {
                let _ = REFUSED.set(error.to_string());
            }
        }
    }
}

/// Looks how much the program holds, and lets go what is too much. Gives what it held.
fn look() -> Option<u64> {
    let limit = LIMIT.load(Ordering::Relaxed);
    let held = resident()?;
    HELD.fetch_max(held, Ordering::Relaxed);
    let now = since_start();
    let floor = if now < UNTIL.load(Ordering::Relaxed) { FLOOR.load(Ordering::Relaxed) } else { 0 };
    let bounds = Bounds::of(limit, floor);
    let mut left = held;
    if held > bounds.high && SPILLS.load(Ordering::Relaxed) {
        left = let_go(held - bounds.low).unwrap_or(held);
        if left > bounds.high {
            FLOOR.store(left, Ordering::Relaxed);
            UNTIL.store(since_start() + REST, Ordering::Relaxed);
        }
    }
    let room = bounds.room.saturating_sub(left);
    ROOM.store(i64::try_from(room).unwrap_or(i64::MAX), Ordering::Relaxed);
    Some(held)
}

/// Milliseconds since this was first asked.
fn since_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// When to let go, in bytes that the program holds.
#[derive(Debug, PartialEq, Eq)]
struct Bounds {
    /// Above this, pages are let go.
    high: u64,
    /// Until so much is left.
    low: u64,
    /// Up to this, new files are made without a look.
    room: u64,
}

impl Bounds {
    /// Within `limit`, what is touched between two looks has to fit above. Where `floor` bytes are left whatever is let go,
    /// a part of the limit counts from there.
    fn of(limit: u64, floor: u64) -> Self {
        let part = limit / 16;
        if floor == 0 {
            return Self { high: part * 13, low: part * 11, room: part * 15 };
        }
        Self { high: floor + part * 2, low: floor + part, room: floor + part * 3 }
    }
}

/// See [`super::kept`].
pub(super) fn kept() -> Option<Kept> {
    let limit = LIMIT.load(Ordering::Relaxed);
    (limit != u64::MAX).then(|| Kept {
        limit,
        held: HELD.load(Ordering::Relaxed),
        spilled: MOST.load(Ordering::Relaxed),
        refused: REFUSED.get().cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_let_go_is_not_swept_again_at_once() {
        let limit = 64 << 20;
        let bounds = Bounds::of(limit, 0);
        assert!(bounds.low < bounds.high && bounds.high < bounds.room && bounds.room < limit);
        let floor = 300 << 20;
        let bounds = Bounds::of(limit, floor);
        assert!(floor < bounds.low && bounds.low < bounds.high && bounds.high < bounds.room);
        assert!(bounds.room < floor + limit);
    }
}
