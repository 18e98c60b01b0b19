//! The hardware.
//!
//! ```text
//! s_axi ---------> registers --> [jobs] --+--> loops of each feed
//!                                         |
//! s_axis_a ------> rows, or zeros --------+--> a      +-----------+
//! s_axis_b ------> words, or zeros -------+--> b      |           |
//! s_axis_scale --> scales, or zeros ------+--> scale  | pacq_tile | out --> those that there are --> m_axis_c
//!                  ends of groups and K --+--> tile   |           |
//!                                                     +-----------+
//! ```
//!
//! Each feed goes through the product independently, so that one tile is processed while the next one arrives.

mod feeds;
pub mod loops;
mod packet;
mod registers;

use super::BLOCK;
use super::params::Params;
use super::registers::Registers;
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef};
use loops::Job;
use registers::Status;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let tile = self.tile.build(design);
        let timing = format!("Throughput: a tile of m16 k16 and 4 words in {} cycles.", self.tile.cycles());
        let what = "Products of FP16 matrices and packed integer matrices with scales, of any size.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            gemm(m, self, tile);
        })
    }
}

fn gemm<'m>(m: &'m Module, params: &Params, tile: ModuleRef) {
    let start = m.wire("start", 1);
    let is_busy = m.wire("is_busy", 1);
    let is_wrong = m.wire("is_wrong", 3);
    let wrong = is_wrong.value();
    let status = Status { is_busy: is_busy.value(), is_wrong: [wrong.bit(0), wrong.bit(1), wrong.bit(2)] };
    let waiting = registers::build(m, params, &Registers::new(params), start.value(), &status);
    let job = Job { start: start.value(), sizes: m.hold("job", &waiting.sizes, start.value()) };
    let tile = m.instance("u_tile", tile);
    let feed = |name: &str, build: feeds::Build<'m>| m.scope(name, || build(m, params, tile, &job));
    let from_streams = [
        feed("a_feed", feeds::activations),
        feed("b_feed", feeds::weights),
        feed("scale_feed", feeds::scales),
    ];
    is_wrong.drive(m.concat_lsb(&from_streams.each_ref().map(|feed| feed.is_wrong)));
    let was_wrong = m.reg("was_wrong", 1).reset_to(0).enable(start.value() | is_wrong.value().any());
    was_wrong.set(!start.value());
    let ends = m.scope("tile_feed", || feeds::ends(m, params, tile, &job));
    let results = m.scope("c_feed", || feeds::results(m, params, tile, &job, was_wrong.value()));
    let active = from_streams.map(|feed| feed.is_active).into_iter().chain([ends, results]);
    let is_active = m.concat_lsb(&active.collect::<Vec<_>>()).any();
    is_busy.drive(is_active | waiting.is_there);
    start.drive(waiting.is_there & !is_active);
}
