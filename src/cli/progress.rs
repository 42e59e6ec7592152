//! The progress bar on stderr, the clock of the stages, and the number of threads.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::InputArgs;
use crate::load::Progress;
use crate::rules::run::Step;

/// Work on less than this is over before a bar is drawn.
const WORTH_A_BAR: u64 = 16 * 1024 * 1024;

/// The bar of a run. Hidden where stderr is no terminal, or the work is short.
pub(super) struct Bar {
    bar: ProgressBar,
    wanted: bool,
}

impl Bar {
    pub(super) fn new(args: &InputArgs) -> Self {
        let wanted = !args.quiet && !args.no_progress && std::io::stderr().is_terminal();
        Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()), wanted }
    }

    /// Starts the stage of reading `bytes`.
    pub(super) fn reading(&self, bytes: u64) {
        if self.wanted && bytes >= WORTH_A_BAR {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(bytes);
        self.style("{msg:<9} {bar:32} {bytes} of {total_bytes} {elapsed_precise}");
        self.bar.set_message("reading");
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    /// Starts the stage of `steps` steps.
    pub(super) fn auditing(&self, steps: u64) {
        self.bar.set_position(0);
        self.bar.set_length(steps);
        self.style("auditing  {bar:32} {msg} {elapsed_precise}");
    }

    /// Says which stage or rule began last; counts stages that begin and rules that end.
    pub(super) fn step(&self, step: Step) {
        if let Step::Stage(name) | Step::Rule(name) = step {
            self.bar.set_message(name);
        }
        if let Step::Stage(_) | Step::Done(_) = step {
            self.bar.inc(1);
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("━━╌"));
        }
    }
}

impl Progress for Bar {
    fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}

/// Wall time by stage and by rule, for `--timings`. Rules run side by side: together they take longer than their stage.
pub(super) struct Stages {
    started: Instant,
    clocks: Mutex<Clocks>,
}

struct Clocks {
    current: (String, Instant),
    stages: IndexMap<String, f64>,
    running: BTreeMap<&'static str, Instant>,
    rules: IndexMap<&'static str, f64>,
}

impl Stages {
    pub(super) fn start(first: &str) -> Self {
        let now = Instant::now();
        let clocks = Clocks {
            current: (first.to_owned(), now),
            stages: IndexMap::new(),
            running: BTreeMap::new(),
            rules: IndexMap::new(),
        };
        Self { started: now, clocks: Mutex::new(clocks) }
    }

    /// Ends the stage that runs, and starts `next`.
    pub(super) fn next(&self, next: &str) {
        let now = Instant::now();
        let mut clocks = self.clocks();
        let (name, since) = std::mem::replace(&mut clocks.current, (next.to_owned(), now));
        *clocks.stages.entry(name).or_default() += millis(now - since);
    }

    /// Notes a step of the audit.
    pub(super) fn step(&self, step: Step) {
        match step {
            Step::Stage(name) => self.next(name),
            Step::Rule(code) => {
                self.clocks().running.insert(code, Instant::now());
            }
            Step::Done(code) => self.end_of_rule(code),
        }
    }

    fn end_of_rule(&self, code: &'static str) {
        let now = Instant::now();
        let mut clocks = self.clocks();
        if let Some(since) = clocks.running.remove(code) {
            *clocks.rules.entry(code).or_default() += millis(now - since);
        }
    }

    /// Milliseconds by stage, then by rule in the order in which they ended, and in all.
    pub(super) fn finish(self) -> IndexMap<String, f64> {
        self.next("");
        let total = millis(self.started.elapsed());
        let clocks = self.clocks.into_inner().unwrap_or_else(PoisonError::into_inner);
        let rules = clocks.rules.into_iter().map(|(code, took)| (code.to_owned(), took));
        clocks.stages.into_iter().chain(rules).chain([("total".to_owned(), total)]).collect()
    }

    fn clocks(&self) -> MutexGuard<'_, Clocks> {
        self.clocks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(span: Duration) -> f64 {
    (span.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Makes polars and rayon use `threads` threads. They read the environment once, at their start, and a program cannot
/// safely change its own; so the program runs itself again with it changed. `None` means that this is that second run,
/// or that nothing has to change.
pub(super) fn with_threads(threads: Option<u16>, args: &[OsString]) -> Option<ExitCode> {
    let threads = threads?.to_string();
    let is_set = |name| std::env::var_os(name).is_some_and(|value| value == *threads);
    if is_set("POLARS_MAX_THREADS") && is_set("RAYON_NUM_THREADS") {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let mut again = Command::new(program);
    again.args(args.iter().skip(1)).env("POLARS_MAX_THREADS", &threads).env("RAYON_NUM_THREADS", &threads);
    Some(become_of(&mut again).unwrap_or_else(|error| {
        super::say(&format!("error: --threads: the program could not start itself again: {error}"));
        super::ExitStatus::Error.into()
    }))
}

/// The second run takes the place of the first, so that a signal meant for the one reaches the other.
#[cfg(unix)]
fn become_of(again: &mut Command) -> std::io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(again))
}

#[cfg(not(unix))]
fn become_of(again: &mut Command) -> std::io::Result<ExitCode> {
    Ok(again.status()?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2).into())
}
