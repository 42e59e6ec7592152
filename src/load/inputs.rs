//! From what people type, and what the config says, to sources with their files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use indexmap::IndexMap;

use super::Error;
use super::expand::expand;
use crate::config::options::{Paths, SourceOptions};
use crate::model::{Kind, Object, Role};

/// Extensions of the files that a directory contributes; `.gz` or `.zst` may follow each.
pub(crate) const EXTENSIONS: [&str; 13] =
    ["csv", "tsv", "tab", "txt", "json", "ndjson", "jsonl", "xlsx", "xlsb", "xls", "ods", "parquet", "zip"];

/// The name of the config file.
const CONFIG: &str = "leadlint.toml";

/// Where the bytes of an export come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// What of it: `!member`, `#Sheet`, `!member#Sheet`; all of it when absent.
        part: Option<String>,
        /// How it was given, for reports.
        shown: String,
    },
}

impl Input {
    /// A file that is shown as it is given.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let shown = path.to_string_lossy().into_owned();
        Self::File { path, part: None, shown }
    }

    /// What a path as it is shown in reports stands for: a file, or a part of one, as in `exports.zip!leads.csv` and
    /// `book.xlsx#Leads`. `None` when there is no such file.
    #[must_use]
    pub fn locate(shown: &str) -> Option<Self> {
        let file = |end: usize| {
            let path = PathBuf::from(&shown[..end]);
            let part = (end < shown.len()).then(|| shown[end..].to_owned());
            Self::File { path, part, shown: shown.to_owned() }
        };
        if Path::new(shown).exists() {
            return Some(file(shown.len()));
        }
        let mut ends = shown.char_indices().filter(|(_, c)| matches!(c, '!' | '#')).map(|(at, _)| at);
        ends.find(|end| Path::new(&shown[..*end]).is_file()).map(file)
    }

    /// What of the file is meant: `!member`, `#Sheet`; all of it when absent.
    #[must_use]
    pub fn part(&self) -> Option<&str> {
        match self {
            Self::Stdin => None,
            Self::File { part, .. } => part.as_deref(),
        }
    }

    /// The path as given; `-` for standard input.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Stdin => "-",
            Self::File { shown, .. } => shown,
        }
    }

    /// Size on disk, where that is known before reading.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::Stdin => None,
            Self::File { path, .. } => std::fs::metadata(path).ok().map(|m| m.len()),
        }
    }
}

/// One source to be read: its files, and what the config says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSpec {
    /// The name; given after reading when absent.
    pub name: Option<String>,
    /// Whether the name stands in the config.
    pub configured: bool,
    /// The kind, where it is said.
    pub kind: Option<Kind>,
    /// The object, where it is said.
    pub object: Option<Object>,
    /// The vendor, where it is said.
    pub vendor: Option<String>,
    /// The files, in bytewise path order.
    pub inputs: Vec<Input>,
    /// Role to header, from the config.
    pub columns: BTreeMap<Role, String>,
    /// Roles or headers that must be filled.
    pub required: Option<Vec<String>>,
    /// Headers that no rule looks at.
    pub ignore_columns: Vec<String>,
    /// Headers that nobody looks at, detection included; spaces around them do not count.
    pub hidden: Vec<String>,
    /// Users whose edits are not people's.
    pub system_users: Vec<String>,
    /// The CRM that masters these records.
    pub synced_with: Option<String>,
    /// First and last day of the period exported.
    pub covers: Option<[NaiveDate; 2]>,
    /// The schema file.
    pub schema: Option<PathBuf>,
}

impl SourceSpec {
    /// A source of these files of which nothing else is known.
    #[must_use]
    pub fn of(inputs: Vec<Input>) -> Self {
        Self { inputs, ..Self::default() }
    }

    fn configured(name: &str, options: &SourceOptions, folder: Option<&Path>) -> Self {
        Self {
            name: Some(name.to_owned()),
            configured: true,
            kind: options.kind,
            object: options.object,
            vendor: options.vendor.clone(),
            inputs: Vec::new(),
            columns: options.columns.clone(),
            required: options.required.clone(),
            ignore_columns: options.ignore_columns.clone(),
            hidden: Vec::new(),
            system_users: options.system_users.clone(),
            synced_with: options.synced_with.clone(),
            covers: options.covers,
            schema: options
                .schema
                .as_ref()
                .map(|path| folder.map_or_else(|| PathBuf::from(path), |f| super::expand::under(f, path))),
        }
    }

    fn add(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            if !self.inputs.contains(&input) {
                self.inputs.push(input);
            }
        }
        self.inputs.sort_by(|a, b| a.shown().as_bytes().cmp(b.shown().as_bytes()));
    }
}

/// The sources of a config, and the folder its paths start at.
#[derive(Debug, Clone, Copy)]
pub struct ConfigSources<'a> {
    /// Folder of the config file.
    pub folder: &'a Path,
    /// `[sources]`.
    pub sources: &'a IndexMap<String, SourceOptions>,
}

/// The config file of a directory, if it has one: such a directory stands for that config and its sources.
#[must_use]
pub fn config_in(directory: &Path) -> Option<PathBuf> {
    let path = directory.join(CONFIG);
    path.is_file().then_some(path)
}

/// Resolves SOURCE arguments.
///
/// Without arguments the sources are the config's. Arguments that all name configured sources replace the paths of
/// those, and the other configured sources stay; any other argument makes the arguments the whole list. A file that the
/// config knows takes over that source's settings either way.
///
/// # Errors
///
/// When a path does not exist, a directory or glob gives no file, or there is nothing to read at all.
pub fn resolve(args: &[String], config: Option<&ConfigSources<'_>>) -> Result<Vec<SourceSpec>, Error> {
    if args.iter().filter(|a| is_stdin(a, config)).count() > 1 {
        return Err(Error::StdinTwice);
    }
    let mut given: Vec<SourceSpec> = Vec::new();
    let mut only_names = true;
    for arg in args {
        let (label, target) = split(arg, config);
        match label {
            Label::Name(name, options) => {
                let files = expand(target, None)?.into_files();
                if let Some(source) = given.iter_mut().find(|s| s.name.as_deref() == Some(name)) {
                    source.add(files);
                } else {
                    let mut source = SourceSpec::configured(name, options, config.map(|c| c.folder));
                    source.add(files);
                    given.push(source);
                }
            }
            Label::Kind(kind) => {
                only_names = false;
                given.extend(expand(target, None)?.into_sources().map(|s| SourceSpec { kind: Some(kind), ..s }));
            }
            Label::None => {
                only_names = false;
                given.extend(expand(target, None).map_err(|error| unlabelled(arg, error))?.into_sources());
            }
        }
    }
    if let Some(config) = config {
        for source in given.iter_mut().filter(|s| !s.configured) {
            adopt(source, config);
        }
        if only_names {
            given = with_configured(given, config)?;
        }
    }
    if given.is_empty() { Err(Error::NoSource) } else { Ok(given) }
}

/// What stands before the `=` of an argument.
enum Label<'a> {
    Name(&'a str, &'a SourceOptions),
    Kind(Kind),
    None,
}

/// Splits `KIND=PATH` and `NAME=PATH`, unless a file of that very name exists.
fn split<'a>(arg: &'a str, config: Option<&ConfigSources<'a>>) -> (Label<'a>, &'a str) {
    let plain = (Label::None, arg);
    let Some((label, target)) = arg.split_once('=') else { return plain };
    if target.is_empty() || Path::new(arg).exists() {
        return plain;
    }
    if let Some((name, options)) = config.and_then(|c| c.sources.get_key_value(label)) {
        return (Label::Name(name, options), target);
    }
    match label.parse::<Kind>() {
        Ok(kind) => (Label::Kind(kind), target),
        Err(()) => plain,
    }
}

/// Where an argument is no file and what follows its `=` is one, the fault is in what stands before it.
fn unlabelled(arg: &str, error: Error) -> Error {
    match (error, arg.split_once('=')) {
        (Error::Missing { .. }, Some((label, target))) if Path::new(target).exists() => Error::Label {
            arg: arg.to_owned(),
            label: label.to_owned(),
            kinds: Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
        },
        (error, _) => error,
    }
}

fn is_stdin(arg: &str, config: Option<&ConfigSources<'_>>) -> bool {
    split(arg, config).1 == "-"
}

/// The configured sources, those of `given` in place of the ones they name.
fn with_configured(given: Vec<SourceSpec>, config: &ConfigSources<'_>) -> Result<Vec<SourceSpec>, Error> {
    let mut given = given;
    let mut all = Vec::with_capacity(config.sources.len());
    for (name, options) in config.sources {
        if let Some(at) = given.iter().position(|s| s.name.as_deref() == Some(name)) {
            all.push(given.remove(at));
        } else if options.path.is_some() {
            let mut source = SourceSpec::configured(name, options, Some(config.folder));
            source.add(configured_files(options, config.folder)?);
            all.push(source);
        }
    }
    Ok(all)
}

fn configured_files(options: &SourceOptions, folder: &Path) -> Result<Vec<Input>, Error> {
    let paths = match &options.path {
        None => &[][..],
        Some(Paths::One(path)) => std::slice::from_ref(path),
        Some(Paths::Many(paths)) => paths,
    };
    let mut files = Vec::new();
    for path in paths {
        files.extend(expand(path, Some(folder))?.into_files());
    }
    Ok(files)
}

/// Gives a source the name and settings of the configured source that all its files belong to.
fn adopt(source: &mut SourceSpec, config: &ConfigSources<'_>) {
    let real = |input: &Input| match input {
        Input::Stdin => None,
        Input::File { path, part, .. } => path.canonicalize().ok().map(|path| (path, part.clone())),
    };
    let Some(files) = source.inputs.iter().map(real).collect::<Option<BTreeSet<_>>>() else { return };
    for (name, options) in config.sources {
        // A configured path that leads nowhere is not this argument's fault.
        let Ok(known) = configured_files(options, config.folder) else { continue };
        let known: BTreeSet<_> = known.iter().filter_map(real).collect();
        if files.is_subset(&known) && !files.is_empty() {
            let kind = source.kind;
            let inputs = std::mem::take(&mut source.inputs);
            *source = SourceSpec::configured(name, options, Some(config.folder));
            source.kind = kind.or(source.kind);
            source.inputs = inputs;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(files: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                let path = folder.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "id\n1\n").unwrap();
            }
            Self(folder)
        }

        fn path(&self, rest: &str) -> String {
            self.0.path().join(rest).to_string_lossy().into_owned()
        }

        fn names(&self, spec: &SourceSpec) -> Vec<String> {
            let base = format!("{}/", self.0.path().display());
            spec.inputs.iter().map(|i| i.shown().replace(&base, "")).collect()
        }
    }

    fn config(sources: &[(&str, &str)]) -> IndexMap<String, SourceOptions> {
        sources
            .iter()
            .map(|(name, path)| {
                let path = (!path.is_empty()).then(|| Paths::One((*path).to_owned()));
                ((*name).to_owned(), SourceOptions { path, ..SourceOptions::default() })
            })
            .collect()
    }

    #[test]
    fn one_argument_is_one_source() {
        let folder = Folder::with(&["a.csv", "b.csv"]);
        let specs = resolve(&[folder.path("b.csv"), folder.path("a.csv"), "-".into()], None).unwrap();
        assert_eq!(specs.len(), 3);
        assert_eq!(folder.names(&specs[0]), ["b.csv"]);
        assert_eq!(specs[2].inputs, [Input::Stdin]);
    }

    #[test]
    fn a_directory_gives_a_source_for_each_readable_file_directly_in_it() {
        let folder = Folder::with(&["b.csv", "a.tsv.gz", "notes.md", "deep/d.csv", ".hidden.csv"]);
        let specs = resolve(&[folder.path("")], None).unwrap();
        assert_eq!(specs.iter().flat_map(|s| folder.names(s)).collect::<Vec<_>>(), ["a.tsv.gz", "b.csv"]);
        let specs = resolve(&[format!("chat={}", folder.path(""))], None).unwrap();
        assert!(specs.len() == 2 && specs.iter().all(|s| s.kind == Some(Kind::Chat)));
    }

    #[test]
    fn a_directory_gives_files_of_every_format_packed_or_not() {
        let files = ["a.csv.zst", "b.XLSX", "c.ods", "d.parquet", "e.zip", "f.ndjson.gz", "g.xls", "h.json"];
        let folder = Folder::with(&files);
        let specs = resolve(&[folder.path("")], None).unwrap();
        assert_eq!(specs.iter().flat_map(|s| folder.names(s)).collect::<Vec<_>>(), files);
    }

    #[test]
    fn a_part_of_a_file_can_be_named() {
        let folder = Folder::with(&["a.zip", "b!c.csv", "book.xlsx"]);
        let input = |arg: &str| resolve(&[folder.path(arg)], None).unwrap().remove(0).inputs.remove(0);
        assert_eq!(input("a.zip!x/Lead.csv").part(), Some("!x/Lead.csv"));
        assert_eq!(input("book.xlsx#All leads").part(), Some("#All leads"));
        assert_eq!(input("a.zip!book.xlsx#Sheet1").part(), Some("!book.xlsx#Sheet1"));
        assert_eq!(input("b!c.csv").part(), None);
        assert!(resolve(&[folder.path("z.zip!x.csv")], None).is_err());
    }

    #[test]
    fn a_glob_is_one_source_in_bytewise_order() {
        let folder = Folder::with(&["x/b.csv", "x/a.csv", "x/B.csv", "x/y/c.csv"]);
        let specs = resolve(&[folder.path("x/*.csv")], None).unwrap();
        assert_eq!(specs.len(), 1);
        assert_eq!(folder.names(&specs[0]), ["x/B.csv", "x/a.csv", "x/b.csv"]);
        let specs = resolve(&[folder.path("**/c.csv")], None).unwrap();
        assert_eq!(folder.names(&specs[0]), ["x/y/c.csv"]);
        let specs = resolve(&[folder.path("*/{a,b}.csv")], None).unwrap();
        assert_eq!(folder.names(&specs[0]), ["x/a.csv", "x/b.csv"]);
    }

    #[test]
    fn a_prefix_counts_only_when_it_is_a_kind_and_no_such_path_exists() {
        let folder = Folder::with(&["crm=x.csv", "x.csv"]);
        let file = folder.path("x.csv");
        assert_eq!(resolve(&[format!("sync-log={file}")], None).unwrap()[0].kind, Some(Kind::SyncLog));
        let error = resolve(&[format!("lead={file}")], None).unwrap_err();
        assert!(matches!(&error, Error::Label { label, .. } if label == "lead"), "{error}");
        let error = resolve(&[format!("lead={file}x")], None).unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error}");
        // `split` sees the path relative to the working directory, so the whole argument is an absolute path here.
        assert_eq!(resolve(&[folder.path("crm=x.csv")], None).unwrap()[0].kind, None);
    }

    #[test]
    fn equal_names_join_and_replace_the_configured_path() {
        let folder = Folder::with(&["leads.csv", "chats.csv", "n1.csv", "n2.csv"]);
        let sources = config(&[("leads", "leads.csv"), ("chats", "chats.csv"), ("later", "")]);
        let config = ConfigSources { folder: folder.0.path(), sources: &sources };
        let args = [format!("leads={}", folder.path("n2.csv")), format!("leads={}", folder.path("n1.csv"))];
        let specs = resolve(&args, Some(&config)).unwrap();
        assert_eq!(specs.len(), 2);
        assert_eq!(folder.names(&specs[0]), ["n1.csv", "n2.csv"]);
        assert!(specs[0].configured);
        assert_eq!(folder.names(&specs[1]), ["chats.csv"]);
    }

    #[test]
    fn without_arguments_the_config_speaks_and_its_paths_start_at_its_folder() {
        let folder = Folder::with(&["in/leads-2.csv", "in/leads-1.csv"]);
        let sources = config(&[("leads", "in/leads*.csv")]);
        let specs = resolve(&[], Some(&ConfigSources { folder: folder.0.path(), sources: &sources })).unwrap();
        assert_eq!(folder.names(&specs[0]), ["in/leads-1.csv", "in/leads-2.csv"]);
        assert_eq!(specs[0].name.as_deref(), Some("leads"));
    }

    #[test]
    fn a_file_that_the_config_knows_takes_its_settings() {
        let folder = Folder::with(&["leads.csv", "other.csv"]);
        let sources = config(&[("leads", "leads.csv")]);
        let config = ConfigSources { folder: folder.0.path(), sources: &sources };
        let specs = resolve(&[folder.path("leads.csv"), folder.path("other.csv")], Some(&config)).unwrap();
        assert_eq!(specs[0].name.as_deref(), Some("leads"));
        assert_eq!((specs[1].name.as_deref(), specs[1].configured), (None, false));
    }

    #[test]
    fn what_leads_nowhere_says_so_and_what_to_do() {
        let folder = Folder::with(&["leads.csv", "empty/x.md"]);
        let error = |arg: &str| resolve(&[folder.path(arg)], None).unwrap_err().to_string();
        assert!(error("laeds.csv").contains("did you mean leads.csv?"), "{}", error("laeds.csv"));
        assert!(error("empty").contains("no readable export directly in this directory"));
        assert!(error("*.tsv").contains("no file matches this glob"));
        assert!(error("[.csv").contains("not a valid glob"));
        assert!(matches!(resolve(&["-".into(), "crm=-".into()], None), Err(Error::StdinTwice)));
        assert!(matches!(resolve(&[], None), Err(Error::NoSource)));
    }

    #[test]
    fn a_configured_directory_is_one_source() {
        let folder = Folder::with(&["in/b.csv", "in/a.csv"]);
        let sources = config(&[("leads", "in")]);
        let specs = resolve(&[], Some(&ConfigSources { folder: folder.0.path(), sources: &sources })).unwrap();
        assert_eq!(folder.names(&specs[0]), ["in/a.csv", "in/b.csv"]);
    }
}
