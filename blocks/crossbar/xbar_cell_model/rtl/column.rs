//! The cells of a column.

use super::numbers::{Widths, capped, divided};
use super::pulse::Given;
use crate::crossbar::cell::rtl::after;
use crate::crossbar::cell::{Cell, Device, FACTOR_BITS, cycle_state};
use crate::crossbar::xbar_cell_model::params::Params;
use hdl::{Bits, Module, Ram, Reg, Signal, bit_length};

/// Width of the number of pulses of a cell.
const PULSES_BITS: u32 = 32;

/// What is constant of the cells of a column: the same for all, or by row.
enum Constant<'m> {
    Same(Signal<'m>),
    ByRow(Ram<'m>),
}

impl<'m> Constant<'m> {
    fn new(m: &'m Module, name: &str, values: &[u64]) -> Constant<'m> {
        let greatest = values.iter().fold(0, |greatest, value| greatest.max(*value));
        let bits = bit_length(greatest.into()).max(1);
        let words: Vec<Bits> = values.iter().map(|value| Bits::truncated((*value).into(), bits)).collect();
        match words.iter().all(|word| *word == words[0]) {
            true => Constant::Same(m.bits(&words[0])),
            false => Constant::ByRow(m.rom(name, &words)),
        }
    }

    fn of(&self, row: Signal<'m>) -> Signal<'m> {
        match self {
            Constant::Same(value) => *value,
            Constant::ByRow(values) => values.read(row),
        }
    }
}

/// What is known of a cell.
struct State<'m> {
    conductance: Signal<'m>,
    pulses: Option<Signal<'m>>,
}

/// What a read tells of a cell.
pub struct Read<'m> {
    pub conductance: Signal<'m>,
    pub code: Signal<'m>,
    pub is_above: Signal<'m>,
}

/// The cells.
pub struct Column<'m> {
    m: &'m Module,
    number: u32,
    /// Conductances, below numbers of pulses if there are deviations from pulse to pulse.
    cells: Ram<'m>,
    /// The rows whose cells are not new.
    changed: Reg<'m>,
    /// Of new cells.
    start: Constant<'m>,
    /// Factors; 0 for cells that are stuck. None if all are 1.
    factors: Option<Constant<'m>>,
}

impl<'m> Column<'m> {
    /// New cells.
    pub fn new(m: &'m Module, params: &Params, device: &Device, number: u32) -> Column<'m> {
        let cell = |row: u32| Cell::new(device, params.cells.cell_seed, row * params.columns + number);
        let new: Vec<Cell> = (0..params.rows).map(cell).collect();
        let start: Vec<u64> = new.iter().map(|cell| cell.conductance).collect();
        let factors: Vec<u64> = new.iter().map(|cell| if cell.is_stuck { 0 } else { cell.factor }).collect();
        let deviates = factors.iter().any(|factor| *factor != 1 << FACTOR_BITS);
        let pulses_bits = if params.cells.cycle_to_cycle > 0 { PULSES_BITS } else { 0 };
        Column {
            m,
            number,
            cells: m.memory("cells", params.conductance_bits() + pulses_bits, params.rows.into()),
            changed: m.reg("changed", params.rows).reset_to(0),
            start: Constant::new(m, "start", &start),
            factors: deviates.then(|| Constant::new(m, "own_factors", &factors)),
        }
    }

    fn at(&self, params: &Params, row: Signal<'m>) -> State<'m> {
        let bits = params.conductance_bits();
        let (word, is_changed) = (self.cells.read(row), self.changed.value().bit_at(row));
        let start = self.start.of(row).zext(bits);
        State {
            conductance: is_changed.mux(word.low(bits), start),
            pulses: (word.width() > bits).then(|| word.high(PULSES_BITS).gated(is_changed)),
        }
    }

    /// A cell takes the pulse, if it is one of those that do.
    pub fn take(
        &self,
        params: &Params,
        widths: &Widths,
        cycle_factors: Option<Ram<'m>>,
        given: &Given<'m>,
        renew: Signal<'m>,
    ) {
        let m = self.m;
        let State { conductance, pulses } = self.at(params, given.row);
        let own = match &self.factors {
            None => given.step,
            Some(factors) => (given.step * factors.of(given.row)) >> FACTOR_BITS,
        };
        let own = capped(own, widths.own);
        let step = match cycle_factors.zip(pulses) {
            None => own,
            Some((factors, pulses)) => {
                (own * factors.read(self.random(params, given.row, pulses).high(8))) >> FACTOR_BITS
            }
        };
        let moved = moved(params, given.set, conductance, capped(step, widths.step));
        let word = match pulses {
            None => moved,
            Some(pulses) => m.concat(&[pulses + 1, moved]),
        };
        let takes = (given.takes & given.columns.bit(self.number)).named("cell_takes");
        self.cells.write(takes, given.row, word);
        self.changed.enable(renew | takes).set((self.changed.value() | given.rows).gated(!renew));
    }

    /// The random number of a pulse.
    fn random(&self, params: &Params, row: Signal<'m>, pulses: Signal<'m>) -> Signal<'m> {
        let m = self.m;
        let first_of_row = row * m.lit(params.columns.into(), bit_length(params.columns.into()));
        let number = first_of_row.zext(32) + self.number;
        after(after(m.lit(cycle_state(params.cells.cell_seed).into(), 32), number), pulses)
    }

    /// What a read tells of the cell of a row.
    pub fn read(&self, params: &Params, row: Signal<'m>, reference: Signal<'m>) -> Read<'m> {
        let conductance = self.at(params, row).conductance.named("conductance");
        let step = params.cells.code_step;
        let reference = reference * self.m.lit(step.into(), bit_length(step.into()));
        let width = reference.width().max(conductance.width());
        Read {
            conductance,
            code: capped(divided(self.m, conductance, step.into()), params.adc_bits),
            is_above: conductance.zext(width).ge(reference.zext(width)),
        }
    }
}

/// A conductance after a step, within the limits of cells.
fn moved<'m>(params: &Params, set: Signal<'m>, conductance: Signal<'m>, step: Signal<'m>) -> Signal<'m> {
    let bits = params.conductance_bits();
    let m = set.module();
    let (least, greatest) = (params.cells.least_conductance, params.cells.greatest_conductance);
    let sum = conductance.add_wide(step);
    let rises = sum.gt(u64::from(greatest)).mux(m.lit(greatest.into(), bits), sum.low(bits));
    let lowest = step.add_wide(m.lit(least.into(), bits));
    let falls = conductance.zext(bits + 1).lt(lowest).mux(m.lit(least.into(), bits), conductance - step);
    set.mux(rises, falls)
}
