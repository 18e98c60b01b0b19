//! The baseline: as many of SparTen's inner-joins as the array has rows, with weights broadcast to them.

use super::layers::{Layer, TIME_STEPS};
use super::operands::Operands;
use crate::ReportError;
use crate::ports::{StreamPorts, reset};
use blocks::block::Hardware;
use blocks::loas::sparten_inner_join::{Join, Params};
use hdl::{Bits, Bundle, Clocking, Design, Netlist, Signal};
use parts::stream::fork::fork;
use sim::{Compiled, Options, Simulator};

/// The joins, ready to run.
pub struct Sparten {
    params: Params,
    rows: u32,
    simulator: Compiled,
}

impl Sparten {
    /// Builds as many joins as there are `rows`.
    pub fn new(rows: u32) -> Sparten {
        let params = Sparten::params();
        let simulator = Compiled::new(&netlist(&params, rows), Options::default());
        Sparten { rows, params, simulator: simulator.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// Its parameters.
    pub fn params() -> Params {
        Params { tag_bits: 1, ..Params::default() }
    }

    /// Runs a layer: every column for some rows, chunk by chunk. Gives the number of cycles.
    ///
    /// Spikes arrive in the cycle in which they are needed, and neurons cost nothing.
    pub fn run(&self, layer: &Layer, operands: &Operands) -> Result<u64, ReportError> {
        let mut simulator = self.simulator.clone();
        let weights = StreamPorts::find(&simulator, "b", &weights(&self.params).fields());
        let port = |name: &str| simulator.port(name).expect("the join has the port");
        let spikes: Vec<usize> = (0..self.rows).map(|row| port(&format!("a{row}"))).collect();
        let [found, busy] = ["found", "busy"].map(port);
        reset(&mut simulator);
        let bits = self.params.mask_bits as usize;
        let (mut cycles, mut matches) = (0, 0);
        let mut cycle = |simulator: &mut Compiled| {
            matches += u64::from(simulator.peek_u64(found).count_ones());
            simulator.tick();
            cycles += 1;
        };
        for first_row in (0..layer.m).step_by(self.rows as usize) {
            for chunk in 0..layer.k.div_ceil(bits) {
                for (row, port) in spikes.iter().enumerate() {
                    simulator.poke(*port, &step_masks(operands.spikes.get(first_row + row), chunk, bits));
                }
                for column in &operands.weights {
                    weights.offer(&mut simulator, Some(&[weight_mask(column, chunk, bits)]));
                    while !weights.is_ready(&mut simulator) {
                        cycle(&mut simulator);
                    }
                    cycle(&mut simulator);
                }
                // The spikes of the next chunk are driven only once these have been taken.
                weights.offer(&mut simulator, None);
            }
        }
        while simulator.peek_u64(busy) == 1 {
            cycle(&mut simulator);
        }
        // In its last cycle, a join already accepts the next chunk.
        cycle(&mut simulator);
        let expected = operands.meeting(|word| word.count_ones().into());
        match matches == expected {
            true => Ok(cycles),
            false => Err(ReportError::Wrong(format!(
                "sparten_inner_join, {} layer {}: {matches} matches for {expected}",
                layer.network, layer.number
            ))),
        }
    }
}

/// The weights of a chunk of a column.
#[derive(Clone, Copy, Bundle)]
struct Weights<T> {
    /// 1 for each weight.
    mask: T,
}

fn weights(params: &Params) -> Weights<u32> {
    Weights { mask: params.mask_bits }
}

/// The masks of a chunk of a row, one per time step; empty if there is no such row.
pub fn step_masks(row: Option<&Vec<u8>>, chunk: usize, bits: usize) -> Bits {
    let mut masks = Bits::zero(bits as u32 * TIME_STEPS);
    let words = row.iter().flat_map(|row| row.iter().skip(chunk * bits).take(bits));
    for (position, word) in words.enumerate() {
        for step in (0..TIME_STEPS).filter(|step| word >> (TIME_STEPS - 1 - step) & 1 == 1) {
            masks.set_bit(step * bits as u32 + position as u32, true);
        }
    }
    masks
}

/// The weights of a chunk of a column.
pub fn weight_mask(column: &[(usize, i8)], chunk: usize, bits: usize) -> Bits {
    let mut mask = Bits::zero(bits as u32);
    let of_chunk = column.iter().filter(|(row, _)| row / bits == chunk);
    of_chunk.for_each(|(row, _)| mask.set_bit((row % bits) as u32, true));
    mask
}

/// The joins: each takes the weights as soon as it is free; the next weights come when all have taken them.
fn netlist(params: &Params, rows: u32) -> Netlist {
    let design = Design::new(Clocking::default());
    let join = params.build(&design);
    let top = design.module("sparten_rows", &[], |m| {
        let b = m.input_stream("b", &weights(params));
        let mut found: Vec<Signal> = vec![];
        let mut busy: Vec<Signal> = vec![];
        let mut joins = vec![];
        for row in 0..rows {
            let child = m.instance(&format!("u_join{row}"), join);
            let spikes = m.input(&format!("a{row}"), params.time_steps * params.mask_bits, "spikes");
            let stream = child.input_stream("join", &params.join());
            stream.set_payload(Join { a_masks: spikes, b_mask: b.payload.mask, tag: m.zero(1) });
            let matches = child.output_stream("match", &params.found());
            matches.set_ready(m.ones(1));
            found.push(matches.valid());
            busy.push(!stream.ready());
            joins.push(stream);
        }
        fork(m, &b, &joins);
        m.output("found", m.concat_lsb(&found), "a match of each row");
        m.output("busy", m.concat_lsb(&busy).any(), "a row is not done");
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}
