//! `blocks::common`: float formats and exact arithmetic against independent references.

mod format;
mod round;
