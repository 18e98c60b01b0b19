//! The name and version that this program writes into its files.

/// The name of this program, which marks a manifest as written by it.
pub const GENERATOR: &str = "gen-rtl";
/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
