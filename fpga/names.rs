//! Maps names of a synthesised netlist back to those of the block.

use hdl::Netlist;
use hdl::netlist::Body;
use std::collections::BTreeSet;

/// The names that a block's signals have in Verilog.
pub struct Names(BTreeSet<String>);

impl Names {
    /// The names of ports and signals of all modules of a design.
    pub fn of(netlist: &Netlist) -> Names {
        let mut names = BTreeSet::new();
        for module in &netlist.modules {
            names.extend(module.ports.iter().map(|def| def.port.name.clone()));
            if let Body::Logic(logic) = &module.body {
                names.extend(logic.nodes.iter().flat_map(|node| node.name.clone()));
            }
        }
        Names(names)
    }

    /// The signals of the block along a path of nets, each once, from first to last; nets that are not the block's are
    /// left out.
    pub fn path<'n>(&self, nets: impl Iterator<Item = &'n str>) -> Vec<String> {
        let mut path: Vec<String> = vec![];
        for signal in nets.filter_map(|net| self.signal(net)) {
            if path.last() != Some(&signal) {
                path.push(signal);
            }
        }
        path
    }

    /// The signal that a net is part of: `join.lane0_sum_SB_LUT4_I3_O[2]` is of `join.lane0_sum`.
    fn signal(&self, net: &str) -> Option<String> {
        let (instances, last) = net.rsplit_once('.').map_or(("", net), |(before, last)| (before, last));
        let end = (1..=last.len()).rev().filter(|end| last.is_char_boundary(*end));
        let name = end.map(|end| &last[..end]).find(|prefix| self.0.contains(*prefix))?;
        Some(if instances.is_empty() { name.into() } else { format!("{instances}.{name}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_is_of_the_longest_signal_that_it_begins_with() {
        let names = Names(["sum", "sum_q1", "a"].map(String::from).into());
        let nets = ["a[3]", "sum_SB_LUT4_O_I3[2]", "sum_q1_SB_DFF_Q_D", "$abc$12$n7", "u.sum[0]", "u.sum[1]"];
        assert_eq!(names.path(nets.into_iter()), ["a", "sum", "sum_q1", "u.sum"]);
    }
}
