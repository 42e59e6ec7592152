//! Drift: the categorical values of the CRM, and the other spellings that creep in.

use std::io;

use fastrand::Rng;

use super::companies::{PLANS, industries};
use super::csv::Table;
use super::draw::happens;
use super::places::{CITIES, regions};

/// Share of the cells of each column that drift.
const RATE: f64 = 0.006;

/// Sources of leads that did not come by chat; chats are `Live Chat`.
pub(crate) const SOURCES: [&str; 8] = [
    "Live Chat",
    "Web Form",
    "Trade Show",
    "Partner Referral",
    "Paid Search",
    "Paid Social",
    "Webinar",
    "Cold Outreach",
];

/// A column whose values drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Region,
    Industry,
    LeadSource,
    Country,
    Plan,
}

impl Column {
    const ALL: [Self; 5] = [Self::Region, Self::Industry, Self::LeadSource, Self::Country, Self::Plan];

    /// Its header.
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::Region => "Region__c",
            Self::Industry => "Industry",
            Self::LeadSource => "LeadSource",
            Self::Country => "Country",
            Self::Plan => "Plan__c",
        }
    }

    fn values(self) -> Vec<&'static str> {
        match self {
            Self::Region => regions(),
            Self::Industry => industries(),
            Self::LeadSource => SOURCES.to_vec(),
            Self::Country => {
                let mut countries: Vec<&str> = CITIES.iter().map(|c| c.country.name()).collect();
                countries.dedup();
                countries
            }
            Self::Plan => PLANS.to_vec(),
        }
    }
}

/// Short forms that people write, beside those that follow from a rule.
const SHORT_FORMS: [(&str, &str); 15] = [
    ("United States", "USA"),
    ("United States", "US"),
    ("United States", "U.S."),
    ("United Kingdom", "UK"),
    ("United Kingdom", "U.K."),
    ("East Region", "East"),
    ("East Region", "EAST"),
    ("West Region", "West"),
    ("Central Region", "Central"),
    ("Canada Region", "Canada"),
    ("Asia Pacific", "APAC"),
    ("Telecommunications", "Telecom"),
    ("Partner Referral", "Referral"),
    ("Trade Show", "Tradeshow"),
    ("Health Care", "Healthcare"),
];

/// A spelling of a value.
#[derive(Debug)]
struct Spelling {
    text: String,
    code: &'static str,
    seen: bool,
}

/// A value and its other spellings; the first spelling is the right one.
#[derive(Debug)]
struct Value {
    right: &'static str,
    spellings: Vec<Spelling>,
}

/// All columns that drift.
#[derive(Debug)]
pub(crate) struct Drift {
    columns: [Vec<Value>; Column::ALL.len()],
    rate: f64,
}

/// A cell: what stands there, and the rule that is meant to find it when it is not the right spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// What stands there.
    pub(crate) text: &'a str,
    /// The rule, for a spelling that drifted.
    pub(crate) code: Option<&'static str>,
}

impl Drift {
    /// Drift at `scale` times the usual rate.
    pub(crate) fn new(scale: f64) -> Self {
        let columns = Column::ALL
            .map(|c| c.values().into_iter().map(|right| Value { right, spellings: spellings(right) }).collect());
        Self { columns, rate: (RATE * scale).min(0.3) }
    }

    /// A cell of `column` for the value `right`.
    pub(crate) fn cell(&mut self, column: Column, right: &'static str, rng: &mut Rng) -> Cell<'_> {
        let drifts = happens(rng, self.rate);
        let Some(value) = self.columns[column as usize].iter_mut().find(|v| v.right == right) else {
            return Cell { text: right, code: None };
        };
        // Of the other spellings the first are the likeliest.
        let which = if drifts {
            1 + rng.usize(..value.spellings.len() - 1).min(rng.usize(..value.spellings.len() - 1))
        } else {
            0
        };
        let spelling = &mut value.spellings[which];
        spelling.seen = true;
        Cell { text: &spelling.text, code: drifts.then_some(spelling.code) }
    }

    /// Writes which spelling means which value, for all that were used.
    pub(crate) fn write(&self, gold: &mut Table) -> io::Result<()> {
        for (column, values) in Column::ALL.iter().zip(&self.columns) {
            for value in values {
                for spelling in value.spellings.iter().filter(|s| s.seen) {
                    gold.row([column.header(), &spelling.text, value.right])?;
                }
            }
        }
        Ok(())
    }
}

/// The right spelling of `right` and its others.
fn spellings(right: &str) -> Vec<Spelling> {
    let mut texts = vec![(right.to_owned(), "")];
    let words: Vec<&str> = right.split(' ').collect();
    texts.push((right.to_uppercase(), "DRF001"));
    texts.push((right.to_lowercase(), "DRF001"));
    if words.len() > 1 {
        texts.push((words.concat(), "DRF001"));
        texts.push((words.join("-").to_lowercase(), "DRF001"));
        texts.push((words.join("_"), "DRF001"));
        texts.push((words.join("  "), "DRF001"));
    }
    texts.extend(
        SHORT_FORMS.iter().filter(|(value, _)| *value == right).map(|(_, short)| ((*short).to_owned(), "DRF003")),
    );
    // A slip in the longest word: two letters swapped, or one left out.
    if let Some(word) = words.iter().max_by_key(|w| w.len()).filter(|w| w.len() >= 5) {
        let at = word.len() - 3;
        let swapped = format!("{}{}{}{}", &word[..at], &word[at + 1..at + 2], &word[at..=at], &word[at + 2..]);
        let short = format!("{}{}", &word[..at], &word[at + 1..]);
        texts.extend([swapped, short].map(|slip| (right.replace(word, &slip), "DRF002")));
    }
    let mut spellings: Vec<Spelling> = Vec::new();
    for (text, code) in texts {
        if !spellings.iter().any(|s| s.text == text) {
            spellings.push(Spelling { text, code, seen: false });
        }
    }
    spellings
}
