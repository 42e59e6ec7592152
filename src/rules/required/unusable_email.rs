//! REQ006: addresses that are well formed and reach nobody who could buy.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Kind, SystemField};
use crate::normalise::bounce::says_bounced;
use crate::normalise::email;
use crate::normalise::gate::verdicts;
use crate::normalise::made_up::is_nobodys_mailbox;
use crate::normalise::mail_provider::{is_disposable, is_free, with_parents};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Addresses of leads, contacts and chat visitors that have the right form and are of no use:
    ///
    /// - mailboxes made to be thrown away, by the list of the `mailchecker` crate, for their domain and those above it;
    /// - domains reserved for documentation and tests. `.example` is reserved as well, and left out of the list because
    ///   sample data and manuals write healthy people with it: a real visitor types `example.com`, not `acme.example`;
    /// - mailboxes that stand for nobody: `none@`, `test@`, `asdf@`. `info@` and `noreply@` are somebody's;
    /// - the organisation's own domain: that of `[audit] owner`, and the one that at least half of the loaded users have,
    ///   free mail aside;
    /// - addresses that the CRM itself marks as hard-bounced.
    ///
    /// Words for nothing are REQ001's, and what is no address is REQ002's. Spam, bots and test chats are left out.
    ///
    /// ## Why it matters
    ///
    /// The lead is counted and routed, nobody can answer it, and mail that bounces costs the sender's good name.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [audit]
    /// owner = "revops@acme.example"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email,EmailBouncedReason
    /// 1,bo@mailinator.com,
    /// 2,cy@example.com,
    /// 3,test@northpeak.example,
    /// 4,di@acme.example,
    /// 5,ed@quietwater.example,550 no such user
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email,EmailBouncedReason
    /// 1,ana@northpeak.example,
    /// 2,info@quietwater.example,
    /// 3,anna.test@fernhill.example,
    /// 4,contest@fernhill.example,
    /// 5,none@none.com,
    /// 6,fy@gmail.com,
    /// ```
    ///
    /// ## Options
    ///
    /// - `reserved`: domains and endings that nobody has; the ones under them count too.
    /// - `own-domains`: further domains of the organisation itself.
    ///
    /// ## Cleanup
    ///
    /// None by script: nobody but the person knows the right address.
    ///
    /// ## References
    ///
    /// RFC 2606 and RFC 6761 for reserved names.
    pub struct UnusableEmail {
        code: "REQ006",
        name: "unusable-email",
        family: Required,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Manual,
        message: "{count} of {checked|address|addresses} of {source} · {column} reach nobody",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.REQ006]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Domains and endings that nobody has.
    pub reserved: Vec<String>,
    /// Further domains of the organisation itself.
    pub own_domains: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        let reserved = RESERVED.into_iter().map(str::to_owned).collect();
        Self { reserved, own_domains: Vec::new() }
    }
}

/// Domains and endings that nobody has: RFC 2606 and RFC 6761, `.example` aside.
pub(in crate::rules) const RESERVED: [&str; 6] =
    ["example.com", "example.net", "example.org", "test", "invalid", "localhost"];

/// The organisation's own mail domains, as far as the config and the loaded users tell.
pub(in crate::rules) fn own_domains<'a>(cx: &Check<'a>) -> FxHashSet<&'a str> {
    let owner = cx.config.audit.owner.as_deref().and_then(|owner| owner.rsplit_once('@')).map(|(_, domain)| domain);
    owner.filter(|domain| !is_free(domain)).into_iter().chain(cx.facts.users.own_domain()).collect()
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let lower = |words: &[String]| -> Vec<String> { words.iter().map(|word| word.trim().to_lowercase()).collect() };
    let (reserved, further) = (lower(&options.reserved), lower(&options.own_domains));
    let reserved: FxHashSet<&str> = reserved.iter().map(|domain| domain.trim_start_matches('.')).collect();
    let mut own = own_domains(cx);
    own.extend(further.iter().map(String::as_str));
    let of_domain = |domain: &str| -> Option<&'static str> {
        if is_disposable(domain) {
            Some("a mailbox to throw away")
        } else if with_parents(domain).any(|domain| reserved.contains(domain)) {
            Some("a reserved domain, which nobody has")
        } else if with_parents(domain).any(|domain| own.contains(domain)) {
            Some("our own domain")
        } else {
            None
        }
    };
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some((column, text)) = cx.text(table, Role::Email) else { continue };
        let bounced = table
            .source
            .system(SystemField::Bounced)
            .map(|column| table.map_cells(column, |cell| says_bounced(Some(cell))));
        let gate = (table.source.kind == Kind::Chat).then(|| verdicts(table, &cx.config.qualify));
        let is_person = |row: u32| gate.as_ref().is_none_or(|gate| gate[row as usize].is_person());
        let parts = text.par_parts(|first, cells| {
            let mut found: Vec<(u32, &'static str)> = Vec::new();
            let mut checked = 0_u64;
            let mut domains: FxHashMap<String, Option<&'static str>> = FxHashMap::default();
            for (row, cell) in (first..).zip(cells) {
                let Some(address) = cell.and_then(email::canonical).filter(|_| is_person(row)) else { continue };
                if email::is_placeholder(&address) {
                    continue;
                }
                checked += 1;
                let came_back = || bounced.as_ref().is_some_and(|bounced| bounced[row as usize]);
                let fault = address.rsplit_once('@').and_then(|(local, domain)| {
                    let of_domain = match domains.get(domain) {
                        Some(said) => *said,
                        None => *domains.entry(domain.to_owned()).or_insert_with(|| of_domain(domain)),
                    };
                    of_domain.or_else(|| is_nobodys_mailbox(local).then_some("a mailbox that stands for nobody"))
                });
                let fault = fault.or_else(|| came_back().then_some("mail to it came back"));
                // What is no address at all is said by REQ002, and few cells come this far.
                if let Some(fault) = fault.filter(|_| email::defect(&address).is_none()) {
                    found.push((row, fault));
                }
            }
            (checked, found)
        });
        out.checked(table, Some(column), parts.iter().map(|part| part.0).sum());
        let (rows, faults): (Vec<u32>, Vec<&str>) = parts.into_iter().flat_map(|part| part.1).unzip();
        let detail: StringChunked = faults.iter().copied().map(Some).collect();
        out.push(Hits::rows(table, Some(column), rows)?.with("detail", detail.into_series())?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn details(toml: &str, texts: &[(&str, &str)]) -> Vec<(String, String)> {
        let found = flagged("REQ006", toml, texts);
        found.into_iter().map(|row| (row.value.unwrap_or_default(), row.detail)).collect()
    }

    fn said(toml: &str, address: &str) -> Option<String> {
        details(toml, &[("lead", &format!("Id,Email\n1,{address}\n"))]).pop().map(|(_, detail)| detail)
    }

    #[test]
    fn each_fault_is_named() {
        let owner = "[audit]\nowner = 'revops@acme.example'\n";
        for (address, detail) in [
            ("bo@mailinator.com", "a mailbox to throw away"),
            ("bo@x.mailinator.com", "a mailbox to throw away"),
            ("Bo@Example.com", "a reserved domain, which nobody has"),
            ("bo@mail.acme.test", "a reserved domain, which nobody has"),
            ("TEST@falkirk.example", "a mailbox that stands for nobody"),
            ("none@falkirk.example", "a mailbox that stands for nobody"),
            ("bo@mail.acme.example", "our own domain"),
        ] {
            assert_eq!(said(owner, address).as_deref(), Some(detail), "{address}");
        }
    }

    #[test]
    fn healthy_addresses_and_those_of_other_rules_pass() {
        for address in [
            "bo@acme.example",
            "bo@myexample.com",
            "bo@testlabs.example",
            "info@falkirk.example",
            "noreply@falkirk.example",
            "testa@falkirk.example",
            "contest@falkirk.example",
            "anna.test@falkirk.example",
            "jane+test@falkirk.example",
            "bo@duck.com",
            // REQ001's and REQ002's.
            "none@none.com",
            "noemail@falkirk.example",
            "bo@mailinator.con",
            "bo@@example.com",
            "n/a",
            "",
        ] {
            assert_eq!(said("", address), None, "{address}");
        }
        assert_eq!(said("[audit]\nowner = 'jo@gmail.com'\n", "bo@gmail.com"), None);
    }

    #[test]
    fn the_own_domain_is_that_of_most_users() {
        let users = "User ID,Full Name,Email,Active\n1,A,a@acme.example,1\n2,B,b@acme.example,0\n3,C,c@agency.example,1\n4,D,d@gmail.com,1\n";
        let leads = "Id,Email\n1,bo@acme.example\n2,cy@agency.example\n3,di@gmail.com\n";
        let found = details("", &[("lead", leads), ("user", users)]);
        assert_eq!(found, [("bo@acme.example".to_owned(), "our own domain".to_owned())]);
    }

    #[test]
    fn a_bounce_is_said_of_an_address_only() {
        let leads = "Id,Email,HasHardBounced\n1,a@fernhill.example,true\n2,b@fernhill.example,false\n3,,true\n4,c@fernhill.example,\n";
        let found = details("", &[("contact", leads)]);
        assert_eq!(found, [("a@fernhill.example".to_owned(), "mail to it came back".to_owned())]);
    }

    #[test]
    fn test_chats_may_use_test_addresses() {
        let chats = "chat_id,started_at,visitor_email,is_test,is_bot,is_spam\n1,2026-10-01T09:00:00Z,a@example.com,true,,\n2,2026-10-01T09:00:00Z,b@example.com,,yes,\n3,2026-10-01T09:00:00Z,c@example.com,,,1\n4,2026-10-01T09:00:00Z,d@example.com,,,\n";
        let found = details("", &[("chat", chats)]);
        assert_eq!(found.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>(), ["d@example.com"]);
    }

    #[test]
    fn the_options_widen_and_narrow() {
        let toml = "[rules.REQ006]\nreserved = ['.example']\nown-domains = ['Acme.org']\n";
        assert!(said(toml, "bo@falkirk.example").is_some());
        assert!(said(toml, "bo@example.com").is_none());
        assert!(said(toml, "bo@acme.org").is_some());
    }
}
