//! Golden models: the expected outputs of a block.

use crate::beats::Beats;
use crate::channel::Channel;
use hdl::{Bits, limbs_for};

/// A golden model: the expected outputs of a block, beat for beat.
pub trait Model: Send {
    /// Takes a beat of input channel `channel`, and gives `emit` each beat that the block then owes, with the index of
    /// its output channel. A field without a value is unspecified.
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>]));
}

/// The answer of a block with one input and one output channel to a beat, which depends on that beat alone.
///
/// A beat is the 64-bit limbs of its fields, one field after the other.
pub trait PureModel: Send + Sync {
    /// Writes the answer to a beat into `answer`, which is initially all zeros. `specified`, initially all ones, is
    /// cleared where the answer is unspecified.
    fn answer(&self, beat: &[u64], answer: &mut [u64], specified: &mut [u64]);

    /// The answers to several beats, as many as there is room for.
    fn answer_all(&self, beats: &Beats, answers: &mut Beats, specified: &mut Beats) {
        answers.fill(0);
        specified.fill(u64::MAX);
        for ((beat, answer), specified) in beats.iter().zip(answers.iter_mut()).zip(specified.iter_mut()) {
            self.answer(beat, answer, specified);
        }
    }
}

/// A pure model as a [`Model`] of beats.
pub struct OfBeats {
    model: Box<dyn PureModel>,
    output_widths: Vec<u32>,
}

impl OfBeats {
    /// The model of a block with this output channel.
    pub fn new(model: Box<dyn PureModel>, output: &Channel) -> OfBeats {
        OfBeats { model, output_widths: output.fields.iter().map(|field| field.width).collect() }
    }
}

impl Model for OfBeats {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let limbs: Vec<u64> = beat.iter().flat_map(|field| field.limbs()).copied().collect();
        let count = self.output_widths.iter().map(|width| limbs_for(*width)).sum();
        let (mut answer, mut specified) = (vec![0; count], vec![u64::MAX; count]);
        self.model.answer(&limbs, &mut answer, &mut specified);
        let mut first = 0;
        let field = |width: &u32| {
            let limbs = first..first + limbs_for(*width);
            first = limbs.end;
            (specified[limbs.start] != 0).then(|| Bits::from_limbs(*width, &answer[limbs]))
        };
        let fields: Vec<Option<Bits>> = self.output_widths.iter().map(field).collect();
        emit(0, &fields);
    }
}

/// The golden model of a block.
pub enum GoldenModel {
    /// For a block without state, with one channel in each direction.
    Pure(Box<dyn PureModel>),
    /// For any other block, at its start.
    Sequential(Box<dyn Model>),
}

impl GoldenModel {
    /// A model whose answer depends on the beat alone.
    pub fn pure(model: impl PureModel + 'static) -> GoldenModel {
        GoldenModel::Pure(Box::new(model))
    }

    /// A model with state, at its start.
    pub fn sequential(model: impl Model + 'static) -> GoldenModel {
        GoldenModel::Sequential(Box::new(model))
    }
}

/// The reference for a block.
pub trait Reference {
    /// The golden model.
    fn golden(&self) -> GoldenModel;
}
