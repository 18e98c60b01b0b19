//! Matrix products on the hardware.

use crate::ReportError;
use crate::streams::{LEAST_WAITING, Streams};
use blocks::block::elaborate;
use blocks::channel::Ports;
use blocks::pacq::pacq_gemm::{Params, Product, Registers, model};
use hdl::Bits;
use parts::registers::FieldRef;
use serde::Serialize;
use sim::Simulator;
use std::collections::VecDeque;
use testbenches::Progress;
use testbenches::simulators::Drive;

/// A product that has run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Cycles from the first register write to the last result.
    pub cycles: u64,
    /// Products of an activation and a weight.
    pub products: u64,
    /// Products per cycle of tiles that never wait.
    pub peak: f64,
    /// The results, row by row, in the format of results.
    #[serde(skip)]
    pub results: Vec<u32>,
}

impl Run {
    /// Products per cycle, as a share of what the tiles could do.
    pub fn utilisation(&self) -> f64 {
        self.products as f64 / self.cycles as f64 / self.peak
    }
}

/// Runs a product on the hardware, as `drive` simulates it.
pub fn run(
    params: &Params,
    product: &Product,
    drive: Drive,
    progress: &dyn Progress,
) -> Result<Run, ReportError> {
    let netlist = elaborate(params).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
    run_on(&mut *drive(&netlist)?, params, product, progress)
}

fn run_on(
    simulator: &mut dyn Simulator,
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
        // More than a block of beats is kept waiting, so that no stream runs dry.
        while next < blocks.len() && streams.waiting(model::inputs::B) < LEAST_WAITING {
            product.beats(blocks[next], &mut |channel, beat| streams.push(channel, beat));
            places.extend(product.places(blocks[next]));
            next += 1;
            progress.advance(1);
        }
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        streams.cycle(&mut |channel, beat| {
            if channel != model::outputs::C {
                return;
            }
            let Some((row, column)) = places.pop_front() else {
                unexpected = true;
                return;
            };
            for lane in (0..lanes).filter(|lane| column * lanes + lane < n) {
                let result = lane_of(&beat[0], lane as u32, width);
                results[row * n + column * lanes + lane] = result;
            }
        })?;
    }
    let cycles = streams.cycles();
    if unexpected {
        return Err(ReportError::Wrong("more results than expected".into()));
    }
    let errors = status(&mut streams, &Registers::new(params))? & ERRORS;
    if errors != 0 {
        let message =
            format!("STATUS is {errors:#x}: the number of beats of a stream does not match the product");
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

/// The STATUS bits that flag errors in the streams of A, B and scales.
const ERRORS: u64 = 0b1110;

/// Reads STATUS.
fn status<S: Simulator>(streams: &mut Streams<S>, registers: &Registers) -> Result<u64, ReportError> {
    read(streams, registers, registers.busy)
}

/// Reads the register of a field.
fn read<S: Simulator>(
    streams: &mut Streams<S>,
    registers: &Registers,
    field: FieldRef,
) -> Result<u64, ReportError> {
    streams.push(model::inputs::READ_ADDRESS, &registers.read(field));
    let mut read = None;
    while read.is_none() {
        streams.cycle(&mut |channel, beat| {
            if channel == model::outputs::READ_DATA {
                read = Some(beat[0].to_u64());
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
    use hdl::Encoded;
    use parts::registers::Response;
    use sim::Compiled;

    const ERROR_B: u64 = 1 << 2;
    const FULL: u64 = 1 << 4;

    /// A block with its registers.
    struct Bench {
        streams: Streams<Compiled>,
        registers: Registers,
    }

    impl Bench {
        fn new(params: &Params) -> Bench {
            let streams = Streams::of(params).expect("it simulates");
            Bench { streams, registers: Registers::new(params) }
        }

        fn status(&mut self) -> u64 {
            status(&mut self.streams, &self.registers).expect("it answers")
        }

        /// Writes, and returns the response.
        fn write(&mut self, field: FieldRef, data: u64) -> Response {
            let [address, data] = self.registers.write(field, data as u32);
            self.streams.push(model::inputs::WRITE_ADDRESS, &address);
            self.streams.push(model::inputs::WRITE_DATA, &data);
            let mut given = None;
            while given.is_none() {
                let mut respond = |channel, beat: &[Bits]| {
                    if channel == model::outputs::WRITE_RESPONSE {
                        given = Some(Response::from_code(beat[0].to_u64().into()).expect("AXI has it"));
                    }
                };
                self.streams.cycle(&mut respond).expect("it answers");
            }
            given.expect("it has answered")
        }

        fn results(&mut self, count: usize) {
            let mut results = 0;
            while results < count {
                let mut take = |channel, _: &[Bits]| results += usize::from(channel == model::outputs::C);
                self.streams.cycle(&mut take).expect("results come");
            }
        }
    }

    /// A product whose stream of B has only its first beat: its results still come, and the next product gets its own
    /// beats.
    #[test]
    fn a_lost_beat_is_in_the_status_until_it_is_cleared() {
        let params = Params::default();
        let Operands { m, activations, weights } = Operands::random(2, scheme(16, 4, 4), 1);
        let product = Product::new(&params, m, &activations, &weights);
        let mut bench = Bench::new(&params);
        let of_status = bench.registers.busy;
        for is_whole in [true, false, true] {
            for (field, size) in bench.registers.sizes(product.sizes()) {
                assert_eq!(bench.write(field, size.into()), Response::Okay);
            }
            let start = bench.registers.start;
            assert_eq!(bench.write(start, 1), Response::Okay);
            let mut of_b = 0;
            product.beats((0, 0), &mut |channel, beat| match channel {
                model::inputs::B if !is_whole => {
                    of_b += 1;
                    if of_b == 1 {
                        bench.streams.push(channel, &[beat[0].clone(), Bits::ones(1)]);
                    }
                }
                _ => bench.streams.push(channel, beat),
            });
            bench.results(m);
            let found = bench.status() & ERRORS;
            assert_eq!(found, if is_whole { 0 } else { ERROR_B });
            assert_eq!(bench.write(of_status, ERRORS & !ERROR_B), Response::Okay);
            assert_eq!(bench.status() & ERRORS, found, "what is not written stays");
            assert_eq!(bench.write(of_status, ERROR_B), Response::Okay);
            assert_eq!(bench.status() & ERRORS, 0);
        }
    }

    /// The registers respond at once, even while products are waiting.
    #[test]
    fn a_third_product_is_refused_while_the_second_one_waits() {
        let params = Params::default();
        let Operands { m, activations, weights } = Operands::random(2, scheme(16, 4, 4), 1);
        let product = Product::new(&params, m, &activations, &weights);
        let mut bench = Bench::new(&params);
        let sizes = bench.registers.sizes(product.sizes());
        sizes
            .iter()
            .for_each(|(field, size)| assert_eq!(bench.write(*field, (*size).into()), Response::Okay));
        for (field, size) in sizes {
            assert_eq!(read(&mut bench.streams, &bench.registers, field).unwrap(), u64::from(size));
        }
        let (start, rows) = (bench.registers.start, bench.registers.m);
        assert_eq!(
            [1, 1, 1].map(|one| bench.write(start, one)),
            [Response::Okay, Response::Okay, Response::SlaveError]
        );
        assert_eq!(bench.status() & FULL, FULL);
        // The waiting product already holds its own sizes.
        assert_eq!(bench.write(rows, 9), Response::Okay);
        for _ in 0..2 {
            product.beats((0, 0), &mut |channel, beat| bench.streams.push(channel, beat));
        }
        bench.results(2 * m);
        assert_eq!(bench.status() & (FULL | ERRORS), 0);
    }
}
