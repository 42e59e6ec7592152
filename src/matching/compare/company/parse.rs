//! A company's name in parts: what sets it apart, generic words and places, legal forms.

use rustc_hash::FxHashSet;

use super::super::words::{MOST_WORDS, Reader, fold, is_apostrophe, set};
use super::forms::{Class, Forms};

/// A name in numbers of words.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// What sets the name apart, in its order.
    pub(super) core: Vec<u32>,
    /// Group, Holding, International.
    pub(super) generic: Vec<u32>,
    /// Europe, Switzerland, UK.
    pub(super) places: Vec<u32>,
    pub(super) forms: Class,
    /// The first letters of all words but the legal form, with and without small words.
    pub(super) initials: String,
}

/// Words that say nothing.
const SMALL: &str = "and the of for in und et og och de du des der die das del di da do la le les los fur";

/// Words that many companies have and often leave out.
const GENERIC: &str = "group groupe gruppe grupo gruppo groep holding holdings international internationale internacional \
    internazionale global worldwide world enterprise enterprises hq headquarters co company mv";

/// Countries, continents and regions as they stand behind a company's name.
const PLACES: &str = "europe asia africa america americas oceania pacific apac emea latam dach benelux nordic nordics scandinavia \
    iberia uk us usa uae eu gb britain england scotland wales ireland germany deutschland austria osterreich \
    switzerland schweiz suisse svizzera liechtenstein france spain espana portugal italy italia netherlands \
    nederland holland belgium belgie belgique luxembourg denmark danmark sweden sverige norway norge finland \
    suomi iceland poland polska czechia cesko slovakia slovensko hungary magyarorszag romania bulgaria greece \
    hellas turkey turkiye cyprus malta croatia hrvatska serbia srbija slovenia slovenija bosnia albania ukraine \
    ukraina russia rossiia rus belarus estonia eesti latvia latvija lithuania lietuva moldova georgia armenia \
    azerbaijan kazakhstan uzbekistan israel egypt morocco maroc tunisia tunisie algeria algerie nigeria kenya \
    ghana ethiopia tanzania uganda canada mexico brazil brasil argentina chile colombia peru ecuador uruguay \
    venezuela india pakistan bangladesh nepal china japan nippon korea taiwan singapore malaysia indonesia \
    thailand vietnam philippines australia zealand nz iran iraq syria lebanon jordan kuwait qatar oman bahrain \
    dubai";

/// One spelling for what is often cut short.
fn long_form(word: &str) -> &str {
    match word {
        "intl" | "int" | "internat" => "international",
        "bros" => "brothers",
        "mfg" | "mfrs" => "manufacturing",
        "svc" | "svcs" | "serv" => "services",
        "tech" | "technologies" | "techn" => "technology",
        "assoc" | "assocs" => "associates",
        "assn" => "association",
        "natl" => "national",
        "univ" => "university",
        "govt" | "gov" => "government",
        "mgmt" | "mgt" => "management",
        "dept" => "department",
        "engr" | "engg" => "engineering",
        "inds" => "industries",
        "grp" => "group",
        "hldg" => "holding",
        "hldgs" => "holdings",
        "pharma" => "pharmaceuticals",
        "labs" => "laboratories",
        "ctr" | "centre" => "center",
        "hosp" => "hospital",
        "dist" => "distribution",
        "ins" => "insurance",
        "prod" | "prods" => "products",
        "sys" => "systems",
        "comm" | "comms" => "communications",
        "sons" => "son",
        "1st" => "first",
        "2nd" => "second",
        "3rd" => "third",
        "4th" => "fourth",
        "5th" => "fifth",
        _ => word,
    }
}

/// The number that a word says.
fn number(word: &str) -> Option<u32> {
    const SMALL: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if word == "fourty" {
        return Some(40);
    }
    let small = SMALL.iter().position(|number| *number == word).map(|at| at as u32);
    small.or_else(|| TENS.iter().position(|number| *number == word).map(|at| at as u32 * 10 + 20))
}

/// Takes names apart, and numbers their words.
pub(super) struct Parser {
    pub(super) reader: Reader,
    forms: Forms,
    small: FxHashSet<&'static str>,
    generic: FxHashSet<&'static str>,
    places: FxHashSet<&'static str>,
    text: String,
}

impl Parser {
    pub(super) fn new() -> Self {
        Self {
            reader: Reader::new(),
            forms: Forms::new(),
            small: set(SMALL),
            generic: set(GENERIC),
            places: set(PLACES),
            text: String::new(),
        }
    }

    pub(super) fn parse(&mut self, name: &str) -> Parsed {
        let mut parsed = Parsed::default();
        self.text.clear();
        // `&` and `+` part words; `and` is dropped with the small words.
        fold(name, &mut self.text, |c| c == '.' || is_apostrophe(c));
        let mut words: Vec<&str> = self.text.split_whitespace().take(MOST_WORDS).collect();
        while words.len() > 1 && (words[0] == "the" || words[0] == "and") {
            words.remove(0);
        }
        parsed.forms = self.forms.strip(&mut words);
        let numbers = said(&words);
        let is_small = |word: &str| self.small.contains(word);
        let bare = words.iter().any(|word| !is_small(word));
        let is_apart = |word: &str| !is_small(word) && !self.generic.contains(word) && !self.places.contains(word);
        let apart = words.iter().any(|word| is_apart(word));
        for (word, number) in words.iter().zip(&numbers) {
            if bare && is_small(word) {
                continue;
            }
            let Some(number) = number else { continue };
            parsed.initials.extend(number.chars().next());
            let id = self.reader.number(number);
            let place = self.places.contains(number.as_str());
            let generic = self.generic.contains(number.as_str());
            let list = match (apart, place, generic) {
                (true, true, _) => &mut parsed.places,
                (true, _, true) => &mut parsed.generic,
                _ => &mut parsed.core,
            };
            if !list.contains(&id) {
                list.push(id);
            }
        }
        parsed
    }
}

/// Words in one spelling, numbers in digits; `None` for a word that is part of the number before it: forty four.
fn said(words: &[&str]) -> Vec<Option<String>> {
    let mut said: Vec<Option<String>> = Vec::with_capacity(words.len());
    let mut tens: Option<u32> = None;
    for (at, word) in words.iter().enumerate() {
        let value = number(word).or_else(|| word.parse().ok().filter(|digit| *digit < 10));
        match (tens, value) {
            (Some(before), Some(unit @ 1..=9)) => {
                if let Some(Some(slot)) = said.get_mut(at - 1) {
                    *slot = u32::to_string(&(before + unit));
                }
                said.push(None);
                tens = None;
            }
            (_, Some(value)) => {
                said.push(Some(value.to_string()));
                tens = (value >= 20).then_some(value);
            }
            (_, None) => {
                said.push(Some(long_form(word).to_owned()));
                tens = None;
            }
        }
    }
    said
}
