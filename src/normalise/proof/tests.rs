//! Proofs of times, read as each side writes them.

use std::fmt::Write as _;

use super::*;
use crate::normalise::testing::facts_of;

const CONFIG: &str = "[[mapping]]\nfrom = 'chat.first_seen'\nto = 'lead.First_Seen__c'\ntype = 'timestamp'\n";

/// The proof of a mapping of times; `said` and `shown` write the time of pair `n`.
fn proof_of(pairs: u32, said: impl Fn(u32) -> String, shown: impl Fn(u32) -> String) -> Proof {
    proof_with(CONFIG, pairs, said, shown)
}

fn proof_with(config: &str, pairs: u32, said: impl Fn(u32) -> String, shown: impl Fn(u32) -> String) -> Proof {
    let mut chats = "chat_id,started_at,ended_at,visitor_email,first_seen\n".to_owned();
    let mut leads = "Id,CreatedDate,Email,First_Seen__c\n".to_owned();
    for n in 0..pairs {
        let at = format!("2026-10-{:02}T09:00:0", 1 + n % 28);
        let _ = writeln!(chats, "c{n},{at}0Z,{at}5Z,v{n}@x.example,{}", said(n));
        let _ = writeln!(leads, "L{n},{at}9Z,v{n}@x.example,{}", shown(n));
    }
    let (_, facts) = facts_of(config, &[("chat", &chats), ("lead", &leads)]);
    facts.proofs.into_iter().next().unwrap()
}

fn faults(proof: &Proof) -> Vec<&Fault> {
    proof.failed.iter().map(|failed| &failed.fault).collect()
}

#[test]
fn one_instant_in_two_zones_arrived() {
    let proof = proof_of(
        12,
        |n| format!("2026-10-{:02}T09:15:{:02}+02:00", 1 + n, n * 4),
        |n| format!("2026-10-{:02} 07:15:{:02}", 1 + n, n * 4),
    );
    assert_eq!((proof.normalised, proof.failed.len()), (12, 0));
}

#[test]
fn what_is_stamped_to_the_minute_or_the_day_agrees_as_far_as_it_is_stamped() {
    let said = |n: u32| format!("2026-10-{:02}T09:15:{:02}Z", 1 + n, n * 4);
    let minutes = proof_of(12, said, |n| format!("10/{:02}/2026 9:15 AM", 1 + n));
    assert_eq!((minutes.normalised, minutes.failed.len()), (12, 0));
    let days = proof_of(12, said, |n| format!("2026-10-{:02}", 1 + n));
    assert_eq!((days.normalised, days.failed.len()), (12, 0));
    let wrong = proof_of(12, said, |n| format!("2026-09-{:02}", 1 + n));
    assert_eq!(wrong.failed.len(), 12);
}

#[test]
fn an_offset_that_most_show_is_a_shift_and_a_single_one_is_not() {
    let said = |n: u32| format!("2026-10-{:02}T09:15:{:02}Z", 1 + n, n * 4);
    let all = proof_of(12, said, |n| format!("2026-10-{:02}T14:15:{:02}Z", 1 + n, n * 4));
    assert!(
        faults(&all).iter().all(|fault| **fault == Fault::Shifted("300 minutes off, as most of this mapping".into()))
    );
    assert_eq!(all.failed.len(), 12);
    let one = proof_of(12, said, |n| if n == 3 { "2026-10-04T14:15:12Z".to_owned() } else { said(n) });
    assert_eq!(faults(&one), [&Fault::Altered]);
}

#[test]
fn swapped_days_and_wrong_units_are_told() {
    let swapped = proof_of(
        12,
        |n| format!("2026-10-{:02}T09:15:{:02}Z", 1 + n, n * 4),
        |n| format!("2026-{:02}-10T09:15:{:02}Z", 1 + n, n * 4),
    );
    // ISO dates have one order, so that what is swapped in them is another day.
    assert_eq!(swapped.failed.len(), 11);
    let units = proof_of(
        12,
        |n| format!("2026-10-{:02}T09:15:{:02}Z", 1 + n, n * 4),
        |n| {
            if n == 5 { "1970-01-21T17:14:06Z".to_owned() } else { format!("2026-10-{:02}T09:15:{:02}Z", 1 + n, n * 4) }
        },
    );
    assert_eq!(units.failed.len(), 1);
}

#[test]
fn one_text_in_two_zones_is_two_moments() {
    let wall = |n: u32| format!("2026-10-{:02} 09:15:{:02}", 1 + n, n * 4);
    let said = |n: u32| format!("{}Z", wall(n).replace(' ', "T"));
    let config = format!("[audit]\ntimezone = 'America/New_York'\n{CONFIG}");
    let utc_kept_as_local = proof_with(&config, 12, said, wall);
    assert_eq!(utc_kept_as_local.failed.len(), 12);
    assert!(matches!(&utc_kept_as_local.failed[0].fault, Fault::Shifted(why) if why.starts_with("240 minutes off")));
    let right = |n: u32| format!("2026-10-{:02} 05:15:{:02}", 1 + n, n * 4);
    assert_eq!(proof_with(&config, 12, said, right).normalised, 12);
}

#[test]
fn a_value_elsewhere_is_equal_or_behind_a_label() {
    let fault = |elsewhere: &dyn Fn(u32) -> String| {
        let mut chats = "chat_id,started_at,ended_at,visitor_email,reason\n".to_owned();
        let mut leads = "Id,CreatedDate,Email,Reason__c,Other__c\n".to_owned();
        for n in 0..12 {
            let at = format!("2026-10-{:02}T09:00:0", 1 + n);
            let _ = writeln!(chats, "c{n},{at}0Z,{at}5Z,v{n}@x.example,Topic{n}");
            let _ = writeln!(leads, "L{n},{at}9Z,v{n}@x.example,,\"{}\"", elsewhere(n));
        }
        let config = "[[mapping]]\nfrom = 'chat.reason'\nto = 'lead.Reason__c'\n";
        let (_, facts) = facts_of(config, &[("chat", &chats), ("lead", &leads)]);
        facts.proofs[0].failed[0].fault.clone()
    };
    assert_eq!(fault(&|n| format!(" topic{n} ")), Fault::Misrouted { column: 4 });
    assert_eq!(fault(&|n| format!("Seen today\nReason: Topic{n}")), Fault::Misrouted { column: 4 });
    assert_eq!(fault(&|n| format!("https://x.example/topic{n}/tour")), Fault::Lost);
    assert_eq!(fault(&|n| format!("She asked for topic{n} twice")), Fault::Lost);
}

#[test]
fn a_later_touch_by_the_integration_may_hide_a_persons_edit() {
    let edited = |updated: &str| {
        let chats = "chat_id,started_at,ended_at,visitor_email,reason\nc1,2026-10-01T09:00:00Z,2026-10-01T09:05:00Z,v@x.example,Pricing\n";
        let leads = format!(
            "Id,CreatedDate,LastModifiedDate,LastModifiedById,Email,Reason__c\n1,2026-10-01T09:05:05Z,{updated},sync@acme.example,v@x.example,Other\n"
        );
        let config = "[sources.lead]\nsystem-users = ['sync@acme.example']\n[[mapping]]\nfrom = 'chat.reason'\nto = 'lead.Reason__c'\n";
        let (_, facts) = facts_of(config, &[("chat", chats), ("lead", &leads)]);
        facts.proofs[0].failed[0].edited
    };
    assert!(!edited("2026-10-01T09:10:00Z"));
    assert!(edited("2026-10-03T09:10:00Z"));
}

#[test]
fn a_column_that_holds_what_its_own_mapping_brings_is_no_stray() {
    let config = "[[mapping]]\nfrom = 'chat.reason'\nto = 'lead.Reason__c'\n\
                  [[mapping]]\nfrom = 'chat.topic'\nto = 'lead.Topic__c'\n";
    let proof = |topic: &str| {
        let mut chats = "chat_id,started_at,ended_at,visitor_email,reason,topic\n".to_owned();
        let mut leads = "Id,CreatedDate,Email,Reason__c,Topic__c\n".to_owned();
        for n in 0..12 {
            let at = format!("2026-10-{:02}T09:00:0", 1 + n);
            let reason = ["Pricing", "Security", "Migration"][n % 3];
            let said = if topic.is_empty() { reason } else { topic };
            let _ = writeln!(chats, "c{n},{at}0Z,{at}5Z,v{n}@x.example,{reason},{said}");
            let _ = writeln!(leads, "L{n},{at}9Z,v{n}@x.example,Other,{reason}");
        }
        let (_, facts) = facts_of(config, &[("chat", &chats), ("lead", &leads)]);
        facts.proofs.into_iter().next().unwrap()
    };
    assert!(faults(&proof("")).iter().all(|fault| **fault == Fault::Altered), "the topic is the same word");
    assert!(faults(&proof("General")).iter().all(|fault| matches!(fault, Fault::Misrouted { .. })));
}

#[test]
fn the_one_name_of_somebody_stands_as_the_last_name() {
    let config = "[[mapping]]\nfrom = 'chat.first_name'\nto = 'lead.FirstName'\n";
    let chats = "chat_id,started_at,ended_at,visitor_email,first_name\n\
                 c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,su@x.example,Suharto\n\
                 c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,ana@x.example,Ana\n";
    let leads = "Id,CreatedDate,Email,FirstName,LastName\n\
                 1,2026-10-01T09:10:05Z,su@x.example,,Suharto\n\
                 2,2026-10-02T09:10:05Z,ana@x.example,,Moss\n";
    let (_, facts) = facts_of(config, &[("chat", chats), ("lead", leads)]);
    assert_eq!((facts.proofs[0].contained, faults(&facts.proofs[0])), (1, vec![&Fault::Lost]));
}
