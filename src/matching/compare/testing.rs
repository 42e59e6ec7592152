//! What every comparison is held to in tests.

use proptest::prelude::*;

use super::Comparison;

/// Holds pairs of values to their levels, either way round.
pub(super) fn levels_hold<C: Comparison>(new: impl Fn(&[&str]) -> C, pairs: &[(&str, &str, u8)]) {
    let values: Vec<&str> = pairs.iter().flat_map(|(one, other, _)| [*one, *other]).collect();
    let comparison = new(&values);
    let wrong: Vec<String> = pairs
        .iter()
        .enumerate()
        .filter_map(|(at, (one, other, level))| {
            let found = comparison.level(2 * at as u32, 2 * at as u32 + 1);
            (found != *level).then(|| format!("{one:?} and {other:?} are at {found}, not {level}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Values of a shape, and hostile ones among them.
pub(super) fn values(shape: &str) -> impl Strategy<Value = Vec<String>> {
    let one = prop_oneof![
        6 => shape.prop_map(|value: String| value),
        1 => any::<String>(),
        1 => "[ -~]{1,12}",
        1 => "[à-ÿ\u{300}-\u{303}°²½①٣北ßİ]{1,6}",
        1 => Just("9".repeat(5000)),
        1 => Just("Ab 1, ".repeat(5000)),
        1 => Just("\u{0}\u{200B}".to_owned()),
    ];
    proptest::collection::vec(one, 1..8)
}

/// Levels are symmetric and within bounds, a value is the same as itself, terms and keys are those of equal values.
pub(super) fn is_sound<C: Comparison>(new: impl Fn(&[&str]) -> C, values: &[String]) {
    // Each value a second time, as another position.
    let twice: Vec<&str> = values.iter().chain(values).map(String::as_str).collect();
    let comparison = new(&twice);
    let (count, all) = (values.len() as u32, twice.len() as u32);
    let levels = comparison.levels();
    assert!(levels.len() <= 12);
    assert!((levels.iter().map(|level| level.prior).sum::<f64>() - 1.0).abs() < 1e-9);
    let pairs: Vec<(u32, u32)> = (0..all).map(|other| (0, other)).collect();
    let mut together = Vec::new();
    comparison.levels_of(&pairs, &mut together);
    let one_by_one: Vec<u8> = pairs.iter().map(|(one, other)| comparison.level(*one, *other)).collect();
    assert_eq!(together, one_by_one);
    let (mut keys, mut others) = (Vec::new(), Vec::new());
    for one in 0..all {
        for other in 0..all {
            let level = comparison.level(one, other);
            assert!(usize::from(level) < levels.len());
            assert_eq!(level, comparison.level(other, one), "{} {}", twice[one as usize], twice[other as usize]);
            if one % count == other % count {
                assert_eq!(level, 0, "{}", twice[one as usize]);
            }
            if level == 0 {
                assert_eq!(
                    comparison.term(one, 0),
                    comparison.term(other, 0),
                    "{} {}",
                    twice[one as usize],
                    twice[other as usize]
                );
            }
        }
        keys.clear();
        others.clear();
        comparison.keys(one, &mut keys);
        comparison.keys((one + count) % all, &mut others);
        assert_eq!(keys, others);
        assert!(!keys.contains(&0) && !keys.is_empty() && keys.len() <= 6, "{}", twice[one as usize]);
        for level in 0..levels.len() as u8 {
            comparison.term(one, level);
        }
    }
}
