//! Which fields land where, among small exports whose answer is known.

use std::fmt::Write as _;

use super::*;
use crate::normalise::testing::facts_of;

const CONFIG: &str = "";

/// A chat and its lead, as rows; `n` is the number of the pair.
fn exports(
    pairs: u32,
    chat: impl Fn(u32) -> String,
    lead: impl Fn(u32) -> String,
    headers: (&str, &str),
) -> [String; 2] {
    let mut chats = format!("chat_id,started_at,ended_at,visitor_email,{}\n", headers.0);
    let mut leads = format!("Id,CreatedDate,Email,Chat_Id__c,OwnerId,{}\n", headers.1);
    for n in 0..pairs {
        let (day, hour, minute) = (1 + n % 28, 8 + n / 28 % 10, n % 50);
        let at = format!("2026-10-{day:02}T{hour:02}:{minute:02}");
        let _ = writeln!(chats, "c{n},{at}:00Z,{at}:30Z,v{n}@site{}.example,{}", n % 7, chat(n));
        let _ = writeln!(leads, "L{n},{at}:40Z,V{n}@Site{}.example,c{n},O{},{}", n % 7, n % 3, lead(n));
    }
    [chats, leads]
}

/// What is inferred, in words, and the facts.
fn inferred(texts: &[String; 2]) -> Vec<String> {
    let (tables, facts) = facts_of(CONFIG, &[("chat", &texts[0]), ("lead", &texts[1])]);
    let name = |(source, column): (usize, usize)| tables[source].source.header(column).to_owned();
    facts
        .inferred()
        .iter()
        .map(|one| {
            let kind = one.kind.map(|kind| format!(" {kind:?}")).unwrap_or_default();
            let link = if one.is_link { " link" } else { "" };
            format!("{} -> {} {}{kind}{link}", name(one.from), name(one.to), one.how.as_str())
        })
        .collect()
}

const REASONS: [&str; 5] = ["Pricing", "Migration", "Support", "Demo", "Security"];
const CODES: [&str; 5] = ["PRC", "MIG", "SUP", "DEM", "SEC"];

#[test]
fn every_way_of_landing_is_found_and_nothing_else() {
    let texts = exports(
        300,
        |n| {
            let reason = REASONS[(n * 7 % 5) as usize];
            let plan = ["basic", "team", "firm"][(n / 3 % 3) as usize];
            let consent = if n * 13 % 10 < 4 { "yes" } else { "no" };
            format!("Ana{} Lopez{n},+1 202 555 {:04},{reason},{plan},{consent},{},web", n % 17, n, n * 37 % 1000)
        },
        |n| {
            let code = CODES[(n * 7 % 5) as usize];
            let plan = ["BASIC", "Team ", "firm"][(n / 3 % 3) as usize];
            let consent = if n * 13 % 10 < 4 { "true" } else { "false" };
            format!("Ana{},Lopez{n},(202) 555-{n:04},{code},{plan},{consent},asked on the website,Chat,false", n % 17)
        },
        (
            "visitor_name,visitor_phone,reason,plan,opted,visit_number,channel",
            "FirstName,LastName,Phone,Reason__c,Plan__c,Opted__c,Description,LeadSource,DoNotCall",
        ),
    );
    assert_eq!(
        inferred(&texts),
        [
            "chat_id -> Chat_Id__c equal link",
            "visitor_email -> Email equal Email",
            "visitor_name -> FirstName part",
            "visitor_name -> LastName part",
            "visitor_phone -> Phone equal Phone",
            "reason -> Reason__c translated",
            "plan -> Plan__c equal",
            "opted -> Opted__c equal Boolean",
        ]
    );
}

#[test]
fn what_agrees_by_chance_lands_nowhere() {
    // Both mostly false, both mostly one value, and an owner that follows from the reason.
    let texts = exports(
        400,
        |n| format!("{},{},{}", n % 23 == 0, if n % 31 == 0 { "Berlin" } else { "Paris" }, REASONS[(n % 3) as usize]),
        |n| {
            format!(
                "{},{},{}",
                n % 29 == 0,
                if n % 37 == 0 { "Berlin" } else { "Paris" },
                ["New", "Open"][(n % 2) as usize]
            )
        },
        ("transferred,city,reason", "HasOptedOutOfEmail,City,Status"),
    );
    assert_eq!(inferred(&texts), ["chat_id -> Chat_Id__c equal link", "visitor_email -> Email equal Email"]);
}

#[test]
fn a_value_among_notes_lands_there_only_where_it_lands_nowhere_else() {
    let texts = exports(
        120,
        |n| format!("{},{}", REASONS[(n * 7 % 5) as usize], ["Red", "Green", "Blue", "Pink"][(n * 3 % 4) as usize]),
        |n| {
            let reason = REASONS[(n * 7 % 5) as usize];
            let colour = ["Red", "Green", "Blue", "Pink"][(n * 3 % 4) as usize];
            format!("{reason},\"Reason: {reason}; colour: {colour}; asked on the website\"")
        },
        ("reason,colour", "Reason__c,Description"),
    );
    let found = inferred(&texts);
    assert_eq!(found[2..], ["reason -> Reason__c equal", "colour -> Description contained"], "{found:?}");
}

#[test]
fn most_values_are_enough_and_few_pairs_are_not() {
    let of = |pairs| {
        exports(
            pairs,
            |n| REASONS[(n * 7 % 5) as usize].to_owned(),
            |n| if n % 10 == 0 { String::new() } else { REASONS[(n * 7 % 5) as usize].to_owned() },
            ("reason", "Reason__c"),
        )
    };
    assert!(inferred(&of(100)).contains(&"reason -> Reason__c equal".to_owned()));
    assert!(inferred(&of(2)).is_empty());
}

#[test]
fn the_sample_is_bounded_and_the_same_in_any_order() {
    let of = |turned: bool| {
        exports(
            6_000,
            move |n| REASONS[(if turned { 5_999 - n } else { n } % 5) as usize].to_owned(),
            move |n| REASONS[(if turned { 5_999 - n } else { n } % 5) as usize].to_owned(),
            ("reason", "Reason__c"),
        )
    };
    let texts = of(false);
    let (tables, facts) = facts_of(CONFIG, &[("chat", &texts[0]), ("lead", &texts[1])]);
    let matrix = &facts.agreement()[0];
    assert_eq!((matrix.linked, matrix.sampled), (6_000, SAMPLE as u64));
    let turned = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.join("\n")
    };
    let (_, other) = facts_of(CONFIG, &[("chat", &turned(&texts[0])), ("lead", &turned(&texts[1]))]);
    assert_eq!(matrix.cells, other.agreement()[0].cells);
    assert_eq!(matrix.cell(0, tables[1].source.column_named("Chat_Id__c").unwrap()).unwrap().exact, SAMPLE as u64);
}

#[test]
fn one_field_may_be_filled_by_two_and_a_copy_of_a_field_is_no_second_one() {
    let texts = exports(
        200,
        |n| {
            let (first, second) = if n % 2 == 0 {
                (format!("c{}", n % 7), String::new())
            } else {
                (String::new(), format!("c{}", n % 9))
            };
            format!("{first},{second},v{n}@site{}.example", n % 7)
        },
        |n| if n % 2 == 0 { format!("c{}", n % 7) } else { format!("c{}", n % 9) },
        ("campaign,utm_campaign,contact_address", "Campaign__c"),
    );
    let found = inferred(&texts);
    assert_eq!(
        found[1..],
        ["visitor_email -> Email equal Email", "campaign -> Campaign__c equal", "utm_campaign -> Campaign__c equal"],
        "{found:?}"
    );
}

#[test]
fn seconds_since_1970_are_times() {
    let texts = exports(
        100,
        |n| format!("{}", 1_783_128_327_i64 + i64::from(n) * 977),
        |n| {
            let at = chrono::DateTime::from_timestamp(1_783_128_327 + i64::from(n) * 977, 0).unwrap();
            at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
        },
        ("seen", "First_Seen__c"),
    );
    assert_eq!(inferred(&texts)[2..], ["seen -> First_Seen__c equal Timestamp"]);
}

#[test]
fn some_words_may_be_translated_and_the_rest_equal() {
    let texts = exports(
        150,
        |n| REASONS[(n * 7 % 5) as usize].to_owned(),
        |n| match REASONS[(n * 7 % 5) as usize] {
            "Demo" => "Demonstration".to_owned(),
            other => other.to_lowercase(),
        },
        ("reason", "Reason__c"),
    );
    let (_, facts) = facts_of(CONFIG, &[("chat", &texts[0]), ("lead", &texts[1])]);
    let reason = facts.inferred().iter().find(|one| one.names.0 == "chat.reason").unwrap();
    assert_eq!(
        (reason.how, reason.values.as_slice()),
        (How::Equal, &[("Demo".to_owned(), "Demonstration".to_owned())][..])
    );
}

#[test]
fn times_that_are_hours_off_or_stamped_to_the_minute_land_all_the_same() {
    let start = 1_783_128_327_i64;
    let at = |n: u32| start + i64::from(n) * 977;
    let shown = |at: i64, form: &str| chrono::DateTime::from_timestamp(at, 0).unwrap().format(form).to_string();
    let texts = exports(
        100,
        |n| format!("{},{}", shown(at(n), "%Y-%m-%dT%H:%M:%SZ"), shown(at(n + 7), "%Y-%m-%d %H:%M:%S")),
        |n| format!("{},{}", shown(at(n) + 7_200, "%Y-%m-%dT%H:%M:%SZ"), shown(at(n + 7), "%d %b %Y %H:%M")),
        ("seen,called", "First_Seen__c,Callback__c"),
    );
    let found = inferred(&texts);
    let expected = ["seen -> First_Seen__c equal Timestamp", "called -> Callback__c equal Timestamp"];
    assert_eq!(found[2..], expected, "{found:?}");
    let (_, facts) = facts_of(CONFIG, &[("chat", &texts[0]), ("lead", &texts[1])]);
    assert_eq!(facts.inferred().iter().map(|one| one.offset).collect::<Vec<_>>(), [0, 0, 120, 0]);
}

#[test]
fn epochs_and_local_times_of_an_unknown_zone_are_the_times_they_stand_for() {
    // Seen some hours before 2026-10-01, at any second; the lead's clock runs four hours behind, as its creation shows.
    let seen = |n: u32| 1_790_800_000 + i64::from(n) * 7_919;
    let wall = |n: u32| {
        let at = chrono::DateTime::from_timestamp(seen(n) - 4 * 3_600, 0).unwrap();
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    };
    let mut chats = "chat_id,started_at,ended_at,visitor_email,first_seen,number\n".to_owned();
    let mut leads = "Id,CreatedDate,Email,Chat_Id__c,First_Seen__c,Number__c\n".to_owned();
    for n in 0..200 {
        let (day, hour, minute) = (1 + n % 28, 8 + n / 28 % 10, n % 50);
        let _ = writeln!(
            chats,
            "c{n},2026-10-{day:02}T{hour:02}:{minute:02}:00Z,2026-10-{day:02}T{hour:02}:{minute:02}:30Z,v{n}@x.example,{},{}",
            seen(n),
            2_125_550_000_u32 + n
        );
        let local = hour - 4;
        let _ = writeln!(leads, "L{n},2026-10-{day:02} {local:02}:{minute:02}:40,v{n}@x.example,c{n},{},{n}", wall(n));
    }
    let said = inferred(&[chats, leads]);
    assert!(said.contains(&"first_seen -> First_Seen__c equal Timestamp".to_owned()), "{said:?}");
    assert!(!said.iter().any(|one| one.starts_with("number")), "{said:?}");
}

#[test]
fn of_two_equal_fields_the_one_with_the_role_lands() {
    let mut texts =
        exports(60, |n| format!("v{n}@site{}.example", n % 7), |_| String::new(), ("author_Email", "Note__c"));
    texts[0] = texts[0].replace("visitor_email", "contact_email");
    let said = inferred(&texts);
    assert!(said.contains(&"contact_email -> Email equal Email".to_owned()), "{said:?}");
}
