//! The matrix as Markdown.

use std::fmt::Write as _;

use super::{FieldMap, shown};
use crate::emit::report::markdown::escape;
use crate::emit::{text, words};

/// Longest header, in graphemes.
const CELL: usize = 80;

pub(super) fn render(map: &FieldMap, all: bool) -> String {
    let name = |raw: &str| escape(&text::line(raw, CELL));
    let share = |share: f64| if share > 0.0 { words::rate(share) } else { String::new() };
    let mut out = "# Which chat field lands in which CRM field\n".to_owned();
    for side in &map.sides {
        let _ = write!(out, "\n## {} to {}\n\n{}.\n\n", name(&side.chats), name(&side.records), side.population());
        out.push_str("| chat field | said | CRM field | equal | alike | translated | within | by chance | so |\n");
        out.push_str("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
        for field in &side.fields {
            for cell in shown(field, all) {
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                    name(&field.from),
                    words::number(field.said),
                    name(&cell.to),
                    share(cell.exact),
                    share(cell.normalised),
                    share(cell.translated),
                    share(cell.contained),
                    words::rate(cell.chance),
                    cell.verdict()
                );
            }
        }
        let silent: Vec<String> =
            side.fields.iter().filter(|field| shown(field, all).is_empty()).map(|field| name(&field.from)).collect();
        if !silent.is_empty() {
            let _ = write!(out, "\nLand nowhere: {}.\n", words::list(&silent, "and"));
        }
        if !side.unreached.is_empty() {
            let fields: Vec<String> = side.unreached.iter().map(|field| name(field)).collect();
            let _ = write!(out, "\nFilled by no chat field: {}.\n", words::list(&fields, "and"));
        }
    }
    out
}
