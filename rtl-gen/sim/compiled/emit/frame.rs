//! Where a function finds the cells of a lane.

use cranelift_codegen::ir::Value;

/// The addresses from which the cells of a lane are reached.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub memory: Value,
    /// The lane's number; `None` in a unit that has only one.
    pub lane: Option<Value>,
    /// `memory` plus 1, 2, 4 and 8 times the lane's number.
    pub bases: [Value; 4],
}
