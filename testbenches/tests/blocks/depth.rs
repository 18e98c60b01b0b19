//! How much is run.

use std::env;

/// What is run usually, or with `GEN_RTL_TESTS=full`.
pub fn usual_or_full<T>(usual: T, full: T) -> T {
    if env::var("GEN_RTL_TESTS").is_ok_and(|value| value == "full") { full } else { usual }
}
