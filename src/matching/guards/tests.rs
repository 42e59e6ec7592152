use proptest::prelude::*;

use super::*;

fn apart(one: &str, other: &str) -> Option<&'static str> {
    let (a, b) = (Signature::of(one), Signature::of(other));
    assert_eq!(a.apart(&b).is_some(), b.apart(&a).is_some(), "{one} and {other}");
    a.apart(&b)
}

#[test]
fn what_differs_in_meaning_is_apart() {
    let missed = [
        ("1-10", "110"),
        ("Q1", "Q2"),
        ("Q1", "Quarter 2"),
        ("Q1 2024", "H1 2024"),
        ("Tier 1", "Tier 2"),
        ("Tier 1", "Tier"),
        ("Widget Pro 2", "Widget Prop"),
        ("Contracted", "Contacted"),
        ("Existing", "Exiting"),
        ("Annual", "Semi-Annual"),
        ("Weekly", "Bi-weekly"),
        ("EMEA", "EMEAR"),
        ("Deal", "Dead"),
        ("Juin", "Juil"),
        ("FY2023", "FY2024"),
        ("v1.2", "v1.3"),
        ("Phase I", "Phase II"),
        ("Phase II", "Phase III"),
        ("First Touch", "Second Touch"),
        ("Plan A", "Plan B"),
        ("Plan A", "Plan"),
        ("Class C", "Class D"),
        ("C", "C++"),
        ("C++", "C#"),
        ("A+", "A-"),
        ("A", "A-"),
        ("<50", ">50"),
        ("50", "50+"),
        ("East Region", "West Region"),
        ("E. Region", "W. Region"),
        ("eastregion", "West Region"),
        ("Southeast", "Southwest"),
        ("Southeast Asia", "Asia"),
        ("Inbound", "Outbound"),
        ("Inbound Call", "Outbuond Call"),
        ("Active", "Inactive"),
        ("Qualified", "Unqualifed"),
        ("Qualified", "Not Qualified"),
        ("With Onboarding", "Without Onboarding"),
        ("Opt-In", "Opt-Out"),
        ("B2B", "B2C"),
        ("Gold Partner", "Silver Partner"),
        ("Junior", "Senior"),
        ("10 kg", "10 lb"),
        ("5 GB", "5 MB"),
        ("10k", "10m"),
        ("Revenue EUR", "Revenue USD"),
        ("Niger", "Nigeria"),
        ("Niger Office", "Nigeria Office"),
        ("Austria", "Australia"),
        ("England", "United Kingdom"),
        ("Jersey", "New Jersey"),
        ("Republic of Congo", "Democratic Republic of Congo"),
        ("Virginia", "West Virginia"),
        ("March", "May"),
        ("Mar 2024", "May 2024"),
        ("Tuesday", "Thursday"),
        ("Acme", "Acme Plus"),
        ("Acme East", "Acme"),
        ("Acme Holdings", "Acme Logistics"),
        ("Paid Search", "Paid Social"),
        ("Leads", "Lead Lost"),
        ("SEO", "SEM"),
        ("Yes", "No"),
    ]
    .into_iter()
    .filter(|(one, other)| apart(one, other).is_none());
    assert_eq!(missed.collect::<Vec<_>>(), []);
}

#[test]
fn spellings_are_not_apart() {
    let wrong = [
        ("1,000", "1000"),
        ("U.S.", "USA"),
        ("Q1", "q1"),
        ("Q1", "Quarter 1"),
        ("1st Quarter", "First Quarter"),
        ("Tier-1", "Tier 1"),
        ("Tier One", "Tier 1"),
        ("Tier 01", "Tier 1"),
        ("Tier l", "Tier 1"),
        ("Phase 2", "Phase II"),
        ("Two", "2"),
        ("N. America", "North America"),
        ("E. Region", "East Region"),
        ("E", "East"),
        ("EAST", "East Region"),
        ("Southeast", "South East"),
        ("EastRegion", "east-region"),
        ("eastregion", "East Region"),
        ("Esat Region", "East Region"),
        ("Esat", "East"),
        ("Westren Region", "Western Region"),
        ("Californa", "California"),
        ("Niegria", "Nigeria"),
        ("Inndia", "India"),
        ("Recieved", "Received"),
        ("CA", "California"),
        ("CA", "Canada"),
        ("Sept", "September"),
        ("Non-Profit", "Nonprofit"),
        ("Non Porfit", "Nonprofit"),
        ("eCommerce", "E-Commerce"),
        ("Ecomerce", "eCommerce"),
        ("OneDrive", "Onedrvie"),
        ("J. P. Marlow", "JP Marlow"),
        ("Oil & Gas", "Oil and Gas"),
        ("Leads", "Lead"),
        ("Companies", "Company"),
        ("Manufacturng", "Manufacturing"),
        ("Acme Logistcs", "Acme Logistics"),
        ("Acme Energy", "Acme EEnergy"),
        ("Acme Holdings", "Acme oHldings"),
        ("Central East", "Centrla East"),
        ("Eastbound", "Eatbound"),
        ("West Region", "Wets Region"),
        ("Sales East", "Salees East"),
        ("A & W Foods", "A&W Foods"),
        ("S & P 500", "S&P 500"),
        ("24x7", "24/7"),
        ("100+", "100 +"),
        ("Sales + Marketing", "Sales & Marketing"),
        ("w/ Support", "With Support"),
        ("Pharma", "Pharmaceuticals"),
        ("Acme Ltd", "Acme Inc"),
        ("Closed Won", "Won"),
        ("Paid", "Paid Search"),
        ("v1.2", "Version 1.2"),
        ("10%", "10 percent"),
        ("10k", "10,000"),
    ]
    .into_iter()
    .filter_map(|(one, other)| Some((one, other, apart(one, other)?)));
    assert_eq!(wrong.collect::<Vec<_>>(), []);
}

#[test]
fn every_trap_is_apart_and_no_spelling_is() {
    let rows = |table: &'static str| {
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let mut traps = rows(include_str!("../../../tests/it/traps.csv"));
    traps.retain(|trap| apart(&trap[0], &trap[1]).is_none());
    assert_eq!(traps, [[""; 0]; 0]);
    let mut spellings = rows(include_str!("../../../tests/it/spellings.csv"));
    spellings.retain(|row| apart(&row[1], &row[2]).is_some());
    assert_eq!(spellings, [[""; 0]; 0]);
}

#[test]
fn codes_of_two_letters_may_be_ambiguous() {
    assert!(["CA", "de", "GA", "IN"].into_iter().all(is_ambiguous));
    assert!(!["US", "Georgia", "TX", "Californa", ""].into_iter().any(is_ambiguous));
}

proptest! {
    #[test]
    fn a_value_is_never_apart_from_itself(value in "\\PC{0,40}") {
        prop_assert_eq!(apart(&value, &value), None);
        prop_assert_eq!(apart(&value, &format!("  {value} ")), None);
    }

    #[test]
    fn the_order_of_two_values_does_not_matter(one in "(north|Q|Tier|II|non|active|inactive|[0-9]| |-|\\+|A){0,8}", other in "(west|Q|Tier|I|un|active|[0-9]| |-|#|B){0,8}") {
        apart(&one, &other);
    }
}
