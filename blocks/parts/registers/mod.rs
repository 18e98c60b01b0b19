#![doc = include_str!("README.md")]

mod model;
mod rtl;
mod text;

pub use model::RegisterFile;
pub use rtl::{AxiLite, Forwarded, Port};

use crate::Part;
use hdl::{Design, Encoded, ModuleRef, Value, bit_length};

/// See the page.
pub const PART: Part = Part {
    name: "registers",
    summary: "AXI4-Lite registers from one description, with golden model, SystemRDL and documentation",
    page: include_str!("README.md"),
    example,
};

/// Bits of a register.
pub const WIDTH: u32 = 32;

/// AXI responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Response {
    /// OKAY: the access is done.
    Okay = 0,
    /// SLVERR: it was refused.
    SlaveError = 2,
}

/// The registers of a block, at addresses from 0 on, four bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterMap {
    /// Of the block.
    pub name: &'static str,
    /// In the order of their addresses.
    pub registers: Vec<Register>,
}

/// A register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// In upper case.
    pub name: &'static str,
    /// What it is for, one line.
    pub meaning: &'static str,
    /// From the lowest bits on. What has no field reads as 0.
    pub fields: Vec<RegisterField>,
}

/// A part of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterField {
    /// In lower case.
    pub name: &'static str,
    /// Its lowest bit.
    pub low: u32,
    /// Bits.
    pub width: u32,
    /// Who writes it.
    pub access: Access,
    /// What it says, one line.
    pub meaning: &'static str,
    /// Its values by their codes, where they have names.
    pub codes: Vec<Code>,
}

/// A value of a field that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// What the field reads as.
    pub code: u32,
    /// The name, in lower case.
    pub name: &'static str,
}

/// Who writes a field, and what reading it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Software writes it and reads it back. 0 after reset.
    ReadWrite,
    /// The block's value: what software writes there is ignored.
    ReadOnly,
    /// Always the same.
    Constant(u32),
    /// Writing 1 starts something; it reads as 0.
    Pulse,
    /// The block sets it; writing 1 clears it. 0 after reset.
    WriteOneToClear,
    /// Software writes it and reads it back, as `ReadWrite`, but another module keeps it. Registers with such fields have no
    /// others, and are the last of their map.
    Forwarded,
}

/// A field of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRef {
    register: usize,
    field: usize,
}

impl RegisterMap {
    /// A map without registers.
    pub fn new(name: &'static str) -> RegisterMap {
        RegisterMap { name, registers: vec![] }
    }

    /// Adds a register at the next address; fields are added to it.
    pub fn register(&mut self, name: &'static str, meaning: &'static str) {
        self.registers.push(Register { name, meaning, fields: vec![] });
    }

    /// Adds a field to the latest register, above the fields that it has. Panics if there is no register, or no room; if a constant
    /// does not fit; if a register that another module keeps has another field, or another register behind it.
    pub fn field(
        &mut self,
        name: &'static str,
        width: u32,
        access: Access,
        meaning: &'static str,
    ) -> FieldRef {
        let fields = &mut self.registers.last_mut().expect("a register is there").fields;
        let low = fields.last().map_or(0, |last| last.low + last.width);
        assert!(low + width <= WIDTH, "no room for `{name}`");
        if let Access::Constant(value) = access {
            assert!(bit_length(value.into()) <= width, "`{name}` has {width} bits: {value} does not fit");
        }
        let is_forwarded = access == Access::Forwarded;
        assert!(
            fields.iter().all(|field| (field.access == Access::Forwarded) == is_forwarded),
            "`{name}` is in a register with fields that another module keeps, and with others"
        );
        fields.push(RegisterField { name, low, width, access, meaning, codes: vec![] });
        assert!(
            is_forwarded || self.first_forwarded() == self.registers.len(),
            "`{name}` is behind registers that another module keeps, which are the last of their map"
        );
        FieldRef {
            register: self.registers.len() - 1,
            field: self.registers[self.registers.len() - 1].fields.len() - 1,
        }
    }

    /// Adds a field whose values are those of an enum, as [`field`](RegisterMap::field) does.
    pub fn coded<E: Encoded>(
        &mut self,
        name: &'static str,
        access: Access,
        meaning: &'static str,
    ) -> FieldRef {
        let field = self.field(name, E::WIDTH, access, meaning);
        let code = |value: &Value<E>| Code { code: value.value.code() as u32, name: value.name };
        let codes = &mut self.registers[field.register].fields[field.field].codes;
        codes.extend(E::VALUES.iter().map(code));
        codes.sort();
        field
    }

    /// Bits of a byte address.
    pub fn address_bits(&self) -> u32 {
        bit_length(self.registers.len() as u128 * 4 - 1).max(3)
    }

    /// The byte address of a field's register.
    pub fn address(&self, field: FieldRef) -> u32 {
        4 * field.register as u32
    }

    fn get(&self, field: FieldRef) -> &RegisterField {
        &self.registers[field.register].fields[field.field]
    }

    /// The first register that another module keeps; as many as there are, if none is kept elsewhere.
    fn first_forwarded(&self) -> usize {
        let is_forwarded = |of: &Register| of.fields.iter().any(|field| field.access == Access::Forwarded);
        self.registers.iter().position(is_forwarded).unwrap_or(self.registers.len())
    }

    /// All fields, in order.
    fn fields(&self) -> impl Iterator<Item = (FieldRef, &RegisterField)> {
        self.registers.iter().enumerate().flat_map(|(register, of)| {
            of.fields.iter().enumerate().map(move |(field, def)| (FieldRef { register, field }, def))
        })
    }
}

impl Register {
    /// The bits that no field has: they must be written as 0.
    fn reserved(&self) -> u32 {
        !self.fields.iter().fold(0, |bits, field| bits | field.mask())
    }
}

impl RegisterField {
    /// What it says, with the names of its values: `format: 0 fp32, 1 fp16`.
    pub fn explained(&self) -> String {
        let codes: Vec<String> =
            self.codes.iter().map(|Code { code, name }| format!("{code} {name}")).collect();
        match codes.is_empty() {
            true => self.meaning.into(),
            false => format!("{}: {}", self.meaning, codes.join(", ")),
        }
    }

    /// Its bits in the register.
    pub fn mask(&self) -> u32 {
        let ones = u32::MAX >> (WIDTH - self.width);
        ones << self.low
    }
}

fn example(design: &Design) -> ModuleRef {
    let mut map = RegisterMap::new("registers");
    map.register("CONTROL", "what is to be done");
    let start = map.field("start", 1, Access::Pulse, "begin");
    map.register("SIZE", "how much");
    let size = map.field("size", 16, Access::ReadWrite, "words");
    map.register("STATUS", "what was done");
    let done = map.field("done", 1, Access::WriteOneToClear, "it has ended");
    design.module("registers", &["example"], |m| {
        let ends = m.input("ends", 1, "it ends in this cycle");
        let mut port = AxiLite::new(m, &map);
        m.output("start", port.sets(start), "begin in this cycle");
        m.output("size", port.value(size), "words");
        port.note(done, ends);
        port.finish();
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_each_other() {
        let mut map = RegisterMap::new("example");
        map.register("CONTROL", "what it does");
        let start = map.field("start", 1, Access::Pulse, "begin");
        map.register("SIZE", "how much");
        let (low, high) = (
            map.field("low", 4, Access::ReadWrite, "the least"),
            map.field("high", 28, Access::ReadWrite, "the rest"),
        );
        assert_eq!((map.address(start), map.address(low), map.address(high)), (0, 4, 4));
        assert_eq!((map.get(low).mask(), map.get(high).mask()), (0xf, 0xffff_fff0));
        assert_eq!((map.registers[0].reserved(), map.registers[1].reserved()), (0xffff_fffe, 0));
        assert_eq!(map.address_bits(), 3);
    }

    #[test]
    #[should_panic(expected = "`size` is behind registers that another module keeps")]
    fn registers_that_another_module_keeps_are_the_last() {
        let mut map = RegisterMap::new("example");
        map.register("ELSEWHERE", "kept by another module");
        map.field("value", 4, Access::Forwarded, "any");
        map.register("SIZE", "how much");
        map.field("size", 4, Access::ReadWrite, "words");
    }

    #[test]
    #[should_panic(expected = "`words` has 9 bits: 512 does not fit")]
    fn constants_fit_their_fields() {
        let mut map = RegisterMap::new("example");
        map.register("INFO", "parameters");
        map.field("words", 9, Access::Constant(512), "words");
    }
}
