//! Who a lead says it is: a person as one record shows them, with the flaw or the variation of that row.

use fastrand::Rng;

use super::companies::Company;
use super::draw::{Seed, Stream, happens, one_of};
use super::faults::{Faults, Flaw, Nature, Repeat};
use super::ids::{Prefix, SalesforceId};
use super::people::{Line, People, Person};
use super::places::at_home;

/// What one lead shows of its person.
#[derive(Debug)]
pub(crate) struct Identity {
    /// The record's id.
    pub(crate) id: SalesforceId,
    /// The row that introduced the person.
    pub(crate) entity: u64,
    /// What the row is; flaws that could not be planted are gone.
    pub(crate) nature: Nature,
    /// The person, with the employer of this row.
    pub(crate) person: Person,
    /// Given name.
    pub(crate) first: String,
    /// Family name.
    pub(crate) last: String,
    /// Company with its legal form.
    pub(crate) company: String,
    /// Email.
    pub(crate) email: String,
    /// Phone.
    pub(crate) phone: String,
    /// City and postal code; many leads have none.
    pub(crate) place: Option<(&'static str, String)>,
    /// Consent withdrawn.
    pub(crate) opted_out: bool,
    /// Column and remark for the gold file, for flaws planted here.
    pub(crate) planted: Option<(&'static str, &'static str, &'static str)>,
}

/// The lead in row `row`.
pub(crate) fn identity(seed: Seed, people: &People, faults: &Faults, row: u64) -> Identity {
    let mut rng = seed.draws(Stream::Lead, row);
    match faults.nature(row) {
        Nature::First(Some(Flaw::RepeatedId)) => {
            let before = row.checked_sub(1).filter(|&before| faults.nature(before) == Nature::First(None));
            match before {
                Some(before) => {
                    let mut shown = plain(people.person(before), before, before);
                    shown.nature = Nature::First(Some(Flaw::RepeatedId));
                    shown.phone = shown.person.city.phone(&mut rng);
                    shown.planted = Some(("DUP005", "Id", "one id twice, with other values"));
                    shown
                }
                None => plain(people.person(row), row, row),
            }
        }
        Nature::First(flaw) => {
            let mut shown = plain(people.person(row), row, row);
            if let Some(flaw) = flaw {
                shown.nature = Nature::First(Some(flaw));
                spoil(&mut shown, flaw, &mut rng);
            }
            shown
        }
        Nature::Again { of, how } => {
            let mut shown = plain(people.person(of), row, of);
            // A new job that takes along neither a number nor an address leaves nothing that anybody could tell by.
            let keeps_line = shown.person.phone.as_ref().is_some_and(|(_, line)| *line == Line::Direct);
            let how = if how == Repeat::NewJob && !keeps_line { Repeat::Nickname } else { how };
            shown.nature = Nature::Again { of, how };
            vary(&mut shown, people, how, row, &mut rng);
            if happens(&mut rng, (0.02 * faults.scale).min(0.5)) {
                shown.opted_out = !shown.opted_out;
            }
            shown
        }
    }
}

/// A lead that shows its person as they are.
fn plain(person: Person, row: u64, entity: u64) -> Identity {
    Identity {
        id: SalesforceId::new(Prefix::Lead, row),
        entity,
        nature: Nature::First(None),
        first: person.name.given().to_owned(),
        last: person.name.family(),
        company: person.company.as_ref().map(|c| format!("{}{}", c.stem, c.legal_form)).unwrap_or_default(),
        email: person.email.clone(),
        phone: person.phone.as_ref().map(|(phone, _)| phone.clone()).unwrap_or_default(),
        place: (!entity.is_multiple_of(3)).then(|| (person.city.name, person.postcode.clone())),
        opted_out: person.opted_out,
        planted: None,
        person,
    }
}

/// Plants `flaw`, where it shows in who the lead is.
fn spoil(shown: &mut Identity, flaw: Flaw, rng: &mut Rng) {
    let domain = shown.email.split_once('@').map_or("", |(_, domain)| domain).to_owned();
    shown.planted = match flaw {
        Flaw::MissingEmail => {
            shown.email = one_of(rng, &["", "", "", "N/A", "none", "-"]).to_owned();
            Some(("REQ001", "Email", "no email"))
        }
        Flaw::PlaceholderName => {
            let nobody = one_of(rng, &["N/A", "[not provided]", "-", "unknown"]);
            (shown.first, shown.last) = (nobody.to_owned(), nobody.to_owned());
            Some(("REQ001", "LastName", "a placeholder for both names"))
        }
        Flaw::InvalidEmail => {
            shown.email = match rng.u32(0..5) {
                0 => shown.email.replace('@', "."),
                1 => shown.email.replace(".example", ""),
                2 => shown.email.replace(".example", ".con"),
                3 => format!("{}; office@{domain}", shown.email),
                _ => shown.email.replace('@', "@@"),
            };
            Some(("REQ002", "Email", "not an address"))
        }
        Flaw::SharedMailbox if shown.person.company.is_some() => {
            shown.email = format!("{}@{domain}", one_of(rng, &["info", "info", "sales", "office"]));
            Some(("DUP009", "Email", "a mailbox for several people"))
        }
        Flaw::ShortPhone => {
            shown.phone = shown.person.city.phone(rng);
            shown.phone.truncate(shown.phone.len() - 3);
            Some(("FMT004", "Phone", "too few digits"))
        }
        Flaw::LocalPhone => {
            shown.phone = at_home(&shown.person.city.phone(rng), shown.person.city.country);
            Some(("FMT004", "Phone", "written another way than the rest"))
        }
        Flaw::SpreadsheetPhone => {
            let digits = shown.person.city.phone(rng);
            shown.phone = format!("{}.{}E+10", &digits[1..2], &digits[2..5]);
            Some(("FMT007", "Phone", "a number with an exponent"))
        }
        Flaw::StrayCharacters => Some(match rng.u32(0..3) {
            0 => {
                shown.first.push('\u{a0}');
                ("FMT005", "FirstName", "a no-break space at the end")
            }
            1 => {
                shown.last.push(' ');
                ("FMT005", "LastName", "a space at the end")
            }
            _ => {
                shown.first.insert(1, '\u{200b}');
                ("FMT005", "FirstName", "a zero-width space inside")
            }
        }),
        Flaw::DamagedName => Some(match rng.u32(0..4) {
            0 => {
                "M\u{fffd}ller".clone_into(&mut shown.last);
                ("FMT006", "LastName", "a replacement character")
            }
            1 => {
                "????".clone_into(&mut shown.last);
                ("FMT006", "LastName", "question marks for a name")
            }
            _ => {
                // UTF-8 read as Windows-1252; for these names every byte stands for itself there.
                let name = one_of(rng, &["José", "Renée", "Björn", "Zoë"]);
                shown.first = name.bytes().map(char::from).collect();
                ("FMT006", "FirstName", "UTF-8 read as Windows-1252")
            }
        }),
        // The others show elsewhere in the row, or nowhere.
        _ => None,
    };
}

/// Varies a repeat the way `how` says.
fn vary(shown: &mut Identity, people: &People, how: Repeat, row: u64, rng: &mut Rng) {
    match how {
        Repeat::Exact => {}
        Repeat::Case => {
            shown.email = if happens(rng, 0.5) { shown.email.to_uppercase() } else { capitals(&shown.email) };
        }
        Repeat::Space => shown.email.push(' '),
        Repeat::PlusTag => {
            shown.email = shown.email.replace('@', one_of(rng, &["+news@", "+crm@", "+2026@", "+chat@"]));
        }
        Repeat::Typo => shown.email = slip(&shown.email, rng),
        Repeat::Nickname => {
            shown.email = People::private_mail(&shown.person, row, rng);
            if let Some(short) = shown.person.name.short() {
                short.clone_into(&mut shown.first);
            }
        }
        Repeat::NoEmail => shown.email.clear(),
        Repeat::Swapped => {
            shown.email = People::private_mail(&shown.person, row, rng);
            std::mem::swap(&mut shown.first, &mut shown.last);
        }
        Repeat::NewJob => {
            let (company, email) = people.new_job(&shown.person, row, rng);
            shown.email = email;
            shown.company = format!("{}{}", company.stem, company.legal_form);
            shown.person.city = company.city;
            shown.place = shown.place.as_ref().map(|_| (company.city.name, company.postcode.clone()));
            shown.person.company = Some(company);
        }
    }
    if matches!(how, Repeat::Exact | Repeat::Case | Repeat::Space | Repeat::PlusTag) {
        match rng.u32(0..20) {
            0..3 => {
                if let Some(short) = shown.person.name.short() {
                    short.clone_into(&mut shown.first);
                }
            }
            3 => shown.last = shown.last.to_uppercase(),
            4..7 => shown.phone.clear(),
            _ => {}
        }
    }
    if let Some(Company { stem, .. }) = shown.person.company.as_ref().filter(|_| happens(rng, 0.35)) {
        stem.clone_into(&mut shown.company);
    }
}

/// `mary.brown@x.example` as `Mary.Brown@x.example`.
fn capitals(email: &str) -> String {
    let mut start = true;
    let mut mailbox = true;
    email
        .chars()
        .map(|c| {
            mailbox &= c != '@';
            let c = if start && mailbox { c.to_ascii_uppercase() } else { c };
            start = !c.is_ascii_alphabetic();
            c
        })
        .collect()
}

/// One slip in the letters before the `@`: two swapped, one left out or one doubled.
fn slip(email: &str, rng: &mut Rng) -> String {
    let mailbox: Vec<usize> = email
        .bytes()
        .take_while(|&b| b != b'@')
        .enumerate()
        .filter(|(_, b)| b.is_ascii_lowercase())
        .map(|(i, _)| i)
        .collect();
    let at = mailbox[rng.usize(1..mailbox.len())];
    let bytes = email.as_bytes();
    let swappable = bytes[at - 1].is_ascii_lowercase() && bytes[at - 1] != bytes[at];
    let mut text = email.to_owned();
    match rng.u32(0..3) {
        0 if swappable => {
            let before = text.remove(at - 1);
            text.insert(at, before);
        }
        1 => {
            text.remove(at);
        }
        _ => text.insert(at, char::from(bytes[at])),
    }
    text
}
