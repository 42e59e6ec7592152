//! The matrix for a terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Color, Table as Grid};

use super::{Agreed, FieldMap, Side, shown};
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

fn grid(side: &Side, width: u16, color: bool, all: bool) -> Grid {
    let mut grid = report::table::grid(
        ["chat field", "said", "CRM field", "equal", "alike", "translated", "within", "by chance", "so"],
        width,
        color,
    );
    for field in &side.fields {
        for (at, cell) in shown(field, all).into_iter().enumerate() {
            let (from, said) = if at == 0 {
                (text::line(&field.from, CELL), words::number(field.said))
            } else {
                (String::new(), String::new())
            };
            grid.add_row(vec![
                Cell::new(from),
                Cell::new(said),
                Cell::new(text::line(&cell.to, CELL)),
                Cell::new(share(cell.exact)),
                Cell::new(share(cell.normalised)),
                Cell::new(share(cell.translated)),
                Cell::new(share(cell.contained)),
                Cell::new(words::rate(cell.chance)),
                so(cell, color),
            ]);
        }
    }
    for column in [1, 3, 4, 5, 6, 7] {
        if let Some(column) = grid.column_mut(column) {
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

/// A share, nothing for none: what is there stands out.
fn share(share: f64) -> String {
    if share > 0.0 { words::rate(share) } else { String::new() }
}
