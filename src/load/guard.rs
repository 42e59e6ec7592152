//! Panics of foreign readers, made errors.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::Error;

thread_local! {
    /// Whether a panic of this thread is expected, and becomes an error.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs a reader of foreign bytes. The libraries that read workbooks and Parquet index into what they were given without
/// looking, which on damaged files is a panic; here it becomes what it means, and nothing of it is printed.
pub(crate) fn guarded<T>(
    path: &str,
    format: &'static str,
    read: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                before(panic);
            }
        }));
    });
    let outer = EXPECTED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(read));
    EXPECTED.set(outer);
    outcome.unwrap_or_else(|panic| {
        Err(Error::Damaged { path: path.to_owned(), format, reason: said(panic.as_ref()).to_owned() })
    })
}

/// What a panic said, its first line.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.and_then(|text| text.lines().next()).unwrap_or("its parts do not fit together")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_names_the_file() {
        let outcome: Result<(), Error> = guarded("x.xls", "workbook", || panic!("index {} of 3\nnote", 7));
        assert!(outcome.unwrap_err().to_string().starts_with("x.xls: damaged workbook: index 7 of 3; download"));
        assert!(guarded("x.xls", "workbook", || Ok(())).is_ok() && !EXPECTED.get());
    }
}
