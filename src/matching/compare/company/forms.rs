//! Legal forms of the world, each with the class of forms that name the same kind of company.

use super::super::words::listed;
use crate::matching::fuzz;

/// A class of legal forms, as a bit.
pub(super) type Class = u64;

/// Company and its like: said or left out as one likes.
pub(super) const VAGUE: Class = 1;

/// Legal forms, a class a line; a form is words without points and accents.
const CLASSES: &[&str] = &[
    // The first is VAGUE.
    "co|company|cie|compagnie|and co|and company|cia|und co|et cie|and cie",
    "corp|corporation|inc|incorporated",
    "ltd|limited|limited company|co ltd|company limited|pty|pty ltd|pte|pte ltd|pvt ltd|pvt|private limited|\
     proprietary limited|ltd sti|limited sirketi|ltee|limitee|wll",
    "llc|limited liability company|limited liability co|ooo|tov|too|mchj|pllc|lc|\
     obshchestvo s ogranichennoi otvetstvennostiu|obshchestvo s ogranichennoy otvetstvennostyu|\
     tovarystvo z obmezhenoiu vidpovidalnistiu|tovaristvo z obmezhenoiu vidpovidalnistiu",
    "jsc|joint stock company|joint stock co|ojsc|open joint stock company|pjsc|public joint stock company|\
     cjsc|closed joint stock company|ao|oao|pao|zao|nao|pat|aktsionernoe obshchestvo|\
     aktsionernoye obshchestvo|otkrytoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obshchestvo|\
     publichnoe aktsionernoe obshchestvo|aktsiadi jamiyat",
    "plc|public limited company|pcl|public company limited|berhad|bhd",
    "llp|limited liability partnership",
    "gmbh|mbh|ggmbh|gesmbh|gesellschaft mit beschrankter haftung|ug|ug haftungsbeschrankt|\
     unternehmergesellschaft",
    "ag|aktiengesellschaft|kgaa|kommanditgesellschaft auf aktien",
    "kg|kommanditgesellschaft",
    "ohg|gbr|offene handelsgesellschaft",
    "ek|e k|eg|eingetragene genossenschaft",
    "ev|eingetragener verein",
    "sa|s a|societe anonyme|sociedad anonima|sociedade anonima|spolka akcyjna|sau|sa de cv|sapi de cv|\
     sab de cv",
    "sas|sasu|societe par actions simplifiee",
    "sarl|eurl|societe a responsabilite limitee",
    "snc|sci|scs|sca",
    "sl|slu|sociedad limitada|sociedad de responsabilidad limitada|s de rl de cv|s de rl|srl|s r l|srls|\
     societa a responsabilita limitata|societatea cu raspundere limitata|societate cu raspundere limitata",
    "spa|s p a|societa per azioni",
    "ltda|limitada|lda|eireli",
    "bv|b v|besloten vennootschap|bvba",
    "nv|n v|naamloze vennootschap",
    "se|societas europaea",
    "ab|aktiebolag|publ",
    "oy|oyj|osakeyhtio",
    "as|a s|asa|aksjeselskap|aktieselskab|anonim sirketi|anonim sirket",
    "aps|anpartsselskab",
    "ou|osauhing",
    "uab|uzdaroji akcine bendrove",
    "sia|sabiedriba ar ierobezotu atbildibu",
    "kft|korlatolt felelossegu tarsasag",
    "zrt|nyrt|rt",
    "sp zoo|sp z oo|sp z o o|spzoo|spolka zoo|z oo|spolka z ograniczona odpowiedzialnoscia",
    "sro|s r o|spol sro|spolecnost s rucenim omezenym",
    "doo|d o o",
    "dd|ad|a d",
    "eood|ood",
    "kk|kabushiki kaisha|kabushiki gaisha|kabushikigaisha|gk|godo kaisha",
    "sdn bhd|sendirian berhad",
    "pt|tbk|perseroan terbatas",
    "ano|avtonomnaia nekommercheskaia organizatsiia|nko|nonprofit organization",
    "ehf|hf",
    "fze|fzc|fzco|fz llc|free zone company|dmcc",
    "pbc|public benefit corporation",
    "epe|ae|anonymi etaireia",
    "lp|limited partnership",
];

/// Forms that stand behind the name only: words of names themselves.
const BEHIND: &str =
    "co company cia cie compagnie corporation incorporated limited publ pat sas sau sci sca sia spa too";

/// A legal form: its words, its class, and whether it may stand in front of the name.
#[derive(Debug)]
struct Form {
    words: Vec<&'static str>,
    class: Class,
    leads: bool,
}

/// The legal forms by their words.
#[derive(Debug)]
pub(super) struct Forms {
    /// By first letter, longest first.
    by_letter: [Vec<Form>; 26],
    /// Words of the longest form.
    longest: usize,
}

impl Forms {
    pub(super) fn new() -> Self {
        let mut forms: Vec<Form> = CLASSES
            .iter()
            .enumerate()
            .flat_map(|(at, forms)| forms.split('|').map(move |form| (at, form)))
            .map(|(at, form)| {
                let words: Vec<&str> = form.split(' ').collect();
                // Two letters say too little, but for those of Russia and Indonesia.
                let leads = matches!(form, "ao" | "pt")
                    || words.iter().any(|word| word.len() > 2) && !listed(BEHIND, form) && !form.starts_with("and ");
                Form { words, class: 1 << at, leads }
            })
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.words.len()));
        let longest = forms.first().map_or(0, |form| form.words.len());
        let mut by_letter: [Vec<Form>; 26] = Default::default();
        for form in forms {
            if let Some(list) = letter(form.words[0]).and_then(|letter| by_letter.get_mut(letter)) {
                list.push(form);
            }
        }
        Self { by_letter, longest }
    }

    /// Takes the legal forms off a name, as long as a word is left: their classes.
    pub(super) fn strip(&self, words: &mut Vec<&str>) -> Class {
        let mut found = 0;
        while let Some((form, at)) = self.find(words) {
            words.drain(at..at + form.words.len());
            found |= form.class;
        }
        found
    }

    /// The longest legal form at the end of a name, or else in front, and where it stands.
    fn find(&self, words: &[&str]) -> Option<(&Form, usize)> {
        let starting = |word: &str| letter(word).and_then(|letter| self.by_letter.get(letter)).into_iter().flatten();
        let behind = (1..=self.longest.min(words.len().saturating_sub(1))).rev().find_map(|many| {
            let at = words.len() - many;
            let mut forms = starting(words[at]).filter(|form| form.words.len() == many);
            forms.find(|form| are(&words[at..], &form.words)).map(|form| (form, at))
        });
        behind.or_else(|| {
            let mut forms = starting(words.first()?).filter(|form| form.leads && form.words.len() < words.len());
            forms.find(|form| are(words, &form.words)).map(|form| (form, 0))
        })
    }
}

/// Place of a word's first letter.
fn letter(word: &str) -> Option<usize> {
    word.bytes().next().filter(u8::is_ascii_lowercase).map(|byte| usize::from(byte - b'a'))
}

/// Whether words begin with those of a form, a slip in a long word aside: Aktiengeselschaft.
fn are(words: &[&str], form: &[&str]) -> bool {
    words.iter().zip(form).all(|(word, form)| {
        word == form
            || (form.len() > 4
                && word.as_bytes().first() == form.as_bytes().first()
                && *word != "corporate"
                && fuzz::edits(word, form, if form.len() > 9 { 2 } else { 1 }).is_some())
    })
}
