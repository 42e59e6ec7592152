//! `docs/mapping-accuracy.md`.

use std::fmt::Write as _;

use super::maps::Maps;
use super::score::{Alarms, Found, Tally, judged};
use crate::pairs::PAIRS;

/// The page.
pub(crate) fn markdown(tally: &Tally, maps: &Maps, leads: u64, chats: u64, seeds: u64) -> String {
    let mut page = format!(
        "# How right the rules over chats and the CRM are\n\n\
         Written by `cargo run --release --example mapping_accuracy`, which generates exports of three pairs of vendors with\n\
         {} seeds each ({} records and {} chats a corpus), audits them as people do, and compares the evidence with\n\
         what was planted. `benches/generate.rs` says what healthy data looks like and what is planted.\n\n\
         The aim: of each class at least 98 % found, and at most one false alarm per 10,000 clean records and chats.\n\n\
         ## What was found\n\n\
         | rule | planted | faults | found | recall |{}\n| --- | --- | ---: | ---: | ---: |{}\n",
        seeds,
        grouped(leads),
        grouped(chats),
        PAIRS.map(|pair| format!(" {pair} |")).concat(),
        " ---: |".repeat(PAIRS.len()),
    );
    let codes = judged();
    for ((code, class), pairs) in tally.classes.iter().filter(|((code, _), _)| codes.contains(&code.as_str())) {
        let sum = pairs.iter().fold(Found::default(), |sum, one| Found {
            planted: sum.planted + one.planted,
            found: sum.found + one.found,
        });
        let each = pairs.map(|one| format!(" {} |", recall(one))).concat();
        let (planted, found) = (grouped(sum.planted), grouped(sum.found));
        let _ = writeln!(page, "| {code} | {class} | {planted} | {found} | {} |{each}", recall(sum));
    }
    page.push_str("\nA dash: the class is not planted there. HubSpot stamps contacts to the minute, so that SYN001 cannot be judged;\n\
         Zoho has no schema file, so that MAP010 cannot be.\n");
    alarms(&mut page, tally, &codes);
    page.push_str(
        "\n## What `leadlint map` recovers\n\nHealthy exports without any config: fields of the contracts that are inferred, and what is inferred beside them.\n\n\
         | pair | contracts | inferred | beside them |\n| --- | ---: | ---: | ---: |\n",
    );
    for (pair, one) in &maps.pairs {
        let _ = writeln!(page, "| {} | {} | {} | {} |", PAIRS[*pair], one.planted, one.found, one.wrong);
    }
    page.push_str("\n## What could not be judged\n\n| rule | pairs | why |\n| --- | --- | --- |\n");
    for ((code, reason), pairs) in &tally.skipped {
        let pairs: Vec<&str> = pairs.iter().map(|pair| PAIRS[*pair]).collect();
        let _ = writeln!(page, "| {code} | {} | {reason} |", pairs.join(", "));
    }
    page
}

fn alarms(page: &mut String, tally: &Tally, codes: &[&'static str]) {
    let [faulty, healthy] = tally.clean;
    let _ = write!(
        page,
        "\n## False alarms\n\nEvidence that is neither planted, nor follows from a fault, nor is what people did and the rule tells as such:\n\
         in {} clean records and chats of corpora with faults, and in {} of healthy ones.\n\n\
         The last column is what is told and no false alarm, in all corpora: fields and owners that people changed later, as\n\
         severity info (MAP005, MAP006, MAP010, ASG002); a hand-over in the first week where only an assigned date tells (ASG007);\n\
         and what follows from a fault of another class, such as ASG001 of a lead with the default owner. `gold/also.csv` lists it.\n\n\
         | rule | with faults | per 10,000 | healthy | per 10,000 | told, and no alarm |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
        grouped(faulty),
        grouped(healthy)
    );
    let mut sum = Alarms::default();
    for code in codes {
        let one = tally.alarms.get(code).copied().unwrap_or_default();
        sum = Alarms { faulty: sum.faulty + one.faulty, healthy: sum.healthy + one.healthy, told: sum.told + one.told };
        line(page, code, one, tally.clean);
    }
    line(page, "all", sum, tally.clean);
}

fn line(page: &mut String, name: &str, one: Alarms, [faulty, healthy]: [u64; 2]) {
    let per = |count: u64, rows: u64| count as f64 * 10_000.0 / rows.max(1) as f64;
    let _ = writeln!(
        page,
        "| {name} | {} | {:.2} | {} | {:.2} | {} |",
        one.faulty,
        per(one.faulty, faulty),
        one.healthy,
        per(one.healthy, healthy),
        grouped(one.told)
    );
}

fn recall(one: Found) -> String {
    if one.planted == 0 { "-".to_owned() } else { format!("{:.3}", one.found as f64 / one.planted as f64) }
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
