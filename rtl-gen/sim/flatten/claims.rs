//! Names within a scope.

use std::collections::HashSet;

/// The names given in one scope.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name that `wanted` becomes: characters other than letters, digits and underscores are replaced, as in
    /// Verilog, and a repeated name is numbered.
    pub fn claim(&mut self, wanted: &str) -> String {
        let legal: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let mut name = legal.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{legal}_{number}");
            number += 1;
        }
        name
    }
}
