//! What PostgreSQL needs in its own words.
//!
//! Everything stands in the transaction, the tables of the backups too: a rehearsal leaves nothing. A value is written by
//! way of `json_populate_record`, which reads a text into whatever type the column has.

use std::fmt::Write as _;

use super::job::Name;
use super::lines::unseen;
use super::server::{Dialect, ForeignKeys};

/// PostgreSQL.
pub(super) struct Postgresql;

/// The schema of a table whose name has none.
pub(super) const SCHEMA: &str = "public";

fn schema(name: &Name) -> &str {
    name.schema.as_deref().unwrap_or(SCHEMA)
}

/// A text value. One with a backslash or with characters that do not show is written with escapes, which mean the same
/// whatever the server's settings are.
pub(super) fn literal(value: &str) -> String {
    let escaped = value.chars().any(|c| c == '\\' || unseen(c));
    let mut out = if escaped { "E'".to_owned() } else { "'".to_owned() };
    for c in value.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            c if unseen(c) => drop(write!(out, "\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

impl Dialect for Postgresql {
    fn title(&self) -> &'static str {
        "PostgreSQL 12 or later"
    }

    fn command(&self) -> &'static str {
        "psql -X -q -v ON_ERROR_STOP=1 -d DATABASE -f"
    }

    fn word(&self) -> &'static str {
        "text"
    }

    fn name(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn literal(&self, value: &str) -> String {
        literal(value)
    }

    fn schema(&self, name: &Name) -> String {
        literal(schema(name))
    }

    fn table(&self, name: &Name, table: &str) -> String {
        format!("{}.{}", self.name(schema(name)), self.name(table))
    }

    fn text(&self, expression: &str) -> String {
        format!("(CAST({expression} AS text) COLLATE \"C\")")
    }

    fn same(&self, left: &str, right: &str) -> String {
        format!("({left} IS NOT DISTINCT FROM {right})")
    }

    fn is(&self, left: &str, right: &str) -> String {
        format!("{left} = {right}")
    }

    fn joined(&self, left: &str, right: &str) -> String {
        format!("({left} || {right})")
    }

    fn lookup(&self) -> &'static str {
        "JOIN"
    }

    fn boolean(&self, value: Option<bool>, _number: Option<&str>) -> Option<String> {
        value.map(|value| value.to_string())
    }

    fn kind(&self) -> &'static str {
        "CASE WHEN c.data_type IN ('text', 'character varying', 'character', 'uuid', 'name') THEN 'text' WHEN c.data_type IN ('smallint', \
         'integer', 'bigint') THEN 'integer' WHEN c.data_type IN ('numeric', 'real', 'double precision') THEN 'number' WHEN c.data_type = \
         'boolean' THEN 'boolean' WHEN c.data_type IN ('timestamp without time zone', 'timestamp with time zone') THEN 'time' WHEN \
         c.data_type = 'date' THEN 'day' WHEN c.udt_name = 'citext' OR EXISTS (SELECT 1 FROM pg_catalog.pg_type y JOIN \
         pg_catalog.pg_namespace n ON n.oid = y.typnamespace WHERE y.typname = c.udt_name AND n.nspname = c.udt_schema AND y.typtype = \
         'e') THEN 'text' ELSE 'other' END"
    }

    fn writable(&self) -> &'static str {
        "c.is_generated = 'NEVER' AND c.is_updatable = 'YES' AND COALESCE(c.identity_generation, '') <> 'ALWAYS'"
    }

    fn uncopied(&self) -> &'static str {
        "c.is_generated <> 'NEVER'"
    }

    fn columns(&self) -> &'static str {
        "string_agg(quote_ident(CAST(c.column_name AS text)), ', ' ORDER BY c.ordinal_position)"
    }

    fn copied(&self) -> &'static str {
        "1 = 1"
    }

    fn going(&self, name: &Name) -> Vec<(String, String)> {
        // A row of a table that inherits from this one would come back to this one, without the columns that it had more. A
        // partition has none more, and gets its rows back.
        vec![(
            format!(
                "other tables inherit from {}: records of those could not be brought back; clean each by hand",
                name.shown()
            ),
            format!(
                "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class r ON r.oid = i.inhparent JOIN \
                 pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = {} AND r.relname = {} AND r.relkind = 'r')",
                self.schema(name),
                literal(&name.table)
            ),
        )]
    }

    fn update(&self, table: &str, column: &str, value: &str, from: &str, on: &str) -> String {
        format!("UPDATE {table} AS x SET {} = {value} FROM {from} WHERE {on}", self.name(column))
    }

    fn cast(&self, column: &str, value: &str) -> String {
        format!("(json_populate_record(x.*, json_build_object({}, {value}))).{}", literal(column), self.name(column))
    }

    fn delete(&self, table: &str, from: &str, on: &str) -> String {
        format!("DELETE FROM {table} AS x USING {from} WHERE {on}")
    }

    fn put_back(&self, table: &str, rows: &str) -> String {
        format!("INSERT INTO {table} OVERRIDING SYSTEM VALUE {rows}")
    }

    fn checks_table(&self) -> Vec<String> {
        vec![
            self.temporary("leadlint_two", "n integer"),
            "INSERT INTO leadlint_two VALUES (1), (2)".to_owned(),
            self.temporary("leadlint_check", "step integer, why text, PRIMARY KEY (step, why)"),
        ]
    }

    fn check(&self, step: usize, why: &str, holds: &str) -> String {
        // Twice under one key where it does not hold.
        format!(
            "INSERT INTO leadlint_check SELECT {step}, {why} FROM leadlint_two t WHERE t.n = 1 OR NOT COALESCE(({holds}), FALSE)"
        )
    }

    fn temporary(&self, table: &str, columns: &str) -> String {
        format!("CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    }

    fn copies(&self, table: &str, rows: &str) -> String {
        format!("CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {rows}")
    }

    fn kept(&self, table: &str, columns: &str) -> String {
        format!("CREATE TABLE IF NOT EXISTS {table} ({columns})")
    }

    fn kept_copies(&self, table: &str, rows: &str, _by_op: bool) -> String {
        format!("CREATE TABLE IF NOT EXISTS {table} AS {rows}")
    }

    fn foreign_keys(&self, to: &Name) -> ForeignKeys {
        ForeignKeys {
            select: format!(
                "SELECT n.nspname || '.' || r.relname AS \"table\", a.attname AS \"column\", b.attname AS \"refers to\" FROM \
                 pg_catalog.pg_constraint f JOIN pg_catalog.pg_class r ON r.oid = f.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = \
                 r.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey) JOIN \
                 pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = ANY (f.confkey) JOIN pg_catalog.pg_class u ON u.oid = \
                 f.confrelid JOIN pg_catalog.pg_namespace v ON v.oid = u.relnamespace WHERE f.contype = 'f' AND f.conparentid = 0 AND \
                 v.nspname = {} AND u.relname = {}",
                self.schema(to),
                literal(&to.table)
            ),
            from: ["n.nspname", "r.relname", "a.attname"],
            to: "b.attname",
        }
    }

    fn triggers(&self, name: &Name, shown: &str) -> Vec<String> {
        vec![format!(
            "SELECT {shown} AS \"table\", g.tgname AS \"trigger that may change more\" FROM pg_catalog.pg_trigger g JOIN \
             pg_catalog.pg_class r ON r.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE NOT g.tgisinternal \
             AND g.tgenabled <> 'D' AND n.nspname = {schema} AND r.relname = {table} UNION ALL SELECT {shown}, w.rulename FROM \
             pg_catalog.pg_rules w WHERE w.schemaname = {schema} AND w.tablename = {table} ORDER BY 2",
            schema = self.schema(name),
            table = literal(&name.table)
        )]
    }

    fn checks(&self, name: Option<&Name>) -> Vec<(String, String)> {
        let Some(name) = name else {
            return vec![(
                "the database does not hold UTF-8".to_owned(),
                "current_setting('server_encoding') = 'UTF8'".to_owned(),
            )];
        };
        vec![(
            format!(
                "{} hides rows from this user by row security; run the script as the owner of the table",
                name.shown()
            ),
            format!(
                "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = \
                 {} AND r.relname = {} AND row_security_active(r.oid))",
                self.schema(name),
                literal(&name.table)
            ),
        )]
    }

    fn open(&self, _temporary: &[&str]) -> Vec<String> {
        let mut lines = vec!["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE".to_owned()];
        for (setting, value) in [
            ("standard_conforming_strings", "on"),
            ("client_encoding", "'UTF8'"),
            ("client_min_messages", "warning"),
            ("datestyle", "'ISO, YMD'"),
            ("timezone", "'UTC'"),
            ("extra_float_digits", "1"),
        ] {
            lines.push(format!("SET LOCAL {setting} = {value}"));
        }
        lines
    }

    fn lock(&self, tables: &[String]) -> Vec<String> {
        match tables {
            [] => Vec::new(),
            tables => vec![format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", tables.join(", "))],
        }
    }

    fn measure(&self, tables: &[&str]) -> Vec<String> {
        // Nobody else does it for temporary tables, and a plan by guess can take hours.
        vec![format!("ANALYZE {}", tables.join(", "))]
    }

    fn close(&self, _checks: usize, keep: bool) -> Vec<String> {
        vec![if keep { "COMMIT" } else { "ROLLBACK" }.to_owned()]
    }

    fn unstamp(&self, _name: &Name, _backup: &str, _key: &str) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn values_are_quoted() {
        assert_eq!(literal("O'Hara"), "'O''Hara'");
        assert_eq!(literal(""), "''");
        assert_eq!(literal("a\\'b\n"), "E'a\\\\''b\\u000A'");
        assert_eq!(literal("\u{202e}$$ -- */ ${x} `id`"), "E'\\u202E$$ -- */ ${x} `id`'");
    }
}
