#![doc = include_str!("crc.md")]

use crate::Part;
use hdl::{Bits, Design, Module, ModuleRef, Signal};

/// See the page.
pub const PART: Part = Part {
    name: "crc",
    summary: "cyclic redundancy checks with any polynomial up to 64 bits, any number of bits per cycle",
    page: include_str!("crc.md"),
    example,
};

/// A cyclic redundancy check, by the parameters of the catalogue of R. Williams, "A painless guide to CRC error detection algorithms".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crc {
    /// Of the register, 1 to 64.
    pub width: u32,
    /// The polynomial without its highest term.
    pub polynomial: u64,
    /// The register before the first bit.
    pub start: u64,
    /// Bytes go in with their least significant bit first, and the result is reversed.
    pub is_reflected: bool,
    /// What the result is combined with by exclusive or.
    pub inverted: u64,
}

impl Crc {
    /// Of Ethernet, gzip and PNG (CRC-32/ISO-HDLC).
    pub const CRC32: Crc = Crc::new(32, 0x04c1_1db7, u32::MAX as u64, true, u32::MAX as u64);
    /// Of iSCSI and ext4 (CRC-32C, Castagnoli).
    pub const CRC32C: Crc = Crc::new(32, 0x1edc_6f41, u32::MAX as u64, true, u32::MAX as u64);
    /// CRC-16/IBM-3740, often called CRC-16-CCITT.
    pub const CRC16_CCITT: Crc = Crc::new(16, 0x1021, 0xffff, false, 0);
    /// Of Modbus.
    pub const CRC16_MODBUS: Crc = Crc::new(16, 0x8005, 0xffff, true, 0);
    /// Of the SMBus.
    pub const CRC8_SMBUS: Crc = Crc::new(8, 0x07, 0, false, 0);

    const fn new(width: u32, polynomial: u64, start: u64, is_reflected: bool, inverted: u64) -> Crc {
        Crc { width, polynomial, start, is_reflected, inverted }
    }

    /// The register after some bits of data, which go in from the most significant on; reflected bytes from the least.
    #[track_caller]
    pub fn next<'m>(self, state: Signal<'m>, data: Signal<'m>) -> Signal<'m> {
        let m = state.module();
        let bits = self.in_order(data);
        // Each bit of the next state is the XOR of some bits of the state and of the data. These are found
        // symbolically, so that synthesis gets no chain as long as the data.
        let mut rows = Rows::identity(self.width);
        (0..bits.len()).for_each(|bit| rows.shift_in(bit, self.polynomial));
        let all: Vec<Signal> = state.split_lsb(1).into_iter().chain(bits).collect();
        let all = m.concat_lsb(&all);
        let bit = |row: &Vec<bool>| {
            let mut mask = Bits::zero(all.width());
            (0..).zip(row).for_each(|(index, is_in)| mask.set_bit(index, *is_in));
            (all & mask).parity()
        };
        m.concat_lsb(&rows.of_each_bit(all.width()).iter().map(bit).collect::<Vec<_>>())
    }

    /// The check, from the register after the last bit.
    pub fn result<'m>(self, state: Signal<'m>) -> Signal<'m> {
        let state = if self.is_reflected { state.reverse() } else { state };
        match self.inverted {
            0 => state,
            inverted => state ^ Bits::truncated(inverted.into(), self.width),
        }
    }

    /// A register that takes `data` while `advance` is 1, and is reset to its start while `restart` is 1; the check of
    /// everything that it took.
    pub fn of<'m>(
        self,
        m: &'m Module,
        name: &str,
        data: Signal<'m>,
        advance: Signal<'m>,
        restart: Signal<'m>,
    ) -> Signal<'m> {
        let start = Bits::truncated(self.start.into(), self.width);
        let register = m.reg(name, self.width).reset_to_bits(&start);
        let next = self.next(register.value(), data);
        register.enable(advance | restart).set(restart.mux(start, next));
        self.result(register.value())
    }

    /// The bits of the data in the order in which they go in.
    fn in_order<'m>(self, data: Signal<'m>) -> Vec<Signal<'m>> {
        let mut bits = data.split_lsb(1);
        if !self.is_reflected {
            bits.reverse();
        }
        bits
    }
}

/// For each bit of the register, the bits of its first state and of the data so far whose XOR it is.
struct Rows(Vec<Vec<bool>>);

impl Rows {
    fn identity(width: u32) -> Rows {
        let width = width as usize;
        Rows((0..width).map(|row| (0..width).map(|column| row == column).collect()).collect())
    }

    /// Shifts in the bit of data with this index.
    fn shift_in(&mut self, bit: usize, polynomial: u64) {
        let width = self.0.len();
        let mut fed_back = self.0.pop().expect("a register has a bit");
        fed_back.resize(width + bit, false);
        fed_back.push(true);
        self.0.insert(0, vec![]);
        for (place, row) in self.0.iter_mut().enumerate().filter(|(place, _)| polynomial >> place & 1 == 1) {
            debug_assert!(place < width);
            row.resize(fed_back.len().max(row.len()), false);
            row.iter_mut().zip(&fed_back).for_each(|(bit, fed_back)| *bit ^= fed_back);
        }
    }

    fn of_each_bit(mut self, columns: u32) -> Vec<Vec<bool>> {
        self.0.iter_mut().for_each(|row| row.resize(columns as usize, false));
        self.0
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("crc", &["crc32", "d8"], |m| {
        let data = m.input("data", 8, "a byte");
        let advance = m.input("advance", 1, "take it");
        let restart = m.input("restart", 1, "begin anew");
        m.output("check", Crc::CRC32.of(m, "crc", data, advance, restart), "the check of what was taken");
    })
}
