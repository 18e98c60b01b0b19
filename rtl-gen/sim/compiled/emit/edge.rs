//! Memories: reads within a cycle, and the writes of a clock edge.

use super::scalar::{Form, Scalar, type_of};
use crate::compiled::layout::Words;
use crate::compiled::unit::{TermId, Write};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;
use hdl::limbs_for;

impl Scalar<'_, '_> {
    /// The word at an address; 0 beyond the depth.
    pub fn read(&mut self, memory: usize, address: TermId) -> Form {
        let words = self.layout.units[self.job.unit].memories[memory];
        let (address, in_range) = self.address_of_word(words, address);
        let word = self.word(words, address, in_range);
        let mut limbs = vec![];
        for limb in 0..limbs_for(words.width) {
            let value = self.load_element(word, 8 * limb as i32, words.width.min(64));
            let zero = self.literal(self.builder.func.dfg.value_type(value), 0);
            limbs.push(in_range.map_or(value, |is_in| self.builder.ins().select(is_in, value, zero)));
        }
        match limbs[..] {
            [value] => Form::Narrow { value, is_clean: true },
            _ => Form::Wide(limbs),
        }
    }

    /// An address as an `i64`, and whether it is in range; `None` if it always is.
    fn address_of_word(&mut self, words: Words, address: TermId) -> (Value, Option<Value>) {
        let covers = words.covers(self.width(address));
        let address = self.amount(address, words.depth as u64);
        let is_in_range = (!covers).then(|| {
            let depth = self.literal(types::I64, words.depth as u64);
            self.builder.ins().icmp(IntCC::UnsignedLessThan, address, depth)
        });
        (address, is_in_range)
    }

    /// The address of a word of this lane, or of the spare word after the last if `is_in_range` is 0.
    fn word(&mut self, words: Words, address: Value, is_in_range: Option<Value>) -> Value {
        let address = is_in_range.map_or(address, |is_in| {
            let beyond = self.literal(types::I64, words.depth as u64);
            self.builder.ins().select(is_in, address, beyond)
        });
        let distance = times(self.builder, address, words.word_bytes());
        let start = self.builder.ins().iadd_imm_u(self.frame.memory, words.offset as i64);
        let start = match self.frame.lane {
            None => start,
            Some(lane) => {
                let lane = times(self.builder, lane, words.lane_bytes());
                self.builder.ins().iadd(start, lane)
            }
        };
        self.builder.ins().iadd(start, distance)
    }
}

/// A multiplication by a constant; for a power of two a shift, which Cranelift would not use on its own.
pub(super) fn times(builder: &mut FunctionBuilder, value: Value, factor: usize) -> Value {
    match factor.is_power_of_two() {
        true => builder.ins().ishl_imm_u(value, factor.ilog2() as i64),
        false => builder.ins().imul_imm_u(value, factor as i64),
    }
}

/// The write ports of all memories, in order. A write that is not enabled, or beyond the depth, goes to the spare word
/// after the last: a branch would be mispredicted.
pub(super) fn memory_writes(scalar: &mut Scalar) {
    for (index, memory) in scalar.unit.memories.iter().enumerate() {
        let words = scalar.layout.units[scalar.job.unit].memories[index];
        memory.writes.iter().for_each(|write| memory_write(scalar, words, *write));
    }
}

fn memory_write(scalar: &mut Scalar, words: Words, write: Write) {
    let enable = scalar.clean(write.enable);
    let (address, in_range) = scalar.address_of_word(words, write.address);
    let is_written = in_range.map_or(enable, |in_range| scalar.builder.ins().band(enable, in_range));
    let word = scalar.word(words, address, Some(is_written));
    let limbs = match scalar.form(write.data) {
        Form::Narrow { .. } => {
            let value = scalar.clean(write.data);
            vec![scalar.cast(value, type_of(words.width))]
        }
        Form::Wide(limbs) => limbs,
    };
    for (limb, value) in limbs.into_iter().enumerate() {
        scalar.store_element(value, word, 8 * limb as i32, words.width.min(64));
    }
}
