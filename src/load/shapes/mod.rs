//! One sample of each shape of export, and what it must be recognised as. `docs/formats.md` shows them as a table, which
//! is made here.
//!
//! To add a shape, add an entry to the list of its kind, and write the table anew:
//!
//! ```text
//! LEADLINT_WRITE_DOCS=1 cargo test --lib load::shapes
//! ```

mod chat;
mod crm;
mod json;

use std::fmt::Write as _;

use super::DOUBTFUL;
use super::testing::{Folder, role};
use crate::model::{Kind, Object, Role, Source};

/// A shape of export.
pub(super) struct Shape {
    /// What people call it.
    pub(super) name: &'static str,
    /// The name of the sample's file; its ending says how it is read.
    pub(super) file: &'static str,
    /// The sample. Its people are made up.
    pub(super) text: &'static str,
    /// What recognises it, for people.
    pub(super) by: &'static str,
    /// The vendor it must be taken for.
    pub(super) vendor: &'static str,
    /// The kind it must be taken for.
    pub(super) kind: Kind,
    /// The object it must be taken for.
    pub(super) object: Option<Object>,
    /// Every role that must be found, with the header of its column.
    pub(super) roles: &'static [(Role, &'static str)],
}

fn shapes() -> impl Iterator<Item = &'static Shape> {
    crm::SHAPES.iter().chain(chat::SHAPES).chain(json::SHAPES)
}

fn load(shape: &Shape) -> Source {
    Folder::new().source(shape.file, shape.text)
}

#[test]
fn every_shape_is_recognised_with_each_of_its_roles() {
    for shape in shapes() {
        let source = load(shape);
        let name = shape.name;
        let found = (source.vendor.as_str(), source.kind, source.object);
        assert_eq!(found, (shape.vendor, shape.kind, shape.object), "{name}: {}", source.detected);
        let roles: Vec<(Role, &str)> = Role::ALL.iter().filter_map(|one| Some((*one, role(&source, *one)?))).collect();
        let mut expected = shape.roles.to_vec();
        expected.sort_unstable_by_key(|(role, _)| *role);
        assert_eq!(roles, expected, "{name}");
        let doubts: Vec<&String> = source.notes.iter().filter(|note| note.starts_with(DOUBTFUL)).collect();
        assert!(doubts.is_empty(), "{name}: {doubts:?}");
    }
}

/// The table of `docs/formats.md`.
fn table() -> String {
    let mut table =
        "| shape | recognised by | vendor | kind, object | roles found |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for shape in shapes() {
        let object = shape.object.map_or_else(String::new, |object| format!(", {object}"));
        let mut roles: Vec<Role> = shape.roles.iter().map(|(role, _)| *role).collect();
        roles.sort_unstable();
        let roles: Vec<&str> = roles.into_iter().map(Role::as_str).collect();
        let roles = if roles.is_empty() { "none".to_owned() } else { format!("`{}`", roles.join(" ")) };
        let Shape { name, by, vendor, kind, .. } = shape;
        let _ = writeln!(table, "| {name} | {by} | {vendor} | {kind}{object} | {roles} |");
    }
    table
}

#[test]
fn the_table_of_the_docs_is_this_list() {
    const BEGIN: &str = "<!-- shapes: made by src/load/shapes -->\n";
    const END: &str = "<!-- end of shapes -->\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/formats.md has a place for the table");
    let (shown, after) = rest.split_once(END).expect("docs/formats.md has an end of the table");
    let table = table();
    if std::env::var_os("LEADLINT_WRITE_DOCS").is_some() {
        std::fs::write(&path, [before, BEGIN, &table, END, after].concat()).unwrap();
    } else {
        assert_eq!(shown, table, "write docs/formats.md anew: LEADLINT_WRITE_DOCS=1 cargo test --lib load::shapes");
    }
}

#[test]
fn each_shape_has_a_name_of_its_own_that_fits_a_table() {
    let mut names: Vec<&str> = shapes().map(|shape| shape.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    for shape in shapes() {
        assert!(![shape.name, shape.by].iter().any(|text| text.contains(['|', '\n'])), "{}", shape.name);
    }
}
