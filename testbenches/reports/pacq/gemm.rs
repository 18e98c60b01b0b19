//! Products of matrices on the hardware.

use crate::ReportError;
use crate::streams::{LEAST_WAITING, Streams};
use blocks::block::{Configured, elaborate};
use blocks::pacq::pacq_gemm::{ADDRESS_BITS, Params, Product, model, registers};
use hdl::{Bits, Netlist};
use serde::Serialize;
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;
use testbenches::verilator::{VerilatorModel, VerilatorOptions};
use testbenches::{Progress, SimulatorKind, VerilogDesign};

/// A product that has run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// From the first write to a register to the last result.
    pub cycles: u64,
    /// Products of an activation and a weight.
    pub products: u64,
    /// Products in a cycle of tiles that never wait.
    pub peak: f64,
    /// The results, row by row, in the format of results.
    #[serde(skip)]
    pub results: Vec<u32>,
}

impl Run {
    /// Products in a cycle, of those that tiles could do.
    pub fn utilisation(&self) -> f64 {
        self.products as f64 / self.cycles as f64 / self.peak
    }
}

/// Runs a product on the hardware.
pub fn run(
    params: &Params,
    product: &Product,
    kind: SimulatorKind,
    progress: &dyn Progress,
) -> Result<Run, ReportError> {
    let netlist = elaborate(params).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
    match kind {
        SimulatorKind::Builtin => run_on(compiled(&netlist)?, params, product, progress),
        SimulatorKind::Verilator => {
            let design = VerilogDesign::of(&netlist);
            let model = VerilatorModel::build(&design, &VerilatorOptions::default())?;
            run_on(model.start(), params, product, progress)
        }
        SimulatorKind::Icarus => Err(ReportError::Wrong("Icarus Verilog is too slow for a product".into())),
    }
}

/// The built-in simulator of a netlist.
pub fn compiled(netlist: &Netlist) -> Result<Compiled, ReportError> {
    Compiled::new(netlist, Options::default()).map_err(|error| ReportError::Wrong(error.to_string()))
}

fn run_on<S: Simulator>(
    simulator: S,
    params: &Params,
    product: &Product,
    progress: &dyn Progress,
) -> Result<Run, ReportError> {
    let mut streams = Streams::new(simulator, &params.interface());
    product.begin(&mut |channel, beat| streams.push(channel, beat));
    let blocks: Vec<(usize, usize)> = product.blocks().collect();
    let sizes = product.sizes();
    let (m, n, lanes) = (sizes.m as usize, sizes.n as usize, params.tile.shape().lanes() as usize);
    let mut results = vec![0; m * n];
    let mut places: VecDeque<(usize, usize)> = VecDeque::new();
    let width = params.tile.result.float().width();
    let (mut next, mut unexpected) = (0, false);
    progress.start("product on the hardware", blocks.len() as u64);
    while next < blocks.len() || !places.is_empty() {
        // A block and more waits, so that no stream dries up.
        while next < blocks.len() && streams.waiting(model::inputs::B) < LEAST_WAITING {
            product.beats(blocks[next], &mut |channel, beat| streams.push(channel, beat));
            places.extend(product.places(blocks[next]));
            next += 1;
            progress.advance(1);
        }
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        streams.cycle(&mut |channel, value| {
            if channel != model::outputs::C {
                return;
            }
            let Some((row, column)) = places.pop_front() else {
                unexpected = true;
                return;
            };
            for lane in (0..lanes).filter(|lane| column * lanes + lane < n) {
                let result = lane_of(&value, lane as u32, width);
                results[row * n + column * lanes + lane] = result;
            }
        })?;
    }
    let cycles = streams.cycles();
    if unexpected {
        return Err(ReportError::Wrong("more results came than there are".into()));
    }
    let errors = status(&mut streams)? >> 1;
    if errors != 0 {
        let message = format!("STATUS says that the streams of A, B and scales were wrong: {errors:03b}");
        return Err(ReportError::Wrong(message));
    }
    let per_tile = u64::from(blocks::pacq::tile::ROWS * blocks::pacq::tile::DEPTH)
        * u64::from(blocks::pacq::tile::WORDS)
        * lanes as u64;
    Ok(Run {
        cycles,
        products: m as u64 * n as u64 * u64::from(sizes.k),
        peak: per_tile as f64 / f64::from(params.tile.cycles()),
        results,
    })
}

/// Reads STATUS.
fn status<S: Simulator>(streams: &mut Streams<S>) -> Result<u64, ReportError> {
    let address = Bits::truncated(registers::STATUS.into(), ADDRESS_BITS);
    streams.push(model::inputs::READ_ADDRESS, &[address, Bits::zero(3)]);
    let mut read = None;
    while read.is_none() {
        streams.cycle(&mut |channel, value| {
            if channel == model::outputs::READ_DATA {
                read = Some(value.to_u64());
            }
        })?;
    }
    Ok(read.unwrap_or_default())
}

fn lane_of(value: &Bits, lane: u32, width: u32) -> u32 {
    value.slice(width * (lane + 1) - 1, width * lane).to_u64() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacq::operands::{Operands, scheme};

    const BUSY: u64 = 1;
    const WRONG_B: u64 = 1 << 2;

    fn write(streams: &mut Streams<Compiled>, address: u32, data: u64) {
        let address = Bits::truncated(address.into(), ADDRESS_BITS);
        streams.push(model::inputs::WRITE_ADDRESS, &[address, Bits::zero(3)]);
        streams.push(model::inputs::WRITE_DATA, &[Bits::truncated(data.into(), 32), Bits::ones(4)]);
        let mut is_done = false;
        while !is_done {
            let mut respond = |channel, _| is_done |= channel == model::outputs::WRITE_RESPONSE;
            streams.cycle(&mut respond).expect("it answers");
        }
    }

    /// Runs a product whose stream of B ends early. The results of a block are known: those of the rest of B are zeros.
    #[test]
    fn a_lost_beat_is_in_the_status_until_it_is_cleared() {
        let params = Params::default();
        let Operands { m, activations, weights } = Operands::random(2, scheme(16, 4, 4), 1);
        let product = Product::new(&params, m, &activations, &weights);
        let netlist = elaborate(&params).expect("it elaborates");
        let simulator = compiled(&netlist).expect("it simulates");
        let mut streams = Streams::new(simulator, &params.interface());
        for is_whole in [true, false, true] {
            product.begin(&mut |channel, beat| streams.push(channel, beat));
            let mut of_b = 0;
            product.beats((0, 0), &mut |channel, beat| match channel {
                model::inputs::B if !is_whole => {
                    of_b += 1;
                    if of_b == 1 {
                        streams.push(channel, &[beat[0].clone(), Bits::ones(1)]);
                    }
                }
                _ => streams.push(channel, beat),
            });
            let mut results = 0;
            while results < m {
                streams
                    .cycle(&mut |channel, _| results += usize::from(channel == model::outputs::C))
                    .unwrap();
            }
            let found = status(&mut streams).unwrap() & !BUSY;
            assert_eq!(found, if is_whole { 0 } else { WRONG_B });
            write(&mut streams, registers::STATUS, !WRONG_B);
            assert_eq!(status(&mut streams).unwrap() & !BUSY, found, "what is not written stays");
            write(&mut streams, registers::STATUS, WRONG_B);
            assert_eq!(status(&mut streams).unwrap() & !BUSY, 0);
        }
    }
}
