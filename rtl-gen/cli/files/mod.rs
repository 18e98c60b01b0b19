//! What is written, and where.

pub mod folder;
pub mod manifest;
pub mod output;
pub mod place;
