//! Properties at run time: what failed, what was seen.

use crate::program::Check;
use hdl::Source;
use hdl::netlist::PropertyKind;
use std::fmt;

/// A property that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// An assertion: the design is wrong; an assumption: its environment is.
    pub kind: PropertyKind,
    /// Instance names and the property's name, joined by dots.
    pub path: String,
    /// The cycle that broke it first, counted from 0.
    pub cycle: u64,
    /// How many cycles broke it.
    pub count: u64,
    /// Where it was written.
    pub source: Source,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PropertyKind::Assume => "environment error: it breaks assumption",
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

/// How often a property's event was seen (a violation, or the hit of a cover point), and when first.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub count: u64,
    pub first_cycle: u64,
}

impl Tally {
    /// Looks at the condition in one cycle.
    pub fn look(&mut self, check: &Check, condition: bool, cycle: u64) {
        let is_event = condition == (check.property.kind == PropertyKind::Cover);
        if is_event {
            if self.count == 0 {
                self.first_cycle = cycle;
            }
            self.count += 1;
        }
    }

    /// The violation of an assertion or assumption.
    pub fn violation(&self, check: &Check) -> Violation {
        Violation {
            kind: check.property.kind,
            path: check.property.name.clone(),
            cycle: self.first_cycle,
            count: self.count,
            source: check.property.source,
        }
    }

    /// The hits of a cover point.
    pub fn covered(&self, check: &Check) -> Covered {
        Covered { path: check.property.name.clone(), hits: self.count, source: check.property.source }
    }
}
