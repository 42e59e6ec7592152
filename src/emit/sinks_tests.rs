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
    assert_eq!(names(&folder), ["a.json", "a.md", "evidence.csv"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&fs::read(folder.path().join("a.json")).unwrap()).is_ok());
    assert!(String::from_utf8(stdout).unwrap().starts_with("leadlint "));
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
