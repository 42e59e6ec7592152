//! Runs the selected rules over tables: skips what lacks what it needs, catches what fails, resolves hits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::RULES;
use super::check::{Check, Shared};
use super::declare::{AnyRule, Need, RuleMeta};
use super::duplicates::linked::Linkages;
use super::outcome::Checked;
use super::tags::RETIRE_AFTER_DAYS;
use crate::config::options::{Options, RuleOptions, RuleSeverity};
use crate::config::{Choice, Selection};
use crate::evidence::{Failed, RuleHits, Skipped};
use crate::normalise::{Facts, Table};

/// A rule that is to run.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The rule.
    pub rule: &'static dyn AnyRule,
    /// What the config says of it.
    pub config: Option<&'a RuleOptions>,
    /// Whether the user named it exactly, so that skipping it is an error.
    pub exact: bool,
}

impl std::fmt::Debug for Chosen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chosen({})", self.rule.meta().code)
    }
}

/// What the config says of the rule `meta`, under its code or its name.
#[must_use]
pub fn configured<'a>(config: &'a Options, meta: &RuleMeta) -> Option<&'a RuleOptions> {
    config
        .rules
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(meta.code) || word.eq_ignore_ascii_case(meta.name))
        .map(|(_, options)| options)
}

/// The rules that run, and those that do not, with the reason.
#[must_use]
pub fn choose<'a>(config: &'a Options, selection: &Selection) -> (Vec<Chosen<'a>>, Vec<Skipped>) {
    let mut chosen = Vec::new();
    let mut skipped = Vec::new();
    for rule in RULES {
        let meta = rule.meta();
        let config = configured(config, meta);
        let off = config.and_then(|config| config.severity) == Some(RuleSeverity::Off);
        match selection.choice(meta.code, off) {
            Choice::Run { exact } => chosen.push(Chosen { rule: *rule, config, exact }),
            Choice::Off(reason) => skipped.push(skip(meta, reason.to_string())),
        }
    }
    (chosen, skipped)
}

fn skip(meta: &RuleMeta, reason: String) -> Skipped {
    Skipped { code: meta.code, name: meta.name, reason }
}

/// What the rules found.
#[derive(Debug, Default)]
pub struct Found {
    /// Hits, resolved.
    pub hits: Vec<RuleHits>,
    /// How much each rule checked.
    pub checked: Vec<(&'static str, Checked)>,
    /// Rules that ran.
    pub ran: Vec<&'static RuleMeta>,
    /// Rules that did not run at all, and sources that a rule could not look at.
    pub skipped: Vec<Skipped>,
    /// Rules that did not run although the user named them.
    pub missed: Vec<Skipped>,
    /// Rules that failed inside.
    pub failed: Vec<Failed>,
    /// Who is who, as far as a rule asked.
    pub linkages: Linkages,
    /// What rules worked out for each other.
    pub shared: Shared,
}

/// What a run comes to, for whoever watches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A stage of the audit begins; the one before it is over.
    Stage(&'static str),
    /// The rule of this code begins.
    Rule(&'static str),
    /// The rule of this code is done.
    Done(&'static str),
}

/// Who watches a run; rules report from several threads.
pub type Watch<'a> = &'a (dyn Fn(Step) + Sync);

/// What one rule came to.
#[derive(Default)]
struct Ran {
    hits: Vec<RuleHits>,
    checked: Vec<Checked>,
    has_run: bool,
    skipped: Vec<Skipped>,
    missed: Vec<Skipped>,
    failed: Option<Failed>,
}

/// What a run has in common.
struct Run<'a> {
    tables: &'a [Table],
    facts: &'a Facts,
    config: &'a Options,
    linkages: Linkages,
    shared: Shared,
    links_people: bool,
}

/// The rule for which people are linked.
const LINKS: &str = "DUP004";

/// Rules that take longest, which begin first so that no thread is left alone with one of them at the end.
const LONG: [&str; 3] = ["DUP004", "DUP003", "CHT005"];

/// Stack of the threads that rules run on; that of a program's first thread.
const STACK: usize = 8 << 20;

/// Runs `chosen` over `tables`, which are whole sources or parts of them, given the facts of the whole. `watch` is told
/// when each rule begins and ends.
///
/// Rules run side by side, on as many threads of their own as rayon has. They are no tasks of rayon's: what several rules
/// need is worked out by the first that asks, with the help of rayon's threads, while the others wait ([`Once`]).
///
/// [`Once`]: crate::normalise::once::Once
pub fn run(tables: &[Table], facts: &Facts, config: &Options, chosen: &[Chosen<'_>], watch: Watch<'_>) -> Found {
    let run = Run {
        tables,
        facts,
        config,
        linkages: Linkages::new(facts.sources.len()),
        shared: Shared::new(facts.sources.len()),
        links_people: chosen.iter().any(|one| one.rule.meta().code == LINKS),
    };
    let mut order: Vec<usize> = (0..chosen.len()).collect();
    let rank = |at: &usize| LONG.iter().position(|code| *code == chosen[*at].rule.meta().code).unwrap_or(LONG.len());
    let others = rayon::current_num_threads().min(chosen.len()).saturating_sub(1);
    if others > 0 {
        order.sort_by_key(rank);
    }
    let next = AtomicUsize::new(0);
    let ran: Vec<OnceLock<Ran>> = chosen.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        while let Some(at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let code = chosen[*at].rule.meta().code;
            watch(Step::Rule(code));
            ran[*at].get_or_init(|| run.rule(&chosen[*at]));
            watch(Step::Done(code));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..others {
            // Where the system gives no further thread, this one does the work alone.
            let spawned = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
            if spawned.is_err() {
                break;
            }
        }
        work();
    });
    let mut found = Found::default();
    for (one, ran) in chosen.iter().zip(ran) {
        let meta = one.rule.meta();
        let Some(ran) = ran.into_inner() else { continue };
        found.hits.extend(ran.hits);
        found.checked.extend(ran.checked.into_iter().map(|checked| (meta.code, checked)));
        found.ran.extend(ran.has_run.then_some(meta));
        found.skipped.extend(ran.skipped);
        found.missed.extend(ran.missed);
        found.failed.extend(ran.failed);
    }
    found.linkages = run.linkages;
    found.shared = run.shared;
    found
}

impl Run<'_> {
    /// Runs one rule over the tables that have what it needs.
    fn rule(&self, one: &Chosen<'_>) -> Ran {
        let meta = one.rule.meta();
        let mut ran = Ran::default();
        let (fit, lacking) = eligible(self.tables, self.facts, self.config, meta);
        let sources_matter = !meta.needs.is_empty();
        if fit.is_empty() {
            let reason = if lacking.is_empty() {
                let kinds = meta.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
                let objects = meta.objects.iter().map(|object| object.as_str()).collect::<Vec<_>>().join(" or ");
                let of = if objects.is_empty() { String::new() } else { format!(", object {objects}") };
                format!("no source of kind {kinds}{of}")
            } else {
                lacking.join("; ")
            };
            let skipped = skip(meta, reason);
            if one.exact {
                ran.missed.push(skipped.clone());
            }
            ran.skipped.push(skipped);
            return ran;
        }
        if sources_matter {
            ran.skipped.extend(lacking.into_iter().map(|reason| skip(meta, reason)));
        }
        let check = Check {
            tables: fit.clone(),
            all: self.tables,
            facts: self.facts,
            config: self.config,
            linkages: &self.linkages,
            links_people: self.links_people || one.exact,
            shared: &self.shared,
        };
        let own = one.config.map(|config| config.own.clone()).unwrap_or_default();
        // A rule that panics must not take the others' evidence with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| one.rule.run(&check, &own)));
        let resolved = match outcome {
            Ok(Ok(outcome)) => {
                let unchecked: Vec<Skipped> = outcome.unchecked.into_iter().map(|reason| skip(meta, reason)).collect();
                ran.skipped.extend(unchecked.iter().cloned());
                // A rule that could check nothing at all has not run.
                if outcome.hits.is_empty() && outcome.checked.is_empty() && !unchecked.is_empty() {
                    if one.exact {
                        ran.missed.extend(unchecked);
                    }
                    return ran;
                }
                ran.checked = outcome.checked;
                outcome
                    .hits
                    .into_iter()
                    .map(|hits| RuleHits::resolve(meta.code, meta.safety, meta.severity, hits, &fit))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|error| error.to_string())
            }
            Ok(Err(error)) => Err(format!("{error:#}")),
            Err(panic) => Err(panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("it stopped without a word")
                .to_owned()),
        };
        match resolved {
            Ok(hits) => {
                ran.hits = hits;
                ran.has_run = true;
            }
            Err(error) => ran.failed = Some(Failed { code: meta.code, name: meta.name, error }),
        }
        ran
    }
}

/// The tables that have what a rule needs, and for those of its kinds that do not, what they lack.
fn eligible<'a>(
    tables: &'a [Table],
    facts: &Facts,
    config: &Options,
    meta: &RuleMeta,
) -> (Vec<&'a Table>, Vec<String>) {
    let mut fit = Vec::new();
    let mut lacking = Vec::new();
    for table in tables.iter().filter(|table| meta.is_about(&table.source)) {
        if let Some(why) = facts.of(table).grain.passed_over(table.name()).filter(|_| meta.judges_records()) {
            lacking.push(why);
            continue;
        }
        let table = if meta.passes_over_converted() { table.open() } else { table };
        match meta.needs.iter().find_map(|need| lacks(table, facts, config, need)) {
            None => fit.push(table),
            // What the config lacks, it lacks for every source.
            Some(lack) if lacking.contains(&lack) => {}
            Some(lack) => lacking.push(lack),
        }
    }
    (fit, lacking)
}

/// Whether the rows of `table` go back `days` before the clock.
fn goes_back(table: &Table, facts: &Facts, days: u32) -> bool {
    let since = facts.as_of.map(|as_of| as_of.saturating_sub(i64::from(days) * 86_400_000_000));
    facts.of(table).window.zip(since).is_some_and(|((from, _), since)| from <= since)
}

fn lacks(table: &Table, facts: &Facts, config: &Options, need: &Need) -> Option<String> {
    let name = table.name();
    match need {
        Need::Setting(setting, given) => {
            (!given(config)).then(|| format!("the config does not say {setting}; write it into leadlint.toml"))
        }
        Need::Baseline => facts.baseline.is_none().then(|| {
            "there is no baseline to compare with; write one with --write-baseline FILE, and give it to the next run with --baseline FILE"
                .to_owned()
        }),
        Need::Clock => facts
            .as_of
            .is_none()
            .then(|| "no export has a usable time to set the clock by; give one with --as-of".to_owned()),
        Need::Days(days) => {
            (!goes_back(table, facts, *days)).then(|| format!("{name} does not go back {days} days before the clock"))
        }
        Need::RetireDays => {
            let days = config.tags.retire_after_days.unwrap_or(RETIRE_AFTER_DAYS);
            (!goes_back(table, facts, days))
                .then(|| format!("{name} does not go back {days} days ([tags] retire-after-days) before the clock"))
        }
        Need::Role(role) => table.role(*role).is_none().then(|| {
            format!("{name} has no {role} column; name it under [sources.{name}.columns], as {role} = \"<header>\"")
        }),
        Need::AnyRole(roles) => roles.iter().all(|role| table.role(*role).is_none()).then(|| {
            let roles = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
            format!("{name} has none of the columns {roles}; name one under [sources.{name}.columns]")
        }),
    }
}
