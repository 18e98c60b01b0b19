//! What this program is called in what it writes.

/// The name of this program, which marks a manifest as ours.
pub const GENERATOR: &str = "gen-rtl";
/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
