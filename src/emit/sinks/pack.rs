//! `-o pack=DIR`: everything that an auditor files, in one folder, with the hashes that prove it whole.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Error, Settings, Sinks};
use crate::emit::target::{self, Folder};
use crate::emit::{Pii, evidence, find, summary, words};
use crate::evidence::Audit;
use crate::evidence::fingerprint::hex;

/// The name in `-o`.
pub const PACK: &str = "pack";
const FLAG: &str = "-o pack=";
/// What a manifest says of itself.
const SCHEMA: &str = "leadlint.pack/1";
const MANIFEST: &str = "MANIFEST.json";
const SUMS: &str = "SHA256SUMS";
/// Every name that a pack may hold.
const NAMES: [&str; 10] = [
    "README.txt",
    MANIFEST,
    SUMS,
    "INPUTS.sha256",
    "report.md",
    "report.json",
    "evidence.csv",
    "leadlint.toml",
    "RUNBOOK.md",
    "plan.json",
];

/// What a planned cleanup adds to a pack.
#[derive(Debug, Clone)]
pub struct Runbook {
    /// The steps, in Markdown.
    pub runbook: String,
    /// The plan, as JSON.
    pub plan: String,
}

/// A pack that is being filled.
pub(super) struct Pack {
    path: PathBuf,
    folder: Folder,
    cleanup: Option<Runbook>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    schema: &'static str,
    tool: &'static str,
    version: &'static str,
    command: &'a [String],
    as_of: Option<String>,
    as_of_from: &'a str,
    owner: Option<&'a str>,
    config: Option<Config<'a>>,
    inputs: Vec<Input<'a>>,
    population: Population,
    rules_ran: Vec<Rule<'a>>,
    rules_skipped: Vec<Rule<'a>>,
    rules_failed: Vec<Rule<'a>>,
    evidence_rows: usize,
    personal_data: Personal,
    passed: bool,
    fail_on: &'a str,
    files: Vec<Held>,
}

#[derive(Serialize)]
struct Config<'a> {
    path: &'a str,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Input<'a> {
    source: &'a str,
    path: &'a str,
    sha256: &'a str,
    bytes: u64,
    rows: u64,
    unreadable: u64,
    set_aside: usize,
}

#[derive(Serialize)]
struct Population {
    sampling: &'static str,
    rows: u64,
    unreadable: u64,
    set_aside: u64,
}

#[derive(Serialize)]
struct Rule<'a> {
    code: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Personal {
    markdown: &'static str,
    other_files: &'static str,
}

#[derive(Serialize)]
struct Held {
    path: &'static str,
    what: &'static str,
}

fn refused(path: &Path, reason: impl Into<String>) -> Error {
    Error::Folder { flag: FLAG, path: path.to_owned(), reason: reason.into() }
}

impl Sinks {
    /// Opens the pack at `path`.
    pub(super) fn open_pack(&mut self, path: &Path) -> Result<(), Error> {
        if self.pack.is_some() {
            return Err(refused(path, "a run writes one pack; name one folder"));
        }
        check(path)?;
        let folder = Folder::beside(path).map_err(|error| refused(path, error.to_string()))?;
        self.pack = Some(Pack { path: path.to_owned(), folder, cleanup: None });
        Ok(())
    }

    /// Whether a pack was asked for, which takes the plan of a cleanup.
    #[must_use]
    pub fn wants_runbook(&self) -> bool {
        self.pack.is_some()
    }

    /// Puts the plan of a cleanup into the pack, if there is something to clean up.
    pub fn add_runbook(&mut self, runbook: Option<Runbook>) {
        if let Some(pack) = &mut self.pack {
            pack.cleanup = runbook;
        }
    }

    /// Refuses a file that would be put into the folder of the pack, which is replaced as a whole.
    pub(super) fn check_pack(&self) -> Result<(), Error> {
        let Some(pack) = &self.pack else { return Ok(()) };
        match self.sinks().find(|sink| pack.holds(&sink.target)) {
            Some(sink) => Err(Error::SamePath {
                first: format!("{FLAG}{}", pack.path.display()),
                second: sink.flag.clone(),
                path: sink.path.clone(),
            }),
            None => Ok(()),
        }
    }
}

/// Checks that a pack may be put at `path`: nothing is there, an empty folder, or a pack as it was written.
fn check(path: &Path) -> Result<(), Error> {
    let io = |error: std::io::Error| refused(path, error.to_string());
    if path.as_os_str() == "-" {
        return Err(refused(path, "a pack is a folder; name one"));
    }
    let Ok(held) = fs::metadata(path) else {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return if parent.is_dir() {
            Ok(())
        } else {
            Err(refused(path, format!("there is no folder `{}`; make it first", parent.display())))
        };
    };
    if !held.is_dir() {
        return Err(refused(path, "it is a file; name a folder"));
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        names.push(entry.map_err(io)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    if names.is_empty() {
        return Ok(());
    }
    let is_pack = fs::read_to_string(path.join(MANIFEST)).is_ok_and(|text| text.contains("\"leadlint.pack/"));
    if let Some(name) = names.iter().find(|name| !is_pack || !NAMES.contains(&name.as_str())) {
        return Err(refused(path, format!("it holds `{name}`, which no pack wrote; name a new or empty folder")));
    }
    // A sign-off that somebody wrote into it must not be lost.
    let sums = fs::read_to_string(path.join(SUMS)).map_err(io)?;
    for name in names.iter().filter(|name| *name != SUMS) {
        let is_as_written = fs::read(path.join(name)).is_ok_and(|bytes| sums.contains(&line(&bytes, name)));
        if !is_as_written {
            return Err(refused(
                path,
                format!("`{name}` was changed since the pack was written, and would be lost; name another folder"),
            ));
        }
    }
    Ok(())
}

/// A line that `sha256sum --check` reads.
fn line(bytes: &[u8], name: &str) -> String {
    sum(&hex(&Sha256::digest(bytes)), name)
}

/// The same of a hash: a backslash in front says that the name is escaped, as GNU coreutils do it.
fn sum(sha256: &str, name: &str) -> String {
    if name.contains(['\\', '\n', '\r']) {
        let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        format!("\\{sha256}  {name}\n")
    } else {
        format!("{sha256}  {name}\n")
    }
}

impl Pack {
    /// Whether `path` is in the folder of the pack.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.path.canonicalize().is_ok_and(|folder| path.starts_with(folder))
    }

    pub(super) fn refuses_input(&self) -> Error {
        Error::Input { flag: FLAG.to_owned(), path: self.path.clone() }
    }

    /// Writes every file of the pack beside its place.
    pub(super) fn fill(&self, audit: &Audit, settings: &Settings) -> Result<(), Error> {
        let mut files: Vec<(&'static str, &'static str, Vec<u8>)> = Vec::new();
        for (name, format, what) in [
            ("report.md", "markdown", "the report for people"),
            ("report.json", "json", "the report for programs and for `leadlint diff`"),
        ] {
            let report = find(format).ok_or_else(|| Error::render(PACK, &"a report format is missing"))?;
            files.push((name, what, report.render(audit, &settings.file(report.meta().masks))?));
        }
        let mut rows = Vec::new();
        let format = evidence::for_path(Path::new("evidence.csv"))?;
        evidence::write(format, audit, &settings.file(false), &mut rows)?;
        files.push(("evidence.csv", "every row of evidence", rows));
        if let (Some(path), Some(sha256)) = (&audit.config, &audit.config_sha256) {
            files.push(("leadlint.toml", "the config as it was used", self.config(path, sha256)?));
        }
        if let Some(cleanup) = &self.cleanup {
            files.push(("RUNBOOK.md", "the planned cleanup, for people", cleanup.runbook.clone().into_bytes()));
            files.push(("plan.json", "the planned cleanup, for programs", cleanup.plan.clone().into_bytes()));
        }
        files.push(("INPUTS.sha256", "hashes of the exports, for `sha256sum --check`", inputs(audit).into_bytes()));
        let mut held: Vec<Held> = files.iter().map(|(path, what, _)| Held { path, what }).collect();
        held.push(Held { path: "README.txt", what: "what this is, who may see it, sign-off" });
        let readme = readme(audit, settings, &held);
        let manifest = manifest(audit, settings, held);
        let manifest = serde_json::to_vec_pretty(&manifest).map_err(|error| Error::render(PACK, &error))?;
        files.push((MANIFEST, "", manifest.into_iter().chain(*b"\n").collect()));
        files.push(("README.txt", "", readme.into_bytes()));
        files.sort_by_key(|(name, ..)| *name);
        let mut sums = String::new();
        // Lines that begin with # are comments to `sha256sum`: the exports lie elsewhere.
        for input in inputs(audit).lines().filter(|line| !line.starts_with('#')) {
            let _ = writeln!(sums, "# read: {input}");
        }
        for (name, _, bytes) in &files {
            sums.push_str(&line(bytes, name));
            self.write(name, bytes)?;
        }
        self.write(SUMS, sums.as_bytes())
    }

    /// The bytes of the config, if they still are those that were used.
    fn config(&self, path: &str, sha256: &str) -> Result<Vec<u8>, Error> {
        let bytes = fs::read(path).map_err(|error| refused(&self.path, format!("cannot read `{path}`: {error}")))?;
        if hex(&Sha256::digest(&bytes)) != sha256 {
            return Err(refused(&self.path, format!("`{path}` was changed while the audit ran; run again")));
        }
        Ok(bytes)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut options = fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(self.folder.path().join(name)).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|source| Error::Write { flag: FLAG.to_owned(), path: self.path.clone(), source })
    }

    pub(super) fn put_in_place(self) -> Result<(), Error> {
        let Self { path, folder, .. } = self;
        // What came there while the audit ran is nobody's to replace.
        check(&path)?;
        folder.put_in_place().map_err(|error: target::Error| refused(&path, error.to_string()))
    }
}

/// Hashes of the exports, by path as given.
fn inputs(audit: &Audit) -> String {
    let mut lines: Vec<String> = Vec::new();
    for file in audit.sources.iter().flat_map(|source| &source.files) {
        let (path, sha256) = (&file.path, &file.sha256);
        let is_part = path == "-" || path.contains(['!', '#']) && !Path::new(path).exists();
        // A member of an archive has a hash of its own bytes, and no file that could be checked.
        let line = if is_part { format!("# {}", sum(sha256, path)) } else { sum(sha256, path) };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if let (Some(path), Some(sha256)) = (&audit.config, &audit.config_sha256) {
        lines.push(sum(sha256, path));
    }
    lines.concat()
}

fn manifest<'a>(audit: &'a Audit, settings: &Settings, files: Vec<Held>) -> Manifest<'a> {
    let rows = |count: fn(&crate::evidence::SourceSummary) -> u64| audit.sources.iter().map(count).sum();
    let files_of = audit.sources.iter().flat_map(|source| source.files.iter().map(move |file| (source, file)));
    Manifest {
        schema: SCHEMA,
        tool: "leadlint",
        version: audit.version,
        command: &audit.command,
        as_of: audit.as_of.map(words::time),
        as_of_from: audit.as_of_from,
        owner: audit.owner.as_deref(),
        config: audit
            .config
            .as_deref()
            .zip(audit.config_sha256.as_deref())
            .map(|(path, sha256)| Config { path, sha256 }),
        inputs: files_of
            .map(|(source, file)| Input {
                source: &source.name,
                path: &file.path,
                sha256: &file.sha256,
                bytes: file.bytes,
                rows: file.rows,
                unreadable: file.unreadable,
                set_aside: file.set_aside.len(),
            })
            .collect(),
        population: Population {
            sampling: "none: every row was audited",
            rows: rows(|source| source.rows),
            unreadable: rows(|source| source.files.iter().map(|file| file.unreadable).sum()),
            set_aside: rows(summary::excluded_rows),
        },
        rules_ran: audit.ran.iter().map(|(code, name)| Rule { code, name, reason: None }).collect(),
        rules_skipped: audit
            .skipped
            .iter()
            .map(|rule| Rule { code: rule.code, name: rule.name, reason: Some(&rule.reason) })
            .collect(),
        rules_failed: audit
            .failed
            .iter()
            .map(|rule| Rule { code: rule.code, name: rule.name, reason: Some(&rule.error) })
            .collect(),
        evidence_rows: audit.evidence.len(),
        personal_data: Personal {
            markdown: settings.file(true).pii.as_str(),
            other_files: settings.file(false).pii.as_str(),
        },
        passed: audit.verdict.passed,
        fail_on: &audit.verdict.fail_on,
        files,
    }
}

fn readme(audit: &Audit, settings: &Settings, held: &[Held]) -> String {
    let mut out = format!(
        "Evidence pack of leadlint {}\n\nVerdict: {}, {}\nAs of:   {}\n\n",
        audit.version,
        if audit.verdict.passed { "passed" } else { "failed" },
        summary::tally(audit),
        audit.as_of.map_or_else(|| "no source has a usable time".to_owned(), words::time),
    );
    out.push_str("What is in here\n\n");
    for one in held {
        let _ = writeln!(out, "  {:<15} {}", one.path, one.what);
    }
    let _ = writeln!(out, "  {MANIFEST:<15} version, command, rules run and skipped, population");
    let _ = writeln!(out, "  {SUMS:<15} hashes of all of these\n");
    let rows: u64 = audit.sources.iter().map(|source| source.rows).sum();
    let _ = writeln!(
        out,
        "Population: all {} of {}, no sampling. {} could not run; the report and {MANIFEST}\nsay which and why.\n",
        words::plural(rows, "row"),
        words::plural(audit.sources.len() as u64, "source"),
        words::plural(audit.skipped.len() as u64, "rule"),
    );
    out.push_str(
        "evidence.csv is for programs: its cells stand exactly as they do in the exports, formulas too, and a spreadsheet\n\
         would run those. For a spreadsheet write `-o csv=FILE`, in which they are text.\n\n",
    );
    out.push_str("Who may see it\n\n");
    out.push_str(match settings.file(false).pii {
        Pii::Show => {
            "  evidence.csv, report.json and the plan of a cleanup show personal data as it stands in the exports. Only\n  \
             those may see this folder who may see the exports. To share the findings alone, share report.md.\n\n"
        }
        Pii::Mask | Pii::Hash => {
            "  Personal data in the reports and the evidence is masked; record ids are not. RUNBOOK.md and plan.json,\n  \
             if they are here, hold the values that would be written, unmasked: only those may see them who may see the\n  \
             exports.\n\n"
        }
    });
    let _ = write!(
        out,
        "To repeat it\n\n  Check the exports, in the folder in which the audit ran:  sha256sum --check INPUTS.sha256\n  \
         Check this folder, in this folder:                        sha256sum --check {SUMS}\n  \
         Run the same program over the same exports:\n\n  {}\n\n  The same version, config and exports give the same bytes.\n",
        summary::command(audit)
    );
    if audit.timings.is_some() {
        out.push_str("  The times of the stages, which --timings asked for, do not repeat.\n");
    }
    out.push_str(
        "\nSign-off: on paper, or in a copy of this file. A change in here breaks its hash.\n\n  \
         Reviewer: ______________________________   Date: ______________\n\n  \
         Approver: ______________________________   Date: ______________\n",
    );
    out
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
