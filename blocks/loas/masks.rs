//! Random bit masks, with the corner cases of sparse logic.

use fastrand::Rng;
use hdl::Bits;

/// Probabilities of a one, in 1024ths.
const DENSITIES: [u16; 6] = [18, 64, 256, 512, 960, 1006];

/// A mask of `width` bits: empty, full, one bit alone, all but one, or of a density from 2 to 98 %.
pub fn random_mask(rng: &mut Rng, width: u32) -> Bits {
    let place = match rng.u8(..4) {
        0 => 0,
        1 => width - 1,
        _ => rng.u32(..width),
    };
    match rng.u8(..16) {
        0 => Bits::zero(width),
        1 => Bits::ones(width),
        2 | 3 => only(place, width),
        4 => complement(&only(place, width)),
        _ => {
            let density = DENSITIES[rng.usize(..DENSITIES.len())];
            dense(rng, width, density)
        }
    }
}

/// A mask in which each bit is set with the given chance in 1024ths.
pub fn dense(rng: &mut Rng, width: u32, density: u16) -> Bits {
    let mut mask = Bits::zero(width);
    (0..width).for_each(|place| mask.set_bit(place, rng.u16(..1024) < density));
    mask
}

/// The numbers of the set bits, in order.
pub fn ones(mask: &Bits) -> impl Iterator<Item = u32> + '_ {
    (0..mask.width()).filter(|place| mask.bit(*place))
}

/// The number of ones below a bit.
pub fn ones_below(mask: &Bits, place: u32) -> u32 {
    (0..place).filter(|lower| mask.bit(*lower)).count() as u32
}

/// The positions at which both masks have a one.
pub fn matches(a: &Bits, b: &Bits) -> Vec<u32> {
    ones(a).filter(|place| b.bit(*place)).collect()
}

/// Part `index` of a field with parts of `width` bits each, the first in the lowest bits.
pub fn part(field: &Bits, place: u32, width: u32) -> Bits {
    field.slice((place + 1) * width - 1, place * width)
}

/// Names of the coverage points of a mask.
pub const POINTS: [&str; 5] = ["mask empty", "mask full", "first bit alone", "last bit alone", "sparse mask"];

/// Reports the coverage points that a mask reaches.
pub fn observe(mask: &Bits, hit: &mut dyn FnMut(usize)) {
    let ones: u32 = mask.limbs().iter().map(|limb| limb.count_ones()).sum();
    let reached = [
        ones == 0,
        mask.is_ones(),
        ones == 1 && mask.bit(0),
        ones == 1 && mask.bit(mask.width() - 1),
        ones > 0 && ones <= mask.width() / 8,
    ];
    (0..reached.len()).filter(|point| reached[*point]).for_each(hit);
}

fn only(place: u32, width: u32) -> Bits {
    let mut mask = Bits::zero(width);
    mask.set_bit(place, true);
    mask
}

fn complement(mask: &Bits) -> Bits {
    let limbs: Vec<u64> = mask.limbs().iter().map(|limb| !limb).collect();
    Bits::from_limbs(mask.width(), &limbs)
}
