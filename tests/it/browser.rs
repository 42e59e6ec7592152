//! The HTML report in a browser: filters work by keyboard, cells stay text, nothing is loaded, dark and printed too.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Desk, ROOT};

/// Where the driver of the browser is; `.ci/engines/browser` puts it there.
fn packages() -> PathBuf {
    let folder = std::env::var_os("LEADLINT_NPM")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/leadlint/npm"), PathBuf::from);
    let driver = folder.join("node_modules/playwright-core");
    assert!(driver.is_dir(), "{} is missing: run .ci/engines/browser", driver.display());
    folder
}

/// Leads that share an address or have none that works, with cells and a header that try to be markup.
const HOSTILE: &str = "Id,FirstName,LastName,Email,CreatedDate,<img src=x onerror=hit=1>\n\
    1,Ana,Moss,ana@northpeak.example,2026-10-01T09:00:00Z,a\n\
    2,Ana,Moss,ana@northpeak.example,2026-10-02T09:00:00Z,\n\
    3,Bo,Lind,<script>hit=1</script>@x,2026-10-03T09:00:00Z,b\n\
    4,Cy,Dahl,\"\"\" onfocus=hit=1 autofocus\",2026-10-04T09:00:00Z,</title><svg onload=hit=1>\n\
    5,Di ,Ek,di@frostline.example,2026-10-05T09:00:00Z,</script><script>hit=1</script>\n";

/// What a visit to the report of the hostile leads saw.
fn visit() -> Value {
    let desk = Desk::with("leads.csv", HOSTILE);
    desk.leadlint("check leads.csv --quiet -o html=report.html").exits(1);
    let script = Path::new(ROOT).join("tests/it/browser/visit.mjs");
    let node = Command::new("node").arg(script).arg(packages()).arg(desk.path("report.html")).output();
    let output = node.unwrap_or_else(|error| panic!("node does not run, {error}: run .ci/engines/browser"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "run .ci/engines/browser if Chromium is missing: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_report_works_in_a_browser() {
    let seen = visit();
    assert_eq!(seen["requests"], serde_json::json!([seen["address"]]), "only the file itself is asked for");
    assert_eq!(seen["complaints"], serde_json::json!([]));
    assert_eq!(seen["violations"], serde_json::json!([]));

    // By keyboard.
    assert_eq!(seen["first"], "Skip to the report");
    let number = |at: &str, what: &str| seen[at][what].as_u64().unwrap();
    let (findings, rows) = (number("all", "findings"), number("all", "rows"));
    assert!(findings > 2 && rows > 3, "{}", seen["all"]);
    assert_eq!(seen["all"]["said"], format!("{rows} of {rows} listed rows, {findings} of {findings} findings"));
    assert!((1..rows).contains(&number("typed", "rows")), "{}", seen["typed"]);
    let typed = format!("{} of {rows} listed rows", number("typed", "rows"));
    assert!(seen["typed"]["said"].as_str().unwrap().starts_with(&typed), "{}", seen["typed"]);
    assert_eq!((number("nothing", "findings"), number("nothing", "rows")), (0, 0));
    assert_eq!(seen["errors"]["severities"], serde_json::json!(["error"]));
    assert!((1..findings).contains(&number("errors", "findings")));
    assert_eq!(seen["reset"], seen["all"]);
    assert_eq!(seen["live"], "polite");

    // Cells stay text.
    assert_eq!((&seen["hit"], &seen["foreign"]), (&Value::from("undefined"), &Value::from(0)));
    for cell in ["<script>hit=1</script>@x", "<img src=x onerror=hit=1>", "\" onfocus=hit=1 autofocus"] {
        assert!(seen["text"].as_str().unwrap().contains(cell), "{cell} is not shown");
    }
    assert!(seen["charts"].as_u64().unwrap() > 1);

    // Light, dark, narrow, printed, without the script.
    for part in ["paper", "ink", "label"] {
        assert_ne!(seen["light"][part], seen["dark"][part], "{part}");
    }
    assert_eq!(seen["overflow"], 0, "a phone shows the page without scrolling sideways");
    assert_eq!(seen["pdf"], "%PDF-");
    assert_eq!(seen["unscripted"], serde_json::json!({ "findings": findings, "form": 0 }));
}
