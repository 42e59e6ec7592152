//! Two runs side by side: new, reopened, fixed, still open, and who makes it.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::mask::Masker;
use super::sheet::{self, Sheet};
use super::{View, words};
use crate::evidence::diff::{Diff, Tally};
use crate::evidence::snapshot::Form;
use crate::normalise::makers::Batch;

/// Rows of a table; the JSON form has all.
const SHOWN: usize = 40;

/// What stands under a key of who makes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A person or a user, as the export calls them.
    Person(String),
    /// An import.
    Import(Batch),
}

/// The evidence by who makes it.
#[derive(Debug)]
pub struct Breakdown {
    /// `owner`, `creator` or `import`.
    pub by: &'static str,
    /// Where it is taken from, or why it is not known.
    pub from: String,
    /// Most new first; `None` for what is not known.
    pub rows: Vec<(Option<Who>, Tally)>,
}

/// Two runs side by side, for people and programs.
#[derive(Debug)]
pub struct Changes {
    /// Paths as given: the older, the newer.
    pub paths: [String; 2],
    /// Clocks of both runs, where they say them.
    pub as_of: [Option<String>; 2],
    /// What both files are.
    pub form: Form,
    /// What became of the evidence.
    pub diff: Diff,
    /// Whether a baseline tells what was fixed before.
    pub knows_reopened: bool,
    /// Who makes it.
    pub makers: Vec<Breakdown>,
    /// What else has to be said.
    pub notes: Vec<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    compared: &'static str,
    old: Side<'a>,
    new: Side<'a>,
    total: Counts,
    rules: Vec<Rule<'a>>,
    makers: Vec<Makers<'a>>,
    not_compared: Vec<Apart<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Side<'a> {
    path: &'a str,
    as_of: Option<&'a str>,
}

#[derive(Serialize)]
struct Counts {
    new: u64,
    /// Null where no baseline was given.
    reopened: Option<u64>,
    fixed: u64,
    still_open: u64,
    accepted: u64,
}

#[derive(Serialize)]
struct Rule<'a> {
    code: &'a str,
    source: &'a str,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Makers<'a> {
    by: &'static str,
    from: &'a str,
    rows: Vec<Made>,
}

#[derive(Serialize)]
struct Made {
    /// Null for what is not known.
    who: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Apart<'a> {
    code: &'a str,
    source: &'a str,
    old: u64,
    new: u64,
    why: &'a str,
}

impl Changes {
    /// For a terminal.
    #[must_use]
    pub fn table(&self, view: &View) -> String {
        sheet::table(&self.heading(), &self.sheets(view), view.width, view.color)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self, view: &View) -> String {
        sheet::markdown(&self.heading(), &self.sheets(view))
    }

    /// As JSON, `leadlint.diff/1`.
    #[must_use]
    pub fn json(&self, view: &View) -> String {
        let masker = Masker::plain(view);
        let [old, new] = &self.paths;
        let [old_clock, new_clock] = &self.as_of;
        let document = Document {
            schema: "leadlint.diff/1",
            compared: self.form.as_str(),
            old: Side { path: old, as_of: old_clock.as_deref() },
            new: Side { path: new, as_of: new_clock.as_deref() },
            total: self.counts(&self.diff.total),
            rules: (self.diff.rules.iter())
                .map(|(code, source, tally)| Rule { code, source, counts: self.counts(tally) })
                .collect(),
            makers: (self.makers.iter())
                .map(|one| Makers {
                    by: one.by,
                    from: &one.from,
                    rows: (one.rows.iter())
                        .map(|(who, tally)| Made {
                            who: who.as_ref().map(|who| said(who, &masker)),
                            counts: self.counts(tally),
                        })
                        .collect(),
                })
                .collect(),
            not_compared: (self.diff.apart.iter())
                .map(|one| Apart { code: &one.code, source: &one.source, old: one.old, new: one.new, why: one.why })
                .collect(),
            notes: &self.notes,
        };
        // Plain structures of texts and integers always serialize.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    fn counts(&self, tally: &Tally) -> Counts {
        Counts {
            new: tally.new,
            reopened: self.knows_reopened.then_some(tally.reopened),
            fixed: tally.fixed,
            still_open: tally.open,
            accepted: tally.accepted,
        }
    }

    fn heading(&self) -> String {
        let total = &self.diff.total;
        let reopened =
            if self.knows_reopened { format!(", {} reopened", words::number(total.reopened)) } else { String::new() };
        format!(
            "Since the earlier run: {} new{reopened}, {} fixed, {} still open",
            words::number(total.new),
            words::number(total.fixed),
            words::number(total.open)
        )
    }

    fn sheets(&self, view: &View) -> Vec<Sheet> {
        let masker = Masker::plain(view);
        let side = |at: usize| {
            let clock = self.as_of[at].as_deref().map_or(String::new(), |clock| format!(" (as of {clock})"));
            format!("{}{clock}", self.paths[at])
        };
        let what = self.form.as_str();
        let mut sheets = vec![Sheet {
            said: vec![format!("Old: {what} {}.", side(0)), format!("New: {what} {}.", side(1))],
            ..Sheet::default()
        }];
        // What changed comes first, so that a short table hides none of it.
        let (still, moved): (Vec<_>, Vec<_>) = self.diff.rules.iter().partition(|(_, _, tally)| tally.is_unchanged());
        let rules = (moved.into_iter().chain(still))
            .map(|(code, source, tally)| self.row(vec![code.clone(), source.clone()], tally))
            .collect();
        sheets.push(self.sheet("By rule and source", &["rule", "source"], rules, Vec::new()));
        for one in &self.makers {
            let rows = (one.rows.iter())
                .map(|(who, tally)| {
                    let who = who.as_ref().map_or_else(|| "not known".to_owned(), |who| said(who, &masker));
                    self.row(vec![who], tally)
                })
                .collect();
            sheets.push(self.sheet(&format!("By {}", one.by), &[one.by], rows, vec![format!("{}.", one.from)]));
        }
        let apart: Vec<Vec<String>> = (self.diff.apart.iter())
            .map(|one| {
                vec![
                    one.code.clone(),
                    one.source.clone(),
                    words::number(one.old),
                    words::number(one.new),
                    one.why.to_owned(),
                ]
            })
            .collect();
        let mut apart = short(apart);
        "Not compared".clone_into(&mut apart.title);
        apart.headers = vec!["rule", "source", ">old", ">new", "why"];
        sheets.push(apart);
        sheets.push(Sheet { title: "To bear in mind".to_owned(), items: self.notes.clone(), ..Sheet::default() });
        sheets
    }

    fn row(&self, mut cells: Vec<String>, tally: &Tally) -> Vec<String> {
        cells.push(words::number(tally.new));
        if self.knows_reopened {
            cells.push(words::number(tally.reopened));
        }
        cells.extend([tally.fixed, tally.open, tally.accepted].map(words::number));
        cells
    }

    fn sheet(&self, title: &str, keys: &[&'static str], rows: Vec<Vec<String>>, said: Vec<String>) -> Sheet {
        let mut sheet = short(rows);
        title.clone_into(&mut sheet.title);
        sheet.said = said;
        sheet.headers = keys.to_vec();
        sheet.headers.push(">new");
        if self.knows_reopened {
            sheet.headers.push(">reopened");
        }
        sheet.headers.extend([">fixed", ">still open", ">accepted"]);
        sheet
    }
}

/// A sheet of as many rows as are shown.
fn short(mut rows: Vec<Vec<String>>) -> Sheet {
    let all = rows.len();
    rows.truncate(SHOWN);
    let hidden =
        (all > SHOWN).then(|| format!("{SHOWN} of {} shown; --format json has all", words::number(all as u64)));
    Sheet { rows, hidden, ..Sheet::default() }
}

/// Who it is, as the view wants it.
fn said(who: &Who, masker: &Masker<'_>) -> String {
    match who {
        Who::Person(name) => masker.person(name).into_owned(),
        Who::Import(Batch::Named(name)) => masker.text(name).into_owned(),
        Who::Import(Batch::Second { at, by }) => {
            let at = DateTime::from_timestamp(*at, 0)
                .map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            match by {
                Some(by) => format!("{at} by {}", masker.person(by)),
                None => at,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::{Pii, testing};

    fn sample() -> Changes {
        let tally = Tally { new: 2, reopened: 0, fixed: 1, open: 3, accepted: 1 };
        let diff = Diff {
            total: tally,
            rules: vec![("DUP001".to_owned(), testing::HOSTILE.to_owned(), tally)],
            apart: Vec::new(),
            old: Vec::new(),
            new: Vec::new(),
            strangers: false,
        };
        let person = Who::Person("ann.lee@acme.example".to_owned());
        let batch = Who::Import(Batch::Second { at: 1_790_000_000, by: Some("Ann Lee".to_owned()) });
        let breakdown =
            |by, who| Breakdown { by, from: "column".to_owned(), rows: vec![(Some(who), tally), (None, tally)] };
        Changes {
            paths: ["old.json".to_owned(), "new.json".to_owned()],
            as_of: [None, Some("2026-10-01T00:00:00Z".to_owned())],
            form: Form::Evidence,
            diff,
            knows_reopened: false,
            makers: vec![breakdown("owner", person), breakdown("import", batch)],
            notes: Vec::new(),
        }
    }

    #[test]
    fn masked_people_are_not_named() {
        for pii in [Pii::Mask, Pii::Hash] {
            let view = testing::view(pii);
            for text in [sample().table(&view), sample().markdown(&view), sample().json(&view)] {
                assert!(testing::PERSONAL.iter().all(|secret| !text.contains(secret)), "{text}");
            }
        }
        let shown = sample().markdown(&testing::view(Pii::Show));
        assert!(shown.contains("ann.lee") && shown.contains("2026-09-21T14:13:20Z by Ann Lee"), "{shown}");
    }

    #[test]
    fn hostile_names_break_no_format() {
        let view = testing::view(Pii::Mask);
        let markdown = sample().markdown(&view);
        assert!(!markdown.contains("<img") && !markdown.contains('\u{202e}'), "{markdown}");
        assert!(!sample().table(&view).contains('\u{1b}'));
        assert!(serde_json::from_str::<serde_json::Value>(&sample().json(&view)).is_ok());
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let mut changes = sample();
        changes.diff.rules = (0..41).map(|at| (format!("DUP{at:03}"), "s".to_owned(), changes.diff.total)).collect();
        let text = changes.markdown(&testing::view(Pii::Mask));
        assert!(text.contains("40 of 41 shown") && !text.contains("DUP040"), "{text}");
    }
}
