//! Registers of cores whose memory is outside: what tests of the port alone need. No memory answers there, so nothing is started.

use crate::common::lanes::corner_weighted;
use crate::golden::Model;
use fastrand::Rng;
use hdl::{Bits, Encoded};
use parts::registers::{FieldRef, RegisterFile, RegisterMap, Response, WIDTH};
use std::collections::VecDeque;

/// The numbers of the input channels.
mod inputs {
    pub const WRITE_ADDRESS: usize = 0;
    pub const WRITE_DATA: usize = 1;
    pub const READ_ADDRESS: usize = 2;
}

/// The numbers of the output channels.
mod outputs {
    pub const WRITE_RESPONSE: usize = 0;
    pub const READ_DATA: usize = 1;
}

/// The golden model of registers. What the block writes into them is unspecified.
pub struct OfRegisters {
    file: RegisterFile,
    addresses: VecDeque<u32>,
    data: VecDeque<(u32, u32)>,
}

impl OfRegisters {
    /// After reset.
    pub fn new(map: RegisterMap) -> OfRegisters {
        OfRegisters { file: RegisterFile::new(map), addresses: VecDeque::new(), data: VecDeque::new() }
    }
}

impl Model for OfRegisters {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let number = |field: &Bits| field.to_u64() as u32;
        let coded = |response: Response| Some(Bits::truncated(response.code(), Response::WIDTH));
        match channel {
            inputs::WRITE_ADDRESS => self.addresses.push_back(number(&beat[0])),
            inputs::WRITE_DATA => self.data.push_back((number(&beat[0]), number(&beat[1]))),
            _ => {
                let (data, response) = match self.file.read(number(&beat[0])) {
                    Some(data) => (data, Response::Okay),
                    None => (Some(0), Response::SlaveError),
                };
                let data = data.map(|data| Bits::truncated(data.into(), WIDTH));
                emit(outputs::READ_DATA, &[data, coded(response)]);
            }
        }
        while let (Some(address), Some((data, strobes))) = (self.addresses.front(), self.data.front()) {
            let is_done = self.file.write(*address, *data, *strobes);
            let response = if is_done { Response::Okay } else { Response::SlaveError };
            emit(outputs::WRITE_RESPONSE, &[coded(response)]);
            self.addresses.pop_front();
            self.data.pop_front();
        }
    }
}

/// Names of the coverage points of such accesses.
pub const POINTS: [&str; 1] = ["access"];

/// A read of any register, and a write of any but that of `start`.
pub fn accesses(map: &RegisterMap, start: FieldRef, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let bits = map.address_bits();
    let protection = |rng: &mut Rng| Bits::truncated(rng.u8(..8).into(), 3);
    let read = Bits::truncated(rng.u32(..).into(), bits);
    emit(inputs::READ_ADDRESS, &[read, protection(rng)]);
    let any = rng.u32(..1 << bits);
    // The next register, in place of that of `start`.
    let address = if any / 4 * 4 == map.address(start) { any + 4 } else { any };
    let data = corner_weighted(32, rng) as u32 & [u32::MAX, 1, 0xff00][rng.usize(..3)];
    emit(inputs::WRITE_ADDRESS, &[Bits::truncated(address.into(), bits), protection(rng)]);
    emit(inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::truncated(rng.u8(..16).into(), 4)]);
}
