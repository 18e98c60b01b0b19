//! Cycles of the processing element's RTL beside the model's.

use super::machine::MACHINE;
use crate::ReportError;
use crate::streams::Streams;
use blocks::meadow::meadow_mac_pe::Params;
use blocks::meadow::meadow_mac_pe::model::{Row, Rows};
use hdl::Bits;
use serde::Serialize;

/// A piece of a layer on one element.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    /// What it computes.
    pub name: &'static str,
    /// Cycles of the model, with those of the pipeline's depth.
    pub modelled: u64,
    /// Cycles of the RTL in simulation, from the first beat to the last sums.
    pub measured: u64,
}

/// Dot products, or a sum of scaled vectors.
struct Piece {
    is_broadcast: bool,
    count: u64,
    length: u64,
}

impl Piece {
    /// Beats, and those of a row.
    fn beats(&self, lanes: u64) -> [u64; 2] {
        let of_each = self.length / lanes;
        let all = self.count * of_each;
        [all, if self.is_broadcast { all } else { of_each }]
    }
}

/// Runs an element on a head's pieces, and compares every sum with the golden model.
pub fn tiles(seed: u64) -> Result<Vec<Tile>, ReportError> {
    let pieces = [
        ("64 dot products of 768", Piece { is_broadcast: false, count: 64, length: 768 }),
        ("512 dot products of 64", Piece { is_broadcast: false, count: 512, length: 64 }),
        ("512 scaled vectors of 64", Piece { is_broadcast: true, count: 512, length: 64 }),
    ];
    let params = Params::default();
    let tile = |(name, piece): (&'static str, Piece)| {
        let modelled = MACHINE.beats(piece.count, piece.length) + u64::from(params.stages) + 1;
        Ok(Tile { name, modelled, measured: measured(&params, &piece, seed)? })
    };
    pieces.into_iter().map(tile).collect()
}

fn measured(params: &Params, piece: &Piece, seed: u64) -> Result<u64, ReportError> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut streams = Streams::of(params)?;
    let (mut golden, mut expected) = (Rows::new(params), vec![]);
    let [beats, of_row] = piece.beats(params.lanes.into());
    for place in 0..beats {
        let flag = |flag: bool| Bits::truncated(flag.into(), 1);
        let mut operand = |bits: u32| {
            let limbs: Vec<u64> = (0..bits.div_ceil(64)).map(|_| rng.u64(..)).collect();
            Bits::from_limbs(bits, &limbs)
        };
        let (a, b) = (operand(params.a_lanes() * params.a_bits), operand(params.lanes * params.b_bits));
        let beat = [a, b, flag(piece.is_broadcast), flag((place + 1).is_multiple_of(of_row))];
        expected.extend(golden.take(&beat));
        streams.push(0, &beat);
    }
    let mut results = vec![];
    while results.len() < expected.len() {
        streams.cycle(&mut |_, beat| results.push(beat[0].clone()))?;
    }
    match results.iter().zip(&expected).position(|(sums, row)| !agrees(params, sums, row)) {
        Some(row) => Err(ReportError::Wrong(format!("meadow_mac_pe: row {row}"))),
        None => Ok(streams.cycles()),
    }
}

fn agrees(params: &Params, sums: &Bits, row: &Row) -> bool {
    let width = params.acc_bits;
    let mut expected = Bits::zero(sums.width());
    for (lane, sum) in (0..).zip(&row.sums) {
        expected.insert(lane * width, &Bits::truncated(i128::from(*sum) as u128, width));
    }
    *sums == expected
}
