//! The golden model: products of matrices, block of results by block.

use super::packets::{Packets, totals};
use super::params::{Params, Sizes};
use super::registers::Registers;
use crate::common::lanes::flag;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::pacq::pacq_dp::model::activations;
use crate::pacq::pacq_group_scale::model::floats;
use crate::pacq::pacq_tile::model::product;
use crate::pacq::tile::golden::{Scale, groups};
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use hdl::{Bits, Encoded};
use parts::registers::{RegisterFile, Response};
use std::collections::VecDeque;

/// Numbers of the input channels.
pub mod inputs {
    /// Addresses of registers that are written.
    pub const WRITE_ADDRESS: usize = 0;
    /// Words for registers.
    pub const WRITE_DATA: usize = 1;
    /// Addresses of registers that are read.
    pub const READ_ADDRESS: usize = 2;
    /// Activations.
    pub const A: usize = 3;
    /// Packed weights.
    pub const B: usize = 4;
    /// Scales and zero points.
    pub const SCALE: usize = 5;
}

/// Numbers of the output channels.
pub mod outputs {
    /// Responses to writes.
    pub const WRITE_RESPONSE: usize = 0;
    /// Words of registers.
    pub const READ_DATA: usize = 1;
    /// Results.
    pub const C: usize = 2;
}

/// A block of results: how many rows and how many columns of words it has.
#[derive(Clone, Copy, Debug)]
struct Block {
    rows: usize,
    words: usize,
    is_last: bool,
}

/// A pending product: its sizes, how many of its blocks are done, and whether a stream had the wrong number of beats.
struct Job {
    sizes: Sizes,
    given: u64,
    is_wrong: bool,
}

impl Job {
    /// The next block, in row-major order.
    fn next(&self, lanes: u32) -> Block {
        let Sizes { m, n, .. } = self.sizes;
        let words = n.div_ceil(lanes);
        let (across, down) = (u64::from(words.div_ceil(WORDS)), u64::from(m.div_ceil(ROWS)));
        let (row, column) = (self.given / across, self.given % across);
        let left =
            |total: u32, step: u32, number: u64| (u64::from(total) - number * u64::from(step)) as usize;
        Block {
            rows: left(m, ROWS, row).min(ROWS as usize),
            words: left(words, WORDS, column).min(WORDS as usize),
            is_last: self.given + 1 == across * down,
        }
    }
}

/// The model as the block's.
pub struct Golden {
    params: Params,
    registers: Registers,
    file: RegisterFile,
    addresses: VecDeque<u32>,
    /// Write data with its strobes.
    data: VecDeque<(u32, u32)>,
    jobs: VecDeque<Job>,
    a: Packets<Vec<u16>>,
    b: Packets<Vec<u16>>,
    scales: Packets<Scale>,
}

impl Golden {
    /// The model at its start.
    pub fn new(params: &Params) -> Golden {
        let (addresses, data, jobs) = Default::default();
        let (a, b, scales) = (Packets::new(), Packets::new(), Packets::new());
        let registers = Registers::new(params);
        let file = RegisterFile::new(registers.map.clone());
        Golden { params: params.clone(), registers, file, addresses, data, jobs, a, b, scales }
    }

    /// A complete write; returns its response.
    fn write(&mut self, address: u32, (data, strobes): (u32, u32)) -> Response {
        let starts = self.file.sets(address, data, strobes, self.registers.start);
        let sizes = self.registers.written(&self.file);
        let is_legal = !starts || sizes.is_legal(&self.params);
        if !is_legal || !self.file.write(address, data, strobes) {
            return Response::SlaveError;
        }
        if starts {
            self.jobs.push_back(Job { sizes, given: 0, is_wrong: false });
        }
        Response::Okay
    }

    /// Emits the next block of results once all its operands have arrived. True if it did.
    fn next_block(&mut self, emit: &mut dyn FnMut(usize, &[Option<Bits>])) -> bool {
        let Some(job) = self.jobs.front_mut() else { return false };
        let (sizes, shape) = (job.sizes, self.params.tile.shape());
        let block = job.next(shape.lanes());
        if job.given == 0 {
            let [a, b, scales] = totals(&self.params, sizes);
            self.a.begin(a);
            self.b.begin(b);
            self.scales.begin(scales);
        }
        let ends = sizes.group_ends();
        let beats = sizes.k.div_ceil(shape.terms) as usize;
        let of_scales = ends.len() * block.words;
        if !self.a.has(beats * block.rows) || !self.b.has(beats * block.words) || !self.scales.has(of_scales)
        {
            return false;
        }
        let zeros = vec![0; shape.terms as usize];
        let places = shape.scales() as usize;
        let no_scale = Scale { scales: vec![0; places], zeros: vec![0; places] };
        let (mut a, wrong_a) = self.a.take(beats * block.rows, &zeros);
        let (mut b, wrong_b) = self.b.take(beats * block.words, &zeros);
        let (scales, wrong_scales) = self.scales.take(of_scales, &no_scale);
        let rows = lines(&mut a, block.rows, sizes.k, shape.terms);
        let columns = lines(&mut b, block.words, sizes.k, shape.terms);
        job.is_wrong |= wrong_a | wrong_b | wrong_scales;
        let is_wrong = job.is_wrong;
        job.given += 1;
        if block.is_last {
            self.jobs.pop_front();
        }
        for (place, column) in columns.iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                let groups = groups(row, column, &ends, |group| &scales[group * block.words + place]);
                let lanes = product(&self.params.tile, &groups);
                let is_last = block.is_last && place == block.words - 1 && number == block.rows - 1;
                let data = floats(self.params.tile.result.float(), &lanes);
                emit(outputs::C, &[data, flag(is_last), flag(is_last && is_wrong)].map(Some));
            }
        }
        true
    }
}

/// The lines along k in the beats of tiles, which hold line after line. Values beyond K are 0.
fn lines(beats: &mut VecDeque<Vec<u16>>, count: usize, k: u32, terms: u32) -> Vec<Vec<u16>> {
    let mut lines = vec![vec![]; count];
    for tile in (0..k).step_by(DEPTH as usize) {
        let of_tile = (k - tile).min(DEPTH);
        for line in &mut lines {
            let values = beats.drain(..of_tile.div_ceil(terms) as usize).flatten().take(of_tile as usize);
            line.extend(values);
            line.resize((tile + DEPTH) as usize, 0);
        }
    }
    lines
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let number = |field: &Bits| field.to_u64() as u32;
        let bits = |value: u64, width: u32| Some(Bits::truncated(value.into(), width));
        let coded = |response: Response| bits(response.code() as u64, Response::WIDTH);
        match channel {
            inputs::WRITE_ADDRESS => self.addresses.push_back(number(&beat[0])),
            inputs::WRITE_DATA => self.data.push_back((number(&beat[0]), number(&beat[1]))),
            inputs::READ_ADDRESS => {
                let (data, response) = match self.file.read(number(&beat[0])) {
                    Some(data) => (data, Response::Okay),
                    None => (Some(0), Response::SlaveError),
                };
                let data = data.and_then(|data| bits(data.into(), 32));
                emit(outputs::READ_DATA, &[data, coded(response)]);
            }
            inputs::A => self.a.push(activations(&beat[0]), !beat[1].is_zero()),
            inputs::B => self.b.push(activations(&beat[0]), !beat[1].is_zero()),
            _ => self.scales.push(scale(&self.params, &beat[0]), !beat[1].is_zero()),
        }
        while !self.addresses.is_empty() && !self.data.is_empty() {
            let (address, data) = (self.addresses.pop_front(), self.data.pop_front());
            let response = self.write(address.expect("there is one"), data.expect("there is one"));
            emit(outputs::WRITE_RESPONSE, &[coded(response)]);
        }
        while self.next_block(emit) {}
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

/// The scales and zero points of a beat.
fn scale(params: &Params, data: &Bits) -> Scale {
    let shape = params.tile.shape();
    let zero = |place: u32| {
        let low = shape.scales() * 16 + place * shape.weight_bits;
        data.slice(low + shape.weight_bits - 1, low).to_u64() as u16
    };
    Scale {
        scales: activations(&data.slice(shape.scales() * 16 - 1, 0)),
        zeros: (0..shape.scales()).map(zero).collect(),
    }
}
