//! A folder to work in, the program to run in it, and what came out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Two healthy leads.
pub(crate) const HEALTHY: &str = "Id,FirstName,LastName,Email,CreatedDate\n\
    1,Ana,Moss,ana@northpeak.example,2026-10-01T09:00:00Z\n\
    2,Bo,Lind,bo@cedarworks.example,2026-10-02T09:00:00Z\n";

/// Four leads, two of which share an address: DUP001, an error, twice.
pub(crate) const REPEATED: &str = "Id,FirstName,LastName,Email,CreatedDate\n\
    1,Ana,Moss,ana@northpeak.example,2026-10-01T09:00:00Z\n\
    2,Ana,Moss,ANA@northpeak.example,2026-10-02T09:00:00Z\n\
    3,Bo,Lind,bo@cedarworks.example,2026-10-03T09:00:00Z\n\
    4,Cy,Dahl,cy@frostline.example,2026-10-04T09:00:00Z\n";

/// Two leads, one of which has a space at an end: FMT005, a warning.
pub(crate) const UNTIDY: &str = "Id,FirstName,LastName,Email,CreatedDate\n\
    1,Ana,Moss ,ana@northpeak.example,2026-10-01T09:00:00Z\n\
    2,Bo,Lind,bo@cedarworks.example,2026-10-02T09:00:00Z\n";

/// A folder of its own, in which the program runs.
pub(crate) struct Desk {
    dir: TempDir,
}

/// What a run left behind.
pub(crate) struct Run {
    /// Exit code.
    pub(crate) code: i32,
    /// What stdout got.
    pub(crate) stdout: String,
    /// What stderr got.
    pub(crate) stderr: String,
}

impl Desk {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A folder with the files of a fixture.
    pub(crate) fn with_fixture(name: &str) -> Self {
        let desk = Self::new();
        for entry in fs::read_dir(Path::new(ROOT).join("fixtures").join(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "csv" || extension == "toml") {
                fs::copy(&path, desk.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
            }
        }
        desk
    }

    /// A folder with one file.
    pub(crate) fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let desk = Self::new();
        desk.write(name, content);
        desk
    }

    /// The path of `name` in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The text of a file.
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file below the folder by path, with its bytes; folders have none.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        files_below(self.dir.path())
    }

    /// The program with these arguments, nothing run yet. The environment is empty, so that no setting of this machine
    /// reaches it.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadlint"));
        command.args(args).current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        for needed in ["SYSTEMROOT", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(needed) {
                command.env(needed, value);
            }
        }
        command
    }

    /// Runs the program; `args` are split at white space.
    pub(crate) fn leadlint(&self, args: &str) -> Run {
        self.run(&args.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program with exactly these arguments.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let output = self.command(args).output().unwrap();
        Run::of(output)
    }

    /// Runs the program with `input` on its stdin.
    pub(crate) fn piped(&self, args: &str, input: &[u8]) -> Run {
        let mut child = self
            .command(args.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }

    /// The JSON report of a run with these arguments, which must not fail.
    pub(crate) fn report(&self, args: &str) -> Value {
        let run = self.leadlint(&format!("check --format json {args}"));
        assert!(run.code < 2, "{args}: {}", run.stderr);
        run.json()
    }

    /// Every row of evidence of a run with these arguments.
    pub(crate) fn evidence(&self, args: &str) -> Vec<Value> {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("evidence.ndjson");
        let mut words = vec!["check", "--evidence", path.to_str().unwrap()];
        words.extend(args.split_whitespace());
        let run = self.run(&words);
        assert!(run.code < 2, "{args}: {}", run.stderr);
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Run {
    fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What stdout got, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// Asserts the exit code, showing what was said.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

/// Codes of the findings of a JSON report, each once, in order.
pub(crate) fn codes(report: &Value) -> Vec<&str> {
    let mut codes: Vec<&str> = array(report, "findings").iter().map(|finding| text(finding, "code")).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The list under `key`.
#[track_caller]
pub(crate) fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no list in {value}"))
}

/// The text under `key`; nothing for null.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Every file below `folder` by path with `/`, with its bytes; folders end in `/` and have none.
pub(crate) fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                found.insert(name + "/", Vec::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A table of a CSV file: its header, then its rows.
pub(crate) fn csv_rows(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (header, rows)
}

/// Writes a table as CSV.
pub(crate) fn csv_bytes(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}
