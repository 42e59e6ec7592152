//! In which order records go through their stages: as the config says, else as the usual CRMs ship it.

use crate::config::options::StageOptions;
use crate::evidence::field_of;
use crate::model::{Kind, Object, Role, Source};

/// An order: the stages of each step, from the first to the last. Stages of one step are not ordered among themselves.
type Steps = &'static [&'static [&'static str]];

/// Orders of leads and contacts: what Salesforce has shipped as lead status, HubSpot's lead status and lifecycle stage.
/// Lost, unqualified, recycled and nurtured leads may come from anywhere, and are in none of them.
const PEOPLE: [Steps; 4] = [
    &[&["Open - Not Contacted"], &["Working - Contacted"], &["Closed - Converted"]],
    &[&["New"], &["Contacted", "Working"], &["Qualified"], &["Converted"]],
    &[&["New"], &["Open"], &["Attempted to Contact", "In Progress", "Connected"], &["Open Deal"]],
    &[
        &["Subscriber"],
        &["Lead"],
        &["Marketing Qualified Lead"],
        &["Sales Qualified Lead"],
        &["Opportunity"],
        &["Customer"],
        &["Evangelist"],
    ],
];

/// Orders of deals: Salesforce's opportunity stages, which Zoho has too but for two names, and HubSpot's sales pipeline.
const DEALS: [Steps; 2] = [
    &[
        &["Prospecting"],
        &["Qualification"],
        &["Needs Analysis"],
        &["Value Proposition"],
        &["Id. Decision Makers", "Identify Decision Makers"],
        &["Perception Analysis"],
        &["Proposal/Price Quote", "Proposal"],
        &["Negotiation/Review", "Negotiation"],
        &["Closed Won"],
    ],
    &[
        &["Appointment Scheduled"],
        &["Qualified To Buy"],
        &["Presentation Scheduled"],
        &["Decision Maker Bought-In"],
        &["Contract Sent"],
        &["Closed Won"],
    ],
];

/// The columns that say where a record stands.
pub(in crate::rules) fn columns(source: &Source) -> impl Iterator<Item = usize> {
    [Role::Stage, Role::Status].into_iter().filter_map(|role| source.role(role))
}

/// A stage in an order.
#[derive(Debug)]
struct Step<'c> {
    key: String,
    label: &'c str,
    rank: usize,
}

/// The orders that the stages of one column may be in.
#[derive(Debug)]
pub(in crate::rules) struct Orders<'c> {
    orders: Vec<Vec<Step<'c>>>,
}

impl<'c> Orders<'c> {
    /// The order that the config gives for the column, the most exact entry first; else the built-in ones for the object.
    pub(in crate::rules) fn of(source: &Source, column: usize, options: &'c StageOptions) -> Self {
        let given = [true, false]
            .into_iter()
            .find_map(|exact| options.order.iter().find(|(name, _)| matches(source, column, name) == Some(exact)));
        if let Some((_, stages)) = given {
            let steps =
                stages.iter().enumerate().map(|(rank, label)| Step { key: StageOptions::key(label), label, rank });
            return Self { orders: vec![steps.collect()] };
        }
        let built_in: &[Steps] = match (source.kind, source.object) {
            (Kind::Crm, Some(Object::Lead | Object::Contact) | None) => &PEOPLE,
            (Kind::Crm, Some(Object::Deal)) => &DEALS,
            _ => &[],
        };
        let orders = built_in.iter().map(|steps| {
            let ranked =
                steps.iter().enumerate().flat_map(|(rank, labels)| labels.iter().map(move |label| (rank, *label)));
            ranked.map(|(rank, label)| Step { key: StageOptions::key(label), label, rank }).collect()
        });
        Self { orders: orders.collect() }
    }

    /// The key of the stage that a cell names, if an order has it: as written, else without a number in front
    /// (`6 - Closed Won`), else without the pipeline behind it (`Closed Won (Sales Pipeline)`).
    pub(in crate::rules) fn key(&self, cell: &str) -> Option<&str> {
        let whole = StageOptions::key(cell);
        let find = |key: &str| self.steps().find(|step| step.key == key).map(|step| step.key.as_str());
        let bare = || whole.trim_start_matches(|c: char| c.is_ascii_digit());
        let front = || Some(StageOptions::key(cell.trim_end().strip_suffix(')')?.rsplit_once('(')?.0));
        find(&whole).or_else(|| find(bare())).or_else(|| find(&front()?))
    }

    /// The stages of all orders.
    fn steps(&self) -> impl Iterator<Item = &Step<'c>> {
        self.orders.iter().flatten()
    }

    /// Key and name of each stage, of which a key may stand in several orders.
    pub(in crate::rules) fn stages(&self) -> impl Iterator<Item = (&str, &'c str)> {
        self.steps().map(|step| (step.key.as_str(), step.label))
    }

    /// Whether something comes before the stage.
    pub(in crate::rules) fn may_fall(&self, key: &str) -> bool {
        self.steps().any(|step| step.key == key && step.rank > 0)
    }

    /// Whether `now` comes before `then` in every order that has both, of which there is one at least.
    pub(in crate::rules) fn fell(&self, then: &str, now: &str) -> bool {
        let rank = |order: &[Step<'_>], key: &str| order.iter().find(|step| step.key == key).map(|step| step.rank);
        let mut both = self.orders.iter().filter_map(|order| Some((rank(order, then)?, rank(order, now)?))).peekable();
        both.peek().is_some() && both.all(|(then, now)| now < then)
    }
}

/// Whether an entry of `[stages] order` means the column: `Some(true)` where it names the source too.
pub(super) fn matches(source: &Source, column: usize, name: &str) -> Option<bool> {
    let is = |name: &str| name == source.header(column) || name == field_of(source, column);
    let of_source = name.strip_prefix(source.name.as_str()).and_then(|rest| rest.strip_prefix('.')).is_some_and(is);
    if of_source { Some(true) } else { is(name).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::source_of;

    const DEAL: &str = "Id,Name,StageName\n1,A,Prospecting\n";

    fn with<T>(what: &str, export: &str, toml: &str, test: impl Fn(&Orders<'_>) -> T) -> T {
        let source = source_of(what, export);
        let config = crate::config::parse(toml, "leadlint.toml").unwrap();
        let column = columns(&source).next().unwrap();
        test(&Orders::of(&source, column, &config.stages))
    }

    #[test]
    fn stages_are_told_however_they_are_written() {
        with("deal", DEAL, "", |orders| {
            for cell in ["Closed Won", "closedwon", "CLOSED_WON", "6 - Closed/Won", "Closed Won (Sales Pipeline)"] {
                assert_eq!(orders.key(cell), Some("closedwon"), "{cell}");
            }
            for cell in ["", " ", "Closed Lost", "Won (", ")", "7", "(Closed Won)x"] {
                assert_eq!(orders.key(cell), None, "{cell}");
            }
        });
    }

    #[test]
    fn stages_of_different_orders_do_not_compare() {
        with("deal", DEAL, "", |orders| {
            assert!(orders.fell("closedwon", "prospecting") && orders.fell("closedwon", "contractsent"));
            assert!(!orders.fell("contractsent", "prospecting"), "of two vendors");
            assert!(!orders.fell("prospecting", "closedwon") && !orders.fell("closedwon", "closedwon"));
            assert!(orders.may_fall("closedwon") && !orders.may_fall("prospecting"));
        });
        with("lead", "Id,LastName,Status\n1,Moss,New\n", "", |orders| {
            assert!(!orders.fell("connected", "inprogress"), "one step");
            assert!(orders.fell("connected", "new") && orders.fell("qualified", "new"));
        });
    }

    #[test]
    fn the_most_exact_order_of_the_config_wins() {
        let config = |key: &str| format!("[stages]\norder = {{ stage = [\"A\", \"B\"], {key} = [\"B\", \"A\"] }}\n");
        for key in ["\"deal.StageName\"", "\"deal.stage\""] {
            assert!(with("deal", DEAL, &config(key), |orders| orders.fell("a", "b")), "{key}");
        }
        assert!(with("deal", DEAL, &config("\"lead.stage\""), |orders| orders.fell("b", "a")));
        assert!(
            !with("deal", DEAL, &config("status"), |orders| orders.may_fall("closedwon")),
            "instead of the built-in"
        );
    }
}
