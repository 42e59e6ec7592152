//! Clusters to merges: who survives, which values do, and the references that follow.

use std::collections::BTreeMap;

use super::{Builder, column_name};
use crate::model::Safety;
use crate::plan::cluster::Cluster;
use crate::plan::fields::Protection;
use crate::plan::operation::{Aside, Grounds, Merge, Repointed};
use crate::plan::places::{cell, record_id};
use crate::plan::proposals::{Cell, Chosen};
use crate::plan::references::{Following, References, Target};
use crate::plan::repeated::SEVERAL;
use crate::plan::survivor::{Ground, Member};
use crate::plan::values;

impl Builder<'_> {
    /// The merges of clusters. Who survives is settled for all of them first, so that references to the records that go
    /// are already those to the survivors when values are chosen.
    pub(super) fn merges(
        &mut self,
        clusters: Vec<Cluster>,
        references: &References<'_>,
        mended: &mut BTreeMap<Cell, Chosen>,
    ) -> Vec<Merge> {
        let mut led = Vec::new();
        for cluster in clusters {
            match self.led(&cluster, mended) {
                Ok((members, why)) => led.push((cluster, members, why)),
                Err(why) => {
                    let source = &self.sources[cluster.source];
                    let ids: Vec<String> = cluster
                        .rows
                        .iter()
                        .map(|row| record_id(source, *row).unwrap_or_else(|| format!("in row {}", row + 1)))
                        .collect();
                    let code = cluster.cited.first().map_or("", |cited| cited.code);
                    let what = format!("{} · records {}", source.name, ids.join(", "));
                    self.asides.count(Aside::Manual, code, what, why, cluster.evidence());
                }
            }
        }
        let into = led.iter().flat_map(|(cluster, members, _)| {
            let stays = Target { row: (cluster.source, members[0].row), id: members[0].id.clone() };
            members[1..].iter().map(move |member| ((cluster.source, member.row), stays.clone()))
        });
        let into = into.collect();
        let following = references.following(&into);
        self.follow(mended, &following);
        let made =
            led.into_iter().map(|(cluster, members, why)| self.merge(&cluster, &members, &why, mended, &following));
        let mut merges: Vec<Merge> = made.collect();
        let of_loser: BTreeMap<(usize, u32), usize> = (0..)
            .zip(&merges)
            .flat_map(|(at, merge)| merge.losers.iter().map(move |loser| ((loser.source, loser.row), at)))
            .collect();
        let mut own: BTreeMap<(usize, usize, usize), u64> = BTreeMap::new();
        for ((source, row, column), moved) in following.cells() {
            if mended.contains_key(&(source, row, column)) {
                continue;
            }
            let (of, new) = (&self.sources[source], moved.text.as_str());
            let (Some(at), Some(old)) = (of_loser.get(&moved.loser), cell(of, column, row)) else { continue };
            if moved.is_own {
                *own.entry((*at, source, column)).or_default() += 1;
            }
            if let Some(why) = self.unwritable(source, row, column, new) {
                let note = format!("{} still names a record that goes: {why}", column_name(of, column));
                if !merges[*at].notes.contains(&note) {
                    merges[*at].notes.push(note);
                }
                continue;
            }
            merges[*at].repointed.push(Repointed {
                at: self.places.place(source, row),
                column,
                header: of.header(column).to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
            });
        }
        for ((loser, source, column), count) in references.doubtful(&into) {
            let Some(at) = of_loser.get(&loser) else { continue };
            let id = record_id(&self.sources[loser.0], loser.1).unwrap_or_default();
            let (noun, stay) = if count == 1 { ("reference", "stays") } else { ("references", "stay") };
            merges[*at].notes.push(format!(
                "{}: {count} {noun} to {id} may mean a record of another source with the same id, and {stay}: see by hand \
                 whose it is",
                column_name(&self.sources[source], column)
            ));
        }
        for ((at, source, column), count) in own {
            let (noun, goes) = if count == 1 { ("reference", "goes") } else { ("references", "go") };
            merges[at].notes.push(format!(
                "{}: {count} {noun} to the record itself {goes} with the merge",
                column_name(&self.sources[source], column)
            ));
        }
        merges
    }

    /// Values that are mended name the records that stay. What would then name its own record is none.
    fn follow(&mut self, mended: &mut BTreeMap<Cell, Chosen>, following: &Following<'_>) {
        let mut none = Vec::new();
        for (cell, chosen) in mended.iter_mut() {
            match following.value(*cell, &chosen.best.new) {
                Some(moved) if moved.text.is_empty() => none.push(*cell),
                Some(moved) => chosen.best.new = moved.text,
                None => {}
            }
        }
        for cell in none {
            for proposal in mended.remove(&cell).iter().flat_map(Chosen::all) {
                let what = column_name(&self.sources[cell.0], cell.2);
                self.asides.add(
                    Aside::MergedAway,
                    proposal.code,
                    what,
                    "once merged, the record would refer to itself",
                );
            }
        }
    }

    fn ground<'g>(
        &'g self,
        source: usize,
        mended: &'g BTreeMap<Cell, Chosen>,
        following: Option<&'g Following<'g>>,
    ) -> Ground<'g> {
        Ground {
            table: &self.tables[source],
            fields: &self.fields[source],
            config: self.config,
            system: &self.system[source],
            mended,
            following,
        }
    }

    /// The records of a cluster, the survivor first, and why it is; or why they are not merged.
    fn led(&self, cluster: &Cluster, mended: &BTreeMap<Cell, Chosen>) -> Result<(Vec<Member>, String), String> {
        let source = &self.sources[cluster.source];
        let fields = &self.fields[cluster.source];
        let ground = self.ground(cluster.source, mended, None);
        if let Some(why) = cluster.rows.iter().find_map(|row| fields.untouchable(source, *row)) {
            return Err(why.to_owned());
        }
        if cluster.rows.iter().any(|row| fields.protection(source, *row) == Some(Protection::Erased)) {
            return Err("one of the records was erased on demand: nothing of it is brought back".to_owned());
        }
        let members: Vec<Member> = cluster.rows.iter().map(|row| ground.member(*row)).collect();
        if members.iter().any(|member| member.id.is_empty()) {
            return Err(format!(
                "a record without an id cannot be merged by id; if there is one, name it under [sources.{}.columns], \
                 as id = \"<header>\"",
                source.name
            ));
        }
        if cluster.rows.iter().any(|row| self.repeated.holds(cluster.source, *row)) {
            return Err(SEVERAL.to_owned());
        }
        if members.len() < 2 {
            return Err("the other records of the group are accepted or gone".to_owned());
        }
        if let Some(why) = ground.forbids(&members) {
            return Err(why);
        }
        Ok(ground.survivor(members))
    }

    /// The merge of the records of a cluster into the first of them.
    fn merge(
        &self,
        cluster: &Cluster,
        members: &[Member],
        why: &str,
        mended: &BTreeMap<Cell, Chosen>,
        following: &Following<'_>,
    ) -> Merge {
        let ground = self.ground(cluster.source, mended, Some(following));
        let mut chosen = values::choose(&ground, members);
        let survivor = &members[0];
        chosen.fields.retain(|field| {
            let value = field.value.as_deref().unwrap_or_default();
            let refused =
                field.changes().then(|| self.unwritable(cluster.source, survivor.row, field.column, value)).flatten();
            if let Some(why) = &refused {
                chosen.notes.push(format!("{} keeps the survivor's value: {why}", field.header));
            }
            refused.is_none()
        });
        let mut losers: Vec<_> =
            members[1..].iter().map(|member| self.places.place(cluster.source, member.row)).collect();
        losers.sort();
        Merge {
            survivor: self.places.place(cluster.source, survivor.row),
            losers,
            fields: chosen.fields,
            repointed: Vec::new(),
            notes: chosen.notes,
            grounds: Grounds {
                evidence: cluster.answered(survivor.row),
                safety: Safety::Review,
                decision: cluster.ruling.decision(),
                reason: format!("{} survives: {why}", survivor.id),
            },
        }
    }
}
