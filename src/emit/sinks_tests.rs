//! Outputs open early, appear whole or not at all, and never replace an input.

use tempfile::TempDir;

use super::*;
use crate::emit::testing;

fn settings() -> Settings {
    Settings { pii: None, salt: "pepper".to_owned(), width: 80, color: false }
}

fn outputs(folder: &TempDir, list: &[(&str, &str)]) -> Vec<(String, PathBuf)> {
    list.iter().map(|(format, name)| ((*format).to_owned(), folder.path().join(name))).collect()
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension() == Some(OsStr::new(extension))
}

#[test]
fn files_appear_whole_and_only_at_the_end() {
    let folder = TempDir::new().unwrap();
    let evidence = folder.path().join("evidence.csv");
    let sinks = Sinks::open(
        Stdout::Chosen("table"),
        &outputs(&folder, &[("json", "a.json"), ("markdown", "a.md")]),
        Some(&evidence),
    )
    .unwrap();
    assert!(!folder.path().join("a.json").exists() && !evidence.exists());
    let mut stdout = Vec::new();
    sinks.write(&testing::sample(), &settings(), &mut stdout).unwrap();
    let mut left = names(&folder);
    left.retain(|name| !has_extension(name, "svg"));
    assert_eq!(left, ["a.json", "a.md", "evidence.csv"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&fs::read(folder.path().join("a.json")).unwrap()).is_ok());
    assert!(String::from_utf8(stdout).unwrap().starts_with("leadlint "));
}

#[test]
fn pictures_lie_beside_a_report_that_links_to_each_of_them() {
    let folder = TempDir::new().unwrap();
    let write = |audit: &Audit| {
        let sinks = Sinks::open(Stdout::Nothing, &outputs(&folder, &[("markdown", "my report.v2.md")]), None).unwrap();
        sinks.write(audit, &settings(), &mut Vec::new()).unwrap();
        fs::read_to_string(folder.path().join("my report.v2.md")).unwrap()
    };
    let report = write(&testing::sample());
    let pictures: Vec<String> = names(&folder).into_iter().filter(|name| has_extension(name, "svg")).collect();
    assert_eq!(pictures.len(), 7, "{pictures:?}");
    for picture in &pictures {
        assert!(picture.starts_with("my report.v2-"), "{picture}");
        assert!(report.contains(&format!("]({})", picture.replace(' ', "%20"))), "{picture} is not linked");
        assert!(fs::read_to_string(folder.path().join(picture)).unwrap().starts_with("<svg "));
    }
    // A run without figures links to none of the pictures that are there.
    let mut bare = testing::skipped();
    bare.metrics = crate::evidence::Metrics::default();
    assert!(!write(&bare).contains(".svg"));
    assert!(!names(&folder).iter().any(|name| has_extension(name, "part")));
}

#[cfg(target_os = "linux")]
#[test]
fn no_picture_appears_when_an_output_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a-fill.svg"), "old").unwrap();
    let evidence = folder.path().join("e.csv");
    std::os::unix::fs::symlink("/dev/full", &evidence).unwrap();
    let sinks = Sinks::open(Stdout::Nothing, &outputs(&folder, &[("markdown", "a.md")]), Some(&evidence)).unwrap();
    assert!(sinks.write(&testing::sample(), &settings(), &mut Vec::new()).is_err());
    assert_eq!(names(&folder), ["a-fill.svg", "e.csv"]);
    assert_eq!(fs::read_to_string(folder.path().join("a-fill.svg")).unwrap(), "old");
}

#[test]
fn pictures_replace_neither_an_input_nor_another_output() {
    let folder = TempDir::new().unwrap();
    let taken = outputs(&folder, &[("markdown", "a.md"), ("json", "a-fill.svg")]);
    let error = Sinks::open(Stdout::Nothing, &taken, None).unwrap_err().to_string();
    assert!(error.starts_with("`-o json` and `-o markdown` would both write"), "{error}");
    let taken: Vec<_> = taken.into_iter().rev().collect();
    assert!(Sinks::open(Stdout::Nothing, &taken, None).is_err());
    let input = folder.path().join("a-score.svg");
    fs::write(&input, "id\n1\n").unwrap();
    let sinks = Sinks::open(Stdout::Nothing, &outputs(&folder, &[("markdown", "a.md")]), None).unwrap();
    assert!(sinks.protect([input.as_path()]).is_err());
    fs::create_dir(folder.path().join("b-fill.svg")).unwrap();
    let error = Sinks::open(Stdout::Nothing, &outputs(&folder, &[("markdown", "b.md")]), None).unwrap_err().to_string();
    assert!(error.contains("which its pictures need, is no file"), "{error}");
}

#[test]
fn a_run_that_ends_early_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.json"), "old").unwrap();
    drop(Sinks::open(Stdout::Nothing, &outputs(&folder, &[("json", "a.json"), ("table", "b.txt")]), None).unwrap());
    assert_eq!(names(&folder), ["a.json"]);
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), "old");
}

#[cfg(unix)]
#[test]
fn modes_are_those_of_ordinary_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    fs::write(folder.path().join("old.json"), "old").unwrap();
    fs::set_permissions(folder.path().join("old.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let sinks =
        Sinks::open(Stdout::Nothing, &outputs(&folder, &[("json", "old.json"), ("table", "new.txt")]), None).unwrap();
    sinks.write(&testing::clean(), &settings(), &mut Vec::new()).unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("old.json"), mode("new.txt")), (0o640, mode("plain")));
}

#[test]
fn bad_paths_fail_before_the_work_with_the_next_step() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("dir")).unwrap();
    let message = |name: &str| {
        Sinks::open(Stdout::Nothing, &outputs(&folder, &[("json", name)]), None)
            .unwrap_err()
            .to_string()
            .replace(&folder.path().display().to_string(), "F")
    };
    assert_eq!(
        message("none/a.json"),
        "`-o json F/none/a.json`: cannot write there, there is no folder `F/none`; make the folder first"
    );
    assert_eq!(message("dir"), "`-o json F/dir`: cannot write there, it is a folder; name a file in it");
    assert_eq!(message("new/"), "`-o json F/new/`: cannot write there, it is a folder; name a file in it");
    let mut readonly = {
        fs::write(folder.path().join("kept.json"), "old").unwrap();
        fs::metadata(folder.path().join("kept.json")).unwrap().permissions()
    };
    readonly.set_readonly(true);
    fs::set_permissions(folder.path().join("kept.json"), readonly).unwrap();
    assert!(message("kept.json").contains("the file is read-only"));
}

#[test]
fn two_outputs_to_one_place_are_refused() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("dir")).unwrap();
    let twice = outputs(&folder, &[("json", "a.out"), ("table", "dir/../a.out")]);
    let error = Sinks::open(Stdout::Nothing, &twice, None).unwrap_err().to_string();
    assert!(error.starts_with("`-o table` and `-o json` would both write"), "{error}");

    let to_stdout = [("json".to_owned(), PathBuf::from("-"))];
    let error = Sinks::open(Stdout::Chosen("table"), &to_stdout, None).unwrap_err().to_string();
    assert!(error.starts_with("`-o json=-` and `--format table` would both write to stdout"), "{error}");
    let mut stdout = Vec::new();
    let sinks = Sinks::open(Stdout::Default("table"), &to_stdout, None).unwrap();
    sinks.write(&testing::clean(), &settings(), &mut stdout).unwrap();
    assert_eq!(stdout.first(), Some(&b'{'), "a chosen format replaces the default one");
}

#[test]
fn an_input_is_never_replaced() {
    let folder = TempDir::new().unwrap();
    let export = folder.path().join("leads.csv");
    fs::write(&export, "id\n1\n").unwrap();
    let sinks = Sinks::open(Stdout::Nothing, &[], Some(&export)).unwrap();
    let error = sinks.protect([export.as_path()]).unwrap_err().to_string();
    assert!(error.contains("exports are never written to"), "{error}");
    assert!(sinks.protect([Path::new("other.csv")]).is_ok());
}

#[test]
fn an_unknown_format_is_answered_with_the_nearest() {
    let error = Sinks::open(Stdout::Chosen("jsn"), &[], None).unwrap_err().to_string();
    assert!(error.starts_with("`--format`: there is no report format `jsn`, did you mean `json`?"), "{error}");
    let error = Sinks::open(Stdout::Chosen("md"), &[], None).unwrap_err().to_string();
    assert!(error.contains("`markdown`"), "{error}");
    let error = Sinks::open(Stdout::Chosen("spreadsheet"), &[], None).unwrap_err().to_string();
    assert!(!error.contains("did you mean"), "{error}");
}

#[test]
fn a_closed_stdout_is_no_error() {
    struct Closed(io::ErrorKind);
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let run = |kind| {
        let sinks = Sinks::open(Stdout::Chosen("json"), &[], None).unwrap();
        sinks.write(&testing::clean(), &settings(), &mut Closed(kind))
    };
    assert!(run(io::ErrorKind::BrokenPipe).is_ok());
    assert!(run(io::ErrorKind::StorageFull).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_the_path() {
    let folder = TempDir::new().unwrap();
    let evidence = folder.path().join("full.csv");
    std::os::unix::fs::symlink("/dev/full", &evidence).unwrap();
    let sinks = Sinks::open(Stdout::Nothing, &[], Some(&evidence)).unwrap();
    let error = sinks.write(&testing::sample(), &settings(), &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("full.csv`: cannot write it, No space left"), "{error}");
}

#[cfg(unix)]
#[test]
fn devices_are_written_to_and_not_replaced() {
    let sinks = Sinks::open(Stdout::Nothing, &[("json".to_owned(), PathBuf::from("/dev/null"))], None).unwrap();
    sinks.write(&testing::clean(), &settings(), &mut Vec::new()).unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
