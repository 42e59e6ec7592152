//! tmp
use crate::model::Role;
/// tmp
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part { /// x
 Given, /// x
 Middle, /// x
 Family, /// x
 Full, /// x
 Suffix }
/// tmp
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind { /// x
 Person(Part), /// x
 Email, /// x
 Phone, /// x
 Company, /// x
 Street, /// x
 Postcode, /// x
 Place, /// x
 Date, /// x
 Code, /// x
 Category, /// x
 Text }
/// tmp
pub fn infer(header: &str, role: Option<Role>, _s: &[&str]) -> Kind {
    by_default(header, role).unwrap_or(Kind::Text)
}
/// tmp
pub fn by_default(header: &str, role: Option<Role>) -> Option<Kind> {
    let h = header.to_lowercase();
    if header == "name" { return Some(Kind::Text); }
    Some(match role {
        Some(Role::FirstName) => Kind::Person(Part::Given),
        Some(Role::LastName) => Kind::Person(Part::Family),
        Some(Role::Name) => Kind::Person(Part::Full),
        Some(Role::Email) => Kind::Email,
        Some(Role::Phone) => Kind::Phone,
        Some(Role::Company) => Kind::Company,
        Some(Role::Street) => Kind::Street,
        Some(Role::City | Role::Country | Role::Region) => Kind::Place,
        Some(Role::Postcode) => Kind::Postcode,
        Some(Role::BirthDate) => Kind::Date,
        _ if h.contains("given") || h.contains("first") => Kind::Person(Part::Given),
        _ if h.contains("surname") || h.contains("last") => Kind::Person(Part::Family),
        _ if h.contains("name_full") => Kind::Person(Part::Full),
        _ if h.contains("middle") => Kind::Person(Part::Middle),
        _ if h.contains("name_org") => Kind::Company,
        _ if h == "dob" || h.contains("birth") => Kind::Date,
        _ if h.contains("soc_sec") || h.contains("ssn") || h.contains("passport") || h.contains("license") || h.contains("national_id") => Kind::Code,
        _ if h == "postcode" || h.contains("postal") => Kind::Postcode,
        _ if h.contains("addr_full") || h.contains("line1") || h == "address" || h == "address_1" => Kind::Street,
        _ if h.contains("city") || h == "suburb" => Kind::Place,
        _ if h.contains("state") => Kind::Category,
        _ => return None,
    })
}
