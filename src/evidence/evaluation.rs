//! How right clusters are, held against labels that say which items are one.
//!
//! In: for each item the number of its true and of its found cluster. Out: figures. Pairs are counted from the sizes of
//! clusters, in integers, so that a large cluster costs no more than a small one.

use serde::Serialize;

use rustc_hash::FxHashMap;

use super::Skipped;

/// How right pairs are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pairs {
    /// Pairs that are one by the labels, and were found.
    pub true_positives: u64,
    /// Pairs that were found, and are not one.
    pub false_positives: u64,
    /// Pairs that are one, and were not found.
    pub false_negatives: u64,
}

impl Pairs {
    /// Share of the found pairs that are right; 1 when none was found.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of the true pairs that were found; 1 when there is none.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        harmonic(self.precision(), self.recall())
    }
}

/// B-cubed: precision and recall of the cluster that each item is in, averaged over items (Bagga and Baldwin 1998).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BCubed {
    /// Mean share of an item's found cluster that belongs with it.
    pub precision: f64,
    /// Mean share of an item's true cluster that was found with it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// How right clusters of items are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    /// Items that have a label.
    pub items: u64,
    /// Labels that several items have.
    pub clusters_true: u64,
    /// Found clusters of several items.
    pub clusters_found: u64,
    /// Found clusters of several items that hold exactly the items of one label.
    pub clusters_exact: u64,
    /// Pairs of items, clusters closed transitively.
    pub pairs: Pairs,
    /// B-cubed; none where pairs were judged one by one.
    pub b_cubed: Option<BCubed>,
}

impl Scores {
    /// The scores of pairs that were judged one by one.
    #[must_use]
    pub fn of_pairs(items: u64, pairs: Pairs) -> Self {
        Self { items, clusters_true: 0, clusters_found: 0, clusters_exact: 0, pairs, b_cubed: None }
    }
}

/// Scores found clusters: `truth` and `found` number the clusters of each item, in the same order.
#[must_use]
pub fn score(truth: &[u32], found: &[u32]) -> Scores {
    let mut joint: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    let mut of_truth: FxHashMap<u32, u64> = FxHashMap::default();
    let mut of_found: FxHashMap<u32, u64> = FxHashMap::default();
    for (truth, found) in truth.iter().zip(found) {
        *joint.entry((*truth, *found)).or_default() += 1;
        *of_truth.entry(*truth).or_default() += 1;
        *of_found.entry(*found).or_default() += 1;
    }
    // Sorted, so that sums of fractions do not depend on the order of a hash map.
    let mut cells: Vec<(u64, u64, u64)> = joint
        .iter()
        .map(|((truth, found), both)| {
            (*both, of_truth.get(truth).copied().unwrap_or(1), of_found.get(found).copied().unwrap_or(1))
        })
        .collect();
    cells.sort_unstable();
    let right: u64 = cells.iter().map(|(both, _, _)| pairs_of(*both)).sum();
    let of_labels: u64 = of_truth.values().map(|size| pairs_of(*size)).sum();
    let of_clusters: u64 = of_found.values().map(|size| pairs_of(*size)).sum();
    let several = |sizes: &FxHashMap<u32, u64>| sizes.values().filter(|size| **size > 1).count() as u64;
    let mean = |of: fn(&(u64, u64, u64)) -> u64| -> f64 {
        let items = truth.len().min(found.len());
        let sum: f64 = cells.iter().map(|cell| (cell.0 * cell.0) as f64 / of(cell) as f64).sum();
        if items == 0 { 1.0 } else { sum / items as f64 }
    };
    let (precision, recall) = (mean(|cell| cell.2), mean(|cell| cell.1));
    Scores {
        items: truth.len().min(found.len()) as u64,
        clusters_true: several(&of_truth),
        clusters_found: several(&of_found),
        clusters_exact: cells.iter().filter(|(both, truth, found)| *both > 1 && both == truth && both == found).count()
            as u64,
        pairs: Pairs {
            true_positives: right,
            false_positives: of_clusters - right,
            false_negatives: of_labels - right,
        },
        b_cubed: Some(BCubed { precision, recall, f1: harmonic(precision, recall) }),
    }
}

/// Pairs among `n` items.
#[must_use]
pub fn pairs_of(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

/// What one rule has to do with a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Code of the rule.
    pub code: &'static str,
    /// Its groups.
    pub groups: u64,
    /// Items that its evidence points at.
    pub items: u64,
    /// True pairs that it adds to those of the rules before it.
    pub adds_right: u64,
    /// False pairs that it adds.
    pub adds_wrong: u64,
}

/// A pair that was judged wrongly, for many of the same kind: all between two parts of one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The one item: source and record id, else row; or the value.
    pub one: String,
    /// The other.
    pub other: String,
    /// Pairs of this kind.
    pub pairs: u64,
    /// Rules that found it, and what they say of either; empty for what was not found.
    pub why: Vec<String>,
}

/// Findings whose confidence is between two figures, and how many of them are right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// The least confidence.
    pub from: f64,
    /// Above all of its confidences; for what is certain, 1.
    pub to: f64,
    /// Pairs, or values.
    pub said: u64,
    /// Those that the labels bear out.
    pub right: u64,
}

impl Bin {
    /// The confidences that it holds, in words: `0.9 to 0.95`.
    #[must_use]
    pub fn range(&self) -> String {
        match (self.from, self.to) {
            (from, _) if from >= 1.0 => "1".to_owned(),
            (from, to) if from <= 0.0 => format!("under {to}"),
            // Confidences have two decimals.
            (from, to) if to > 0.99 => format!("{from} to 0.99"),
            (from, to) => format!("{from} to {to}"),
        }
    }
}

/// Where the bins of confidence begin. The last holds only what is certain.
const BINS: [f64; 7] = [0.0, 0.7, 0.8, 0.9, 0.95, 0.995, 1.0];

/// Counts findings, each with its confidence and whether it is right, by how sure they are. Bins without any are left out.
#[must_use]
pub fn calibration(findings: impl IntoIterator<Item = (f64, bool)>) -> Vec<Bin> {
    let ends = BINS[1..].iter().chain([&1.0]);
    let mut bins: Vec<Bin> =
        BINS.iter().zip(ends).map(|(from, to)| Bin { from: *from, to: *to, said: 0, right: 0 }).collect();
    for (confidence, right) in findings {
        let at = BINS.partition_point(|from| *from <= confidence + 1e-9).saturating_sub(1);
        bins[at].said += 1;
        bins[at].right += u64::from(right);
    }
    bins.retain(|bin| bin.said > 0);
    bins
}

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// What was scored: `duplicates of leads by cluster`.
    pub subject: String,
    /// The figures.
    pub scores: Scores,
    /// Precision, recall and F1 of the pairs.
    pub precision: f64,
    /// See there.
    pub recall: f64,
    /// See there.
    pub f1: f64,
    /// What each rule adds, in the order in which they count.
    pub rules: Vec<Share>,
    /// Whether the confidences hold: what the rules say of pairs and values, by how sure they are.
    pub calibration: Vec<Bin>,
    /// Rules that did not run, or not on everything.
    pub skipped: Vec<Skipped>,
    /// The heaviest false positives, when asked for.
    pub false_positives: Vec<Mistake>,
    /// The heaviest false negatives, when asked for.
    pub false_negatives: Vec<Mistake>,
    /// What else has to be said: rows without a label.
    pub notes: Vec<String>,
    /// Wall time of the rules, in milliseconds.
    pub milliseconds: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_and_b_cubed_are_those_of_the_textbook() {
        let scores = score(&[0, 0, 0, 1, 1, 2], &[7, 7, 8, 8, 9, 6]);
        assert_eq!(scores.pairs, Pairs { true_positives: 1, false_positives: 1, false_negatives: 3 });
        assert!((scores.pairs.precision() - 0.5).abs() < 1e-12);
        assert!((scores.pairs.recall() - 0.25).abs() < 1e-12);
        assert!((scores.pairs.f1() - 1.0 / 3.0).abs() < 1e-12);
        // Precision: 1, 1, .5, .5, 1, 1; recall: 2/3, 2/3, 1/3, .5, .5, 1.
        let b_cubed = scores.b_cubed.unwrap();
        assert!((b_cubed.precision - 5.0 / 6.0).abs() < 1e-12);
        assert!((b_cubed.recall - (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 2.0) / 6.0).abs() < 1e-12);
        assert_eq!((scores.items, scores.clusters_true, scores.clusters_found, scores.clusters_exact), (6, 2, 2, 0));
        assert_eq!(score(&[4, 4, 5], &[1, 1, 2]).clusters_exact, 1);
    }

    #[test]
    fn nothing_to_find_and_nothing_found_is_right() {
        let scores = score(&[1, 2], &[3, 4]);
        assert!((scores.pairs.f1() - 1.0).abs() < 1e-12);
        assert!((score(&[1, 1], &[3, 4]).pairs.f1()).abs() < 1e-12);
        assert!((score(&[], &[]).b_cubed.unwrap().f1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn findings_are_counted_by_how_sure_they_are() {
        let of = |from, to, said, right| Bin { from, to, said, right };
        assert_eq!(
            calibration([(0.9, true), (0.94, false), (0.95, true), (0.99, true), (1.0, true), (0.69, false)]),
            [of(0.0, 0.7, 1, 0), of(0.9, 0.95, 2, 1), of(0.95, 0.995, 2, 2), of(1.0, 1.0, 1, 1)]
        );
        assert!(calibration([]).is_empty());
    }

    proptest! {
        #[test]
        fn pairs_are_those_that_are_counted_one_by_one(items in prop::collection::vec((0_u32..4, 0_u32..4), 0..12)) {
            let (truth, found): (Vec<u32>, Vec<u32>) = items.iter().copied().unzip();
            let mut counted = Pairs::default();
            for (at, (truth, found)) in items.iter().enumerate() {
                for (other_truth, other_found) in &items[..at] {
                    match (truth == other_truth, found == other_found) {
                        (true, true) => counted.true_positives += 1,
                        (false, true) => counted.false_positives += 1,
                        (true, false) => counted.false_negatives += 1,
                        (false, false) => {}
                    }
                }
            }
            prop_assert_eq!(score(&truth, &found).pairs, counted);
        }
    }
}
