//! What a signal that ends the program does first: outputs that are not whole yet are taken away.

/// Ends the program in good order on an interrupt, a request to end or a hang-up. It dies of the signal, so that shells
/// and runners see which one it was: 130, 143 or 129. Where there are no such signals nothing has to be done.
#[cfg(unix)]
pub(super) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // A file larger than `ulimit -f` allows is an error that has its message, and no reason to die.
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
    // Whoever started the program with a signal ignored, as nohup does, wants it to live through it.
    let ignored = ignored();
    let heard = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    // Without this a signal leaves files behind, and is no reason not to run.
    let Ok(mut signals) = Signals::new(heard) else { return };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    let _ = thread.spawn(move || {
        for signal in signals.forever() {
            crate::emit::abandon(|| {
                let _ = emulate_default_handler(signal);
            });
        }
    });
}

/// The signals that are ignored, as bits from the first. Where the system does not tell, hang-ups are taken to be.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(1 << (signal_hook::consts::SIGHUP - 1))
}

/// Elsewhere the system ends the program itself.
#[cfg(not(unix))]
pub(super) fn watch() {}
