//! Value drift alone, on distinct company names of which one in twenty is a slip in another: how the cost grows.
//!
//! ```sh
//! cargo bench --bench drift
//! ```

use std::collections::{BTreeMap, BTreeSet};

use divan::Bencher;
use leadlint::matching::drift::{Column, clusters};

fn main() {
    divan::main();
}

/// Parts of made-up words.
const FRONTS: [&str; 24] = [
    "ba", "cor", "del", "fen", "gran", "hal", "in", "jor", "kel", "lum", "mer", "nor", "or", "pel", "quin", "ros",
    "sol", "tam", "ul", "ver", "wex", "yor", "zan", "bri",
];
const BACKS: [&str; 20] = [
    "dara", "ex", "field", "gate", "ify", "kor", "lane", "mont", "nova", "ora", "pax", "quest", "rio", "stad", "tek",
    "vale", "wick", "yard", "zen", "burg",
];
/// What companies do; most names share one of these.
const TRADES: [&str; 16] = [
    "Logistics",
    "Software",
    "Foods",
    "Consulting",
    "Holdings",
    "Manufacturing",
    "Partners",
    "Health",
    "Energy",
    "Media",
    "Systems",
    "Industries",
    "Solutions",
    "Capital",
    "Farmers Market",
    "International Trading",
];
const FORMS: [&str; 6] = ["", " Inc", " LLC", " GmbH", " Ltd", " Corp"];

/// `n` distinct names and the cells that hold each.
fn names(n: usize) -> BTreeMap<String, u64> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    let mut last = String::from("Acme Logistics");
    while names.len() < n {
        let name = if rng.u8(..20) == 0 {
            let mut slip: Vec<char> = last.chars().collect();
            let at = rng.usize(1..slip.len() - 1);
            match rng.u8(..3) {
                0 => slip.swap(at, at - 1),
                1 => drop(slip.remove(at)),
                _ => slip[at] = rng.lowercase(),
            }
            slip.into_iter().collect()
        } else {
            let mut pick = |list: &[&'static str]| list[rng.usize(..list.len())];
            let word = format!("{}{}{}", pick(&FRONTS), pick(&FRONTS), pick(&BACKS));
            let second = format!("{}{}", pick(&FRONTS), pick(&BACKS));
            let (trade, form) = (pick(&TRADES), pick(&FORMS));
            let mut word = word;
            word[..1].make_ascii_uppercase();
            if n > 50_000 || second.len() % 2 == 0 {
                format!("{word} {second} {trade}{form}")
            } else {
                format!("{word} {trade}{form}")
            }
        };
        *names.entry(name.clone()).or_default() += rng.u64(1..4);
        last = name;
    }
    names
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn companies(bencher: Bencher<'_, '_>, n: usize) {
    let (counts, listed, aliases) = (names(n), BTreeSet::new(), BTreeMap::new());
    bencher.bench_local(|| {
        clusters(&Column { counts: &counts, listed: &listed, aliases: &aliases, companies: true }).len()
    });
}

#[divan::bench(args = [10_000, 100_000], sample_count = 3, sample_size = 1)]
fn categories(bencher: Bencher<'_, '_>, n: usize) {
    let (counts, listed, aliases) = (names(n), BTreeSet::new(), BTreeMap::new());
    bencher.bench_local(|| {
        clusters(&Column { counts: &counts, listed: &listed, aliases: &aliases, companies: false }).len()
    });
}
