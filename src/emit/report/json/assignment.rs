//! The replay of the assignment rules, in the JSON report and in that of `leadlint simulate`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::evidence;

/// What the assignment rules of the config would have done with the leads that are loaded.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Assignment {
    /// Leads that were put to the rules, converted ones too.
    leads: u64,
    /// Those of them whose time of creation is not known.
    undated: u64,
    /// When the first of them was created, or the window begins; null where no time is known.
    #[schemars(extend("format" = "date-time"))]
    from: Option<String>,
    /// When the last of them was created, or the window ends.
    #[schemars(extend("format" = "date-time"))]
    to: Option<String>,
    /// Days from the first to the last, both included.
    days: u64,
    /// Whether that is under 14 days, too short to conclude anything from.
    inconclusive: bool,
    /// Whether pilots counted as if they were live.
    with_pilots: bool,
    /// The rules, in their order.
    rules: Vec<Rule>,
    /// Leads that no rule takes although rules were in force.
    uncovered: u64,
    /// Leads from before the rules that would take them were in force.
    before: u64,
    /// Leads of which it is not known which rule takes them.
    unknown: u64,
    /// Pairs of rules that claim the same leads for different owners.
    clashes: Vec<Clash>,
    /// Leads by owner, the busiest first, nobody last.
    load: Vec<Load>,
    /// Open leads whose owner could be held against the rules.
    compared: u64,
    /// Open leads whose owner would change, most first; those by pilots last.
    changes: Vec<Change>,
    /// What could not be asked or compared, and why.
    notes: Vec<String>,
}

/// One rule of the config.
#[derive(Serialize, JsonSchema)]
struct Rule {
    /// What people call it.
    name: String,
    /// Where it stands: `leadlint.toml:45`.
    place: Option<String>,
    /// Who gets the lead.
    owner: String,
    /// `live` or `pilot`.
    status: &'static str,
    /// Whether it is meant to take what others leave.
    fallback: bool,
    /// The day from which it is in force.
    #[schemars(extend("format" = "date"))]
    since: Option<String>,
    /// Leads for which it is in force.
    in_force: u64,
    /// Leads that meet its conditions.
    hits: u64,
    /// Leads for which it is the first: those that it takes.
    first: u64,
    /// The same among the live rules alone.
    first_live: u64,
    /// The rules before it that take leads which meet its conditions, most first.
    shadowed_by: Vec<Shadow>,
    /// Whether it could be asked, is in force, is no fallback, and takes no lead.
    silent: bool,
    /// Columns that it asks and no export of leads has.
    lacks: Vec<String>,
}

/// A rule that takes leads before another.
#[derive(Serialize, JsonSchema)]
struct Shadow {
    /// Its name.
    rule: String,
    /// How many.
    leads: u64,
}

/// Two rules that claim the same leads for different owners.
#[derive(Serialize, JsonSchema)]
struct Clash {
    /// The one that comes first.
    first: String,
    /// The other.
    second: String,
    /// Leads that both claim.
    leads: u64,
    /// Whether the order of the two decides; else the second never gets a lead.
    order_decides: bool,
}

/// The leads of one owner.
#[derive(Serialize, JsonSchema)]
struct Load {
    /// Who; null is nobody.
    owner: Option<String>,
    /// Leads that they have.
    now: u64,
    /// Leads that they would have by the live rules; what no rule takes stays.
    by_rules: u64,
    /// The same with the pilots.
    with_pilots: u64,
}

/// Open leads that would go from one owner to another.
#[derive(Serialize, JsonSchema)]
struct Change {
    /// Who has them; null is nobody.
    from: Option<String>,
    /// Who would.
    to: String,
    /// The rule that says so.
    rule: String,
    /// Whether that is a pilot.
    pilot: bool,
    /// How many.
    count: u64,
    /// Ids of some of them, lowest first.
    examples: Vec<String>,
}

/// The figures as they are published; `shown` is how names of rules and notes are shown, `person` how owners are.
pub(crate) fn assignment(
    of: &evidence::Assignment,
    shown: &dyn Fn(&str) -> String,
    person: &dyn Fn(&str) -> String,
) -> Assignment {
    let maybe = |text: &Option<String>| text.as_deref().map(person);
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Assignment {
        leads: of.leads,
        undated: of.undated,
        from: of.window.map(|(from, _)| time(from)),
        to: of.window.map(|(_, to)| time(to)),
        days: of.days,
        inconclusive: of.is_inconclusive(),
        with_pilots: of.with_pilots,
        rules: of.rules.iter().map(|one| rule(one, shown, person)).collect(),
        uncovered: of.uncovered,
        before: of.before,
        unknown: of.unknown,
        clashes: of
            .clashes
            .iter()
            .map(|clash| Clash {
                first: shown(&clash.first),
                second: shown(&clash.second),
                leads: clash.leads,
                order_decides: clash.order_decides,
            })
            .collect(),
        load: of
            .load
            .iter()
            .map(|one| Load {
                owner: maybe(&one.owner),
                now: one.now,
                by_rules: one.by_rules,
                with_pilots: one.with_pilots,
            })
            .collect(),
        compared: of.compared,
        changes: of
            .changes
            .iter()
            .map(|change| Change {
                from: maybe(&change.from),
                to: person(&change.to),
                rule: shown(&change.rule),
                pilot: change.pilot,
                count: change.count,
                // Ids of records are how people find them, and are never masked.
                examples: change.examples.clone(),
            })
            .collect(),
        notes: of.notes.iter().map(|note| shown(note)).collect(),
    }
}

fn rule(rule: &evidence::AssignmentRule, shown: &dyn Fn(&str) -> String, person: &dyn Fn(&str) -> String) -> Rule {
    Rule {
        name: shown(&rule.name),
        place: rule.place.clone(),
        owner: person(&rule.owner),
        status: if rule.pilot { "pilot" } else { "live" },
        fallback: rule.fallback,
        since: rule.since.map(|day| day.to_string()),
        in_force: rule.in_force,
        hits: rule.hits,
        first: rule.first,
        first_live: rule.first_live,
        shadowed_by: rule.shadowed_by.iter().map(|(name, leads)| Shadow { rule: shown(name), leads: *leads }).collect(),
        silent: rule.is_silent(),
        lacks: rule.lacks.clone(),
    }
}
