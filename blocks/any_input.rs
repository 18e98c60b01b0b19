//! No golden model and no observer panics, whatever the inputs.

use crate::block::Configured;
use crate::registry::blocks;
use crate::stimulus::Coverage;
use fastrand::Rng;
use hdl::{Bits, limbs_for};

/// Beats that each variant gets.
const BEATS: u32 = 300;

/// A field: any bits, few ones, few zeros, or a small number.
fn any_bits(rng: &mut Rng, width: u32) -> Bits {
    let kind = rng.u8(..8);
    let limb = |_| match kind {
        0 => 0,
        1 => u64::MAX,
        2 => rng.u64(..) & rng.u64(..) & rng.u64(..),
        3 => rng.u64(..) | rng.u64(..) | rng.u64(..),
        _ => rng.u64(..),
    };
    let limbs: Vec<u64> = (0..limbs_for(width)).map(limb).collect();
    match kind {
        4 => Bits::truncated(rng.u8(..33).into(), width),
        _ => Bits::from_limbs(width, &limbs),
    }
}

fn takes_anything(block: &dyn Configured, rng: &mut Rng) {
    let interface = block.interface();
    let Coverage { points, mut observer } = block.coverage();
    let (mut model, points) = (block.model(), points.len());
    for _ in 0..BEATS {
        let channel = rng.usize(..interface.inputs.len());
        let fields = &interface.inputs[channel].fields;
        let beat: Vec<Bits> = fields.iter().map(|field| any_bits(rng, field.width)).collect();
        model.accept(channel, &beat, &mut |channel, answer| {
            let fields = &interface.outputs[channel].fields;
            assert_eq!(answer.len(), fields.len());
            let widths = answer.iter().zip(fields).filter_map(|(bits, field)| Some((bits.as_ref()?, field)));
            widths.for_each(|(bits, field)| assert_eq!(bits.width(), field.width, "{}", field.name));
        });
        observer.taken(channel, &beat, &mut |point| assert!(point < points, "point {point} of {points}"));
    }
}

#[test]
fn golden_models_and_observers_take_any_beats() {
    let seed = random_designs::seed();
    println!("GEN_RTL_SEED={seed}");
    for block in blocks() {
        for text in [""].iter().chain(block.variants) {
            println!("{} {text}", block.name);
            let configured = block.variant(text).expect("a variant is legal");
            takes_anything(&*configured, &mut Rng::with_seed(seed));
        }
    }
}
