//! What a chat is about, before either system writes it down.

use fastrand::Rng;

use crate::generator::clock::{DAY, HOUR};
use crate::generator::companies::PLANS;
use crate::generator::draw::happens;

/// Why visitors come: the chat tool's word, a topic and the tag that the agent sets.
pub(crate) struct Reason {
    /// The word in the chat tool.
    pub(crate) said: &'static str,
    /// The code in the CRM; none for what its picklist does not list.
    pub(crate) code: &'static str,
    /// What visitors call it.
    topics: [&'static str; 3],
    /// The tag.
    pub(crate) tag: &'static str,
    asks: [&'static str; 3],
}

/// The reasons. Visitors who qualify have the first five; the last is in no picklist.
pub(crate) const REASONS: [Reason; 8] = [
    Reason {
        said: "Pricing",
        code: "PRC",
        topics: ["Seats and tiers", "Volume discount", "Annual billing"],
        tag: "Intent_Pricing",
        asks: ["What would forty seats cost us?", "Do you give a discount for a year?", "Is onboarding included?"],
    },
    Reason {
        said: "Demo Request",
        code: "DEMO",
        topics: ["Guided tour", "Proof of concept", "Show it to my team"],
        tag: "Demo_Request",
        asks: ["Can we see it next week?", "Could somebody walk us through?", "Is there a sandbox?"],
    },
    Reason {
        said: "Migration",
        code: "MIG",
        topics: ["Import of old tickets", "Moving from spreadsheets", "Cut-over weekend"],
        tag: "Intent_Migration",
        asks: ["Can you take over our archive?", "How long does moving take?", "Do attachments come along?"],
    },
    Reason {
        said: "Partnership",
        code: "PART",
        topics: ["Reseller terms", "Referral fee", "Joint webinar"],
        tag: "Intent_Partnership",
        asks: ["We would like to resell.", "Who looks after agencies?", "Do you have a partner portal?"],
    },
    Reason {
        said: "Integration",
        code: "INT",
        topics: ["Webhook limits", "Single sign-on", "Data warehouse sync"],
        tag: "Intent_Integration",
        asks: ["Does the API page?", "Can we use our own login?", "How often does it sync?"],
    },
    Reason {
        said: "Billing",
        code: "BILL",
        topics: ["Missing invoice", "Change of card", "Tax number"],
        tag: "Topic_Billing",
        asks: ["Where is my invoice?", "The card has expired.", "Can you add our tax number?"],
    },
    Reason {
        said: "Other",
        code: "OTH",
        topics: ["Opening hours", "Lost password", "Feedback"],
        tag: "Topic_General",
        asks: ["Are you open on holidays?", "I cannot sign in.", "I only wanted to say thanks."],
    },
    Reason {
        said: "Careers",
        code: "",
        topics: ["Open positions", "Internship", "Speculative application"],
        tag: "Topic_Careers",
        asks: ["Are you hiring?", "Do you take interns?", "Whom do I write to?"],
    },
];

/// The reason of demos, on which an automation works.
pub(crate) const DEMO: usize = 1;

/// The reason that no picklist lists.
pub(crate) const CAREERS: usize = 7;

const CAMPAIGNS: [&str; 7] = [
    "Autumn Launch",
    "Partner Newsletter",
    "Search Brand",
    "Trade Fair Follow-up",
    "Retargeting Q3",
    "Webinar Series",
    "Comparison Guide",
];

const PAGES: [&str; 9] = [
    "/pricing",
    "/demo",
    "/product/tour",
    "/integrations/overview",
    "/customers/stories",
    "/compare/spreadsheets",
    "/docs/migration",
    "/partners",
    "/contact",
];

const TEAMS: [&str; 24] = [
    "finance",
    "procurement",
    "support",
    "logistics",
    "marketing",
    "legal",
    "research",
    "payroll",
    "training",
    "quality",
    "security",
    "operations",
    "sales",
    "design",
    "facilities",
    "recruiting",
    "accounting",
    "compliance",
    "shipping",
    "planning",
    "engineering",
    "warehousing",
    "purchasing",
    "reception",
];

const THINGS: [&str; 32] = [
    "invoices",
    "tickets",
    "contracts",
    "dashboards",
    "templates",
    "exports",
    "reminders",
    "surveys",
    "forecasts",
    "checklists",
    "calendars",
    "quotes",
    "receipts",
    "scripts",
    "mailboxes",
    "backups",
    "permissions",
    "macros",
    "timesheets",
    "shifts",
    "catalogues",
    "labels",
    "drafts",
    "archives",
    "handbooks",
    "deliveries",
    "returns",
    "samples",
    "audits",
    "renewals",
    "rosters",
    "manuals",
];

const KINDS: [&str; 24] = [
    "weekly",
    "shared",
    "signed",
    "bilingual",
    "printed",
    "overdue",
    "yearly",
    "internal",
    "approved",
    "scanned",
    "urgent",
    "seasonal",
    "regional",
    "archived",
    "private",
    "daily",
    "recurring",
    "mobile",
    "interim",
    "external",
    "detailed",
    "colour-coded",
    "annotated",
    "translated",
];

const DOES: [&str; 16] = [
    "collects",
    "reviews",
    "forwards",
    "prints",
    "rewrites",
    "approves",
    "sorts",
    "counts",
    "audits",
    "merges",
    "renames",
    "tracks",
    "schedules",
    "translates",
    "checks",
    "publishes",
];

fn one<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.usize(..words.len())]
}

/// What visitors say: hardly two say the same, for rules compare what was said.
fn remark(rng: &mut Rng) -> String {
    let (team, does, kind, thing) = (one(rng, &TEAMS), one(rng, &DOES), one(rng, &KINDS), one(rng, &THINGS));
    let (other, more, last) = (one(rng, &TEAMS), one(rng, &KINDS), one(rng, &THINGS));
    format!("Our {team} {does} {kind} {thing} while {other} wants {more} {last}.")
}

/// What agents answer.
fn answer(rng: &mut Rng) -> String {
    let (kind, thing, team) = (one(rng, &KINDS), one(rng, &THINGS), one(rng, &TEAMS));
    let (more, last, other) = (one(rng, &KINDS), one(rng, &THINGS), one(rng, &TEAMS));
    format!("Then {kind} {thing} suit {team} best, {more} {last} help {other} later.")
}

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Whether the visitor wrote it.
    pub(crate) visitor: bool,
    /// Seconds after the chat began.
    pub(crate) after: i64,
    /// What it says.
    pub(crate) text: String,
}

/// What a chat is about.
#[derive(Debug, Clone)]
pub(crate) struct Talk {
    /// Position in [`REASONS`].
    pub(crate) reason: usize,
    /// The topic.
    pub(crate) topic: &'static str,
    /// Whether mail is welcome, of those who were asked.
    pub(crate) opt_in: Option<bool>,
    /// When to call back, of those who want that.
    pub(crate) callback: Option<i64>,
    /// When the visitor was first seen.
    pub(crate) seen: i64,
    /// How keen the visitor is.
    pub(crate) score: u32,
    /// The page.
    pub(crate) page: String,
    /// The campaign, of those whom one brought.
    pub(crate) campaign: &'static str,
    /// Whether the address of the page names the campaign.
    pub(crate) utm: bool,
    /// The question, up to 255 characters.
    pub(crate) question: String,
    /// The messages, the visitor's first.
    pub(crate) messages: Vec<Message>,
    /// The plan, of those who named one.
    pub(crate) plan: &'static str,
    /// Visits before.
    pub(crate) visits: u32,
}

impl Talk {
    /// A talk that begins at `started`.
    pub(crate) fn new(reason: usize, started: i64, rng: &mut Rng) -> Self {
        let about = &REASONS[reason];
        let question = about.asks[rng.usize(..3)].to_owned();
        let mut messages = vec![Message { visitor: true, after: 0, text: question.clone() }];
        let turns = 2 + rng.i64(0..5);
        for turn in 1..=turns {
            let visitor = turn % 2 == 0;
            messages.push(Message { visitor, after: 0, text: if visitor { remark(rng) } else { answer(rng) } });
        }
        Self {
            reason,
            topic: about.topics[rng.usize(..3)],
            opt_in: happens(rng, 0.85).then(|| happens(rng, 0.7)),
            // On the quarter hour, in working days to come.
            callback: happens(rng, 0.4)
                .then(|| (started / DAY + rng.i64(1..9)) * DAY + 8 * HOUR + rng.i64(0..36) * HOUR / 4),
            seen: started - rng.i64(30..40 * DAY),
            score: rng.u32(5..=99),
            page: if happens(rng, 0.9) { PAGES[rng.usize(..PAGES.len())].to_owned() } else { String::new() },
            campaign: if happens(rng, 0.7) { CAMPAIGNS[rng.usize(..CAMPAIGNS.len())] } else { "" },
            utm: happens(rng, 0.5),
            question,
            messages,
            plan: if happens(rng, 0.5) { PLANS[rng.usize(..PLANS.len())] } else { "" },
            visits: 1 + rng.u32(0..9),
        }
    }

    /// Spreads the messages over `seconds`: the last one ends the chat.
    pub(crate) fn spread(&mut self, seconds: i64) {
        let turns = i64::try_from(self.messages.len()).unwrap_or(i64::MAX) - 1;
        for (turn, message) in (0..).zip(&mut self.messages) {
            message.after = seconds * turn / turns.max(1);
        }
    }

    /// Makes the question longer than any field of 255 characters.
    pub(crate) fn ramble(&mut self, rng: &mut Rng) {
        while self.question.len() <= 280 {
            self.question.push(' ');
            self.question.push_str(&remark(rng));
        }
        self.messages[0].text.clone_from(&self.question);
    }

    /// The transcript as chat tools show it: a line for each message.
    pub(crate) fn transcript(&self) -> String {
        let who = |visitor: bool| if visitor { "visitor" } else { "operator" };
        let lines: Vec<String> = self.messages.iter().map(|m| format!("{}: {}", who(m.visitor), m.text)).collect();
        lines.join("\n")
    }

    /// What the visitor wrote of the project, in place of a transcript.
    pub(crate) fn project(&self) -> String {
        let said: Vec<&str> = self.messages.iter().skip(1).map(|m| m.text.as_str()).collect();
        said.join(" ")
    }
}
