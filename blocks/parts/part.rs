//! The description of a part for documentation and tests.

use hdl::{Design, ModuleRef};

/// A part with its page.
pub struct Part {
    /// As its file.
    pub name: &'static str,
    /// What it is, one line.
    pub summary: &'static str,
    /// Its page, in Markdown; the areas on it are those of the example.
    pub page: &'static str,
    /// An example module that contains only the part.
    pub example: fn(&Design) -> ModuleRef,
}

/// All parts, in the order that documentation lists them.
pub const PARTS: &[Part] = &[
    crate::arithmetic::count::PART,
    crate::arithmetic::prefix::PART,
    crate::arithmetic::leading_zeros::PART,
    crate::arithmetic::lowest_one::PART,
    crate::arithmetic::shift::PART,
    crate::arithmetic::negate::PART,
    crate::arithmetic::digits::PART,
    crate::arithmetic::carry_save::PART,
    crate::float::scaled::PART,
    crate::coding::lfsr::PART,
    crate::coding::crc::PART,
    crate::storage::fifo::PART,
    crate::storage::shift_queue::PART,
    crate::stream::pipeline::PART,
    crate::stream::skid::PART,
    crate::stream::slot::PART,
    crate::stream::fork::PART,
    crate::stream::arbiter::PART,
    crate::registers::PART,
    crate::axi::read_dma::PART,
    crate::axi::write_dma::PART,
    crate::axi::axi_demux::PART,
    crate::axi::axi_ram::PART,
];
