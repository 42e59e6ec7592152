//! Names alone, and keys of values.

use std::error::Error;
use std::fs;
use std::path::Path;

use leadlint::matching::keyer;
use leadlint::rules::evaluate::{self, NamePair};

use super::{EXAMPLES, Goal, Line, Missing, Outcome, file};

/// Pairs of names of people and companies.
pub(crate) fn pairs(dir: &Path) -> Outcome {
    let set = "opensanctions_names, as pairs";
    let of = || -> Result<Line, Box<dyn Error>> {
        let mut pairs = Vec::new();
        let mut reader = csv::Reader::from_path(file(dir, "match/opensanctions_names/cases.csv")?)?;
        let headers = reader.headers()?.clone();
        let position =
            |name: &str| headers.iter().position(|header| header == name).ok_or_else(|| format!("no column {name}"));
        let [kind, one, other, same] = ["schema", "name1", "name2", "is_match"].map(position);
        let (kind, one, other, same) = (kind?, one?, other?, same?);
        for row in reader.records() {
            let row = row?;
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            pairs.push(NamePair {
                company: cell(kind) != "Person",
                one: cell(one),
                other: cell(other),
                same: cell(same) == "true",
            });
        }
        let evaluation = evaluate::names(&pairs, set.to_owned(), EXAMPLES);
        let goal = Goal { words: "F1 .82", f1: 0.82, precision: 0.0 };
        let peer = "OpenSanctions LogicV2, on all 812 cases: P .762, R .821, F1 .790";
        let how = "`--pairs name1,name2 --label is_match --kind-column schema`: each pair by itself, one from a confidence of .5";
        Ok(Line { b_cubed: None, ..goal.line(set, how, peer, &evaluation) })
    };
    of().map_err(|error| Missing { set, why: error.to_string() })
}

/// How many cases of OpenRefine's own tests of its two keys come out the same: of how many.
pub(crate) fn keys(dir: &Path) -> Result<(usize, usize), Box<dyn Error>> {
    let text = fs::read_to_string(file(dir, "drift/openrefine_keyer_cases/cases.json")?)?;
    let cases: serde_json::Value = serde_json::from_str(&text)?;
    let (mut right, mut all) = (0, 0);
    for case in cases["fingerprint"].as_array().into_iter().flatten() {
        let (Some(value), Some(key)) = (case[0].as_str(), case[1].as_str()) else { continue };
        all += 1;
        right += usize::from(keyer::fingerprint(value) == key);
    }
    let grams = cases.as_object().into_iter().flatten().filter(|(name, _)| name.contains("ngram"));
    for case in grams.flat_map(|(_, cases)| cases.as_array().into_iter().flatten()) {
        let texts: Vec<&str> = case.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        let size = case.as_array().into_iter().flatten().find_map(serde_json::Value::as_u64).unwrap_or(2);
        let [value, key] = texts[..] else { continue };
        all += 1;
        right += usize::from(keyer::ngram_fingerprint(value, size as usize) == key);
    }
    Ok((right, all))
}
