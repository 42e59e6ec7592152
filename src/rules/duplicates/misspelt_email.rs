//! DUP003: records of one person under an address and a slip of it.

use std::collections::BTreeMap;

use polars::prelude::NamedFrom;

use super::cluster;
use super::near_address::{self, Agrees, Near, Slip};
use crate::normalise::keys::KeyName;
use crate::normalise::links::At;
use crate::normalise::record_id;
use crate::rules::chats::repeat_visitor;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source whose addresses differ by one slip of the hand, and that agree in the person. A slip is a
    /// character too many, too few or another before the `@`, or two neighbours swapped, but never a digit, which tells
    /// mailboxes apart; or the domain of a known mail provider misspelt the same way (`gmial.com`, `gmail.con`), with the
    /// same name before the `@`. Domains of companies are not corrected: similar ones belong to different companies.
    ///
    /// The person agrees if the full names are the same (case, accents and order aside), or the phone number is and the
    /// names do not contradict each other. At a provider of free mail a name that more than ten records have tells nobody apart
    /// and needs the number too. What stands before the `@` must have four characters or more. All members of a cluster are listed, and a
    /// cluster is joined only as far as its names fit each other.
    ///
    /// A pair is reported once: records that share an address or a mailbox are DUP001's and DUP002's, and what one visitor's
    /// chats made is CHT005's. A line that three people have says nothing, and where nobody is named it
    /// takes more than a line. An address that is a slip away from more than ten others of one name is one of a series that
    /// somebody made, and no slip. Placeholders, and addresses on more records than DUP001's `shared-above`, are no key.
    ///
    /// ## Why it matters
    ///
    /// Mail to one of the two bounces or reaches a stranger, and the person has two records, two owners and two histories.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email
    /// 1,Ana,Moss,ana.moss@acme.example
    /// 2,Ana,Moss,ana.mosss@acme.example
    /// ```
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Phone,Email
    /// 1,Ana,Moss,+1 202 555 0101,ana.moss@gmail.com
    /// 2,,Moss,(202) 555-0101,ana.moss@gmial.com
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email
    /// 1,Ana,Moss,ana.moss@acme.example
    /// 2,Ann,Moss,ann.moss@acme.example
    /// 3,Bo,Lee,bo.lee1@acme.example
    /// 4,Bo,Lee,bo.lee2@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record once a person says so. Which of the addresses is right, no file can tell.
    pub struct MisspeltEmail {
        code: "DUP003",
        name: "misspelt-email",
        family: Duplicates,
        severity: Warning,
        dimension: Uniqueness,
        scope: Scope::Whole("addresses that are a slip apart share no key, and how many have a name is asked of all records"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [
            Need::Role(Role::Email),
            Need::AnyRole(&[Role::FirstName, Role::LastName, Role::Name, Role::Phone]),
        ],
        safety: Review,
        message: "{count|record|records} of {source} carry {groups|address|addresses} and a slip of it",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let key = table.key(KeyName::Email);
        let checked = key.column.iter().filter(|column| **column as usize == primary).count() as u64;
        out.checked(table, Some(primary), checked);
        let pairs = reported(table, cx);
        let mut by_column: BTreeMap<u32, Vec<(f64, PairHit)>> = BTreeMap::new();
        // Pairs come by their first row.
        let of_first = |row: u32| {
            let from = pairs.partition_point(|near| near.rows.0 < row);
            pairs[from..].iter().take_while(move |near| near.rows.0 == row)
        };
        for members in near_address::clusters(table, pairs) {
            let key = members.iter().map(|row| name(table, *row)).min();
            let mut told: BTreeMap<u32, &Near> = BTreeMap::new();
            for near in members.iter().copied().flat_map(of_first).filter(|near| members.contains(&near.rows.1)) {
                for (row, other) in [near.rows, (near.rows.1, near.rows.0)] {
                    // Of several like it the one of the least id, wherever it stands.
                    let held = told.entry(row).or_insert(near);
                    let of_held = if held.rows.0 == row { held.rows.1 } else { held.rows.0 };
                    if (near.agrees, name(table, other)) < (held.agrees, name(table, of_held)) {
                        *held = near;
                    }
                }
            }
            for (row, near) in told {
                let is_first = near.rows.0 == row;
                let other = if is_first { near.rows.1 } else { near.rows.0 };
                let column = if is_first { near.columns.0 } else { near.columns.1 };
                let confidence = if near.agrees == Agrees::Name { 0.97 } else { 0.93 };
                let hit = PairHit {
                    row,
                    key: key.clone(),
                    detail: detail(near, &name(table, other)),
                    other: Some(At { source: table.index as u32, row: table.source_row(other) }),
                    ..PairHit::default()
                };
                by_column.entry(column).or_default().push((confidence, hit));
            }
        }
        for (column, found) in by_column {
            let confidence: Vec<f64> = found.iter().map(|(confidence, _)| *confidence).collect();
            let hits: Vec<PairHit> = found.into_iter().map(|(_, hit)| hit).collect();
            let hits = pair_hits::hits(table, Some(column as usize), &hits, (Severity::Warning, Safety::Review))?;
            out.push(hits.with("confidence", Series::new("confidence".into(), confidence))?);
        }
    }
    Ok(out)
}

/// The pairs of records that the rule reports: rows of `table`.
pub(super) fn reported<'c>(table: &Table, cx: &Check<'c>) -> &'c [Near] {
    cx.linkages.near(table, || {
        let mut pairs = near_address::pairs(table, cluster::shared_above(cx.config));
        if !pairs.is_empty() {
            let told = repeat_visitor::reported(table, cx);
            let of_source = |row: u32| table.source_row(row);
            pairs.retain(|near| !told.contains(&(of_source(near.rows.0), of_source(near.rows.1))));
        }
        pairs
    })
}

/// The id of a row, else its place.
pub(super) fn name(table: &Table, row: u32) -> String {
    let id = table.role(Role::Id).and_then(|column| table.text(column).get(row)).and_then(record_id::canonical);
    id.map_or_else(|| format!("row {}", table.source_row(row) + 1), std::borrow::Cow::into_owned)
}

fn detail(near: &Near, other: &str) -> String {
    let slip = match near.slip {
        Slip::Local => "one slip before the @",
        Slip::Domain => "one slip in the provider's name",
    };
    let agrees = match near.agrees {
        Agrees::Name => "same name",
        Agrees::Phone => "same phone",
    };
    format!("{slip} from the address of {other}; {agrees}")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn ids(leads: &str) -> Vec<String> {
        let mut ids: Vec<_> =
            flagged("DUP003", "", &[("lead", leads)]).into_iter().filter_map(|row| row.record_id).collect();
        ids.sort();
        ids
    }

    const HEADER: &str = "Id,Name,Phone,Email\n";

    #[test]
    fn every_kind_of_slip_but_digits_is_found() {
        for slip in ["ana.mos", "ana.mosss", "ana.mots", "ana.moss".replace("na", "an").as_str(), "ana-moss", "anamoss"]
        {
            let leads = format!("{HEADER}1,Ana Moss,,ana.moss@acme.example\n2,\"Moss, Ana\",,{slip}@acme.example\n");
            assert_eq!(ids(&leads), ["1", "2"], "{slip}");
        }
        for other in ["ana.moss1", "ana.moss@x", "a.moss", "ana.lee"] {
            let leads = format!("{HEADER}1,Ana Moss,,ana.moss@acme.example\n2,Ana Moss,,{other}@acme.example\n");
            assert!(ids(&leads).is_empty(), "{other}");
        }
        assert!(
            ids(&format!("{HEADER}1,Ana Moss,,ana.moss1@acme.example\n2,Ana Moss,,ana.moss2@acme.example\n"))
                .is_empty()
        );
        assert!(
            ids(&format!("{HEADER}1,Ana Moss,,amo@acme.example\n2,Ana Moss,,ama@acme.example\n")).is_empty(),
            "short"
        );
    }

    #[test]
    fn only_providers_are_corrected() {
        for (domain, found) in [
            ("gmial.com", true),
            ("gmail.con", true),
            ("gmail.co", true),
            ("ymail.com", false),
            ("gmxil.example", false),
        ] {
            let leads = format!("{HEADER}1,Ana Moss,,ana.moss@gmail.com\n2,Ana Moss,,ana.moss@{domain}\n");
            assert_eq!(ids(&leads).len(), if found { 2 } else { 0 }, "{domain}");
        }
        assert!(
            ids(&format!("{HEADER}1,Ana Moss,,ana.moss@acme.example\n2,Ana Moss,,ana.moss@acne.example\n")).is_empty()
        );
    }

    #[test]
    fn a_number_stands_for_a_name_that_does_not_contradict() {
        let leads = |one: &str, other: &str, number: &str| {
            format!("{HEADER}1,{one},(202) 555-0101,a.moss@acme.example\n2,{other},{number},e.moss@acme.example\n")
        };
        assert!(ids(&leads("Ana Moss", "", "+1 202 555 0101")).is_empty(), "another first letter");
        let unnamed = leads("Ana Moss", "", "+1 202 555 0101").replace("e.moss", "a.mosss");
        assert_eq!(ids(&unnamed), ["1", "2"]);
        assert_eq!(ids(&leads("Ana Moss", "A. Moss", "+1 202 555 0101")), ["1", "2"]);
        assert!(ids(&leads("Ana Moss", "Eve Moss", "+1 202 555 0101")).is_empty(), "a family or a main line");
        assert!(ids(&leads("William Williams", "Stephen Williams", "+1 202 555 0101")).is_empty(), "no short form");
        assert!(ids(&leads("Ana Moss", "A. Moss", "+1 202 555 0199")).is_empty());
        assert!(ids(&leads("Moss", "Moss", "")).is_empty(), "one word is no full name");
    }

    #[test]
    fn co_workers_on_a_line_are_told_apart() {
        let leads = |rows: &[(&str, &str)]| {
            let row = |(n, (name, local)): (usize, &(&str, &str))| {
                format!("{n},{name},(202) 555-0101,{local}@acme.example\n")
            };
            format!("{HEADER}{}", rows.iter().enumerate().map(row).collect::<String>())
        };
        assert!(ids(&leads(&[("Erik Pol", "erik.pol"), ("Erika Pol", "erika.pol")])).is_empty(), "two first names");
        assert_eq!(ids(&leads(&[("Rob Moss", "rob.moss"), ("Robert Moss", "rob.mos")])).len(), 2, "a short form");
        // Three people on a line: it says nothing.
        let more = [("R. Moss", "rob.moss"), ("Rob Moss", "rob.mos"), ("Ines Lee", "ilee"), ("Otto Kay", "okay")];
        assert_eq!(ids(&leads(&more[..3])).len(), 2);
        assert!(ids(&leads(&more)).is_empty());
        for (one, other) in [("team-a", "team-b"), ("buyer", "buyers"), ("nord", "nora")] {
            assert!(ids(&leads(&[("", one), ("", other)])).is_empty(), "{one}");
        }
    }

    #[test]
    fn a_series_of_addresses_is_no_slip() {
        let letters = 'a'..='m';
        let row = |letter: char| format!("{letter},Test User,,qa-{letter}xyz@acme.example\n");
        assert!(ids(&format!("{HEADER}{}", letters.map(row).collect::<String>())).is_empty());
    }

    #[test]
    fn names_of_many_need_the_number() {
        let many: Vec<String> = (0..10).map(|n| format!("x{n},Ana Moss,,q{n}x{n}@d{n}.example\n")).collect();
        let many = many.concat();
        let two = "1,Ana Moss,202 555 0101,a.moss@gmail.com\n2,Ana Moss,,a.mosss@gmail.com\n";
        assert!(ids(&format!("{HEADER}{many}{two}")).is_empty());
        let two = two.replace("Moss,,", "Moss,2025550101,");
        assert_eq!(ids(&format!("{HEADER}{many}{two}")), ["1", "2"]);
        let two = two.replace("gmail.com", "acme.example");
        assert_eq!(ids(&format!("{HEADER}{many}{two}")), ["1", "2"], "one company");
    }

    #[test]
    fn clusters_hold_together_and_are_listed_whole() {
        let leads = "1,Ana Moss,,ana.moss@acme.example\n2,Ana Moss,,ana.mos@acme.example\n3,Ana Moss,,ana.moss@acme.example\n4,Ana Moss,,anna.moss@acme.example\n";
        assert_eq!(ids(&format!("{HEADER}{leads}")), ["1", "2", "3", "4"]);
        // Two names hang together by a record without one.
        let leads = "1,Ana Moss,2025550101,a.moss@acme.example\n2,,2025550101,am.moss@acme.example\n3,Amy Moss,2025550101,amy.moss@acme.example\n";
        let found = ids(&format!("{HEADER}{leads}"));
        assert!(!(found.contains(&"1".to_owned()) && found.contains(&"3".to_owned())), "{found:?}");
    }

    #[test]
    fn what_others_report_is_theirs() {
        assert!(
            ids(&format!("{HEADER}1,Ana Moss,,ana.moss@gmail.com\n2,Ana Moss,,anamoss@gmail.com\n")).is_empty(),
            "DUP002's"
        );
        assert!(
            ids(&format!("{HEADER}1,Ana Moss,,none@none.com\n2,Ana Moss,,nona@none.com\n")).is_empty(),
            "a placeholder"
        );
        let more = "Id,Name,Email,Email 2\n1,Ana Moss,ana.moss@acme.example,ana.mos@acme.example\n2,Ana Moss,ana.moss@acme.example,\n";
        assert!(ids(more).is_empty(), "DUP001's");
        assert!(
            ids("Id,Name,Email,Email 2\n1,Ana Moss,ana.moss@acme.example,ana.mos@acme.example\n").is_empty(),
            "one record"
        );
    }
}
