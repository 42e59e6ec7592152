//! Latency figures against a computation of their own from the moments that the exports were written from: mixed zones,
//! clocks that change in both directions, clocks that go wrong; and what crude stamps leave unsaid.

#![expect(clippy::format_push_string, reason = "exports of a test are short")]

use std::collections::BTreeMap;

use chrono::{DateTime, LocalResult, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use crate::support::{Desk, array, text};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;

/// One chat and the lead that it made: moments in milliseconds since 1970, the lead's by the clock of the CRM.
#[derive(Clone, Copy)]
struct Talk {
    started: i64,
    ended: i64,
    created: i64,
}

/// Chats of most of 2026, many of them around the hours in which clocks in Berlin and New York change.
fn talks(seed: u64) -> Vec<Talk> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp_millis();
    let changes = [
        at("2026-03-29T01:00:00Z"),
        at("2026-10-25T01:00:00Z"),
        at("2026-03-08T07:00:00Z"),
        at("2026-11-01T06:00:00Z"),
    ];
    let (from, to) = (at("2026-02-15T00:00:00Z"), at("2026-11-20T00:00:00Z"));
    let mut all = Vec::new();
    for n in 0..900 {
        let started = match n % 3 {
            0 => changes[rng.usize(..4)] + rng.i64(-3 * HOUR..3 * HOUR),
            _ => rng.i64(from..to),
        } / SECOND
            * SECOND;
        let ended = started + rng.i64(60..2_400) * SECOND;
        let latency = match rng.u32(..100) {
            0..80 => rng.i64(1..29) * SECOND + rng.i64(0..SECOND),
            80..95 => rng.i64(30..299) * SECOND,
            _ => rng.i64(302..9_000) * SECOND,
        };
        // The clock of the CRM is slow for a while, and fast for another.
        let skew = if ended < at("2026-04-10T00:00:00Z") {
            -20 * SECOND
        } else if ended > at("2026-10-20T00:00:00Z") {
            7 * SECOND
        } else {
            0
        };
        all.push(Talk { started, ended, created: ended + latency + skew });
    }
    all
}

/// A moment as the clock of `zone` shows it, without saying so; `None` where the clock shows it twice.
fn naive(zone: Tz, at: i64) -> Option<String> {
    let local = DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).naive_local();
    let once = matches!(zone.from_local_datetime(&local), LocalResult::Single(_));
    once.then(|| local.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

/// A moment with the offset of `zone` behind it.
fn offset(zone: Tz, at: i64) -> String {
    DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// A moment in one of many spellings; without a zone only in that of the config.
fn spelt(n: usize, at: i64, configured: Tz) -> String {
    let utc = DateTime::from_timestamp_millis(at).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    match n % 5 {
        0 => naive(configured, at).unwrap_or(utc),
        1 => offset(Tz::America__New_York, at),
        2 => offset(Tz::Asia__Kolkata, at),
        3 => at.to_string(),
        _ => utc,
    }
}

/// Percentiles by nearest rank, in seconds.
fn percentile(latencies: &[i64], percent: f64) -> f64 {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    let rank = (percent / 100.0 * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted[rank - 1] as f64 / SECOND as f64
}

#[track_caller]
fn agrees(figures: &Value, latencies: &[i64], what: &str) {
    assert_eq!(figures["leads"], latencies.len(), "{what}");
    for (key, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0), ("max", 100.0)] {
        let (said, computed) = (figures[key].as_f64().unwrap(), percentile(latencies, percent));
        assert!((said - computed).abs() < 1.0, "{what}, {key}: {said}, computed {computed}");
    }
    let over = |limit: i64| latencies.iter().filter(|late| **late >= limit * SECOND).count();
    assert_eq!(figures["over_target"], over(30), "{what}");
    assert_eq!(figures["over_alert"], over(301), "{what}");
    let share = |key: &str| figures[key].as_f64().unwrap();
    assert!((share("over_target_share") - over(30) as f64 / latencies.len() as f64).abs() < 1e-6, "{what}");
    assert!((share("over_alert_share") - over(301) as f64 / latencies.len() as f64).abs() < 1e-6, "{what}");
}

const OWNERS: [&str; 3] = ["Erin Vale", "Wes Holt", ""];

/// The latency figures of a run over these exports.
fn figures(chats: &str, leads: &str, config: &str) -> Value {
    let desk = Desk::new();
    desk.write("chats.csv", chats);
    desk.write("leads.csv", leads);
    let sources = "[sources.chats]\nkind = \"chat\"\npath = \"chats.csv\"\n\
        [sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\n";
    desk.write("leadlint.toml", format!("{config}\n{sources}"));
    let report = desk.report("--fail-on never");
    let latency = array(&report["metrics"]["sync"], "latency");
    assert_eq!(latency.len(), 1, "{}", report["metrics"]["sync"]);
    latency[0].clone()
}

fn leads(talks: &[Talk], time: impl Fn(usize, i64) -> String) -> String {
    let mut out = "Id,Email,CreatedDate,Chat_Id__c,Owner\n".to_owned();
    for (n, talk) in talks.iter().enumerate() {
        out += &format!("L{n},v{n}@acme.example,{},c{n},{}\n", time(n, talk.created), OWNERS[n % 3]);
    }
    out
}

fn chats(talks: &[Talk], time: impl Fn(usize, i64) -> String) -> String {
    let mut out = "chat_id,started_at,ended_at,visitor_email\n".to_owned();
    for (n, talk) in talks.iter().enumerate() {
        out += &format!("c{n},{},{},v{n}@acme.example\n", time(n, talk.started), time(n + 2, talk.ended));
    }
    out
}

#[test]
fn percentiles_equal_an_independent_computation_over_zones_clock_changes_and_skew() {
    for (seed, zone) in [(1, Tz::Europe__Berlin), (2, Tz::America__New_York), (3, Tz::UTC)] {
        let talks = talks(seed);
        let config = format!("[audit]\ntimezone = \"{}\"\n[sync]\ntrigger = \"chat-end\"", zone.name());
        let said = figures(
            &chats(&talks, |n, at| spelt(n, at, zone)),
            &leads(&talks, |n, at| spelt(n + 1, at, zone)),
            &config,
        );
        let late: Vec<i64> = talks.iter().map(|talk| talk.created - talk.ended).collect();
        agrees(&said, &late, zone.name());
        assert_eq!(said["early"], late.iter().filter(|late| **late < 0).count());
        assert_eq!((text(&said, "precision"), &said["skipped"], &said["untimed"]), ("second", &Value::Null, &0.into()));
        let mut hours: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for talk in &talks {
            hours.entry(talk.ended.div_euclid(HOUR).rem_euclid(24)).or_default().push(talk.created - talk.ended);
        }
        let by_hour = array(&said, "by_hour");
        assert_eq!(by_hour.len(), hours.len());
        for (said, (hour, late)) in by_hour.iter().zip(&hours) {
            assert_eq!(said["hour"], *hour);
            agrees(said, late, &format!("{}, hour {hour}", zone.name()));
        }
        for said in array(&said, "by_owner") {
            let of = OWNERS.iter().position(|owner| *owner == text(said, "owner")).unwrap();
            let late: Vec<i64> = late.iter().skip(of).step_by(3).copied().collect();
            agrees(said, &late, &format!("{}, owner {of}", zone.name()));
        }
        assert_eq!(array(&said, "by_owner").len(), 3);
        assert!(array(&said, "by_owner")[2]["owner"].is_null(), "of equals nobody is last");
    }
}

#[test]
fn a_zone_in_the_header_holds_for_its_own_source_alone() {
    // LiveChat names its zone in the header and how long the chat lasted; the CRM writes the zone of the config.
    let (zone, other) = (Tz::America__New_York, Tz::Europe__Berlin);
    let clear = |talk: &Talk| naive(zone, talk.started).is_some() && naive(other, talk.created).is_some();
    let talks: Vec<Talk> = talks(4).into_iter().filter(clear).collect();
    assert!(talks.len() > 700);
    let mut export =
        "chat id,chat start date America/New_York,chat duration in seconds,operator 1 nick,pre chat: E-mail:\n"
            .to_owned();
    for (n, talk) in talks.iter().enumerate() {
        let start = naive(zone, talk.started).unwrap();
        export += &format!("c{n},{start},{},Ana,v{n}@acme.example\n", (talk.ended - talk.started) / SECOND);
    }
    let config = "[audit]\ntimezone = \"Europe/Berlin\"\n[sync]\ntrigger = \"chat-end\"";
    let leads = leads(&talks, |_, at| naive(other, at).unwrap());
    let late: Vec<i64> = talks.iter().map(|talk| talk.created - talk.ended).collect();
    agrees(&figures(&export, &leads, config), &late, "from the end");
    let late: Vec<i64> = talks.iter().map(|talk| talk.created - talk.started).collect();
    let said = figures(&export, &leads, &config.replace("chat-end", "chat-start"));
    agrees(&said, &late, "from the start");
}

#[test]
fn what_is_stamped_to_the_minute_has_no_seconds() {
    let talks = talks(5);
    let minute = |at: i64| DateTime::from_timestamp_millis(at).unwrap().format("%Y-%m-%dT%H:%MZ").to_string();
    let exact = |_: usize, at: i64| spelt(4, at, Tz::UTC);
    let config = "[sync]\ntrigger = \"chat-end\"";
    for (chats, leads) in [
        (chats(&talks, |_, at| minute(at)), leads(&talks, exact)),
        (chats(&talks, exact), leads(&talks, |_, at| minute(at))),
    ] {
        let said = figures(&chats, &leads, config);
        assert_eq!((text(&said, "precision"), &said["leads"]), ("minute", &900.into()));
        assert!(text(&said, "skipped").contains("stamped to the minute"), "{said}");
        for key in ["p50", "p90", "p95", "p99", "max", "over_target", "over_target_share"] {
            assert!(said[key].is_null(), "{key}: {said}");
        }
        // Over the alert by the lower bound, so at most what is so to the second.
        let over = |limit: i64| talks.iter().filter(|talk| talk.created - talk.ended >= limit * SECOND).count() as u64;
        let counted = said["over_alert"].as_u64().unwrap();
        assert!(over(301 + 120) <= counted && counted <= over(301), "{counted}");
        assert!(array(&said, "by_hour").iter().all(|hour| hour["p50"].is_null() && hour["over_alert"].is_u64()));
    }
}

#[test]
fn dates_have_no_latency_and_the_reports_say_so() {
    let talks = talks(6);
    let day = |_: usize, at: i64| DateTime::from_timestamp_millis(at).unwrap().format("%Y-%m-%d").to_string();
    let exact = |_: usize, at: i64| spelt(4, at, Tz::UTC);
    let (chats, leads) = (chats(&talks, exact), leads(&talks, day));
    let said = figures(&chats, &leads, "[sync]\ntrigger = \"chat-end\"");
    assert_eq!((text(&said, "precision"), text(&said, "skipped")), ("day", "times are dates: no latency is known"));
    for key in ["p50", "max", "over_target", "over_alert"] {
        assert!(said[key].is_null(), "{key}: {said}");
    }
    assert!(array(&said, "by_hour").is_empty() && array(&said, "by_owner").is_empty());
    let desk = Desk::new();
    desk.write("chats.csv", chats);
    desk.write("leads.csv", leads);
    for format in ["markdown", "table"] {
        let run = desk.leadlint(&format!("check chats.csv leads.csv --fail-on never --format {format}"));
        assert!(run.exits(0).stdout.contains("times are dates: no latency is known"), "{}", run.stdout);
    }
}

#[test]
fn clocks_that_are_a_constant_apart_have_no_latency() {
    let talks: Vec<Talk> =
        talks(7).into_iter().map(|talk| Talk { created: talk.ended + 5 * SECOND - 4 * HOUR, ..talk }).collect();
    let exact = |_: usize, at: i64| spelt(4, at, Tz::UTC);
    let desk = Desk::new();
    desk.write("chats.csv", chats(&talks, exact));
    desk.write("leads.csv", leads(&talks, exact));
    let report = desk.report("chats.csv leads.csv --fail-on never");
    let sync = &report["metrics"]["sync"];
    assert!(array(sync, "latency").is_empty());
    let said: Vec<&str> = array(sync, "skipped").iter().filter_map(Value::as_str).collect();
    assert!(said.iter().any(|why| why.contains("-240 minutes apart (MAP008)")), "{said:?}");
}
