//! The registers of `meadow_decoder_layer`.

use super::params::{ADDRESS_BITS, COUNT_BITS, Params, Unpacker};
use parts::registers::{Access, FieldRef, RegisterMap};

/// The registers, and their fields by name.
pub struct Registers {
    /// All of them.
    pub map: RegisterMap,
    /// A list begins.
    pub start: FieldRef,
    /// Address of the list.
    pub list: FieldRef,
    /// A list is at work.
    pub busy: FieldRef,
    /// Why the last list ended early.
    pub errors: [FieldRef; 3],
    /// Steps that the last list has done.
    pub steps: FieldRef,
    /// A list has ended.
    pub done: FieldRef,
    /// The end of a list interrupts.
    pub enable: FieldRef,
}

impl Registers {
    /// The registers of a block with these parameters.
    pub fn new(params: &Params) -> Registers {
        let mut map = RegisterMap::new("meadow_decoder_layer");
        map.register("START", "Starts a list of steps.");
        let start =
            map.field("start", 1, Access::Pulse, "starts the list at LIST; refused while one is at work");
        map.register("LIST", "Where the list is.");
        let list = map.field("address", ADDRESS_BITS, Access::ReadWrite, "byte address of the first step");
        map.register("STATUS", "State, and how the last list ended.");
        let busy = map.field("busy", 1, Access::ReadOnly, "a list is at work");
        let mut error = |name, meaning| map.field(name, 1, Access::ReadOnly, meaning);
        let errors = [
            error("illegal", "a step was illegal"),
            error("read_error", "memory answered a read with an error, or a container was wrong"),
            error("write_error", "memory answered a write with an error"),
        ];
        map.register("STEPS", "How far the last list got.");
        let steps = map.field("steps", COUNT_BITS, Access::ReadOnly, "steps that were done");
        map.register("INTERRUPT", "What has happened.");
        let done = map.field("done", 1, Access::WriteOneToClear, "a list has ended");
        map.register("ENABLE", "What interrupts.");
        let enable = map.field("done", 1, Access::ReadWrite, "irq is 1 while INTERRUPT.done is");
        map.register("INFO", "Parameters of the block.");
        let mut constant =
            |name, width, value, meaning| map.field(name, width, Access::Constant(value), meaning);
        constant("tokens", 8, params.tokens, "tokens at once");
        constant("d_head", 8, params.d_head, "columns of a tile");
        constant("bus_bytes", 8, params.bytes(), "bytes of a beat");
        let unpacker = match params.unpacker {
            Unpacker::None => 0,
            Unpacker::Huffman => 1,
            Unpacker::All => 2,
        };
        constant("unpacker", 6, unpacker, "containers of weights: 0 none, 1 raw and huffman, 2 meadow too");
        constant("sparse", 1, params.sparse.into(), "sparse products are legal");
        let has_local = u32::from(params.local_words > 0);
        constant("local", 1, has_local, "there is on-chip memory, and a register LOCAL");
        if params.local_words > 0 {
            map.register("LOCAL", "The on-chip memory.");
            map.field("words", 32, Access::Constant(params.local_words), "words of it, each a beat");
        }
        Registers { map, start, list, busy, errors, steps, done, enable }
    }
}
