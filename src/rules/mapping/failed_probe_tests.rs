//! Probes that hold, fail, or cannot be told.

use crate::rules::testing::flagged;

const CHATS: &str = "chat_id,started_at,ended_at,visitor_email,reason\n\
    c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Pricing\n\
    c2,2026-10-02T09:00:00Z,2026-10-02T09:10:00Z,bo@acme.example,Demo\n\
    c3,2026-10-03T09:00:00Z,2026-10-03T09:10:00Z,,\n\
    c9,2026-12-03T09:00:00Z,2026-12-03T09:10:00Z,late@acme.example,Demo\n";
const LEADS: &str = "Id,Email,CreatedDate,Reason__c,OwnerId,Description,Chat_Id__c\n\
    1,ana@acme.example,2026-10-01T09:10:05Z,Pricing,u1,Reason: Pricing,\n\
    2,bo@acme.example,2026-10-02T09:10:05Z,,u2,,\n\
    3,x@acme.example,2026-10-20T09:10:05Z,Old,u2,,c0\n";
const USERS: &str = "Id,Name,Email\nu1,Erin Vale,erin@ours.example\nu2,Wes Holt,wes@ours.example\n";

/// Record (or `-`), value and detail of each hit.
fn failed(probe: &str) -> Vec<(String, String, String)> {
    let texts = [("lead", LEADS), ("chat", CHATS), ("user", USERS)];
    flagged("MAP014", &format!("[[probe]]\n{probe}\n"), &texts)
        .into_iter()
        .map(|row| {
            let detail = row.detail.strip_prefix("MAP014:1: ").unwrap().to_owned();
            (row.record_id.unwrap_or_else(|| "-".to_owned()), row.value.unwrap_or_default(), detail)
        })
        .collect()
}

fn one(probe: &str, record: &str, value: &str, detail: &str) {
    assert_eq!(failed(probe), [(record.to_owned(), value.to_owned(), detail.to_owned())], "{probe}");
}

#[test]
fn what_is_expected_may_be_written_otherwise() {
    for expect in [
        r#""lead.Reason__c" = "pricing ""#,
        r#""lead.email" = "ANA@acme.example""#,
        r#""lead.OwnerId" = "Erin Vale""#,
        r#""lead.Description" = "Pricing""#,
        r#""chat.reason" = "Pricing""#,
    ] {
        assert_eq!(failed(&format!("chat = \" c1 \"\nexpect = {{ {expect} }}")), [], "{expect}");
    }
    assert_eq!(failed("chat = \"c2\"\nexpect = { \"lead.Reason__c\" = \"\" }"), []);
}

#[test]
fn a_field_that_shows_something_else_or_nothing_fails() {
    let found = "probe c1: not what is expected; linked by email";
    one("chat = \"c1\"\nexpect = { \"lead.Reason__c\" = \"Demo\" }", "1", "Pricing", found);
    one("chat = \"c1\"\nexpect = { \"lead.OwnerId\" = \"Wes Holt\" }", "1", "u1", found);
    one(
        "chat = \"c2\"\nexpect = { \"lead.Reason__c\" = \"Demo\" }",
        "2",
        "",
        "probe c2: not what is expected; linked by email",
    );
    one("chat = \"c1\"\nexpect = { \"chat.reason\" = \"Demo\" }", "c1", "Pricing", "probe c1: not what is expected");
}

#[test]
fn what_is_not_there_fails_and_says_what() {
    one("chat = \"c7\"", "-", "c7", "probe c7: no chat of chat has this id, and no record names it");
    one(
        "chat = \"c3\"\nexpect = { \"lead.Reason__c\" = \"Demo\" }",
        "c3",
        "lead.Reason__c",
        "probe c3: no record of lead belongs to it",
    );
    one(
        "chat = \"c1\"\nexpect = { \"lead.reason\" = \"Pricing\", \"lead.Reson__c\" = \"Demo\" }",
        "c1",
        "lead.Reson__c",
        "probe c1: lead has no column Reson__c; did you mean Reason__c?",
    );
}

#[test]
fn a_record_that_names_a_chat_which_is_not_loaded_is_judged() {
    assert_eq!(failed("chat = \"c0\"\nexpect = { \"lead.Reason__c\" = \"Old\" }"), []);
    one(
        "chat = \"c0\"\nexpect = { \"lead.Reason__c\" = \"New\" }",
        "3",
        "Old",
        "probe c0: not what is expected; linked by chat id",
    );
}

#[test]
fn chats_outside_of_the_records_period_are_not_judged() {
    assert_eq!(failed("chat = \"c9\"\nexpect = { \"lead.Reason__c\" = \"Demo\" }"), []);
}

#[test]
fn one_of_several_touched_records_is_enough() {
    let chats =
        "chat_id,started_at,ended_at,visitor_email\nc1,2026-10-05T09:00:00Z,2026-10-05T09:10:00Z,ana@acme.example\n";
    let leads = "Id,Email,CreatedDate,Reason__c,Chat_Id__c\n\
        1,ana@acme.example,2026-10-01T09:10:05Z,Pricing,c1\n2,ana@acme.example,2026-10-02T09:10:05Z,Demo,c1\n\
        3,bo@acme.example,2026-10-09T09:10:05Z,Demo,\n";
    for (expected, count) in [("Pricing", 0), ("Demo", 0), ("Other", 1)] {
        let toml = format!("[[probe]]\nchat = \"c1\"\nexpect = {{ \"lead.Reason__c\" = \"{expected}\" }}\n");
        assert_eq!(flagged("MAP014", &toml, &[("lead", leads), ("chat", chats)]).len(), count, "{expected}");
    }
}
