//! `float_product`, the plain multiplication of the dual mode, against every reference.

use crate::cases::{corners, random_pairs};
use crate::reference::{self, Reference};
use blocks::pacq::pacq_mul::model::float_product;

fn check(reference: &Reference, a: u16, b: u16) {
    assert_eq!(
        float_product(reference.format, a, b),
        reference.canonical_product(a, b),
        "{}: {a:#06x} x {b:#06x}",
        reference.name
    );
}

#[test]
fn every_corner_by_every_float() {
    for reference in reference::all() {
        for a in corners(reference.format) {
            for b in 0..=u16::MAX {
                check(&reference, a, b);
            }
        }
    }
}

#[test]
fn random_products() {
    for reference in reference::all() {
        for (a, b) in random_pairs(1).take(1 << 22) {
            check(&reference, a, b);
        }
    }
}
