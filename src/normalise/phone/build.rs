//! Build script: writes what the program needs of libphonenumber's metadata as a small table, `regions.csv`.
//!
//! The crate `phonenumber` carries the metadata, and builds a regular expression for each of some 3,000 patterns when its
//! database is first used. In the program that alone took longer than the audit of a small export.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use phonenumber::metadata::{DATABASE, Descriptor};

#[expect(clippy::disallowed_methods, reason = "cargo tells build scripts their folder by the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut all: Vec<_> = (1..1000_u16).filter_map(|code| DATABASE.by_code(&code)).flatten().collect();
    all.sort_by_key(|meta| (meta.id().to_owned(), meta.country_code()));
    let mut table = "region,calling,main,prefix,rewritten,lengths\n".to_owned();
    for meta in all {
        // Numbers of people and companies; short ones that work in one region only are left out.
        let of = meta.descriptors();
        let kinds = [
            of.fixed_line(),
            of.mobile(),
            of.toll_free(),
            of.premium_rate(),
            of.shared_cost(),
            of.voip(),
            of.personal_number(),
        ];
        let mut lengths: Vec<u16> =
            kinds.into_iter().flatten().flat_map(Descriptor::possible_length).copied().collect();
        lengths.retain(|length| *length < 32);
        lengths.sort_unstable();
        lengths.dedup();
        let lengths: Vec<String> = lengths.iter().map(u16::to_string).collect();
        let main = if meta.is_main_country_for_code() { "main" } else { "" };
        let rewritten = if meta.national_prefix_transform_rule().is_some() { "rewritten" } else { "" };
        let prefix = meta.national_prefix().unwrap_or_default();
        let (id, code) = (meta.id(), meta.country_code());
        writeln!(table, "{id},{code},{main},{prefix},{rewritten},{}", lengths.join(" "))?;
    }
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("regions.csv"), table)?;
    println!("cargo::rerun-if-changed=src/normalise/phone/build.rs");
    Ok(())
}
