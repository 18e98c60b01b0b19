//! Memories: reads within a cycle, and the writes of a clock edge.

use super::Mode;
use super::scalar::{Form, Scalar, type_of};
use crate::compiled::layout::{Place, Words};
use crate::compiled::unit::{TermId, Write};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use hdl::limbs_for;

impl Scalar<'_, '_> {
    /// The word at an address; 0 beyond the depth.
    pub fn read(&mut self, memory: usize, address: TermId) -> Form {
        let words = self.layout.units[self.job.unit].memories[memory];
        let address_width = self.width(address);
        let address = self.amount(address, words.depth as u64);
        let covers = address_width < 64 && 1 << address_width <= words.depth as u64;
        let in_range = (!covers).then(|| self.is_in_range(words, address));
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

    fn is_in_range(&mut self, words: Words, address: Value) -> Value {
        let depth = self.literal(types::I64, words.depth as u64);
        self.builder.ins().icmp(IntCC::UnsignedLessThan, address, depth)
    }

    /// The address of a word of this lane; of the one behind the last where `is_in_range` is 0.
    fn word(&mut self, words: Words, address: Value, is_in_range: Option<Value>) -> Value {
        let address = is_in_range.map_or(address, |is_in| {
            let beyond = self.literal(types::I64, words.depth as u64);
            self.builder.ins().select(is_in, address, beyond)
        });
        let distance = self.builder.ins().imul_imm_u(address, words.word_bytes() as i64);
        let start = self.builder.ins().iadd_imm_u(self.frame.memory, words.offset as i64);
        let start = match self.frame.lane {
            None => start,
            Some(lane) => {
                let lane = self.builder.ins().imul_imm_u(lane, words.lane_bytes() as i64);
                self.builder.ins().iadd(start, lane)
            }
        };
        self.builder.ins().iadd(start, distance)
    }
}

/// The write ports of all memories, in order. A write without an enable, or beyond the depth, goes to the word behind
/// the last: a branch would be mispredicted.
pub(super) fn memory_writes(scalar: &mut Scalar) {
    for (index, memory) in scalar.unit.memories.iter().enumerate() {
        let words = scalar.layout.units[scalar.job.unit].memories[index];
        memory.writes.iter().for_each(|write| memory_write(scalar, words, *write));
    }
}

fn memory_write(scalar: &mut Scalar, words: Words, write: Write) {
    let enable = scalar.clean(write.enable);
    let address = scalar.amount(write.address, words.depth as u64);
    let in_range = scalar.is_in_range(words, address);
    let is_written = scalar.builder.ins().band(enable, in_range);
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
    if scalar.job.mode == Mode::Gated {
        let changed = scalar.layout.units[scalar.job.unit].changed;
        scalar.mark(Place { cell: changed, lane: None }, is_written);
    }
}
