//! Further addresses of the records that are merged away: kept in a field, or said.

use std::collections::BTreeSet;

use super::{Choice, Cluster};
use crate::normalise::email;
use crate::normalise::text::trimmed;
use crate::plan::fields::Field;
use crate::plan::survivor::Member;

impl Cluster<'_> {
    /// Keeps the other records' addresses in further email columns of the survivor, or says where they were.
    pub(super) fn further_emails(&mut self) {
        let email_columns: Vec<usize> =
            self.ground.fields.columns(|field| matches!(field, Field::Email | Field::MoreEmail { .. })).collect();
        let address = |cell: &str| email::canonical(cell).map(std::borrow::Cow::into_owned);
        let mut known: BTreeSet<String> = BTreeSet::new();
        for column in &email_columns {
            let cell = match self.chosen.get(column) {
                Some(choice) => choice.value.clone(),
                None => self.ground.value(*column, self.survivor().row).map(str::to_owned),
            };
            known.extend(cell.iter().flat_map(|cell| cell.split(';')).filter_map(address));
        }
        for member in &self.members[1..] {
            for column in &email_columns {
                let Some(cell) = self.ground.value(*column, member.row) else { continue };
                for part in cell.split(';').map(trimmed) {
                    let Some(canonical) = address(part).filter(|address| !email::is_placeholder(address)) else {
                        continue;
                    };
                    if known.insert(canonical) {
                        self.keep_address(part, member);
                    }
                }
            }
        }
    }

    fn keep_address(&mut self, address: &str, member: &Member) {
        let survivor = self.survivor().row;
        for (column, field) in self.ground.fields.of.iter().enumerate() {
            let Field::MoreEmail { many } = field else { continue };
            let held = match self.chosen.get(&column) {
                Some(choice) => choice.value.clone(),
                None => self.ground.value(column, survivor).map(str::to_owned),
            };
            let held = held.filter(|held| !trimmed(held).is_empty());
            let value = match held {
                None => address.to_owned(),
                Some(held) if *many => format!("{held};{address}"),
                Some(_) => continue,
            };
            let header = self.ground.source().header(column);
            let why = format!("{header} keeps the address of {}", member.id);
            let mut from = self.chosen.remove(&column).map(|choice| choice.from).unwrap_or_default();
            if !from.contains(&member.id) {
                from.push(member.id.clone());
            }
            self.chosen.insert(column, Choice { value: Some(value), from, why, united: true });
            return;
        }
        self.notes.push(format!("{address} of {} has no field on the survivor; note it before merging", member.id));
    }

    /// The addresses that the survivor has after the merge, in whichever field.
    pub(super) fn kept_addresses(&self) -> BTreeSet<String> {
        let columns = self.ground.fields.columns(|field| matches!(field, Field::Email | Field::MoreEmail { .. }));
        let cells = columns.filter_map(|column| self.chosen.get(&column)?.value.as_deref());
        cells.flat_map(|cell| cell.split(';')).filter_map(email::canonical).map(std::borrow::Cow::into_owned).collect()
    }
}

/// Whether every address in a cell is among `kept`.
pub(super) fn holds_all(kept: &BTreeSet<String>, cell: &str) -> bool {
    let mut parts = cell.split(';').map(trimmed).filter(|part| !part.is_empty());
    parts.all(|part| email::canonical(part).is_some_and(|address| kept.contains(address.as_ref())))
}
