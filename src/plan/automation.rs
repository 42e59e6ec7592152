//! The automations that a plan wakes: those that read a field which it changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::operation::Operation;
use crate::config::options::Options;
use crate::model::{Kind, Object, Source};

/// An automation that reads fields which the plan changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Woken {
    /// What people call it.
    pub name: String,
    /// What it does.
    pub action: Option<String>,
    /// The fields, as the config names them, with a word beside those that nothing loaded has.
    pub fields: Vec<String>,
    /// Whether somebody said that it stands still while the cleanup is loaded.
    pub paused: bool,
}

/// The automations that `operations` wake, in the order of the config. A merge wakes whatever reads its source's fields
/// that change, and nothing else is known of what a merge sets off. A field that is not loaded may be one that changes
/// under another name: it counts as changed where anything of its source does.
pub(super) fn woken(operations: &[Operation], sources: &[Arc<Source>], config: &Options) -> Vec<Woken> {
    let mut touched: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut changed: BTreeSet<usize> = BTreeSet::new();
    for operation in operations {
        for cell in operation.changes() {
            touched.insert((cell.at.source, cell.column));
            changed.insert(cell.at.source);
        }
        changed.insert(operation.place().source);
        changed.extend(operation.gone().iter().map(|gone| gone.source));
    }
    let read = |field: &String| {
        let (name, header) = field.split_once('.')?;
        let meant = meant(name, sources, config);
        let columns: Vec<(usize, usize)> =
            meant.iter().filter_map(|at| Some((*at, column(&sources[*at], header)?))).collect();
        if columns.is_empty() {
            let may = meant.iter().any(|at| changed.contains(at));
            return may.then(|| format!("{field} (no such column in what was read)"));
        }
        columns.iter().any(|cell| touched.contains(cell)).then(|| field.clone())
    };
    let woken = config.automation.iter().map(|automation| Woken {
        name: automation.name.clone(),
        action: automation.action.clone(),
        fields: automation.uses.iter().filter_map(read).collect(),
        paused: automation.paused,
    });
    woken.filter(|automation| !automation.fields.is_empty()).collect()
}

/// The sources that a name means: the one that is called so, or where no source is, those whose rows are of that name.
fn meant(name: &str, sources: &[Arc<Source>], config: &Options) -> Vec<usize> {
    if let Some(at) = sources.iter().position(|one| one.name == name) {
        return vec![at];
    }
    // It is declared and was not read, so nothing of it changes.
    if config.sources.contains_key(name) {
        return Vec::new();
    }
    let word = match name.rsplit_once('-') {
        Some((word, number)) if number.parse::<u32>().is_ok() => word,
        _ => name,
    };
    let is_of = |source: &Source| match source.object {
        Some(object) => Ok(object) == word.parse::<Object>() || Ok(source.kind) == word.parse::<Kind>(),
        None => Ok(source.kind) == word.parse::<Kind>(),
    };
    (0..sources.len()).filter(|at| is_of(&sources[*at])).collect()
}

/// The column of a header or role; headers may be written in another case.
fn column(source: &Source, header: &str) -> Option<usize> {
    let folded = |text: &str| text.trim().to_lowercase();
    let wanted = folded(header);
    source.column_named(header).or_else(|| source.columns().find(|at| folded(source.header(*at)) == wanted))
}

#[cfg(test)]
mod tests {
    use super::super::Cleanup;
    use super::super::tests::cleanup;

    const TWO: &str = "Id,Email,HasOptedOutOfEmail,City,Created Date\n1,ana@acme.example,false,Bonn ,2026-01-01\n\
                       2,ana@acme.example,true,Bonn,2026-01-02\n";

    fn fields(uses: &str, decide: &str) -> Vec<String> {
        let config =
            format!("[sources.leads]\n[sources.deals]\n[[automation]]\nname = \"route\"\nuses = [\"{uses}\"]\n");
        let cleanup: Cleanup = cleanup(TWO, &config, decide);
        assert!(!cleanup.plan.operations.is_empty());
        cleanup.plan.wakes.into_iter().flat_map(|woken| woken.fields).collect()
    }

    #[test]
    fn a_field_in_another_case_is_the_field() {
        assert_eq!(fields("leads.hasoptedoutofemail", "DUP001=accept"), ["leads.hasoptedoutofemail"]);
        assert_eq!(fields("leads.city", ""), ["leads.city"]);
        assert!(fields("leads.EMAIL", "DUP001=accept").is_empty());
    }

    #[test]
    fn a_field_that_nothing_loaded_has_counts_as_changed_with_its_source() {
        for name in ["leads.opt_in", "lead.opt_in", "lead-2.opt_in"] {
            let unknown = format!("{name} (no such column in what was read)");
            assert_eq!(fields(name, ""), [unknown.as_str()]);
            assert_eq!(fields(name, "DUP001=accept"), [unknown.as_str()]);
        }
        assert!(fields("deals.opt_in", "").is_empty(), "it was not read, and nothing of it changes");
        assert!(fields("chat.opt_in", "").is_empty());
    }
}
