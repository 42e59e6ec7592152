//! What survives of a merge, sentence by sentence (RULES, "Cleanup classes").

use super::tests::{leads, request};
use super::*;
use crate::config::parse;
use crate::rules::audit::audit;

fn cleanup(text: &str, config: &str, vendor: &str) -> Cleanup {
    let config = parse(config, "leadlint.toml").unwrap();
    let mut source = Source::clone(&leads(text));
    source.vendor = vendor.to_owned();
    let (sources, request) = ([Arc::new(source)], request(&config));
    let before = audit(&sources, &request, &|_| ()).unwrap();
    clean(&before, &sources, &request, &Decisions::parse(["DUP001=accept"]).unwrap(), &|_| ()).unwrap()
}

/// The merge of two records, the first of them created first and more complete; the second changed last.
fn merge(headers: &str, first: &str, second: &str) -> Merge {
    let text = format!(
        "Id,Email,Created Date,Last Modified Date,City,Industry,{headers}\n\
         1,ana@acme.example,2026-01-01,2026-01-02,Bonn,Retail,{first}\n\
         2,ana@acme.example,2026-02-01,2026-03-01,,,{second}\n"
    );
    let cleanup = cleanup(&text, "", "salesforce");
    assert!(cleanup.convergence.converged());
    cleanup.plan.merges().next().unwrap_or_else(|| panic!("{:?}", cleanup.plan.set_aside)).clone()
}

/// What a field becomes and why; `None` where the survivor's cell does not change.
fn changed(merge: &Merge, header: &str) -> Option<(String, String)> {
    let field = merge.fields.iter().find(|field| field.header == header && field.changes())?;
    Some((field.value.clone().unwrap_or_default(), field.why.clone()))
}

fn value(merge: &Merge, header: &str) -> Option<String> {
    changed(merge, header).map(|(value, _)| value)
}

#[test]
fn only_a_later_dated_opt_in_beats_a_refusal() {
    let headers = "Email Opt Out,Email Opt In Date,Email Opt Out Date";
    for (first, second, wins) in [
        // Opted out, then in again.
        ("true,,2026-01-05", "false,2026-02-05,", Some("false")),
        // The other way round in time.
        ("false,2026-01-05,", "true,,2026-02-05", Some("true")),
        ("true,,2026-03-05", "false,2026-02-05,", None),
        // On one day, without a date of either.
        ("true,,2026-02-05", "false,2026-02-05,", None),
        ("true,,", "false,2026-02-05,", None),
        ("true,,2026-01-05", "false,,", None),
        // A blank gives nothing, whatever its date.
        ("true,,2026-01-05", ",2026-02-05,", None),
    ] {
        let merge = merge(headers, first, second);
        assert_eq!(merge.survivor.record.as_deref(), Some("1"));
        assert_eq!(value(&merge, "Email Opt Out").as_deref(), wins, "{first} and {second}");
    }
    let again = merge(headers, "true,,2026-01-05", "false,2026-02-05,");
    let (_, why) = changed(&again, "Email Opt Out").unwrap();
    assert_eq!(why, "Email Opt Out from 2, given again on 2026-02-05, after every refusal");
    assert_eq!(value(&again, "Email Opt In Date").as_deref(), Some("2026-02-05"));
}

#[test]
fn channels_are_decided_each_by_itself() {
    let headers = "Email Opt Out,SMS Opt Out,SMS Opt In Date,SMS Opt Out Date";
    let merge = merge(headers, "true,false,2025-12-01,", "false,true,,2026-01-15");
    assert_eq!(value(&merge, "Email Opt Out"), None);
    assert_eq!(value(&merge, "SMS Opt Out").as_deref(), Some("true"));
    assert_eq!(value(&merge, "SMS Opt Out Date").as_deref(), Some("2026-01-15"));
    assert_eq!(value(&merge, "SMS Opt In Date"), None, "what was given once stays known");
}

#[test]
fn consent_takes_date_and_source_along_blank_or_not() {
    let headers = "Marketing Consent,Consent Date,Consent Source";
    let merge = merge(headers, "yes,2026-01-01,web form", "no,2026-02-02,");
    assert_eq!(value(&merge, "Marketing Consent").as_deref(), Some("no"));
    assert_eq!(value(&merge, "Consent Date").as_deref(), Some("2026-02-02"));
    assert_eq!(value(&merge, "Consent Source").as_deref(), Some(""), "the form is not where they said no");
    let source = merge.fields.iter().find(|field| field.header == "Consent Source").unwrap();
    assert!(source.why.contains("goes with the consent"), "{}", source.why);
}

#[test]
fn an_opt_out_of_another_address_is_said_where_opt_outs_belong_to_addresses() {
    let text = "Record ID,Email,Additional email addresses,Email Opt Out,City\n\
        1,ana@acme.example,,false,Bonn\n2,a.moss@acme.example,ana@acme.example,true,\n";
    let cleanup = cleanup(text, "", "hubspot");
    let merge = cleanup.plan.merges().next().unwrap();
    assert_eq!(value(merge, "Email Opt Out").as_deref(), Some("true"));
    assert!(merge.notes.iter().any(|note| note.contains("opt-outs by address")), "{:?}", merge.notes);
}

#[test]
fn a_phone_number_and_its_extension_are_one() {
    let merge = merge("Phone,Phone Extension", "n/a,12", "+14155550101,77");
    assert_eq!(value(&merge, "Phone").as_deref(), Some("+14155550101"));
    assert_eq!(value(&merge, "Phone Extension").as_deref(), Some("77"));
}

#[test]
fn a_placeholder_never_wins() {
    for (first, second, wins) in
        [("N/A", "Acme", Some("Acme")), ("[not provided]", "Acme", Some("Acme")), ("Acme", "unknown", None)]
    {
        assert_eq!(
            value(&merge("Company,Title", &format!("{first},CEO"), &format!("{second},")), "Company").as_deref(),
            wins
        );
    }
    assert_eq!(value(&merge("Email 2", "none@acme.example", "bo@acme.example"), "Email 2"), None);
}

#[test]
fn a_score_is_left_to_the_crm() {
    let merge = merge("Lead Score", "10", "90");
    assert_eq!(value(&merge, "Lead Score"), None);
    assert!(merge.notes.iter().any(|note| note == "have Lead Score calculated again"), "{:?}", merge.notes);
    let field = merge.fields.iter().find(|field| field.header == "Lead Score").unwrap();
    assert!(field.why.ends_with("until the CRM recalculates it"), "{}", field.why);
}

#[test]
fn first_touch_is_the_oldest_records_and_activity_the_latest() {
    let merge = merge("Lead Source,Original Source,Last Activity Date", ",,2026-01-02", "Web,Ads,2026-03-01");
    assert_eq!(value(&merge, "Lead Source").as_deref(), Some("Web"), "the oldest that says it");
    assert_eq!(value(&merge, "Last Activity Date").as_deref(), Some("2026-03-01"));
}

#[test]
fn an_activity_from_before_the_person_came_back_is_none_of_the_survivors() {
    assert_eq!(value(&merge("Last Activity Date,Title", ",CEO", "2026-01-20,"), "Last Activity Date"), None);
    assert_eq!(
        value(&merge("Last Activity Date,Title", ",CEO", "2026-02-20,"), "Last Activity Date").as_deref(),
        Some("2026-02-20")
    );
}

#[test]
fn a_record_that_names_its_chat_is_not_put_before_it() {
    let text = |first: &str| {
        format!(
            "Id,Email,CreatedDate,Chat_Id__c,City\n1,ana@acme.example,{first},,\n\
             2,ana@acme.example,2026-02-02T09:00:00Z,c2,Bonn\n"
        )
    };
    let created = |first: &str| {
        let cleanup = cleanup(&text(first), "", "salesforce");
        let merge = cleanup.plan.merges().next().unwrap();
        assert_eq!(merge.survivor.record.as_deref(), Some("2"));
        value(merge, "CreatedDate")
    };
    assert_eq!(created("2026-02-02T04:00:00Z"), None);
    assert_eq!(created("2026-01-02T04:00:00Z").as_deref(), Some("2026-01-02T04:00:00Z"), "the person was known before");
}

#[test]
fn one_external_id_written_in_two_lengths_is_one() {
    let text = "Id,Email,External_Id__c,City\n1,ana@acme.example,0035e000001abcd,Bonn\n2,ana@acme.example,0035e000001abcdAAA,\n";
    let text = text.replace("0035e000001abcdAAA", &crate::normalise::record_id::salesforce_long("0035e000001abcd"));
    assert_eq!(cleanup(&text, "", "salesforce").plan.merges().count(), 1);
}

#[test]
fn what_another_crm_masters_is_merged_there() {
    let text = |salesforce: &str| {
        format!(
            "Record ID,Email,Salesforce Contact ID,Stripe ID,City\n1,ana@acme.example,{salesforce},,Bonn\n\
             2,ana@acme.example,,s1,\n"
        )
    };
    let aside = |text: &str, config: &str| {
        let cleanup = cleanup(text, config, "hubspot");
        let merges = cleanup.plan.merges().count();
        let why = cleanup.plan.set_aside.iter().find(|aside| aside.code == "DUP001").map(|aside| aside.why.clone());
        (merges, why.unwrap_or_default())
    };
    assert_eq!(aside(&text(""), "").0, 1);
    let (merges, why) = aside(&text("0035e000001abcdAAA"), "");
    assert_eq!((merges, why.as_str()), (0, "the record is synced with Salesforce: merge there first"));
    let synced = "[sources.leads]\nsynced-with = \"salesforce\"\n";
    assert_eq!(aside(&text(""), synced), (0, "leads is synced with salesforce: merge there first".to_owned()));
}

#[test]
fn what_was_erased_is_not_brought_back_by_a_merge() {
    let text = "Id,Email,Erased At,City\n1,ana@acme.example,,Bonn\n2,ana@acme.example,2026-01-01,\n";
    let cleanup = cleanup(text, "", "salesforce");
    assert_eq!(cleanup.plan.merges().count(), 0);
    assert!(cleanup.plan.set_aside.iter().any(|aside| aside.why.contains("erased")), "{:?}", cleanup.plan.set_aside);
}

#[test]
fn every_value_says_where_it_comes_from() {
    let merge = merge("Company,Title,Tags,Phone", "Acme,,a;b,", "Acme Inc,CEO,c,+14155550101");
    for field in &merge.fields {
        assert!(field.why.starts_with(&field.header), "{}: {}", field.header, field.why);
        assert!(!field.from.is_empty() || field.value.is_none(), "{}", field.header);
    }
    assert_eq!(changed(&merge, "Phone").unwrap().1, "Phone from 2, most recent");
    assert_eq!(changed(&merge, "Tags").unwrap().1, "Tags from 1 and 2, all values");
}
