//! Accesses to registers.

use crate::common::lanes::corner_weighted;
use crate::meadow::meadow_decoder_layer::model::inputs;
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::registers::Registers;
use fastrand::Rng;
use hdl::Bits;

/// Names of the coverage points.
pub const REGISTER_POINTS: [&str; 1] = ["access"];

/// A read of any register, and a write of any but START: no memory answers a list.
pub fn accesses(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let bits = Registers::new(params).map.address_bits();
    let protection = |rng: &mut Rng| Bits::truncated(rng.u8(..8).into(), 3);
    let read = Bits::truncated(rng.u32(..).into(), bits);
    emit(inputs::READ_ADDRESS, &[read, protection(rng)]);
    let address = rng.u32(4..1 << bits);
    let data = corner_weighted(32, rng) as u32 & [u32::MAX, 1, 0xff00][rng.usize(..3)];
    emit(inputs::WRITE_ADDRESS, &[Bits::truncated(address.into(), bits), protection(rng)]);
    emit(inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::truncated(rng.u8(..16).into(), 4)]);
}
