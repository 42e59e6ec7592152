//! The replay: every lead is put to the assignment rules of the config, in their order.
//!
//! Rows of which the same rules hold are one pattern, and there are few: what is said of rows is worked out per pattern.
//! A rule is in force for leads created on or after its `since`; a pilot counts for every lead, and is never first among
//! the live ones. Leads are what is assigned; contacts stand in where no leads are loaded.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::config::options::{AssignmentStatus, Options};
use crate::model::{Kind, Object, Role, Source};
use crate::normalise::{Facts, Table};
use crate::rules::condition::Conditions;

/// The replay of one run.
#[derive(Debug)]
pub struct Replay {
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// Each table of leads.
    pub tables: Vec<Replayed>,
}

/// An assignment rule, as the replay sees it.
#[derive(Debug)]
pub struct Rule {
    /// What people call it.
    pub name: String,
    /// Who gets the record.
    pub owner: String,
    /// From when it is in force, in microseconds since 1970.
    pub since: Option<i64>,
    /// Whether it is only simulated.
    pub pilot: bool,
    /// Whether it is meant to take what others leave: it says so, or asks nothing.
    pub fallback: bool,
}

/// One table of leads, replayed.
#[derive(Debug)]
pub struct Replayed {
    /// Position of the source.
    pub source: usize,
    /// For each rule, the columns that it asks and the table lacks.
    pub lacks: Vec<Vec<String>>,
    /// What rules hold of which rows.
    pub patterns: Vec<Pattern>,
    /// Rows whose time of creation is not known.
    pub undated: u64,
    /// When the first and the last row of the whole table was created, up to the clock, in microseconds since 1970.
    pub known: Option<(i64, i64)>,
    of_row: Vec<u32>,
    /// Leads by how many `since` of the rules had passed when they were created; the first is those of unknown time.
    eras: Vec<Era>,
    sinces: Vec<i64>,
}

/// Which rules hold of some rows.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Live rules in force that hold, in order.
    pub live: Vec<usize>,
    /// Pilots that hold, in order.
    pub pilots: Vec<usize>,
    /// Whether a live rule holds that was not in force yet, or may not have been.
    pub early: bool,
    /// Whether some live rule was in force.
    pub ruled: bool,
    /// The first live rule in force that the table lacks a column for: what comes after it is not known.
    pub unasked: Option<usize>,
    /// How many rows.
    pub rows: u64,
}

/// Leads that were created between two changes of the rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct Era {
    /// How many.
    pub leads: u64,
    /// When the first and the last of them was created, in microseconds since 1970.
    pub span: Option<(i64, i64)>,
}

impl Era {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let span = match (self.span, other.span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        Self { leads: self.leads + other.leads, span }
    }

    /// The days that it covers, the first and the last included.
    #[must_use]
    pub fn days(self) -> i64 {
        const DAY: i64 = 86_400_000_000;
        self.span.map_or(0, |(from, to)| to.div_euclid(DAY).saturating_sub(from.div_euclid(DAY)) + 1)
    }
}

const OUT: u32 = u32::MAX;

/// Whether a source is of leads, or of people of whom nothing more is known.
fn holds_leads(source: &Source) -> bool {
    source.kind == Kind::Crm && source.object.is_none_or(|object| object == Object::Lead)
}

/// Whether a source is judged as what is assigned: leads; contacts with owner and time where `all` holds no leads.
pub fn is_assigned(source: &Source, all: &[Table]) -> bool {
    let contacts = || {
        source.kind == Kind::Crm
            && source.object == Some(Object::Contact)
            && source.role(Role::Owner).is_some()
            && source.role(Role::CreatedAt).is_some()
            && !all.iter().any(|table| holds_leads(&table.source))
    };
    holds_leads(source) || contacts()
}

/// Whether `table` holds what is assigned, row by row.
pub fn is_judged(table: &Table, all: &[Table], facts: &Facts) -> bool {
    is_assigned(&table.source, all) && facts.of(table).grain.passed_over(table.name()).is_none()
}

/// When a day begins where the audit lives, in microseconds since 1970.
#[must_use]
pub fn day_start(day: NaiveDate, zone: Option<Tz>) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = zone.and_then(|zone| zone.from_local_datetime(&midnight).earliest());
    local.map_or_else(|| Utc.from_utc_datetime(&midnight).timestamp_micros(), |at| at.timestamp_micros())
}

/// The zone of the audit, where the config names one.
#[must_use]
pub fn zone(config: &Options) -> Option<Tz> {
    config.audit.timezone.as_ref().and_then(|name| name.parse().ok())
}

impl Replay {
    /// Replays the rules of `config` over those of `tables` that are assigned; `all` says what else is loaded. With a
    /// `window`, in microseconds since 1970, only over leads created in it, its end not included.
    ///
    /// # Errors
    ///
    /// When a pattern of a condition is no regular expression.
    pub fn of<'t>(
        tables: impl IntoIterator<Item = &'t Table>,
        all: &[Table],
        facts: &Facts,
        config: &Options,
        window: Option<(i64, i64)>,
    ) -> anyhow::Result<Self> {
        let zone = zone(config);
        let rules: Vec<Rule> = config
            .assignment
            .iter()
            .map(|rule| Rule {
                name: rule.name.clone(),
                owner: rule.owner.clone(),
                since: rule.since.map(|day| day_start(day, zone)),
                pilot: rule.status == AssignmentStatus::Pilot,
                fallback: rule.fallback || rule.when.is_empty(),
            })
            .collect();
        let conditions =
            config.assignment.iter().map(|rule| Conditions::of(&rule.when)).collect::<anyhow::Result<Vec<_>>>()?;
        let replayed = tables
            .into_iter()
            .filter(|table| is_judged(table, all, facts))
            .map(|table| Replayed::of(table, &rules, &conditions, window, facts.as_of))
            .collect();
        Ok(Self { rules, tables: replayed })
    }

    /// What is known of the source of `table`.
    #[must_use]
    pub fn table(&self, table: &Table) -> Option<&Replayed> {
        self.tables.iter().find(|one| one.source == table.index)
    }

    /// The last live rule: what it takes is what others left.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        self.rules.iter().rposition(|rule| !rule.pilot)
    }

    /// The leads for which a rule was in force, over the tables that could be asked.
    #[must_use]
    pub fn in_force(&self, rule: usize) -> Era {
        let asked = self.tables.iter().filter(|table| table.lacks[rule].is_empty());
        asked.map(|table| table.in_force(&self.rules[rule])).fold(Era::default(), Era::and)
    }

    /// What holds of which rows, over all tables.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.tables.iter().flat_map(|table| &table.patterns)
    }

    /// How many leads a live rule matches, and how many of those it is known to be the first for.
    #[must_use]
    pub fn taken(&self, rule: usize) -> (u64, u64) {
        let sum = |is: &dyn Fn(&Pattern) -> bool| self.patterns().filter(|one| is(one)).map(|one| one.rows).sum();
        (sum(&|one| one.live.contains(&rule)), sum(&|one| one.first() == Some(rule)))
    }

    /// The rules that come first for leads that `rule` matches as well, each with the number of those leads, most first.
    #[must_use]
    pub fn shadows(&self, rule: usize, pilots: bool) -> Vec<(usize, u64)> {
        let mut of: BTreeMap<usize, u64> = BTreeMap::new();
        for pattern in self.patterns().filter(|one| one.live.contains(&rule) || (pilots && one.pilots.contains(&rule)))
        {
            let first = if pilots { pattern.first_with_pilots() } else { pattern.first() };
            if let Some(first) = first.filter(|first| *first < rule) {
                *of.entry(first).or_default() += pattern.rows;
            }
        }
        let mut of: Vec<(usize, u64)> = of.into_iter().filter(|(_, leads)| *leads > 0).collect();
        of.sort_by_key(|(first, leads)| (std::cmp::Reverse(*leads), *first));
        of
    }
}

impl Replayed {
    fn of(
        table: &Table,
        rules: &[Rule],
        conditions: &[Conditions],
        window: Option<(i64, i64)>,
        as_of: Option<i64>,
    ) -> Self {
        let mut sinces: Vec<i64> = rules.iter().filter(|rule| !rule.pilot).filter_map(|rule| rule.since).collect();
        sinces.sort_unstable();
        sinces.dedup();
        let created = table.role(Role::CreatedAt).map(|column| table.times(column));
        let mut eras = vec![Era::default(); sinces.len() + 2];
        let mut of_row: Vec<u32> = Vec::with_capacity(table.height());
        let (mut undated, mut known) = (0, Era::default());
        for row in 0..table.height() as u32 {
            let at = created.and_then(|times| times.get(row));
            // What lies after the clock is FMT008's, and no time that leads span.
            let span = at.filter(|at| as_of.is_none_or(|as_of| *at <= as_of)).map(|at| (at, at));
            known = known.and(Era { leads: 1, span });
            if window.is_some_and(|(from, to)| at.is_none_or(|at| !(from..to).contains(&at))) {
                of_row.push(OUT);
                continue;
            }
            let era = at.map_or(0, |at| 1 + sinces.partition_point(|since| *since <= at));
            undated += u64::from(at.is_none());
            eras[era] = eras[era].and(Era { leads: 1, span });
            of_row.push(era as u32);
        }
        let mut patterns: Vec<(usize, Vec<usize>)> = (0..eras.len()).map(|era| (era, Vec::new())).collect();
        let mut lacks: Vec<Vec<String>> = Vec::with_capacity(rules.len());
        for (at, conditions) in conditions.iter().enumerate() {
            let absent = conditions.absent(&table.source).into_iter().map(str::to_owned).collect();
            lacks.push(absent);
            let Some(holds) = conditions.hold(table) else { continue };
            let mut with: Vec<Option<u32>> = vec![None; patterns.len()];
            for (of_row, _) in of_row.iter_mut().zip(holds).filter(|(of_row, holds)| *holds && **of_row != OUT) {
                let old = *of_row as usize;
                *of_row = *with[old].get_or_insert_with(|| {
                    let (era, mut rules) = patterns[old].clone();
                    rules.push(at);
                    patterns.push((era, rules));
                    patterns.len() as u32 - 1
                });
            }
        }
        let mut counts = vec![0_u64; patterns.len()];
        for at in of_row.iter().filter(|at| **at != OUT) {
            counts[*at as usize] += 1;
        }
        let known = known.span;
        let mut replayed =
            Self { source: table.index, lacks, patterns: Vec::new(), undated, known, of_row, eras, sinces };
        replayed.patterns = patterns
            .into_iter()
            .zip(counts)
            .map(|((era, holds), rows)| replayed.pattern(rules, era, &holds, rows))
            .collect();
        replayed
    }

    fn pattern(&self, rules: &[Rule], era: usize, holds: &[usize], rows: u64) -> Pattern {
        let in_force = |at: usize| self.is_in_force(&rules[at], era);
        let live_rules = || (0..rules.len()).filter(|at| !rules[*at].pilot);
        Pattern {
            live: holds.iter().copied().filter(|at| !rules[*at].pilot && in_force(*at)).collect(),
            pilots: holds.iter().copied().filter(|at| rules[*at].pilot).collect(),
            early: holds.iter().any(|at| !rules[*at].pilot && !in_force(*at)),
            ruled: live_rules().any(in_force),
            unasked: live_rules().find(|at| in_force(*at) && !self.lacks[*at].is_empty()),
            rows,
        }
    }

    /// Whether a rule was in force in an era. Where it is not known when a lead was created, only what always was is.
    fn is_in_force(&self, rule: &Rule, era: usize) -> bool {
        match rule.since.filter(|_| !rule.pilot) {
            None => true,
            Some(since) => era > 1 && self.sinces[era - 2] >= since,
        }
    }

    /// The leads for which a rule was in force.
    fn in_force(&self, rule: &Rule) -> Era {
        let eras = (0..self.eras.len()).filter(|era| self.is_in_force(rule, *era));
        eras.map(|era| self.eras[era]).fold(Era::default(), Era::and)
    }

    /// Every lead that was replayed.
    #[must_use]
    pub fn all(&self) -> Era {
        self.eras.iter().copied().fold(Era::default(), Era::and)
    }

    /// What holds of a row; `None` for rows outside of the window.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<&Pattern> {
        self.patterns.get(*self.of_row.get(row as usize)? as usize)
    }

    /// The pattern of each row, `None` for rows outside of the window.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &Pattern)> + '_ {
        (0..).zip(&self.of_row).filter_map(|(row, at)| Some((row, self.patterns.get(*at as usize)?)))
    }

    /// Position of the pattern of a row.
    #[must_use]
    pub fn position(&self, row: u32) -> Option<usize> {
        self.of_row.get(row as usize).map(|at| *at as usize).filter(|at| *at < self.patterns.len())
    }
}

impl Pattern {
    /// The rule that takes these rows, if it is known: no rule before it lacks a column.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.live.first().copied().filter(|first| self.unasked.is_none_or(|unasked| unasked > *first))
    }

    /// The same if the pilots were live.
    #[must_use]
    pub fn first_with_pilots(&self) -> Option<usize> {
        let first = self.live.first().into_iter().chain(self.pilots.first()).min().copied();
        first.filter(|first| self.unasked.is_none_or(|unasked| unasked > *first))
    }

    /// Whether no live rule covers these rows, now or later, although rules were in force.
    #[must_use]
    pub fn is_uncovered(&self) -> bool {
        self.live.is_empty() && !self.early && self.ruled && self.unasked.is_none()
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::replayed;

    const CONFIG: &str = "[[assignment]]\nname = 'east'\nwhen = { region = 'East' }\nowner = 'Erin'\nsince = 2026-10-05\n\
        [[assignment]]\nname = 'pilot'\nwhen = { region = 'West' }\nowner = 'Pia'\nstatus = 'pilot'\nsince = 2027-01-01\n\
        [[assignment]]\nname = 'hot'\nwhen = { score = { above = 50 } }\nowner = 'Hal'\n\
        [[assignment]]\nname = 'west'\nwhen = { region = 'West' }\nowner = 'Wes'\n";

    const LEADS: &str = "Id,OwnerId,Region__c,Score,CreatedDate\n\
        1,x,East,80,2026-10-06\n\
        2,x,East,10,2026-10-01\n\
        3,x,West,80,2026-10-06\n\
        4,x,West,,\n\
        5,x,North,,2026-10-06\n\
        6,x,East,10,\n";

    #[test]
    fn the_first_in_order_takes_it_and_since_is_kept() {
        let replay = replayed(CONFIG, &[("lead", LEADS)]);
        let table = &replay.tables[0];
        let firsts: Vec<_> = (0..6).map(|row| table.get(row).unwrap().first()).collect();
        assert_eq!(firsts, [Some(0), None, Some(2), Some(3), None, None]);
        let piloted: Vec<_> = (0..6).map(|row| table.get(row).unwrap().first_with_pilots()).collect();
        assert_eq!(piloted, [Some(0), None, Some(1), Some(1), None, None]);
        let uncovered: Vec<_> = (0..6).map(|row| table.get(row).unwrap().is_uncovered()).collect();
        assert_eq!(uncovered, [false, false, false, false, true, false], "lead 2 came before its rule");
        assert_eq!((replay.taken(0), replay.taken(2), replay.taken(3)), ((1, 1), (2, 1), (2, 1)));
        assert_eq!((replay.in_force(0).leads, replay.in_force(3).leads), (3, 6));
        assert_eq!(table.all().days(), 6);
    }

    #[test]
    fn what_follows_a_rule_that_cannot_be_asked_is_not_known() {
        let toml = "[[assignment]]\nname = 'a'\nwhen = { region = 'East' }\nowner = 'A'\n\
            [[assignment]]\nname = 'b'\nwhen = { topic = 'x' }\nowner = 'B'\n\
            [[assignment]]\nname = 'c'\nwhen = {}\nowner = 'C'\n";
        let replay = replayed(toml, &[("lead", LEADS)]);
        let firsts: Vec<_> = (0..3).map(|row| replay.tables[0].get(row).unwrap().first()).collect();
        assert_eq!(firsts, [Some(0), Some(0), None]);
        assert_eq!(replay.tables[0].lacks[1], ["topic"]);
        assert!(replay.rules[2].fallback && replay.last() == Some(2));
    }

    #[test]
    fn contacts_stand_in_for_leads() {
        let contacts = "Id,Email,OwnerId,Region__c,Score,CreatedDate\n1,a@x.example,x,East,80,2026-10-06\n";
        assert_eq!(replayed(CONFIG, &[("contact", contacts)]).tables.len(), 1);
        let both = replayed(CONFIG, &[("contact", contacts), ("lead", LEADS)]);
        assert_eq!(both.tables.iter().map(|table| table.source).collect::<Vec<_>>(), [1]);
    }
}
