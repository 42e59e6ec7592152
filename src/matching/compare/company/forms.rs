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

/// The legal forms by their words.
#[derive(Debug)]
pub(super) struct Forms {
    /// Words, class, and whether it may stand in front. Longest first.
    forms: Vec<(Vec<&'static str>, Class, bool)>,
}

impl Forms {
    pub(super) fn new() -> Self {
        let mut forms: Vec<(Vec<&str>, Class, bool)> = CLASSES
            .iter()
            .enumerate()
            .flat_map(|(at, forms)| forms.split('|').map(move |form| (at, form)))
            .map(|(at, form)| {
                let words: Vec<&str> = form.split(' ').collect();
                let leads =
                    !BEHIND.contains(&form) && words.iter().any(|word| word.len() > 1) && !form.starts_with("and ");
                (words, 1 << at, leads)
            })
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.0.len()));
        Self { forms }
    }

    /// Takes the legal forms off a name, as long as a word is left: their classes.
    pub(super) fn strip(&self, words: &mut Vec<&str>) -> Class {
        let mut found = 0;
        'again: loop {
            for (form, class, leads) in &self.forms {
                if words.len() <= form.len() {
                    continue;
                }
                let from = words.len() - form.len();
                let range = if ends(&words[from..], form) {
                    from..words.len()
                } else if *leads && ends(&words[..form.len()], form) {
                    0..form.len()
                } else {
                    continue;
                };
                words.drain(range);
                found |= class;
                continue 'again;
            }
            return found;
        }
    }
}

/// Whether words are those of a form, a slip in a long word aside: Aktiengeselschaft.
fn ends(words: &[&str], form: &[&str]) -> bool {
    words.iter().zip(form).all(|(word, form)| {
        word == form
            || (form.len() > 4
                && word.as_bytes().first() == form.as_bytes().first()
                && *word != "corporate"
                && fuzz::edits(word, form, if form.len() > 9 { 2 } else { 1 }).is_some())
    })
}
