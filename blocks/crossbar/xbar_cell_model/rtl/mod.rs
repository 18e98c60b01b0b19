//! The model as a netlist: a memory for each column, whose rows take a pulse one in a clock.
//!
//! ```text
//! drive, pulse, amplitudes, cells, rows --> [the pulse] --> step without deviations --+
//!                                       --> [waiting] --> row --> [cells of a column] --> x factors, +- --> [cells]
//! read_row ------------------------------------------------------> [cells of a column] --> /, >= --> codes, above
//! ```

mod column;
mod numbers;
mod pulse;

use super::BLOCK;
use super::params::{Outputs, Params};
use crate::block::Hardware;
use crate::crossbar::cell::rtl::factors;
use crate::top::block;
use column::{Column, Read};
use hdl::{Design, Module, ModuleRef, Signal};
use numbers::Widths;
use pulse::Given;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "A model of cells under SET and RESET pulses, for simulation: no hardware to tape out.";
        let timing = "A row takes a pulse in the clock behind it, further rows one in a clock.";
        block(design, &BLOCK, self, &[what, timing], |m| array(m, self))
    }
}

fn array<'m>(m: &'m Module, params: &Params) {
    let inputs = m.inputs(&params.inputs());
    let device = params.cells.device();
    let widths = Widths::new(&device);
    let given = Given::new(m, params, &inputs.drive, &widths);
    let cycle_factors =
        (params.cells.cycle_to_cycle > 0).then(|| factors(m, "cycle_factors", &device.cycle_to_cycle));
    let column = |number: u32| {
        m.scope(&format!("column{number}"), || {
            let column = Column::new(m, params, &device, number);
            column.take(params, &widths, cycle_factors, &given, inputs.renew);
            column.read(params, inputs.read_row, inputs.read_reference)
        })
    };
    let columns: Vec<Read<'m>> = (0..params.columns).map(column).collect();
    let all =
        |of: &dyn Fn(&Read<'m>) -> Signal<'m>| m.concat_lsb(&columns.iter().map(of).collect::<Vec<_>>());
    let outputs = Outputs {
        ready: !given.waits,
        conductances: all(&|read| read.conductance),
        codes: all(&|read| read.code),
        above: all(&|read| read.is_above),
    };
    m.outputs(&params.outputs(), outputs);
}
