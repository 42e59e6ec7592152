//! Reading a history, and putting a run into it. Lines that are there keep their bytes.

use super::{Run, SCHEMA};

/// A history as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// Each line as it stands, without its line end, and the run that it says; blank lines say none.
    lines: Vec<(String, Option<Run>)>,
}

/// Why a file is no history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Unreadable {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// What every line says of itself.
#[derive(serde::Deserialize)]
struct Named {
    schema: Option<String>,
}

/// Whether `schema` is this version, or a later one under the same number, such as `leadlint.history/1.2`.
fn is_ours(schema: &str) -> bool {
    schema.strip_prefix(SCHEMA).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn run(line: &str) -> Result<Option<Run>, String> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let named: Named = serde_json::from_str(line).map_err(|error| format!("it is no line of a history: {error}"))?;
    match named.schema {
        Some(schema) if is_ours(&schema) => {
            serde_json::from_str(line).map(Some).map_err(|error| format!("it is damaged: {error}"))
        }
        Some(schema) => Err(format!("its schema is `{schema}`, and this program reads `{SCHEMA}`")),
        None => Err(format!("it has no `schema`; lines of a history say `\"schema\":\"{SCHEMA}\"`")),
    }
}

impl Lines {
    /// Reads the bytes of a history; none are an empty one.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut lines = Vec::new();
        let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        for (at, line) in body.split(|byte| *byte == b'\n').enumerate() {
            let unreadable = |reason| Unreadable { line: at as u64 + 1, reason };
            let text = std::str::from_utf8(line).map_err(|_| unreadable("it is no UTF-8 text".to_owned()))?;
            let run = run(text).map_err(unreadable)?;
            lines.push((text.to_owned(), run));
        }
        Ok(Self { lines })
    }

    /// The runs, oldest line first.
    #[must_use]
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.lines.iter().filter_map(|(_, run)| run.as_ref())
    }

    /// The runs before `run`, oldest first: those of the lines before its own, or of all if it has none.
    #[must_use]
    pub fn before(&self, run: &Run) -> impl DoubleEndedIterator<Item = &Run> {
        let own = self.place(run).unwrap_or(self.lines.len());
        self.lines[..own].iter().filter_map(|(_, one)| one.as_ref())
    }

    fn place(&self, run: &Run) -> Option<usize> {
        self.lines.iter().position(|(_, one)| one.as_ref().is_some_and(|one| one.is_rerun_of(run)))
    }

    /// The bytes of the history with `run` in it: in place of its earlier form, or at the end.
    pub fn with(&self, run: &Run) -> serde_json::Result<Vec<u8>> {
        let own = self.place(run);
        let line = run.to_line()?;
        let mut bytes = Vec::new();
        for (at, (text, _)) in self.lines.iter().enumerate() {
            if Some(at) == own {
                bytes.extend_from_slice(line.as_bytes());
            } else {
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(b'\n');
            }
        }
        if own.is_none() {
            bytes.extend_from_slice(line.as_bytes());
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Figures, Outcome, Rules, Scores};
    use super::*;

    fn sample(day: u32, score: f64) -> Run {
        Run {
            schema: SCHEMA.to_owned(),
            as_of: format!("2026-10-{day:02}T08:00:00Z").parse().ok(),
            version: "0.1.0".to_owned(),
            config_sha256: None,
            inputs: Vec::new(),
            rules: Rules { ran: 1, sha256: "aa".to_owned(), skipped: 0, failed: Vec::new() },
            score: Scores { overall: Some(score), dimensions: indexmap::IndexMap::new() },
            findings: Vec::new(),
            metrics: Figures::default(),
            verdict: Outcome { passed: true, fail_on: "error".to_owned() },
        }
    }

    fn of(runs: &[Run]) -> Lines {
        let text: String = runs.iter().map(|run| run.to_line().unwrap()).collect();
        Lines::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_rerun_takes_the_place_of_its_line() {
        let lines = of(&[sample(1, 80.0), sample(2, 81.0)]);
        let again = Lines::parse(&lines.with(&sample(1, 90.0)).unwrap()).unwrap();
        let scores: Vec<_> = again.runs().map(|run| run.score.overall).collect();
        assert_eq!(scores, [Some(90.0), Some(81.0)]);
        assert_eq!(again.with(&sample(1, 90.0)).unwrap(), again.with(&sample(2, 81.0)).unwrap());
        let before = |run: &Run| again.before(run).filter_map(|run| run.score.overall).collect::<Vec<_>>();
        assert!(before(&sample(1, 90.0)).is_empty());
        assert_eq!(before(&sample(2, 81.0)), [90.0]);
        assert_eq!(before(&sample(3, 0.0)), [90.0, 81.0]);
    }

    #[test]
    fn lines_of_later_minor_versions_keep_their_bytes() {
        let later = sample(1, 80.0).to_line().unwrap().replace("history/1\"", "history/1.4\",\"more\":{\"x\":1}");
        let lines = Lines::parse(later.as_bytes()).unwrap();
        let bytes = lines.with(&sample(2, 81.0)).unwrap();
        assert!(String::from_utf8(bytes).unwrap().starts_with(&later));
    }

    #[test]
    fn what_is_no_history_is_refused_with_its_line() {
        let good = sample(1, 80.0).to_line().unwrap();
        for (bad, reason) in [
            ("{\"schema\":\"leadlint.history/2\"}", "`leadlint.history/2`"),
            ("{\"schema\":\"leadlint.history/10\"}", "`leadlint.history/10`"),
            ("{\"schema\":\"leadlint.history/1\"}", "damaged"),
            ("{\"a\":1}", "no `schema`"),
            ("Id,Email", "no line of a history"),
            (&good[..40], "no line of a history"),
        ] {
            let error = Lines::parse(format!("{good}{bad}\n").as_bytes()).unwrap_err();
            assert_eq!(error.line, 2, "{bad}");
            assert!(error.reason.contains(reason), "{bad}: {error}");
        }
        assert_eq!(Lines::parse(b"\xff\n").unwrap_err().line, 1);
    }

    #[test]
    fn a_missing_line_end_is_mended_and_an_empty_file_is_a_history() {
        let good = sample(1, 80.0).to_line().unwrap();
        let lines = Lines::parse(good.trim_end().as_bytes()).unwrap();
        assert_eq!(lines.runs().count(), 1);
        let bytes = lines.with(&sample(2, 81.0)).unwrap();
        assert_eq!(Lines::parse(&bytes).unwrap().runs().count(), 2);
        assert_eq!(Lines::parse(b"").unwrap().runs().count(), 0);
    }
}
