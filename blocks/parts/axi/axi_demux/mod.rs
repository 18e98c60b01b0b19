#![doc = include_str!("README.md")]

mod reads;
mod waiting;
mod writes;

use super::port::{MOST_SELECT_BITS, in_range};
use super::{AddressBeat, Axi4};
use crate::Part;
use hdl::{Design, ModuleRef, Signal};
use reads::reads;
use std::panic::Location;
use writes::writes;

/// See the page.
pub const PART: Part = Part {
    name: "axi_demux",
    summary: "one AXI4 master in front of several memories, which the highest bits of an address select",
    page: include_str!("README.md"),
    example,
};

/// The module: see the page. Panics where a number of the shape is out of range, or it has no bits that select a memory.
#[track_caller]
pub fn axi_demux(design: &Design, shape: &Axi4) -> ModuleRef {
    let shape = shape.checked_to_select();
    design.module("axi_demux", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe(
            "Hands the bursts of a master to the memories that the highest bits of their addresses select.",
        );
        reads(m, shape);
        writes(m, shape);
    })
}

/// The module without the channels of writes.
#[track_caller]
pub fn axi_read_demux(design: &Design, shape: &Axi4) -> ModuleRef {
    let shape = shape.checked_to_select();
    design.module("axi_read_demux", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe(
            "Hands the reads of a master to the memories that the highest bits of their addresses select.",
        );
        reads(m, shape);
    })
}

impl Axi4 {
    /// Panics, with the caller's line, where a number is out of range, or no bits select a memory.
    #[track_caller]
    fn checked_to_select(&self) -> &Axi4 {
        let several = in_range("select_bits", self.select_bits.into(), 1..=MOST_SELECT_BITS.into());
        several.unwrap_or_else(|error| panic!("{}: {error}", Location::caller()));
        self.checked()
    }

    /// The names of the ports to the memories.
    fn memory_ports(&self) -> impl Iterator<Item = (u64, String)> {
        (0..1 << self.select_bits).map(|memory| (memory, format!("m_axi{memory}")))
    }

    /// The memory of an address.
    fn selects<'m>(&self, address: &AddressBeat<Signal<'m>>) -> Signal<'m> {
        address.addr.high(self.select_bits)
    }

    /// A beat of an address channel, as the memory that it selects gets it.
    fn for_memory<'m>(&self, address: &AddressBeat<Signal<'m>>) -> AddressBeat<Signal<'m>> {
        AddressBeat { addr: address.addr.low(self.selected().address_bits), ..*address }
    }
}

fn example(design: &Design) -> ModuleRef {
    axi_demux(design, &Axi4 { address_bits: 33, select_bits: 1, ..super::EXAMPLE })
}
