//! Whether a person may be contacted, after a merge: the most restrictive answer of each channel, unless a later one is
//! dated. When, where and how it was given travels with it.

use chrono::DateTime;

use super::{Choice, Cluster};
use crate::normalise::bounce::says_bounced;
use crate::normalise::email;
use crate::plan::fields::{Consent, Field, read_consent};
use crate::plan::survivor::{Member, by_recency};
use crate::rules::consent::columns::plain_words;

/// Which way a detail of consent speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
    Either,
}

/// The way by which a person is contacted, as a header says; `None` where it names none.
fn channel(header: &str) -> Option<&'static str> {
    const CHANNELS: [(&str, &[&str]); 5] = [
        ("text", &["sms", "text", "whatsapp", "message"]),
        ("call", &["call", "phone", "tele"]),
        ("fax", &["fax"]),
        ("post", &["postal", "letter"]),
        ("email", &["email", "mail", "newsletter"]),
    ];
    let words = plain_words(header).concat();
    CHANNELS.iter().find(|(_, parts)| parts.iter().any(|part| words.contains(part))).map(|(channel, _)| *channel)
}

fn way(header: &str) -> Way {
    let words = plain_words(header).concat();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["optout", "optedout", "unsub", "withdr", "revok", "donot"]) {
        Way::Out
    } else if has(&["optin", "optedin", "given", "granted"]) {
        Way::In
    } else {
        Way::Either
    }
}

impl<'a> Cluster<'a> {
    /// The details that go with a column of consent, when it says `says`: those of its channel, or of none.
    fn details(&self, column: usize, says: Consent) -> Vec<usize> {
        let source = self.ground.source();
        let own = channel(source.header(column));
        let against = if says == Consent::Given { Way::Out } else { Way::In };
        let details = self.ground.fields.columns(|field| *field == Field::ConsentDetail);
        details
            .filter(|detail| {
                let header = source.header(*detail);
                let of = channel(header);
                (of.is_none() || of == own) && way(header) != against
            })
            .collect()
    }

    /// When a record says what it says in a column of consent, in microseconds since 1970.
    fn said_at(&self, column: usize, member: &Member, says: Consent) -> Option<i64> {
        let details = self.details(column, says).into_iter();
        details.filter_map(|detail| self.ground.table.times(detail).get(member.row)).max()
    }

    /// The record whose consent was given again after every refusal, and when; all of them must be dated.
    fn given_again(&self, column: usize, says: impl Fn(&Member) -> Consent) -> Option<(&'a Member, i64)> {
        let dated = |member: &'a Member| Some((member, self.said_at(column, member, says(member))?));
        let given = self.members.iter().filter(|member| says(member) == Consent::Given).filter_map(dated);
        let (member, again) = given.max_by_key(|(member, at)| (*at, std::cmp::Reverse(member.id.clone())))?;
        let mut against = self.members.iter().filter(|member| says(member) > Consent::Given);
        against.all(|member| dated(member).is_some_and(|(_, at)| at < again)).then_some((member, again))
    }

    /// The most restrictive consent. A blank neither gives consent nor takes it away.
    pub(super) fn consent(&mut self, column: usize, out: bool) {
        let ground = self.ground;
        let says = |member: &Member| read_consent(ground.value(column, member.row), out);
        let strictest = self.members.iter().map(says).max().unwrap_or(Consent::Blank);
        let own = says(self.survivor());
        let header = ground.source().header(column);
        if strictest > Consent::Given
            && let Some((member, at)) = self.given_again(column, says)
        {
            let day =
                DateTime::from_timestamp_micros(at).map_or(String::new(), |at| at.format(" on %Y-%m-%d").to_string());
            return self.with_details(
                column,
                member,
                Consent::Given,
                &format!("given again{day}, after every refusal"),
            );
        }
        if own == strictest || strictest <= Consent::Given {
            let value = ground.value(column, self.survivor().row).map(str::to_owned);
            let why = match own {
                Consent::Blank => format!("{header} stays blank: consent is not carried over"),
                _ => format!("{header} of the survivor, nothing stricter"),
            };
            self.chosen.insert(column, Choice { value, from: vec![self.survivor().id.clone()], why, united: false });
            return;
        }
        let strict = self.ordered(by_recency).into_iter().find(|member| says(member) == strictest);
        if let Some(member) = strict {
            self.with_details(column, member, strictest, "the most restrictive");
            if ground.source().vendor.eq_ignore_ascii_case("hubspot") {
                let note =
                    format!("HubSpot keeps opt-outs by address: see that {header} holds for the address that stays");
                self.notes.push(note);
            }
        }
    }

    /// Takes consent from one record, and when and how it was given with it, blanks too.
    fn with_details(&mut self, column: usize, member: &Member, says: Consent, why: &str) {
        self.take(column, member, why);
        if member.row == self.survivor().row {
            return;
        }
        for detail in self.details(column, says) {
            if !self.chosen.contains_key(&detail) {
                self.take(detail, member, "goes with the consent");
            }
        }
    }

    /// A bounce of the address that stays is never lost; one of an address that goes is not carried over.
    pub(super) fn bounces(&mut self) {
        let columns: Vec<usize> = self.ground.fields.columns(|field| *field == Field::Bounce).collect();
        let email = self.ground.fields.columns(|field| *field == Field::Email).next();
        let address = |cell: Option<&str>| cell.and_then(email::canonical).map(std::borrow::Cow::into_owned);
        let stays = email.and_then(|column| match self.chosen.get(&column) {
            Some(choice) => address(choice.value.as_deref()),
            None => address(self.filled(column, self.survivor())),
        });
        let survivor = self.survivor();
        let mut having = self.ordered(by_recency);
        having.retain(|member| email.and_then(|column| address(self.filled(column, member))) == stays);
        // The survivor's own word first.
        having.sort_by_key(|member| member.row != survivor.row);
        for column in columns {
            let bounced = having.iter().find(|member| says_bounced(self.ground.value(column, member.row)));
            let said = bounced.or_else(|| having.iter().find(|member| self.filled(column, member).is_some()));
            let why = if bounced.is_some() { "a bounce of the address that stays" } else { "goes with the address" };
            if let Some(member) = said.copied() {
                self.take(column, member, why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_channel_and_way() {
        for (header, of, speaks) in [
            ("Email Opt In Date", Some("email"), Way::In),
            ("HasOptedOutOfEmail", Some("email"), Way::Out),
            ("SMS Opt Out At", Some("text"), Way::Out),
            ("Do Not Call Date", Some("call"), Way::Out),
            ("Consent Date", None, Way::Either),
            ("ConsentSource__c", None, Way::Either),
        ] {
            assert_eq!((channel(header), way(header)), (of, speaks), "{header}");
        }
    }
}
