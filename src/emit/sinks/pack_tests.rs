use super::super::Stdout;
use super::*;
use crate::emit::testing;

fn settings() -> Settings {
    Settings { pii: None, salt: String::new(), width: 80, color: false }
}

/// The sample, with no config whose bytes would have to be there.
fn sample() -> Audit {
    Audit { config: None, config_sha256: None, ..testing::sample() }
}

fn pack(path: &Path, audit: &Audit) -> Result<(), Error> {
    let outputs = [(PACK.to_owned(), path.to_owned())];
    let mut sinks = Sinks::open(Stdout::Nothing, &outputs, None)?;
    sinks.add_runbook(Some(Runbook { runbook: "# Cleanup runbook\n".to_owned(), plan: "{}\n".to_owned() }));
    sinks.write(audit, &settings(), &mut Vec::new())
}

fn bytes(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_pack_holds_everything_and_its_hashes() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("pack");
    pack(&path, &sample()).unwrap();
    let files = bytes(&path);
    let sums = fs::read_to_string(path.join(SUMS)).unwrap();
    for (name, bytes) in &files {
        assert!(NAMES.contains(&name.as_str()), "{name}");
        assert!(name == SUMS || sums.contains(&line(bytes, name)), "{name} has no hash");
    }
    assert!(
        NAMES.iter().filter(|name| **name != "leadlint.toml").all(|name| files.iter().any(|(held, _)| held == name))
    );
    assert!(sums.contains(
        "# read: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  exports/leads-2026-09.csv"
    ));
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(path.join(MANIFEST)).unwrap()).unwrap();
    assert_eq!(manifest["schema"], SCHEMA);
    assert_eq!(manifest["rules_ran"].as_array().unwrap().len(), sample().ran.len());
    assert_eq!(manifest["population"]["sampling"], "none: every row was audited");
    let report = fs::read_to_string(path.join("report.md")).unwrap();
    assert!(testing::PERSONAL.iter().all(|secret| !report.contains(secret)), "report.md is masked");
    assert!(fs::read_to_string(path.join("evidence.csv")).unwrap().contains("ann.lee@acme.example"));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_pack() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("pack");
    pack(&path, &sample()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert!(bytes(&path).iter().all(|(name, _)| mode(&path.join(name)) == 0o600));
}

#[test]
fn an_earlier_pack_is_replaced_by_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("pack");
    fs::create_dir(&path).unwrap();
    pack(&path, &sample()).unwrap();
    let before = bytes(&path);
    pack(&path, &sample()).unwrap();
    assert_eq!(bytes(&path), before);
    pack(&path, &Audit { config: None, config_sha256: None, ..testing::clean() }).unwrap();
    assert_ne!(bytes(&path), before);
}

#[test]
fn what_somebody_wrote_into_a_folder_is_not_replaced() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("pack");
    pack(&path, &sample()).unwrap();
    let mut readme = fs::read_to_string(path.join("README.txt")).unwrap();
    assert!(readme.contains("formulas too") && readme.contains("`-o csv=FILE`"), "{readme}");
    readme.push_str("Approved.\n");
    fs::write(path.join("README.txt"), &readme).unwrap();
    let error = pack(&path, &sample()).unwrap_err().to_string();
    assert!(error.contains("`README.txt` was changed since"), "{error}");
    let foreign = root.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("leads.csv"), "Id\n").unwrap();
    let error = pack(&foreign, &sample()).unwrap_err().to_string();
    assert!(error.contains("holds `leads.csv`, which no pack wrote"), "{error}");
    assert!(pack(&foreign.join("leads.csv"), &sample()).is_err());
    assert!(pack(&root.path().join("none/pack"), &sample()).is_err());
    assert!(pack(Path::new("-"), &sample()).is_err());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
}

#[test]
fn no_output_and_no_input_may_lie_in_a_pack() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("pack");
    pack(&path, &sample()).unwrap();
    let packed = (PACK.to_owned(), path.clone());
    let report = ("json".to_owned(), path.join("report.json"));
    for outputs in [[packed.clone(), report.clone()], [report, packed.clone()]] {
        assert!(matches!(Sinks::open(Stdout::Nothing, &outputs, None), Err(Error::SamePath { .. })));
    }
    let sinks = Sinks::open(Stdout::Nothing, &[packed], None).unwrap();
    assert!(matches!(
        sinks.protect([path.join("leadlint.toml").as_path(), path.join("plan.json").as_path()]),
        Err(Error::Input { .. })
    ));
}

#[test]
fn names_with_line_ends_are_escaped_as_coreutils_do() {
    assert_eq!(sum("ab", "a\nb\\c"), "\\ab  a\\nb\\\\c\n");
    assert_eq!(sum("ab", "a b"), "ab  a b\n");
}
