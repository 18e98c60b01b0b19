//! The memories behind the DMAs: the one outside, and on-chip memory if there is some.
//!
//! ```text
//! loads --> [axi_read_demux] --+--> memory outside <--+-- stores
//!                              '--> [axi_ram] <-------'
//! ```

use super::writes::LOCAL;
use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Bundle, Child, Module};
use parts::axi::PortOf;
use parts::axi::axi_demux::axi_read_demux;
use parts::axi::axi_ram::axi_ram;

/// Connects the DMAs of loads and stores.
pub fn connect<'m>(m: &'m Module, params: &Params, loads: Child<'m>, stores: Child<'m>) {
    let (loads, stored) = (PortOf(loads, "m_axi"), PortOf(stores, "m_axi"));
    let outside = params.port();
    let Some(memory) = params.local() else {
        outside.connect_reads(m, "m_axi", loads);
        outside.connect_writes(m, "m_axi", stored);
        return;
    };
    let demux = m.instance("u_demux", axi_read_demux(m.design(), &params.dma()));
    params.dma().join_reads(loads, PortOf(demux, "s_axi"));
    outside.connect_reads(m, "m_axi", PortOf(demux, "m_axi0"));
    outside.connect_writes(m, "m_axi", stored);
    let local = m.instance("u_local", axi_ram(m.design(), &outside, &memory));
    outside.join_reads(PortOf(demux, "m_axi1"), PortOf(local, "s_axi"));
    outside.join_writes(PortOf(stores, LOCAL), PortOf(local, "s_axi"));
    // No host looks at it.
    let access = local.input_stream("host", &memory.host_access(&outside));
    access.set_valid(m.zero(1));
    access.set_payload(memory.host_access(&outside).map(|width| m.zero(*width)));
    local.output_stream("host_out", &memory.host_answer(&outside)).set_ready(m.zero(1));
}
