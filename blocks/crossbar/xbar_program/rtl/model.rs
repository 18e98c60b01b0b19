//! The model of the cells in their place, for simulation.

use crate::block::Hardware;
use crate::crossbar::xbar_cell_model;
use crate::crossbar::xbar_program::params::{Analog, Params, Verify, Word};
use hdl::{Child, Module, Signal, Stream};
use parts::storage::held::held;

/// The model, and the word that is programmed.
pub struct Model<'m> {
    child: Child<'m>,
    row: Signal<'m>,
    declared: xbar_cell_model::Params,
}

impl<'m> Model<'m> {
    /// The model reads the word that comes last.
    pub fn new(
        m: &'m Module,
        model: &xbar_cell_model::Params,
        word: &Stream<'m, Word<Signal<'m>>>,
    ) -> Model<'m> {
        let child = m.instance("u_cells", model.build(m.design()));
        let row = held(m, "row", word.payload.row.expect("words of the model have rows"), word.fires());
        let renew = m.input("renew", 1, "all cells of the model are new from the end of the clock on");
        child.set("renew", renew).set("read_row", row);
        m.output("conductances", child.get("conductances"), "of the word's cells, in nS");
        Model { child, row, declared: model.clone() }
    }

    /// What the cells of a beat answer.
    pub fn sensed(&self, params: &Params, beat: Option<Signal<'m>>) -> Signal<'m> {
        match params.verify {
            Verify::Level => self.child.get("above"),
            Verify::Adc => {
                let beats = self.child.get("codes").split_lsb(params.lanes() * params.adc_bits);
                let Some(beat) = beat else { return beats[0] };
                let cases = (0u64..).zip(beats).map(|(number, codes)| (beat.eq(number), codes));
                beat.module().one_hot(&cases.collect::<Vec<_>>())
            }
        }
    }

    /// The pins of the controller, at the model.
    pub fn attach(&self, m: &'m Module, pins: &Analog<Signal<'m>>) {
        let reference = pins.read_reference.unwrap_or_else(|| m.zero(self.declared.adc_bits));
        let first = m.lit(1, self.declared.rows);
        self.child
            .set("drive", pins.drive)
            .set("pulse", pins.pulse)
            .set("polarity", pins.polarity)
            .set("word_line", pins.word_line)
            .set("line", pins.line)
            .set("cells", pins.cells)
            .set("rows", first << self.row)
            .set("read_reference", reference);
    }
}
