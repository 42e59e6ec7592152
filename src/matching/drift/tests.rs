use proptest::prelude::*;

use super::*;

type Found = Vec<(String, Vec<(String, Relation)>)>;

fn found_in(values: &[(&str, u64)], listed: &[&str], aliases: &[(&str, &str)], companies: bool) -> Found {
    let mut counts: BTreeMap<String, u64> = values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
    let aliases: BTreeMap<String, String> =
        aliases.iter().map(|(spelling, kept)| ((*spelling).to_owned(), (*kept).to_owned())).collect();
    let mut listed: BTreeSet<String> = listed.iter().map(|value| (*value).to_owned()).collect();
    listed.extend(aliases.values().cloned());
    for value in &listed {
        counts.entry(value.clone()).or_default();
    }
    let column = Column { counts: &counts, listed: &listed, aliases: &aliases, companies };
    clusters(&column)
        .into_iter()
        .map(|cluster| (cluster.canonical, cluster.variants.into_iter().map(|one| (one.value, one.relation)).collect()))
        .collect()
}

fn found(values: &[(&str, u64)]) -> Found {
    found_in(values, &[], &[], false)
}

/// What `variant` becomes.
fn meant<'f>(found: &'f Found, variant: &str) -> Option<(&'f str, Relation)> {
    found.iter().find_map(|(kept, variants)| {
        let (_, relation) = variants.iter().find(|(value, _)| value == variant)?;
        Some((kept.as_str(), *relation))
    })
}

#[test]
fn spellings_of_one_region_are_one_cluster() {
    let found = found(&[
        ("East Region", 90),
        ("EastRegion", 3),
        ("EAST", 2),
        ("east-region", 1),
        ("E. Region", 1),
        ("West Region", 80),
        ("WEST", 2),
        ("Southeast", 9),
    ]);
    let east = ["E. Region", "EAST", "EastRegion", "east-region"];
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].0, "East Region");
    assert_eq!(found[0].1.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>(), east);
    assert_eq!(found[1], ("West Region".to_owned(), vec![("WEST".to_owned(), Relation::Short)]));
}

#[test]
fn slips_are_found_and_words_are_not_slips() {
    let column =
        [("Manufacturing", 50), ("Manufacturng", 1), ("Banking", 40), ("Baking", 3), ("Refferal", 1), ("Referral", 30)];
    let found = found(&column);
    assert_eq!(meant(&found, "Manufacturng"), Some(("Manufacturing", Relation::Misspelt)));
    assert_eq!(meant(&found, "Refferal"), Some(("Referral", Relation::Misspelt)));
    assert_eq!(found.len(), 2);
}

#[test]
fn two_frequent_values_are_never_joined() {
    assert!(found(&[("Marlow Plan", 300), ("Harlow Plan", 250)]).is_empty());
    assert!(found(&[("Marlowe", 300), ("Marlow", 250)]).is_empty());
    assert!(found(&[("East Region", 300), ("West Region", 1)]).is_empty());
}

#[test]
fn a_word_that_stands_elsewhere_is_no_slip() {
    let column = [("Torvan Group", 30), ("Torven Group", 3), ("Torven Bay", 20), ("Torven Hill", 20)];
    assert!(found(&column).is_empty());
    assert_eq!(found(&[("Torvan Group", 60), ("Torven Group", 1)]).len(), 1);
}

#[test]
fn a_word_said_twice_is_said_once() {
    let found = found(&[("East Region", 9), ("East East Region", 1), ("Region East", 1), ("West Region", 9)]);
    assert_eq!(meant(&found, "East East Region"), Some(("East Region", Relation::WordOrder)));
    assert_eq!(meant(&found, "Region East"), Some(("East Region", Relation::WordOrder)));
    assert_eq!(found.len(), 1);
}

#[test]
fn slips_do_not_chain() {
    // Each is a slip away from the next, the ends are not.
    let found = found(&[("abcdefghij", 900), ("abcdefghxx", 30), ("abcdefxxxx", 1)]);
    assert!(meant(&found, "abcdefxxxx").is_none_or(|(kept, _)| kept != "abcdefghij"), "{found:?}");
}

#[test]
fn short_forms_need_exactly_one_value() {
    assert!(found(&[("Paid", 2), ("Paid Search", 90), ("Paid Social", 90)]).is_empty());
    let found = found(&[("Telecom", 2), ("Telecommunications", 90), ("APAC", 3), ("Asia Pacific", 60), ("Retail", 50)]);
    assert_eq!(meant(&found, "Telecom"), Some(("Telecommunications", Relation::Short)));
    assert_eq!(meant(&found, "APAC"), Some(("Asia Pacific", Relation::Short)));
}

#[test]
fn two_values_that_many_cells_have_are_two() {
    let ads = [("Facebook Ads", 120), ("Bing Ads", 15), ("Bing", 20), ("Email Campaign", 40), ("Spring Campaign", 9)];
    let found_sources = found(&[&ads[..], &[("Facebook", 200), ("Email", 100), ("Facebok", 2)]].concat());
    assert_eq!(meant(&found_sources, "Facebok"), Some(("Facebook", Relation::Misspelt)));
    assert_eq!(found_sources.len(), 1, "{found_sources:?}");
    // A word that means only the kind everywhere may come and go.
    let found_regions = found(&[("East Region", 90), ("EAST", 80), ("West Region", 70)]);
    assert_eq!(meant(&found_regions, "EAST"), Some(("East Region", Relation::Short)));
    // And one of the column's own where the short form is rare.
    let found_plans = found(&[("Gold Bundle", 90), ("Gold", 4), ("Iron Bundle", 70)]);
    assert_eq!(meant(&found_plans, "Gold"), Some(("Gold Bundle", Relation::Short)));
}

#[test]
fn codes_are_read_by_what_the_column_holds() {
    let states = [("California", 50), ("Texas", 40), ("Ohio", 30), ("CA", 3), ("Calif.", 1), ("Texsa", 1)];
    let found_states = found(&states);
    assert_eq!(meant(&found_states, "CA"), Some(("California", Relation::Vocabulary)));
    assert_eq!(meant(&found_states, "Calif."), Some(("California", Relation::Vocabulary)));
    assert_eq!(meant(&found_states, "Texsa"), Some(("Texas", Relation::Misspelt)));
    let countries = found(&[("Canada", 50), ("Germany", 40), ("France", 30), ("CA", 3), ("Deutschland", 2)]);
    assert_eq!(meant(&countries, "CA"), Some(("Canada", Relation::Vocabulary)));
    assert_eq!(meant(&countries, "Deutschland"), Some(("Germany", Relation::Vocabulary)));
    // Where most cells have codes, the names give way.
    let codes = found(&[("US", 90), ("CA", 50), ("GB", 20), ("FR", 20), ("Canada", 2)]);
    assert_eq!(meant(&codes, "Canada"), Some(("CA", Relation::Vocabulary)));
    assert!(found(&[("California", 50), ("Canada", 50), ("Texas", 40), ("Germany", 40), ("CA", 3)]).is_empty());
    assert!(found(&[("Niger", 1), ("Nigeria", 90), ("Austria", 40), ("Australia", 1)]).is_empty());
}

#[test]
fn what_is_listed_is_nobodys_variant() {
    let values = [("Central", 90), ("Centrall", 1), ("CENTRAL", 1)];
    assert_eq!(found_in(&values, &["Central", "Centrall"], &[], false).len(), 1);
    let swapped = found_in(&[("Centrall", 90), ("Central", 5)], &["Central"], &[], false);
    assert_eq!(meant(&swapped, "Central"), None);
    let aliased = found_in(&[("Big Fish", 9), ("Key Account", 5)], &[], &[("big fish", "Enterprise")], false);
    assert_eq!(meant(&aliased, "Big Fish"), Some(("Enterprise", Relation::Alias)));
}

#[test]
fn companies_compare_without_legal_form_and_have_no_short_forms() {
    let values =
        [("Acme Logistics Inc", 5), ("Acme Logistics", 2), ("Acme", 9), ("Bravo Foods", 1), ("Bravo Goods", 9)];
    let found = found_in(&values, &[], &[], true);
    assert_eq!(found, [("Acme Logistics Inc".to_owned(), vec![("Acme Logistics".to_owned(), Relation::Spelling)])]);
}

proptest! {
    #[test]
    fn every_value_is_in_at_most_one_cluster_and_what_is_kept_stays(
        values in proptest::collection::btree_map("(East|Esat|West|Region|Paid|Search|Calif|California|CA| |,|-|1|2|x){1,4}", 0_u64..90, 0..14),
        companies in any::<bool>(),
    ) {
        let (listed, aliases) = (BTreeSet::new(), BTreeMap::new());
        let column = Column { counts: &values, listed: &listed, aliases: &aliases, companies };
        let found = clusters(&column);
        let mut seen = BTreeSet::new();
        for cluster in &found {
            prop_assert!(!cluster.variants.is_empty());
            for value in cluster.variants.iter().map(|one| &one.value).chain([&cluster.canonical]) {
                prop_assert!(seen.insert(value.clone()), "{value} is in two clusters");
                prop_assert!(values.contains_key(value));
            }
            for variant in &cluster.variants {
                prop_assert!((0.6..1.0).contains(&variant.confidence));
            }
        }
        prop_assert_eq!(clusters(&column), found);
    }

    #[test]
    fn hostile_values_do_no_harm(values in proptest::collection::btree_map("\\PC{0,30}", 1_u64..9, 0..9)) {
        let (listed, aliases) = (BTreeSet::new(), BTreeMap::new());
        let _ = clusters(&Column { counts: &values, listed: &listed, aliases: &aliases, companies: false });
    }
}
