//! Reads a history, and refuses figures that no run can have had.

use crate::evidence::history::{Lines, Run, Unreadable};

/// The most of anything that a run counts: a thousand times the rows that fit in one, and sums of it fit in 64 bits.
const MOST: u64 = 1_000_000_000_000;

/// Reads the bytes of a history.
///
/// # Errors
///
/// Where a line is none of a history, or counts what cannot be; names the line.
pub fn read_history(bytes: &[u8]) -> Result<Lines, Unreadable> {
    let lines = Lines::parse(bytes)?;
    let texts = bytes.split(|byte| *byte == b'\n').enumerate();
    // Blank lines hold no run.
    let numbers = texts.filter(|(_, text)| !text.trim_ascii().is_empty()).map(|(at, _)| at as u64 + 1);
    for (line, run) in numbers.zip(lines.runs()) {
        if let Some((what, count)) = absurd(run) {
            return Err(Unreadable { line, reason: format!("it is damaged: no run has {count} {what}") });
        }
    }
    Ok(lines)
}

fn absurd(run: &Run) -> Option<(&'static str, u64)> {
    let figures = &run.metrics;
    let counts = [("rules", run.rules.ran), ("skipped rules", run.rules.skipped)].into_iter();
    let rows = run.inputs.iter().map(|input| ("rows", input.rows));
    let found = run.findings.iter().flat_map(|one| {
        [("findings", one.findings), ("rows of evidence", one.count), ("new rows of evidence", one.new)]
    });
    let latency = figures.latency.iter().flat_map(|one| {
        [("leads", one.leads), ("seconds", one.p50.unsigned_abs()), ("seconds", one.p95.unsigned_abs())]
    });
    let attempts = figures.attempts.iter().flat_map(|one| [("chats", one.chats), ("failed chats", one.failed)]);
    let duplicates = figures.duplicates.into_iter().chain(figures.duplicates_last_week.iter().map(|week| week.count));
    let all = counts.chain(rows).chain(found).chain(latency).chain(attempts);
    all.chain(duplicates.map(|count| ("duplicates", count))).find(|(_, count)| *count > MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing;

    #[test]
    fn what_no_run_can_have_counted_is_refused_with_its_line() {
        let good = Run::of(&testing::sample()).to_line().unwrap();
        assert_eq!(read_history(good.as_bytes()).unwrap().runs().count(), 1);
        let mut run = Run::of(&testing::sample());
        run.findings[0].count = u64::MAX;
        let error = read_history(format!("{good}\n{}", run.to_line().unwrap()).as_bytes()).unwrap_err();
        assert_eq!(error.line, 3);
        assert_eq!(error.reason, "it is damaged: no run has 18446744073709551615 rows of evidence");
        run.findings[0].count = 1;
        run.inputs[0].rows = MOST + 1;
        assert!(read_history(run.to_line().unwrap().as_bytes()).is_err());
    }
}
