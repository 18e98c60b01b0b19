//! Identifiers of one module: legal in Verilog and SystemVerilog, each used once.

use hdl::identifier::is_reserved;
use std::collections::{BTreeMap, BTreeSet};

/// The names that a module has given so far.
#[derive(Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
    /// The number that the latest copy of a name got.
    copies: BTreeMap<String, u32>,
    temporaries: u32,
}

impl Names {
    /// Takes a name that must not be altered.
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.into());
    }

    /// The name nearest to `wanted` that is legal and free: `x`, then `x_2`, `x_3`.
    pub fn claim(&mut self, wanted: &str) -> String {
        let base = legal(wanted);
        if self.taken.insert(base.clone()) {
            return base;
        }
        let copy = self.copies.entry(base.clone()).or_insert(1);
        loop {
            *copy += 1;
            let name = format!("{base}_{copy}");
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The next free one of `_1`, `_2`, and so on.
    pub fn temporary(&mut self) -> String {
        loop {
            self.temporaries += 1;
            let name = format!("_{}", self.temporaries);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

fn legal(wanted: &str) -> String {
    let mut name: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    if is_reserved(&name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_legal() {
        let mut names = Names::default();
        let claimed =
            ["sum", "2x", "a.b", "größe", "", "reg", "logic", "wreal", "float"].map(|name| names.claim(name));
        assert_eq!(claimed, ["sum", "_2x", "a_b", "gr__e", "_", "reg_", "logic_", "wreal_", "float"]);
    }

    #[test]
    fn names_are_given_once() {
        let mut names = Names::default();
        names.reserve("x");
        names.reserve("_2");
        let claimed = ["x", "x_3", "x", "x"].map(|name| names.claim(name));
        assert_eq!(claimed, ["x_2", "x_3", "x_4", "x_5"]);
        assert_eq!([names.temporary(), names.temporary()], ["_1", "_3"]);
    }
}
