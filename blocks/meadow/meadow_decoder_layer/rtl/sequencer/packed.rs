//! The container of a step with packed weights: how it is read.
//!
//! Its blocks are the rows of a matrix, all but the last one, which is read by itself, so that nothing behind the container is.

use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, CONTAINER_BITS, COUNT_BITS, Params};
use crate::meadow::meadow_decoder_layer::rtl::loads::Reader;
use crate::meadow::meadow_decoder_layer::rtl::transfer::{Side, Transfer};
use crate::meadow::meadow_decoder_layer::rtl::unpack::{UNPACK_NEWS, UnpackNews};
use crate::meadow::meadow_decoder_layer::step::Matrix;
use hdl::{Module, Signal};

/// The container.
pub struct Packed<'m> {
    /// What the sequencer hears of containers.
    pub news: UnpackNews<Signal<'m>>,
    /// Its beats, less one.
    pub last_beat: Signal<'m>,
    /// It has more blocks than one.
    pub has_blocks: Signal<'m>,
    /// All of its blocks but the last one.
    pub blocks: Transfer<Signal<'m>>,
    /// The last one.
    pub last_block: Transfer<Signal<'m>>,
}

impl<'m> Packed<'m> {
    /// The container at an address, with its size as the stride; none if no unit unpacks it.
    pub fn new(
        m: &'m Module,
        params: &Params,
        matrix: &Matrix<Signal<'m>>,
        is_local: Signal<'m>,
    ) -> Option<Packed<'m>> {
        params.weight_unpacker()?;
        let block_bits = params.block_bytes().ilog2();
        let last_byte = (matrix.stride - 1).low(CONTAINER_BITS).named("last_byte");
        let blocks = last_byte.high(CONTAINER_BITS - block_bits);
        let block = m.lit(params.block_bytes().into(), COUNT_BITS);
        let side = |address: Signal<'m>, row_bytes: Signal<'m>| Side {
            address: params.place(m, address, is_local),
            stride: block.zext(ADDRESS_BITS),
            row_bytes,
            port: m.code(Reader::Weights),
        };
        let offset = m.concat(&[blocks, m.zero(block_bits)]).zext(ADDRESS_BITS);
        let rest = last_byte.low(block_bits).zext(COUNT_BITS) + 1;
        let (whole, last) = (side(matrix.address, block), side(matrix.address + offset, rest));
        Some(Packed {
            news: m.inputs(&UNPACK_NEWS),
            last_beat: last_byte.high(params.container_beat_bits()),
            has_blocks: blocks.any(),
            blocks: Transfer::of(m, whole, blocks.zext(COUNT_BITS)),
            last_block: Transfer::of(m, last, m.lit(1, COUNT_BITS)),
        })
    }
}
