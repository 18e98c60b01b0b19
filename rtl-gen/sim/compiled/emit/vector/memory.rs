//! Memories: each lane has its own, and its own address.

use super::Vector;
use super::forms::{Form, element, vector};
use crate::compiled::emit::edge::times;
use crate::compiled::layout::{BLOCK, Words};
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use hdl::limbs_for;

impl Vector<'_, '_> {
    /// The words at the lanes' addresses; 0 beyond the depth.
    pub fn read(&mut self, memory: usize, address: TermId) -> Form {
        let words = self.layout.units[self.job.unit].memories[memory];
        let (addresses, size) = (self.clean_elements(address), element(self.width(address)));
        let covers = words.covers(self.width(address));
        let kind = vector(element(words.width));
        let per_register = kind.lane_count() as usize;
        let zero = self.splat(kind.lane_bits(), 0);
        let first = self.first_word(words);
        let mut registers = vec![zero; limbs_for(words.width) * BLOCK / per_register];
        for lane in 0..BLOCK {
            let per_address = 128 / size as usize;
            let address = self.extracted(addresses[lane / per_address], lane % per_address);
            let (word, is_in_range) = self.word(words, first, address, covers);
            for limb in 0..limbs_for(words.width) {
                let place = limb * BLOCK + lane;
                let offset = (lane * words.lane_bytes() + 8 * limb) as i32;
                let value = self.element_at(word, offset, kind.lane_type(), is_in_range);
                let register = &mut registers[place / per_register];
                *register = self.builder.ins().insertlane(*register, value, (place % per_register) as u8);
            }
        }
        Form::of_lanes(words.width, registers)
    }

    /// An element as an `i64`.
    fn extracted(&mut self, register: Value, index: usize) -> Value {
        let value = self.builder.ins().extractlane(register, index as u8);
        match self.builder.func.dfg.value_type(value) {
            types::I64 => value,
            _ => self.builder.ins().uextend(types::I64, value),
        }
    }

    /// The address of the first word of the first lane.
    fn first_word(&mut self, words: Words) -> Value {
        let own = self.frame.lane.expect("a vector has lanes");
        let own = times(self.builder, own, words.lane_bytes());
        let first = self.builder.ins().iadd_imm_u(self.frame.memory, words.offset as i64);
        self.builder.ins().iadd(first, own)
    }

    /// The address of a word in the first lane, and whether it is in range; `None` if it always is.
    fn word(&mut self, words: Words, first: Value, address: Value, covers: bool) -> (Value, Option<Value>) {
        let is_in_range = (!covers)
            .then(|| self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, address, words.depth as i64));
        let address = is_in_range.map_or(address, |is_in| {
            let beyond = self.builder.ins().iconst(types::I64, words.depth as i64);
            self.builder.ins().select(is_in, address, beyond)
        });
        let distance = times(self.builder, address, words.word_bytes());
        (self.builder.ins().iadd(first, distance), is_in_range)
    }

    fn element_at(&mut self, word: Value, offset: i32, kind: Type, is_in_range: Option<Value>) -> Value {
        let value = self.builder.ins().load(kind, MemFlagsData::trusted(), word, offset);
        let Some(is_in_range) = is_in_range else { return value };
        let zero = self.builder.ins().iconst(kind, 0);
        self.builder.ins().select(is_in_range, value, zero)
    }
}
