//! `leadlint completions` and `leadlint man`: what shells and `man` want to know, from the definition of the command line.

use std::path::Path;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Cli;
use super::{ExitStatus, print};
use crate::emit::REPORTS;
use crate::emit::target::TARGETS;
use crate::rules::RULES;

/// Prints the completion script of a shell; it knows the formats, the targets and the codes of the rules.
pub(super) fn completions(shell: Shell) -> anyhow::Result<ExitStatus> {
    let mut command = Cli::command();
    for name in ["check", "clean"] {
        command = command.mut_subcommand(name, |of| {
            of.mut_args(|arg| match arg.get_id().as_str() {
                "format" => arg.value_parser(PossibleValuesParser::new(REPORTS.iter().map(|one| one.meta().name))),
                "target" => arg.value_parser(PossibleValuesParser::new(TARGETS.iter().map(|one| one.meta().name))),
                "select" | "ignore" => arg.value_parser(codes()),
                _ => arg,
            })
        });
    }
    command = command.mut_subcommand("rule", |of| of.mut_arg("rule", |arg| arg.value_parser(codes())));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "leadlint", &mut script);
    print(&script)?;
    Ok(ExitStatus::Success)
}

fn codes() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|rule| rule.meta().code))
}

/// Prints one man page with every command, or writes a page per command into `out`.
pub(super) fn man(out: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let mut root = Cli::command();
    root.build();
    let Some(folder) = out else {
        print(&whole(&root)?)?;
        return Ok(ExitStatus::Success);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let pages = std::iter::once((root.clone(), "leadlint.1".to_owned()))
        .chain(shown(&root).map(|one| (one.clone(), format!("leadlint-{}.1", one.get_name()))));
    for (command, name) in pages {
        let mut page = Vec::new();
        manual(command).render(&mut page)?;
        let path = folder.join(name);
        std::fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitStatus::Success)
}

/// The commands that a page tells of.
fn shown(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help")
}

/// A page without a date: the same program gives the same bytes.
fn manual(command: Command) -> Man {
    Man::new(command).source(concat!("leadlint ", env!("CARGO_PKG_VERSION"))).manual("leadlint manual").date("")
}

fn whole(root: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    let about = manual(root.clone());
    about.render_title(&mut page)?;
    about.render_name_section(&mut page)?;
    about.render_synopsis_section(&mut page)?;
    about.render_description_section(&mut page)?;
    about.render_options_section(&mut page)?;
    for command in shown(root) {
        let of = manual(command.clone());
        let mut part = Vec::new();
        of.render_description_section(&mut part)?;
        of.render_synopsis_section(&mut part)?;
        if command.get_arguments().any(|arg| !arg.is_hide_set()) {
            of.render_options_section(&mut part)?;
        }
        page.extend(format!(".SH \"LEADLINT {}\"\n", command.get_name().to_uppercase()).into_bytes());
        // Sections of a page of its own are parts of this one's section.
        page.extend(String::from_utf8(part)?.replace(".SH ", ".SS ").into_bytes());
    }
    about.render_extra_section(&mut page)?;
    about.render_version_section(&mut page)?;
    Ok(page)
}
