//! Which comparison fits a column: by its role, else by the words of its header, else by its values.

mod header;
mod stats;

use super::Comparison;
use super::category::Categories;
use super::code::Codes;
use super::date::Dates;
use super::email::EmailAddresses;
use super::phone::PhoneNumbers;
use super::place::Places;
use super::postcode::Postcodes;
use super::street::StreetAddresses;
use super::text::Texts;
use crate::model::Role;
pub use stats::Stats;

/// What a column holds, as far as comparing its values goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Given name of a person.
    GivenName,
    /// Middle name or initial.
    MiddleName,
    /// Family name.
    FamilyName,
    /// The whole name of a person.
    FullName,
    /// Jr, Sr, III.
    Suffix,
    /// Name of a company or another organisation.
    Company,
    /// Email address.
    Email,
    /// Phone number.
    Phone,
    /// Street line or whole address.
    Street,
    /// Number of a house, in a column of its own.
    HouseNumber,
    /// Postal code.
    Postcode,
    /// City, suburb, state, country.
    Place,
    /// Birth date or another day.
    Date,
    /// Identifier.
    Code,
    /// One of a short list.
    Category,
    /// Anything else.
    Text,
}

impl Kind {
    /// Whether it is a part of a person's name, which is compared with its other parts.
    #[must_use]
    pub const fn is_part_of_name(self) -> bool {
        matches!(self, Self::GivenName | Self::MiddleName | Self::FamilyName | Self::FullName | Self::Suffix)
    }

    /// How values of this kind compare, over the distinct values of a column. `None` for the parts of a person's name and
    /// for companies, which are compared elsewhere.
    #[must_use]
    pub fn comparison(self, values: &[&str]) -> Option<Box<dyn Comparison>> {
        Some(match self {
            Self::GivenName | Self::MiddleName | Self::FamilyName | Self::FullName | Self::Suffix | Self::Company => {
                return None;
            }
            Self::Email => Box::new(EmailAddresses::new(values)),
            Self::Phone => Box::new(PhoneNumbers::new(values)),
            Self::Street => Box::new(StreetAddresses::new(values)),
            Self::HouseNumber | Self::Code => Box::new(Codes::new(values)),
            Self::Postcode => Box::new(Postcodes::new(values)),
            Self::Place => Box::new(Places::new(values)),
            Self::Date => Box::new(Dates::new(values)),
            Self::Category => Box::new(Categories::new(values)),
            Self::Text => Box::new(Texts::new(values)),
        })
    }
}

/// The kind of a column that `[duplicates] match` names, or that is compared by default.
#[must_use]
pub fn infer(header: &str, role: Option<Role>, sample: &Stats) -> Kind {
    if let Some(kind) = role.and_then(|role| by_role(role, sample)) {
        return kind;
    }
    match header::kind(&header::words(header)) {
        // A name may be a person's or an organisation's.
        Some(header::Hint::Name) => name(sample),
        // Headers err: what is called a phone and holds none is text.
        Some(header::Hint::Kind(kind)) if fits(kind, sample) => kind,
        Some(header::Hint::Kind(_) | header::Hint::Values) | None => by_values(sample),
    }
}

/// Whether a column is compared where nobody says what to compare by: columns whose role tells people or companies apart,
/// and those whose header says for certain that they hold a birth date, a national identifier or a part of a name or
/// address. Never ids of records, times, owners, states of the process, or text.
#[must_use]
pub fn is_default(header: &str, role: Option<Role>) -> bool {
    match role {
        Some(
            Role::Email
            | Role::Phone
            | Role::FirstName
            | Role::LastName
            | Role::Name
            | Role::Company
            | Role::Street
            | Role::City
            | Role::Postcode
            | Role::Region
            | Role::Country
            | Role::BirthDate,
        ) => true,
        Some(_) => false,
        None => header::is_certain(&header::words(header)),
    }
}

fn by_role(role: Role, sample: &Stats) -> Option<Kind> {
    Some(match role {
        Role::Email => Kind::Email,
        Role::Phone => Kind::Phone,
        Role::FirstName => Kind::GivenName,
        Role::LastName => Kind::FamilyName,
        Role::Name => name(sample),
        Role::Company => Kind::Company,
        Role::Street => Kind::Street,
        Role::Postcode => Kind::Postcode,
        Role::City | Role::Region | Role::Country => Kind::Place,
        Role::BirthDate => Kind::Date,
        Role::Id | Role::ChatId | Role::RecordId | Role::Domain => Kind::Code,
        _ => return None,
    })
}

fn name(sample: &Stats) -> Kind {
    if sample.looked_at == 0 || sample.people >= 0.7 { Kind::FullName } else { Kind::Company }
}

/// Whether the values can be what the header says.
fn fits(kind: Kind, sample: &Stats) -> bool {
    sample.looked_at == 0
        || match kind {
            Kind::Email => sample.emails >= 0.3,
            Kind::Phone => sample.digits >= 0.5,
            Kind::Date => sample.dates >= 0.3,
            // "Home" and "work" under `address`.
            Kind::Street => sample.distinct > 20 || sample.words >= 1.5,
            Kind::HouseNumber => sample.length <= 12.0,
            _ => true,
        }
}

fn by_values(sample: &Stats) -> Kind {
    let few = sample.distinct <= 40 || (sample.distinct <= 1000 && sample.distinct * 20 <= sample.filled);
    if sample.emails >= 0.7 {
        Kind::Email
    } else if sample.dates >= 0.8 {
        Kind::Date
    } else if sample.phones >= 0.8 {
        Kind::Phone
    } else if sample.codes >= 0.8 && !(few && sample.length < 4.0) {
        Kind::Code
    } else if few && sample.words <= 4.0 && sample.distinct * 2 <= sample.filled {
        Kind::Category
    } else {
        Kind::Text
    }
}

#[cfg(test)]
mod tests;
