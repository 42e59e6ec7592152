//! Drawing: sizes, margins and the calls of the library.

use std::fmt::Write as _;

use charts_rs::{
    BarChart, Box as Edges, Color, HeatmapChart, HorizontalBarChart, Series, measure_text_width_family,
    svg_with_accessibility,
};

use super::palette::{AXIS, BAD, GRID, HEAT, INVERSE, PLAIN, POOR, TEXT};
use super::{Bar, Chart, Figure, LABEL, Limit, Picture, Tone};
use crate::emit::text;

/// How wide a drawing is, in pixels; pages scale it down.
pub(super) const WIDTH: f32 = 640.0;
/// The size of letters.
pub(super) const FONT: f32 = 12.0;
/// The size of letters below and beside the axes.
pub(super) const SMALL: f32 = 11.0;
/// The empty edge of a drawing.
pub(super) const EDGE: f32 = 8.0;
/// Upright bars have room for as many at least, so that a single one is no wall.
pub(super) const FEWEST: usize = 8;
/// How high a bar to the right is, with the gap below it.
const ROW: f32 = 24.0;
/// How high the plot of upright bars is.
pub(super) const PLOT: f32 = 200.0;
/// Room for the labels below upright bars.
pub(super) const FOOT: f32 = 30.0;
/// Where the plot of upright bars starts and ends, from both sides.
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = 16.0;
/// Room for the names of limits above upright bars.
pub(super) const HEAD: f32 = 24.0;

/// How much labels below columns are turned where they have no room, in degrees.
const SLANT: f32 = 35.0;

/// The longest title or sentence, in graphemes.
const WORDS: usize = 1_000;

/// Draws a chart. Fails only where the library does.
pub(crate) fn draw(chart: Chart) -> Result<Picture, String> {
    let svg = match &chart.figure {
        Figure::Across { bars, full } => across(bars, *full)?,
        Figure::Upright { bars, limits, axis, full } => upright(bars, limits, axis, *full)?,
        Figure::Grid { across, down, shares } => grid(across, down, shares)?,
        Figure::Stacked(stack) => super::stack::stacked(stack)?,
        Figure::Words => sentence(&chart.says),
    };
    let (headers, rows) = chart.table();
    let svg = svg_with_accessibility(&svg, &safe(&chart.title, WORDS), &safe(&chart.says, WORDS));
    Ok(Picture { name: chart.name, svg, title: chart.title, says: chart.says, headers, rows })
}

/// A text on one line, of characters that XML knows.
pub(super) fn safe(raw: &str, most: usize) -> String {
    text::line(raw, most).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

pub(super) const fn tone(tone: Tone) -> &'static super::palette::Pair {
    match tone {
        Tone::Plain => &PLAIN,
        Tone::Poor => &POOR,
        Tone::Bad => &BAD,
    }
}

fn series(bars: &[Bar]) -> Series {
    let mut series = Series::new(String::new(), bars.iter().map(|bar| bar.value).collect());
    series.colors = Some(bars.iter().map(|bar| Some(tone(bar.tone).color())).collect());
    series
}

fn across(bars: &[Bar], full: Option<f32>) -> Result<String, String> {
    let labels: Vec<String> =
        bars.iter().map(|bar| format!("{}  {}", safe(&bar.label, LABEL), safe(&bar.shown, LABEL))).collect();
    // The library counts rows from the bottom.
    let upwards: Vec<Bar> = bars.iter().rev().cloned().collect();
    let mut chart = HorizontalBarChart::new(vec![series(&upwards)], vec![String::new(); bars.len()]);
    let values = chart.y_axis_configs.first_mut().ok_or("a chart without axes")?;
    (values.min, values.max, values.split_number) = (Some(0.0), full, 4);
    values.font.size = SMALL;
    values.font.color = AXIS.color();
    values.stroke_color = GRID.color();
    let plot = ROW * bars.len() as f32;
    chart.height = 2.0 * EDGE + plot + FOOT;
    chart.x_axis.height = FOOT;
    chart.y_axis_hidden = true;
    plain(&mut chart.base);
    chart.margin.left = room(&labels)?;
    let svg = chart.svg().map_err(|error| error.to_string())?;
    Ok(beside_rows(&svg, &labels, chart.margin.left, plot))
}

/// The room that labels to the left of a plot need: as measured, and more for letters that are wider than those that
/// the library knows.
fn room(labels: &[String]) -> Result<f32, String> {
    let mut widest = 0.0_f32;
    for label in labels {
        let measured = measure_text_width_family("Roboto", FONT, label).map_err(|error| error.to_string())?;
        widest = widest.max(measured.width());
    }
    Ok((widest * 1.2 + 2.0 * EDGE).min(WIDTH / 2.0))
}

/// Adds labels that end where a plot begins, one for each of its rows. The library starts them where they would end in
/// its own font.
fn beside_rows(svg: &str, labels: &[String], left: f32, plot: f32) -> String {
    let mut out = String::new();
    for (row, label) in labels.iter().enumerate() {
        let y = EDGE + plot * (row as f32 + 0.5) / labels.len() as f32;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{y:.1}\" dominant-baseline=\"central\" text-anchor=\"end\" font-family=\"Roboto\" \
             font-size=\"{FONT}\" fill=\"{}\">{}</text>",
            left - EDGE,
            TEXT.light,
            escape(label)
        );
    }
    svg.replace("</svg>", &format!("{out}</svg>"))
}

/// Words as the text of an element.
pub(super) fn escape(label: &str) -> String {
    label.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn upright(bars: &[Bar], limits: &[Limit], axis: &str, full: Option<f32>) -> Result<String, String> {
    let slots = bars.len().max(FEWEST);
    let mut labels: Vec<String> = bars.iter().map(|bar| safe(&bar.label, LABEL)).collect();
    labels.resize(slots, String::new());
    let mut series = series(bars);
    // Nothing has no bar and needs no figure.
    series.data.iter_mut().for_each(|value| *value = value.filter(|value| *value > 0.0));
    series.data.resize(slots, None);
    series.label_show = bars.len() <= 26;
    let mut chart = BarChart::new(vec![series], labels);
    let y = chart.y_axis_configs.first_mut().ok_or("a chart without axes")?;
    y.width = Some(LEFT - 10.0);
    (y.min, y.max, y.split_number) = (Some(0.0), full, 4);
    y.font.size = SMALL;
    y.font.color = AXIS.color();
    chart.height = HEAD + PLOT + FOOT + 20.0;
    chart.x_axis.height = FOOT;
    axis.clone_into(&mut chart.x_axis.title);
    plain(&mut chart.base);
    chart.margin = Edges { top: HEAD, ..Edges::default() };
    chart.grid.left = Some(LEFT);
    chart.grid.right = Some(RIGHT);
    let svg = chart.svg().map_err(|error| error.to_string())?;
    let lines = limits.iter().fold(String::new(), |mut lines, limit| {
        limit_line(&mut lines, limit, slots, HEAD + PLOT + EDGE);
        lines
    });
    Ok(svg.replace("</svg>", &format!("{lines}</svg>")))
}

/// A drawing that holds nothing but words.
fn sentence(says: &str) -> String {
    let height = 4.0 * EDGE;
    format!(
        "<svg width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <text x=\"{EDGE}\" y=\"{:.1}\" dominant-baseline=\"central\" font-family=\"Roboto\" font-size=\"{FONT}\" \
         fill=\"{}\">{}</text>\n</svg>",
        height / 2.0,
        TEXT.light,
        escape(&safe(says, LABEL * 4))
    )
}

/// A line between two bars, with its name over it, from the top to `bottom`. The library draws lines at values only, not
/// between categories.
pub(super) fn limit_line(out: &mut String, limit: &Limit, slots: usize, bottom: f32) {
    dashes(out, limit, slots, 6.0, bottom);
    let x = place(limit, slots);
    let (anchor, at) = if ends(limit, slots) { ("end", x - 3.0) } else { ("start", x + 3.0) };
    let label = escape(&safe(&limit.label, LABEL));
    let _ = writeln!(
        out,
        "<text x=\"{at:.1}\" y=\"14\" font-family=\"Roboto\" font-size=\"{FONT}\" text-anchor=\"{anchor}\" \
         fill=\"{}\">{label}</text>",
        tone(limit.tone).light
    );
}

/// A part of such a line.
pub(super) fn dashes(out: &mut String, limit: &Limit, slots: usize, top: f32, bottom: f32) {
    let x = place(limit, slots);
    let _ = writeln!(
        out,
        "<line x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"{}\" stroke-width=\"1.5\" \
         stroke-dasharray=\"5,3\"/>",
        tone(limit.tone).light
    );
}

fn place(limit: &Limit, slots: usize) -> f32 {
    LEFT + (WIDTH - LEFT - RIGHT) * limit.before as f32 / slots as f32
}

/// Whether the name of a line ends at it, rather than start there: on the right there is no room for it.
pub(super) const fn ends(limit: &Limit, slots: usize) -> bool {
    limit.before * 4 > slots * 3
}

fn grid(across: &[String], down: &[String], shares: &[Vec<f32>]) -> Result<String, String> {
    let names = |labels: &[String]| labels.iter().map(|label| safe(label, LABEL)).collect::<Vec<_>>();
    // The library counts rows from the bottom.
    let cells = shares.iter().rev().flatten().copied().enumerate().collect();
    let mut chart = HeatmapChart::new(cells, vec![String::new(); across.len()], vec![String::new(); down.len()]);
    let heat = &mut chart.heatmap_series;
    (heat.min, heat.max) = (0.0, 100.0);
    heat.colors = HEAT.iter().map(super::palette::Pair::color).collect();
    // Nothing has a colour of its own; the other classes are of the same width.
    heat.thresholds = vec![f32::MIN_POSITIVE, 25.0, 50.0, 75.0];
    heat.min_font_color = TEXT.color();
    heat.max_font_color = INVERSE.color();
    let labels = names(down);
    let plot = (ROW + 6.0) * down.len() as f32;
    let left = room(&labels)?;
    let (below, foot) = below_columns(&names(across), left, EDGE + plot)?;
    chart.height = 2.0 * EDGE + plot + foot;
    chart.x_axis.height = foot;
    chart.y_axis_hidden = true;
    plain(&mut chart.base);
    chart.margin.left = left;
    let svg = chart.svg().map_err(|error| error.to_string())?;
    Ok(beside_rows(&svg.replace("</svg>", &format!("{below}</svg>")), &labels, left, plot))
}

/// Labels below the columns of a plot whose foot is at `top`, and how much room they need: slanted where one is wider than
/// its column. The library leaves out labels that touch, or lets them.
fn below_columns(labels: &[String], left: f32, top: f32) -> Result<(String, f32), String> {
    let column = (WIDTH - 2.0 * EDGE - left) / labels.len().max(1) as f32;
    let mut widest = 0.0_f32;
    for label in labels {
        let measured = measure_text_width_family("Roboto", SMALL, label).map_err(|error| error.to_string())?;
        widest = widest.max(measured.width() * 1.2);
    }
    let slanted = widest + EDGE > column;
    let mut out = String::new();
    for (at, label) in labels.iter().enumerate() {
        let (x, y) = (left + column * (at as f32 + 0.5), top + 2.0 * EDGE);
        let place = if slanted {
            format!("text-anchor=\"end\" transform=\"translate({:.1},{y:.1}) rotate(-{SLANT})\"", x + 4.0)
        } else {
            format!("text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\"")
        };
        let _ = writeln!(
            out,
            "<text {place} font-family=\"Roboto\" font-size=\"{SMALL}\" fill=\"{}\">{}</text>",
            TEXT.light,
            escape(label)
        );
    }
    Ok((out, if slanted { FOOT.max(widest * SLANT.to_radians().sin() + 2.0 * EDGE) } else { FOOT }))
}

/// What all drawings have in common.
pub(super) fn plain(base: &mut charts_rs::ChartBase) {
    base.width = WIDTH;
    base.background_color = Color::default();
    base.margin = Edges { top: EDGE, right: 2.0 * EDGE, bottom: EDGE, left: EDGE };
    base.legend.show = Some(false);
    base.title.text.clear();
    base.x_axis.font.size = SMALL;
    base.x_axis.font.color = TEXT.color();
    base.x_axis.stroke_color = GRID.color();
    base.grid.stroke_color = GRID.color();
    base.series.label.font.size = FONT;
    base.series.label.font.color = TEXT.color();
    "{t}".clone_into(&mut base.series.label.formatter);
}
