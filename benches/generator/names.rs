//! Invented names: given names with their short forms, family names, and how they turn into mailbox names.
//!
//! Common names stand first and are drawn often: in a million leads, hundreds of different people share one full name.
//! A quarter of the family names are put together from syllables, so that rare names exist too.

use fastrand::Rng;

use super::draw::{Weighted, happens};

/// Given names, common ones first, each with a short form where people use one.
const GIVEN: &[(&str, &str)] = &[
    ("James", "Jim"),
    ("Mary", ""),
    ("Robert", "Bob"),
    ("Jennifer", "Jen"),
    ("Michael", "Mike"),
    ("Linda", ""),
    ("William", "Bill"),
    ("Elizabeth", "Liz"),
    ("David", "Dave"),
    ("Susan", "Sue"),
    ("Richard", "Rick"),
    ("Jessica", "Jess"),
    ("Joseph", "Joe"),
    ("Sarah", ""),
    ("Thomas", "Tom"),
    ("Karen", ""),
    ("Christopher", "Chris"),
    ("Margaret", "Peggy"),
    ("Daniel", "Dan"),
    ("Lisa", ""),
    ("Matthew", "Matt"),
    ("Nancy", ""),
    ("Anthony", "Tony"),
    ("Sandra", "Sandy"),
    ("Steven", "Steve"),
    ("Ashley", ""),
    ("Andrew", "Andy"),
    ("Emily", "Em"),
    ("Kenneth", "Ken"),
    ("Kimberly", "Kim"),
    ("Joshua", "Josh"),
    ("Donna", ""),
    ("Kevin", ""),
    ("Michelle", ""),
    ("Brian", ""),
    ("Carol", ""),
    ("Edward", "Ed"),
    ("Amanda", "Mandy"),
    ("Timothy", "Tim"),
    ("Melissa", "Mel"),
    ("Jason", ""),
    ("Deborah", "Debbie"),
    ("Jeffrey", "Jeff"),
    ("Stephanie", "Steph"),
    ("Ryan", ""),
    ("Rebecca", "Becky"),
    ("Jacob", "Jake"),
    ("Laura", ""),
    ("Nicholas", "Nick"),
    ("Cynthia", "Cindy"),
    ("Eric", ""),
    ("Kathleen", "Kathy"),
    ("Jonathan", "Jon"),
    ("Amy", ""),
    ("Stephen", "Steve"),
    ("Angela", "Angie"),
    ("Larry", ""),
    ("Anna", ""),
    ("Justin", ""),
    ("Pamela", "Pam"),
    ("Scott", ""),
    ("Emma", ""),
    ("Brandon", ""),
    ("Nicole", "Nicky"),
    ("Benjamin", "Ben"),
    ("Helen", ""),
    ("Samuel", "Sam"),
    ("Samantha", "Sam"),
    ("Gregory", "Greg"),
    ("Katherine", "Kate"),
    ("Alexander", "Alex"),
    ("Christine", "Chris"),
    ("Patrick", "Pat"),
    ("Rachel", ""),
    ("Frank", ""),
    ("Carolyn", ""),
    ("Raymond", "Ray"),
    ("Janet", "Jan"),
    ("Jack", ""),
    ("Maria", ""),
    ("Dennis", ""),
    ("Heather", ""),
    ("Jerry", ""),
    ("Diane", ""),
    ("Tyler", ""),
    ("Olivia", "Liv"),
    ("Aaron", ""),
    ("Julie", ""),
    ("Peter", "Pete"),
    ("Victoria", "Vicky"),
    ("Adam", ""),
    ("Ruth", ""),
    ("Nathan", "Nate"),
    ("Sofia", ""),
    ("Henry", "Harry"),
    ("Lauren", ""),
    ("Zachary", "Zach"),
    ("Christina", "Tina"),
    ("Douglas", "Doug"),
    ("Megan", ""),
    ("Oliver", "Olly"),
    ("Priya", ""),
    ("Mohammed", ""),
    ("Aisha", ""),
    ("Wei", ""),
    ("Yuki", ""),
    ("Ahmed", ""),
    ("Fatima", ""),
    ("Carlos", ""),
    ("Ana", ""),
    ("Luis", ""),
    ("Elena", ""),
    ("Miguel", ""),
    ("Ingrid", ""),
    ("Arjun", ""),
    ("Nadia", ""),
    ("Hassan", ""),
    ("Chloe", ""),
    ("Lucas", ""),
    ("Mia", ""),
    ("Ethan", ""),
    ("Grace", ""),
    ("Owen", ""),
    ("Hannah", ""),
    ("Leo", ""),
    ("Ivy", ""),
    ("José", ""),
    ("Renée", ""),
    ("André", ""),
    ("Zoë", ""),
    ("Jürgen", ""),
    ("Björn", ""),
    ("Inês", ""),
    ("Noémie", ""),
    ("Sinéad", ""),
    ("Søren", ""),
    ("François", ""),
    ("Begoña", ""),
    ("Anne-Marie", ""),
    ("Jean-Luc", ""),
    ("Théo", ""),
    ("Raúl", ""),
];

/// Family names, common ones first.
const FAMILY: &[&str] = &[
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Rodriguez",
    "Martinez",
    "Wilson",
    "Anderson",
    "Taylor",
    "Thomas",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Thompson",
    "White",
    "Lopez",
    "Gonzalez",
    "Harris",
    "Clark",
    "Lewis",
    "Robinson",
    "Walker",
    "Hall",
    "Young",
    "Allen",
    "Sanchez",
    "Wright",
    "King",
    "Scott",
    "Green",
    "Baker",
    "Adams",
    "Nelson",
    "Hill",
    "Ramirez",
    "Campbell",
    "Mitchell",
    "Roberts",
    "Carter",
    "Phillips",
    "Evans",
    "Turner",
    "Torres",
    "Parker",
    "Collins",
    "Edwards",
    "Stewart",
    "Flores",
    "Morris",
    "Nguyen",
    "Murphy",
    "Rivera",
    "Cook",
    "Rogers",
    "Morgan",
    "Peterson",
    "Cooper",
    "Reed",
    "Bailey",
    "Bell",
    "Gomez",
    "Kelly",
    "Howard",
    "Ward",
    "Cox",
    "Diaz",
    "Richardson",
    "Wood",
    "Watson",
    "Brooks",
    "Bennett",
    "Gray",
    "James",
    "Reyes",
    "Cruz",
    "Hughes",
    "Price",
    "Myers",
    "Long",
    "Foster",
    "Sanders",
    "Ross",
    "Morales",
    "Powell",
    "Sullivan",
    "Russell",
    "Ortiz",
    "Jenkins",
    "Gutierrez",
    "Perry",
    "Butler",
    "Barnes",
    "Fisher",
    "Henderson",
    "Coleman",
    "Patel",
    "Khan",
    "Singh",
    "Chen",
    "Wang",
    "Kim",
    "Park",
    "Ali",
    "Shah",
    "Kaur",
    "Tanaka",
    "Sato",
    "Silva",
    "Costa",
    "Rossi",
    "Moreau",
    "Laurent",
    "Weber",
    "Fischer",
    "Wagner",
    "Becker",
    "Hoffmann",
    "Jensen",
    "Larsen",
    "Nilsson",
    "Kowalski",
    "Novak",
    "Ivanova",
    "Petrov",
    "Cohen",
    "O'Brien",
    "O'Connor",
    "MacDonald",
    "McCarthy",
    "Van Dyke",
    "De la Cruz",
    "Müller",
    "Schröder",
    "Núñez",
    "Peña",
    "Ibáñez",
    "Sørensen",
    "Lefèvre",
    "Gonçalves",
    "Smith-Jones",
    "Null",
    "Test",
];

/// First halves of family names that are put together.
const HEADS: &[&str] = &[
    "Al", "Ash", "Bar", "Birch", "Black", "Brad", "Bran", "Brent", "Burn", "Cal", "Carl", "Chad", "Clay", "Crom",
    "Dal", "Den", "Dun", "East", "Ed", "El", "Fair", "Farn", "Fen", "Gar", "Glen", "Gran", "Hal", "Ham", "Har", "Hart",
    "Hay", "Hazel", "Hol", "Hunt", "Ken", "Kil", "Lang", "Lin", "Lock", "Mal", "Mar", "Mel", "Mil", "Nor", "Oak",
    "Old", "Pem", "Pen", "Ral", "Red", "Rock", "Rush", "Sel", "Shel", "Stan", "Sud", "Thorn", "Wal", "Wat", "Whit",
    "Win", "Wood",
];

/// Second halves of family names that are put together.
const TAILS: &[&str] = &[
    "bank", "beck", "berry", "born", "bourne", "bridge", "brook", "burn", "bury", "by", "combe", "cot", "croft",
    "dale", "den", "don", "field", "ford", "gate", "ham", "hill", "holt", "house", "hurst", "land", "ley", "low",
    "man", "mere", "mont", "more", "ridge", "shaw", "son", "stead", "stock", "stone", "stow", "ton", "vale", "wall",
    "way", "well", "wick", "wood", "worth",
];

/// A full name, as positions in the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    given: u16,
    family: u16,
}

impl Name {
    /// The given name.
    pub(crate) fn given(self) -> &'static str {
        GIVEN[usize::from(self.given)].0
    }

    /// The short form of the given name, where people use one.
    pub(crate) fn short(self) -> Option<&'static str> {
        Some(GIVEN[usize::from(self.given)].1).filter(|short| !short.is_empty())
    }

    /// The family name.
    pub(crate) fn family(self) -> String {
        let family = usize::from(self.family);
        match family.checked_sub(FAMILY.len()) {
            None => FAMILY[family].to_owned(),
            Some(made) => format!("{}{}", HEADS[made / TAILS.len()], TAILS[made % TAILS.len()]),
        }
    }

    /// Whether `other` has the same family name.
    pub(crate) fn family_is(self, other: Self) -> bool {
        self.family == other.family
    }

    /// This given name with `other`'s family name.
    pub(crate) fn married_to(self, other: Self) -> Self {
        Self { family: other.family, ..self }
    }
}

/// Tables to draw names from.
#[derive(Debug)]
pub(crate) struct Names {
    given: Weighted,
    family: Weighted,
}

impl Names {
    pub(crate) fn new() -> Self {
        Self { given: Weighted::falling(GIVEN.len()), family: Weighted::falling(FAMILY.len()) }
    }

    /// A name.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Name {
        let given = self.given.draw(rng) as u16;
        let family = if happens(rng, 0.25) {
            (FAMILY.len() + rng.usize(..HEADS.len() * TAILS.len())) as u16
        } else {
            self.family.draw(rng) as u16
        };
        Name { given, family }
    }
}

/// Appends `name` to `mailbox` the way mailboxes are named: lower case, without accents, spaces and apostrophes.
pub(crate) fn push_mailbox(mailbox: &mut String, name: &str) {
    for c in name.chars().flat_map(char::to_lowercase) {
        mailbox.push(match c {
            'a'..='z' | '0'..='9' | '-' => c,
            'á' | 'à' | 'ã' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' => 'i',
            'ö' | 'ø' | 'ó' => 'o',
            'ü' | 'ú' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            _ => continue,
        });
    }
}
