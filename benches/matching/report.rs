//! `docs/accuracy.md`.

use std::fmt::Write as _;

use super::{Line, Outcome};

/// The page.
pub(crate) fn markdown(
    sections: &[(&str, Vec<Outcome>)],
    keys: Option<(usize, usize)>,
    traps: (usize, usize),
) -> String {
    let mut page = "# How right matching is\n\n\
        Written by `cargo run --release --example accuracy -- DIR`, which scores the sets that are at hand under DIR as\n\
        `leadlint eval` does: no labels are seen, no option is set but the columns that are named. Pairs count after\n\
        transitive closure; B-cubed is its F1. Times are those of the rules, reading aside.\n\n\
        The peers' figures were taken with the same scorer on two cores; what they are of stands beside them. Sets are other\n\
        people's and are not part of this project.\n"
        .to_owned();
    for (title, outcomes) in sections {
        let _ = write!(
            page,
            "\n## {title}\n\n| set | goal | | P | R | F1 | B-cubed | time |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
        );
        for line in outcomes.iter().flatten() {
            let _ = writeln!(page, "{}", row(line));
        }
        page.push_str("\n| set | peer | how it is run |\n| --- | --- | --- |\n");
        for line in outcomes.iter().flatten() {
            let _ = writeln!(page, "| {} | {} | {} |", line.set, line.peer, line.how);
        }
        for missing in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            let _ = writeln!(page, "\n**Not run: {}**: {}.", missing.set, missing.why);
        }
    }
    let (joined, pairs) = traps;
    let _ = write!(
        page,
        "\n## Traps\n\nOf {pairs} pairs of values that are two things (`tests/it/traps.csv`: directions, numbers, tiers, countries and states\n\
         that look alike, antonyms, sibling companies and the like), each with either or neither rare, {joined} are joined.\n"
    );
    page.push_str("\n## OpenRefine's keys\n\n");
    match keys {
        Some((right, all)) => {
            let _ = writeln!(
                page,
                "Of OpenRefine's own cases for fingerprint and n-gram fingerprint {right} of {all} come out the same."
            );
        }
        None => page.push_str("**Not run**: the cases are not there.\n"),
    }
    page
}

fn row(line: &Line) -> String {
    let figure = |of: f64| format!("{:.4}", (of * 10_000.0).floor() / 10_000.0);
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        line.set,
        line.goal,
        if line.reached { "reached" } else { "missed" },
        figure(line.precision),
        figure(line.recall),
        figure(line.f1),
        line.b_cubed.map_or_else(String::new, figure),
        line.milliseconds.map_or_else(String::new, |ms| format!("{ms} ms")),
    )
}
