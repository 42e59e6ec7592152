//! Figures as pictures: the few kinds of chart that reports show, drawn as SVG by charts-rs.
//!
//! A chart says what it shows three times: as a drawing, as one sentence, and as a table. Its colours are those of
//! [`style`] and nothing else, so that a page or the file itself can swap them where the reader's screen is dark.

mod draw;
mod palette;

use serde::Serialize;

pub(crate) use draw::draw;
pub(crate) use palette::{DARK, style};

/// The longest label in a drawing, in graphemes.
const LABEL: usize = 30;

/// Names of the charts that reports show; also the ends of the names of files that hold one.
pub(crate) const NAMES: [&str; 8] =
    ["duplicates-by-week", "duplicates-by-source", "fill", "drift", "latency", "failures", "score", "mapping"];

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
        }
    }
}

#[cfg(test)]
mod tests;
