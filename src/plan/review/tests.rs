//! Tests of what a person is asked, and of what becomes of the answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::decisions::Kept;
use super::super::tests::{leads, request};
use super::super::{Aside, Cleanup, clean};
use super::*;
use crate::config::parse;
use crate::rules::audit::audit;

/// Whoever decides, and when.
fn said(answer: Answer) -> Ruling {
    Ruling { answer, by: Some("ops".to_owned()), on: NaiveDate::from_ymd_opt(2026, 10, 31) }
}

/// A yes or no on a pair of leads.
type Pair<'a> = (&'a str, &'a str, Answer);

struct Desk {
    sources: [Arc<Source>; 1],
    config: Options,
    audit: Audit,
}

impl Desk {
    fn new(text: &str) -> Self {
        let sources = [leads(text)];
        let config = parse("", "leadlint.toml").unwrap();
        let audit = audit(&sources, &request(&config), &|_| ()).unwrap();
        Self { sources, config, audit }
    }

    fn known(&self) -> Known {
        Known::new(&self.audit, &self.sources, &self.config)
    }

    fn decisions(&self, rules: &str, kept: &Kept) -> Decisions {
        Decisions::parse([rules]).unwrap().with(kept, &self.known())
    }

    fn clean(&self, rules: &str, pairs: &[Pair<'_>]) -> Cleanup {
        let decisions = self.decisions(rules, &kept(pairs));
        clean(&self.audit, &self.sources, &request(&self.config), &decisions, &|_| ()).unwrap()
    }

    /// The ids of each merge, sorted.
    fn merged(&self, rules: &str, pairs: &[Pair<'_>]) -> Vec<Vec<String>> {
        let cleanup = self.clean(rules, pairs);
        assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
        ids(&cleanup)
    }

    fn review(&self, rules: &str, pairs: &[Pair<'_>]) -> Review {
        let kept = kept(pairs);
        let decisions = self.decisions(rules, &kept);
        review(&self.audit, &self.sources, &self.config, &decisions, &kept, &self.known())
    }
}

fn kept(pairs: &[Pair<'_>]) -> Kept {
    let mut kept = Kept::default();
    for (one, other, answer) in pairs {
        kept.insert(Subject::pair("leads", one, other), "DUP001", said(*answer));
    }
    kept
}

fn ids(cleanup: &Cleanup) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = cleanup
        .plan
        .merges()
        .map(|merge| {
            let places = merge.losers.iter().chain([&merge.survivor]);
            let mut ids: Vec<String> = places.map(|place| place.record.clone().unwrap()).collect();
            ids.sort();
            ids
        })
        .collect();
    all.sort();
    all
}

const THREE: &str = "Id,Email,First Name\n1,ana@acme.example,Ana\n2,ana@acme.example,Ana\n3,ana@acme.example,Ana\n\
                     4,bo@acme.example,Bo\n5,bo@acme.example,Bo\n";

use Answer::{Accept, Reject};

#[test]
fn pairs_are_merged_as_far_as_people_said() {
    let desk = Desk::new(THREE);
    assert_eq!(desk.merged("", &[]), Vec::<Vec<String>>::new());
    assert_eq!(desk.merged("", &[("1", "2", Accept)]), [["1", "2"]]);
    assert_eq!(desk.merged("", &[("2", "1", Accept), ("2", "3", Accept)]), [["1", "2", "3"]]);
    assert_eq!(desk.merged("DUP001=accept", &[]).len(), 2);
    // A no on a group beats a yes on its rule, and a yes on it a no.
    assert_eq!(desk.merged("DUP001=accept", &[("4", "5", Reject)]), [["1", "2", "3"]]);
    assert_eq!(desk.merged("DUP001=reject", &[("4", "5", Accept)]), [["4", "5"]]);
    assert_eq!(desk.merged("DUP001=accept", &[("1", "3", Reject), ("2", "3", Reject)])[0], ["1", "2"]);
}

#[test]
fn of_two_that_are_not_one_only_one_joins_the_rest() {
    let desk = Desk::new(THREE);
    let cleanup = desk.clean("DUP001=accept", &[("2", "3", Reject)]);
    assert_eq!(ids(&cleanup)[0], ["1", "2"]);
    assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
    let asides: Vec<_> = cleanup.plan.set_aside.iter().filter(|aside| aside.code == "DUP001").collect();
    assert_eq!(asides.len(), 1, "{asides:?}");
    assert_eq!((asides[0].class, asides[0].count), (Aside::Rejected, 1));
    assert_eq!(asides[0].why, "not one with record 2: rejected by ops on 2026-10-31");
    // What nobody decided on still waits.
    let cleanup = desk.clean("", &[("2", "3", Reject)]);
    let waits: u64 = cleanup
        .plan
        .set_aside
        .iter()
        .filter(|aside| aside.class == Aside::Undecided && aside.code == "DUP001")
        .map(|aside| aside.count)
        .sum();
    assert_eq!(waits, 5, "{:?}", cleanup.plan.set_aside);
}

#[test]
fn who_decided_stands_in_the_plan() {
    let cleanup = Desk::new(THREE).clean("", &[("1", "2", Accept), ("4", "5", Reject)]);
    let of: Vec<_> =
        cleanup.plan.decisions.iter().map(|one| (one.code, one.answer, one.by.as_deref(), one.rows)).collect();
    assert_eq!(of, [("DUP001", Accept, Some("ops"), 2), ("DUP001", Reject, Some("ops"), 2)]);
}

#[test]
fn a_reviewer_sees_groups_records_fields_and_values() {
    let text = "Id,Email,First Name,Industry\n1,ana@acme.example,Ana,Health Care\n2,ana@acme.example,Ann,Health Care\n\
                3,bo@acme.example,Bo,Health Care\n4,cy@acme.example,Cy,Healthcare\n5,di@acme.example,Di,healthcare\n\
                6,ed@acme.example,Ed,Retail\n7,fay@acme.example,Fay,Retail\n8,gus@acme.example,Gus,Retail\n";
    let review = Desk::new(text).review("", &[]);
    let codes: Vec<&str> = review.blocks.iter().map(|block| block.code).collect();
    assert_eq!(codes, ["DRF001", "DUP001"], "{review:#?}");
    let whats = |at: usize| review.blocks[at].lines.iter().map(|line| line.what).collect::<Vec<_>>();
    assert_eq!(whats(0), [What::Group, What::Value, What::Value]);
    assert_eq!(whats(1)[..3], [What::Group, What::Record, What::Record]);
    let group = &review.blocks[0].lines[0];
    assert_eq!((group.current.as_str(), group.suggested.as_str()), ("Healthcare (1); healthcare (1)", "Health Care"));
    assert_eq!(group.alternatives, "Health Care stands in 3 rows");
    let value = &review.blocks[0].lines[1];
    assert_eq!((value.record.as_str(), value.alternatives.as_str()), ("4", "Health Care (3); Healthcare (1)"));
    let field = review.blocks[1].lines.iter().find(|line| line.column == "First Name").unwrap();
    assert_eq!((field.what, field.suggested.as_str(), field.alternatives.as_str()), (What::Field, "Ana", "Ann (2)"));
}

#[test]
fn fields_say_what_a_yes_on_the_group_alone_brings() {
    let text = "Id,Email,HasOptedOutOfEmail,Region,City,Created At\n1,ana@acme.example,false,EMEA,,2026-01-02\n\
                2,ana@acme.example,true,emea,Bonn ,2026-01-01\n3,bo@acme.example,false,EMEA,Ulm,2026-01-02\n\
                4,cy@acme.example,false,EMEA,Ulm,2026-01-03\n5,di@acme.example,false,APAC,Ulm,2026-01-03\n";
    let desk = Desk::new(text);
    let shown = |pairs: &[Pair<'_>], rules: &str| {
        let review = desk.review(rules, pairs);
        let block = review.blocks.iter().find(|block| block.code == "DUP001").unwrap();
        let fields = block.lines.iter().filter(|line| line.what == What::Field);
        fields.map(|line| (line.column.clone(), line.suggested.clone())).collect::<Vec<_>>()
    };
    let brought = |rules: &str| {
        let cleanup = desk.clean(rules, &[("1", "2", Accept)]);
        let merge = cleanup.plan.merges().next().unwrap();
        let fields = merge.fields.iter().map(|field| (field.header.clone(), field.value.clone().unwrap_or_default()));
        fields.collect::<Vec<_>>()
    };
    let alone = shown(&[], "");
    assert!(alone.contains(&("HasOptedOutOfEmail".to_owned(), "true".to_owned())), "{alone:?}");
    assert_eq!(alone, brought(""));
    // What is decided besides is in it.
    for rules in ["DRF001=accept", "CNS001=accept", "CNS001=accept,DRF001=accept,FMT005=accept"] {
        assert_eq!(shown(&[], rules), brought(rules), "{rules}");
    }
}

#[test]
fn what_was_decided_is_shown_and_what_was_rejected_is_not_asked() {
    let desk = Desk::new(THREE);
    let review = desk.review("", &[("1", "2", Accept), ("1", "3", Reject), ("2", "3", Reject)]);
    let group = review.blocks.iter().find(|block| block.lines.iter().any(|line| line.record == "1")).unwrap();
    assert_eq!(group.lines[0].answer, Some(Accept));
    assert!(review.blocks.iter().flat_map(|block| &block.lines).all(|line| line.record != "3"));
    assert_eq!(review.standing.len(), 3);
    let by_rule = desk.review("DUP001=accept", &[]);
    assert!(by_rule.blocks.iter().all(|block| block.lines[0].answer == Some(Accept)));
    assert!(desk.review("DUP001=reject", &[]).blocks.is_empty());
}

#[test]
fn members_of_one_group_have_keys_that_only_depend_on_them() {
    let keys = |text: &str| {
        let review = Desk::new(text).review("", &[]);
        let of = review.blocks.iter().flat_map(|block| &block.lines).filter(|line| line.what != What::Field);
        of.map(|line| (line.record.clone(), line.group.clone(), line.key.clone())).collect::<BTreeSet<_>>()
    };
    let mut lines: Vec<&str> = THREE.lines().collect();
    lines[1..].reverse();
    assert_eq!(keys(THREE), keys(&(lines.join("\n") + "\n")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_pair_that_was_rejected_is_merged_whatever_else_was_said(
        emails in proptest::collection::vec(0..3_u8, 3..9),
        pairs in proptest::collection::vec((0..9_usize, 0..9_usize, any::<bool>()), 0..8),
        by_rule in any::<bool>(),
    ) {
        let mut text = "Id,Email\n".to_owned();
        for (at, email) in emails.iter().enumerate() {
            let _ = writeln!(text, "{at},p{email}@acme.example");
        }
        let desk = Desk::new(&text);
        let names: Vec<String> = (0..9).map(|at| at.to_string()).collect();
        let said: BTreeMap<(usize, usize), bool> =
            pairs.iter().filter(|(a, b, _)| a != b).map(|(a, b, yes)| ((*a.min(b), *a.max(b)), *yes)).collect();
        let said: Vec<Pair<'_>> = said
            .iter()
            .map(|((a, b), yes)| (names[*a].as_str(), names[*b].as_str(), if *yes { Accept } else { Reject }))
            .collect();
        let rules = if by_rule { "DUP001=accept" } else { "" };
        let merged = desk.merged(rules, &said);
        for (one, other, answer) in &said {
            let together = merged.iter().any(|ids| ids.iter().any(|id| id == one) && ids.iter().any(|id| id == other));
            prop_assert!(*answer == Accept || !together, "{one} and {other} in {merged:?}");
        }
        let mut backwards = said.clone();
        backwards.reverse();
        prop_assert_eq!(merged, desk.merged(rules, &backwards));
    }
}
