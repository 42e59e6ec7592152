//! The container of Office files before 2007, as far as it must be looked into before calamine reads an `.xls`.
//!
//! calamine follows chains of sectors without asking whether they end, and takes the room that a sheet says it needs. Both
//! are checked here: what passes is a file whose chains end and whose sheets have a size that the file can account for.
//! After MS-CFB (the container) and MS-XLS (the records of a workbook).

use super::{Book, damaged};
use crate::load::Error;
use crate::load::limits::cells;

/// The end of a chain of sectors; numbers from `SPECIAL` on name no sector.
const END_OF_CHAIN: u32 = 0xffff_fffe;
const SPECIAL: u32 = 0xffff_fffa;

/// Streams shorter than this lie in the stream of small sectors.
const SMALL: u64 = 4096;
const SMALL_SECTOR: usize = 64;

/// The largest sheet: 65,536 rows of 256 columns.
const SHEET: u64 = 1 << 24;

/// What keeps a container from being read.
type Fault = &'static str;

/// A container, its chains not yet followed.
struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small: Vec<u8>,
    streams: Vec<Stream>,
}

/// A stream or folder of the container.
struct Stream {
    name: String,
    start: u32,
    length: u64,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|number| u32::from_le_bytes([number[0], number[1], number[2], number[3]]))
}

/// Follows a chain of sectors to its end, which must come within as many steps as there are sectors.
fn chain(start: u32, table: &[u32], sector: impl Fn(u32) -> Option<Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut at = start;
    for _ in 0..=table.len() {
        if at == END_OF_CHAIN {
            return Ok(bytes);
        }
        bytes.extend(sector(at).ok_or("a part of it lies behind its end")?);
        at = *table.get(at as usize).ok_or("a part of it is not listed")?;
    }
    Err("its parts follow one another in a circle")
}

impl<'a> Container<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let cut = "its beginning is cut off";
        let sector = match u16_at(bytes, 30).ok_or(cut)? {
            9 => 512,
            12 => 4096,
            _ => return Err("its sectors have no known size"),
        };
        let read = |at: usize| u32_at(bytes, at).ok_or(cut);
        let mut container =
            Self { bytes, sector, table: Vec::new(), small_table: Vec::new(), small: Vec::new(), streams: Vec::new() };
        let mut list: Vec<u32> = numbers(bytes.get(76..512).ok_or(cut)?).collect();
        // The list of the table's sectors goes on in sectors that each end with the number of the next.
        let mut next = read(68)?;
        let count = bytes.len() / sector + 1;
        for _ in 0..=count {
            if next >= SPECIAL {
                break;
            }
            list.extend(numbers(container.at(next).ok_or("a part of it lies behind its end")?));
            next = list.pop().ok_or(cut)?;
        }
        if next < SPECIAL {
            return Err("its parts follow one another in a circle");
        }
        for number in list.into_iter().filter(|number| *number < SPECIAL) {
            if container.table.len() > bytes.len() {
                return Err("its list of parts is longer than itself");
            }
            let entries: Vec<u32> = numbers(container.at(number).ok_or("a part of it lies behind its end")?).collect();
            container.table.extend(entries);
        }
        let folders = container.follow(read(48)?)?;
        container.streams = folders.chunks_exact(128).filter_map(|entry| stream(entry, sector)).collect();
        let root = container.streams.first().map(|root| root.start).ok_or("it is empty")?;
        if read(64)? > 0 {
            container.small = container.follow(root)?;
            container.small_table = numbers(&container.follow(read(60)?)?).collect();
        }
        Ok(container)
    }

    /// A sector; the last one may be short.
    fn at(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.saturating_add(self.sector).min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty())
    }

    fn follow(&self, start: u32) -> Result<Vec<u8>, Fault> {
        chain(start, &self.table, |number| self.at(number).map(<[u8]>::to_vec))
    }

    fn has(&self, name: &str) -> bool {
        self.streams.iter().any(|stream| stream.name.eq_ignore_ascii_case(name))
    }

    /// The workbook's stream.
    fn workbook(&self) -> Result<Vec<u8>, Fault> {
        let named = |name: &str| self.streams.iter().find(|stream| stream.name.eq_ignore_ascii_case(name));
        let stream = named("Workbook").or_else(|| named("Book")).ok_or("it holds no workbook")?;
        let mut bytes = if stream.length < SMALL {
            chain(stream.start, &self.small_table, |number| {
                let start = (number as usize).checked_mul(SMALL_SECTOR)?;
                let end = start.checked_add(SMALL_SECTOR)?.min(self.small.len());
                self.small.get(start..end).filter(|sector| !sector.is_empty()).map(<[u8]>::to_vec)
            })?
        } else {
            self.follow(stream.start)?
        };
        bytes.truncate(usize::try_from(stream.length).unwrap_or(usize::MAX));
        Ok(bytes)
    }
}

fn stream(entry: &[u8], sector: usize) -> Option<Stream> {
    let name: Vec<u16> = (0..32).filter_map(|at| u16_at(entry, 2 * at)).take_while(|unit| *unit != 0).collect();
    let low = u64::from(u32_at(entry, 120)?);
    let high = if sector == 512 { 0 } else { u64::from(u32_at(entry, 124)?) };
    Some(Stream { name: String::from_utf16_lossy(&name), start: u32_at(entry, 116)?, length: high << 32 | low })
}

/// What a file in this container is.
///
/// # Errors
///
/// When it is no workbook, is encrypted, or is damaged.
pub(crate) fn recognise(content: &[u8], path: &str) -> Result<Book, Error> {
    let container = Container::open(content).map_err(|fault| damaged(path, fault))?;
    let foreign = |format, next| Err(Error::Format { path: path.to_owned(), format, next });
    if container.has("EncryptedPackage") {
        return Err(Error::Protected { path: path.to_owned() });
    }
    if container.has("Workbook") || container.has("Book") {
        return Ok(Book::Xls);
    }
    if container.has("WordDocument") {
        return foreign("a Word document", "export the records as CSV");
    }
    if container.has("__properties_version1.0") {
        return foreign("an Outlook message", "save what is attached to it, or export the records as CSV");
    }
    foreign("an Office document without a workbook", "export the records as CSV")
}

/// One record of a workbook: its type and what it holds.
fn record(bytes: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let length = u16_at(bytes, at + 2)? as usize;
    Some((u16_at(bytes, at)?, bytes.get(at + 4..at + 4 + length)?))
}

/// Checks an `.xls` before it is read.
///
/// # Errors
///
/// When its chains do not end, when it is encrypted, or when its sheets claim more than it can hold.
pub(super) fn check(content: &[u8], path: &str) -> Result<(), Error> {
    let limit = cells(content.len()).min(SHEET);
    let workbook =
        Container::open(content).and_then(|container| container.workbook()).map_err(|fault| damaged(path, fault))?;
    let mut sheets = Vec::new();
    let mut at = 0;
    while let Some((kind, data)) = record(&workbook, at) {
        match kind {
            0x002f if u16_at(data, 0) != Some(0) => return Err(Error::Protected { path: path.to_owned() }),
            0x0085 => sheets.extend(u32_at(data, 0)),
            0x000a => break,
            _ => {}
        }
        at += 4 + data.len();
    }
    let mut total = 0_u64;
    for start in sheets {
        let size = sheet(&workbook, start as usize).map_err(|fault| damaged(path, fault))?;
        total = total.saturating_add(size);
        if total > limit {
            return Err(Error::TooManyCells { path: path.to_owned(), limit });
        }
    }
    Ok(())
}

/// The cells of the smallest rectangle that holds a sheet; at least the number of its records, since reading them takes
/// time. What it says of its size itself must be possible, and is then only believed.
fn sheet(workbook: &[u8], start: usize) -> Result<u64, Fault> {
    let mut corners: Option<[u64; 4]> = None;
    let mut records = 0;
    let mut at = start;
    while let Some((kind, data)) = record(workbook, at) {
        let mut grow = |row: Option<u16>, from: Option<u16>, to: Option<u16>| {
            if let (Some(row), Some(from), Some(to)) = (row.map(u64::from), from.map(u64::from), to.map(u64::from)) {
                let [top, left, bottom, right] = corners.unwrap_or([row, from, row, to]);
                corners = Some([top.min(row), left.min(from), bottom.max(row), right.max(to)]);
            }
        };
        let (row, column) = (u16_at(data, 0), u16_at(data, 2));
        match kind {
            0x0200 => dimensions(data)?,
            0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd | 0x0006 => grow(row, column, column),
            0x00bd => grow(row, column, data.len().checked_sub(2).and_then(|last| u16_at(data, last))),
            0x000a => break,
            _ => {}
        }
        records += 1;
        at += 4 + data.len();
    }
    let [top, left, bottom, right] = corners.unwrap_or_default();
    let area = (bottom - top + 1).saturating_mul(right.saturating_sub(left) + 1);
    Ok(area.max(records))
}

/// Checks what a sheet says of its size.
fn dimensions(data: &[u8]) -> Result<(), Fault> {
    let short = |at: usize| u16_at(data, at).map(u64::from);
    let long = |at: usize| u32_at(data, at).map(u64::from);
    let ends = match data.len() {
        10 => [short(0), short(2), short(4), short(6)],
        14 | 16 => [long(0), long(4), short(8), short(10)],
        _ => return Err("the size of a sheet is not readable"),
    };
    // Ends lie behind the last row and column; a blank sheet has 0 throughout.
    let [Some(top), Some(bottom), Some(_), Some(right)] = ends else { return Ok(()) };
    if bottom == 0 || right == 0 {
        return Ok(());
    }
    let possible = top < bottom && (bottom - top).saturating_mul(right) <= SHEET;
    if possible { Ok(()) } else { Err("a sheet claims more rows and columns than there are") }
}
