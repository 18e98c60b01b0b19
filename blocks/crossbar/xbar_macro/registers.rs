//! The registers of `xbar_macro`: its own, and behind them those of `xbar_program`.

use super::params::{Output, Params};
use crate::crossbar::xbar_mvm::Steps;
use hdl::Encoded;
use parts::registers::{Access, FieldRef, RegisterMap};

/// The registers, and their fields by name.
pub struct Registers {
    /// All of them.
    pub map: RegisterMap,
    /// The next vector waits for a new table; only with output stages.
    pub reload: Option<FieldRef>,
    /// All neurons are at rest before the next vector; only with neurons.
    pub rest: Option<FieldRef>,
    /// The counters are 0 again.
    pub clear: FieldRef,
    /// Phases that drive no row are left out.
    pub skip_zeros: FieldRef,
    /// Vectors, and a word, are inside.
    pub busy: [FieldRef; 2],
    /// What went wrong.
    pub errors: Errors<FieldRef>,
    /// The clocks of the steps of products.
    pub steps: Steps<FieldRef>,
    /// Vectors, words, cells that failed, pulses.
    pub counters: [FieldRef; 4],
    /// Those of `xbar_program`, each with its address there.
    pub program: Vec<(FieldRef, u64)>,
}

/// Something for each error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors<T> {
    /// Of vectors.
    pub vector: T,
    /// Of sums that come from another macro, and of sums with them; only where they come.
    pub partial: Option<T>,
    pub sum: Option<T>,
    /// Of tables; only with output stages.
    pub table: Option<T>,
    /// Of words.
    pub word: T,
    /// A sum may be too small: a code was the greatest one.
    pub saturated: T,
}

impl<T: Copy> Errors<T> {
    /// Those that there are, in the order of their fields.
    pub fn all(&self) -> Vec<T> {
        let Errors { vector, partial, sum, table, word, saturated } = *self;
        [Some(vector), partial, sum, table, Some(word), Some(saturated)].into_iter().flatten().collect()
    }
}

/// Bits of a counter.
pub const COUNTER_BITS: u32 = 32;

impl Registers {
    /// The registers of a macro with these parameters.
    pub fn new(params: &Params) -> Registers {
        let mut map = RegisterMap::new("xbar_macro");
        map.register("CONTROL", "What the next vector finds.");
        let skip_zeros =
            map.field("skip_zeros", 1, Access::ReadWrite, "phases that drive no row are left out");
        let clear = map.field("clear", 1, Access::Pulse, "the counters are 0 again");
        let mut pulse =
            |is_there: bool, name, meaning| present(&mut map, is_there, Access::Pulse, name, meaning);
        let reload = pulse(params.stage().is_some(), "reload", "the next vector waits for a new table");
        let is_lif = params.output == Output::Lif;
        let rest = pulse(is_lif, "rest", "all neurons are at rest before the next vector");
        map.register("STATUS", "State and errors.");
        let mut is = |name, meaning| map.field(name, 1, Access::ReadOnly, meaning);
        let busy = [
            is("vectors", "vectors or their results are inside"),
            is("word", "a word or its outcome is inside"),
        ];
        let errors = errors(&mut map, params);
        let steps = steps(&mut map, params);
        let mut counter = |name, meaning, of| {
            map.register(name, meaning);
            map.field("count", COUNTER_BITS, Access::ReadOnly, of)
        };
        let counters = [
            counter("VECTORS", "Vectors that were multiplied.", "vectors, modulo 2^32"),
            counter("WORDS", "Words that were programmed.", "words, modulo 2^32"),
            counter("FAILED", "Cells of them that are not at their level.", "cells, modulo 2^32"),
            counter("PULSES", "Pulses that they got.", "pulses, modulo 2^32"),
        ];
        constants(&mut map, params);
        let program = program(&mut map, params);
        Registers { map, reload, rest, clear, skip_zeros, busy, errors, steps, counters, program }
    }

    /// The register of `xbar_program` at an address.
    pub fn programs(&self, address: u64) -> Option<FieldRef> {
        self.program.iter().find(|(_, own)| *own == address).map(|(field, _)| *field)
    }
}

/// A field of a bit that is at its place in every macro, and 0 where there is no such thing.
fn present(
    map: &mut RegisterMap,
    is_there: bool,
    access: Access,
    name: &'static str,
    meaning: &'static str,
) -> Option<FieldRef> {
    let field = map.field(name, 1, if is_there { access } else { Access::Constant(0) }, meaning);
    is_there.then_some(field)
}

fn errors(map: &mut RegisterMap, params: &Params) -> Errors<FieldRef> {
    let access = Access::WriteOneToClear;
    let vector = map.field(
        "error_vector",
        1,
        access,
        "a vector had the wrong number of beats, or an input out of range",
    );
    let mut error = |is_there: bool, name, meaning| present(map, is_there, access, name, meaning);
    let (is_chained, has_table) = (params.chained, params.stage().is_some());
    let partial =
        error(is_chained, "error_partial", "sums of another macro had the wrong number of beats, or tuser");
    let sum = error(is_chained, "error_sum", "a sum left its range");
    let of_table = "a table had the wrong number of beats, or an entry out of range";
    let table = error(has_table, "error_table", of_table);
    let of_word = "a word was refused: the wrong number of beats, or a number out of range";
    let word = map.field("error_word", 1, access, of_word);
    let saturated = map.field("saturated", 1, access, "a code was the greatest one: a sum may be too small");
    Errors { vector, partial, sum, table, word, saturated }
}

fn steps(map: &mut RegisterMap, params: &Params) -> Steps<FieldRef> {
    let widths = params.mvm.side().steps;
    map.register("CLOCKS", "Clocks of the steps of a product.");
    let mut step = |name, width, meaning| map.field(name, width, Access::ReadWrite, meaning);
    Steps {
        precharge_clocks: step("precharge", widths.precharge_clocks, "bit lines are precharged; 0 for none"),
        settle_clocks: step(
            "settle",
            widths.settle_clocks,
            "the array settles and is sampled; 0 counts as 1",
        ),
        convert_clocks: widths
            .convert_clocks
            .map(|width| step("convert", width, "a column is converted; 0 counts as 1")),
        sample_clocks: widths
            .sample_clocks
            .map(|width| step("sample", width, "a converter samples a column; 0 counts as 1")),
        trial_clocks: widths
            .trial_clocks
            .map(|width| step("trial", width, "a trial code settles before its comparison")),
    }
}

/// What the macro was built with.
fn constants(map: &mut RegisterMap, params: &Params) {
    let mvm = &params.mvm;
    let field = |map: &mut RegisterMap, name, width, value, meaning| {
        map.field(name, width, Access::Constant(value), meaning);
    };
    map.register("INFO", "Parameters of vectors.");
    field(map, "inputs", 12, mvm.inputs_of_vector(), "inputs of a vector");
    field(map, "lanes", 7, mvm.lanes, "inputs in a beat");
    field(map, "input_bits", 5, mvm.input_bits, "bits of an input");
    map.register("INFO2", "Parameters of results.");
    field(map, "outputs", 7, mvm.outputs, "beats of the results of a vector");
    field(map, "adcs", 7, mvm.adcs, "results in a beat");
    field(map, "result_bits", 7, params.result_bits(), "bits of a result");
    field(map, "chained", 1, params.chained.into(), "sums of another macro are added");
    let output = Access::Constant(params.output.code() as u32);
    map.coded::<Output>("output", output, "what results are");
    map.register("INFO3", "Parameters of words.");
    field(map, "cells", 7, params.word_cells(), "cells of a word");
    field(map, "words", 9, params.row_words(), "words of a row");
    field(map, "cell_bits", 4, mvm.device.cell_bits, "bits of a cell");
}

/// The names and meanings of the three loops of a polarity, in the order of the registers of `xbar_program`.
type Loops = [(&'static str, &'static str); 9];

const SET: Loops = [
    ("SET_WORD_LINE_START", "SET: first code of the word line."),
    ("SET_WORD_LINE_STOP", "SET: last code of the word line."),
    ("SET_WORD_LINE_STEP", "SET: step of the word line."),
    ("SET_LINE_START", "SET: first code of the bit line."),
    ("SET_LINE_STOP", "SET: last code of the bit line."),
    ("SET_LINE_STEP", "SET: step of the bit line."),
    ("SET_WIDTH_START", "SET: first width, in clocks."),
    ("SET_WIDTH_STOP", "SET: last width."),
    ("SET_WIDTH_STEP", "SET: step of the width."),
];

const RESET: Loops = [
    ("RESET_WORD_LINE_START", "RESET: first code of the word line."),
    ("RESET_WORD_LINE_STOP", "RESET: last code of the word line."),
    ("RESET_WORD_LINE_STEP", "RESET: step of the word line."),
    ("RESET_LINE_START", "RESET: first code of the source line."),
    ("RESET_LINE_STOP", "RESET: last code of the source line."),
    ("RESET_LINE_STEP", "RESET: step of the source line."),
    ("RESET_WIDTH_START", "RESET: first width, in clocks."),
    ("RESET_WIDTH_STOP", "RESET: last width."),
    ("RESET_WIDTH_STEP", "RESET: step of the width."),
];

/// Those behind the boxes.
const OTHERS: [(&str, &str, &str); 5] = [
    ("ATTEMPTS", "Limit of pulses.", "most pulses of a word; with verify=level of each level"),
    ("REPEATS", "Sweeps.", "further sweeps through the box in a phase"),
    ("RESET_FIRST", "First polarity.", "RESET comes before SET"),
    ("PULSE_SETUP", "Setup of a pulse.", "clocks from the DACs' being on to a pulse; 0 is as 1"),
    ("READ_SETUP", "Setup of a read.", "clocks from the beginning of a read to its sensing"),
];

/// The bounds of the levels.
const LEVELS: [(&str, &str); 16] = [
    ("LEVEL0_LOWER", "LEVEL0_UPPER"),
    ("LEVEL1_LOWER", "LEVEL1_UPPER"),
    ("LEVEL2_LOWER", "LEVEL2_UPPER"),
    ("LEVEL3_LOWER", "LEVEL3_UPPER"),
    ("LEVEL4_LOWER", "LEVEL4_UPPER"),
    ("LEVEL5_LOWER", "LEVEL5_UPPER"),
    ("LEVEL6_LOWER", "LEVEL6_UPPER"),
    ("LEVEL7_LOWER", "LEVEL7_UPPER"),
    ("LEVEL8_LOWER", "LEVEL8_UPPER"),
    ("LEVEL9_LOWER", "LEVEL9_UPPER"),
    ("LEVEL10_LOWER", "LEVEL10_UPPER"),
    ("LEVEL11_LOWER", "LEVEL11_UPPER"),
    ("LEVEL12_LOWER", "LEVEL12_UPPER"),
    ("LEVEL13_LOWER", "LEVEL13_UPPER"),
    ("LEVEL14_LOWER", "LEVEL14_UPPER"),
    ("LEVEL15_LOWER", "LEVEL15_UPPER"),
];

/// The registers of `xbar_program`, in the order of their addresses there.
fn program(map: &mut RegisterMap, params: &Params) -> Vec<(FieldRef, u64)> {
    let program = params.program();
    let mut registers = program.registers().into_iter();
    let mut fields = vec![];
    let mut next = || registers.next().expect("each register has a name");
    let mut add = |map: &mut RegisterMap, register, meaning, field, of| {
        let (address, width) = next();
        map.register(register, meaning);
        fields.push((map.field(field, width, Access::Forwarded, of), address));
    };
    for (loops, register, meaning) in
        [(SET, "SET_ORDER", "SET: loops."), (RESET, "RESET_ORDER", "RESET: loops.")]
    {
        for (register, meaning) in loops {
            add(map, register, meaning, "value", "a number in the loop");
        }
        add(map, register, meaning, "order", ORDER);
    }
    for (register, meaning, of) in OTHERS {
        add(map, register, meaning, "value", of);
    }
    for (lower, upper) in LEVELS.into_iter().take(program.levels() as usize) {
        add(
            map,
            lower,
            "Lower bound of a level.",
            "code",
            "a cell of the level has this code or a greater one",
        );
        add(map, upper, "Upper bound of a level.", "code", "a cell of the level has a code below this one");
    }
    fields
}

/// The orders, the outermost loop first.
const ORDER: &str =
    "the loops, the outermost first: width P, word line W, line B: 0 PWB, 1 PBW, 2 WBP, 3 WPB, 4 BWP, 5 BPW";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::{parse_settings, read};

    #[test]
    fn constants_fit_at_the_greatest_parameters() {
        for text in [
            "rows=256 row_arrays=8 lanes=64 input_bits=16 slices=1 outputs=1 adcs=8 output=sums sum_bits=64",
            "rows=256 adcs=64 outputs=2 slices=1 lanes=64 word_cells=1 chained=true output=lif",
            "rows=256 slices=1 outputs=64 scheme=dummy_column word_cells=1 array=model",
            "rows=256 slices=1 outputs=64 adcs=2 word_cells=64 adc=sar adc_bits=10 verify=level",
        ] {
            let params: Params = read(&parse_settings(text).expect("name=value ...")).expect(text);
            assert_eq!(Registers::new(&params).program.len(), params.program().registers().len());
        }
    }
}
