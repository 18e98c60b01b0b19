//! The hardware: the blocks of a crossbar, joined.
//!
//! ```text
//! in --> driver --> word lines           (arrays)      comparators --> codes, arrays added --> shift-adds --> out
//!           +-----> sequencer --> steps, column -+        ^    ^                                   ^
//!                       +--> phase --------------|--------|----|--> [queue] -----------------------+
//!                       +--> column begins ------+--> [converters by successive approximation]
//! ```

use super::BLOCK;
use super::params::{Params, Side, Sums};
use crate::block::Hardware;
use crate::crossbar::phase::Phase;
use crate::crossbar::pins::{Adc, ArrayPlace, Load, Pins, outputs_of};
use crate::crossbar::xbar_adc_sar;
use crate::crossbar::xbar_sequencer::{self, Driven};
use crate::crossbar::xbar_shift_add::Conversion;
use crate::top::block;
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal, Stream};
use parts::arithmetic::tree::add_all;
use parts::storage::fifo::Fifo;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Products of vectors and the matrix in a crossbar, bit by bit of the inputs.";
        let place = match self.array {
            ArrayPlace::External => "The arrays are outside, at the pins.",
            ArrayPlace::Model => "The arrays are models inside, for simulation: no hardware to tape out.",
        };
        block(design, &BLOCK, self, &[what, place, &phase_takes(self), &conversion_takes(self)], |m| {
            mvm(m, self)
        })
    }
}

/// The clocks of a phase.
fn phase_takes(params: &Params) -> String {
    let columns = params.columns();
    match (params.read_out.holds, params.read_out.adc_holds) {
        (1, 1) => format!("A phase takes T_precharge + T_settle + {columns} x T_conv clocks."),
        // It settles beside the last conversion of the phase before it.
        (1, _) => format!(
            "A phase takes {columns} x T_conv + max(0, T_precharge + T_settle + T_s - T_conv) clocks."
        ),
        _ => format!("A phase takes max(T_precharge + T_settle, {columns} x T_conv) clocks."),
    }
}

/// The clocks of a column.
fn conversion_takes(params: &Params) -> String {
    let bits = params.read_out.adc_bits;
    match (params.read_out.adc, params.read_out.adc_holds) {
        (Adc::Flash, _) => "T_conv is T_convert.".into(),
        (Adc::Sar, 1) => format!("T_conv is {bits} x (T_d + 1) + T_s + 2."),
        (Adc::Sar, _) => format!("T_conv is max({bits} x (T_d + 1), T_s)."),
    }
}

/// Vectors whose phases are behind the driver: in the sequencer, the converters and the shift-adds.
const VECTORS: u64 = 8;

fn mvm(m: &Module, params: &Params) {
    let side = m.inputs(&params.side());
    let input = m.input_stream("in", &params.driver().inputs());
    let driver = m.instance("u_driver", params.driver().build(m.design()));
    input.connect(&driver.input_stream("in", &params.driver().inputs()));
    let driven = driver.output_stream("out", &params.driver().driven());

    let sequencer = m.instance("u_sequencer", params.sequencer().build(m.design()));
    let phases = sequencer.input_stream("in", &params.sequencer().driven());
    phases.set_valid(driven.valid());
    phases.set_payload(Driven { phase: driven.payload.phase });
    driven.set_ready(phases.ready());
    for (name, clocks) in [
        ("precharge_clocks", side.steps.precharge_clocks),
        ("settle_clocks", side.steps.settle_clocks),
        // Converters by successive approximation set the pace themselves.
        ("convert_clocks", side.steps.convert_clocks.unwrap_or(m.lit(1, xbar_sequencer::CLOCKS_BITS))),
    ] {
        sequencer.set(name, clocks);
    }

    let adders = Adders::new(m, params);
    let word_lines = by_array(m, params, driven.payload.rows);
    let array = outputs_of(sequencer, &params.sequencer().analog());
    let adc = match params.read_out.adc {
        Adc::Flash => {
            let pins = Pins { word_lines, array, adc: None };
            flash(m, params, &side, sequencer, &pins, &adders);
            None
        }
        Adc::Sar => Some(sar(m, params, &side, sequencer, word_lines, array, &adders)),
    };
    m.outputs(&params.pins(), Pins { word_lines, array, adc });

    let errors = Fifo::new(m, "errors", 1, VECTORS);
    let output = m.output_stream("out", &params.sums());
    let (sums, ends) = adders.sums(m, &output, errors.front);
    output.set_payload(sums);
    errors.finish(driven.fires() & driven.payload.phase.last, driven.payload.error, ends);
}

/// Word lines in the order of the driver, a row of each array one behind the other, in the order of the arrays.
fn by_array<'m>(m: &'m Module, params: &Params, rows: Signal<'m>) -> Signal<'m> {
    let row = |array: u32| (0..params.rows).map(move |row| rows.bit(row * params.row_arrays + array));
    m.concat_lsb(&(0..params.row_arrays).flat_map(row).collect::<Vec<_>>())
}

/// The shift-adds, one for each converter of an array, in lockstep.
struct Adders<'m> {
    children: Vec<Child<'m>>,
    inputs: Vec<Stream<'m, Conversion<Signal<'m>>>>,
    /// All take a conversion.
    ready: Signal<'m>,
}

impl<'m> Adders<'m> {
    fn new(m: &'m Module, params: &Params) -> Adders<'m> {
        let adder = params.adder();
        let module = adder.build(m.design());
        let children: Vec<Child> =
            (0..params.adcs).map(|adc| m.instance(&format!("u_shift_add{adc}"), module)).collect();
        let inputs: Vec<_> =
            children.iter().map(|child| child.input_stream("in", &adder.conversion())).collect();
        let ready = inputs[0].ready();
        Adders { children, inputs, ready }
    }

    /// Gives each its codes: those of arrays under each other, of the first array first, which are added.
    fn take(&self, valid: Signal<'m>, codes: &[Signal<'m>], phase: Phase<Signal<'m>>) {
        let adcs = self.inputs.len();
        for (adc, input) in self.inputs.iter().enumerate() {
            let own: Vec<Signal> = codes.iter().skip(adc).step_by(adcs).copied().collect();
            let are_greatest: Vec<Signal> = own.iter().map(|code| code.all()).collect();
            let saturated = Some(valid.module().concat_lsb(&are_greatest).any());
            input.set_valid(valid);
            input.set_payload(Conversion { code: add_all(own), saturated, phase });
        }
    }

    /// The sums of all, and whether those of a vector end.
    fn sums(
        &self,
        m: &'m Module,
        output: &Stream<'m, Sums<Signal<'m>>>,
        vector_error: Signal<'m>,
    ) -> (Sums<Signal<'m>>, Signal<'m>) {
        let get =
            |name: &str| -> Vec<Signal<'m>> { self.children.iter().map(|child| child.get(name)).collect() };
        self.children.iter().for_each(|child| {
            child.set("out_ready", output.ready());
        });
        output.set_valid(get("out_valid")[0]);
        let last = get("out_last")[0];
        let error = m.concat_lsb(&get("out_error")).any() | vector_error;
        let (sums, saturated) = (m.concat_lsb(&get("out_sum")), m.concat_lsb(&get("out_saturated")));
        (Sums { sums, saturated, last, error }, output.fires() & last)
    }
}

/// Flash converters: a column is converted in the clock in which it is taken.
fn flash<'m>(
    m: &'m Module,
    params: &Params,
    side: &Side<Signal<'m>>,
    sequencer: Child<'m>,
    pins: &Pins<Signal<'m>>,
    adders: &Adders<'m>,
) {
    let thermometer = side.thermometer.unwrap_or_else(|| models(m, params, side, pins, "thermometer"));
    let encoder = params.flash().build(m.design());
    let code = |(number, comparators): (usize, Signal<'m>)| {
        let child = m.instance(&format!("u_flash{number}"), encoder);
        child.set("thermometer", comparators).get("code")
    };
    let codes: Vec<Signal> =
        thermometer.split_lsb(params.flash().levels()).into_iter().enumerate().map(code).collect();
    let column = sequencer.output_stream("out", &params.sequencer().column());
    column.set_ready(adders.ready);
    adders.take(column.valid(), &codes, column.payload.phase);
}

/// Conversions that begin before the codes of those before them are taken.
const CONVERSIONS: u64 = 3;

/// Converters by successive approximation; gives their pins.
fn sar<'m>(
    m: &'m Module,
    params: &Params,
    side: &Side<Signal<'m>>,
    sequencer: Child<'m>,
    word_lines: Signal<'m>,
    array: xbar_sequencer::Analog<Signal<'m>>,
    adders: &Adders<'m>,
) -> xbar_adc_sar::Analog<Signal<'m>> {
    let sar = m.instance("u_sar", params.sar().build(m.design()));
    let own = "there are converters by successive approximation";
    let (sample, trial) = (side.steps.sample_clocks.expect(own), side.steps.trial_clocks.expect(own));
    let at_least_one = sample | (!sample.any()).zext(sample.width());
    let begins = sequencer.get("column_begins");
    sar.set("in_valid", begins).set("in_sample_clocks", at_least_one).set("in_settle_clocks", trial);
    let is_ready = sar.get("in_ready");
    m.assert("each_column_is_requested", !begins | is_ready);

    let column = sequencer.output_stream("out", &params.sequencer().column());
    let codes = sar.output_stream("out", &params.sar().conversion());
    let each = codes.payload.code.split_lsb(params.read_out.adc_bits);
    match params.read_out.adc_holds {
        // The column stays selected until its code is there.
        1 => {
            codes.set_ready(column.valid() & adders.ready);
            column.set_ready(codes.valid() & adders.ready);
            adders.take(codes.valid() & column.valid(), &each, column.payload.phase);
        }
        // The column is sampled, and its phase waits for the code.
        _ => {
            column.set_ready(is_ready);
            codes.set_ready(adders.ready);
            let declared = params.sequencer().phase();
            let phases = Fifo::new(m, "phases", declared.packed_width(), CONVERSIONS);
            adders.take(codes.valid(), &each, m.unpack(&declared, phases.front));
            phases.finish(column.fires(), m.pack(&column.payload.phase), codes.fires());
        }
    }
    let adc = outputs_of(sar, &params.sar().analog());
    let pins = Pins { word_lines, array, adc: Some(adc) };
    sar.set("cmp", side.cmp.unwrap_or_else(|| models(m, params, side, &pins, "cmp")));
    adc
}

/// What the models of the arrays say at this port.
fn models<'m>(
    m: &'m Module,
    params: &Params,
    side: &Side<Signal<'m>>,
    pins: &Pins<Signal<'m>>,
    port: &str,
) -> Signal<'m> {
    let load = side.load.as_ref().expect("the model's cells are loaded");
    let word_lines = pins.word_lines.split_lsb(params.rows);
    let dac = pins.adc.map(|adc| adc.dac.split_lsb(params.adcs * params.read_out.adc_bits));
    let model = |array: u32| {
        let child = m.instance(&format!("u_array{array}"), params.array_model(array).build(m.design()));
        let own = array as usize;
        let adc = pins.adc.zip(dac.as_ref()).map(|(adc, dac)| xbar_adc_sar::Analog { dac: dac[own], ..adc });
        let pins = Pins { word_lines: word_lines[own], array: pins.array, adc };
        for (place, signal) in pins.members() {
            child.set(place.name(), signal);
        }
        for (place, signal) in load_of(params, load, array).members() {
            child.set(&format!("load_{}", place.name()), signal);
        }
        child.get(port)
    };
    m.concat_lsb(&(0..params.row_arrays).map(model).collect::<Vec<_>>())
}

/// What is loaded into an array: the row of an input is its number over that of the arrays, and its array the rest.
fn load_of<'m>(params: &Params, load: &Load<Signal<'m>>, array: u32) -> Load<Signal<'m>> {
    let bits = params.row_arrays.ilog2();
    if bits == 0 {
        return *load;
    }
    let is_own = load.row.low(bits).eq(u64::from(array));
    let row = load.row.slice(load.row.width() - 1, bits);
    Load { valid: load.valid & is_own, row, ..*load }
}
