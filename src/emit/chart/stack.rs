//! Bars of parts, with a legend above them, and a line above both if there is one.

use std::fmt::Write as _;

use charts_rs::{BarChart, Box as Edges, LineChart, Series, Symbol, YAxisConfig, measure_text_width_family};

use super::draw::{
    EDGE, FEWEST, FONT, FOOT, HEAD, LEFT, PLOT, RIGHT, SMALL, WIDTH, dashes, ends, escape, limit_line, plain, safe,
    tone,
};
use super::palette::{AXIS, KINDS, Pair, REST, TEXT};
use super::{LABEL, Line, Paint, Part, Stack};
use crate::emit::words;

/// How high a line of the legend is.
const ENTRY: f32 = 18.0;
/// How high the plot of the line is.
const LINE: f32 = 110.0;
/// Room for the title of the axis.
const TITLE: f32 = 20.0;
/// Letters that are wider than those that the library measures have as much more room.
const WIDER: f32 = 1.1;
/// Steps of an axis.
const STEPS: usize = 4;

const fn paint(paint: Paint) -> &'static Pair {
    match paint {
        Paint::Tone(of) => tone(of),
        Paint::Kind(at) => &KINDS[at % KINDS.len()],
        Paint::Rest => &REST,
    }
}

pub(super) fn stacked(stack: &Stack) -> Result<String, String> {
    let slots = stack.labels.len().max(FEWEST);
    let mut out = String::new();
    let mut top = 0.0;
    if let Some(over) = &stack.over {
        caption(&mut out, over.name, top);
        top += ENTRY;
        let _ = write!(out, "<g transform=\"translate(0,{top})\">\n{}</g>\n", line(over, slots)?);
        top += HEAD + LINE + EDGE;
    }
    let (legend, height) = legend(&stack.parts, stack.counts, top)?;
    out.push_str(&legend);
    top += height;
    let totals = stack.totals();
    let (step, full) = steps(totals.iter().copied().max().unwrap_or(0));
    let _ = write!(out, "<g transform=\"translate(0,{top})\">\n{}</g>\n", bars(stack, slots, step, full)?);
    sums(&mut out, &totals, slots, top + HEAD, full)?;
    if let Some(over) = &stack.over {
        limits(&mut out, over, slots, top)?;
    }
    let height = top + HEAD + PLOT + FOOT + TITLE;
    Ok(format!(
        "<svg width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n{out}</svg>"
    ))
}

/// What is between the ends of the element of a drawing.
fn inner(svg: &str) -> &str {
    let start = svg.find('>').map_or(0, |at| at + 1);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    svg[start..end].trim_start_matches('\n')
}

/// The width of words as they are drawn.
fn width(words: &str) -> Result<f32, String> {
    let measured = measure_text_width_family("Roboto", FONT, words).map_err(|error| error.to_string())?;
    Ok(measured.width() * WIDER)
}

fn words_at(out: &mut String, x: f32, y: f32, anchor: &str, pair: &Pair, text: &str) {
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"Roboto\" font-size=\"{FONT}\" text-anchor=\"{anchor}\" \
         fill=\"{}\">{}</text>",
        pair.light,
        escape(text)
    );
}

/// What a plot shows, above it.
fn caption(out: &mut String, text: &str, top: f32) {
    words_at(out, EDGE, top + 14.0, "start", &AXIS, text);
}

/// The names of the parts, each beside its colour, in as many lines as they need; and how high that is.
fn legend(parts: &[Part], counts: &str, top: f32) -> Result<(String, f32), String> {
    let mut out = String::new();
    let mut height = 0.0;
    let mut x = EDGE;
    if !counts.is_empty() {
        caption(&mut out, counts, top);
        x += width(counts)? + 2.0 * EDGE;
        height = ENTRY;
    }
    // One part needs no name of its own.
    let parts = if parts.len() > 1 { parts } else { &[] };
    for part in parts {
        let name = safe(&part.name, LABEL);
        let wide = 10.0 + 5.0 + width(&name)?;
        if height == 0.0 || (x > EDGE && x + wide > WIDTH - RIGHT) {
            x = EDGE;
            height += ENTRY;
        }
        let y = top + height - ENTRY + 14.0;
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\" fill=\"{}\"/>",
            y - 9.0,
            paint(part.paint).light
        );
        words_at(&mut out, x + 15.0, y, "start", &TEXT, &name);
        x += wide + 2.0 * EDGE;
    }
    Ok((out, height))
}

/// An axis for counts up to `most`: whole steps of one, two or five of a size, and the value at its end.
fn steps(most: u64) -> (u64, u64) {
    let mut size = 1_u64;
    loop {
        for step in [1, 2, 5].map(|digit| size.saturating_mul(digit)) {
            let full = step.saturating_mul(STEPS as u64);
            if full >= most {
                return (step, full);
            }
        }
        size = size.saturating_mul(10);
    }
}

fn axis(y: &mut YAxisConfig, from: f32, to: f32, steps: usize) {
    y.width = Some(LEFT - 10.0);
    (y.min, y.max, y.split_number) = (Some(from), Some(to), steps);
    y.font.size = SMALL;
    y.font.color = AXIS.color();
}

fn bars(stack: &Stack, slots: usize, step: u64, full: u64) -> Result<String, String> {
    let series = stack.parts.iter().map(|part| {
        // Nothing has no bar.
        let mut data: Vec<Option<f32>> =
            part.values.iter().map(|value| (*value > 0).then_some(*value as f32)).collect();
        data.resize(slots, None);
        let mut series = Series::new(String::new(), Vec::new());
        series.data = data;
        series.stack = Some("all".to_owned());
        series
    });
    let mut labels: Vec<String> = stack.labels.iter().map(|label| safe(label, LABEL)).collect();
    labels.resize(slots, String::new());
    let mut chart = BarChart::new(series.collect(), labels);
    chart.series.colors = stack.parts.iter().map(|part| paint(part.paint).color()).collect();
    axis(chart.y_axis_configs.first_mut().ok_or("a chart without axes")?, 0.0, full as f32, (full / step) as usize);
    chart.height = HEAD + PLOT + FOOT + TITLE;
    chart.x_axis.height = FOOT;
    stack.axis.clone_into(&mut chart.x_axis.title);
    framed(&mut chart.base);
    let svg = chart.svg().map_err(|error| error.to_string())?;
    Ok(inner(&svg).to_owned())
}

/// What both plots have in common, so that a bar stands below its point.
fn framed(base: &mut charts_rs::ChartBase) {
    plain(base);
    base.margin = Edges { top: HEAD, ..Edges::default() };
    base.grid.left = Some(LEFT);
    base.grid.right = Some(RIGHT);
}

/// How much each bar is in all, above it, where all of these have room.
fn sums(out: &mut String, totals: &[u64], slots: usize, top: f32, full: u64) -> Result<(), String> {
    let slot = (WIDTH - LEFT - RIGHT) / slots as f32;
    let shown: Vec<String> = totals.iter().map(|total| words::number(*total)).collect();
    for text in &shown {
        if width(text)? > slot {
            return Ok(());
        }
    }
    for (at, (text, total)) in shown.iter().zip(totals).enumerate().filter(|(_, (_, total))| **total > 0) {
        // The library takes what the title of the axis does not need for the plot.
        let y = top + (PLOT + 3.0) * (1.0 - *total as f32 / full as f32) - 5.0;
        words_at(out, LEFT + slot * (at as f32 + 0.5), y, "middle", &TEXT, text);
    }
    Ok(())
}

/// A line from bar to bar. Its plot ends with whole tens around its values: it would be flat from nothing to all.
fn line(of: &Line, slots: usize) -> Result<String, String> {
    let known = || of.values.iter().flatten().copied();
    let low = known().fold(100.0_f64, f64::min).clamp(0.0, 100.0);
    let high = known().fold(0.0_f64, f64::max).clamp(0.0, 100.0);
    let tens = |value: f64| value.clamp(0.0, 10.0) as u8;
    let (from, to) = (tens(((low - 1.0) / 10.0).floor()), tens(((high + 1.0) / 10.0).ceil()));
    let step = if to.saturating_sub(from) > 5 { 2 } else { 1 };
    let to = (to.div_ceil(step) * step).max(2);
    let from = (from / step * step).min(to - 2);
    let steps = (to - from) / step;
    let mut series = Series::new(String::new(), Vec::new());
    series.data = of.values.iter().map(|value| value.map(|value| (value * 10.0).round() as f32 / 10.0)).collect();
    series.data.resize(slots, None);
    series.label_show = of.values.len() <= FEWEST + STEPS;
    let mut chart = LineChart::new(vec![series], vec![String::new(); slots]);
    chart.series.colors = vec![TEXT.color()];
    chart.series.symbol = Some(Symbol::Circle(3.0, Some(TEXT.color())));
    axis(
        chart.y_axis_configs.first_mut().ok_or("a chart without axes")?,
        f32::from(from) * 10.0,
        f32::from(to) * 10.0,
        usize::from(steps),
    );
    chart.height = HEAD + LINE;
    chart.x_axis.height = EDGE;
    framed(&mut chart.base);
    let svg = chart.svg().map_err(|error| error.to_string())?;
    Ok(inner(&svg).to_owned())
}

/// Lines between bars through both plots, of which the lower begins at `lower`. A name that has no room beside what
/// stands before it is left to the table.
fn limits(out: &mut String, over: &Line, slots: usize, lower: f32) -> Result<(), String> {
    let slot = (WIDTH - LEFT - RIGHT) / slots as f32;
    let mut free = EDGE + width(over.name)? + EDGE;
    for limit in &over.limits {
        let mut limit = limit.clone();
        let at = LEFT + slot * limit.before as f32;
        let wide = width(&safe(&limit.label, LABEL))? + EDGE;
        let (from, to) = if ends(&limit, slots) { (at - wide, at) } else { (at, at + wide) };
        if from < free || to > WIDTH {
            limit.label.clear();
        } else {
            free = to;
        }
        // Not through the legend, which stands between the plots.
        limit_line(out, &limit, slots, ENTRY + HEAD + LINE);
        dashes(out, &limit, slots, lower + EDGE, lower + HEAD + PLOT + EDGE);
    }
    Ok(())
}
