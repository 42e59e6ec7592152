//! CHT003: records that somebody made to try something out.

use crate::normalise::boolean::is_true;
use crate::normalise::email;
use crate::normalise::made_up::{Words, is_made_up_phone, is_nobodys_mailbox, is_only_test, is_test_word};
use crate::normalise::mail_provider::{is_disposable, with_parents};
use crate::rules::prelude::*;
use crate::rules::required::unusable_email::{RESERVED, own_domains};

declare_rule! {
    /// ## What it finds
    ///
    /// Leads and contacts that show two independent signs of a test:
    ///
    /// - a name with a test word ("test", "asdf", "dummy"), or two signs where the name is nothing but such words and
    ///   those that go along ("Test User");
    /// - a mailbox of such words (`test@`, `jane+test@`);
    /// - a mail domain that is reserved, disposable, the organisation's own, or a test word itself;
    /// - a made-up phone number (`5555555555`, `1234567890`);
    /// - a company of nothing but such words ("ACME Test");
    /// - a test flag of the CRM, which is enough by itself.
    ///
    /// Words count whole: "Testa" and "Contest Ltd" are none. Test is a surname, so "Anna Test" with an address and a
    /// company of her own is a person, her own mailbox included. Chats are not looked at: one that is marked as a test is
    /// as it ought to be, and what another one made is found as a lead.
    ///
    /// ## Why it matters
    ///
    /// Test records are counted as pipeline, get routed to people, and train scores.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email,Phone,Company
    /// 1,Test,User,qa@falkirk.example,+14155550101,Falkirk Clinics
    /// 2,Ana,Test,ana@falkirk.example,5555555555,Falkirk Clinics
    /// 3,Bo,Lee,test@example.com,+14155550102,Lee Freight
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email,Phone,Company
    /// 1,Anna,Test,anna.test@falkirk.example,+14155550101,Falkirk Clinics
    /// 2,Bo,Testa,bo.testa@contest.example,+14155550102,Contest Ltd
    /// 3,Cy,Lee,test@leefreight.example,+14155550103,Lee Freight
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: deleted after a quarantine of 14 days, once a person says so. Kept are records that opted out, bounced or
    /// were erased, customers, what another system knows, and what other loaded records refer to.
    pub struct TestRecord {
        code: "CHT003",
        name: "test-record",
        family: Chats,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::AnyRole(&[Role::Email, Role::FirstName, Role::LastName, Role::Name, Role::IsTest])],
        safety: Review,
        message: "{count} of {checked|record|records} of {source} look made to test something",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Signs, one bit each; those of [`STRONG`] are worth two.
const NAME: u8 = 1;
const WHOLE_NAME: u8 = 2;
const MAILBOX: u8 = 4;
const DOMAIN: u8 = 8;
const PHONE: u8 = 16;
const COMPANY: u8 = 32;
const FLAG: u8 = 64;
const STRONG: u8 = WHOLE_NAME | FLAG;

const WORDS: [(u8, &str); 7] = [
    (FLAG, "the test flag"),
    (WHOLE_NAME, "a name of nothing but test words"),
    (NAME, "a test word in the name"),
    (MAILBOX, "a test mailbox"),
    (DOMAIN, "a mail domain that is reserved, disposable, a test word or our own"),
    (PHONE, "a made-up phone number"),
    (COMPANY, "a company of nothing but test words"),
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let own = own_domains(cx);
    let mut out = Outcome::default();
    for table in &cx.tables {
        let mut signs = names(table);
        let mut add = |role: Role, sign: &(dyn Fn(&str) -> u8 + Sync)| {
            let Some(column) = table.role(role) else { return };
            for (signs, sign) in signs.iter_mut().zip(table.map_cells(column, sign)) {
                *signs |= sign;
            }
        };
        add(Role::Email, &|cell| {
            let Some(address) = email::canonical(cell) else { return 0 };
            let Some((local, domain)) = address.rsplit_once('@') else { return 0 };
            let is_made_up = is_disposable(domain)
                || with_parents(domain).any(|domain| RESERVED.contains(&domain) || own.contains(domain))
                || domain.split_once('.').is_some_and(|(name, _)| is_test_word(name));
            let tagged = local.split_once('+').is_some_and(|(_, tag)| is_test_word(tag));
            (if is_made_up { DOMAIN } else { 0 }) | (if tagged || is_nobodys_mailbox(local) { MAILBOX } else { 0 })
        });
        add(Role::Phone, &|cell| if is_made_up_phone(cell) { PHONE } else { 0 });
        add(Role::Company, &|cell| if is_only_test(cell) { COMPANY } else { 0 });
        add(Role::IsTest, &|cell| if is_true(cell) { FLAG } else { 0 });
        out.checked(table, None, table.height() as u64);
        let rows: Vec<u32> = (0..).zip(&signs).filter(|(_, signs)| is_test(**signs)).map(|(row, _)| row).collect();
        let detail: StringChunked = rows.iter().map(|row| Some(words(signs[*row as usize]))).collect();
        out.push(Hits::rows(table, None, rows)?.with("detail", detail.into_series())?);
    }
    Ok(out)
}

/// Whether signs are worth two.
fn is_test(signs: u8) -> bool {
    signs & STRONG != 0 || signs.count_ones() >= 2
}

/// The sign that each row's name gives: of given and family name together, or of the full name where there are neither.
fn names(table: &Table) -> Vec<u8> {
    let parts: Vec<usize> = [Role::FirstName, Role::LastName].into_iter().filter_map(|role| table.role(role)).collect();
    let columns = if parts.is_empty() { table.role(Role::Name).into_iter().collect() } else { parts };
    let mut found = vec![Words::default(); table.height()];
    for column in columns {
        for (found, words) in found.iter_mut().zip(table.map_cells(column, Words::of)) {
            *found = found.and(words);
        }
    }
    let sign = |words: Words| match words {
        words if words.test == 0 => 0,
        words if words.only_test() && words.all > 1 => WHOLE_NAME,
        _ => NAME,
    };
    found.into_iter().map(sign).collect()
}

fn words(signs: u8) -> String {
    let words: Vec<&str> = WORDS.iter().filter(|(sign, _)| signs & sign != 0).map(|(_, words)| *words).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    const HEADER: &str = "Id,FirstName,LastName,Email,Phone,Company,IsTest__c\n";

    fn ids(toml: &str, rows: &str) -> Vec<String> {
        let found = flagged("CHT003", toml, &[("lead", &format!("{HEADER}{rows}"))]);
        found.into_iter().filter_map(|row| row.record_id).collect()
    }

    #[test]
    fn two_signs_are_a_test() {
        let rows = "a1,Test,Test,,,,\n\
            a2,asdf,asdf,,,,\n\
            a3,Bo,Tester,bo@mailinator.com,,,\n\
            a4,Bo,Lee,test@test.com,,,\n\
            a5,Bo,Lee,bo+test@lee.example,1234567890,,\n\
            a6,Bo,Lee,bo@lee.example,555-555-5555,Test Company Inc,\n\
            a7,Bo,Lee,bo@lee.example,,,true\n";
        assert_eq!(ids("", rows), ["a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    }

    #[test]
    fn one_sign_is_a_person() {
        let rows = "b1,Anna,Test,anna.test@lee.example,+14155550101,Lee Freight,false\n\
            b2,Bo,Testa,bo@contest.example,+14155550102,Contest Ltd,\n\
            b3,Bo,Lee,test@lee.example,,,no\n\
            b4,Bo,Lee,bo@lee.example,5555555555,,\n\
            b5,Test,,bo@lee.example,,,\n\
            b6,Bo,Lee,bo@example.com,,Speed Test Ltd,\n\
            b7,User,Lead,info@lee.example,,Acme Inc,\n\
            b8,Maria,Dummy,maria.dummy@lee.example,+14155550103,Dummy & Sons Roofing,\n";
        assert!(ids("", rows).is_empty(), "{:?}", ids("", rows));
    }

    #[test]
    fn staff_who_try_something_show_it_by_their_domain() {
        let rows = "c1,Erin,Vale,test@acme.example,,,\nc2,Erin,Vale,erin.vale@acme.example,,,\n";
        assert!(ids("", rows).is_empty());
        assert_eq!(ids("[audit]\nowner = 'revops@acme.example'\n", rows), ["c1"]);
    }

    #[test]
    fn the_evidence_says_which_signs_and_quotes_nobody() {
        let found = flagged("CHT003", "", &[("lead", &format!("{HEADER}d1,Test,Lee,test@lee.example,,,\n"))]);
        assert_eq!(found[0].detail, "a test word in the name, a test mailbox");
        assert_eq!((found[0].value.as_deref(), found[0].column.as_deref()), (None, None));
    }
}
