//! Tests of merges from exports: which record survives, and which value in each field.

use std::collections::BTreeMap;

use super::tests::cleanup;
use super::*;

/// The survivor of the only merge, and what each changed field becomes.
fn merged(text: &str, config: &str) -> (String, BTreeMap<String, String>, Merge) {
    let cleanup = cleanup(text, config, "DUP001=accept");
    let merges: Vec<&Merge> = cleanup.plan.merges().collect();
    assert_eq!(merges.len(), 1, "{:?}", cleanup.plan.set_aside);
    let changed = merges[0].fields.iter().filter(|field| field.changes());
    let fields = changed.map(|field| (field.header.clone(), field.value.clone().unwrap_or_default())).collect();
    (merges[0].survivor.record.clone().unwrap(), fields, merges[0].clone())
}

/// Two leads of one address with further columns; the first is created first, the second is changed last.
fn two(headers: &str, first: &str, second: &str) -> String {
    format!(
        "Id,Email,Created Date,Last Modified Date,{headers}\n1,ana@acme.example,2026-01-01,2026-01-02,{first}\n\
         2,ana@acme.example,2026-02-01,2026-03-01,{second}\n3,bo@acme.example,2026-02-01,2026-03-01,{}\n",
        ",".repeat(headers.matches(',').count())
    )
}

fn value(headers: &str, first: &str, second: &str, column: &str) -> Option<String> {
    merged(&two(headers, first, second), "").1.get(column).cloned()
}

#[test]
fn the_most_complete_survives_then_the_oldest_then_the_lowest_id() {
    assert_eq!(merged(&two("City,Industry", "Bonn,", "Bonn,Software"), "").0, "2");
    assert_eq!(merged(&two("City,Industry", "Bonn,Retail", "Bonn,Software"), "").0, "1");
    let same = "Id,Email\n9,a@acme.example\n10,a@acme.example\n";
    assert_eq!(merged(same, "").0, "10");
    let newest = "[survivor]\nrecord = [\"most-recent\"]\n";
    assert_eq!(merged(&two("City,Industry", "Bonn,Retail", "Bonn,"), newest).0, "2");
}

#[test]
fn system_columns_times_and_placeholders_do_not_make_a_record_complete() {
    assert_eq!(
        merged(&two("Company,Created By,Campaign Id,Demo Date", "Acme,,,", "N/A,Bo,701x,2026-01-01"), "").0,
        "1"
    );
}

#[test]
fn customers_portal_users_and_synced_records_outrank_the_most_complete() {
    for (header, cell) in [("Lifecycle Stage", "Customer"), ("Is Portal User", "true"), ("External_Id__c", "e-1")] {
        let text = two(&format!("{header},City,Industry"), ",Bonn,Retail", &format!("{cell},,"));
        assert_eq!(merged(&text, "").0, "2", "{header}");
    }
}

#[test]
fn two_external_ids_or_portal_users_are_for_a_person() {
    for (header, first, second) in [("External_Id__c", "e-1", "e-2"), ("Is Portal User", "true", "true")] {
        let cleanup = cleanup(&two(header, first, second), "", "DUP001=accept");
        assert_eq!(cleanup.plan.merges().count(), 0);
        let aside = &cleanup.plan.set_aside.iter().find(|aside| aside.code == "DUP001").unwrap();
        assert_eq!((aside.class, aside.count), (Aside::Manual, 2), "{aside:?}");
        assert!(aside.what.contains("records 1, 2"), "{}", aside.what);
    }
}

#[test]
fn records_without_id_and_records_on_two_rows_are_for_a_person() {
    for (text, why) in [
        ("Id,Email\n1,a@acme.example\n,a@acme.example\n", "without an id"),
        ("Email,City\na@acme.example,Bonn\na@acme.example,Ulm\n", "id = \"<header>\""),
        ("Id,Email,City\n1,a@acme.example,\n2,a@acme.example,Bonn\n2,a@acme.example,Ulm\n", "several rows"),
    ] {
        let cleanup = cleanup(text, "", "DUP001=accept");
        assert_eq!(cleanup.plan.merges().count(), 0, "{text}");
        assert!(cleanup.plan.set_aside.iter().any(|aside| aside.why.contains(why)), "{:?}", cleanup.plan.set_aside);
    }
}

#[test]
fn the_survivors_own_value_stays_unless_it_says_nothing() {
    assert_eq!(value("Company,City,Industry", "Acme,Bonn,Retail", "Acme Inc,,", "Company"), None);
    assert_eq!(value("Company,City,Industry", "N/A,Bonn,Retail", "Acme,,", "Company"), Some("Acme".into()));
    let (_, fields, merge) = merged(&two("Title,City,Industry", ",Bonn,Retail", "CEO,,"), "");
    assert_eq!(fields["Title"], "CEO");
    let why = &merge.fields.iter().find(|field| field.header == "Title").unwrap().why;
    assert_eq!(why, "Title from 2, most recent");
}

#[test]
fn the_config_says_which_value_survives() {
    let text = "Id,Email,Created Date,Last Modified Date,Title,City,Industry\n\
                1,a@acme.example,2026-01-01,2026-01-01,Head,Bonn,Retail\n\
                2,a@acme.example,2026-02-01,2026-02-01,Chief,,\n\
                3,a@acme.example,2026-03-01,2026-05-01,Chief,,\n\
                4,a@acme.example,2025-03-01,2025-05-01,Managing Director,,\n";
    for (rule, title) in [
        ("survivor", None),
        ("most-recent", Some("Chief")),
        ("oldest", Some("Managing Director")),
        ("longest", Some("Managing Director")),
        ("most-frequent", Some("Chief")),
    ] {
        let config = format!("[survivor.fields]\nTitle = \"{rule}\"\n");
        assert_eq!(merged(text, &config).1.get("Title").map(String::as_str), title, "{rule}");
    }
}

#[test]
fn changes_by_system_users_are_not_recent() {
    let text = "Id,Email,Created Date,Last Modified Date,Last Modified By,Title,City,Industry\n\
                1,a@acme.example,2026-01-01,2026-01-01,Ana,,Bonn,Retail\n\
                2,a@acme.example,2026-02-01,2026-02-01,Bo,Head,,\n\
                3,a@acme.example,2026-02-01,2026-05-01,Sync,Chief,,\n";
    let config = "[sources.leads]\nsystem-users = [\"sync\"]\n";
    assert_eq!(merged(text, "").1["Title"], "Chief");
    assert_eq!(merged(text, config).1["Title"], "Head");
}

#[test]
fn addresses_and_names_travel_whole() {
    let headers = "Street,City,Postal Code,Country,Title,Industry,Company";
    // Half of one address and half of another would be a third one.
    let (_, fields, _) = merged(&two(headers, ",Bonn,,Germany,A,B,C", "Main 1,Ulm,89073,Germany,,,"), "");
    assert!(fields.is_empty(), "{fields:?}");
    // The same place, said more fully.
    let (_, fields, _) = merged(&two(headers, ",Bonn,,Germany,A,B,C", "Am Hof 1,bonn,53113,Germany,,,"), "");
    assert_eq!(fields["Street"], "Am Hof 1");
    assert_eq!(fields["Postal Code"], "53113");
    let (_, fields, _) = merged(&two(headers, ",,,,A,B,C", ",Ulm,,Germany,,,"), "");
    assert_eq!((fields["City"].as_str(), fields["Country"].as_str()), ("Ulm", "Germany"));
    let (_, fields, _) = merged(&two("First Name,Last Name,Title,Company", ",,CEO,Acme", "Ana,Lee,,"), "");
    assert_eq!((fields["First Name"].as_str(), fields["Last Name"].as_str()), ("Ana", "Lee"));
}

#[test]
fn the_most_restrictive_consent_wins_and_blank_is_not_consent() {
    let rest = "City,Industry,Title";
    for (header, first, second, wins) in [
        ("HasOptedOutOfEmail", "false", "true", Some("true")),
        ("HasOptedOutOfEmail", "", "true", Some("true")),
        ("HasOptedOutOfEmail", "true", "false", None),
        ("Email Opt Out", "0", "1", Some("1")),
        ("DoNotCall", "false", "true", Some("true")),
        ("Marketing Consent", "yes", "no", Some("no")),
        ("Marketing Consent", "", "yes", None),
        ("Marketing Consent", "yes", "", None),
        ("Allow Emails?", "TRUE", "FALSE", Some("FALSE")),
        ("Email Opt In", "yes", "Unsubscribed", Some("Unsubscribed")),
    ] {
        let text = two(&format!("{header},{rest}"), &format!("{first},Bonn,Retail,CEO"), &format!("{second},,,"));
        let (survivor, fields, _) = merged(&text, "");
        assert_eq!(survivor, "1");
        assert_eq!(fields.get(header).map(String::as_str), wins, "{header}: {first} and {second}");
    }
    let text = two("Email Opt Out,Email Opt Out Date,City,Industry,Title", "no,,Bonn,Retail,CEO", "yes,2026-02-02,,,");
    assert_eq!(merged(&text, "").1["Email Opt Out Date"], "2026-02-02");
}

#[test]
fn consent_whose_header_ends_like_a_detail_is_consent() {
    for (header, first, second, wins) in [
        ("Do Not Text", "false", "true", Some("true")),
        ("Do Not Text", "true", "false", None),
        ("SMS Opt In Chat", "yes", "no", Some("no")),
        ("SMS Opt In Chat", "no", "yes", None),
    ] {
        let text = two(&format!("{header},City,Title"), &format!("{first},Bonn,CEO"), &format!("{second},,"));
        let (_, fields, _) = merged(&text, "");
        assert_eq!(fields.get(header).map(String::as_str), wins, "{header}: {first} and {second}");
    }
}

#[test]
fn a_bounce_holds_while_its_address_stays() {
    for (header, first, second, wins) in [
        ("Bounced", "false", "true", Some("true")),
        ("Bounced", "true", "false", None),
        ("hs_email_bounce", "", "2", Some("2")),
        ("hs_email_bounce", "2", "0", None),
        ("EmailBouncedReason", "", "550 unknown user", Some("550 unknown user")),
    ] {
        let text = two(&format!("{header},City,Title"), &format!("{first},Bonn,CEO"), &format!("{second},,"));
        let (_, fields, _) = merged(&text, "");
        assert_eq!(fields.get(header).map(String::as_str), wins, "{header}: {first} and {second}");
    }
    let other = "Id,Email,Email 2,Bounced,City\n1,a@acme.example,b@acme.example,false,Bonn\n\
                 2,y@acme.example,a@acme.example,true,\n";
    assert!(!merged(other, "").1.contains_key("Bounced"));
}

#[test]
fn what_the_survivor_keeps_is_said_with_what_is_given_up() {
    let headers = "Lead Score,Is Portal User,Email Opt In Date,Email 2,Created By Id,SystemModstamp,City";
    let first = "90,true,2026-01-01,x@acme.example,u1,2026-01-01,Bonn";
    let second = "50,false,2026-02-02,z@acme.example,u2,2026-02-02,";
    let (survivor, _, merge) = merged(&two(headers, first, second), "");
    assert_eq!(survivor, "1");
    let given_up = |header: &str| {
        let field = merge.fields.iter().find(|field| field.header == header)?;
        Some((field.changes(), field.given_up.clone()))
    };
    for (header, value) in [
        ("Lead Score", "50"),
        ("Is Portal User", "false"),
        ("Email Opt In Date", "2026-02-02"),
        ("Email 2", "z@acme.example"),
    ] {
        assert_eq!(given_up(header), Some((false, vec![("2".to_owned(), value.to_owned())])), "{header}");
    }
    for header in ["Id", "Created By Id", "SystemModstamp", "Last Modified Date"] {
        assert_eq!(given_up(header), None, "{header}");
    }
}

#[test]
fn first_touch_is_the_oldest_records() {
    let text = two("Lead Source,City,Industry", "Web,,", "Event,Bonn,Retail");
    let (survivor, fields, _) = merged(&text, "");
    assert_eq!(survivor, "2");
    assert_eq!(fields["Lead Source"], "Web");
    assert_eq!(fields["Created Date"], "2026-01-01");
    assert!(!fields.contains_key("Last Modified Date"));
}

#[test]
fn several_values_are_united_in_order() {
    assert_eq!(value("Tags,City,Industry", "B;A,Bonn,Retail", "A;C,,", "Tags"), Some("B;A;C".into()));
    for (first, second, all) in [
        ("a;b", "b, c", Some("a;b;c")),
        ("b, c", "a;B", Some("b, c, a")),
        ("a", "b,c", Some("a,b,c")),
        ("a;b", " B ;A", None),
    ] {
        // Quoted, so that commas stay inside the cell.
        let text = two("Tags,City,Industry", &format!("\"{first}\",Bonn,Retail"), &format!("\"{second}\",,"));
        let (_, fields, merge) = merged(&text, "");
        assert_eq!(fields.get("Tags").map(String::as_str), all, "{first} and {second}");
        let tags = merge.fields.iter().find(|field| field.header == "Tags");
        assert!(tags.is_none_or(|field| field.given_up.is_empty()), "{tags:?}");
    }
    let picklist = "Id,Email,Created Date,Interests,City\n1,a@acme.example,2026-01-01,Chat,Bonn\n\
                    2,a@acme.example,2026-01-02,Mail;Chat,\n3,b@acme.example,2026-01-02,Mail,\n";
    assert_eq!(merged(picklist, "").1["Interests"], "Chat;Mail");
}

#[test]
fn other_addresses_are_kept_or_said() {
    let text = |headers: &str, first: &str, second: &str| {
        format!("Id,Email,{headers},City\n1,a@acme.example,{first},Bonn\n2,y@acme.example,{second},\n")
    };
    let (_, fields, merge) = merged(&text("Additional email addresses", "b@acme.example", "a@acme.example"), "");
    assert_eq!(fields["Additional email addresses"], "b@acme.example;y@acme.example");
    assert!(merge.notes.is_empty());
    let text = "Id,Email,Email 2,City\n1,a@acme.example,b@acme.example,Bonn\n2,y@acme.example,a@acme.example,\n";
    let (_, fields, merge) = merged(text, "");
    assert!(!fields.contains_key("Email 2"));
    assert_eq!(merge.notes.len(), 1);
    assert!(merge.notes[0].contains("y@acme.example of 2"), "{:?}", merge.notes);
}

#[test]
fn groups_that_share_a_record_are_one_cluster() {
    let text = "Id,Email,Email 2\n1,a@acme.example,\n2,b@acme.example,a@acme.example\n3,b@acme.example,\n";
    let (_, _, merge) = merged(text, "");
    assert_eq!(merge.losers.len(), 2);
    assert_eq!(merge.grounds.evidence.len(), 2);
}
