//! Checks that the tables are what the scripts take them for.

use std::collections::BTreeSet;

use super::{Checks, Server};

/// Adds the checks.
pub(super) fn checks(s: &Server<'_>, checks: &mut Checks) {
    let d = s.d;
    for (message, holds) in d.checks(None) {
        checks.add(d, &message, &holds);
    }
    for place in &s.job.places {
        checks.add(
            d,
            &format!("there is no table {}; name it in [targets.sql] tables", place.shown()),
            &format!(
                "SELECT count(*) = 1 FROM information_schema.tables t WHERE t.table_schema = {} AND t.table_name = {} AND \
                 t.table_type = 'BASE TABLE'",
                d.schema(place),
                d.literal(&place.table)
            ),
        );
        for (message, holds) in d.checks(Some(place)) {
            checks.add(d, &message, &holds);
        }
    }
    let mut seen = BTreeSet::new();
    let fields = s.fields();
    let ids = s.job.tables.iter().map(|table| (table.place, table.id.as_str(), false));
    let keys = s.job.references.iter().map(|one| (one.place, one.key.as_str(), false));
    let named = fields.iter().map(|field| (field.place, field.column, field.written));
    for (place, column, written) in named.chain(ids).chain(keys).filter(|column| seen.insert(*column)) {
        let (able, what) = if written { (d.writable(), " that can be written") } else { ("1 = 1", "") };
        let shown = s.job.places[place].shown();
        let next = match s.job.references.iter().find(|one| one.place == place && one.key == column) {
            Some(_) => "name the column that tells its rows apart as key = \"…\" under [targets.sql] references",
            None => "rename it as in the export, letter case too, or see [targets.sql]",
        };
        checks.add(
            d,
            &format!("{shown} has no column {column}{what}; {next}"),
            &format!("EXISTS (SELECT 1 FROM {} AND {able})", column_of(s, place, column)),
        );
    }
    for one in &s.job.references {
        let shown = s.job.places[one.place].shown();
        let key = s.text("x", &one.key);
        checks.add(
            d,
            &format!(
                "{shown}.{} is no key: some rows have none, or two the same; name another under references",
                one.key
            ),
            &format!("SELECT count(*) = count(DISTINCT {key}) FROM {} x", s.table(one.place)),
        );
    }
    for place in s.going_places() {
        going(s, place, checks);
    }
}

/// A column `c` of the catalogue, as `information_schema.columns c WHERE …`.
pub(super) fn column_of(s: &Server<'_>, place: usize, column: &str) -> String {
    format!("{} AND c.column_name = {}", columns_of(s, place), s.d.literal(column))
}

fn columns_of(s: &Server<'_>, place: usize) -> String {
    let name = &s.job.places[place];
    format!(
        "information_schema.columns c WHERE c.table_schema = {} AND c.table_name = {}",
        s.d.schema(name),
        s.d.literal(&name.table)
    )
}

/// Statements of checks that copies, which are copied column by column, still have the columns of their tables.
pub(super) fn columns(s: &Server<'_>, copies: &[(usize, &str)], checks: &mut Checks) -> Vec<String> {
    let d = s.d;
    let listed = |schema: &str, table: &str| {
        format!(
            "(SELECT {} FROM information_schema.columns c WHERE c.table_schema = {schema} AND c.table_name = {} AND {} AND c.column_name \
             <> 'leadlint_op')",
            d.columns(),
            d.literal(table),
            d.copied()
        )
    };
    let of = |(place, what): &(usize, &str)| {
        let (name, copy) = (&s.job.places[*place], s.bare_beside(*place, what));
        let schema = d.schema(name);
        checks.later(
            d,
            &format!(
                "the columns of {} are no longer those of {copy}; change those likewise, in the same order, and run this again",
                name.shown()
            ),
            &d.same(&listed(&schema, &name.table), &listed(&schema, &copy)),
        )
    };
    copies.iter().map(of).collect()
}

/// Checks of a table that records go from.
fn going(s: &Server<'_>, place: usize, checks: &mut Checks) {
    let d = s.d;
    let shown = s.job.places[place].shown();
    checks.add(
        d,
        &format!("{shown} has generated or hidden columns: its records could not be brought back; merge by hand"),
        &format!("NOT EXISTS (SELECT 1 FROM {} AND {})", columns_of(s, place), d.uncopied()),
    );
    for (message, holds) in d.going(&s.job.places[place]) {
        checks.add(d, &message, &holds);
    }
    checks.first.push(format!("{} ORDER BY 1, 2", unnamed(s, place)));
    checks.add(
        d,
        &format!("a foreign key to {shown} is not in [targets.sql] references; it is listed above"),
        &format!("NOT EXISTS ({})", unnamed(s, place)),
    );
    let keys = d.foreign_keys(&s.job.places[place]);
    let ids: BTreeSet<String> = s
        .job
        .tables
        .iter()
        .filter(|table| table.place == place && table.merges)
        .map(|table| d.literal(&table.id))
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    checks.add(
        d,
        &format!(
            "a foreign key to {shown} refers to another column than the id; re-point it by hand and remove it first"
        ),
        &format!("NOT EXISTS ({} AND {} NOT IN ({}))", keys.select, keys.to, ids.join(", ")),
    );
}

/// The foreign keys to a place that the config does not name.
fn unnamed(s: &Server<'_>, place: usize) -> String {
    let keys = s.d.foreign_keys(&s.job.places[place]);
    let known: Vec<String> = s
        .job
        .references
        .iter()
        .filter(|one| s.job.tables[one.to].place == place)
        .map(|one| {
            let from = &s.job.places[one.place];
            let wanted = [s.d.schema(from), s.d.literal(&from.table), s.d.literal(&one.column)];
            let parts: Vec<String> =
                keys.from.iter().zip(wanted).map(|(found, wanted)| format!("{found} = {wanted}")).collect();
            format!("({})", parts.join(" AND "))
        })
        .collect();
    let known = if known.is_empty() { "1 = 0".to_owned() } else { known.join(" OR ") };
    format!("{} AND NOT ({known})", keys.select)
}
