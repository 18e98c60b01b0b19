//! Register stages that move together.

use hdl::{Module, Signal};
use parts::storage::held::{held, held_flag};

/// Stages that all move while `advance` is 1.
#[derive(Clone, Copy)]
pub struct Flow<'m> {
    /// Their module.
    pub m: &'m Module,
    /// They move.
    pub advance: Signal<'m>,
}

impl<'m> Flow<'m> {
    /// The value a stage later.
    pub fn keep(&self, name: &str, value: Signal<'m>) -> Signal<'m> {
        held(self.m, name, value, self.advance)
    }

    /// The same of a bit that is 0 after a reset.
    pub fn flag(&self, name: &str, value: Signal<'m>) -> Signal<'m> {
        held_flag(self.m, name, value, self.advance)
    }

    /// The values of lanes a stage later.
    pub fn keep_all(&self, name: &str, values: &[Signal<'m>]) -> Vec<Signal<'m>> {
        (0..).zip(values).map(|(lane, value)| self.keep(&format!("{name}{lane}"), *value)).collect()
    }

    /// The value behind several stages, in registers called `<stage>_<name>`.
    pub fn through(&self, stages: &[&str], name: &str, value: Signal<'m>) -> Signal<'m> {
        stages.iter().fold(value, |value, stage| self.keep(&format!("{stage}_{name}"), value))
    }

    /// Whether there is a beat, behind several stages; after a reset there is none.
    pub fn valid_through(&self, stages: &[&str], valid: Signal<'m>) -> Signal<'m> {
        stages.iter().fold(valid, |valid, stage| self.flag(&format!("{stage}_valid"), valid))
    }
}
