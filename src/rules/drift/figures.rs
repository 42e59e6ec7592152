//! Which columns drift was looked for in, and how that was decided.

use crate::config::options::Options;
use crate::evidence::DriftColumn;
use crate::model::{Role, Source};
use crate::normalise::{Category, Facts, Table};

/// Every column of every source, in their order. Columns that the config ignores are listed too.
pub(in crate::rules) fn columns(tables: &[Table], facts: &Facts, config: &Options) -> Vec<DriftColumn> {
    let of = |table: &Table, column: usize| {
        let known = &facts.of(table).columns;
        let category = known.category(column);
        let why = match category {
            Ok(category) => chosen(&table.source, column, category, config),
            Err(why) => why.why().to_owned(),
        };
        let values = match category {
            Ok(category) => Some(category.values.len() as u64),
            Err(_) if table.source.ignored.contains(&column) => None,
            Err(_) => table
                .dictionary(column)
                .map(|dictionary| dictionary.values.iter().filter(|value| !value.trim().is_empty()).count() as u64),
        };
        DriftColumn {
            source: table.name().to_owned(),
            column: table.source.header(column).to_owned(),
            looked_at: category.is_ok(),
            why,
            values,
            cells: known.filled(column),
        }
    };
    tables.iter().flat_map(|table| (0..table.source.frame.width()).map(move |column| of(table, column))).collect()
}

/// Why a column was chosen.
fn chosen(source: &Source, column: usize, category: &Category, config: &Options) -> String {
    if category.named {
        let by = if config.drift.columns.is_some() { "[drift] columns" } else { "[drift.aliases]" };
        return format!("{by} names it");
    }
    let role = source.role_of(column).map(Role::as_str);
    let picklist = source.declared(column).is_some_and(|field| !field.values.is_empty());
    match (role, picklist) {
        (_, true) => "the schema declares a picklist, and its values repeat".to_owned(),
        (Some(role), false) => format!("role {role}, and its values repeat"),
        (None, false) => "its values repeat like a picklist's".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::audit::tables;
    use crate::rules::testing::{facts, sources};

    const LEADS: &str = "Id,Email,Region__c,Status,Company,Notes__c,Fax2__c\n\
        1,a@b.example,East,Open,Acme,x,\n2,c@b.example,East,Open,Acme,y,\n3,d@b.example,West,Lost,Bravo,z,\n\
        4,e@b.example,West,Open,Bravo,v,\n";

    fn said(config: &str) -> Vec<String> {
        let config = crate::config::parse(config, "leadlint.toml").unwrap();
        let tables = tables(&sources(&[("lead", LEADS)]), &config);
        columns(&tables, &facts(&tables, &config), &config)
            .into_iter()
            .map(|one| {
                let sign = if one.looked_at { '+' } else { '-' };
                let values = one.values.map_or_else(String::new, |n| n.to_string());
                format!("{sign} {}: {} ({values} on {})", one.column, one.why, one.cells)
            })
            .collect()
    }

    #[test]
    fn every_column_says_why() {
        assert_eq!(
            said(""),
            [
                "- Id: ids (4 on 4)",
                "- Email: emails (4 on 4)",
                "+ Region__c: role region, and its values repeat (2 on 4)",
                "+ Status: role status, and its values repeat (2 on 4)",
                "- Company: company and city only if [drift] columns names them (2 on 4)",
                "- Notes__c: free text (4 on 4)",
                "- Fax2__c: nothing in it (0 on 0)",
            ]
        );
    }

    #[test]
    fn the_config_replaces_the_choice() {
        let named = said("[drift]\ncolumns = [\"Company\"]\n");
        assert_eq!(named[4], "+ Company: [drift] columns names it (2 on 4)");
        assert_eq!(named[2], "- Region__c: [drift] columns does not name it (2 on 4)");
        let aliased = said("[drift.aliases.Company]\nAcme = [\"ACM\"]\n");
        assert_eq!(aliased[4], "+ Company: [drift.aliases] names it (2 on 4)");
        assert_eq!(aliased[2], "+ Region__c: role region, and its values repeat (2 on 4)");
    }
}
