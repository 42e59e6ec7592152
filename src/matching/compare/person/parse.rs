//! A person's name in parts: titles and letters after the name go, generations are kept, particles belong to the last
//! name.

use rustc_hash::FxHashSet;

use super::super::words::{MOST_WORDS, NONE, Reader, fold, is_apostrophe, listed, set};
use super::PersonParts;

/// A name in numbers of words.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) given: Vec<u32>,
    pub(super) middle: Vec<u32>,
    pub(super) family: Vec<u32>,
    /// 1 for senior or the first, 2 for junior or the second, and so on; 0 where nothing is said.
    pub(super) generation: u8,
    /// Whether it is not known if the only word is the first or the last name.
    pub(super) lone: bool,
    /// What a title says: 1 for Mr, 2 for Mrs; 0 where nothing is said, or both.
    pub(super) sex: u8,
    /// Whether two people stand there: Otto and Ines.
    pub(super) couple: bool,
}

/// What stands before a name.
const TITLES: &str = "mr mrs ms miss mister master mx madam madame monsieur mme mlle dr doctor prof professor sir dame lord lady \
    herr frau fr sr sra srta senor senora senorita don dona sig signor signora sigra dott dottssa avv ing mag \
    dipl dipling rer nat habil dhr mevr mw drs rev reverend father sister brother rabbi imam sheikh shaikh \
    shaykh haji hajji hon honorable judge president prasident minister senator capt captain col colonel gen \
    general lt maj major sgt";

/// The titles that say which of a couple it is.
const HIS: &str = "mr mister herr monsieur senor don sig signor dhr sir lord";
const HERS: &str =
    "mrs ms miss madam madame mme mlle frau dame lady senora sra srta senorita dona signora sigra mevr mw";

/// What joins the first names of two people.
const AND: &str = "and und et en och og";

/// What stands behind a name and says nothing of whose it is: degrees, and the legal forms of a business of one.
const LETTERS: &str = "phd md mba msc bsc ba ma esq esquire cpa dds dvm jd llm rn pe pmp cfa cfp obe mbe cbe kbe dphil edd psyd llc \
    inc ltd gmbh sa ret";

/// Words that belong to the last name after them.
pub(super) const PARTICLES: &str = "van von vom zu zum zur der den de del della dello dei di da do das dos du des la le las los el al ul ur as \
    bin bint abu ter ten te st san santa af av y e";

/// One spelling for particles with several.
fn particle(word: &str) -> &str {
    match word {
        "ben" | "ibn" | "ebn" => "bin",
        "ould" | "oul" | "eld" => "ul",
        "saint" | "sankt" => "st",
        _ => word,
    }
}

/// The generation that a word behind a name says.
fn generation(word: &str) -> u8 {
    match word {
        "sr" | "snr" | "senior" | "1st" | "i" => 1,
        "jr" | "jnr" | "junior" | "2nd" | "ii" | "filho" => 2,
        "3rd" | "iii" | "neto" => 3,
        "4th" | "iv" => 4,
        _ => 0,
    }
}

/// Letters that were typed as digits: Ig0r.
fn mended(word: &str, out: &mut String) {
    out.clear();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || digits * 2 >= word.len() {
        out.push_str(word);
        return;
    }
    out.extend(word.chars().map(|c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '9' => 'g',
        _ => c,
    }));
}

/// Takes names apart, and numbers their words.
pub(super) struct Parser {
    pub(super) reader: Reader,
    titles: FxHashSet<&'static str>,
    letters: FxHashSet<&'static str>,
    text: String,
    word: String,
}

impl Parser {
    pub(super) fn new() -> Self {
        Self {
            reader: Reader::new(),
            titles: set(TITLES),
            letters: set(LETTERS),
            text: String::new(),
            word: String::new(),
        }
    }

    pub(super) fn parse(&mut self, parts: &PersonParts<'_>) -> Parsed {
        let mut parsed = Parsed::default();
        self.tail(parts.suffix, &mut parsed);
        let (given, family) = (parts.given.trim(), parts.family.trim());
        match (given.is_empty(), family.is_empty()) {
            (false, false) => {
                let mut words = self.words(given, &mut parsed, true);
                parsed.family = self.words(family, &mut parsed, true);
                // The whole name stands in the last name's cell.
                if parsed.family.len() > words.len() && parsed.family.starts_with(&words) {
                    parsed.family.drain(..words.len());
                }
                if !words.is_empty() {
                    parsed.given.push(words.remove(0));
                }
                parsed.middle = words;
            }
            (true, true) => self.full(parts.full, &mut parsed),
            // One cell alone often holds the whole name; the full name knows better.
            _ => {
                let alone = if given.is_empty() { family } else { given };
                self.full(if parts.full.trim().len() > alone.len() { parts.full } else { alone }, &mut parsed);
                if parsed.lone {
                    parsed.lone = false;
                    if family.is_empty() {
                        parsed.given = std::mem::take(&mut parsed.family);
                    }
                }
            }
        }
        let mut middle = self.words(parts.middle, &mut parsed, false);
        middle.retain(|word| !parsed.middle.contains(word));
        parsed.middle.extend(middle);
        parsed.middle.truncate(MOST_WORDS);
        if parsed.given.is_empty() && !parsed.middle.is_empty() {
            parsed.given.push(parsed.middle.remove(0));
            parsed.lone = false;
        }
        parsed
    }

    /// `Ana M. Moss`, `Moss, Ana M.`, `Dr. Ana Moss Jr.`
    fn full(&mut self, full: &str, parsed: &mut Parsed) {
        let mut pieces = full.splitn(3, [',', '،', '、']).map(str::trim).filter(|piece| !piece.is_empty());
        let (first, second) = (pieces.next().unwrap_or_default(), pieces.next().unwrap_or_default());
        let rest = pieces.next().unwrap_or_default();
        self.tail(rest, parsed);
        let second = if self.is_addition(second) {
            self.tail(second, parsed);
            ""
        } else {
            second
        };
        let ends = self.words(second, parsed, true);
        if second.is_empty() || ends.is_empty() {
            let mut words = self.words(first, parsed, true);
            self.split(&mut words, parsed);
            return;
        }
        let mut words = ends;
        parsed.family = self.words(first, parsed, true);
        // `de Pfeffel Johnson, Boris`, but also `Moss, Ana van der`: a particle at the end goes to the last name.
        while words.len() > 1
            && let Some(&last) = words.last()
            && self.is_particle(last)
        {
            words.pop();
            parsed.family.insert(0, last);
        }
        parsed.given.push(words.remove(0));
        parsed.middle = words;
    }

    /// Words of a name in the usual order: first, middle, last with its particles.
    fn split(&mut self, words: &mut Vec<u32>, parsed: &mut Parsed) {
        if words.len() < 2 {
            parsed.lone = true;
            parsed.family = std::mem::take(words);
            return;
        }
        // `bin Salman Mohammed`: the last name stands first.
        if self.is_particle(words[0]) && words.len() > 2 {
            let given = words.pop().unwrap_or(NONE);
            parsed.given.push(given);
            parsed.family = std::mem::take(words);
            return;
        }
        parsed.given.push(words.remove(0));
        let mut from = words.len() - 1;
        while from > 0 && self.is_particle(words[from - 1]) {
            from -= 1;
        }
        parsed.family = words.split_off(from);
        parsed.middle = std::mem::take(words);
    }

    fn is_particle(&self, word: u32) -> bool {
        listed(PARTICLES, self.reader.lexicon().text(word))
    }

    /// Whether all words of a text are titles, degrees or generations.
    fn is_addition(&mut self, text: &str) -> bool {
        self.text.clear();
        fold(text, &mut self.text, |c| c == '.' || is_apostrophe(c));
        self.text.split_whitespace().all(|word| {
            self.titles.contains(word) || self.letters.contains(word) || (word.len() > 1 && generation(word) > 0)
        })
    }

    /// What stands in a field for suffixes.
    fn tail(&mut self, text: &str, parsed: &mut Parsed) {
        self.text.clear();
        fold(text, &mut self.text, |c| c == '.' || is_apostrophe(c));
        for word in self.text.split_whitespace() {
            parsed.generation = parsed.generation.max(generation(word));
        }
    }

    /// The words of a cell without titles and letters behind the name. `ends` says whether a generation may stand there.
    fn words(&mut self, text: &str, parsed: &mut Parsed, ends: bool) -> Vec<u32> {
        self.text.clear();
        fold(text, &mut self.text, is_apostrophe);
        let mut words: Vec<&str> = self.text.split_whitespace().take(MOST_WORDS).collect();
        while words.len() > 1 && self.titles.contains(words[0]) {
            let title = words.remove(0);
            let sex = u8::from(listed(HIS, title)) + 2 * u8::from(listed(HERS, title));
            parsed.couple |= sex != 0 && parsed.sex != 0 && sex != parsed.sex;
            parsed.sex = if sex == 0 { parsed.sex } else { sex };
        }
        let is_and = |word: &&str| listed(AND, word);
        let inside = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
        parsed.couple |= inside.iter().any(is_and) || text.contains(['&', '+']);
        words.retain(|word| !listed(AND, word) || !parsed.couple);
        while words.len() > 1 {
            let last = words[words.len() - 1];
            let age = if ends && (last.len() > 1 || words.len() > 2) { generation(last) } else { 0 };
            // `Ana Sr` may be cut short, `Ana I` an initial.
            if age > 0 && (last != "i") {
                parsed.generation = age;
            } else if !(self.letters.contains(last) && (words.len() > 2 || last.len() > 2)) {
                break;
            }
            words.pop();
        }
        let mut numbers: Vec<u32> = Vec::with_capacity(words.len());
        let many = words.len();
        let mut parts = words.into_iter().enumerate().peekable();
        while let Some((at, word)) = parts.next() {
            // `Ben Moss` has a first name, `Ana ben Moss` a particle.
            mended(if at == 0 || at + 1 == many { word } else { particle(word) }, &mut self.word);
            // `Abd al-Aziz` is Abdul Aziz.
            if word == "abd" && parts.next_if(|(_, next)| matches!(*next, "al" | "el" | "ul" | "ur" | "ar")).is_some() {
                self.word.push_str("ul");
            }
            let number = self.reader.number(&self.word);
            // `Sergey Sergey Moss`
            if numbers.last() != Some(&number) || self.word.len() == 1 {
                numbers.push(number);
            }
        }
        numbers
    }
}
