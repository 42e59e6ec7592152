//! What is learned from the records themselves: m and u of each level, and the prior.

use std::hash::BuildHasher;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::tabulated::Tabulated;
use super::weight::{BLANK, Candidates, Held, Model, probability};
use super::{Field, Records};

/// Random pairs that u is estimated from; all pairs where there are no more.
const RANDOM: u64 = 1_000_000;
/// Candidates that m is estimated from at most, chosen by hash.
const SAMPLE: usize = 500_000;
/// How many pairs of one person the expectation counts for, beside what the data shows.
const EXPECTED: f64 = 20.0;
/// How many pairs of two people the expectation counts for.
const ASSUMED: f64 = 5_000.0;
/// Rounds of expectation maximisation.
const ROUNDS: usize = 12;
/// Records up to which people are counted in every other round.
const OFTEN: u64 = 100_000;
/// Pairs of one person that a record is in at most, on average.
const MATCHES: f64 = 3.0;
/// The probability from which on two records count as one person when people are counted.
const ONE: f64 = 0.95;

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// By field.
    pub fields: Vec<Learned>,
    /// The probability that two records drawn at random are one person.
    pub prior: f64,
}

/// What was learned of one field; positions are those of its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// Name of the field.
    pub name: String,
    /// Share of each level among pairs of one person.
    pub m: Vec<f64>,
    /// The same among other pairs.
    pub u: Vec<f64>,
    /// log2(m / u), never above the level before.
    pub weight: Vec<f64>,
}

impl Learned {
    fn expected(field: &Field) -> Self {
        let m: Vec<f64> = field.comparison.levels().iter().map(|level| level.prior).collect();
        let u = expected_u(field);
        let mut learned = Self { name: field.name.clone(), weight: vec![0.0; m.len()], m, u };
        learned.weigh();
        learned
    }

    fn weigh(&mut self) {
        let mut least = f64::INFINITY;
        for ((weight, m), u) in self.weight.iter_mut().zip(&self.m).zip(&self.u) {
            least = least.min((m / u).log2());
            *weight = least;
        }
        // Nothing in common never speaks for one person.
        if let Some(last) = self.weight.last_mut() {
            *last = last.min(0.0);
        }
    }
}

/// u of every level before the data says anything: the weights fall evenly from the first level to the last.
fn expected_u(field: &Field) -> Vec<f64> {
    let levels = field.comparison.levels();
    let last = (levels.len() - 1).max(1) as f64;
    let first = (levels[0].prior / field.chance).log2();
    let against = levels.iter().rev().find(|level| level.prior > 0.0).map_or(-3.0, |level| level.prior.log2());
    levels
        .iter()
        .enumerate()
        .map(|(at, level)| {
            let weight = first + (against - first) * at as f64 / last;
            (level.prior / weight.exp2()).clamp(1e-9, 1.0)
        })
        .collect()
}

impl Parameters {
    /// What is expected before the data says otherwise.
    pub(super) fn expected(records: &Records) -> Self {
        let prior = 0.1 / (records.rows as f64).max(20.0);
        Self { fields: records.fields.iter().map(Learned::expected).collect(), prior }
    }

    /// The prior as a weight, in bits.
    pub(super) fn prior_weight(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}

/// How often levels occur among pairs drawn at random, by field.
struct Random {
    counts: Vec<Vec<u64>>,
    /// Pairs that have both values, by field.
    drawn: Vec<u64>,
    /// Pairs in all.
    total: u64,
}

/// Learns the parameters of `model` from random pairs and from `candidates`.
pub(super) fn learn(model: &mut Model<'_>, candidates: &mut Candidates) {
    let rows = model.records.rows as u64;
    let pairs = rows * rows.saturating_sub(1) / 2;
    if pairs == 0 || model.records.fields.is_empty() {
        return;
    }
    let random = draw(model, rows, pairs);
    let chosen = sample(model, candidates);
    let share =
        if candidates.pairs.is_empty() { 1.0 } else { chosen.pairs.len() as f64 / candidates.pairs.len() as f64 };
    // How many pairs of one person are at each level; nothing is known at first.
    let mut found: Vec<Vec<f64>> = model.parameters.fields.iter().map(|field| vec![0.0; field.m.len()]).collect();
    // Values that one person has many times must not pass for common ones: who is certain at first sight is counted once.
    model.recount(&people(model, candidates));
    let mut held = held(model, &chosen);
    for round in 0..ROUNDS {
        unlike(model, &random, &found, pairs as f64, share);
        let (levels, sum) = expect(model, &chosen, &held);
        found = levels;
        // A model that takes most of the file for duplicates learned it from itself.
        let matches = (sum / share).min(MATCHES * rows as f64);
        maximise(model, &found, matches, pairs as f64);
        // Counting takes as long as the rest on large files, where a person more or less on a value is little.
        if (round % 2 == 1 && rows < OFTEN) || round == ROUNDS / 3 {
            model.recount(&people(model, candidates));
            held = self::held(model, &chosen);
        }
    }
    model.counted();
    unlike(model, &random, &found, pairs as f64, share);
}

/// u of every level: what random pairs show, less the pairs of one person among them. `found` holds those of a sample
/// that is `share` of the candidates.
fn unlike(model: &mut Model<'_>, random: &Random, found: &[Vec<f64>], pairs: f64, share: f64) {
    for (field, learned) in model.parameters.fields.iter_mut().enumerate() {
        let drawn = random.drawn[field] as f64;
        if drawn == 0.0 {
            continue;
        }
        // Pairs that have both values, among all pairs.
        let all = pairs * drawn / (random.total as f64).max(1.0);
        let of_one: f64 = found[field].iter().sum::<f64>() / share;
        let expected = expected_u(&model.records.fields[field]);
        for (level, u) in learned.u.iter_mut().enumerate() {
            let seen = all * random.counts[field][level] as f64 / drawn;
            let other = (seen - found[field][level] / share).max(0.25 * all / drawn);
            *u = ((other + ASSUMED * expected[level]) / ((all - of_one).max(1.0) + ASSUMED)).min(1.0);
        }
        // Frequencies know the first level better than a sample does.
        let same = model.frequencies[field].same * (all - of_one).max(1.0);
        learned.u[0] = ((same + ASSUMED * expected[0]) / ((all - of_one).max(1.0) + ASSUMED)).min(1.0);
        learned.weigh();
    }
}

/// Pairs that one task goes through. Their sums are added up in their order: the same at any number of threads.
const STRETCH: usize = 1 << 14;

/// How many people have what the pairs agree in, for each field of each pair.
fn held(model: &Model<'_>, chosen: &Candidates) -> Vec<Held> {
    let width = model.records.fields.len();
    let pairs = chosen.pairs.par_iter().zip(chosen.levels.par_chunks(width));
    let held = pairs.flat_map_iter(|((one, other), levels)| {
        levels.iter().enumerate().map(move |(field, level)| match *level {
            BLANK => Held::default(),
            level => model.held(field, level, *one, *other),
        })
    });
    held.collect()
}

/// The expectation step: for each field and level the sum of the probabilities of the pairs there, and their sum over all.
fn expect(model: &Model<'_>, chosen: &Candidates, held: &[Held]) -> (Vec<Vec<f64>>, f64) {
    let width = model.records.fields.len();
    let weights = Tabulated::of(model, chosen.pairs.len());
    let nothing =
        || -> Vec<Vec<f64>> { model.parameters.fields.iter().map(|field| vec![0.0; field.m.len()]).collect() };
    let parts: Vec<(Vec<Vec<f64>>, f64)> = chosen
        .levels
        .par_chunks(STRETCH * width)
        .zip(held.par_chunks(STRETCH * width))
        .map(|(levels, held)| {
            let (mut found, mut sum) = (nothing(), 0.0);
            for (levels, held) in levels.chunks(width).zip(held.chunks(width)) {
                let p = probability(
                    model.total_of(levels, |field, level| (weights.weigh(field, level, held[field]), held[field])),
                );
                if p < 1e-4 {
                    continue;
                }
                sum += p;
                for (found, level) in found.iter_mut().zip(levels).filter(|(_, level)| **level != BLANK) {
                    found[*level as usize] += p;
                }
            }
            (found, sum)
        })
        .collect();
    let mut parts = parts.into_iter();
    let Some((mut found, mut sum)) = parts.next() else { return (nothing(), 0.0) };
    for (levels, more) in parts {
        for (found, levels) in found.iter_mut().zip(levels) {
            found.iter_mut().zip(levels).for_each(|(found, more)| *found += more);
        }
        sum += more;
    }
    (found, sum)
}

/// The maximisation step.
fn maximise(model: &mut Model<'_>, found: &[Vec<f64>], matches: f64, pairs: f64) {
    for (field, learned) in model.parameters.fields.iter_mut().enumerate() {
        let levels = model.records.fields[field].comparison.levels();
        let all: f64 = found[field].iter().sum();
        for (at, level) in levels.iter().enumerate() {
            let m = (found[field][at] + EXPECTED * level.prior) / (all + EXPECTED);
            // Families and co-workers look like one person but for the name: the data must not argue that away.
            learned.m[at] = if level.conflict || level.doubtful { m.min(level.prior) } else { m };
        }
        learned.weigh();
    }
    model.parameters.prior = ((matches + 0.5) / (pairs + 1.0)).clamp(1e-15, 0.5);
}

/// Random pairs, or all where there are few.
fn draw(model: &Model<'_>, rows: u64, pairs: u64) -> Random {
    let width = model.records.fields.len();
    // By their order, so that the same pairs are drawn wherever records stand in the file.
    let mut ordered: Vec<u32> = (0..rows as u32).collect();
    ordered.par_sort_unstable_by_key(|row| model.records.place(*row));
    let is_whole = pairs <= RANDOM;
    let stretch = 1 << 14;
    let total = pairs.min(RANDOM);
    let parts: Vec<(Vec<Vec<u64>>, Vec<u64>)> = (0..total.div_ceil(stretch))
        .into_par_iter()
        .map(|part| {
            let mut counts: Vec<Vec<u64>> =
                model.parameters.fields.iter().map(|field| vec![0; field.m.len()]).collect();
            let mut drawn = vec![0; width];
            let numbers = part * stretch..((part + 1) * stretch).min(total);
            let pairs = numbers.map(|number| if is_whole { unranked(number) } else { drawn_pair(number, rows) });
            let pairs = pairs.filter(|(one, other)| one != other);
            let pairs: Vec<(u32, u32)> =
                pairs.map(|(one, other)| (ordered[one as usize], ordered[other as usize])).collect();
            // Field by field: what many pairs read is fetched side by side.
            for field in 0..width {
                for (one, other) in &pairs {
                    let level = model.level(field, *one, *other);
                    if level != BLANK {
                        counts[field][level as usize] += 1;
                        drawn[field] += 1;
                    }
                }
            }
            (counts, drawn)
        })
        .collect();
    let mut all = Random {
        counts: model.parameters.fields.iter().map(|field| vec![0; field.m.len()]).collect(),
        drawn: vec![0; width],
        total,
    };
    for (counts, drawn) in parts {
        for (all, counts) in all.counts.iter_mut().zip(counts) {
            all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
        }
        all.drawn.iter_mut().zip(drawn).for_each(|(all, count)| *all += count);
    }
    all
}

/// Pair `number` of all pairs of different records.
fn unranked(number: u64) -> (u32, u32) {
    // The greatest `other` with other * (other - 1) / 2 <= number; the root may be off by one.
    let mut other = f64::midpoint(1.0, (1.0 + 8.0 * number as f64).sqrt()) as u64;
    while other * (other - 1) / 2 > number {
        other -= 1;
    }
    while other * (other + 1) / 2 <= number {
        other += 1;
    }
    ((number - other * (other - 1) / 2) as u32, other as u32)
}

/// A pair chosen by hash.
fn drawn_pair(number: u64, rows: u64) -> (u32, u32) {
    let (one, other) = (FxBuildHasher.hash_one((number, 1_u8)), FxBuildHasher.hash_one((number, 2_u8)));
    let within = |hash: u64| ((u128::from(hash) * u128::from(rows)) >> 64) as u32;
    (within(one), within(other))
}

/// A sample of the candidates, chosen by hash, in their order, with the levels of all fields.
fn sample(model: &Model<'_>, candidates: &mut Candidates) -> Candidates {
    let (records, many) = (model.records, candidates.pairs.len());
    let width = records.fields.len();
    let limit = if many <= SAMPLE { u64::MAX } else { (u128::from(u64::MAX) * SAMPLE as u128 / many as u128) as u64 };
    let parts: Vec<Candidates> = candidates
        .pairs
        .par_chunks(STRETCH)
        .zip(candidates.levels.par_chunks_mut(STRETCH * width))
        .map(|(pairs, levels)| {
            let mut chosen = Candidates::default();
            for (pair, levels) in pairs.iter().zip(levels.chunks_mut(width)) {
                let (one, other) = (records.place(pair.0).0, records.place(pair.1).0);
                if FxBuildHasher.hash_one((one.min(other), one.max(other))) <= limit {
                    model.open(pair.0, pair.1, levels);
                    chosen.pairs.push(*pair);
                    chosen.levels.extend_from_slice(levels);
                }
            }
            chosen
        })
        .collect();
    Candidates::of(parts)
}

/// A number for each record, the same for records that are one person nearly for certain.
fn people(model: &Model<'_>, candidates: &mut Candidates) -> Vec<u32> {
    let mut found = UnionFind::<u32>::new(model.records.rows);
    for (one, other, _) in model.weigh_likely(candidates, ONE) {
        found.union(one, other);
    }
    found.into_labeling()
}
