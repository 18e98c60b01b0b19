//! The order of the cells: depth first from each result, so that few values are live at a time.

use crate::batch::cover::{Net, Network};

/// Indices of the cells that a store needs, operands first.
pub fn depth_first(network: &Network) -> Vec<u32> {
    let sizes = sizes(network);
    let mut order = Vec::with_capacity(network.cells.len());
    let mut visited = vec![false; network.cells.len()];
    for (net, _) in &network.stores {
        let Net::Cell(root) = *net else { continue };
        let mut open = vec![(root, false)];
        while let Some((cell, is_ready)) = open.pop() {
            if is_ready {
                order.push(cell);
            } else if !std::mem::replace(&mut visited[cell as usize], true) {
                open.push((cell, true));
                let mut operands: Vec<u32> = operands(network, cell).collect();
                // The operand pushed last is computed first: the one that needs most registers, before other values
                // are live.
                operands.sort_by_key(|&operand| sizes[operand as usize]);
                open.extend(operands.into_iter().map(|operand| (operand, false)));
            }
        }
    }
    order
}

fn operands(network: &Network, cell: u32) -> impl Iterator<Item = u32> + '_ {
    network.cells[cell as usize].operands().iter().filter_map(|net| match net {
        Net::Cell(operand) => Some(*operand),
        Net::Row(_) => None,
    })
}

/// How many registers each cell would need if nothing were shared (Sethi and Ullman).
fn sizes(network: &Network) -> Vec<u32> {
    let mut sizes: Vec<u32> = vec![];
    for cell in 0..network.cells.len() as u32 {
        let mut needs: Vec<u32> = operands(network, cell).map(|operand| sizes[operand as usize]).collect();
        needs.sort_unstable_by(|a, b| b.cmp(a));
        let needs = needs.into_iter().zip(0..).map(|(need, waiting)| need + waiting);
        sizes.push(needs.max().unwrap_or(1));
    }
    sizes
}
