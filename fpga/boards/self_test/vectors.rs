//! The stimulus of the self-test, and the golden model's signature.

use super::signature::Signature;
use blocks::block::Configured;
use blocks::channel::Channel;
use hdl::Bits;
use testbenches::ToolError;

/// The words of the input channels, and the expected outputs.
pub struct Vectors {
    /// For each input channel its beats, the first field in the lowest bits.
    pub inputs: Vec<Vec<Bits>>,
    /// For each output channel the number of beats.
    pub beats: Vec<u64>,
    /// For each output channel the signature.
    pub signatures: Vec<u32>,
}

impl Vectors {
    /// As many of the block's corner-weighted cases as fit into memories of `depth` words. A self-test needs at least
    /// one case, and answers with every bit specified; `top` is its name, for errors.
    pub fn new(block: &dyn Configured, depth: usize, seed: u64, top: &str) -> Result<Vectors, ToolError> {
        let interface = block.interface();
        let space = block.random(seed);
        let mut inputs: Vec<Vec<Bits>> = vec![vec![]; interface.inputs.len()];
        let mut model = block.model();
        let mut outputs = vec![Signature::default(); interface.outputs.len()];
        let mut unspecified = None;
        for index in 0..space.cases {
            let mut case: Vec<(usize, Vec<Bits>)> = vec![];
            (space.make)(index, &mut |channel, beat| case.push((channel, beat.to_vec())));
            let of = |channel: usize| case.iter().filter(|(its, _)| *its == channel).count();
            if inputs.iter().enumerate().any(|(channel, beats)| beats.len() + of(channel) > depth) {
                break;
            }
            for (channel, beat) in &case {
                inputs[*channel].push(joined(beat));
                model.accept(*channel, beat, &mut |output, fields| match fields
                    .iter()
                    .cloned()
                    .collect::<Option<Vec<Bits>>>()
                {
                    Some(fields) => outputs[output].add(&joined(&fields)),
                    None => unspecified = Some(output),
                });
            }
        }
        let refused = |reason| Err(ToolError::Design { top: top.into(), reason });
        if let Some(output) = unspecified {
            return refused(unspecified_field(&interface.outputs[output]));
        }
        if inputs.iter().all(Vec::is_empty) {
            return refused(format!("a case of the block does not fit into memories of {depth} words"));
        }
        Ok(Vectors {
            inputs,
            beats: outputs.iter().map(|output| output.beats).collect(),
            signatures: outputs.iter().map(|output| output.value).collect(),
        })
    }
}

/// The reason why a channel with unspecified answers has no signature.
fn unspecified_field(channel: &Channel) -> String {
    format!(
        "output channel `{}` has fields that the golden model leaves unspecified, so a self-test has no signature",
        channel.name
    )
}

/// The fields of a beat as one word, the first in the lowest bits.
fn joined(fields: &[Bits]) -> Bits {
    let mut word = Bits::zero(fields.iter().map(Bits::width).sum());
    let mut low = 0;
    for field in fields {
        (0..field.width()).for_each(|bit| word.set_bit(low + bit, field.bit(bit)));
        low += field.width();
    }
    word
}
