//! Containers, right and wrong, and the coverage points that they reach.

use super::model::Partial;
use super::params::{Error, Params, WEIGHT_BITS};
use crate::meadow::packing::{
    BLOCK_BYTES, Choice, Dictionaries, Force, HEADER_BYTES, IdOrder, Options, Rows, Scheme, Shape,
    pack_as_asked,
};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;

/// Bytes of the CRC.
const CHECK_BYTES: usize = 4;

/// A coverage point, and whether the parameters can reach it.
type Point = (&'static str, fn(&Params) -> bool);

const POINTS: [Point; 16] = [
    ("raw weights", |_| true),
    ("one class", |params| params.huffman),
    ("two classes", |params| params.huffman && params.classes >= 2),
    ("four classes", |params| params.huffman && params.classes == 4),
    ("a second word of classes", |params| params.huffman && params.classes >= 2),
    ("chunks of one weight", |params| params.meadow),
    ("chunks of two weights", |params| params.meadow),
    ("one mode", |params| params.meadow),
    ("several modes", |params| params.meadow),
    ("a last beat that is not full", |params| params.lanes > 1),
    ("several beats", |_| true),
    ("a wrong header", |_| true),
    ("a wrong table", |params| params.huffman),
    ("a wrong packet", |params| params.meadow),
    ("an early end", |_| true),
    ("a wrong CRC", |_| true),
];

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            // The first one after reset is right, so that nothing hides what its end finds.
            let bytes = match index {
                0 => container(&params, &mut rng),
                _ => any_container(&params, &mut rng),
            };
            beats(&params, &bytes).iter().for_each(|beat| emit(0, beat));
        };
        Space { name: "random containers".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn typical(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            beats(&params, &container(&params, &mut rng)).iter().for_each(|beat| emit(0, beat));
        };
        Space { name: "right containers".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        500
    }

    fn coverage(&self) -> Coverage<'_> {
        let points = POINTS.iter().filter(|(_, can_be)| can_be(self)).map(|(point, _)| *point);
        Coverage::new(points.collect::<Vec<_>>(), Observer { params: self, container: Partial::default() })
    }
}

/// A container in beats; what is no whole beat is left out.
fn beats(params: &Params, bytes: &[u8]) -> Vec<[Bits; 2]> {
    let of_beat = (params.input().data / WEIGHT_BITS) as usize;
    let count = (bytes.len() / of_beat).max(1);
    let beat = |(number, bytes): (usize, &[u8])| {
        let mut data = Bits::zero(params.input().data);
        (0..).zip(bytes).for_each(|(place, byte)| {
            data.insert(WEIGHT_BITS * place, &Bits::truncated((*byte).into(), WEIGHT_BITS));
        });
        [data, Bits::truncated((number + 1 == count).into(), 1)]
    };
    bytes.chunks(of_beat).take(count).enumerate().map(beat).collect()
}

/// A right container: few weights of any distribution.
fn container(params: &Params, rng: &mut Rng) -> Vec<u8> {
    let options = options(params, rng);
    let lanes = params.lanes as usize;
    let (k, n) = match options.classes {
        1 => (rng.usize(1..=2 * lanes + 3), rng.usize(1..=5)),
        // Some have more than one word of classes.
        classes => (lanes * rng.usize(1..=2), rng.usize(classes as usize..20)),
    };
    let shape = Shape::of(n, k, Rows::Outputs).expect("it is small");
    let weights = weights(rng, k * n);
    let force = Force { widths: widths(rng), seed: rng.bool().then(|| rng.u64(..)) };
    pack_as_asked(&weights, shape, &options, &force).expect("the options are legal").bytes
}

/// Options for containers that can be unpacked.
pub fn options(params: &Params, rng: &mut Rng) -> Options {
    let mut choices = vec![Choice::Raw];
    choices.extend([Choice::Huffman; 2].into_iter().filter(|_| params.huffman));
    choices.extend([Choice::Meadow; 2].into_iter().filter(|_| params.meadow));
    let choice = choices[rng.usize(..choices.len())];
    let legal = [1, 2, 4];
    let classes = legal.into_iter().filter(|classes| *classes <= params.classes).collect::<Vec<_>>();
    let classes = match choice {
        Choice::Huffman => classes[rng.usize(..classes.len())],
        Choice::Raw | Choice::Meadow | Choice::Best => 1,
    };
    let dictionaries = Dictionaries {
        chunk: rng.u32(1..=2),
        packet_bits: params.packet_bits,
        order: [IdOrder::Value, IdOrder::FirstSeen, IdOrder::Frequency][rng.usize(..3)],
        is_fixed: rng.bool(),
    };
    Options { choice, lanes: params.lanes, classes, dictionaries }
}

/// The widths of modes: the packer's own, or many for small IDs and some for the others.
fn widths(rng: &mut Rng) -> Vec<u32> {
    let (narrow, wide) = (rng.usize(..16), rng.usize(1..=16));
    if rng.bool() {
        return vec![];
    }
    let least = rng.u32(9..=16);
    let mut widths = vec![1; narrow.min(16 - wide)];
    widths.extend((0..wide).map(|_| rng.u32(least..=16)));
    widths.sort_unstable();
    widths
}

/// One value, few, small ones, or any.
fn weights(rng: &mut Rng, count: usize) -> Vec<u8> {
    let kind = rng.u8(..5);
    let common = rng.u8(..);
    let one = |_| match kind {
        0 => common,
        1 => common.wrapping_add(rng.u8(..3)),
        2 | 3 => (0..4).fold(0, |sum: u8, _| sum.wrapping_add(rng.u8(..3))).wrapping_sub(4),
        _ => rng.u8(..),
    };
    (0..count).map(one).collect()
}

/// A container that is right, or wrong in one of many ways.
fn any_container(params: &Params, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = container(params, rng);
    let end = bytes.len() - CHECK_BYTES;
    match rng.u8(..16) {
        // A bit, which only the CRC may tell.
        0 => flip(rng, &mut bytes, 0),
        // It ends early.
        1 => bytes.truncate(rng.usize(1..bytes.len())),
        // A bit of the header, of what the hardware reads of it, or of the rest, under a right CRC.
        2 => flip(rng, &mut bytes[..HEADER_BYTES], 0),
        3 => {
            let place = [5, 7, 8, 16, 17, 20, 22, 23, 24, 25, 28, rng.usize(32..48)][rng.usize(..12)];
            bytes[place] = if rng.bool() { rng.u8(..18) } else { bytes[place] ^ 1 << rng.u8(..8) };
        }
        4 => flip(rng, &mut bytes[..end], HEADER_BYTES),
        // Modes and IDs that do not exist, and codes in any order.
        5 => (end / 2..end).for_each(|place| bytes[place] = rng.u8(..)),
        // More than is needed.
        6 => bytes.resize(bytes.len() + BLOCK_BYTES, rng.u8(..)),
        _ => return bytes,
    }
    if rng.u8(..4) > 0 && bytes.len() > CHECK_BYTES {
        let end = bytes.len() - CHECK_BYTES;
        let check = crc32fast::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&check.to_le_bytes());
    }
    bytes
}

/// Flips a bit from a byte on.
fn flip(rng: &mut Rng, bytes: &mut [u8], first: usize) {
    let place = rng.usize(first..bytes.len());
    bytes[place] ^= 1 << rng.u8(..8);
}

/// Decodes what enters.
struct Observer<'p> {
    params: &'p Params,
    container: Partial,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        self.container.add(self.params, beat);
        if !beat[1].bit(0) {
            return;
        }
        let container = std::mem::take(&mut self.container);
        let reached = reached(&container, self.params.lanes as usize);
        let points = POINTS.iter().zip(reached).filter(|((_, can_be), _)| can_be(self.params));
        points.enumerate().filter(|(_, (_, reached))| *reached).for_each(|(point, _)| hit(point));
    }
}

/// Which of the points a container reaches.
fn reached(container: &Partial, lanes: usize) -> [bool; POINTS.len()] {
    let (error, weights) = (container.error(), container.decoding.weights().len());
    let header = container.decoding.header().filter(|_| error == Error::None);
    let (mut is_raw, mut classes, mut dictionary) = (false, 0, None);
    match header.map(|header| &header.scheme) {
        None => {}
        Some(Scheme::Raw) => is_raw = true,
        Some(Scheme::Huffman { classes: count, .. }) => classes = *count,
        Some(Scheme::Meadow(of_chunks)) => dictionary = Some(of_chunks),
    }
    let outputs = header.map_or(0, |header| header.shape.n);
    [
        is_raw,
        classes == 1,
        classes == 2,
        classes == 4,
        classes == 2 && outputs > 16 || classes == 4 && outputs > 8,
        dictionary.is_some_and(|dictionary| dictionary.chunk == 1),
        dictionary.is_some_and(|dictionary| dictionary.chunk == 2),
        dictionary.is_some_and(|dictionary| dictionary.widths.len() == 1),
        dictionary.is_some_and(|dictionary| dictionary.widths.len() > 1),
        error == Error::None && !weights.is_multiple_of(lanes),
        weights > lanes,
        error == Error::Header,
        error == Error::Table,
        error == Error::Packet,
        error == Error::Early,
        error == Error::Check,
    ]
}
