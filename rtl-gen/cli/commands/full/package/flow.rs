//! The tools that packages are for.

use super::contents::Contents;
use super::{bender, cocotb, fusesoc, ipxact, litex, vivado};

/// A tool, and what it needs in a package.
pub struct Flow {
    /// Name on the command line.
    pub name: &'static str,
    /// What a package gets for it.
    pub about: &'static str,
    /// Its files, as name and text.
    pub files: fn(&Contents) -> Vec<(String, String)>,
    /// How to use them, in Markdown.
    pub usage: fn(&Contents) -> String,
}

/// Every tool, in the order of listings.
pub static ALL: [&Flow; 6] =
    [&fusesoc::FLOW, &bender::FLOW, &ipxact::FLOW, &vivado::FLOW, &litex::FLOW, &cocotb::FLOW];
