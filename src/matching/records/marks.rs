//! What the levels of a field mean for a pair as a whole, one bit a level.

use super::{Field, Nature};

/// The levels of one field that decide something.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    /// Those that speak for two people, that ask for more, and that are a slip in a name.
    pub(super) conflict: u16,
    pub(super) doubtful: u16,
    slips: u16,
    /// Those at which something that belongs to one person alone agrees.
    agrees: u16,
    is_identifier: bool,
    /// Those between the first and the last.
    near: u16,
}

impl Marks {
    /// Those of `field`; `agrees` says of a level whether it is agreement.
    pub(super) fn of(field: &Field, agrees: impl Fn(usize) -> bool) -> Self {
        let levels = field.comparison.levels();
        let bits =
            |is: &dyn Fn(usize) -> bool| (0..levels.len()).filter(|at| is(*at)).fold(0_u16, |bits, at| bits | 1 << at);
        let is_own = matches!(field.nature, Nature::Own | Nature::Identifier);
        Self {
            conflict: bits(&|at| levels[at].conflict),
            doubtful: bits(&|at| levels[at].doubtful),
            slips: bits(&|at| levels[at].slip_in.is_some()),
            agrees: bits(&|at| is_own && agrees(at)),
            is_identifier: field.nature == Nature::Identifier,
            near: bits(&|at| at > 0 && at + 1 < levels.len()),
        }
    }

    /// Whether the field has a level by which names are told apart.
    pub(super) fn decides(&self) -> bool {
        self.conflict | self.doubtful | self.slips != 0
    }

    pub(super) fn is_slip(&self, level: u8) -> bool {
        self.slips >> level & 1 != 0
    }

    pub(super) fn agrees(&self, level: u8) -> bool {
        self.agrees >> level & 1 != 0
    }

    /// Whether a level is neither the first nor the last.
    pub(super) fn is_near(&self, level: u8) -> bool {
        self.near >> level & 1 != 0
    }

    /// How many things of a person's own a level stands for: an identifier for two.
    pub(super) fn own(&self, level: u8) -> u32 {
        if level == 0 && self.is_identifier { 2 } else { u32::from(self.agrees(level)) }
    }
}
