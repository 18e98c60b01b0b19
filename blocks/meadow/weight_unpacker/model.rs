//! The golden model: the decoder of `gen-rtl unpack`, and what the block makes of its answer.

use super::params::{Error, Params, WEIGHT_BITS};
use crate::common::lanes::flag;
use crate::golden::{GoldenModel, Model, Reference};
use crate::meadow::packing::{Decoding, Fault, Header, Scheme};
use hdl::{Bits, Encoded};

/// The golden model.
struct Golden {
    params: Params,
    container: Partial,
    /// Weights that have been given.
    given: usize,
    failed: bool,
}

/// A container that comes in beats.
#[derive(Default)]
pub struct Partial {
    bytes: Vec<u8>,
    /// What the block can know of it.
    pub decoding: Decoding,
}

impl Partial {
    /// Adds the bytes of a beat.
    pub fn add(&mut self, params: &Params, beat: &[Bits]) {
        let byte =
            |place: u32| beat[0].slice(WEIGHT_BITS * (place + 1) - 1, WEIGHT_BITS * place).to_u64() as u8;
        self.bytes.extend((0..beat[0].width() / WEIGHT_BITS).map(byte));
        self.decoding.advance(&self.bytes, |header| params.supports(header));
    }

    /// What is wrong with it, if nothing follows.
    pub fn error(&self) -> Error {
        match self.decoding.end(&self.bytes) {
            None => Error::None,
            Some(Fault::Header(_)) => Error::Header,
            Some(Fault::Table(_)) => Error::Table,
            Some(Fault::Mode { .. } | Fault::Id { .. }) => Error::Packet,
            Some(Fault::Early) => Error::Early,
            Some(Fault::Check { .. }) => Error::Check,
        }
    }
}

impl Params {
    /// The weights of a container, which is a whole number of beats; none if it is wrong, or if there is no hardware for it.
    pub fn unpacked(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut decoding = Decoding::default();
        decoding.advance(bytes, |header| self.supports(header));
        decoding.end(bytes).is_none().then(|| decoding.weights().to_vec())
    }

    /// Refuses a container for which these parameters have no hardware.
    fn supports(&self, header: &Header) -> Result<(), String> {
        let is_supported = match &header.scheme {
            Scheme::Raw => true,
            Scheme::Huffman { lanes, classes } => {
                self.huffman && *lanes == self.lanes && *classes <= self.classes
            }
            Scheme::Meadow(dictionary) => {
                self.meadow && dictionary.packet_bits == self.packet_bits && dictionary.unique <= self.unique
            }
        };
        if is_supported { Ok(()) } else { Err(format!("{:?}", header.scheme)) }
    }
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.container.add(&self.params, beat);
        let lanes = self.params.lanes as usize;
        let decoding = &self.container.decoding;
        let count = decoding.header().map_or(0, |header| header.count as usize);
        // The last beat waits for the CRC.
        let whole = decoding.weights().len().min(count.saturating_sub(1)) / lanes * lanes;
        let (beats, rest) = decoding.weights().split_at(whole);
        beats[self.given..].chunks(lanes).for_each(|beat| self.emit(beat, None, emit));
        self.given = whole;
        if beat[1].bit(0) {
            let error = self.container.error();
            let is_wrong = error != Error::None;
            let rest = if is_wrong { vec![] } else { rest.to_vec() };
            self.failed |= is_wrong;
            self.emit(&rest, Some(error), emit);
            (self.container, self.given) = (Partial::default(), 0);
        }
    }
}

impl Golden {
    /// A beat of weights; the last one of a container has an error or none.
    fn emit(&self, weights: &[u8], error: Option<Error>, emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let lanes = self.params.lanes;
        let (mut all, mut keep) = (Bits::zero(WEIGHT_BITS * lanes), Bits::zero(lanes));
        for (lane, weight) in (0..).zip(weights) {
            all.insert(WEIGHT_BITS * lane, &Bits::truncated((*weight).into(), WEIGHT_BITS));
            keep.set_bit(lane, true);
        }
        let code = Bits::truncated(error.unwrap_or(Error::None).code(), Error::WIDTH);
        emit(0, &[all, keep, flag(error.is_some()), code, flag(self.failed)].map(Some));
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        let (params, container) = (self.clone(), Partial::default());
        GoldenModel::sequential(Golden { params, container, given: 0, failed: false })
    }
}
