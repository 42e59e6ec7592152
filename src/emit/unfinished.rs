//! Outputs under their temporary names, for whoever has to end the program before they are in place.
//!
//! Whatever is made is noted under one lock, under which nothing is made, put in place or taken away meanwhile. A name
//! that is no longer there needs no care: each has random letters in it, and nobody else gets it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static PLACES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// How often a folder is emptied into which other threads still write.
const TRIES: usize = 100;

fn places() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PLACES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a temporary output and notes where it is.
pub(crate) fn make<T, E>(create: impl FnOnce() -> Result<T, E>, path: impl FnOnce(&T) -> &Path) -> Result<T, E> {
    let mut places = places();
    let made = create()?;
    let path = path(&made);
    // A relative path stays true as long as the program does not change its folder, which it never does.
    places.insert(path.to_owned());
    Ok(made)
}

/// Does what must not be left half done: moves an output to its place. `then` has the places that are to be noted anew.
pub(crate) fn settle<T>(settle: impl FnOnce(&mut BTreeSet<PathBuf>) -> T) -> T {
    settle(&mut places())
}

/// Takes every temporary output away, then does `then`; until it returns no new one is made, nor any put in place.
pub(crate) fn abandon(then: impl FnOnce()) {
    let mut places = places();
    for place in places.iter() {
        remove(place);
    }
    places.clear();
    then();
}

fn remove(place: &Path) {
    for _ in 0..TRIES {
        let removed = if place.is_dir() { fs::remove_dir_all(place) } else { fs::remove_file(place) };
        match removed {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            _ => return,
        }
    }
}
