//! DRF007: parts of an address that contradict each other.

use rayon::prelude::*;

use crate::normalise::country::{self, Named, State, fits, lost_zeros, state_of_postcode};
use crate::normalise::dictionary::Dictionary;
use crate::normalise::phone;
use crate::normalise::text::is_blank;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Rows whose country, state and postcode cannot all be right: Germany and California, the United States and
    /// `SW1A 1AA`, California and the ZIP code 10001. At least two of the three must be filled and understood: countries by
    /// name or code; states of the United States, Canada and Australia; postcodes of some forty countries. Codes of two
    /// letters are read by their column: `CA` is California as a state and Canada as a country. What is not known contradicts
    /// nothing.
    ///
    /// People move and keep their numbers, so a phone's prefix is no contradiction by itself; where there is one, the
    /// message says which side the prefix is on. Postcodes that are only short of leading noughts are FMT007's. A few ZIP
    /// codes at the border of two states serve both.
    ///
    /// ## Why it matters
    ///
    /// Territories, tax and consent law follow the address; a rule by country and a rule by state give the record to two
    /// people.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Country,State,PostalCode
    /// 1,Germany,California,
    /// 2,United States,NY,94105
    /// 3,UK,,94105
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Country,State,PostalCode,Phone
    /// 1,United States,CA,94105,+442079460000
    /// 2,Canada,ON,M5V 3L9,
    /// 3,Georgia,Georgia,0105,
    /// 4,Italy,CA,09100,
    /// 5,,California,94105,
    /// 6,Germany,Bayern,80331,
    /// ```
    ///
    /// ## Cleanup
    ///
    /// By hand: the row alone does not say which part is wrong.
    ///
    /// ## References
    ///
    /// ISO 3166-1; the states and the first three digits of ZIP codes after the United States Postal Service.
    pub struct ContradictoryPlace {
        code: "DRF007",
        name: "contradictory-place",
        family: Drift,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact, Account],
        needs: [Need::AnyRole(&[Role::Country, Role::Region, Role::Postcode])],
        safety: Manual,
        message: "country, state and postcode contradict each other in {count} of {checked|row|rows} of {source}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let place = Places::of(table);
        let Some(column) = place.column() else { continue };
        let judged: Vec<(u32, Option<String>)> = (0..table.height() as u32)
            .into_par_iter()
            .filter_map(|row| {
                let (country, state, code) = place.at(row);
                let known = [country.is_some(), state.is_some(), code.is_some()];
                if known.into_iter().filter(|known| *known).count() < 2 {
                    return None;
                }
                let why = contradiction(country, state, code).map(|why| match place.prefix(row) {
                    Some(prefix) => format!("{why}; the phone begins with +{prefix}"),
                    None => why,
                });
                Some((row, why))
            })
            .collect();
        out.checked(table, Some(column), judged.len() as u64);
        let (rows, detail): (Vec<u32>, Vec<String>) =
            judged.into_iter().filter_map(|(row, why)| Some((row, why?))).unzip();
        let value: StringChunked = rows.iter().map(|row| place.shown(*row)).map(Some).collect();
        let detail: StringChunked = detail.iter().map(|why| Some(why.as_str())).collect();
        out.push(
            Hits::rows(table, Some(column), rows)?
                .with("value", value.into_series())?
                .with("detail", detail.into_series())?,
        );
    }
    Ok(out)
}

/// The country, the state and the postcode of a row, as far as they are understood.
type Parts<'a> = (Option<&'static str>, Option<&'static State>, Option<&'a str>);

/// Distinct cells of a column, and the country that each names.
type Countries<'a> = (&'a Dictionary, Vec<Option<&'static str>>);

/// The columns of an address.
struct Places<'a> {
    table: &'a Table,
    country: Option<(usize, Option<Countries<'a>>)>,
    /// The column, and whether its header says that it holds states: only then are codes read as such.
    state: Option<(usize, bool)>,
    states: Option<(&'a Dictionary, Vec<&'static [Named]>)>,
    postcode: Option<usize>,
    phone: Option<usize>,
}

impl<'a> Places<'a> {
    fn of(table: &'a Table) -> Self {
        let country = table.role(Role::Country).map(|column| {
            let known = table.dictionary(column).map(|dictionary| {
                (dictionary, dictionary.values.iter().map(|value| country::country(value)).collect::<Vec<_>>())
            });
            (column, known)
        });
        // A region of sales may be called after a state; a column of states says so.
        let by_header = table.source.columns().find(|column| names_state(table.source.header(*column)));
        let state =
            by_header.map(|column| (column, true)).or_else(|| table.role(Role::Region).map(|column| (column, false)));
        let states = state.and_then(|(column, _)| table.dictionary(column)).map(|dictionary| {
            (dictionary, dictionary.values.iter().map(|value| country::named(value)).collect::<Vec<_>>())
        });
        Self { table, country, state, states, postcode: table.role(Role::Postcode), phone: table.role(Role::Phone) }
    }

    fn column(&self) -> Option<usize> {
        self.country.as_ref().map(|(column, _)| *column).or(self.state.map(|(column, _)| column)).or(self.postcode)
    }

    fn cell(&self, column: usize, row: u32) -> Option<&'a str> {
        self.table.text(column).get(row).filter(|cell| !is_blank(Some(cell)))
    }

    fn at(&self, row: u32) -> Parts<'a> {
        let country = self.country.as_ref().and_then(|(column, known)| match known {
            Some((dictionary, countries)) => {
                dictionary.codes.get(row as usize).and_then(|code| countries.get(*code as usize)).copied().flatten()
            }
            None => self.cell(*column, row).and_then(country::country),
        });
        let state = self.state.and_then(|(column, codes)| match &self.states {
            Some((dictionary, states)) => {
                let code = *dictionary.codes.get(row as usize)?;
                country::choose(states.get(code as usize)?, country, codes)
            }
            None => country::state(self.cell(column, row)?, country, codes),
        });
        (country, state, self.postcode.and_then(|column| self.cell(column, row)))
    }

    fn prefix(&self, row: u32) -> Option<u16> {
        phone::read(self.cell(self.phone?, row)?).and_then(|number| number.calling())
    }

    /// The parts of the address as they stand.
    fn shown(&self, row: u32) -> String {
        let columns =
            [self.country.as_ref().map(|(column, _)| *column), self.state.map(|(column, _)| column), self.postcode];
        let cells: Vec<&str> =
            columns.into_iter().flatten().filter_map(|column| self.cell(column, row)).map(trimmed).collect();
        cells.join(", ")
    }
}

/// Whether a header names states: `State`, `BillingState`, `State/Province`.
fn names_state(header: &str) -> bool {
    let letters: String = header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    ["state", "stateprovince", "stateregion", "statecode", "province"].iter().any(|end| letters.ends_with(end))
}

/// Territories that have a country code of their own and count as states of the United States.
const TERRITORIES: [&str; 5] = ["PR", "GU", "VI", "AS", "MP"];

fn contradiction(country: Option<&'static str>, state: Option<&State>, code: Option<&str>) -> Option<String> {
    if let (Some(country), Some(state)) = (country, state) {
        let home = state.country == country || (state.country == "US" && TERRITORIES.contains(&country));
        if !home {
            let (of, is) = (country::name(state.country), country::name(country));
            return Some(format!("{} is a state of {of}, the country is {is}", state.name));
        }
    }
    let code = code?;
    if let Some(country) = country {
        if lost_zeros(code, country).is_some() {
            return None;
        }
        if fits(code, country) == Some(false) {
            return Some(format!("{} has no postcodes of this form", country::name(country)));
        }
    }
    // Without a country a postcode that fits the state's is held against it.
    let home = country.or_else(|| state.map(|state| state.country))?;
    let state = state?;
    let told = state_of_postcode(code, home)?;
    // The post of the armed forces has codes of its own.
    let military = matches!(state.code, "AA" | "AE" | "AP");
    (state.country == home && !military && !told.contains(&state.code))
        .then(|| format!("the postcode is one of {}, the state is {}", told.join(" or "), state.code))
}

#[cfg(test)]
mod tests {
    use super::names_state;
    use crate::rules::testing::flagged;

    fn found(text: &str) -> Vec<String> {
        flagged("DRF007", "", &[("contact", text)]).into_iter().map(|row| row.value.unwrap_or_default()).collect()
    }

    #[test]
    fn codes_are_read_by_column_and_country() {
        assert_eq!(
            found("Id,Country,State\n1,US,CA\n2,CA,ON\n3,CA,CA\n4,US,ON\n5,DE,BY\n6,IT,CA\n7,AU,WA\n8,DE,Ontario\n"),
            ["CA, CA", "US, ON", "DE, Ontario"]
        );
    }

    #[test]
    fn sales_regions_are_no_codes_of_states() {
        assert_eq!(found("Id,Country,Region\n1,Australia,AP\n2,Mexico,LA\n3,Germany,West\n"), [] as [&str; 0]);
    }

    #[test]
    fn a_phone_alone_contradicts_nothing() {
        assert_eq!(found("Id,Country,PostalCode,Phone\n1,Germany,10115,+442079460000\n"), [] as [&str; 0]);
        let rows =
            flagged("DRF007", "", &[("contact", "Id,Country,PostalCode,Phone\n1,Germany,SW1A 1AA,+442079460000\n")]);
        assert!(rows[0].detail.ends_with("the phone begins with +44"), "{}", rows[0].detail);
    }

    #[test]
    fn lost_noughts_are_no_contradiction() {
        assert_eq!(found("Id,Country,State,PostalCode\n1,US,MA,2110\n2,PR,PR,00901\n3,US,AE,09012\n"), [] as [&str; 0]);
    }

    #[test]
    fn headers_name_states() {
        for header in
            ["State", "State/Province", "BillingState", "State/Region", "Billing State/Province", "State Code"]
        {
            assert!(names_state(header), "{header}");
        }
        for header in ["Statement", "Region__c", "Status"] {
            assert!(!names_state(header), "{header}");
        }
    }
}
