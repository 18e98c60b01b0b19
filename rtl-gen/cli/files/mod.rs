//! Output files and folders.

pub mod folder;
pub mod manifest;
pub mod output;
pub mod place;
