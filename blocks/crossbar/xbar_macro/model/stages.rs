//! The output stages of all converters, cycle by cycle.

use crate::common::lanes::{flag, joined, joined_within};
use crate::crossbar::xbar_macro::params::{MULTIPLIER_AT, Params, SHIFT_AT, lane};
use crate::crossbar::xbar_output_stage::model::{Done, Golden, Outcome};
use crate::crossbar::xbar_output_stage::{Function, Params as StageParams};
use hdl::Bits;
use std::collections::VecDeque;

/// Results of an output of each converter.
#[derive(Clone, Debug)]
pub struct Results {
    pub data: Bits,
    pub last: bool,
    /// They are wrong.
    pub user: bool,
}

/// The stages.
pub struct Stages {
    params: StageParams,
    goldens: Vec<Golden>,
    /// Results by register, the oldest last.
    registers: VecDeque<Option<Results>>,
    has_table: bool,
    is_new: bool,
    /// The table in use is wrong.
    pub table_is_wrong: bool,
    /// Entries of the table so far.
    entries: usize,
}

impl Stages {
    /// After a reset.
    pub fn new(params: &Params, stage: StageParams) -> Stages {
        let registers = match stage.function {
            Function::Scale => 4,
            Function::Lif => 2,
        };
        Stages {
            goldens: (0..params.mvm.adcs).map(|_| Golden::new(&stage)).collect(),
            params: stage,
            registers: vec![None; registers].into(),
            has_table: false,
            is_new: false,
            table_is_wrong: false,
            entries: 0,
        }
    }

    /// Results are inside.
    pub fn are_busy(&self) -> bool {
        self.registers.iter().any(Option::is_some)
    }

    /// The first sums of a vector wait for a table.
    pub fn loads(&self, reload: bool) -> bool {
        !self.is_new && (reload || !self.has_table)
    }

    /// All registers move if a result can leave.
    pub fn moves(&self, has_room: bool) -> bool {
        has_room || self.registers.back().is_some_and(Option::is_none)
    }

    /// The fields of an entry, and whether one has more than its bits.
    pub fn entry(&self, data: &Bits) -> (Vec<Bits>, bool) {
        let declared = self.params.entry();
        let top = data.width();
        let parts = [
            (declared.bias, 0, MULTIPLIER_AT, true),
            (declared.multiplier, MULTIPLIER_AT, SHIFT_AT, false),
            (declared.shift, SHIFT_AT, top, false),
            (declared.threshold, 0, top, false),
        ];
        let mut is_odd = false;
        let part = |(bits, low, above, is_signed): (Option<u32>, u32, u32, bool)| {
            let part = data.slice(above - 1, low);
            bits.map(|bits| {
                is_odd |= !fits(part.to_u64(), part.width(), bits, is_signed);
                part.slice(bits - 1, 0)
            })
        };
        let fields = parts.into_iter().filter_map(part).collect();
        (fields, is_odd)
    }

    /// An entry of the table is taken; with the last one the table is new.
    pub fn load(&mut self, fields: &[Bits], ends: bool, is_wrong: bool) {
        let stage = self.entries % self.goldens.len();
        self.entries += 1;
        self.goldens[stage].take(0, fields, |_| {});
        if ends {
            (self.has_table, self.is_new, self.table_is_wrong, self.entries) = (true, true, is_wrong, 0);
        }
    }

    /// The registers move, with the results of these sums, if there are any; gives the ones that leave.
    pub fn clock(&mut self, sums: Option<&Given>, width: u32) -> Option<Results> {
        let leaving = self.registers.pop_back().flatten();
        let results = sums.map(|given| self.results(given, width));
        self.registers.push_front(results);
        self.is_new &= sums.is_none();
        leaving
    }

    fn results(&mut self, given: &Given, width: u32) -> Results {
        let Given { last, reload, rest, user, .. } = *given;
        let sum_bits = self.params.sum_bits;
        let (mut values, mut bits) = (vec![], 1);
        for (golden, sum) in self.goldens.iter_mut().zip(&given.sums) {
            let mut beat = vec![joined(sum_bits, &[*sum]), flag(last), flag(false), flag(reload)];
            beat.extend(rest.map(flag));
            golden.take(1, &beat, |Done { outcome, .. }| match outcome {
                Outcome::Value { value, .. } => {
                    bits = lane(self.params.value_bits);
                    values.push(value);
                }
                Outcome::Spike { fires, .. } => values.push(fires.into()),
            });
        }
        Results { data: joined_within(width, bits, &values), last, user }
    }
}

/// Sums of an output of each converter, which are taken.
pub struct Given {
    pub sums: Vec<i128>,
    pub last: bool,
    pub reload: bool,
    /// Neurons rest before their vector; none if there are no neurons.
    pub rest: Option<bool>,
    /// They are wrong.
    pub user: bool,
}

/// Whether a number of some bits has no more than `bits`.
pub fn fits(number: u64, width: u32, bits: u32, is_signed: bool) -> bool {
    match is_signed {
        false => bits >= width || number >> bits == 0,
        true => {
            let signed = (number << (64 - width)) as i64 >> (64 - width);
            let greatest = (1i128 << (bits - 1)) - 1;
            (-greatest - 1..=greatest).contains(&signed.into())
        }
    }
}
