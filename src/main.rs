//! The program: parses, runs, says what went wrong, exits 0, 1 or 2.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: leadlint::memory::Allocator = leadlint::memory::Allocator;

fn main() -> ExitCode {
    leadlint::cli::main(std::env::args_os())
}
