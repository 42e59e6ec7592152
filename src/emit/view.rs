//! How a report is to look, apart from its format: personal data, width and colour.

use std::str::FromStr;

/// What happens to personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pii {
    /// Shown as it stands.
    Show,
    /// Cut down to what tells two values apart by eye: `a…@….example`, `…67`.
    Mask,
    /// Replaced by a keyed hash, so that equal values stay equal: `#` and 12 hex digits.
    Hash,
}

impl Pii {
    /// Every treatment.
    pub const ALL: [Self; 3] = [Self::Show, Self::Mask, Self::Hash];

    /// The word used in arguments.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Mask => "mask",
            Self::Hash => "hash",
        }
    }
}

impl FromStr for Pii {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or(())
    }
}

/// What the command line says about every output of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `--pii`; without it each format has its own default.
    pub pii: Option<Pii>,
    /// The key of hashed personal data.
    pub salt: String,
    /// Columns of the terminal, for what goes to stdout.
    pub width: u16,
    /// Whether stdout shows colour.
    pub color: bool,
}

/// Width of tables that go to a file, where no terminal says how wide they may be.
const FILE_WIDTH: u16 = 120;

impl Settings {
    /// The view of a format that goes to stdout; `masks` is what the format does to personal data unless told.
    #[must_use]
    pub fn stdout(&self, masks: bool) -> View {
        View { pii: self.treatment(masks), salt: self.salt.clone(), width: self.width, color: self.color }
    }

    /// The view of a format that goes to a file.
    #[must_use]
    pub fn file(&self, masks: bool) -> View {
        View { pii: self.treatment(masks), salt: self.salt.clone(), width: FILE_WIDTH, color: false }
    }

    fn treatment(&self, masks: bool) -> Pii {
        self.pii.unwrap_or(if masks { Pii::Mask } else { Pii::Show })
    }
}

/// How one output is to look.
#[derive(Debug, Clone)]
pub struct View {
    /// What happens to personal data.
    pub pii: Pii,
    /// The key of hashed personal data.
    pub salt: String,
    /// How many columns wide a table may be.
    pub width: u16,
    /// Whether to use colour.
    pub color: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_default_of_the_format() {
        let mut settings = Settings { pii: None, salt: String::new(), width: 80, color: true };
        assert_eq!((settings.stdout(false).pii, settings.file(true).pii), (Pii::Show, Pii::Mask));
        settings.pii = Some(Pii::Hash);
        assert_eq!((settings.stdout(false).pii, settings.file(true).pii), (Pii::Hash, Pii::Hash));
        assert!(!settings.file(false).color, "files hold no escape codes");
    }
}
