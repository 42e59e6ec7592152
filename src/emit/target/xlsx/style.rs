//! How the workbook looks.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

const INK: Color = Color::RGB(0x1B_2A38);
const FAINT: Color = Color::RGB(0x5B_6770);
const LINE: Color = Color::RGB(0xC9_D1D8);
const BAR: Color = Color::RGB(0x1F_3A4D);
const INPUT: Color = Color::RGB(0xFF_F7D6);

/// Tints of the band that a group gets, by turns: its first line, then the others.
const BANDS: [[Color; 2]; 2] =
    [[Color::RGB(0xD6_E6F0), Color::RGB(0xF1_F7FB)], [Color::RGB(0xE3_E9DC), Color::RGB(0xF7_F9F4)]];

/// The part that a line plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Group,
    Member,
    Field,
}

/// The formats of a band and part, each as text, as text that looks like a formula, and as a number.
pub(super) struct Formats {
    bands: Vec<[[Format; 3]; 3]>,
    pub(super) decision: Format,
    pub(super) header: Format,
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) heading: Format,
    pub(super) label: Format,
    pub(super) text: Format,
    pub(super) quoted: Format,
    pub(super) number: Format,
    pub(super) above_number: Format,
    pub(super) accepted: Format,
    pub(super) rejected: Format,
    pub(super) later: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let base = || Format::new().set_font_size(9).set_font_color(INK).set_align(FormatAlign::Top);
        let wrapped = || base().set_text_wrap();
        let ruled = |format: Format| format.set_border(FormatBorder::Thin).set_border_color(LINE);
        let forms = |format: Format| {
            let number = format.clone().set_num_format("0.##").set_align(FormatAlign::Center);
            [format.clone(), format.set_quote_prefix(), number]
        };
        let band = |tints: &[Color; 2]| {
            let group = ruled(wrapped()).set_background_color(tints[0]).set_bold();
            let member = ruled(wrapped()).set_background_color(tints[1]);
            let field = ruled(wrapped()).set_background_color(tints[1]).set_font_color(FAINT).set_italic();
            [forms(group), forms(member), forms(field)]
        };
        let decision = ruled(base()).set_background_color(INPUT).set_bold().set_align(FormatAlign::Center);
        let filled =
            |ink: u32, fill: u32| Format::new().set_font_color(Color::RGB(ink)).set_background_color(Color::RGB(fill));
        Self {
            bands: BANDS.iter().map(band).collect(),
            decision,
            header: base()
                .set_bold()
                .set_text_wrap()
                .set_font_color(Color::White)
                .set_background_color(BAR)
                .set_border(FormatBorder::Thin)
                .set_border_color(LINE)
                .set_align(FormatAlign::VerticalCenter),
            title: Format::new().set_font_size(18).set_bold().set_font_color(BAR),
            subtitle: Format::new().set_font_size(10).set_font_color(FAINT),
            heading: Format::new()
                .set_font_size(12)
                .set_bold()
                .set_font_color(BAR)
                .set_border_bottom(FormatBorder::Medium)
                .set_border_bottom_color(BAR),
            label: wrapped().set_bold().set_font_size(10),
            text: wrapped().set_font_size(10),
            quoted: wrapped().set_font_size(10).set_quote_prefix(),
            number: base().set_font_size(10).set_num_format("#,##0").set_align(FormatAlign::Right),
            above_number: wrapped().set_bold().set_font_size(10).set_align(FormatAlign::Right),
            accepted: filled(0x0B_5D1E, 0xC9_EBCF),
            rejected: filled(0x8A_1C1C, 0xF6_CFCF),
            later: filled(0x6B_4E00, 0xFC_E7B2),
        }
    }

    /// The format of a text.
    pub(super) fn text_of(&self, band: usize, part: Part, is_formula: bool) -> &Format {
        &self.bands[band % BANDS.len()][part as usize][usize::from(is_formula)]
    }

    /// The format of a number.
    pub(super) fn number_of(&self, band: usize, part: Part) -> &Format {
        &self.bands[band % BANDS.len()][part as usize][2]
    }
}
