//! Figures as pictures: the few kinds of chart that reports show, drawn as SVG by charts-rs.
//!
//! A chart says what it shows three times: as a drawing, as one sentence, and as a table. Its colours are those of
//! [`style`] and nothing else, so that a page or the file itself can swap them where the reader's screen is dark.

mod draw;
mod palette;
mod stack;

use serde::Serialize;

use super::words;
pub(crate) use draw::draw;
pub(crate) use palette::{DARK, style};

/// The longest label in a drawing, in graphemes.
const LABEL: usize = 30;

/// Names of the charts that reports show; also the ends of the names of files that hold one.
pub(crate) const NAMES: [&str; 8] =
    ["trend", "duplicates-by-week", "fill", "drift", "latency", "failures", "score", "mapping"];

/// A picture, before it is drawn.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// One of [`NAMES`].
    pub(crate) name: &'static str,
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// The same in one sentence, for those who do not see it.
    pub(crate) says: String,
    /// What the labels are, and what the figures.
    pub(crate) headers: [&'static str; 2],
    /// What is drawn.
    pub(crate) figure: Figure,
}

/// What a chart draws.
#[derive(Debug, Clone)]
pub(crate) enum Figure {
    /// Bars to the right, one below the other. `full` is the value of a bar over the whole width.
    Across { bars: Vec<Bar>, full: Option<f32> },
    /// Bars upwards, side by side. `full` is the value of a bar over the whole height.
    Upright { bars: Vec<Bar>, limits: Vec<Limit>, axis: String, full: Option<f32> },
    /// A heat map of shares from 0 to 100.
    Grid { across: Vec<String>, down: Vec<String>, shares: Vec<Vec<f32>> },
    /// Bars upwards that are made of parts.
    Stacked(Stack),
    /// Nothing but the sentence.
    Words,
}

/// Bars upwards, each of the same parts one upon the other, with a line in a plot of its own above them if there is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stack {
    /// What each bar is of, in the drawing.
    pub(crate) labels: Vec<String>,
    /// The same in the table, where there is more room.
    pub(crate) rows: Vec<String>,
    /// The parts, the lowest first.
    pub(crate) parts: Vec<Part>,
    /// What the bars count, where a line above them counts something else.
    pub(crate) counts: &'static str,
    /// What stands below the bars.
    pub(crate) axis: String,
    /// The line above them.
    pub(crate) over: Option<Line>,
    /// A last column of the table: what it holds, and a text for each bar.
    pub(crate) remarks: Option<(&'static str, Vec<String>)>,
}

/// A part of each bar.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// What it is of. On one line; may be of any length and hold anything else.
    pub(crate) name: String,
    /// Its colour.
    pub(crate) paint: Paint,
    /// How large it is, by bar.
    pub(crate) values: Vec<u64>,
}

/// The colour of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// By whether it is good or bad.
    Tone(Tone),
    /// One that tells it from other parts.
    Kind(usize),
    /// What is summed up or not known.
    Rest,
}

/// A line over bars.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What it shows, of 100.
    pub(crate) name: &'static str,
    /// Where it stands at each bar, 0 to 100.
    pub(crate) values: Vec<Option<f64>>,
    /// Lines between bars, through both plots.
    pub(crate) limits: Vec<Limit>,
}

/// A bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// What it is of. On one line; may be of any length and hold anything else.
    pub(crate) label: String,
    /// How long it is.
    pub(crate) value: f32,
    /// The figure as people read it.
    pub(crate) shown: String,
    /// Whether it is good or bad.
    pub(crate) tone: Tone,
}

/// Whether a figure is good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither.
    Plain,
    /// Not good.
    Poor,
    /// Bad.
    Bad,
}

/// A line between two upright bars.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    /// The bar on whose left side it stands.
    pub(crate) before: usize,
    /// What it is.
    pub(crate) label: String,
    /// Its colour.
    pub(crate) tone: Tone,
}

/// A picture that is drawn.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Picture {
    /// One of [`NAMES`].
    pub(crate) name: &'static str,
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// The same in one sentence.
    pub(crate) says: String,
    /// The drawing, which has the title and the sentence in it, as one SVG element without a style.
    pub(crate) svg: String,
    /// The headers and the rows of the table that shows the same.
    pub(crate) headers: Vec<String>,
    /// Each with as many cells as there are headers.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Picture {
    /// The drawing as a file of its own, which suits light and dark screens.
    pub(crate) fn file(&self) -> String {
        let style = style();
        let open = self.svg.find('>').map_or(0, |at| at + 1);
        let (head, rest) = self.svg.split_at(open);
        format!("{head}\n<style>{style}</style>{rest}\n")
    }
}

impl Chart {
    /// The table that shows what the drawing shows.
    fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        match &self.figure {
            Figure::Across { bars, .. } | Figure::Upright { bars, .. } => {
                let rows = bars.iter().map(|bar| vec![bar.label.clone(), bar.shown.clone()]).collect();
                (self.headers.map(str::to_owned).to_vec(), rows)
            }
            Figure::Grid { across, down, shares } => {
                let headers = [self.headers[0].to_owned()].into_iter().chain(across.iter().cloned()).collect();
                let cell = |share: &f32| format!("{share} %");
                let row = |(label, shares): (&String, &Vec<f32>)| {
                    [label.clone()].into_iter().chain(shares.iter().map(cell)).collect()
                };
                (headers, down.iter().zip(shares).map(row).collect())
            }
            Figure::Stacked(stack) => stack.table(self.headers),
            Figure::Words => (self.headers.map(str::to_owned).to_vec(), Vec::new()),
        }
    }
}

impl Stack {
    /// All parts of each bar together.
    fn totals(&self) -> Vec<u64> {
        let total = |at| self.parts.iter().filter_map(|part| part.values.get(at)).sum();
        (0..self.labels.len()).map(total).collect()
    }

    fn table(&self, [label, all]: [&'static str; 2]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut headers = vec![label.to_owned()];
        headers.extend(self.over.iter().map(|line| line.name.to_owned()));
        headers.extend(self.parts.iter().map(|part| part.name.clone()));
        headers.push(all.to_owned());
        headers.extend(self.remarks.iter().map(|(header, _)| (*header).to_owned()));
        let row = |(at, (row, total)): (usize, (&String, u64))| {
            let mut cells = vec![row.clone()];
            let value =
                |line: &Line| line.values.get(at).copied().flatten().map_or(words::NONE.to_owned(), words::score);
            cells.extend(self.over.iter().map(value));
            cells.extend(self.parts.iter().map(|part| words::number(part.values.get(at).copied().unwrap_or(0))));
            cells.push(words::number(total));
            cells.extend(self.remarks.iter().map(|(_, said)| said.get(at).cloned().unwrap_or_default()));
            cells
        };
        (headers, self.rows.iter().zip(self.totals()).enumerate().map(row).collect())
    }
}

#[cfg(test)]
mod tests;
