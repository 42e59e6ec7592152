//! What MySQL and MariaDB need in their own words.
//!
//! A statement that makes or drops a table commits what was done before it, so the tables of the backups are made before
//! the transaction begins. Comparisons of text go by letters, not bytes, and ignore spaces at the end: all of them are
//! made on bytes here. A client that goes on after an error must not commit the rest: the last statement commits only if
//! every check was made and held.

use std::fmt::Write as _;

use super::job::Name;
use super::lines::unseen;
use super::server::{Dialect, ForeignKeys};

/// MySQL and MariaDB.
pub(super) struct Mysql;

/// A text value. One with a backslash or with characters that do not show is written byte by byte, which means the same
/// whatever the server's and the client's settings are.
pub(super) fn literal(value: &str) -> String {
    if !value.chars().any(|c| c == '\\' || unseen(c)) {
        return format!("'{}'", value.replace('\'', "''"));
    }
    let mut out = "_utf8mb4 X'".to_owned();
    for byte in value.bytes() {
        let _ = write!(out, "{byte:02X}");
    }
    out.push('\'');
    out
}

/// Runs a statement that is put together while the script runs; nothing where the expression is NULL.
fn dynamic(expression: &str) -> Vec<String> {
    vec![
        format!("SET @leadlint_do = COALESCE(({expression}), 'DO 0')"),
        "PREPARE leadlint_do FROM @leadlint_do".to_owned(),
        "EXECUTE leadlint_do".to_owned(),
        "DEALLOCATE PREPARE leadlint_do".to_owned(),
    ]
}

impl Dialect for Mysql {
    fn title(&self) -> &'static str {
        "MySQL 8.0.16 or MariaDB 10.5, or later"
    }

    fn command(&self) -> &'static str {
        "mysql --default-character-set=utf8mb4 --table DATABASE <"
    }

    fn word(&self) -> &'static str {
        "longtext"
    }

    fn name(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn literal(&self, value: &str) -> String {
        literal(value)
    }

    fn schema(&self, name: &Name) -> String {
        name.schema.as_deref().map_or("DATABASE()".to_owned(), literal)
    }

    fn table(&self, name: &Name, table: &str) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.name(schema), self.name(table)),
            None => self.name(table),
        }
    }

    fn text(&self, expression: &str) -> String {
        format!("CONVERT({expression} USING utf8mb4) COLLATE utf8mb4_bin")
    }

    fn same(&self, left: &str, right: &str) -> String {
        format!("(CAST({left} AS BINARY) <=> CAST({right} AS BINARY))")
    }

    fn is(&self, left: &str, right: &str) -> String {
        format!("({left} = {right} AND CAST({left} AS BINARY) = CAST({right} AS BINARY))")
    }

    fn joined(&self, left: &str, right: &str) -> String {
        format!("CONCAT({left}, {right})")
    }

    fn lookup(&self) -> &'static str {
        "STRAIGHT_JOIN"
    }

    fn boolean(&self, value: Option<bool>, number: Option<&str>) -> Option<String> {
        number.map(str::to_owned).or_else(|| value.map(|value| if value { "1" } else { "0" }.to_owned()))
    }

    fn kind(&self) -> &'static str {
        "CASE WHEN c.data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'uuid') THEN 'text' WHEN \
         c.column_type LIKE 'tinyint(1)%' THEN 'boolean' WHEN c.data_type IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint') AND \
         c.column_type NOT LIKE '%zerofill%' THEN 'integer' WHEN c.data_type IN ('decimal', 'float', 'double') AND c.column_type NOT LIKE \
         '%zerofill%' THEN 'number' WHEN c.data_type IN ('datetime', 'timestamp') THEN 'time' WHEN c.data_type = 'date' THEN 'day' ELSE \
         'other' END"
    }

    fn writable(&self) -> &'static str {
        "COALESCE(c.generation_expression, '') = ''"
    }

    fn uncopied(&self) -> &'static str {
        "(COALESCE(c.generation_expression, '') <> '' OR c.extra LIKE '%INVISIBLE%')"
    }

    fn columns(&self) -> &'static str {
        "GROUP_CONCAT(CONCAT('`', REPLACE(c.column_name, '`', '``'), '`') ORDER BY c.ordinal_position SEPARATOR ', ')"
    }

    fn copied(&self) -> &'static str {
        "c.extra NOT LIKE '%INVISIBLE%'"
    }

    fn going(&self, _name: &Name) -> Vec<(String, String)> {
        Vec::new()
    }

    fn update(&self, table: &str, column: &str, value: &str, from: &str, on: &str) -> String {
        format!("UPDATE {from} JOIN {table} x ON {on} SET x.{} = {value}", self.name(column))
    }

    fn cast(&self, _column: &str, value: &str) -> String {
        value.to_owned()
    }

    fn delete(&self, table: &str, from: &str, on: &str) -> String {
        format!("DELETE x FROM {from} JOIN {table} x ON {on}")
    }

    fn put_back(&self, table: &str, rows: &str) -> String {
        format!("INSERT INTO {table} {rows}")
    }

    fn checks_table(&self) -> Vec<String> {
        vec![self.temporary("leadlint_check", "step integer PRIMARY KEY, failed integer")]
    }

    fn check(&self, step: usize, why: &str, holds: &str) -> String {
        // A text is no number. Of a key that stands there twice less would be shown.
        format!("INSERT INTO leadlint_check SELECT {step}, CASE WHEN ({holds}) THEN '0' ELSE {why} END")
    }

    fn temporary(&self, table: &str, columns: &str) -> String {
        let index = match table {
            "leadlint_member" => ", INDEX (tbl, id(100)), INDEX (op)",
            "leadlint_want" => ", INDEX (field, op)",
            "leadlint_do" | "leadlint_planned" => ", INDEX (unit, rowkey(100))",
            "leadlint_bad" => ", INDEX (op)",
            "leadlint_going" => ", INDEX (tbl, id(100))",
            _ => "",
        };
        format!(
            "CREATE TEMPORARY TABLE {table} ({columns}{index}) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        )
    }

    fn copies(&self, table: &str, rows: &str) -> String {
        format!("CREATE TEMPORARY TABLE {table} (INDEX (leadlint_op)) ENGINE=InnoDB AS {rows}")
    }

    fn kept(&self, table: &str, columns: &str) -> String {
        let index = if columns.contains("rowkey") { ", INDEX (unit, rowkey(100))" } else { "" };
        format!(
            "CREATE TABLE IF NOT EXISTS {table} ({columns}, INDEX (op){index}) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        )
    }

    fn kept_copies(&self, table: &str, rows: &str, by_op: bool) -> String {
        let index = if by_op { "(INDEX (leadlint_op)) " } else { "" };
        format!("CREATE TABLE IF NOT EXISTS {table} {index}ENGINE=InnoDB AS {rows}")
    }

    fn foreign_keys(&self, to: &Name) -> ForeignKeys {
        ForeignKeys {
            select: format!(
                "SELECT CONCAT(u.table_schema, '.', u.table_name) AS `table`, u.column_name AS `column`, u.referenced_column_name AS \
                 `refers to` FROM information_schema.key_column_usage u WHERE u.referenced_table_schema = {} AND \
                 u.referenced_table_name = {}",
                self.schema(to),
                literal(&to.table)
            ),
            from: ["u.table_schema", "u.table_name", "u.column_name"],
            to: "u.referenced_column_name",
        }
    }

    fn triggers(&self, name: &Name, shown: &str) -> Vec<String> {
        let (schema, table) = (self.schema(name), literal(&name.table));
        vec![
            format!(
                "SELECT {shown} AS `table`, g.trigger_name AS `trigger that may change more` FROM information_schema.triggers g WHERE \
                 g.event_object_schema = {schema} AND g.event_object_table = {table} ORDER BY 2"
            ),
            format!(
                "SELECT {shown} AS `table`, c.column_name AS `column that the server stamps` FROM information_schema.columns c WHERE \
                 c.table_schema = {schema} AND c.table_name = {table} AND c.extra LIKE '%on update%' ORDER BY 2"
            ),
        ]
    }

    fn checks(&self, name: Option<&Name>) -> Vec<(String, String)> {
        let Some(name) = name else { return Vec::new() };
        vec![(
            format!("{} is no InnoDB table, so what is done to it could not be taken back", name.shown()),
            format!(
                "EXISTS (SELECT 1 FROM information_schema.tables t WHERE t.table_schema = {} AND t.table_name = {} AND t.engine = 'InnoDB')",
                self.schema(name),
                literal(&name.table)
            ),
        )]
    }

    fn open(&self, temporary: &[&str]) -> Vec<String> {
        let mut lines = vec![
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin".to_owned(),
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'"
                .to_owned(),
        ];
        for (setting, value) in [
            ("autocommit", "1"),
            ("time_zone", "'+00:00'"),
            ("foreign_key_checks", "1"),
            ("unique_checks", "1"),
            ("sql_safe_updates", "0"),
            ("sql_notes", "0"),
            ("group_concat_max_len", "1000000"),
        ] {
            lines.push(format!("SET SESSION {setting} = {value}"));
        }
        lines.push("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned());
        lines.push("SET @leadlint_made = 0".to_owned());
        lines.extend(temporary.iter().map(|table| format!("DROP TEMPORARY TABLE IF EXISTS {table}")));
        lines
    }

    fn lock(&self, tables: &[String]) -> Vec<String> {
        // Every row and every gap between rows is locked by a read of all of them.
        let lock = |table: &String| format!("INSERT INTO leadlint_lock SELECT count(*) FROM {table} x FOR UPDATE");
        std::iter::once("START TRANSACTION".to_owned()).chain(tables.iter().map(lock)).collect()
    }

    fn measure(&self, _tables: &[&str]) -> Vec<String> {
        // It would end the transaction; the indexes have to do.
        Vec::new()
    }

    fn close(&self, checks: usize, keep: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if keep {
            lines.push("SET @leadlint_made = (SELECT count(*) FROM leadlint_check)".to_owned());
            lines.extend(dynamic(&format!("CASE WHEN @leadlint_made = {checks} THEN 'COMMIT' END")));
        }
        lines.push("ROLLBACK".to_owned());
        if keep {
            lines.push(format!(
                "SELECT CASE WHEN @leadlint_made = {checks} THEN 'committed' ELSE 'nothing was changed: an error stands above' END AS `end`"
            ));
        }
        lines
    }

    fn unstamp(&self, name: &Name, backup: &str, key: &str) -> Vec<String> {
        // Put together from the catalogue: `UPDATE … SET stamps as they were WHERE all else is as it was`.
        let stamped = "c.extra LIKE '%on update%'";
        let quoted = "CONCAT('`', REPLACE(c.column_name, '`', '``'), '`')";
        let (table, beside, id) = (self.table(name, &name.table), self.table(name, backup), self.name(key));
        dynamic(&format!(
            "SELECT CONCAT({}, GROUP_CONCAT(CASE WHEN {stamped} THEN CONCAT('x.', {quoted}, ' = b.', {quoted}) END SEPARATOR ', '), ' WHERE \
             ', GROUP_CONCAT(CASE WHEN {stamped} THEN NULL ELSE CONCAT('CAST(x.', {quoted}, ' AS BINARY) <=> CAST(b.', {quoted}, ' AS \
             BINARY)') END SEPARATOR ' AND ')) FROM information_schema.columns c WHERE c.table_schema = {} AND c.table_name = {} AND \
             COALESCE(c.generation_expression, '') = '' AND EXISTS (SELECT 1 FROM information_schema.columns o WHERE o.table_schema = \
             c.table_schema AND o.table_name = {} AND o.column_name = c.column_name)",
            literal(&format!(
                "UPDATE leadlint_back k JOIN {beside} b ON b.leadlint_op = k.op JOIN {table} x ON x.{id} = b.{id} SET "
            )),
            self.schema(name),
            literal(&name.table),
            literal(backup)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn values_are_quoted() {
        assert_eq!(literal("O'Hara \"x\" `y`"), "'O''Hara \"x\" `y`'");
        assert_eq!(literal(""), "''");
        assert_eq!(literal("\\'"), "_utf8mb4 X'5C27'");
        assert_eq!(literal("a\0\n"), "_utf8mb4 X'61000A'");
    }
}
