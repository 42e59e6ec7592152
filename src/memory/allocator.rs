//! The program's allocator: mimalloc, and mapped files for large buffers under a limit.
#![expect(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout};

use mimalloc::MiMalloc;

#[cfg(target_os = "linux")]
use super::spill;

/// mimalloc, but for large buffers where a limit comes close; see [`keep_within`](super::keep_within).
#[derive(Debug, Clone, Copy, Default)]
pub struct Allocator;

/// Where there is no limit to keep.
#[cfg(not(target_os = "linux"))]
mod spill {
    pub(super) const fn take(_: std::alloc::Layout) -> Option<*mut u8> {
        None
    }
    pub(super) const fn may_hold(_: usize) -> bool {
        false
    }
    pub(super) const fn give_back(_: *mut u8) -> bool {
        false
    }
    pub(super) const fn room(_: *mut u8) -> Option<usize> {
        None
    }
    pub(super) const fn takes(_: usize) -> bool {
        false
    }
}

// SAFETY: what `spill` gives is a mapping of at least the size of the layout, at the start of a page, so that it is aligned
// to any layout that `spill` takes; it belongs to nobody else until `give_back`, which knows each by its address. Whatever
// `spill` did not give came from mimalloc, and goes back there with the layout it came with.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match spill::take(layout) {
            Some(place) => place,
            // SAFETY: the caller's promise is passed on.
            None => unsafe { MiMalloc.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // A new file reads as zeros.
        match spill::take(layout) {
            Some(place) => place,
            // SAFETY: the caller's promise is passed on.
            None => unsafe { MiMalloc.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if !spill::may_hold(layout.size()) || !spill::give_back(place) {
            // SAFETY: the caller's promise is passed on, and mimalloc gave this place.
            unsafe { MiMalloc.dealloc(place, layout) }
        }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let room = if spill::may_hold(layout.size()) { spill::room(place) } else { None };
        match room {
            // What is spilled is known by its size, so that the new size has to be one that is spilled.
            Some(room) if spill::may_hold(size) && size <= room && size > room / 2 => return place,
            None if !spill::takes(size) => {
                // SAFETY: the caller's promise is passed on, and mimalloc gave this place.
                return unsafe { MiMalloc.realloc(place, layout, size) };
            }
            _ => {}
        }
        // SAFETY: the caller promises that `size` is not zero and makes a layout with this alignment; the two places do not
        // overlap, and both hold what is copied; the old one is given back once, with its layout.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(place, new, layout.size().min(size));
                self.dealloc(place, layout);
            }
            new
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Fills `len` bytes with what tells one buffer from another.
    unsafe fn fill(place: *mut u8, len: usize, seed: u8) {
        for at in (0..len).step_by(509) {
            // SAFETY: within `len`.
            unsafe { place.add(at).write(seed ^ (at / 509 % 251) as u8) };
        }
    }

    unsafe fn holds(place: *const u8, len: usize, seed: u8) -> bool {
        // SAFETY: within `len`.
        (0..len).step_by(509).all(|at| unsafe { place.add(at).read() } == seed ^ (at / 509 % 251) as u8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Buffers keep what they hold, whatever is spilled, let go, grown and given back beside them.
        #[test]
        fn buffers_hold_what_was_written(steps in prop::collection::vec((0_usize..4, 1_usize..20_000_000, any::<u8>()), 1..40)) {
            let folder = tempfile::tempdir_in("/var/tmp").unwrap();
            spill::begin(folder.path()).unwrap();
            let mut held: Vec<(*mut u8, usize, u8)> = Vec::new();
            let layout = |size| Layout::from_size_align(size, 8).unwrap();
            for (what, size, seed) in steps {
                // SAFETY: each place is used with the layout it was made with, until it is given back.
                unsafe {
                    match (what, held.len()) {
                        (0, _) | (_, 0) => {
                            let place = Allocator.alloc_zeroed(layout(size));
                            prop_assert!((0..size).step_by(997).all(|at| place.add(at).read() == 0));
                            fill(place, size, seed);
                            held.push((place, size, seed));
                        }
                        (1, n) => {
                            let (place, was, seed) = held.swap_remove(size % n);
                            let place = Allocator.realloc(place, layout(was), size);
                            prop_assert!(holds(place, was.min(size), seed));
                            fill(place, size, seed);
                            held.push((place, size, seed));
                        }
                        (2, n) => {
                            let (place, size, seed) = held.swap_remove(size % n);
                            prop_assert!(holds(place, size, seed));
                            Allocator.dealloc(place, layout(size));
                        }
                        _ => drop(spill::let_go(u64::MAX)),
                    }
                }
            }
            for (place, size, seed) in held {
                // SAFETY: as above.
                unsafe {
                    prop_assert!(holds(place, size, seed));
                    Allocator.dealloc(place, layout(size));
                }
            }
            prop_assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "files have no names");
        }
    }
}
