//! DUP010: one company under several accounts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::cluster::record_codes;
use crate::matching::spelling;
use crate::model::SystemField;
use crate::normalise::keys::KeyName;
use crate::normalise::text::{Text, is_blank};
use crate::normalise::{company, country, domain, record_id};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Accounts of one source that have the same own domain, by website or email address, or the same name less its legal
    /// form (Inc, LLC, Ltd, GmbH, AG, SA, SAS, BV, Oy, AB, KK and the like), case, accents and punctuation aside.
    ///
    /// Not meant are a parent and its subsidiaries, accounts in different countries, and equal names whose own domains
    /// differ. Free mail and hosts where everybody has a page (facebook.com, linkedin.com) are nobody's own domain. Where a
    /// key stands on more than `shared-above` accounts it is a franchise or a reseller, and no key.
    ///
    /// ## Why it matters
    ///
    /// Two people sell to one company without knowing, and its contacts, deals and history are split between them.
    ///
    /// ## Example
    ///
    /// ```csv account flags
    /// Id,Name,Website,BillingCountry
    /// 1,Acme Inc.,https://www.acme.example,United States
    /// 2,Acme Sales,acme.example/en,United States
    /// ```
    ///
    /// ```csv account flags
    /// Id,Name,Website,BillingCountry
    /// 1,"Acme, Inc.",,United States
    /// 2,ACME Incorporated,acme.example,
    /// ```
    ///
    /// ```csv account passes
    /// Id,Name,Website,BillingCountry,ParentId
    /// 1,Acme,acme.example,United States,
    /// 2,Acme East,acme.example,United States,1
    /// 3,Acme GmbH,acme.example,Germany,
    /// 4,Summit,summit.example,,
    /// 5,Summit,summit-roofs.example,,
    /// 6,Bo's Bakery,facebook.com/bosbakery,,
    /// 7,Cy's Cafe,facebook.com/cyscafe,,
    /// ```
    ///
    /// ## Options
    ///
    /// - `shared-above`: a domain or name on more accounts than this is no key.
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving account once a person says so. Accounts are merged before the contacts and leads
    /// that belong to them, and whatever is loaded and names the account that goes is re-pointed. A merge moves contacts,
    /// deals and subsidiaries that exports do not all show, so look at each in the CRM.
    ///
    /// ## References
    ///
    /// The Public Suffix List, for where the domain that a company registered begins.
    pub struct DuplicateAccount {
        code: "DUP010",
        name: "duplicate-account",
        family: Duplicates,
        severity: Warning,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::Account),
        kinds: [Crm],
        objects: [Account],
        needs: [Need::AnyRole(&[Role::Name, Role::Company, Role::Domain, Role::Email])],
        safety: Review,
        message: "{count|account|accounts} of {source} stand for {groups|company|companies}",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.DUP010]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// A domain or name on more accounts than this is no key.
    pub shared_above: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { shared_above: 10 }
    }
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let column =
            [Role::Name, Role::Company, Role::Domain, Role::Email].into_iter().find_map(|role| table.role(role));
        let key = table.key(KeyName::Account);
        out.checked(table, column, key.row.iter().collect::<BTreeSet<_>>().len() as u64);
        let mut sharing: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for at in key.repeated() {
            if let Some(text) = key.shared.get(&key.code[at]) {
                sharing.entry(text).or_default().insert(key.row[at]);
            }
        }
        let accounts = Accounts::of(table);
        let mut joined = Joined::default();
        for (text, rows) in &sharing {
            for (key, rows) in accounts.alike(text, rows, options.shared_above as usize) {
                joined.add(key, text.starts_with('d'), &rows);
            }
        }
        let found = joined.members();
        let keys: StringChunked = found.iter().map(|(_, key, _)| Some(key.as_str())).collect();
        let details: StringChunked = found.iter().map(|(_, _, detail)| Some(*detail)).collect();
        let hits = Hits::rows(table, column, found.iter().map(|(row, _, _)| *row).collect())?
            .with("key", keys.into_series())?
            .with("detail", details.into_series())?;
        out.push(hits);
    }
    Ok(out)
}

/// What is known of the accounts of a table beside their keys.
struct Accounts<'a> {
    records: Vec<u64>,
    ids: Option<Text<'a>>,
    name: Option<Text<'a>>,
    domains: Vec<Text<'a>>,
    country: Option<Text<'a>>,
    parent: Option<Text<'a>>,
}

impl<'a> Accounts<'a> {
    fn of(table: &'a Table) -> Self {
        let role = |role| table.role(role).map(|column| table.text(column));
        Self {
            records: record_codes(table),
            ids: role(Role::Id),
            name: role(Role::Name).or_else(|| role(Role::Company)),
            domains: [Role::Domain, Role::Email].into_iter().filter_map(role).collect(),
            country: role(Role::Country),
            parent: table.source.system(SystemField::Parent).map(|column| table.text(column)),
        }
    }

    /// Of accounts that share a key, those that are one company, each lot under a key of its own.
    fn alike(&self, key: &str, rows: &BTreeSet<u32>, limit: usize) -> Vec<(String, Vec<u32>)> {
        if !(2..=limit).contains(&self.distinct(rows)) {
            return Vec::new();
        }
        let rows = self.without_kin(rows);
        let by_name = key.starts_with('n');
        let lots = if by_name { split(&rows, |row| self.domain(row)) } else { vec![(String::new(), rows)] };
        lots.into_iter()
            .flat_map(|(domain, rows)| {
                split(&rows, |row| self.country(row))
                    .into_iter()
                    .map(move |(country, rows)| (domain.clone(), country, rows))
            })
            .filter(|(_, _, rows)| self.distinct(rows) > 1)
            .map(|(domain, country, rows)| ([key, &domain, &country].join("\u{1F}"), rows))
            .collect()
    }

    /// Records among rows, which may hold one several times.
    fn distinct<'r>(&self, rows: impl IntoIterator<Item = &'r u32>) -> usize {
        rows.into_iter().map(|row| self.records[*row as usize]).collect::<BTreeSet<_>>().len()
    }

    /// The rows less subsidiaries of others among them, and less branches: those that have a parent as others have.
    fn without_kin(&self, rows: &BTreeSet<u32>) -> Vec<u32> {
        let Some(parent) = &self.parent else { return rows.iter().copied().collect() };
        let id = |row| self.ids.as_ref().and_then(|ids| record_id::canonical(ids.get(row)?).map(Cow::into_owned));
        let parent = |row: u32| -> Option<String> {
            let above = record_id::canonical(parent.get(row)?)?.into_owned();
            (id(row).as_ref() != Some(&above)).then_some(above)
        };
        let ids: BTreeSet<String> = rows.iter().filter_map(|row| id(*row)).collect();
        let branches = rows.iter().filter(|row| parent(**row).is_some()).count();
        let is_kin = |row: u32| {
            parent(row).is_some_and(|above| {
                let named = company::canonical(&above);
                let is_name = |other: &u32| {
                    let name = self.name.as_ref().and_then(|name| company::canonical(name.get(*other)?));
                    *other != row && name.is_some() && name == named
                };
                branches > 1 || ids.contains(&above) || rows.iter().any(is_name)
            })
        };
        rows.iter().copied().filter(|row| !is_kin(*row)).collect()
    }

    fn domain(&self, row: u32) -> Option<String> {
        self.domains.iter().find_map(|text| domain::own(text.get(row)?).map(Cow::into_owned))
    }

    fn country(&self, row: u32) -> Option<String> {
        let cell = self.country.as_ref()?.get(row).filter(|cell| !is_blank(Some(cell)))?;
        // By code, so that "Germany" is "DE".
        let code = country::country(cell).map(str::to_owned);
        Some(code.unwrap_or_else(|| spelling::words(&cell.to_lowercase()).join(" ")))
    }
}

/// Rows by what is known of them: one lot where it does not differ. Where it does, a row of which nothing is known may
/// belong to either, and is in none.
fn split(rows: &[u32], of: impl Fn(u32) -> Option<String>) -> Vec<(String, Vec<u32>)> {
    let mut lots: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in rows {
        if let Some(value) = of(*row) {
            lots.entry(value).or_default().push(*row);
        }
    }
    if lots.len() < 2 { vec![(String::new(), rows.to_vec())] } else { lots.into_iter().collect() }
}

/// Accounts joined over what they share.
#[derive(Default)]
struct Joined {
    /// The lots that each row is in.
    lots: BTreeMap<u32, Vec<usize>>,
    /// Key and rows of each lot, and whether a domain joins it.
    of: Vec<(String, Vec<u32>, bool)>,
}

impl Joined {
    fn add(&mut self, key: String, by_domain: bool, rows: &[u32]) {
        for row in rows {
            self.lots.entry(*row).or_default().push(self.of.len());
        }
        self.of.push((key, rows.to_vec(), by_domain));
    }

    /// Each row with the key of its cluster and why it is in it, by row. The key is the first of the cluster's lots.
    fn members(&self) -> Vec<(u32, String, &'static str)> {
        let mut found = BTreeMap::new();
        for &start in self.lots.keys() {
            if found.contains_key(&start) {
                continue;
            }
            let mut cluster: BTreeSet<u32> = BTreeSet::from([start]);
            let mut open = vec![start];
            while let Some(row) = open.pop() {
                for lot in &self.lots[&row] {
                    open.extend(self.of[*lot].1.iter().copied().filter(|other| cluster.insert(*other)));
                }
            }
            let lots = cluster.iter().flat_map(|row| &self.lots[row]);
            let key = lots.map(|lot| self.of[*lot].0.as_str()).min().unwrap_or_default();
            for row in &cluster {
                let by = |domain: bool| self.lots[row].iter().any(|lot| self.of[*lot].2 == domain);
                let why = match (by(true), by(false)) {
                    (true, true) => "same own domain and same name",
                    (true, false) => "same own domain",
                    _ => "same name, legal form aside",
                };
                found.insert(*row, (key.to_owned(), why));
            }
        }
        found.into_iter().map(|(row, (key, why))| (row, key, why)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn ids(accounts: &str) -> Vec<String> {
        let found = flagged("DUP010", "", &[("account", accounts)]);
        let mut ids: Vec<_> = found.into_iter().filter_map(|row| row.record_id).collect();
        ids.sort();
        ids
    }

    #[test]
    fn domains_join_whatever_the_names() {
        assert_eq!(ids("Id,Name,Website\n1,Acme,www.acme.example\n2,Blue,https://ACME.example/x\n"), ["1", "2"]);
        assert!(ids("Id,Name,Website\n1,Ana,acme@gmail.com\n2,Bo,www.gmail.com\n").is_empty());
    }

    #[test]
    fn other_countries_are_other_companies() {
        let three = |third: &str| {
            format!(
                "Id,Name,Website,BillingCountry\n1,Acme,acme.example,US\n2,Acme AG,acme.example,CH\n3,Acme,acme.example,{third}\n"
            )
        };
        assert_eq!(ids(&three("us")), ["1", "3"]);
        assert!(ids(&three("")).is_empty(), "it may belong to either");
        assert_eq!(ids("Id,Name,BillingCountry\n1,Acme,US\n2,Acme Inc,\n"), ["1", "2"]);
    }

    #[test]
    fn parents_subsidiaries_and_branches_are_kept_apart() {
        let rows =
            "Id,Name,Website,ParentId\n1,Acme,acme.example,\n2,Acme One,acme.example,1\n3,Acme Two,acme.example,1\n";
        assert!(ids(rows).is_empty());
        assert_eq!(ids(&format!("{rows}4,Acme,acme.example,\n")), ["1", "4"]);
        assert!(
            ids("Id,Name,Website,Parent Account\n1,Acme Group,acme.example,\n2,Acme,acme.example,Acme Group\n")
                .is_empty()
        );
        assert_eq!(ids("Id,Name,Website,ParentId\n1,Acme,acme.example,1\n2,Acme,acme.example,\n"), ["1", "2"]);
    }

    #[test]
    fn equal_names_need_domains_that_may_be_one() {
        assert!(ids("Id,Name,Website\n1,Summit,summit.example\n2,Summit Ltd,summit.test\n").is_empty());
        assert!(ids("Id,Name,Website\n1,Summit,a.example\n2,Summit Ltd,a.test\n3,Summit,\n").is_empty());
        assert_eq!(ids("Id,Name,Website\n1,Summit,a.example\n2,Summit Ltd,facebook.com/summit\n"), ["1", "2"]);
        assert!(ids("Id,Name\n1,Unknown\n2,unknown\n3,N/A\n4,n/a\n").is_empty());
    }

    #[test]
    fn what_is_joined_over_domain_and_name_is_one_group() {
        let found = flagged(
            "DUP010",
            "",
            &[("account", "Id,Name,Website\n1,Acme,acme.example\n2,Acme,\n3,Blue,acme.example\n4,Blue,acme.example\n")],
        );
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|row| row.group == found[0].group));
    }

    #[test]
    fn a_key_of_many_is_a_franchise() {
        let many = (0..11).map(|n| format!("{n},Inn {n},inns.example\n")).collect::<Vec<_>>().concat();
        assert!(ids(&format!("Id,Name,Website\n{many}")).is_empty());
    }
}
