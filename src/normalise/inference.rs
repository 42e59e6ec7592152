//! Which chat field lands in which CRM field as the links alone tell it, and the proofs of what they tell. Worked out when
//! somebody first asks: only a few rules and reports do.

use super::agreement::{self, Inferred, Matrix};
use super::links::Links;
use super::mapped::Mapping;
use super::once::Once;
use super::proof::{Proof, prove_inferred};
use super::table::Table;

/// What links tell of fields.
#[derive(Debug)]
pub(super) struct Inference {
    /// Whole sources.
    tables: Vec<Table>,
    agreement: Once<Vec<Matrix>>,
    inferred: Once<Vec<Inferred>>,
    proofs: Once<Vec<Proof>>,
}

impl Inference {
    /// Nothing yet, of `tables`, which are whole sources.
    pub(super) fn of(tables: &[Table]) -> Self {
        let tables = tables.to_vec();
        Self { tables, agreement: Once::default(), inferred: Once::default(), proofs: Once::default() }
    }

    /// How well the fields of chats and records agree, over a sample of `links`.
    pub(super) fn agreement(&self, links: Option<&Links>) -> &[Matrix] {
        self.agreement.get_or_init(|| links.map_or_else(Vec::new, |links| agreement::matrices(&self.tables, links)))
    }

    /// Which chat field lands in which CRM field.
    pub(super) fn inferred(&self, links: Option<&Links>) -> &[Inferred] {
        self.inferred.get_or_init(|| {
            let matrices = self.agreement(links).iter();
            matrices.flat_map(|matrix| agreement::infer(matrix, &self.tables)).collect()
        })
    }

    /// The proofs of those that no mapping declares and that are equal.
    pub(super) fn proofs(&self, links: Option<&Links>, mappings: &[Mapping]) -> &[Proof] {
        self.proofs.get_or_init(|| {
            let Some(of) = links else { return Vec::new() };
            prove_inferred(&self.tables, of, mappings, self.inferred(links))
        })
    }
}
