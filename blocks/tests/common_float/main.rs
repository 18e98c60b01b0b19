//! `blocks::common`: float formats and exact arithmetic, compared with independent references.

mod format;
mod round;
