//! Simulators as runs side by side.

use super::BrokenRule;
use super::many::Runs;
use hdl::Port;
use sim::{Batch, Simulator};

/// A simulator is one run.
pub struct Single<S>(pub S);

impl<S: Simulator> Runs for Single<S> {
    fn count(&self) -> usize {
        1
    }

    fn poke(&mut self, port: usize, mut values: impl Iterator<Item = u64>) {
        self.0.poke_u64(port, values.next().expect("there is a value for the run"));
    }

    fn peek(&mut self, port: usize, values: &mut [u64]) {
        values[0] = self.0.peek_u64(port);
    }

    fn tick(&mut self) {
        self.0.tick();
    }

    fn broken_rule(&self) -> Option<BrokenRule> {
        BrokenRule::of(&self.0)
    }
}

/// A batch is a run for each lane.
impl Runs for Batch {
    fn count(&self) -> usize {
        self.lanes()
    }

    /// As integers no longer than the port needs, since shorter ones take less transposing.
    fn poke(&mut self, port: usize, values: impl Iterator<Item = u64>) {
        let Port { width, .. } = self.ports()[port];
        match width {
            0..=8 => self.poke_values(port, &cut::<u8>(values)),
            9..=16 => self.poke_values(port, &cut::<u16>(values)),
            17..=32 => self.poke_values(port, &cut::<u32>(values)),
            _ => self.poke_values(port, &values.collect::<Vec<u64>>()),
        }
    }

    fn peek(&mut self, port: usize, values: &mut [u64]) {
        let Port { width, .. } = self.ports()[port];
        match width {
            0..=8 => widen(values, |narrow| self.peek_values::<u8>(port, narrow)),
            9..=16 => widen(values, |narrow| self.peek_values::<u16>(port, narrow)),
            17..=32 => widen(values, |narrow| self.peek_values::<u32>(port, narrow)),
            _ => self.peek_values(port, values),
        }
    }

    fn tick(&mut self) {
        Batch::tick(self);
    }

    fn broken_rule(&self) -> Option<BrokenRule> {
        let [violations, errors] = [self.violations(), self.environment_errors()]
            .map(|broken| broken.into_iter().map(|broken| broken.violation).collect());
        BrokenRule::among(violations, errors)
    }
}

/// Integers to which a value of up to 64 bits may be truncated.
trait Narrow: Copy + Default + Into<u64> {
    fn cut(value: u64) -> Self;
}

impl Narrow for u8 {
    fn cut(value: u64) -> u8 {
        value as u8
    }
}

impl Narrow for u16 {
    fn cut(value: u64) -> u16 {
        value as u16
    }
}

impl Narrow for u32 {
    fn cut(value: u64) -> u32 {
        value as u32
    }
}

fn cut<N: Narrow>(values: impl Iterator<Item = u64>) -> Vec<N> {
    values.map(N::cut).collect()
}

fn widen<N: Narrow>(values: &mut [u64], read: impl FnOnce(&mut [N])) {
    let mut narrow = vec![N::default(); values.len()];
    read(&mut narrow);
    values.iter_mut().zip(narrow).for_each(|(value, narrow)| *value = narrow.into());
}
