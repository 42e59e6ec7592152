//! Chance, by address: every row, person and company has draws of its own, found from the seed, a stream and a number.
//!
//! Nothing that is drawn depends on what was drawn before. So a later row can ask again who an earlier row was,
//! and no row needs to be remembered.

use fastrand::Rng;

/// What a draw is about. Two streams never share their draws.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    /// The order of leads and chats.
    Order,
    /// Whether a lead repeats another, and which.
    Repeat,
    /// What is wrong with a lead.
    Fault,
    /// What stands in a lead besides its person.
    Lead,
    /// Name and contact details of a person.
    Person,
    /// A company.
    Company,
    /// A household.
    Household,
    /// What a chat is about.
    Chat,
    /// What happens on the way from chat to CRM.
    Sync,
}

/// The seed of a whole export.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// The draws of number `index` in `stream`.
    pub(crate) fn draws(self, stream: Stream, index: u64) -> Rng {
        // Two rounds of the library's own mixing: one to part the streams, one to part neighbouring numbers.
        let stream = Rng::with_seed(self.0 ^ ((stream as u64 + 1) << 56)).u64(..);
        let mut rng = Rng::with_seed(stream.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let inner = rng.u64(..);
        Rng::with_seed(inner)
    }
}

/// Whether something that happens at `rate` happens now.
pub(crate) fn happens(rng: &mut Rng, rate: f64) -> bool {
    rng.f64() < rate
}

/// One of `items`, each as likely as the other.
pub(crate) fn one_of<'a, T: ?Sized>(rng: &mut Rng, items: &[&'a T]) -> &'a T {
    items[rng.usize(..items.len())]
}

/// A table of weights that is drawn from in constant time.
#[derive(Debug)]
pub(crate) struct Weighted {
    slots: Vec<u16>,
}

impl Weighted {
    /// How finely weights are kept.
    const SLOTS: usize = 1 << 13;

    /// A table over the positions of `weights`.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let weights: Vec<f64> = weights.into_iter().collect();
        let total: f64 = weights.iter().sum();
        let mut slots = Vec::with_capacity(Self::SLOTS);
        let mut reached = 0.0;
        for (position, weight) in (0..).zip(&weights) {
            reached += weight / total;
            while slots.len() < ((reached * Self::SLOTS as f64).round() as usize).min(Self::SLOTS) {
                slots.push(position);
            }
        }
        Self { slots }
    }

    /// A table of `count` positions whose weights fall like those of names do: the first is common, the last rare.
    pub(crate) fn falling(count: usize) -> Self {
        Self::new((0..count).map(|rank| 1.0 / (rank as f64 + 8.0).powf(0.9)))
    }

    /// A position.
    pub(crate) fn draw(&self, rng: &mut Rng) -> usize {
        usize::from(self.slots[rng.usize(..self.slots.len())])
    }
}
