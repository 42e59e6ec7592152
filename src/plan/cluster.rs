//! Clusters of records to be merged: groups of evidence, united where they share a record, as far as people let them.

use std::collections::{BTreeMap, BTreeSet};

use super::decisions::{Answer, Decisions, Records, Ruling, needed};
use super::operation::{Aside, Cited, Decision};
use crate::evidence::EvidenceRow;

/// Position of a source, code of a rule, and group.
type Group = (usize, &'static str, String);

/// A row: position of the source, row of its frame.
type Row = (usize, u32);

/// Where a record stands among others: from how many it was told, its source and name, its row.
type Standing<'a> = (usize, Option<&'a (String, String)>, u32);

/// A row that evidence points at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Evidenced {
    row: u32,
    fingerprint: String,
    what: String,
}

/// Evidence of merge rules, by group.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    groups: BTreeMap<Group, Vec<Evidenced>>,
    /// Groups of which some evidence never came here.
    partial: BTreeSet<Group>,
}

/// Records that are one, with the evidence that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) source: usize,
    pub(super) rows: Vec<u32>,
    pub(super) cited: Vec<Cited>,
    /// Who said that they are.
    pub(super) ruling: Ruling,
    /// Code, row and fingerprint of evidence in groups of which other records stay apart: on the record that survives it
    /// stands after the merge too.
    open: Vec<(&'static str, u32, String)>,
}

/// Evidence that leads to no merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) class: Aside,
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) why: String,
    /// The decision that kept it out.
    pub(super) ruling: Option<Ruling>,
}

impl Cluster {
    /// Rows of evidence.
    pub(super) fn evidence(&self) -> u64 {
        self.cited.iter().map(|cited| cited.rows).sum()
    }

    /// The evidence that a merge into `survivor` answers.
    pub(super) fn answered(&self, survivor: u32) -> Vec<Cited> {
        let stays: BTreeSet<(&str, &str)> =
            self.open.iter().filter(|one| one.1 == survivor).map(|(code, _, of)| (*code, of.as_str())).collect();
        let mut cited = self.cited.clone();
        for one in &mut cited {
            one.fingerprints.retain(|of| !stays.contains(&(one.code, of.as_str())));
            one.rows = one.fingerprints.len() as u64;
        }
        cited.retain(|one| one.rows > 0);
        cited
    }
}

/// Records on the way to clusters: who stands with whom, and who must not.
#[derive(Debug, Default)]
struct Union {
    parent: BTreeMap<Row, Row>,
    enemies: BTreeMap<Row, BTreeSet<Row>>,
    rulings: BTreeMap<Row, Ruling>,
}

impl Union {
    fn root(&mut self, of: Row) -> Row {
        let mut at = of;
        while let Some(next) = self.parent.get(&at).copied().filter(|next| *next != at) {
            at = next;
        }
        self.parent.insert(of, at);
        at
    }

    /// Whether two clusters are one, or must not become one.
    fn are_foes(&mut self, a: Row, b: Row) -> bool {
        let foes: Vec<Row> = self.enemies.get(&a).into_iter().flatten().copied().collect();
        a == b || foes.iter().any(|foe| self.root(*foe) == b)
    }

    /// Puts two records together, unless somebody said that two of those who would be together are not one.
    fn join(&mut self, a: Row, b: Row, ruling: &Ruling) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        // The smallest row stands for its cluster, so that the order of evidence does not matter.
        let (kept, gone) = (a.min(b), a.max(b));
        let foes: Vec<Row> = self.enemies.get(&gone).into_iter().flatten().copied().collect();
        if foes.iter().any(|foe| self.root(*foe) == kept) {
            return;
        }
        self.parent.insert(gone, kept);
        self.enemies.entry(kept).or_default().extend(foes);
        for foe in self.enemies.get(&kept).cloned().unwrap_or_default() {
            let foe = self.root(foe);
            self.enemies.entry(foe).or_default().insert(kept);
        }
        let of_gone = self.rulings.remove(&gone);
        let rulings = [self.rulings.remove(&kept), of_gone, Some(ruling.clone())];
        // Whoever decided last decided on the whole.
        if let Some(last) = rulings.into_iter().flatten().max_by_key(|ruling| (ruling.on, ruling.by.clone())) {
            self.rulings.insert(kept, last);
        }
    }
}

fn group_of(source: usize, evidence: &EvidenceRow) -> Group {
    // Evidence without a group holds nothing together; its fingerprint is a group of one.
    (source, evidence.code, evidence.group.clone().unwrap_or_else(|| evidence.fingerprint.clone()))
}

impl Clusters {
    pub(super) fn add(&mut self, source: usize, row: u32, what: String, evidence: &EvidenceRow) {
        let fingerprint = evidence.fingerprint.clone();
        self.groups.entry(group_of(source, evidence)).or_default().push(Evidenced { row, fingerprint, what });
    }

    /// Says that evidence is left out of its group: its record stays, whatever becomes of the others.
    pub(super) fn leave_out(&mut self, source: usize, evidence: &EvidenceRow) {
        self.partial.insert(group_of(source, evidence));
    }

    /// The clusters by source and first row, and the evidence that leads to none. `name` gives source and name of the
    /// record on a row; `rule` is how decisions on rules are signed.
    pub(super) fn settled(
        self,
        decisions: &Decisions,
        rule: &Decision,
        name: impl Fn(usize, u32) -> Option<(String, String)>,
    ) -> (Vec<Cluster>, Vec<Left>) {
        let mut union = Union::default();
        let names: BTreeMap<Row, (String, String)> = self
            .groups
            .iter()
            .flat_map(|((source, ..), members)| members.iter().map(move |member| (*source, member.row)))
            .filter_map(|row| Some((row, name(row.0, row.1)?)))
            .collect();
        let mut rows: BTreeMap<(usize, &str), Vec<Row>> = BTreeMap::new();
        for (row, (_, name)) in &names {
            rows.entry((row.0, name)).or_default().push(*row);
        }
        let pairs = decisions.pairs();
        for (row, (scope, name)) in &names {
            for (foe, _) in pairs.with(scope, name, Answer::Reject) {
                for foe in rows.get(&(row.0, foe)).into_iter().flatten() {
                    union.enemies.entry(*row).or_default().insert(*foe);
                }
            }
        }
        let against = |row: &Row| union.enemies.get(row).map_or(0, BTreeSet::len);
        // Who was told from the fewest comes first, so that whoever is set aside is the one whom others do not want.
        let mut order: BTreeMap<Row, Standing<'_>> = BTreeMap::new();
        for ((source, ..), members) in &self.groups {
            for member in members {
                let row = (*source, member.row);
                order.insert(row, (against(&row), names.get(&row), member.row));
            }
        }
        if !decisions.keeps_apart() {
            for ((source, ..), members) in &self.groups {
                let within: BTreeSet<u32> = members.iter().map(|member| member.row).collect();
                for row in within.iter().map(|row| (*source, *row)) {
                    let Some((scope, name)) = names.get(&row) else { continue };
                    for (friend, ruling) in pairs.with(scope, name, Answer::Accept) {
                        for friend in rows.get(&(*source, friend)).into_iter().flatten() {
                            if within.contains(&friend.1) {
                                union.join(row, *friend, ruling);
                            }
                        }
                    }
                }
            }
            for ((source, code, _), members) in &self.groups {
                let Some(ruling) = decisions.by_rule(code, rule).filter(|ruling| ruling.answer == Answer::Accept)
                else {
                    continue;
                };
                let mut members: Vec<Row> = members.iter().map(|member| (*source, member.row)).collect();
                members.sort_unstable_by_key(|row| order.get(row));
                members.dedup();
                let mut heads: Vec<Row> = Vec::new();
                for row in members {
                    for head in &heads {
                        union.join(*head, row, &ruling);
                    }
                    let root = union.root(row);
                    if !heads.iter().any(|head| union.root(*head) == root) {
                        heads.push(row);
                    }
                }
            }
        }
        self.sorted(decisions, rule, &names, union)
    }

    /// Sorts evidence to the clusters that stand, or aside.
    fn sorted(
        self,
        decisions: &Decisions,
        rule: &Decision,
        names: &BTreeMap<Row, (String, String)>,
        mut union: Union,
    ) -> (Vec<Cluster>, Vec<Left>) {
        let mut clusters: BTreeMap<Row, Cluster> = BTreeMap::new();
        let mut left = Vec::new();
        for ((source, code, group), members) in self.groups {
            let mut parts: BTreeMap<Row, Vec<Evidenced>> = BTreeMap::new();
            for member in members {
                parts.entry(union.root((source, member.row))).or_default().push(member);
            }
            let roots: Vec<Row> = parts.keys().copied().collect();
            let is_whole = roots.len() == 1;
            let is_partial = self.partial.contains(&(source, code, group.clone()));
            let all: Vec<u32> = parts.values().flatten().map(|member| member.row).collect();
            for (root, members) in parts {
                let distinct: BTreeSet<u32> = members.iter().map(|member| member.row).collect();
                let ruling = union.rulings.get(&root).filter(|_| distinct.len() > 1).cloned();
                // A rule that was accepted has its evidence looked at again, where the reasons against it are said.
                let alone = is_whole && distinct.len() == 1 && !decisions.keeps_apart();
                let by_rule = decisions.by_rule(code, rule).filter(|of| of.answer == Answer::Accept && alone);
                let Some(ruling) = ruling.or(by_rule) else {
                    let is_told_apart = !is_whole && roots.iter().all(|other| union.are_foes(root, *other));
                    left.extend(members.into_iter().map(|member| {
                        let foes = all.iter().map(|row| (source, *row));
                        let foe =
                            if is_told_apart { told_apart(decisions, names, (source, member.row), foes) } else { None };
                        leave(decisions, rule, code, member.what, foe)
                    }));
                    continue;
                };
                let cluster = clusters.entry(root).or_insert_with(|| Cluster {
                    source,
                    rows: Vec::new(),
                    cited: Vec::new(),
                    ruling,
                    open: Vec::new(),
                });
                cluster.rows.extend(distinct);
                let mut fingerprints: Vec<String> = Vec::with_capacity(members.len());
                for member in members {
                    if !is_whole || is_partial {
                        cluster.open.push((code, member.row, member.fingerprint.clone()));
                    }
                    fingerprints.push(member.fingerprint);
                }
                fingerprints.sort_unstable();
                let rows = fingerprints.len() as u64;
                cluster.cited.push(Cited { code, group: Some(group.clone()), fingerprints, rows });
            }
        }
        let mut clusters: Vec<Cluster> = clusters.into_values().collect();
        for cluster in &mut clusters {
            cluster.rows.sort_unstable();
            cluster.rows.dedup();
        }
        (clusters, left)
    }
}

/// The first of `others` that somebody told the record on `row` from, with what was said.
fn told_apart(
    decisions: &Decisions,
    names: &BTreeMap<Row, (String, String)>,
    row: Row,
    others: impl Iterator<Item = Row>,
) -> Option<(String, Ruling)> {
    let (scope, name) = names.get(&row)?;
    let mut others: Vec<&String> = others.filter_map(|other| Some(&names.get(&other)?.1)).collect();
    others.sort_unstable();
    others.into_iter().find_map(|other| {
        let ruling = decisions.pairs().of(scope, name, other)?;
        (ruling.answer == Answer::Reject).then(|| (other.clone(), ruling.clone()))
    })
}

fn leave(
    decisions: &Decisions,
    rule: &Decision,
    code: &'static str,
    what: String,
    foe: Option<(String, Ruling)>,
) -> Left {
    let by_rule = decisions.by_rule(code, rule);
    let (class, why, ruling) = match (foe, by_rule) {
        (Some((foe, ruling)), _) => {
            (Aside::Rejected, format!("not one with record {foe}: rejected{}", ruling.signed()), Some(ruling))
        }
        (None, Some(ruling)) if ruling.answer == Answer::Reject => {
            (Aside::Rejected, format!("--decide {code}=reject"), Some(ruling))
        }
        _ => (Aside::Undecided, needed(code), None),
    };
    Left { class, code, what, why, ruling }
}

/// Source and name of the record on a row, for [`Clusters::settled`].
pub(super) fn named<'a>(
    sources: &'a [std::sync::Arc<crate::model::Source>],
    records: &'a Records,
) -> impl Fn(usize, u32) -> Option<(String, String)> + 'a {
    move |source, row| {
        let of = &sources[source];
        let scope = Records::scope(of);
        let name = records.name(&scope, &super::places::record_id(of, row)?)?;
        Some((scope, name))
    }
}
