//! The colours of charts. A drawing holds those for light screens; a style swaps them on dark ones.

use std::fmt::Write as _;

use charts_rs::Color;

/// A colour on light and on dark screens.
pub(super) struct Pair {
    pub(super) light: &'static str,
    dark: &'static str,
}

impl Pair {
    /// What the drawing holds.
    pub(super) fn color(&self) -> Color {
        self.light.into()
    }
}

/// Words.
pub(super) const TEXT: Pair = Pair { light: "#1F2328", dark: "#E6EDF3" };
/// Words beside the axes.
pub(super) const AXIS: Pair = Pair { light: "#57606A", dark: "#9DA7B3" };
/// Lines behind the bars.
pub(super) const GRID: Pair = Pair { light: "#D8DEE4", dark: "#30363D" };
/// Bars that are neither good nor bad.
pub(super) const PLAIN: Pair = Pair { light: "#2A6FB0", dark: "#58A6FF" };
/// Bars that are not good.
pub(super) const POOR: Pair = Pair { light: "#B26A00", dark: "#E3A008" };
/// Bars that are bad.
pub(super) const BAD: Pair = Pair { light: "#B42318", dark: "#FF7B72" };
/// Parts of bars that are told apart, also by those who see red and green alike.
pub(super) const KINDS: [Pair; 5] = [
    PLAIN,
    Pair { light: "#D98A1F", dark: "#F0B34F" },
    Pair { light: "#0F8A6D", dark: "#38C9A4" },
    Pair { light: "#8250C4", dark: "#C3A0F7" },
    Pair { light: "#C2478C", dark: "#F48FC6" },
];
/// Parts that are summed up.
pub(super) const REST: Pair = Pair { light: "#8C959F", dark: "#768390" };
/// Words on dark cells of a heat map.
pub(super) const INVERSE: Pair = Pair { light: "#FEFEFE", dark: "#FEFEFE" };
/// Cells of a heat map, from nothing to all.
pub(super) const HEAT: [Pair; 5] = [
    Pair { light: "#EEF3F8", dark: "#161D26" },
    Pair { light: "#C9DDF0", dark: "#1A3048" },
    Pair { light: "#94BDE2", dark: "#1D4269" },
    Pair { light: "#2E6FAE", dark: "#20588F" },
    Pair { light: "#134A80", dark: "#226BB5" },
];

/// The rules that swap the colours, as they stand in a style for dark screens.
pub(crate) static DARK: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let mut rules = String::new();
    for pair in [&TEXT, &AXIS, &GRID, &PLAIN, &POOR, &BAD, &INVERSE, &REST].into_iter().chain(&KINDS[1..]).chain(&HEAT)
    {
        for attribute in ["fill", "stroke"] {
            let _ = write!(rules, "[{attribute}=\"{}\"]{{{attribute}:{}}}", pair.light, pair.dark);
        }
    }
    rules
});

/// Where the font that widths are measured in is missing, ones that are about as narrow.
const FONTS: &str = "Roboto,'Helvetica Neue',Arial,'Liberation Sans',sans-serif";

/// The style of a drawing that is a file of its own.
pub(crate) fn style() -> String {
    format!("text{{font-family:{FONTS}}}@media (prefers-color-scheme:dark){{{}}}", *DARK)
}
