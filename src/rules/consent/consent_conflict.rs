//! CNS001: records of one person that disagree on whether the person may be contacted.

use std::collections::BTreeMap;

use polars::prelude::NamedFrom;

use super::columns::{self, Column, Consent, read_consent};
use crate::normalise::bounce;
use crate::rules::duplicates::{cluster, linked, probable_duplicate};
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source that share an email address, a mailbox, or a cluster of probable duplicates (DUP001, DUP002,
    /// DUP004), of which one says that the person opted out, is not to be called, or that mail to the address came back, and
    /// another says the opposite in the same column. A yes in `HasOptedOutOfEmail` refuses, a yes in `Allow Emails?` allows;
    /// what is blank says nothing, except that no bounce was seen, nor does a word that is neither (`pending`). Bounces
    /// belong to an address, so they are compared between records of one address only. The mailbox of an office (`info@`)
    /// makes nobody one person: what one of its readers consents to is not the others'.
    ///
    /// Records that share an address or a mailbox are an error. Where only a cluster says that they are one person, it is a
    /// warning, with the confidence of the cluster.
    ///
    /// Every record that says something in the column is listed, in one group for each person and column. When and how
    /// consent was given (`Email Opt Out Date`) is no consent. Converted leads are left out.
    /// Clusters are made for DUP004; where that rule does not run, and this one is not named by its code, they are not looked
    /// at, and the report says so.
    ///
    /// ## Why it matters
    ///
    /// Whoever opted out once gets mail through the other record, which is what regulators fine.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,LastName,Email,HasOptedOutOfEmail
    /// 1,Moss,ana@acme.example,false
    /// 2,Moss,Ana@acme.example,true
    /// ```
    ///
    /// ```csv lead passes
    /// Id,LastName,Email,HasOptedOutOfEmail
    /// 1,Moss,ana@acme.example,true
    /// 2,Moss,Ana@acme.example,true
    /// 3,Lee,bo@acme.example,false
    /// 4,Lee,bo@acme.example,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: the most restrictive answer is proposed, and a person confirms it. A later re-opt-in with a date is the one
    /// reason to choose otherwise.
    pub struct ConsentConflict {
        code: "CNS001",
        name: "consent-conflict",
        family: Consent,
        severity: Error,
        dimension: Consistency,
        scope: Scope::Whole("the records of a person may stand anywhere, and clusters are made over all of them"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [],
        safety: Review,
        message: "{groups|person|people} with {count|record|records} of {source} that disagree in {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// What a column says of contact.
#[derive(Clone, Copy)]
enum Speaks {
    /// Consent; `true` where a yes refuses.
    Consent(bool),
    /// Whether mail came back.
    Bounce,
}

fn speaking(table: &Table) -> Vec<(usize, Speaks)> {
    let mut bounce = None;
    let mut found = Vec::new();
    for column in table.source.columns() {
        let header = table.source.header(column);
        match columns::consent(header) {
            Some(Column::Flag { out }) => found.push((column, Speaks::Consent(out))),
            None if table.source.role_of(column) == Some(Role::OptIn) => found.push((column, Speaks::Consent(false))),
            // Date and reason say the same; the first column of them speaks for both.
            None if columns::is_bounce(&columns::plain_words(header)) => bounce = bounce.or(Some(column)),
            Some(Column::Detail) | None => {}
        }
    }
    found.extend(bounce.map(|column| (column, Speaks::Bounce)));
    found
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let speaking = speaking(table);
        if speaking.is_empty() {
            out.unchecked(format!("{} has no column of consent, do-not-call or bounces", table.name()));
            continue;
        }
        if !cx.links_people {
            out.unchecked(format!(
                "probable duplicates in {} are not held together, since DUP004 does not run",
                table.name()
            ));
        }
        let people = linked::people(table, cx)?;
        for (column, speaks) in speaking {
            let text = table.text(column);
            let of = if matches!(speaks, Speaks::Bounce) { &people.addresses } else { &people.all };
            let said = |row: u32| -> Option<bool> {
                match speaks {
                    Speaks::Bounce => Some(bounce::says_bounced(text.get(row))),
                    Speaks::Consent(out) => match read_consent(text.get(row), out) {
                        Consent::Refused => Some(true),
                        Consent::Given => Some(false),
                        Consent::Blank | Consent::Unclear => None,
                    },
                }
            };
            let mut groups: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::new();
            for (row, person) in (0..).zip(of) {
                if let Some((person, refused)) = person.zip(said(row)) {
                    groups.entry(person).or_default().push((row, refused));
                }
            }
            out.checked(table, Some(column), groups.values().filter(|of| of.len() > 1).map(|of| of.len() as u64).sum());
            let (mut found, mut confidence) = (Vec::new(), Vec::new());
            for members in groups.into_values() {
                // Of several words of refusal always the same one, wherever it stands.
                let refusals = members.iter().filter(|(_, refused)| *refused);
                let Some(restrictive) = refusals.map(|(row, _)| text.get(*row).map(trimmed)).min() else { continue };
                if members.iter().all(|(_, refused)| *refused) {
                    continue;
                }
                let first = members.iter().map(|(row, _)| cluster::identity(table, *row)).min().unwrap_or_default();
                let key = Some([table.name(), table.source.header(column), &first].join("\u{1F}"));
                let restrictive = restrictive.map(str::to_owned);
                let all = members.len();
                // Who has no address or mailbox in common is one person probably, and no more than probably.
                let mailbox = |(row, _): &(u32, bool)| people.mailboxes[*row as usize];
                let is_sure = members.iter().all(|one| mailbox(one).is_some() && mailbox(one) == mailbox(&members[0]))
                    || matches!(speaks, Speaks::Bounce);
                let least = members.iter().map(|(row, _)| people.sure[*row as usize]).fold(1.0, f64::min);
                let sure = if is_sure { 1.0 } else { probable_duplicate::rounded(least) };
                let refusing = members.iter().filter(|(_, refused)| *refused).count();
                for (row, refused) in members {
                    let word = match speaks {
                        Speaks::Bounce => "mail came back",
                        Speaks::Consent(_) => "refused",
                    };
                    let of = if refused { refusing } else { all - refusing };
                    confidence.push(sure);
                    found.push(PairHit {
                        row,
                        suggested: restrictive.clone().filter(|_| !refused && matches!(speaks, Speaks::Consent(_))),
                        key: key.clone(),
                        detail: format!(
                            "{}{word} on {of} of {all} records of {}",
                            if refused { "" } else { "not " },
                            if is_sure { "the person" } else { "what is probably one person" },
                        ),
                        severity: (!is_sure).then_some(Severity::Warning),
                        safety: (refused || matches!(speaks, Speaks::Bounce)).then_some(Safety::Manual),
                        ..PairHit::default()
                    });
                }
            }
            let hits = pair_hits::hits(table, Some(column), &found, (Severity::Error, Safety::Review))?;
            out.push(hits.with("confidence", Series::new("confidence".into(), confidence))?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::rules::testing::flagged;

    fn run(leads: &str) -> Vec<(String, Option<String>)> {
        let rows = flagged("CNS001", "", &[("lead", leads)]);
        rows.into_iter().map(|row| (row.record_id.unwrap_or_default(), row.suggested)).collect()
    }

    #[test]
    fn the_most_restrictive_answer_is_proposed_whichever_way_the_column_asks() {
        let rows = "1,ana@acme.example,Yes\n2,ana@acme.example,No\n3,bo@acme.example,Yes\n";
        let one = |id: &str, suggested: Option<&str>| (id.to_owned(), suggested.map(str::to_owned));
        assert_eq!(run(&format!("Id,Email,Do Not Call\n{rows}")), [one("1", None), one("2", Some("Yes"))]);
        assert_eq!(run(&format!("Id,Email,Allow Emails?\n{rows}")), [one("1", Some("No")), one("2", None)]);
    }

    #[test]
    fn every_record_of_the_person_that_says_something_is_listed() {
        let leads = "Id,LastName,Email,HasOptedOutOfEmail,DoNotCall\n1,Moss,ana@acme.example,false,true\n\
            2,Moss,ANA@acme.example,true,false\n3,Moss,ana@acme.example,,\n4,Lee,bo@acme.example,true,pending\n\
            5,Moss,ana@acme.example,false,\n";
        let rows = flagged("CNS001", "", &[("lead", leads)]);
        let of = |column: &str| -> Vec<(&str, &str, bool)> {
            let of = rows.iter().filter(|row| row.column.as_deref() == Some(column));
            of.map(|row| (row.record_id.as_deref().unwrap(), row.detail.as_str(), row.suggested.is_some())).collect()
        };
        assert_eq!(
            of("HasOptedOutOfEmail"),
            [
                ("1", "not refused on 2 of 3 records of the person", true),
                ("2", "refused on 1 of 3 records of the person", false),
                ("5", "not refused on 2 of 3 records of the person", true),
            ]
        );
        assert_eq!(of("DoNotCall").len(), 2);
        let groups: std::collections::BTreeSet<_> = rows.iter().map(|row| row.group.clone()).collect();
        assert_eq!(groups.len(), 2, "one for each column");
    }

    #[test]
    fn what_only_a_cluster_joins_is_probable() {
        let mut leads = "Id,FirstName,LastName,Phone,Company,Email,HasOptedOutOfEmail\n\
            1,Robert,Quillfeather,+12025550101,Acme,robert@acme.example,true\n\
            2,Bob,Quillfeather,(202) 555-0101,Acme Inc.,bobq@mail-a.example,false\n"
            .to_owned();
        for (n, name) in
            ["Ines,Vandermolen", "Tarek,Osterhagen", "Wilma,Przybylski", "Yusuf,Abernathy"].iter().enumerate()
        {
            writeln!(leads, "x{n},{name},+1202555011{n},Firm {n},p{n}@firm{n}.example,false").unwrap();
        }
        let rows = flagged("CNS001", "", &[("lead", &leads)]);
        assert_eq!(rows.iter().map(|row| row.record_id.as_deref().unwrap_or_default()).collect::<Vec<_>>(), ["1", "2"]);
        assert!(rows.iter().all(|row| row.confidence < 1.0 && row.confidence >= 0.7));
        assert!(rows[0].detail.ends_with("what is probably one person"), "{}", rows[0].detail);
    }

    #[test]
    fn converted_leads_and_offices_are_left_out() {
        let leads = "Id,LastName,Email,HasOptedOutOfEmail,IsConverted\n0,Fox,cy@acme.example,false,true\n\
            1,Moss,ana@acme.example,false,true\n2,Moss,ana@acme.example,true,false\n3,Moss,ana@acme.example,true,false\n\
            4,Lee,info@acme.example,true,false\n5,Ray,info@acme.example,false,false\n";
        assert_eq!(run(leads), []);
        // The rows of what is left are the right ones.
        let found = run(&leads.replace("3,Moss,ana@acme.example,true", "3,Moss,ana@acme.example,no"));
        assert_eq!(found.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn a_bounce_belongs_to_the_address() {
        let rows = |other: &str| {
            format!(
                "Id,FirstName,LastName,Phone,Company,Email,EmailBouncedDate\n1,Ana,Moss,+12025550101,Acme,ana@acme.example,2026-10-01\n\
                 2,Ana,Moss,+12025550101,Acme,{other},\n"
            )
        };
        assert_eq!(run(&rows("ana@acme.example")).len(), 2);
        assert!(run(&rows("ana.moss@bolt.example")).is_empty());
    }
}
