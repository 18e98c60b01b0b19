//! The golden model of registers.

use super::{Access, FieldRef, RegisterField, RegisterMap, WIDTH};

/// The contents of registers.
pub struct RegisterFile {
    map: RegisterMap,
    /// For each register, the bits that software has written.
    written: Vec<u32>,
}

impl RegisterFile {
    /// After reset.
    pub fn new(map: RegisterMap) -> RegisterFile {
        let written = vec![0; map.registers.len()];
        RegisterFile { map, written }
    }

    /// What software has written to a field.
    pub fn value(&self, field: FieldRef) -> u32 {
        let def = self.map.get(field);
        (self.written[field.register] & def.mask()) >> def.low
    }

    /// Whether a write sets any bit of a field, with byte enables `strobes`.
    pub fn sets(&self, address: u32, data: u32, strobes: u32, field: FieldRef) -> bool {
        self.index(address) == Some(field.register) && data & bytes(strobes) & self.map.get(field).mask() != 0
    }

    /// Takes a write. False if it is refused, and changes nothing.
    pub fn write(&mut self, address: u32, data: u32, strobes: u32) -> bool {
        let Some(index) = self.index(address) else { return false };
        let register = &self.map.registers[index];
        let mask = bytes(strobes);
        if data & mask & register.reserved() != 0 {
            return false;
        }
        let kept = register.fields.iter().filter(|field| field.access == Access::ReadWrite);
        let mask = mask & kept.fold(0, |bits, field| bits | field.mask());
        self.written[index] = (self.written[index] & !mask) | (data & mask);
        true
    }

    /// The value of a read, if it does not depend on time; the outer `None` if there is no such register.
    pub fn read(&self, address: u32) -> Option<Option<u32>> {
        let register = &self.map.registers[self.index(address)?];
        let constant = register.fields.iter().try_fold(0, |bits, field| match field.access {
            Access::Constant(value) => Some(bits | value << field.low),
            Access::Pulse => Some(bits),
            Access::ReadWrite | Access::ReadOnly | Access::WriteOneToClear | Access::Forwarded => None,
        });
        Some(constant)
    }

    /// The value of a read, where `now` says what a field reads as that the block or another module keeps; `None` if there is no
    /// such register.
    pub fn read_now(&self, address: u32, now: impl Fn(FieldRef) -> u32) -> Option<u32> {
        let index = self.index(address)?;
        let part = |(field, def): (FieldRef, &RegisterField)| match def.access {
            Access::Constant(value) => value << def.low,
            Access::Pulse => 0,
            Access::ReadWrite => self.value(field) << def.low,
            Access::ReadOnly | Access::WriteOneToClear | Access::Forwarded => now(field) << def.low,
        };
        let fields = self.map.fields().filter(|(field, _)| field.register == index);
        Some(fields.map(part).fold(0, |word, part| word | part))
    }

    /// The register of a byte address, any of its four bytes.
    fn index(&self, address: u32) -> Option<usize> {
        Some(address as usize / 4).filter(|index| *index < self.map.registers.len())
    }
}

/// The bits of the bytes that are written.
fn bytes(strobes: u32) -> u32 {
    (0..WIDTH / 8).filter(|byte| strobes >> byte & 1 == 1).fold(0, |bits, byte| bits | 0xff << (8 * byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_by_their_strobes() {
        let mut map = RegisterMap::new("example");
        map.register("SIZE", "how much");
        let size = map.field("size", 16, Access::ReadWrite, "bytes");
        let mut file = RegisterFile::new(map);
        assert!(file.write(0, 0x1234, 0b1111));
        assert!(file.write(1, 0xffff_56ff, 0b0010), "a byte store has its byte's address");
        assert_eq!(file.value(size), 0x5634);
        assert!(!file.write(0, 0x1_0000, 0b0100), "no field has the bit");
        assert!(file.write(0, 0x1_0000, 0b0011), "the bit is not written");
        assert!(!file.write(4, 0, 0b1111));
        assert_eq!((file.value(size), file.read(0), file.read(4)), (0, Some(None), None));
    }
}
