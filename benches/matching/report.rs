//! `docs/accuracy.md`.

use std::fmt::Write as _;

use leadlint::evidence::evaluation::Bin;

use super::{EXAMPLES, Line, Outcome};

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
    page.push_str(&calibration(sections));
    page.push_str(&mistakes(sections));
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
        match line.goal {
            "none" => "",
            _ if line.reached => "reached",
            _ => "missed",
        },
        figure(line.precision),
        figure(line.recall),
        figure(line.f1),
        line.b_cubed.map_or_else(String::new, figure),
        line.milliseconds.map_or_else(String::new, |ms| format!("{ms} ms")),
    )
}

/// A kind of set: its heading, and whether a line is of it.
type Kind = (&'static str, fn(&str, &Line) -> bool);

/// Whether the confidences hold, over all sets together.
fn calibration(sections: &[(&str, Vec<Outcome>)]) -> String {
    let mut page = "\n## Whether the confidences hold\n\n\
        What the rules say of a pair of records, and of a value and what it ought to be, by how sure they say they are, over all\n\
        sets together. Records count with the record that fits them best, values once each. Names alone are pairs that are\n\
        compared with nothing beside the names. What others' lists call wrong is told below: most of it is a space around a\n\
        value that nobody took away.\n"
        .to_owned();
    let lines =
        || sections.iter().flat_map(|(title, outcomes)| outcomes.iter().flatten().map(move |line| (*title, line)));
    // Names alone have no clusters.
    let kinds: [Kind; 4] = [
        ("records", |title, line| title != "Value drift" && line.b_cubed.is_some()),
        ("values of others' lists", |title, line| title == "Value drift" && !line.set.contains("generated")),
        ("values of generated leads", |title, line| title == "Value drift" && line.set.contains("generated")),
        ("names alone", |_, line| line.b_cubed.is_none()),
    ];
    for (kind, is) in kinds {
        let mut bins: Vec<Bin> = Vec::new();
        for bin in lines().filter(|(title, line)| is(title, line)).flat_map(|(_, line)| &line.calibration) {
            match bins.iter_mut().find(|held| held.range() == bin.range()) {
                Some(held) => {
                    held.said += bin.said;
                    held.right += bin.right;
                }
                None => bins.push(*bin),
            }
        }
        bins.sort_by(|a, b| a.from.total_cmp(&b.from));
        let _ = write!(page, "\n| {kind}: confidence | found | right | share |\n| --- | ---: | ---: | ---: |\n");
        for bin in bins {
            let share = bin.right as f64 / bin.said as f64;
            let _ = writeln!(page, "| {} | {} | {} | {share:.3} |", bin.range(), bin.said, bin.right);
        }
    }
    page
}

/// How many pairs are wrong, and of what kind they are.
fn mistakes(sections: &[(&str, Vec<Outcome>)]) -> String {
    let mut page = "\n## What is still wrong\n\n\
        Pairs after transitive closure. `--errors FILE` lists up to ten of each.\n\n\
        | set | wrongly joined | missed | of what kind |\n| --- | ---: | ---: | --- |\n"
        .to_owned();
    for line in sections.iter().flat_map(|(_, outcomes)| outcomes).flatten() {
        let (wrong, missed) = line.mistakes;
        let _ = writeln!(page, "| {} | {wrong} | {missed} | {} |", line.set, line.remains);
    }
    page
}

/// Up to ten mistakes of each kind of every set. Third parties' data stands in it.
pub(crate) fn errors(sections: &[(&str, Vec<Outcome>)]) -> String {
    let mut page = String::new();
    for line in sections.iter().flat_map(|(_, outcomes)| outcomes).flatten() {
        for (what, examples) in ["wrongly joined", "missed"].into_iter().zip(&line.examples) {
            let _ = writeln!(page, "# {}: {what}, {} shown", line.set, examples.len().min(EXAMPLES));
            for one in examples {
                let _ = writeln!(page, "{} | {} | pairs: {}", one.one, one.other, one.pairs);
                for why in &one.why {
                    let _ = writeln!(page, "    {why}");
                }
            }
        }
    }
    page
}
