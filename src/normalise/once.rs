//! A value that is worked out once for all who ask, whatever thread they ask from.

use std::sync::{Mutex, OnceLock, PoisonError};

/// A place for a value that is worked out when somebody first asks for it.
///
/// Who works a value out may need rayon's threads for it. A task on such a thread that waited here for the value, as it
/// would in [`OnceLock::get_or_init`], would hold up the very threads that the value waits for, or wait for itself where it
/// was begun on top of that work. So only other threads wait; a task of rayon's works the value out by itself, and the
/// first to be done is kept.
#[derive(Debug)]
pub struct Once<T> {
    value: OnceLock<T>,
    busy: Mutex<()>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { value: OnceLock::new(), busy: Mutex::new(()) }
    }
}

impl<T> Once<T> {
    /// The value, if somebody has asked for it.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value, worked out by `init` if there is none yet. `init` must always give the same.
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.value.get() {
            return value;
        }
        let waits = rayon::current_thread_index().is_none();
        let _turn = waits.then(|| self.busy.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(value) = self.value.get() {
            return value;
        }
        let value = init();
        self.value.get_or_init(|| value)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use rayon::prelude::*;

    use super::*;

    #[test]
    fn threads_wait_for_each_other() {
        let (once, asked) = (Once::default(), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let value = once.get_or_init(|| {
                        asked.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        7
                    });
                    assert_eq!(*value, 7);
                });
            }
        });
        assert_eq!(asked.into_inner(), 1);
    }

    /// With [`OnceLock`] this does not end: tasks wait for the value, and the value for their threads.
    #[test]
    fn tasks_of_rayon_do_not_wait_for_what_needs_their_threads() {
        let sum = || (0..2_000_u64).into_par_iter().map(|n| n.wrapping_mul(n)).sum::<u64>();
        let wanted = sum();
        for _ in 0..200 {
            let once = Once::default();
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| assert_eq!(*once.get_or_init(sum), wanted));
                    scope.spawn(|| {
                        (0..64).into_par_iter().for_each(|_| assert_eq!(*once.get_or_init(sum), wanted));
                    });
                }
            });
        }
    }
}
