//! The matrix for a terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Color, Table as Grid};

use super::{Agreed, FieldMap, HEADERS, Side, row, shown};
use crate::emit::{report, text, words};

/// Longest header, in graphemes.
const CELL: usize = 40;
/// The narrowest table that can be read.
const NARROWEST: u16 = 80;

pub(super) fn render(map: &FieldMap, width: u16, color: bool, all: bool) -> String {
    let mut out = String::new();
    for side in &map.sides {
        let title = format!("{} -> {}", text::line(&side.chats, CELL), text::line(&side.records, CELL));
        let title = if color { format!("\u{1b}[1m{title}\u{1b}[0m") } else { title };
        let _ = writeln!(out, "{title}\n{}", side.population());
        out.push_str(&grid(side, width.max(NARROWEST), color, all).trim_fmt());
        out.push('\n');
        let silent: Vec<String> = side
            .fields
            .iter()
            .filter(|field| shown(field, all).is_empty())
            .map(|field| text::line(&field.from, CELL))
            .collect();
        if !silent.is_empty() {
            let _ = writeln!(out, "Land nowhere: {}.", words::list(&silent, "and"));
        }
        if !side.unreached.is_empty() {
            let fields: Vec<String> = side.unreached.iter().map(|field| text::line(field, CELL)).collect();
            let _ = writeln!(out, "Filled by no chat field: {}.", words::list(&fields, "and"));
        }
        out.push('\n');
    }
    out
}

/// Drawn here and not by [`sheet`](crate::emit::sheet), for the colour of the last column.
fn grid(side: &Side, width: u16, color: bool, all: bool) -> Grid {
    let mut grid = report::table::grid(HEADERS.map(|header| header.trim_start_matches('>')), width, color);
    for field in &side.fields {
        for (at, cell) in shown(field, all).into_iter().enumerate() {
            let mut cells: Vec<Cell> = row(field, cell).iter().map(|text| Cell::new(text::line(text, CELL))).collect();
            if at > 0 {
                // What the field is and how often it speaks stands in its first row.
                cells[..2].fill(Cell::new(""));
            }
            cells[HEADERS.len() - 1] = so(cell, color);
            grid.add_row(cells);
        }
    }
    for (at, _) in HEADERS.iter().enumerate().filter(|(_, header)| header.starts_with('>')) {
        if let Some(column) = grid.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid
}

fn so(cell: &Agreed, color: bool) -> Cell {
    let said = Cell::new(cell.verdict());
    match (color, cell.lands, cell.declared) {
        (true, Some(_), _) => said.fg(Color::Green),
        (true, None, true) => said.fg(Color::Red),
        _ => said,
    }
}
