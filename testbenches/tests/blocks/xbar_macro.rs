//! `xbar_macro` as the software of a chip sees it: it programs a matrix, multiplies vectors by it, and makes mistakes.

use crate::run::compiled;
use blocks::crossbar::weights::cells_of_row;
use blocks::crossbar::xbar_macro::{Params, Registers};
use fastrand::Rng;
use parts::registers::FieldRef;
use sim::{Compiled, Simulator};
use std::collections::VecDeque;

const ROWS: usize = 6;
const ADCS: usize = 2;
const OUTPUTS: usize = 2;
const INPUT_BITS: u32 = 3;
/// Codes for a level of a cell, when it is verified.
const LEVEL_CODES: u64 = 8;

/// Inputs of three bits, weights of two, all of whose sums are exact; a word is half of a row.
const PARAMETERS: &str =
    "rows=6 lanes=2 input_bits=3 cell_bits=2 slices=1 adcs=2 adc_bits=5 word_cells=4 verify_bits=5";

const OKAY: u64 = 0;
const REFUSED: u64 = 2;

/// An array of cells in software: it is read for products, verified, and changed by pulses.
#[derive(Default)]
struct Array {
    /// By row and number in the row, in units of which a level is `LEVEL_CODES`.
    conductances: Vec<Vec<u64>>,
    /// By hold and column.
    held: [Vec<u64>; 2],
    /// Beats of the read of a word so far.
    sensed: usize,
}

/// A macro with its array, and beats of its streams.
struct Chip {
    simulator: Compiled,
    params: Params,
    registers: Registers,
    array: Array,
    /// By stream: what is to be sent, data and `tlast`.
    vectors: VecDeque<(u64, bool)>,
    partials: VecDeque<(u64, bool)>,
    /// `tuser` of each of these.
    marks: VecDeque<u64>,
    tables: VecDeque<(u64, bool)>,
    words: VecDeque<(u64, bool)>,
    /// What has come: data, and `tuser`.
    results: Vec<(u64, u64)>,
    outcomes: Vec<u64>,
    /// Clocks with a pulse.
    pulses: u64,
}

impl Chip {
    fn new(others: &str) -> Chip {
        let text = format!("{PARAMETERS} {others}");
        let values = blocks::parameters::parse_settings(&text).expect("name=value ...");
        let params = blocks::parameters::read::<Params>(&values).expect("the parameters are legal");
        let cells = params.row_cells() as usize;
        let array = Array {
            conductances: vec![vec![0; cells]; ROWS],
            held: [vec![0; cells], vec![0; cells]],
            sensed: 0,
        };
        let mut chip = Chip {
            simulator: compiled("xbar_macro", &text),
            registers: Registers::new(&params),
            params,
            array,
            vectors: VecDeque::new(),
            partials: VecDeque::new(),
            marks: VecDeque::new(),
            tables: VecDeque::new(),
            words: VecDeque::new(),
            results: vec![],
            outcomes: vec![],
            pulses: 0,
        };
        for port in ["s_axi_bready", "s_axi_rready", "m_axis_result_tready", "m_axis_outcome_tready"] {
            chip.poke(port, 1);
        }
        chip
    }

    fn poke(&mut self, port: &str, value: u64) {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.poke_u64(port, value);
    }

    fn peek(&mut self, port: &str) -> u64 {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.peek_u64(port)
    }

    /// Offers a beat of a stream; gives whether it is taken.
    fn offer(&mut self, stream: &str, beat: Option<(u64, bool)>) -> bool {
        self.poke(&format!("{stream}_tvalid"), beat.is_some().into());
        let Some((data, last)) = beat else { return false };
        self.poke(&format!("{stream}_tdata"), data);
        self.poke(&format!("{stream}_tlast"), last.into());
        self.peek(&format!("{stream}_tready")) == 1
    }

    /// A clock.
    fn clock(&mut self) {
        self.read_array();
        let (vector, word) = (self.vectors.front().copied(), self.words.front().copied());
        if self.offer("s_axis_vector", vector) {
            self.vectors.pop_front();
        }
        if self.offer("s_axis_word", word) {
            self.words.pop_front();
        }
        let table = self.tables.front().copied();
        if self.params.stage().is_some() && self.offer("s_axis_table", table) {
            self.tables.pop_front();
        }
        let partial = self.partials.front().copied();
        if self.params.chained {
            let mark = self.marks.front().copied().unwrap_or(0);
            self.poke("s_axis_partial_tuser", mark);
            if self.offer("s_axis_partial", partial) {
                self.partials.pop_front();
                self.marks.pop_front();
            }
        }
        if self.peek("m_axis_result_tvalid") == 1 {
            let [data, user] = ["tdata", "tuser"].map(|name| self.peek(&format!("m_axis_result_{name}")));
            self.results.push((data, user));
        }
        if self.peek("m_axis_outcome_tvalid") == 1 {
            let data = self.peek("m_axis_outcome_tdata");
            self.outcomes.push(data);
        }
        self.clock_array();
        self.simulator.tick();
    }

    /// The cell of the array at a place of a row.
    fn cell(&self, converter: usize, column: usize) -> usize {
        column * ADCS + converter
    }

    /// What comparators say in a clock.
    fn read_array(&mut self) {
        let (hold, column) = (self.peek("hold") as usize, self.peek("column") as usize);
        let of_adc = |converter: usize| {
            let sum = self.array.held[hold][self.cell(converter, column)] / LEVEL_CODES;
            ((1u64 << sum.min(31)) - 1) << (31 * converter)
        };
        let thermometer = (0..ADCS).map(of_adc).sum();
        self.poke("thermometer", thermometer);
        let is_sensed = self.peek("program_sense");
        self.poke("program_sense_valid", is_sensed);
        if is_sensed == 1 {
            let lanes = self.params.program().lanes() as usize;
            let (row, first) = self.word();
            let codes = &self.array.conductances[row][first + self.array.sensed * lanes..];
            let code = |(lane, code): (usize, &u64)| (*code).min(31) << (5 * lane);
            let data = codes.iter().take(lanes).enumerate().map(code).sum();
            self.poke("program_sense_data", data);
        }
    }

    /// The row of the word that is programmed, and its first cell.
    fn word(&mut self) -> (usize, usize) {
        let (row, word) = (self.peek("program_row") as usize, self.peek("program_word") as usize);
        (row, word * self.params.word_cells() as usize)
    }

    /// What the array does in a clock.
    fn clock_array(&mut self) {
        let (lines, sample) = (self.peek("word_lines"), self.peek("sample"));
        let is_enabled = self.peek("word_line_enable") == 1;
        let is_programmed = self.peek("program_read") | self.peek("program_drive") == 1;
        assert!(!(is_programmed && (is_enabled || sample > 0 || self.peek("precharge") == 1)), "rows rest");
        for hold in (0..2).filter(|hold| sample >> hold & 1 == 1) {
            let driven = |row: &usize| is_enabled && lines >> row & 1 == 1;
            let cells = 0..self.params.row_cells() as usize;
            let sum =
                |cell: usize| (0..ROWS).filter(driven).map(|row| self.array.conductances[row][cell]).sum();
            self.array.held[hold] = cells.map(sum).collect();
        }
        self.array.sensed = match self.peek("program_sense") {
            1 => self.array.sensed + 1,
            _ => 0,
        };
        if self.peek("program_pulse") == 1 {
            self.pulses += 1;
            let (row, first) = self.word();
            let (cells, sets) = (self.peek("program_cells"), self.peek("program_polarity") == 1);
            for cell in (0..self.params.word_cells() as usize).filter(|cell| cells >> cell & 1 == 1) {
                let conductance = &mut self.array.conductances[row][first + cell];
                *conductance = if sets { *conductance + 1 } else { conductance.saturating_sub(1) };
            }
        }
    }

    /// Writes a register, and gives the response.
    fn set(&mut self, field: FieldRef, data: u64) -> u64 {
        let address = self.registers.map.address(field).into();
        for (port, value) in
            [("awvalid", 1), ("wvalid", 1), ("awaddr", address), ("wdata", data), ("wstrb", 15)]
        {
            self.poke(&format!("s_axi_{port}"), value);
        }
        self.clock();
        ["s_axi_awvalid", "s_axi_wvalid"].into_iter().for_each(|port| self.poke(port, 0));
        while self.peek("s_axi_bvalid") == 0 {
            self.clock();
        }
        let response = self.peek("s_axi_bresp");
        self.clock();
        response
    }

    /// Reads a register.
    fn get(&mut self, field: FieldRef) -> u64 {
        let address = self.registers.map.address(field).into();
        self.poke("s_axi_araddr", address);
        self.poke("s_axi_arvalid", 1);
        while self.peek("s_axi_arready") == 0 {
            self.clock();
        }
        self.clock();
        self.poke("s_axi_arvalid", 0);
        let data = self.peek("s_axi_rdata");
        self.clock();
        data
    }

    /// Writes a register of `xbar_program`, by its address there.
    fn set_program(&mut self, address: u64, data: u64) -> u64 {
        let field = self.registers.programs(address).expect("there is a register");
        self.set(field, data)
    }

    /// Pulses of a clock, up to 40; a level is the four codes in its middle.
    fn set_up(&mut self) {
        let widths = [
            (0, 1),
            (1, 1),
            (3, 1),
            (4, 1),
            (6, 1),
            (7, 1),
            (10, 1),
            (11, 1),
            (13, 1),
            (14, 1),
            (16, 1),
            (17, 1),
        ];
        for (address, data) in widths.into_iter().chain([(20, 200), (21, 200)]) {
            assert_eq!(self.set_program(address, data), OKAY);
        }
        for level in 0..4 {
            let lower = level * LEVEL_CODES;
            assert_eq!(self.set_program(32 + 2 * level, lower), OKAY);
            assert_eq!(self.set_program(33 + 2 * level, lower + LEVEL_CODES / 2), OKAY);
        }
        let (settle, skips) = (self.registers.steps.settle_clocks, self.registers.skip_zeros);
        assert_eq!(self.set(settle, 0x1_0200), OKAY);
        assert_eq!(self.set(skips, 1), OKAY);
    }

    /// Sends the packet of a word.
    fn send_word(&mut self, row: usize, word: usize, levels: &[u64]) {
        let packed = levels.iter().rev().fold(0, |all, level| all << 2 | level);
        self.words.extend([((row | word << 16) as u64, false), (0xf, false), (packed, true)]);
    }

    /// Programs a matrix: the weights of each row, by output.
    fn program(&mut self, weights: &[Vec<i64>]) {
        let cells = self.params.word_cells() as usize;
        for (row, weights) in weights.iter().enumerate() {
            // Output o x ADCS + a is that of number o of converter a.
            let columns: Vec<Vec<u64>> = (0..ADCS)
                .map(|adc| {
                    let own: Vec<i64> = weights.iter().skip(adc).step_by(ADCS).copied().collect();
                    cells_of_row(&self.params.mvm.adder(), &own)
                })
                .collect();
            let count = columns[0].len();
            let levels: Vec<u64> =
                (0..count).flat_map(|column| columns.iter().map(move |own| own[column])).collect();
            for (word, levels) in levels.chunks(cells).enumerate() {
                self.send_word(row, word, levels);
            }
        }
        let words = 2 * self.params.row_words() as usize * weights.len();
        self.until(|chip| chip.outcomes.len() == words);
        for outcome in std::mem::take(&mut self.outcomes).chunks(2) {
            assert_eq!((outcome[0], outcome[1] >> 48), (0, 0), "no cell fails");
        }
    }

    /// Sends a vector.
    fn send(&mut self, inputs: &[i64]) {
        let lane = |input: &i64| *input as u64 & 0xf;
        let beats = inputs.chunks(2).map(|pair| lane(&pair[1]) << 4 | lane(&pair[0]));
        let count = inputs.len().div_ceil(2);
        self.vectors.extend((1..).zip(beats).map(|(number, beat)| (beat, number == count)));
    }

    fn until(&mut self, is_done: impl Fn(&Chip) -> bool) {
        let first = self.simulator.cycle();
        while !is_done(self) {
            self.clock();
            assert!(self.simulator.cycle() < first + 200_000, "nothing comes any more");
        }
        assert!(self.simulator.violations().is_empty(), "{:?}", self.simulator.violations());
    }

    /// The results so far, in lanes of so many bits, whether their vectors are wrong.
    fn received(&mut self, lane: u32) -> (Vec<i64>, Vec<u64>) {
        let beats = std::mem::take(&mut self.results);
        let signed = |value: u64| (value << (64 - lane)) as i64 >> (64 - lane);
        let values =
            beats.iter().flat_map(|(data, _)| (0..ADCS as u32).map(move |adc| signed(data >> (adc * lane))));
        (values.collect(), beats.iter().skip(OUTPUTS - 1).step_by(OUTPUTS).map(|(_, wrong)| *wrong).collect())
    }
}

fn random_matrix(rng: &mut Rng) -> Vec<Vec<i64>> {
    (0..ROWS).map(|_| (0..OUTPUTS * ADCS).map(|_| rng.i64(-3..=3)).collect()).collect()
}

fn random_vector(rng: &mut Rng) -> Vec<i64> {
    (0..ROWS).map(|_| rng.i64(-(1 << (INPUT_BITS - 1))..1 << (INPUT_BITS - 1))).collect()
}

fn product(inputs: &[i64], weights: &[Vec<i64>]) -> Vec<i64> {
    let sum = |output: usize| inputs.iter().zip(weights).map(|(input, row)| input * row[output]).sum();
    (0..OUTPUTS * ADCS).map(sum).collect()
}

#[test]
fn a_program_writes_a_matrix_and_multiplies_vectors() {
    let mut rng = Rng::with_seed(1);
    let mut chip = Chip::new("output=scale value_bits=8");
    chip.set_up();
    let weights = random_matrix(&mut rng);
    chip.program(&weights);
    let counters = chip.registers.counters;
    let pulses = chip.pulses;
    assert_eq!(counters.map(|counter| chip.get(counter)), [0, 2 * ROWS as u64, 0, pulses]);

    // A bias of its own for each result, and a scale of 3/4.
    let biases: Vec<i64> = (0..OUTPUTS * ADCS).map(|_| rng.i64(-20..20)).collect();
    let entry = |bias: &i64| (*bias as u64 & 0xffff_ffff) | 0xc000 << 32 | 16 << 56;
    let count = biases.len();
    chip.tables.extend((1..).zip(&biases).map(|(number, bias)| (entry(bias), number == count)));
    let vectors: Vec<Vec<i64>> = (0..5).map(|_| random_vector(&mut rng)).collect();
    vectors.iter().for_each(|vector| chip.send(vector));
    chip.until(|chip| chip.results.len() == 5 * OUTPUTS);
    let (values, wrong) = chip.received(8);
    let scaled = |sum: i64| ((3 * sum.abs() + 2) / 4 * sum.signum()).clamp(-128, 127);
    let expected = vectors.iter().flat_map(|vector| {
        product(vector, &weights)
            .into_iter()
            .zip(&biases)
            .map(|(sum, bias)| scaled(sum + bias))
            .collect::<Vec<_>>()
    });
    assert_eq!(values, expected.collect::<Vec<_>>());
    assert_eq!(wrong, [0; 5]);
    let status = chip.registers.busy[0];
    assert_eq!((chip.get(counters[0]), chip.get(status)), (5, 0), "nothing is inside, and nothing was wrong");
}

#[test]
fn mistakes_are_seen_and_nothing_else_is_lost() {
    let mut rng = Rng::with_seed(2);
    let mut chip = Chip::new("output=sums");
    chip.set_up();
    let weights = random_matrix(&mut rng);
    chip.program(&weights);
    let before = chip.pulses;

    // A vector that is too short, one that is too long, one with an input of four bits, and a right one.
    let vectors: Vec<Vec<i64>> = (0..4).map(|_| random_vector(&mut rng)).collect();
    chip.send(&vectors[0][..4]);
    chip.send(&[&vectors[1][..], &[1, 1]].concat());
    chip.send(&[&vectors[2][..4], &[7, 0]].concat());
    chip.send(&vectors[3]);
    chip.until(|chip| chip.results.len() == 4 * OUTPUTS);
    let (sums, wrong) = chip.received(16);
    assert_eq!(wrong, [1, 1, 1, 0]);
    assert_eq!(sums[3 * OUTPUTS * ADCS..], product(&vectors[3], &weights), "the last vector is right");
    let status = chip.registers.busy[0];
    assert_eq!(chip.get(status), 0b100, "a vector was wrong");
    assert_eq!((chip.set(status, 0b100), chip.get(status)), (OKAY, 0));

    // Words that are too long, too short, of another row, of another level.
    chip.words.extend([(0, false), (0xf, false), (0, false), (0, true)]);
    chip.words.extend([(0, false), (0xf, true)]);
    chip.send_word(ROWS, 0, &[1]);
    chip.words.extend([(0, false), (0xf, false), (0x100, true)]);
    chip.until(|chip| chip.outcomes.len() == 8);
    assert_eq!(std::mem::take(&mut chip.outcomes), [0, 4 << 48].repeat(4), "they are refused");
    assert_eq!((chip.pulses, chip.get(status)), (before, 0b100_0000));

    // A register of the programmer while it programs, an address without a register, too great a value.
    chip.send_word(0, 0, &[3, 3, 3, 3]);
    chip.until(|chip| chip.words.is_empty());
    chip.send(&vectors[3]);
    (0..4).for_each(|_| chip.clock());
    assert_eq!(chip.set_program(20, 7), REFUSED);
    chip.until(|chip| chip.outcomes.len() == 2 && chip.results.len() == OUTPUTS);
    assert_eq!(chip.set_program(6, 1 << 10), REFUSED);
    let attempts = chip.registers.programs(20).expect("it has a limit");
    assert_eq!((chip.get(attempts), chip.set_program(20, 7), chip.get(attempts)), (200, OKAY, 7));
    let (sums, wrong) = chip.received(16);
    assert_eq!(wrong, [0]);
    // Cells 0 to 3 are the pairs of the first output of each converter.
    let changed: Vec<i64> = product(&vectors[3], &weights)
        .iter()
        .zip(0..)
        .map(|(sum, output)| match output {
            0 | 1 => sum - vectors[3][0] * weights[0][output],
            _ => *sum,
        })
        .collect();
    assert_eq!(sums, changed, "the vector waited for the word");
}

#[test]
fn macros_in_a_chain_multiply_longer_vectors() {
    let mut rng = Rng::with_seed(3);
    let (mut first, mut second) = (Chip::new("output=sums"), Chip::new("output=sums chained=true"));
    let matrices = [random_matrix(&mut rng), random_matrix(&mut rng)];
    for (chip, weights) in [&mut first, &mut second].into_iter().zip(&matrices) {
        chip.set_up();
        chip.program(weights);
    }
    let vectors: Vec<[Vec<i64>; 2]> = (0..4).map(|_| [(); 2].map(|()| random_vector(&mut rng))).collect();
    for (number, [one, other]) in vectors.iter().enumerate() {
        // The second vector of the first macro has a beat too many.
        let others: &[i64] = if number == 1 { &[1, 1] } else { &[] };
        first.send(&[one, others].concat());
        second.send(other);
    }
    first.until(|chip| chip.results.len() == 4 * OUTPUTS);
    let beats = std::mem::take(&mut first.results);
    second.marks = beats.iter().map(|(_, user)| *user).collect();
    second.partials = (1..).zip(beats).map(|(number, (data, _))| (data, number % OUTPUTS == 0)).collect();
    second.until(|chip| chip.results.len() == 4 * OUTPUTS);
    let (sums, wrong) = second.received(16);
    let expected = vectors.iter().flat_map(|[one, other]| {
        let (one, other) = (product(one, &matrices[0]), product(other, &matrices[1]));
        one.iter().zip(other).map(|(one, other)| one + other).collect::<Vec<_>>()
    });
    assert_eq!((sums, wrong), (expected.collect::<Vec<_>>(), vec![0, 1, 0, 0]));
    let [status, of_others] = [first.registers.busy[0], second.registers.busy[0]];
    assert_eq!((first.get(status), second.get(of_others)), (0b100, 0b1000), "a vector, and sums, were wrong");
}

/// The clocks from a vector to the next one in the middle of many, as the page of `xbar_mvm` gives them.
#[test]
fn the_macro_is_as_fast_as_xbar_mvm() {
    let cases = [
        ("input_bits=8", 64),
        ("input_bits=8 holds=1", 80),
        ("input_bits=1 encoding=unsigned", 8),
        ("input_bits=1 encoding=unsigned output=lif", 8),
        ("input_bits=1 encoding=unsigned output=sums chained=true", 8),
    ];
    for (parameters, clocks) in cases {
        let mut simulator =
            compiled("xbar_macro", &format!("rows=8 lanes=8 outputs=1 slices=4 {parameters}"));
        let poke = |simulator: &mut Compiled, name: &str, value: u64| {
            let port = simulator.port(name);
            port.into_iter().for_each(|port| simulator.poke_u64(port, value));
        };
        // T_settle is 2.
        for (port, value) in
            [("awaddr", 8), ("wdata", 0x1_0200), ("wstrb", 15), ("bready", 1), ("awvalid", 1), ("wvalid", 1)]
        {
            poke(&mut simulator, &format!("s_axi_{port}"), value);
        }
        simulator.tick();
        ["s_axi_awvalid", "s_axi_wvalid"].into_iter().for_each(|port| poke(&mut simulator, port, 0));
        // Packets of a beat.
        for stream in ["vector", "partial", "table"] {
            poke(&mut simulator, &format!("s_axis_{stream}_tvalid"), 1);
            poke(&mut simulator, &format!("s_axis_{stream}_tlast"), 1);
        }
        poke(&mut simulator, "m_axis_result_tready", 1);
        let mut ends = vec![];
        while ends.len() < 12 {
            let [valid, last] = simulator
                .ports_named(["m_axis_result_tvalid", "m_axis_result_tlast"])
                .expect("they are there");
            if simulator.peek_u64(valid) & simulator.peek_u64(last) == 1 {
                ends.push(simulator.cycle());
            }
            simulator.tick();
        }
        assert!(ends[4..].windows(2).all(|pair| pair[1] - pair[0] == clocks), "{parameters}: {ends:?}");
    }
}
