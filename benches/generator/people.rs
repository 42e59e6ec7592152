//! People: who sits in a slot, and how to reach them.

use fastrand::Rng;

use super::companies::{Companies, Company, Group, MailboxStyle, Seat, seat};
use super::draw::{Seed, Stream, happens};
use super::names::{Name, Names, push_mailbox};
use super::places::City;

/// Domains of mail for private people. They are made up, like all domains here.
const FREE_MAIL: [&str; 5] = ["mail-a.example", "mail-b.example", "post-c.example", "inbox-d.example", "web-e.example"];

/// What a phone number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Only this person.
    Direct,
    /// A switchboard or a household.
    Shared,
}

/// A person, as the CRM ought to know them.
#[derive(Debug)]
pub(crate) struct Person {
    /// The name.
    pub(crate) name: Name,
    /// The email address; nobody else has it.
    pub(crate) email: String,
    /// The phone number in E.164, and what it reaches.
    pub(crate) phone: Option<(String, Line)>,
    /// The employer; none for private people.
    pub(crate) company: Option<Company>,
    /// The city.
    pub(crate) city: &'static City,
    /// The postal code.
    pub(crate) postcode: String,
    /// Whether they do not want mail.
    pub(crate) opted_out: bool,
}

/// Everybody there is, by slot.
#[derive(Debug)]
pub(crate) struct People {
    seed: Seed,
    slots: u64,
    /// Step and offset of the permutation that deals rows to slots.
    deal: (u64, u64),
    names: Names,
    companies: Companies,
}

impl People {
    /// As many people as there are rows.
    pub(crate) fn new(seed: Seed, rows: u64) -> Self {
        let slots = rows.max(1);
        let mut step = (slots as f64 * 0.618) as u64 | 1;
        while greatest_common_divisor(step, slots) != 1 {
            step += 2;
        }
        let offset = seed.draws(Stream::Person, u64::MAX).u64(..slots);
        Self { seed, slots, deal: (step, offset), names: Names::new(), companies: Companies::new(seed) }
    }

    /// The slot of the person whom row `row` introduces. No two rows have the same.
    fn slot(&self, row: u64) -> u64 {
        let (step, offset) = self.deal;
        ((u128::from(row) * u128::from(step) + u128::from(offset)) % u128::from(self.slots)) as u64
    }

    /// The person whom row `row` introduces.
    pub(crate) fn person(&self, row: u64) -> Person {
        let slot = self.slot(row);
        let seat = seat(slot);
        let mut rng = self.seed.draws(Stream::Person, slot);
        let mut name = self.names.draw(&mut rng);
        match seat.group {
            Group::Company(number) => {
                let company = self.companies.company(number);
                let mailbox = self.mailbox_at(&company, &mut name, slot, seat, &mut rng);
                let email = format!("{mailbox}@{}", company.domain);
                let (city, postcode) = (company.city, company.postcode.clone());
                let phone = match rng.u32(0..100) {
                    0..18 => None,
                    18..52 if seat.size > 1 => Some((company.main_line.clone(), Line::Shared)),
                    _ => Some((city.phone(&mut rng), Line::Direct)),
                };
                let opted_out = happens(&mut rng, 0.06);
                Person { name, email, phone, company: Some(company), city, postcode, opted_out }
            }
            Group::Household(number) => {
                let mut home = self.seed.draws(Stream::Household, number);
                let family = self.names.draw(&mut home);
                let city = self.companies.city(&mut home);
                let (postcode, land_line) = (city.postcode(&mut home), city.phone(&mut home));
                name = name.married_to(family);
                if self.before(slot, seat).any(|other| other.married_to(family) == name) {
                    name = self.names.draw(&mut rng).married_to(family);
                }
                let phone = match rng.u32(0..10) {
                    0 => None,
                    1..7 => Some((land_line, Line::Shared)),
                    _ => Some((city.phone(&mut rng), Line::Direct)),
                };
                let email = free_mail(name, slot, &mut rng);
                Person { name, email, phone, company: None, city, postcode, opted_out: happens(&mut rng, 0.06) }
            }
            Group::Single => {
                let city = self.companies.city(&mut rng);
                let phone = happens(&mut rng, 0.8).then(|| (city.phone(&mut rng), Line::Direct));
                let (email, postcode) = (free_mail(name, slot, &mut rng), city.postcode(&mut rng));
                Person { name, email, phone, company: None, city, postcode, opted_out: happens(&mut rng, 0.06) }
            }
        }
    }

    /// Another employer for somebody, in the same country, and their mailbox there.
    pub(crate) fn new_job(&self, person: &Person, row: u64, rng: &mut Rng) -> (Company, String) {
        let mut company = self.companies.company(0);
        for _ in 0..64 {
            if let Group::Company(number) = seat(rng.u64(..self.slots)).group {
                company = self.companies.company(number);
                if company.city.country == person.city.country {
                    break;
                }
            }
        }
        // Numbered, because somebody of that name may work there already.
        let email = format!("{}{}@{}", mailbox(MailboxStyle::Dotted, person.name), 100 + row % 900, company.domain);
        (company, email)
    }

    /// An address of `person` with a provider for private people.
    pub(crate) fn private_mail(person: &Person, row: u64, rng: &mut Rng) -> String {
        // Nobody else's private mailbox is written with an underscore.
        let name = mailbox(MailboxStyle::Underscored, person.name);
        format!("{name}{row}@{}", super::draw::one_of(rng, &FREE_MAIL))
    }

    /// Name and address of somebody who is in no file but the chats.
    pub(crate) fn stranger(&self, number: u64) -> (String, String) {
        let mut rng = self.seed.draws(Stream::Person, number ^ 1 << 62);
        let name = self.names.draw(&mut rng);
        let mailbox = mailbox(MailboxStyle::Dotted, name);
        let email = format!("{mailbox}.{number}@{}", super::draw::one_of(&mut rng, &FREE_MAIL));
        (format!("{} {}", name.given(), name.family()), email)
    }

    /// The mailbox of the person with `name` in `slot`. Somebody of the same full name in the same company is a different
    /// person in real life too, but nobody could tell; so the later one gets another name here.
    fn mailbox_at(&self, company: &Company, name: &mut Name, slot: u64, seat: Seat, rng: &mut Rng) -> String {
        let style = company.mailboxes;
        let own = mailbox(style, *name);
        let taken = match style {
            MailboxStyle::Initial => self
                .before(slot, seat)
                .any(|other| other.family_is(*name) && other.given().as_bytes()[0] == name.given().as_bytes()[0]),
            _ => self.before(slot, seat).any(|other| other == *name),
        };
        if !taken {
            return own;
        }
        if self.before(slot, seat).any(|other| other == *name) {
            *name = self.names.draw(rng);
        }
        format!("{}{}", mailbox(style, *name), seat.member + 1)
    }

    /// Names of the members of a group who come before `slot`.
    fn before(&self, slot: u64, seat: Seat) -> impl Iterator<Item = Name> + '_ {
        (slot - seat.member..slot).map(|other| self.names.draw(&mut self.seed.draws(Stream::Person, other)))
    }
}

/// A mailbox at work.
fn mailbox(style: MailboxStyle, name: Name) -> String {
    let mut mailbox = String::with_capacity(32);
    push_mailbox(&mut mailbox, name.given());
    match style {
        MailboxStyle::Dotted => mailbox.push('.'),
        MailboxStyle::Underscored => mailbox.push('_'),
        MailboxStyle::Initial => mailbox.truncate(1),
        MailboxStyle::Joined => {}
    }
    push_mailbox(&mut mailbox, &name.family());
    mailbox
}

/// A private address; `number` makes it unique.
fn free_mail(name: Name, number: u64, rng: &mut Rng) -> String {
    let style = if happens(rng, 0.5) { MailboxStyle::Dotted } else { MailboxStyle::Initial };
    format!("{}{number}@{}", mailbox(style, name), super::draw::one_of(rng, &FREE_MAIL))
}

/// The greatest common divisor.
fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
