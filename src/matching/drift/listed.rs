//! Values that a list declares, and which of them somebody meant to write.

use super::nodes::{Node, Words, gathered};
use super::slip::{Setting, judge};

/// Values that are right as they stand.
#[derive(Debug)]
pub struct Listed<'a> {
    nodes: Vec<Node<'a>>,
}

/// The least confidence: what no list has is wrong, whatever it is meant for.
const LEAST: f64 = 0.5;

/// How much surer one value has to be than the next.
const CLOSE: f64 = 0.1;

impl<'a> Listed<'a> {
    /// Of the values of a list.
    #[must_use]
    pub fn of(values: impl Iterator<Item = &'a str>) -> Self {
        Self { nodes: gathered(values.map(|value| (value, 0)).collect(), false, &|_| true) }
    }

    /// The value of which `written`, which is none, is a slip of the keys, and how sure that is. `None` where no value, or
    /// several about equally, can be meant. What keeps values apart elsewhere keeps them apart here.
    #[must_use]
    pub fn meant(&self, written: &str) -> Option<(&'a str, f64)> {
        let written = gathered(vec![(written, 1)], false, &|_| false);
        let written = written.first()?;
        let words = Words::default();
        let setting = Setting { listed: true, companies: false, least: LEAST };
        let mut near: Vec<(&'a str, f64)> = self
            .nodes
            .iter()
            .filter_map(|node| Some((node.text(), judge(written, node, &words, setting)?.confidence, node)))
            .filter(|(_, _, node)| written.apart(node).is_none())
            .map(|(text, confidence, _)| (text, confidence))
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1));
        match near.as_slice() {
            [(_, best), (_, next), ..] if next + CLOSE > *best => None,
            [best, ..] => Some(*best),
            [] => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_means_the_value_that_is_nearest() {
        let listed = Listed::of(["Referral", "Reseller", "East Region", "West Region", "Tier 1", "Tier 2"].into_iter());
        for (written, meant) in [
            ("Refferal", Some("Referral")),
            ("Wesst Region", Some("West Region")),
            ("west regoin", Some("West Region")),
            ("Est Region", None),
            ("Tier 3", None),
            ("Retail", None),
            ("", None),
        ] {
            assert_eq!(listed.meant(written).map(|(value, _)| value), meant, "{written}");
        }
    }

    #[test]
    fn of_two_that_are_as_near_none_is_meant() {
        assert_eq!(Listed::of(["Standart", "Standarz"].into_iter()).meant("Standarm"), None);
        assert!(Listed::of(["Standard"].into_iter()).meant("Standarm").is_some());
    }
}
