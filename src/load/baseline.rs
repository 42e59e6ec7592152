//! Reads a baseline. One that cannot be read whole is no baseline: known evidence would look new, or new evidence known.

use std::path::Path;

use crate::model::{BASELINE_SCHEMA, Baseline, Entries, parse_entry, parse_time_key};

/// Why a file is no baseline for this run.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be opened.
    #[error("{path}: the baseline cannot be read: {cause}; write one with --write-baseline {path}")]
    Unreadable {
        /// Path as given.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// What it is to be written to is no regular file.
    #[error(
        "{path}: --write-baseline takes a file, from which it also reads what an earlier run knew; this is a pipe or a device. \
         Write to a file, and send that on"
    )]
    NoFile {
        /// Path as given.
        path: String,
    },
    /// It is no JSON, or not of this shape.
    #[error(
        "{path}: this is no baseline of leadlint: {reason}; restore it from version control, or remove it and write a new one \
         with --write-baseline"
    )]
    Foreign {
        /// Path as given.
        path: String,
        /// What is wrong, with line and column where there is one.
        reason: String,
    },
    /// It is of another version.
    #[error(
        "{path}: this baseline has the form `{found}`, this program reads `{BASELINE_SCHEMA}`; use the leadlint that wrote it, \
         or write a new one with --write-baseline"
    )]
    Version {
        /// Path as given.
        path: String,
        /// The form that it says it has.
        found: String,
    },
    /// It was written under another salt.
    #[error(
        "{path}: this baseline was written under another `[audit] salt`, so that nothing in it compares with this run; set the \
         salt that it was written with, or write a new baseline with --write-baseline"
    )]
    Salt {
        /// Path as given.
        path: String,
    },
}

/// Reads the baseline at `path`. `salt` is what [`Baseline::salt`] has to be.
pub fn read_baseline(path: &Path, salt: &str) -> Result<Baseline, BaselineError> {
    let shown = path.display().to_string();
    let text = std::fs::read(path).map_err(|cause| BaselineError::Unreadable { path: shown.clone(), cause })?;
    let foreign = |reason: String| BaselineError::Foreign { path: shown.clone(), reason };
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
    match value.get("schema").and_then(serde_json::Value::as_str) {
        Some(BASELINE_SCHEMA) => {}
        Some(found) if found.starts_with("leadlint.baseline/") => {
            return Err(BaselineError::Version { path: shown, found: found.to_owned() });
        }
        Some(found) => return Err(foreign(format!("its schema is `{found}`"))),
        None => return Err(foreign("it names no schema".to_owned())),
    }
    // From the text again, for an error of shape then has a line.
    let baseline: Baseline = serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
    if baseline.salt != salt {
        return Err(BaselineError::Salt { path: shown });
    }
    for (part, entries) in [("evidence", &baseline.evidence), ("fixed", &baseline.fixed)] {
        check(part, entries).map_err(foreign)?;
    }
    Ok(baseline)
}

fn check(part: &str, entries: &Entries) -> Result<(), String> {
    for (code, places) in entries {
        for (place, times) in places {
            for (time, prints) in times {
                if parse_time_key(time).is_none() {
                    return Err(format!("`{time}` under {part}, {code}, {place} is no time"));
                }
                if let Some(wrong) = prints.iter().find(|print| parse_entry(print).is_none()) {
                    return Err(format!("`{wrong}` under {part}, {code}, {place} is no fingerprint"));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn sample() -> Baseline {
        let prints = vec![crate::model::entry(7, 1), crate::model::entry(9, 3)];
        let times = BTreeMap::from([("2026-10-31T00:00:00Z".to_owned(), prints)]);
        Baseline {
            schema: BASELINE_SCHEMA.to_owned(),
            version: "0.1.0".to_owned(),
            as_of: None,
            salt: "00ff".to_owned(),
            score: Some(93.5),
            audited: BTreeMap::new(),
            sources: BTreeMap::new(),
            evidence: BTreeMap::from([("DUP001".to_owned(), BTreeMap::from([("crm/lead".to_owned(), times)]))]),
            fixed: BTreeMap::new(),
        }
    }

    fn read(text: &str) -> Result<Baseline, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        std::fs::write(&path, text).unwrap();
        read_baseline(&path, "00ff").map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(read(&serde_json::to_string(&sample()).unwrap()), Ok(sample()));
    }

    #[test]
    fn what_is_no_whole_baseline_is_refused_with_the_reason() {
        let whole = serde_json::to_string_pretty(&sample()).unwrap();
        let said = |text: &str| read(text).unwrap_err();
        assert!(said("").contains("no baseline of leadlint: EOF"));
        assert!(said(&whole[..whole.len() / 2]).contains("EOF"), "cut off");
        assert!(said("{}").contains("it names no schema"));
        assert!(said("{\"schema\": \"sarif\"}").contains("its schema is `sarif`"));
        assert!(said(&whole.replace("baseline/1", "baseline/2")).contains("has the form `leadlint.baseline/2`"));
        assert!(said(&whole.replace("00ff", "ff00")).contains("another `[audit] salt`"));
        assert!(said(&whole.replace("*3", "*x")).contains("is no fingerprint"));
        assert!(said(&whole.replace("2026-10-31T", "soon")).contains("is no time"));
        let conflict = whole.replacen("{\n", "<<<<<<< HEAD\n{\n", 1);
        assert!(said(&conflict).contains("line 1"), "{}", said(&conflict));
        let error = read_baseline(Path::new("nowhere.json"), "").unwrap_err().to_string();
        assert!(error.contains("nowhere.json") && error.contains("--write-baseline"), "{error}");
    }
}
