//! Parquet to a table: every column as the text that a CSV export of the same records would have.

use std::fmt::Write as _;
use std::io::Cursor;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use polars::prelude::{
    AnyValue, Column, DataFrame, DataType, IntoColumn as _, ParquetReader, PlSmallStr, SerReader as _, Series,
    StringChunked, StringChunkedBuilder, TimeUnit,
};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::Error;
use super::guard::guarded;
use super::header::name_columns;
use super::limits::{cells, too_big, unpacked};
use super::table::Table;
use super::workbook::number_text;
use crate::model::{Origin, SourceFile};

/// What such a file is, in messages.
const WHAT: &str = "Parquet file";

/// Structs within structs are taken apart this deep; below, they are JSON.
const DEPTH: usize = 4;

/// Reads a Parquet file; `path` is how it is shown. Hash and size are the caller's to set.
///
/// # Errors
///
/// When the file is damaged, or holds more than it can account for.
pub(crate) fn read(content: &[u8], path: &str) -> Result<Table, Error> {
    let frame = guarded(path, WHAT, || frame(content, path))?;
    let height = frame.height();
    if height as u64 >= u64::from(u32::MAX) {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    let mut flat = Vec::new();
    for column in frame.columns() {
        flatten(column.as_materialized_series(), DEPTH, &mut flat);
    }
    // Columns are independent of one another, and keep their order.
    let read: Vec<(String, Result<StringChunked, &'static str>)> =
        flat.par_iter().map(|series| (series.name().to_string(), text(series))).collect();
    let mut notes = Vec::new();
    let mut columns = Vec::with_capacity(read.len());
    for (name, column) in read {
        match column {
            Ok(cells) => columns.push((name, cells)),
            Err(why) => notes.push(format!("column \"{name}\" is not read: {why}")),
        }
    }
    let headers = name_columns(columns.iter().map(|(name, _)| name.clone()).collect());
    let columns: Vec<Column> = columns
        .into_iter()
        .zip(&headers.names)
        .map(|((_, cells), name)| cells.with_name(PlSmallStr::from_str(name)).into_column())
        .collect();
    if columns.is_empty() {
        return Err(Error::NothingWithin { path: path.to_owned(), held: notes.join("; ") });
    }
    notes.extend(headers.notes);
    let file = SourceFile {
        path: path.to_owned(),
        sha256: String::new(),
        bytes: 0,
        rows: height as u64,
        set_aside: Vec::new(),
        unreadable: 0,
        declared_rows: None,
        preamble_lines: 0,
        footer_lines: 0,
        first_row: 0,
        dialect: None,
        headers: headers.names,
    };
    let frame = DataFrame::new(height, columns).map_err(|cause| Error::Frame { path: path.to_owned(), cause })?;
    let origin = Origin { row: (1..=height as u32).collect(), line: vec![0; height] };
    Ok(Table { frame, origin, files: vec![file], notes, ..Table::default() })
}

/// The file as polars reads it, once what its metadata say of its size is found possible.
fn frame(content: &[u8], path: &str) -> Result<DataFrame, Error> {
    let failed = |cause: polars::error::PolarsError| Error::Damaged {
        path: path.to_owned(),
        format: WHAT,
        reason: cause.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    let mut reader = ParquetReader::new(Cursor::new(content));
    let metadata = reader.get_metadata().map_err(failed)?.clone();
    let leaves = metadata.schema_descr.columns().len() as u64;
    let rows: u64 = metadata.row_groups.iter().map(|group| group.num_rows() as u64).sum();
    let limit = cells(content.len());
    if rows.max(metadata.num_rows as u64).saturating_mul(leaves.max(1)) > limit {
        return Err(Error::TooManyCells { path: path.to_owned(), limit });
    }
    let (mut values, mut bytes) = (0_u64, 0_u64);
    for group in &metadata.row_groups {
        for chunk in group.parquet_columns() {
            values = values.saturating_add(u64::try_from(chunk.num_values()).unwrap_or(u64::MAX));
            bytes = bytes.saturating_add(u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX));
        }
    }
    if values > limit {
        return Err(Error::TooManyCells { path: path.to_owned(), limit });
    }
    if bytes > unpacked(content.len()) {
        return Err(too_big(path, content.len()));
    }
    reader.finish().map_err(failed)
}

/// A struct as a column for each of its fields, called `name.field`; other columns as they are.
fn flatten(series: &Series, depth: usize, out: &mut Vec<Series>) {
    let Ok(fields) = series.struct_() else { return out.push(series.clone()) };
    if depth == 0 {
        return out.push(series.clone());
    }
    // A field of a record that is null is null.
    let absent = series.is_null();
    for field in fields.fields_as_series() {
        let name = PlSmallStr::from_string(format!("{}.{}", series.name(), field.name()));
        let kept = if absent.any() { null_where(&field, &absent) } else { field };
        flatten(&kept.with_name(name), depth - 1, out);
    }
}

fn null_where(field: &Series, absent: &polars::prelude::BooleanChunked) -> Series {
    let blank = Series::full_null(field.name().clone(), field.len(), field.dtype());
    blank.zip_with(absent, field).unwrap_or_else(|_| field.clone())
}

/// A column as text.
fn text(series: &Series) -> Result<StringChunked, &'static str> {
    match series.dtype() {
        DataType::String => return series.str().cloned().map_err(|_| "it is no text"),
        DataType::Binary => {
            let readable =
                series.binary().is_ok_and(|cells| cells.iter().flatten().all(|c| std::str::from_utf8(c).is_ok()));
            if !readable {
                return Err("it holds bytes that are no text");
            }
        }
        DataType::Unknown(_) => return Err("its type is not known"),
        _ => {}
    }
    let mut builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, series.len());
    let mut cell = String::new();
    for value in series.iter() {
        cell.clear();
        if write(&value, &mut cell) {
            builder.append_value(&cell);
        } else {
            builder.append_null();
        }
    }
    Ok(builder.finish())
}

/// Writes a value; `false` for none.
fn write(value: &AnyValue<'_>, out: &mut String) -> bool {
    // Writing to a string cannot fail.
    let shown = match value {
        AnyValue::Null => return false,
        AnyValue::Boolean(truth) => write!(out, "{truth}"),
        AnyValue::Float32(number) if number.is_nan() => return false,
        AnyValue::Float64(number) if number.is_nan() => return false,
        // Zero has a sign that nobody means.
        AnyValue::Float32(number) => write!(out, "{}", if *number == 0.0 { 0.0 } else { *number }),
        AnyValue::Float64(number) => write!(out, "{}", number_text(*number)),
        AnyValue::String(text) => write!(out, "{text}"),
        AnyValue::StringOwned(text) => write!(out, "{text}"),
        AnyValue::Binary(bytes) => write!(out, "{}", String::from_utf8_lossy(bytes)),
        AnyValue::BinaryOwned(bytes) => write!(out, "{}", String::from_utf8_lossy(bytes)),
        AnyValue::Date(days) => match date(*days) {
            Some(date) => write!(out, "{date}"),
            None => write!(out, "{days}"),
        },
        AnyValue::Datetime(ticks, unit, zone) => write_moment(*ticks, *unit, zone.is_some(), out),
        AnyValue::DatetimeOwned(ticks, unit, zone) => write_moment(*ticks, *unit, zone.is_some(), out),
        AnyValue::Time(nanos) => write!(out, "{}", clock(*nanos)),
        AnyValue::Duration(ticks, unit) => {
            let nanos = ticks.saturating_mul(nanos_in(*unit));
            let sign = if nanos < 0 { "-" } else { "" };
            write!(out, "{sign}{}", clock(nanos.saturating_abs()))
        }
        AnyValue::List(items) | AnyValue::Array(items, _) => return write_list(items, out),
        AnyValue::Struct(..) | AnyValue::StructOwned(_) => write!(out, "{}", json(value)),
        other => write!(out, "{other}"),
    };
    shown.is_ok()
}

/// Scalars join with `;`, as in CSV exports; anything else is JSON.
fn write_list(items: &Series, out: &mut String) -> bool {
    if items.dtype().is_nested() {
        let _ = write!(out, "{}", Value::Array(items.iter().map(|item| json(&item)).collect()));
        return true;
    }
    let from = out.len();
    for item in items.iter() {
        let before = out.len();
        if before > from {
            out.push(';');
        }
        if !write(&item, out) {
            out.truncate(before);
        }
    }
    out.len() > from
}

fn json(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(truth) => Value::Bool(*truth),
        AnyValue::List(items) | AnyValue::Array(items, _) => {
            Value::Array(items.iter().map(|item| json(&item)).collect())
        }
        AnyValue::Struct(_, _, fields) => {
            let names = fields.iter().map(|field| field.name.to_string());
            let values = value._iter_struct_av().map(|item| json(&item));
            Value::Object(names.zip(values).collect())
        }
        AnyValue::StructOwned(owned) => {
            let pairs = owned.1.iter().zip(&owned.0).map(|(field, item)| (field.name.to_string(), json(item)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        AnyValue::Int8(_) | AnyValue::Int16(_) | AnyValue::Int32(_) | AnyValue::Int64(_) => {
            value.extract::<i64>().map_or(Value::Null, Value::from)
        }
        AnyValue::UInt8(_) | AnyValue::UInt16(_) | AnyValue::UInt32(_) | AnyValue::UInt64(_) => {
            value.extract::<u64>().map_or(Value::Null, Value::from)
        }
        AnyValue::Float32(_) | AnyValue::Float64(_) => value.extract::<f64>().map_or(Value::Null, Value::from),
        other => {
            let mut text = String::new();
            if write(other, &mut text) { Value::String(text) } else { Value::Null }
        }
    }
}

fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

const fn nanos_in(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}

/// A moment; one of a column with a time zone is in UTC and says so.
fn write_moment(ticks: i64, unit: TimeUnit, zoned: bool, out: &mut String) -> std::fmt::Result {
    let at: Option<NaiveDateTime> = match unit {
        TimeUnit::Nanoseconds => Some(DateTime::from_timestamp_nanos(ticks)),
        TimeUnit::Microseconds => DateTime::from_timestamp_micros(ticks),
        TimeUnit::Milliseconds => DateTime::from_timestamp_millis(ticks),
    }
    .map(|at| at.naive_utc());
    match at {
        Some(at) => write!(out, "{}{}", at.format("%Y-%m-%dT%H:%M:%S%.f"), if zoned { "Z" } else { "" }),
        None => write!(out, "{ticks}"),
    }
}

/// Hours, minutes and seconds, as many hours as there are.
fn clock(nanos: i64) -> String {
    let (seconds, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:09}").trim_end_matches('0').to_owned() };
    format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
