//! Weeks of chats and leads, with hours in which something stood still.

#![expect(clippy::format_push_string, reason = "exports of a test are short")]

use crate::evidence::EvidenceRow;
use crate::rules::testing::flagged;

/// 2026-09-07T00:00:00Z, a Monday, in seconds since 1970.
const START: i64 = 1_788_739_200;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What one chat is.
#[derive(Clone, Copy)]
struct Talk {
    /// When it ended, in seconds since 1970.
    at: i64,
    /// Whether it made a lead.
    made: bool,
    /// After how many seconds.
    late: i64,
}

/// A number in 0..1 that depends on nothing but `n`.
fn noise(n: u64) -> f64 {
    let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Poisson, by inversion.
fn poisson(mean: f64, n: u64) -> u64 {
    let (mut left, mut term, mut count) = (noise(n), (-mean).exp(), 0);
    while left > term && count < 1_000 {
        left -= term;
        count += 1;
        term *= mean / count as f64;
    }
    count
}

/// Chats of office hours on workdays, `rate` an hour from nine to five, over `weeks` weeks.
fn office(weeks: i64, rate: f64, seed: u64) -> Vec<Talk> {
    let mut all = Vec::new();
    for day in (0..weeks * 7).filter(|day| day % 7 < 5) {
        for hour in 9..17 {
            let n = seed * 1_000_000 + (day * 24 + hour) as u64;
            for chat in 0..poisson(rate, n) {
                let at = START + day * DAY + hour * HOUR + (noise(n * 1_000 + chat + 1) * 3_600.0) as i64;
                all.push(Talk { at, made: true, late: 5 });
            }
        }
    }
    all
}

/// Chats as they are exported, and the leads that they made. `zone` is the offset in which the clock of the talks is.
fn exports(talks: &[Talk]) -> (String, String) {
    let mut chats = "chat_id,started_at,ended_at,visitor_email\n".to_owned();
    let mut leads = "Id,Email,CreatedDate,Chat_Id__c\n".to_owned();
    for (n, talk) in talks.iter().enumerate() {
        let time = |at: i64| chrono::DateTime::from_timestamp(at, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        chats += &format!("c{n},{},{},v{n}@acme.example\n", time(talk.at), time(talk.at));
        if talk.made {
            leads += &format!("{n},v{n}@acme.example,{},c{n}\n", time(talk.at + talk.late));
        }
    }
    (chats, leads)
}

fn gaps(toml: &str, talks: &[Talk]) -> Vec<EvidenceRow> {
    let (chats, leads) = exports(talks);
    flagged("SYN005", toml, &[("chat", &chats), ("lead", &leads)])
}

fn at(day: i64, hour: i64) -> i64 {
    START + day * DAY + hour * HOUR
}

#[test]
fn hours_of_a_working_day_without_chats_are_one_gap() {
    let mut talks = office(5, 6.0, 1);
    talks.retain(|talk| !(at(16, 11)..at(16, 15)).contains(&talk.at));
    let found = gaps("", &talks);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].value.as_deref(), Some("2026-09-23T11:00:00Z to 2026-09-23T15:00:00Z"));
    assert_eq!(found[0].source, "chat");
    let said = &found[0].detail;
    assert!(said.starts_with("no chat began from Wed 2026-09-23 11:00 to 15:00 (UTC), where other weeks"), "{said}");
    // What stands still overnight is silent at both ends of the night.
    let mut talks = office(5, 6.0, 1);
    talks.retain(|talk| !(at(16, 13)..at(17, 12)).contains(&talk.at));
    let found = gaps("", &talks);
    assert_eq!(found[0].value.as_deref(), Some("2026-09-23T13:00:00Z to 2026-09-24T12:00:00Z"), "{found:?}");
}

#[test]
fn healthy_weeks_are_silent() {
    for seed in 0..40 {
        for (weeks, rate) in [(4, 0.3), (5, 2.0), (9, 8.0)] {
            let found = gaps("", &office(weeks, rate, seed));
            assert!(found.is_empty(), "{seed}, {weeks} weeks, {rate} an hour: {found:?}");
        }
    }
}

#[test]
fn days_off_early_closes_and_late_openings_are_no_gaps() {
    for (what, from, to) in [
        ("a holiday", at(16, 0), at(17, 0)),
        ("two holidays and the weekend after them", at(17, 0), at(21, 0)),
        ("a week off", at(14, 0), at(21, 0)),
        ("an early close", at(16, 12), at(17, 0)),
        ("an early close before a holiday", at(16, 12), at(18, 0)),
        ("a late opening", at(16, 0), at(16, 13)),
        ("the end of the period", at(32, 12), at(35, 0)),
    ] {
        let mut talks = office(5, 8.0, 2);
        talks.retain(|talk| !(from..to).contains(&talk.at));
        assert!(gaps("", &talks).is_empty(), "{what}");
    }
}

#[test]
fn leads_that_stay_away_while_chats_go_on_are_an_error() {
    for (from, to) in [(at(16, 11), at(16, 15)), (at(15, 0), at(18, 0)), (at(14, 0), at(18, 17))] {
        let mut talks = office(5, 6.0, 3);
        for talk in &mut talks {
            talk.made = !(from..to).contains(&talk.at);
        }
        let found = gaps("[sync]\npage-to = \"on-call\"", &talks);
        assert_eq!(found.len(), 1, "{found:?}");
        let said = &found[0].detail;
        assert!(
            said.starts_with("no chat made a lead from ") && said.ends_with("that ought to; page on-call"),
            "{said}"
        );
        // Leads that came when the queue moved again leave the same hours empty.
        let mut talks = office(5, 6.0, 3);
        for talk in talks.iter_mut().filter(|talk| (from..to).contains(&talk.at)) {
            talk.late = to - talk.at + 60;
        }
        assert_eq!(gaps("", &talks).len(), 1);
    }
}

#[test]
fn no_lead_was_to_be_expected_where_nobody_qualified_or_chatted() {
    let (from, to) = (at(16, 0), at(17, 0));
    let mut talks = office(5, 6.0, 4);
    talks.retain(|talk| !(from..to).contains(&talk.at));
    assert!(gaps("", &talks).is_empty(), "a holiday");
    // A thin day: two chats that nobody answered.
    talks.extend([Talk { at: at(16, 10), made: false, late: 0 }, Talk { at: at(16, 14), made: false, late: 0 }]);
    assert!(gaps("", &talks).is_empty(), "a holiday with two chats");
    // Leads of another period than the chats'.
    let mut talks = office(5, 6.0, 4);
    for talk in &mut talks {
        talk.made = talk.at < at(28, 0);
    }
    assert!(gaps("", &talks).is_empty(), "an export that ends a week earlier");
    // Nearly every chat is of somebody who is known.
    let mut talks = office(5, 6.0, 4);
    for (n, talk) in talks.iter_mut().enumerate() {
        talk.made = n % 12 == 0;
    }
    assert!(gaps("", &talks).is_empty(), "few leads, in no rhythm");
}

#[test]
fn thin_or_short_traffic_and_crude_times_are_said() {
    let (chats, leads) = exports(&office(5, 0.05, 5));
    let cannot = |chats: &str, leads: &str| flagged("SYN005", "", &[("chat", chats), ("lead", leads)]);
    assert!(cannot(&chats, &leads).is_empty());
    let mut talks = office(3, 6.0, 5);
    talks.retain(|talk| !(at(9, 10)..at(9, 15)).contains(&talk.at));
    assert!(gaps("", &talks).is_empty(), "three weeks tell no rhythm");
    let mut talks = office(4, 6.0, 5);
    talks.retain(|talk| !(at(9, 10)..at(9, 15)).contains(&talk.at));
    assert_eq!(gaps("", &talks).len(), 1, "four weeks do");
    let (chats, leads) = exports(&talks);
    let days = |text: &str| {
        let cut = |cell: &str| if cell.ends_with('Z') { cell[..10].to_owned() } else { cell.to_owned() };
        let line = |line: &str| line.split(',').map(cut).collect::<Vec<_>>().join(",");
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    assert!(cannot(&days(&chats), &days(&leads)).is_empty(), "dates");
}

#[test]
fn weekday_and_hour_are_those_of_the_zone() {
    // Office hours in New York over the end of summer time, 2026-11-01: an hour later in UTC from then on.
    let begin = 1_791_763_200; // 2026-10-12, a Monday
    let zone: chrono_tz::Tz = "America/New_York".parse().unwrap();
    let mut talks = Vec::new();
    for talk in office(6, 6.0, 6) {
        let naive = chrono::DateTime::from_timestamp(talk.at - START + begin, 0).unwrap().naive_utc();
        let local = chrono::TimeZone::from_local_datetime(&zone, &naive).earliest().unwrap();
        talks.push(Talk { at: local.timestamp(), ..talk });
    }
    assert!(gaps("[audit]\ntimezone = \"America/New_York\"", &talks).is_empty());
    let hole = begin + 23 * DAY + 11 * HOUR + 5 * HOUR;
    talks.retain(|talk| !(hole..hole + 4 * HOUR).contains(&talk.at));
    let found = gaps("[audit]\ntimezone = \"America/New_York\"", &talks);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].detail.contains("from Wed 2026-11-04 11:00 to 15:00 (America/New_York)"), "{}", found[0].detail);
    assert_eq!(found[0].value.as_deref(), Some("2026-11-04T16:00:00Z to 2026-11-04T20:00:00Z"));
}

#[test]
fn an_hour_that_clocks_skip_is_not_silent() {
    // Round the clock, 40 an hour, over 2026-03-29, when Berlin has no hour from two to three.
    let begin = 1_772_409_600; // 2026-03-02, a Monday
    let talks: Vec<Talk> = (0..6 * 7 * 24 * 40).map(|n| Talk { at: begin + n * 90 + 7, made: true, late: 5 }).collect();
    assert!(gaps("[audit]\ntimezone = \"Europe/Berlin\"", &talks).is_empty());
    let hole = begin + 20 * DAY + 3 * HOUR;
    let with: Vec<Talk> = talks.into_iter().filter(|talk| !(hole..hole + HOUR).contains(&talk.at)).collect();
    assert_eq!(gaps("[audit]\ntimezone = \"Europe/Berlin\"", &with).len(), 1, "one hour of forty chats");
}

#[test]
fn counts_that_scatter_need_longer_silences() {
    // Chats come in bursts of thirty, in one hour of three: silent hours are their way.
    let bursts = |seed: u64| -> Vec<Talk> {
        let mut all = Vec::new();
        for hour in 0..5 * 7 * 24 {
            if noise(seed * 100_000 + hour) < 0.34 {
                all.extend((0..30).map(|n| Talk {
                    at: START + hour.cast_signed() * HOUR + n * 100,
                    made: true,
                    late: 5,
                }));
            }
        }
        all
    };
    for seed in 0..20 {
        let found = gaps("", &bursts(seed));
        assert!(found.is_empty(), "{seed}: {found:?}");
    }
}

#[test]
fn a_chance_that_is_none_is_refused() {
    let rule = crate::rules::by_code("SYN005").unwrap();
    let said = |chance: f64| rule.validate(&toml::Table::from_iter([("chance".to_owned(), chance.into())]));
    assert!(said(0.0).is_err() && said(1.0).is_err() && said(f64::NAN).is_err());
    assert!(said(0.01).is_ok());
}
