//! Properties at run time: violations, and hits of cover points.

use hdl::Source;
use hdl::netlist::{Property, PropertyKind};
use std::fmt;
use std::sync::Arc;

/// A property that was violated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// An assertion: the design is wrong; an assumption: its environment is.
    pub kind: PropertyKind,
    /// Instance names and the property's name, joined by dots.
    pub path: String,
    /// The first cycle that violated it, counted from 0.
    pub cycle: u64,
    /// Number of cycles that violated it.
    pub count: u64,
    /// Where it was written.
    pub source: Source,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PropertyKind::Assume => "environment error: violates assumption",
            PropertyKind::Assert | PropertyKind::Cover => "assertion failed:",
        };
        write!(f, "{what} `{}` in cycle {}", self.path, self.cycle)?;
        if self.count > 1 {
            write!(f, " and {} more", self.count - 1)?;
        }
        write!(f, "\n  --> {}", self.source)
    }
}

/// A cover point and how often it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Instance names and the cover point's name, joined by dots.
    pub path: String,
    /// In how many cycles the condition was 1.
    pub hits: u64,
    /// Where it was written.
    pub source: Source,
}

/// The properties of a design, with the counts so far.
#[derive(Clone)]
pub(crate) struct Properties {
    list: Arc<[Property]>,
    tallies: Vec<Tally>,
}

/// How often a property's event occurred (a violation, or the hit of a cover point), and when first.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: u64,
    first_cycle: u64,
}

impl Properties {
    /// Nothing seen yet.
    pub fn new(list: Vec<Property>) -> Properties {
        Properties { tallies: vec![Tally::default(); list.len()], list: list.into() }
    }

    /// Checks the condition of a property in one cycle.
    pub fn look(&mut self, index: usize, condition: bool, cycle: u64) {
        if condition == (self.list[index].kind == PropertyKind::Cover) {
            self.count(index, 1, cycle);
        }
    }

    /// Counts events of a property in one cycle.
    pub fn count(&mut self, index: usize, events: u64, cycle: u64) {
        let tally = &mut self.tallies[index];
        if tally.count == 0 {
            tally.first_cycle = cycle;
        }
        tally.count += events;
    }

    /// The violated assertions, or assumptions, in order of declaration.
    pub fn broken(&self, kind: PropertyKind) -> Vec<Violation> {
        let broken = self.seen(kind).filter(|(_, tally)| tally.count > 0);
        broken
            .map(|(property, tally)| Violation {
                kind,
                path: property.name.clone(),
                cycle: tally.first_cycle,
                count: tally.count,
                source: property.source,
            })
            .collect()
    }

    /// Every cover point with its hits, in order of declaration.
    pub fn covered(&self) -> Vec<Covered> {
        let covered = |(property, tally): (&Property, &Tally)| Covered {
            path: property.name.clone(),
            hits: tally.count,
            source: property.source,
        };
        self.seen(PropertyKind::Cover).map(covered).collect()
    }

    fn seen(&self, kind: PropertyKind) -> impl Iterator<Item = (&Property, &Tally)> {
        self.list.iter().zip(&self.tallies).filter(move |(property, _)| property.kind == kind)
    }
}
