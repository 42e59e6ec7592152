use proptest::prelude::*;

use super::super::Comparison;
use super::*;

/// The level of two full names, the same from both sides.
fn level(one: &str, other: &str) -> u8 {
    parts(PersonParts { full: one, ..PersonParts::default() }, PersonParts { full: other, ..PersonParts::default() })
}

fn parts(one: PersonParts<'_>, other: PersonParts<'_>) -> u8 {
    let names = PersonNames::new(&[one, other]);
    let level = names.level(0, 1);
    assert_eq!(level, names.level(1, 0), "{one:?} and {other:?}");
    level
}

fn columns<'a>(given: &'a str, family: &'a str) -> PersonParts<'a> {
    PersonParts { given, family, ..PersonParts::default() }
}

fn check(expected: u8, pairs: &[(&str, &str)]) {
    for (one, other) in pairs {
        let found = level(one, other);
        assert_eq!(LEVELS[usize::from(found)].name, LEVELS[usize::from(expected)].name, "{one} and {other}");
    }
}

#[test]
fn levels_are_a_distribution() {
    assert!(LEVELS.len() <= 12);
    assert!((LEVELS.iter().map(|level| level.prior).sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn the_same_name_in_many_dresses() {
    check(
        SAME,
        &[
            ("Ana Moss", "ANA MOSS"),
            ("Ana Moss", "Moss, Ana"),
            ("Ana M. Moss", "Moss, Ana M"),
            ("Dr. Ana Moss", "Ana Moss, PhD"),
            ("Mrs Ana Moss", "Ms. Ana Moss"),
            ("José Núñez", "Jose Nunez"),
            ("Zoë O'Brien", "Zoe OBrien"),
            ("Jean-Luc Moss", "Jean Luc Moss"),
            ("Mary Ann Moss", "MaryAnn Moss"),
            ("AnaMaria Moss", "Ana Maria Moss"),
            ("Дмитрий Орлов", "Dmitrii Orlov"),
            ("Νίκος Παππάς", "Nikos Pappas"),
            ("王 小明", "Wang Xiaoming"),
            ("Ana McCoy", "ana mccoy"),
            ("Lars von der Heide", "Heide, Lars von der"),
            ("Ana  Moss Jr.", "Ana Moss, Jr"),
        ],
    );
}

#[test]
fn names_in_another_order() {
    check(REORDERED, &[("Daniela Shaw", "Shaw Daniela"), ("Kim Min Ho", "Min Ho Kim")]);
    assert_eq!(parts(columns("Noah", "Reed"), columns("Reed", "Noah")), REORDERED);
    // With a slip inside, it is still one person, but less surely.
    assert_eq!(parts(columns("Daniella", "Shaw"), columns("Shaw", "Daniela")), LITTLE);
}

#[test]
fn additions() {
    check(
        ADDED,
        &[
            ("Ana Moss", "Ana Maria Moss"),
            ("Ana M. Moss", "Ana Maria Moss"),
            ("Ana Moss", "Ana M. Moss"),
            ("Ana Moss Jr.", "Ana Moss"),
            ("Robert Moss III", "Robert Moss"),
            ("Ana Smith-Moss", "Ana Moss"),
            ("Ana van der Berg", "Ana Berg"),
            ("Karim al-Hadid", "Karim Hadid"),
            ("Ana García López", "Ana García"),
            ("Maria Ana Moss", "Ana Moss"),
        ],
    );
}

#[test]
fn short_forms_and_initials() {
    check(
        SHORT,
        &[
            ("Bob Moss", "Robert Moss"),
            ("Bob Moss", "Rob Moss"),
            ("Liz Moss", "Elizabeth Moss"),
            ("Sepp Huber", "Josef Huber"),
            ("Paco Ruiz", "Francisco Ruiz"),
            ("Gosia Nowak", "Małgorzata Nowak"),
            ("Саша Иванов", "Александр Иванов"),
            ("Beppe Conti", "Giuseppe Conti"),
            ("Alex Moss", "Alexandra Moss"),
            ("Alex Moss", "Alexander Moss"),
            ("Pat Moss", "Patricia Moss"),
        ],
    );
    check(INITIAL, &[("A. Moss", "Ana Moss"), ("J.-L. Moss", "Jean-Luc Moss"), ("JL Moss", "Jean-Luc Moss")]);
    check(FAMILY_ONLY, &[("B. Moss", "Ana Moss")]);
}

#[test]
fn slips() {
    check(
        GIVEN_SLIP,
        &[
            ("Rbert Moss", "Robert Moss"),
            ("oNah Watkins", "Noah Watkins"),
            ("Sergey Orlov", "Sergej Orlov"),
            ("Katherine Moss", "Catherine Moss"),
            ("Marie Moss", "Mary Moss"),
            ("Muhammad Aziz", "Mohamed Aziz"),
            ("Johan Berg", "John Berg"),
        ],
    );
    check(
        FAMILY_SLIP,
        &[
            ("Ana Müller", "Ana Mueller"),
            ("Ana Smyth", "Ana Smith"),
            ("Ana Lindqvist", "Ana Lindquist"),
            ("Ana Gonzales", "Ana Gonzalez"),
            ("Ana Wtakins", "Ana Watkins"),
        ],
    );
    check(LITTLE, &[("Rbert Watkns", "Robert Watkins"), ("Robt Watkns", "Robert Watkins")]);
}

#[test]
fn what_is_not_one_person() {
    check(
        FAMILY_ONLY,
        &[
            ("Robert Moss Sr.", "Robert Moss Jr."),
            ("Robert Moss II", "Robert Moss III"),
            ("Patricia Moss", "Patrick Moss"),
            ("Daniel Moss", "Daniela Moss"),
            ("Alexander Moss", "Alexandra Moss"),
            ("Paul Moss", "Paula Moss"),
            ("Mario Rossi", "Maria Rossi"),
            ("Tim Moss", "Tom Moss"),
            ("Kim Moss", "Tim Moss"),
            ("Jan Moss", "Dan Moss"),
            ("Ana Moss", "Ida Moss"),
            ("Alex Moss", "Alexa Moss"),
            ("Luke Moss", "Lucas Moss"),
            ("Olga Orlova", "Inga Orlova"),
            ("George Moss", "Ana Moss"),
        ],
    );
    check(
        GIVEN_ONLY,
        &[("Ana Moss", "Ana Watkins"), ("Ana García López", "Ana García Pérez"), ("Ana Reed", "Ana Ford")],
    );
    check(DIFFERENT, &[("Ana Moss", "Robert Watkins"), ("Ana", "Robert"), ("???", "!!!"), ("Ana Moss", "-")]);
    // A middle name that contradicts speaks against all that agrees.
    check(LITTLE, &[("William G. Moss", "William W. Moss"), ("Ana Maria Moss", "Ana Lucia Moss")]);
    // One name twice is no second agreement.
    assert_eq!(parts(columns("George", "George"), columns("Ana", "George")), FAMILY_ONLY);
}

#[test]
fn one_part_only() {
    assert_eq!(parts(columns("Ana", ""), columns("Ana", "Moss")), ONE_PART);
    assert_eq!(parts(columns("", "Moss"), columns("Ana", "Moss")), ONE_PART);
    assert_eq!(parts(columns("", "Moss"), columns("Ana", "Watkins")), DIFFERENT);
    assert_eq!(parts(columns("Ana", ""), columns("Ana", "")), SAME);
    assert_eq!(parts(columns("Bob", ""), columns("Robert", "")), SHORT);
    assert_eq!(parts(columns("Ana", ""), columns("", "Moss")), GIVEN_ONLY);
    check(ONE_PART, &[("Mr. Watkins", "Robert Watkins"), ("Bob", "Robert Watkins")]);
    check(DIFFERENT, &[("Michaela", "Michelle Watkins")]);
}

#[test]
fn cells_that_hold_more_than_their_header_says() {
    let whole = PersonParts { family: "Ana Moss", ..PersonParts::default() };
    assert_eq!(parts(whole, columns("Ana", "Moss")), SAME);
    assert_eq!(parts(columns("Ana", "Ana Moss"), columns("Ana", "Moss")), SAME);
    assert_eq!(parts(columns("Ana M.", "Moss"), columns("Ana", "Moss")), ADDED);
    let full = PersonParts { given: "Ana", full: "Ana Moss", ..PersonParts::default() };
    assert_eq!(parts(full, columns("Ana", "Moss")), SAME);
    let suffix = PersonParts { suffix: "Jr.", ..columns("Robert", "Moss") };
    assert_eq!(parts(suffix, columns("Robert", "Moss Sr")), FAMILY_ONLY);
    assert_eq!(parts(suffix, columns("Robert", "Moss, Jr.")), SAME);
}

#[test]
fn terms_say_what_agrees() {
    let term = |one: &str, other: &str| {
        let names = [one, other].map(|full| PersonParts { full, ..PersonParts::default() });
        let names = PersonNames::new(&names);
        let level = names.level(0, 1);
        let [a, b] = [0, 1].map(|value| names.term(value, level));
        assert_eq!(a, b, "{one} and {other}");
        a
    };
    for (one, other) in [
        ("Ana Moss", "Moss, Ana"),
        ("Ana Moss", "Ana M. Moss"),
        ("Shaw Daniela", "Daniela Shaw"),
        ("Bob Moss", "Robert Moss"),
        ("A Moss", "Ana Moss"),
        ("Ana Moss", "Ana Watkins"),
        ("Ana Müller", "Ana Mueller"),
        ("Ana Moss", "Ida Moss"),
    ] {
        assert_ne!(term(one, other), 0, "{one} and {other}");
    }
    assert_eq!(term("Bob Moss", "Robert Moss"), term("Liz Moss", "Elizabeth Moss"));
    assert_eq!(term("Ana Moss", "Robert Watkins"), 0);
}

#[test]
fn near_names_meet_under_a_key() {
    for (one, other) in [
        ("Ana Moss", "Moss, Ana"),
        ("Bob Moss", "Robert Moss"),
        ("oNah Watkins", "Noah Watkins"),
        ("Rbert Moss", "Robert Moss"),
        ("Ana Wtakins", "Ana Watkins"),
        ("A. Moss", "Ana Moss"),
        ("Daniella Shaw", "Shaw Daniela"),
        ("Maria Ana Moss", "Ana Moss"),
        ("Catherine Moss", "Katherine Mos"),
        ("Watkins", "Robert Watkins"),
    ] {
        let names = [one, other].map(|full| PersonParts { full, ..PersonParts::default() });
        let names = PersonNames::new(&names);
        let [a, b] = [0, 1].map(|value| {
            let mut keys = Vec::new();
            names.keys(value, &mut keys);
            keys
        });
        assert!(a.iter().any(|key| b.contains(key)), "{one} and {other}");
        assert!(a.len() < 20, "{one}: {}", a.len());
    }
}

#[test]
fn a_hostile_cell_costs_no_more_than_a_name() {
    let long = "Ana Moss, ".repeat(100_000);
    let other = format!("{long}x");
    let letters = "a".repeat(1_000_000);
    let more = "a".repeat(1_000_001);
    let names: Vec<PersonParts<'_>> = [&long, &other, &letters, &more]
        .into_iter()
        .map(|full| PersonParts { full, given: "", middle: full, family: "", suffix: full })
        .collect();
    let names = PersonNames::new(&names);
    assert_ne!(names.level(0, 1), SAME);
    assert_ne!(names.level(2, 3), SAME);
    let mut keys = Vec::new();
    names.keys(0, &mut keys);
    assert!(keys.len() < 40);
}

proptest! {
    #[test]
    fn any_cells_compare(
        one in ["\\PC{0,12}", "[A-Za-zéß .,'-]{0,24}", "\\p{Any}{0,6}"],
        other in ["\\PC{0,12}", "[A-Za-zéß .,'-]{0,24}", "\\p{Any}{0,6}"],
    ) {
        let [a, b, c] = &one;
        let [x, y, z] = &other;
        let names = PersonNames::new(&[
            PersonParts { given: a, middle: c, family: b, full: c, suffix: "" },
            PersonParts { given: x, middle: z, family: y, full: z, suffix: a },
            PersonParts { full: b, ..PersonParts::default() },
            PersonParts { full: y, ..PersonParts::default() },
        ]);
        let mut keys = Vec::new();
        for one in 0..4 {
            prop_assert_eq!(names.level(one, one), 0);
            names.keys(one, &mut keys);
            for other in 0..4 {
                let level = names.level(one, other);
                prop_assert!(usize::from(level) < LEVELS.len());
                prop_assert_eq!(level, names.level(other, one));
                for level in 0..LEVELS.len() as u8 {
                    names.term(one, level);
                }
            }
        }
        let pairs: Vec<(u32, u32)> = (0..16).map(|pair| (pair / 4, pair % 4)).collect();
        let mut levels = vec![7];
        names.levels_of(&pairs, &mut levels);
        let one_by_one: Vec<u8> = pairs.iter().map(|(one, other)| names.level(*one, *other)).collect();
        prop_assert_eq!(&levels[1..], one_by_one);
    }

    #[test]
    fn short_names_are_told_apart_as_all_are(
        full in prop::collection::vec("(ana|bo|c|van|de)( (ana|bo|c|van|de|bo-ana)){1,3}", 2..6),
    ) {
        let part = |full| PersonParts { full, ..PersonParts::default() };
        let parts: Vec<PersonParts<'_>> = full.iter().map(|full| part(full.as_str())).collect();
        let names = PersonNames::new(&parts);
        let is_whole = |name: &&Name| name.given != NONE && name.family != NONE;
        for one in names.names.iter().filter(is_whole) {
            for other in names.names.iter().filter(is_whole) {
                prop_assert_eq!(names.contains(one, other), names.has_words_of(one, other), "{:?} {:?}", one, other);
            }
        }
    }
}

#[test]
fn men_women_and_couples_are_told_apart() {
    let pairs = "Karl/Klara Pierre/Perrine Ming/Ling Max/Maxine Sam/Samantha Fred/Frida Ali/Alia Dominic/Dominique \
        Patrick/Patrice Paul/Paula Erik/Erika Otto/Ottilie";
    for pair in pairs.split_whitespace() {
        let (his, hers) = pair.split_once('/').unwrap();
        check(FAMILY_ONLY, &[(&format!("{his} Moss"), &format!("{hers} Moss"))]);
    }
    check(
        FAMILY_ONLY,
        &[("Mr. Otto Moss", "Mrs. Otto Moss"), ("Otto and Ines Moss", "Otto Moss"), ("Otto & Ines Moss", "Ines Moss")],
    );
    check(SAME, &[("Mr. Otto Moss", "Otto Moss"), ("Otto and Ines Moss", "Otto & Ines Moss")]);
    check(SHORT, &[("Alex Moss", "Alexandra Moss"), ("Chris Moss", "Christine Moss")]);
    // A slip leaves no name of its own.
    check(GIVEN_SLIP, &[("Jessic Moss", "Jessica Moss")]);
    assert_eq!(parts(columns("Moss", "James"), columns("Jim", "Moss")), LITTLE, "columns swapped, and a short form");
}
