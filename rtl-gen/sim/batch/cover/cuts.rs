//! Cuts: sets of up to three gates that determine a gate's value, with its truth table over them.

use super::Region;
use crate::batch::gates::{Gate, Lit};

/// Up to three gates, in ascending order, and a truth table over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    leaves: [u32; 3],
    count: u8,
    /// Bit `4 x + 2 y + z` is the value for the leaves `x`, `y` and `z` in order; missing leaves do not matter.
    pub table: u8,
}

/// The truth tables of the three leaves themselves.
const LEAF_TABLES: [u8; 3] = [0xf0, 0xcc, 0xaa];

/// How many cuts a gate keeps, besides itself.
const MAX_CUTS: usize = 8;

impl Cut {
    /// The gate by itself.
    pub fn trivial(gate: usize) -> Cut {
        Cut { leaves: [gate as u32, 0, 0], count: 1, table: LEAF_TABLES[0] }
    }

    /// The gates that decide.
    pub fn leaves(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        self.leaves.into_iter().take(self.count as usize).map(|leaf| leaf as usize)
    }

    fn as_slice(&self) -> &[u32] {
        &self.leaves[..self.count as usize]
    }

    /// The union of the leaves, if there are at most three.
    fn union(&self, other: &Cut) -> Option<Cut> {
        let mut union = Cut { leaves: [0; 3], count: 0, table: 0 };
        let (mut a, mut b) = (self.as_slice(), other.as_slice());
        while let Some(&least) = a.first().into_iter().chain(b.first()).min() {
            *union.leaves.get_mut(union.count as usize)? = least;
            union.count += 1;
            a = if a.first() == Some(&least) { &a[1..] } else { a };
            b = if b.first() == Some(&least) { &b[1..] } else { b };
        }
        Some(union)
    }

    /// The truth table over the leaves of a larger cut.
    fn table_over(&self, larger: &Cut) -> u8 {
        if self.leaves == larger.leaves && self.count == larger.count {
            return self.table;
        }
        let mut places = [0; 3];
        for (to, leaf) in places.iter_mut().zip(self.as_slice()) {
            let place = larger.as_slice().iter().position(|other| other == leaf);
            *to = place.expect("the larger cut has every leaf");
        }
        let index = |larger_index: u8| {
            let bit = |leaf: usize| larger_index >> (2 - places[leaf]) & 1;
            (0..self.count as usize).fold(0, |index, leaf| index | bit(leaf) << (2 - leaf))
        };
        (0..8).fold(0, |table, i| table | (self.table >> index(i) & 1) << i)
    }

    fn is_within(&self, other: &Cut) -> bool {
        self.as_slice().iter().all(|leaf| other.as_slice().contains(leaf))
    }
}

/// The cuts of every gate of a region, without the trivial one of an inner gate.
pub struct Cuts(Vec<Vec<Cut>>);

impl Cuts {
    /// Finds them, operands first; `inner` are the gates to be computed.
    pub fn of(region: &Region, inner: &[usize]) -> Cuts {
        let mut cuts = Cuts(vec![vec![]; region.graph.gates().len()]);
        for &gate in inner {
            cuts.0[gate] = cuts.of_gate(region, gate);
        }
        cuts
    }

    /// The cuts of an inner gate, the smallest first.
    pub fn get(&self, gate: usize) -> &[Cut] {
        &self.0[gate]
    }

    fn of_gate(&self, region: &Region, gate: usize) -> Vec<Cut> {
        let [a, b] = region.operands(gate);
        let is_xor = matches!(region.graph.gates()[gate], Gate::Xor(..));
        let mut cuts: Vec<Cut> = vec![];
        for left in self.and_trivial(a) {
            for right in self.and_trivial(b) {
                let Some(mut cut) = left.union(&right) else { continue };
                let (x, y) = (left.table_over(&cut), right.table_over(&cut));
                let (x, y) = (inverted(x, a), inverted(y, b));
                cut.table = if is_xor { x ^ y } else { x & y };
                add(&mut cuts, cut);
            }
        }
        cuts.sort_by_key(|cut| cut.count);
        cuts.truncate(MAX_CUTS);
        cuts
    }

    fn and_trivial(&self, lit: Lit) -> impl Iterator<Item = Cut> + '_ {
        let gate = lit.gate();
        std::iter::once(Cut::trivial(gate)).chain(self.0[gate].iter().copied())
    }
}

fn inverted(table: u8, lit: Lit) -> u8 {
    if lit.is_inverted() { !table } else { table }
}

/// Adds a cut unless an existing one dominates it, that is, has only leaves of this one; removes the cuts that it
/// dominates.
fn add(cuts: &mut Vec<Cut>, cut: Cut) {
    if !cuts.iter().any(|other| other.is_within(&cut)) {
        cuts.retain(|other| !cut.is_within(other));
        cuts.push(cut);
    }
}
