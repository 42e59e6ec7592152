//! A script while it is written: comments, statements, rows of data. The same in every dialect.

/// The most rows, and the most bytes, of one INSERT.
const ROWS: usize = 250;
const BYTES: usize = 64 * 1024;

/// A script while it is written.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    /// A title: what the script is, and how it is run.
    pub(super) fn title(&mut self, lines: &[&str]) {
        for line in lines {
            self.0.push_str(&["-- ", &comment(line), "\n"].concat());
        }
        self.0.push('\n');
    }

    /// A comment.
    pub(super) fn say(&mut self, text: &str) {
        self.0.push_str("\n-- ");
        self.0.push_str(&comment(text));
        self.0.push('\n');
    }

    /// A statement.
    pub(super) fn run(&mut self, statement: impl AsRef<str>) {
        self.0.push_str(statement.as_ref());
        self.0.push_str(";\n");
    }

    pub(super) fn run_all(&mut self, statements: &[String]) {
        for statement in statements {
            self.run(statement);
        }
    }

    /// Rows of a table, in statements that every server takes.
    pub(super) fn insert(&mut self, table: &str, rows: &[String]) {
        let mut from = 0;
        while from < rows.len() {
            let (mut to, mut bytes) = (from, 0);
            while to < rows.len() && to - from < ROWS && (to == from || bytes < BYTES) {
                bytes += rows[to].len();
                to += 1;
            }
            self.run(format!("INSERT INTO {table} VALUES\n{}", rows[from..to].join(",\n")));
            from = to;
        }
    }
}

/// Text of a comment: one line, whatever it holds.
pub(super) fn comment(text: &str) -> String {
    crate::emit::text::line(text, 200)
}

/// Whether a character is written by its number: controls, and what hides or turns the text around it.
pub(super) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
