//! When each value is read: the steps of a network in order, with the next use of each operand.

use super::order::depth_first;
use crate::batch::cover::{Net, Network};
use crate::batch::rows::Place;
use std::collections::HashMap;

/// A value's number: the cells, then the rows that are read.
pub type Value = usize;

/// No further use.
pub const NEVER: u32 = u32::MAX;

/// A cell, or a row that is copied: what it reads, and the step that reads each of it next.
pub struct Step {
    pub cell: Option<u32>,
    /// In the order of the cell.
    pub operands: Vec<(Value, u32)>,
    /// The rows that take the result.
    pub stores: Vec<Place>,
}

pub struct Uses {
    pub rows: HashMap<Place, Value>,
    pub steps: Vec<Step>,
    /// For each value the first step that reads it.
    pub first: Vec<u32>,
}

impl Uses {
    pub fn of(network: &Network) -> Uses {
        let mut uses = Uses { rows: HashMap::new(), steps: vec![], first: vec![] };
        let mut stores: Vec<Vec<Place>> = vec![vec![]; network.cells.len()];
        let mut copies = vec![];
        for &(net, place) in &network.stores {
            match net {
                Net::Cell(cell) => stores[cell as usize].push(place),
                Net::Row(_) => copies.push((net, place)),
            }
        }
        for cell in depth_first(network) {
            let operands = network.cells[cell as usize].operands();
            let operands = operands.iter().map(|&net| (uses.value(network, net), NEVER)).collect();
            let stores = std::mem::take(&mut stores[cell as usize]);
            uses.steps.push(Step { cell: Some(cell), operands, stores });
        }
        for (net, place) in copies {
            let operands = vec![(uses.value(network, net), NEVER)];
            uses.steps.push(Step { cell: None, operands, stores: vec![place] });
        }
        uses.look_ahead(network.cells.len());
        uses
    }

    fn value(&mut self, network: &Network, net: Net) -> Value {
        match net {
            Net::Cell(cell) => cell as Value,
            Net::Row(place) => {
                let fresh = network.cells.len() + self.rows.len();
                *self.rows.entry(place).or_insert(fresh)
            }
        }
    }

    fn look_ahead(&mut self, cells: usize) {
        self.first = vec![NEVER; cells + self.rows.len()];
        for (position, step) in self.steps.iter_mut().enumerate().rev() {
            for (value, next) in &mut step.operands {
                *next = self.first[*value];
            }
            for (value, _) in &step.operands {
                self.first[*value] = position as u32;
            }
        }
    }
}
