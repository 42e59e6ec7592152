use super::*;

fn of(header: &str, role: Option<Role>, values: &[&str]) -> Kind {
    infer(header, role, &Stats::of(values, 3 * values.len() as u64))
}

#[test]
fn headers_tell() {
    for (header, wanted) in [
        ("given_name", Kind::GivenName),
        ("First Name", Kind::GivenName),
        ("surname", Kind::FamilyName),
        ("PRIMARY_NAME_LAST", Kind::FamilyName),
        ("PRIMARY_NAME_MIDDLE", Kind::MiddleName),
        ("PRIMARY_NAME_FULL", Kind::FullName),
        ("SECONDARY_NAME_ORG", Kind::Company),
        ("Name Suffix", Kind::Suffix),
        ("Employer", Kind::Company),
        ("E-Mail", Kind::Email),
        ("MobilePhone", Kind::Phone),
        ("PHONE_NUMBER", Kind::Phone),
        ("street_number", Kind::HouseNumber),
        ("Hausnummer", Kind::HouseNumber),
        ("address_1", Kind::Street),
        ("ADDR_LINE1", Kind::Street),
        ("Straße", Kind::Street),
        ("ADDR_CITY", Kind::Place),
        ("suburb", Kind::Place),
        ("PASSPORT_COUNTRY", Kind::Place),
        ("DRIVERS_LICENSE_STATE", Kind::Place),
        ("ADDR_POSTAL_CODE", Kind::Postcode),
        ("PLZ", Kind::Postcode),
        ("dob", Kind::Date),
        ("date_of_birth", Kind::Date),
        ("soc_sec_id", Kind::Code),
        ("SSN_NUMBER", Kind::Code),
        ("DRIVERS_LICENSE_NUMBER", Kind::Code),
        ("Customer No", Kind::Code),
        ("Gender", Kind::Category),
    ] {
        assert_eq!(infer(header, None, &Stats::default()), wanted, "{header}");
    }
}

#[test]
fn roles_come_first_and_values_last() {
    assert_eq!(of("contact", Some(Role::Email), &["a@b.example"]), Kind::Email);
    assert_eq!(of("name", Some(Role::Name), &["Jane Doe", "Moss, Ana", "Bo Lind Jr."]), Kind::FullName);
    assert_eq!(of("name", Some(Role::Name), &["Blue Heron Cafe", "Citrus", "Moss's of Rome"]), Kind::Company);
    assert_eq!(of("field 7", None, &["a@b.example", "c@d.example"]), Kind::Email);
    assert_eq!(of("field 7", None, &["1970-03-14", "3/4/1981"]), Kind::Date);
    assert_eq!(of("field 7", None, &["202-555-0136", "+1 202 555 0137"]), Kind::Phone);
    assert_eq!(of("field 7", None, &["K-10023", "K-10024"]), Kind::Code);
    assert_eq!(of("field 7", None, &["gold", "silver"]), Kind::Category);
    let many: Vec<String> = (0..100).map(|at| format!("something about {at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(of("field 7", None, &many), Kind::Text);
    // Headers that their values belie.
    assert_eq!(of("phone", None, &["home", "work"]), Kind::Category);
    assert_eq!(of("phone type", None, &["home", "work"]), Kind::Category);
    assert_eq!(of("email opt out", None, &["yes", "no"]), Kind::Category);
}

#[test]
fn what_is_compared_by_default() {
    for (header, role) in [
        ("x", Some(Role::Email)),
        ("x", Some(Role::BirthDate)),
        ("Date of Birth", None),
        ("soc_sec_id", None),
        ("Passport Number", None),
        ("street_number", None),
        ("Middle Name", None),
        ("suburb", None),
    ] {
        assert!(is_default(header, role), "{header}");
    }
    for (header, role) in [
        ("x", Some(Role::Id)),
        ("x", Some(Role::Owner)),
        ("x", Some(Role::CreatedAt)),
        ("x", Some(Role::Score)),
        ("x", Some(Role::Notes)),
        ("Close Date", None),
        ("Customer No", None),
        ("Manager Email", None),
        ("Spouse Date of Birth", None),
        ("Passport Status", None),
        ("Phone 2", None),
        ("Title", None),
        ("Shipping City", None),
    ] {
        assert!(!is_default(header, role), "{header}");
    }
}

#[test]
fn every_kind_compares_but_names() {
    let values = ["a", "b"];
    for kind in
        [Kind::Email, Kind::Phone, Kind::Street, Kind::HouseNumber, Kind::Postcode, Kind::Place, Kind::Date, Kind::Code]
    {
        assert!(kind.comparison(&values).is_some());
    }
    assert!(Kind::Category.comparison(&values).is_some() && Kind::Text.comparison(&values).is_some());
    assert!(Kind::Company.comparison(&values).is_none() && Kind::FullName.comparison(&values).is_none());
}
