//! Records that fit two people equally well, who are not one: `K. Moss` beside Karl and Klara Moss is nobody's duplicate
//! for certain, so that neither pair is evidence.

use rayon::prelude::*;

use super::weight::Model;

/// How much worse than the best, in bits, fits as well.
const AS_WELL: f64 = 2.0;
/// Fits of a record that are held against each other.
const LOOKED_AT: usize = 16;

/// The pairs less those of records that could be either of two people; `edges` are strongest first, and stay so.
pub(super) fn without(model: &Model<'_>, edges: Vec<(u32, u32, f64)>) -> Vec<(u32, u32, f64)> {
    let mut ends: Vec<(u32, u32)> =
        (0..).zip(&edges).flat_map(|(at, (one, other, _)): (u32, _)| [(*one, at), (*other, at)]).collect();
    ends.par_sort_unstable();
    let of_record: Vec<&[(u32, u32)]> = ends.chunk_by(|a, b| a.0 == b.0).filter(|of| of.len() > 1).collect();
    let dropped: Vec<u32> = of_record
        .into_par_iter()
        .flat_map_iter(|of| {
            let row = of[0].0;
            let fits: Vec<(u32, u32, f64)> = of
                .iter()
                .take(LOOKED_AT)
                .map(|(_, at)| {
                    let (one, other, weight) = edges[*at as usize];
                    (*at, if one == row { other } else { one }, weight)
                })
                .collect();
            let equal = fits.iter().take_while(|fit| fits[0].2 - fit.2 <= AS_WELL).count();
            let (mut levels, mut own) = (Vec::new(), Vec::new());
            let mut is_two = |a: u32, b: u32| model.pair(a, b, &mut levels) == f64::NEG_INFINITY;
            // Who is one of two, and all fits that are not the other.
            let mut dropped = Vec::new();
            for (n, (at, one, _)) in fits.iter().enumerate() {
                // What rests on something of the person's own is no guess.
                model.levels(row, *one, &mut own);
                if model.has_own(&own) {
                    continue;
                }
                if fits[..equal].iter().enumerate().any(|(m, (_, other, _))| m != n && is_two(*one, *other)) {
                    dropped.push(*at);
                }
            }
            dropped
        })
        .collect();
    if dropped.is_empty() {
        return edges;
    }
    let mut is_dropped = vec![false; edges.len()];
    for at in dropped {
        is_dropped[at as usize] = true;
    }
    edges.into_iter().zip(is_dropped).filter(|(_, dropped)| !dropped).map(|(edge, _)| edge).collect()
}
