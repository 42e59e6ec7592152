//! Files of every format, made for the tests.

use std::io::{Cursor, Write as _};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use polars::prelude::*;
use rust_xlsxwriter::Workbook;

pub(super) fn zipped<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with one sheet of text.
pub(super) fn book(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

pub(super) fn texts(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

pub(super) const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
pub(super) const MANIFEST: &[u8] = b"<manifest:manifest></manifest:manifest>";

/// An OpenDocument spreadsheet around the XML of its sheets.
pub(super) fn ods(sheets: &str) -> Vec<u8> {
    let content = format!("<?xml version=\"1.0\"?><office:document-content>{sheets}</office:document-content>");
    zipped([("mimetype", ODS_TYPE), ("META-INF/manifest.xml", MANIFEST), ("content.xml", content.as_bytes())])
}

pub(super) fn ods_row(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
}

/// An `.xls` of one sheet of texts and numbers; the size that it claims stands apart.
pub(super) fn xls(cells: &[(u16, u16, Result<f64, &str>)], claimed: [u32; 2]) -> Vec<u8> {
    fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
        out.extend(kind.to_le_bytes());
        out.extend((data.len() as u16).to_le_bytes());
        out.extend(data);
    }
    let start = [&0x0600_u16.to_le_bytes()[..], &5_u16.to_le_bytes(), &[0; 12]].concat();
    let mut stream = Vec::new();
    record(&mut stream, 0x0809, &start);
    let sheet_at = stream.len() as u32 + 4 + 14 + 4;
    record(&mut stream, 0x0085, &[&sheet_at.to_le_bytes()[..], &[0, 0, 6, 0], b"Sheet1"].concat());
    record(&mut stream, 0x000a, &[]);
    assert_eq!(stream.len() as u32, sheet_at);
    record(&mut stream, 0x0809, &start);
    let [height, width] = claimed;
    record(
        &mut stream,
        0x0200,
        &[&[0; 4][..], &height.to_le_bytes(), &[0, 0], &(width as u16).to_le_bytes(), &[0, 0]].concat(),
    );
    for (row, column, cell) in cells {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        match cell {
            Ok(number) => record(&mut stream, 0x0203, &[&place[..], &number.to_le_bytes()].concat()),
            Err(text) => {
                let length = (text.len() as u16).to_le_bytes();
                record(&mut stream, 0x0204, &[&place[..], &length, &[0], text.as_bytes()].concat());
            }
        }
    }
    record(&mut stream, 0x000a, &[]);
    stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
    compound("Workbook", &stream)
}

/// The container of Office files before 2007, around one stream of at least 4096 bytes.
pub(super) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let sectors = stream.len() / 512;
    assert!(sectors + 2 <= 128, "one sector lists 128");
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    header[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header[44..48].copy_from_slice(&1_u32.to_le_bytes());
    header[48..52].copy_from_slice(&1_u32.to_le_bytes());
    header[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    header[60..64].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    header[68..72].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    header[76..].fill(0xff);
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut table = vec![0xffff_fffd_u32, 0xffff_fffe];
    table.extend((2..2 + sectors as u32).map(|at| if at == 1 + sectors as u32 { 0xffff_fffe } else { at + 1 }));
    table.resize(128, 0xffff_ffff);
    let folder = |name: &str, kind: u8, start: u32, length: u32| {
        let mut entry = vec![0_u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = 2 * name.len() as u8 + 2;
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        entry
    };
    let mut folders = folder("Root Entry", 5, 0xffff_fffe, 0);
    folders.extend(folder(name, 2, 2, stream.len() as u32));
    folders.resize(512, 0);
    let table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    [header, table, folders, stream.to_vec()].concat()
}

pub(super) fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).finish(&mut frame).unwrap();
    out
}
