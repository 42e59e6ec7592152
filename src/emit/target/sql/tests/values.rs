//! Hostile cells, plans and changes by chance: read by a parser of the dialect, and run on the servers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::desk::{cell, written};
use super::engines::{Database, KINDS, Kind};
use super::world::{World, world};
use super::*;
use crate::evidence::fingerprint::hex;

fn config(kind: Kind) -> String {
    format!(
        "[targets.sql]\ndialect = \"{}\"\nreferences = [{{ table = \"activities\", column = \"lead_id\" }}]\n",
        kind.dialect()
    )
}

impl World {
    /// The same with every text exchanged.
    fn with(mut self, exchange: &mut dyn FnMut(&str) -> String) -> Self {
        self.ids.iter_mut().for_each(|text| *text = exchange(text));
        self.cells.iter_mut().flatten().for_each(|text| *text = exchange(text));
        self.sets.iter_mut().for_each(|set| set.2 = exchange(&set.2));
        self.merges.iter_mut().for_each(|merge| merge.2 = exchange(&merge.2));
        self.drift.iter_mut().for_each(|drift| drift.2 = exchange(&drift.2));
        self
    }

    /// The same, as a server can hold it; `None` where two ids became one.
    fn held_by(self, kind: Kind) -> Option<Self> {
        let world = match kind {
            Kind::Postgresql => self.with(&mut |text| text.replace('\0', "\u{1}")),
            Kind::Mariadb => self,
        };
        let ids: BTreeSet<&String> = world.ids.iter().collect();
        (ids.len() == world.ids.len()).then_some(world)
    }

    /// The same with texts that mean nothing to anybody; different ones stay different.
    fn tame(self) -> Self {
        let mut known: BTreeMap<String, String> = BTreeMap::from([(String::new(), String::new())]);
        self.with(&mut |text| {
            let next = format!("v{}", known.len());
            known.entry(text.to_owned()).or_insert(next).clone()
        })
    }
}

fn tokens(kind: Kind, script: &str) -> Vec<Token> {
    let dialect: Box<dyn Dialect> = match kind {
        Kind::Postgresql => Box::new(PostgreSqlDialect {}),
        Kind::Mariadb => Box::new(MySqlDialect {}),
    };
    let mut tokens = Tokenizer::new(&*dialect, script).tokenize().unwrap();
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    tokens
}

/// The text of a literal.
fn value(token: &Token) -> Option<String> {
    match token {
        Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) => Some(text.clone()),
        Token::HexStringLiteral(digits) => {
            let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
            Some(String::from_utf8(bytes.collect()).unwrap())
        }
        _ => None,
    }
}

/// What is left of a script when every value is taken for the same, names of backups too.
fn skeleton(tokens: &[Token]) -> Vec<String> {
    let is_value =
        |token: &Token| value(token).is_some() || matches!(token, Token::Word(word) if word.keyword == Keyword::NULL);
    let introducer = |token: &&Token| !matches!(token, Token::Word(word) if word.value == "_utf8mb4");
    let shown = |token: &Token| {
        let own = matches!(token, Token::Word(word) if word.value.starts_with("leadlint_") && word.value.len() > 23);
        if is_value(token) {
            "?".to_owned()
        } else if own {
            "leadlint".to_owned()
        } else {
            token.to_string()
        }
    };
    tokens.iter().filter(introducer).map(shown).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn values_stay_values_and_are_exact(world in world()) {
        for kind in KINDS {
            let Some(world) = world.clone().held_by(kind) else { continue };
            let source = world.source();
            let scripts = written(world.operations(&source), &source, &config(kind));
            let tame = world.clone().tame();
            let tame_source = tame.source();
            let tame = written(tame.operations(&tame_source), &tame_source, &config(kind));
            for (name, script) in &scripts {
                let found = tokens(kind, script);
                prop_assert_eq!(skeleton(&found), skeleton(&tokens(kind, &tame[name])), "{:?} {}", kind, name);
                if !["apply.sql", "verify.sql"].contains(name) {
                    continue;
                }
                let values: BTreeSet<String> = found.iter().filter_map(value).collect();
                for (row, column, new) in &world.sets {
                    let old = cell(&source, *row, *column).unwrap_or_default();
                    for text in [&world.ids[*row], &old, new].into_iter().filter(|text| !text.is_empty()) {
                        prop_assert!(values.contains(text), "{:?} {}: {:?}", kind, name, text);
                    }
                }
            }
        }
    }
}

#[test]
fn statements_are_those_of_the_dialect() {
    for kind in KINDS {
        let source = four();
        let scripts = written(some_of_each(&source), &source, &config(kind));
        let dialect: Box<dyn Dialect> = match kind {
            Kind::Postgresql => Box::new(PostgreSqlDialect {}),
            Kind::Mariadb => Box::new(MySqlDialect {}),
        };
        let mut refused = Vec::new();
        for (name, script) in &scripts {
            // Words that the parser does not know.
            let script = script.replace(" OVERRIDING SYSTEM VALUE", "");
            for statement in desk::statements(&script) {
                let first = statement.split_whitespace().next().unwrap_or_default();
                if ["INSERT", "UPDATE", "DELETE", "SELECT"].contains(&first) {
                    match Parser::parse_sql(&*dialect, &statement) {
                        Ok(all) => assert_eq!(all.len(), 1, "{statement}"),
                        Err(error) => refused.push(format!("{name}: {error}: {statement}")),
                    }
                }
            }
        }
        assert!(refused.is_empty(), "{kind:?} {}: {}", refused.len(), refused.join("\n"));
    }
}

/// MySQL opens a temporary table once in a statement; MariaDB, which the tests run on, does not mind.
#[test]
fn no_statement_names_a_temporary_table_twice() {
    let source = four();
    let mut operations = some_of_each(&source);
    operations.push(delete(&source, 2));
    let scripts = written(operations, &source, &config(Kind::Mariadb));
    let mut named = 0;
    for script in scripts.values() {
        let all = tokens(Kind::Mariadb, script);
        let made: BTreeSet<String> = all
            .windows(3)
            .filter(|three| word(&three[0]) == "TEMPORARY" && word(&three[1]) == "TABLE")
            .map(|three| word(&three[2]))
            .collect();
        for statement in all.split(|token| *token == Token::SemiColon) {
            let mut seen = BTreeSet::new();
            for two in statement.windows(2) {
                let table = word(&two[1]);
                let opens = ["FROM", "JOIN", "STRAIGHT_JOIN", "INTO", "UPDATE"].contains(&word(&two[0]).as_str());
                if opens && made.contains(&table) {
                    named += 1;
                    assert!(seen.insert(table), "{statement:?}");
                }
            }
        }
    }
    assert!(named > 100, "{named}");
}

fn word(token: &Token) -> String {
    match token {
        Token::Word(word) => word.value.clone(),
        _ => String::new(),
    }
}

/// A table as the model has it: cells of each record by id, and the ids that activities hold.
type State = (BTreeMap<String, [Option<String>; 3]>, Vec<Option<String>>);

fn exact(kind: Kind, text: &str) -> String {
    let bytes = hex(text.as_bytes());
    match kind {
        Kind::Postgresql => format!("convert_from('\\x{bytes}'::bytea, 'UTF8')"),
        Kind::Mariadb => format!("CONVERT(x'{bytes}' USING utf8mb4)"),
    }
}

fn columns(kind: Kind) -> [String; 4] {
    World::HEADERS.map(|header| match kind {
        Kind::Postgresql => format!("\"{}\"", header.replace('"', "\"\"")),
        Kind::Mariadb => format!("`{header}`"),
    })
}

impl World {
    fn before(&self) -> State {
        let mut leads = BTreeMap::new();
        for (at, (id, cells)) in self.ids.iter().zip(&self.cells).enumerate() {
            let blank = |cell: &String| if cell.is_empty() && at % 2 == 0 { None } else { Some(cell.clone()) };
            leads.insert(id.clone(), [blank(&cells[0]), blank(&cells[1]), blank(&cells[2])]);
        }
        for (row, column, value) in &self.drift {
            leads.get_mut(&self.ids[*row]).unwrap()[*column - 1] = Some(value.clone());
        }
        (leads, self.references.iter().map(|reference| self.ids.get(*reference).cloned()).collect())
    }

    /// What ought to stand there after, and how many operations were done.
    fn after(&self, source: &Source, before: &State) -> (State, usize) {
        let (mut leads, mut activities) = before.clone();
        let stands = |row: usize, column: usize| {
            let old = cell(source, row, column).unwrap_or_default();
            before.0[&self.ids[row]][column - 1].as_deref().unwrap_or_default() == old
        };
        let value = |new: &str| Some(new.to_owned()).filter(|new| !new.is_empty());
        let mut done = 0;
        for (survivor, losers, new) in &self.merges {
            if !stands(*survivor, 1) || !losers.iter().all(|row| (1..4).all(|column| stands(*row, column))) {
                continue;
            }
            done += 1;
            if cell(source, *survivor, 1).unwrap_or_default() != *new {
                leads.get_mut(&self.ids[*survivor]).unwrap()[0] = value(new);
            }
            for loser in losers {
                leads.remove(&self.ids[*loser]);
                for reference in &mut activities {
                    if reference.as_ref() == Some(&self.ids[*loser]) {
                        *reference = Some(self.ids[*survivor].clone());
                    }
                }
            }
        }
        for (row, column, new) in &self.sets {
            if stands(*row, *column) {
                done += 1;
                leads.get_mut(&self.ids[*row]).unwrap()[*column - 1] = value(new);
            }
        }
        ((leads, activities), done)
    }
}

fn load(db: &Database, (leads, activities): &State) {
    let kind = db.kind;
    let names = columns(kind);
    let (key, word) = match kind {
        Kind::Postgresql => ("text", "text"),
        Kind::Mariadb => ("varchar(200)", "longtext"),
    };
    let mut sql = format!(
        "DROP TABLE IF EXISTS leads; DROP TABLE IF EXISTS activities; CREATE TABLE leads (more integer, {} {key}, {} {word}, {} {word}, {} \
         {word}); CREATE TABLE activities (id integer PRIMARY KEY, lead_id {key});\n",
        names[0], names[1], names[2], names[3]
    );
    let value = |text: &Option<String>| text.as_deref().map_or("NULL".to_owned(), |text| exact(kind, text));
    for (at, (id, cells)) in leads.iter().enumerate() {
        let cells = cells.each_ref().map(value).join(", ");
        let _ = writeln!(sql, "INSERT INTO leads VALUES ({at}, {}, {cells});", exact(kind, id));
    }
    for (at, reference) in activities.iter().enumerate() {
        let _ = writeln!(sql, "INSERT INTO activities VALUES ({at}, {});", value(reference));
    }
    db.run(&sql);
}

/// Cells as hexadecimal digits, `-` for NULL.
fn read(db: &Database) -> Vec<String> {
    let shown = |column: &str| match db.kind {
        Kind::Postgresql => format!("coalesce(encode(convert_to({column}, 'UTF8'), 'hex'), '-')"),
        Kind::Mariadb => format!("coalesce(lower(hex(convert({column} using utf8mb4))), '-')"),
    };
    let leads = columns(db.kind).each_ref().map(|column| shown(column)).join(", ");
    let mut lines = Vec::new();
    for sql in [
        format!("SELECT more, {leads} FROM leads"),
        format!("SELECT id, {} FROM activities ORDER BY id", shown("lead_id")),
    ] {
        let mut rows: Vec<String> = db.run(&sql).lines().skip(1).map(|line| line.replace('\t', "|")).collect();
        rows.sort();
        lines.extend(rows);
    }
    lines
}

/// The same of a state; `numbers` are those of the records.
fn told((leads, activities): &State, numbers: &BTreeMap<String, usize>) -> Vec<String> {
    let shown = |text: &Option<String>| text.as_deref().map_or("-".to_owned(), |text| hex(text.as_bytes()));
    let mut lines: Vec<String> = leads
        .iter()
        .map(|(id, cells)| format!("{}|{}|{}", numbers[id], hex(id.as_bytes()), cells.each_ref().map(shown).join("|")))
        .collect();
    lines.sort();
    let mut rest: Vec<String> = activities.iter().enumerate().map(|(at, id)| format!("{at}|{}", shown(id))).collect();
    rest.sort();
    lines.extend(rest);
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn nothing_but_the_planned_cells_changes_and_all_of_it_comes_back(world in world()) {
        for kind in KINDS {
            let Some(world) = world.clone().held_by(kind) else { continue };
            let source = world.source();
            let operations = world.operations(&source);
            let count = operations.len();
            let scripts = written(operations, &source, &config(kind));
            let before = world.before();
            let numbers: BTreeMap<String, usize> = before.0.keys().cloned().zip(0..).collect();
            let (after, done) = world.after(&source, &before);
            let db = kind.database();
            load(&db, &before);
            prop_assert_eq!(read(&db), told(&before, &numbers));
            db.run(&scripts["dry-run.sql"]);
            prop_assert_eq!(read(&db), told(&before, &numbers));
            db.run(&scripts["apply.sql"]);
            prop_assert_eq!(read(&db), told(&after, &numbers), "{:?}", kind);
            db.run(&scripts["verify.sql"]);
            let shown = db.run(&scripts["apply.sql"]);
            prop_assert_eq!(read(&db), told(&after, &numbers));
            prop_assert_eq!(servers::sums(&shown, 4), [count, 0, done, count - done].map(|n| n.to_string()));
            db.run(&scripts["undo.sql"]);
            prop_assert_eq!(read(&db), told(&before, &numbers), "{:?}", kind);
            prop_assert_eq!(db.own(), Vec::<String>::new());
            db.run(&scripts["drop-backups.sql"]);
        }
    }
}
