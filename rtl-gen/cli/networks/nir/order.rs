//! The order of the nodes of a graph.

use super::file::Graph;
use crate::terminal::error::Error;
use std::collections::BTreeMap;

/// A node and those that lead to it, by their places in the graph.
pub struct Place {
    pub node: usize,
    pub from: Vec<usize>,
}

/// All nodes, each behind those that lead to it. The graph must have one input and one output, no cycle and no loose end.
pub fn places(graph: &Graph) -> Result<Vec<Place>, Error> {
    let numbers: BTreeMap<&str, usize> =
        graph.nodes.iter().enumerate().map(|(number, node)| (node.name.as_str(), number)).collect();
    let (mut from, mut to) = (vec![vec![]; graph.nodes.len()], vec![0; graph.nodes.len()]);
    for edge in &graph.edges {
        let [first, second] = edge;
        let number = |name: &String| {
            let number = numbers.get(name.as_str()).copied();
            number.ok_or_else(|| {
                Error::new(format!("the edge `{first}` to `{second}` names no node: `{name}`"))
            })
        };
        let (first_number, second_number) = (number(first)?, number(second)?);
        if from[second_number].contains(&first_number) {
            return Err(Error::new(format!("the edge `{first}` to `{second}` is there twice")));
        }
        from[second_number].push(first_number);
        to[first_number] += 1;
    }
    ends(graph, &from, &to)?;
    let mut places: Vec<Place> = vec![];
    let mut is_placed = vec![false; graph.nodes.len()];
    while places.len() < graph.nodes.len() {
        let is_next = |node: &usize| !is_placed[*node] && from[*node].iter().all(|from| is_placed[*from]);
        let Some(node) = (0..graph.nodes.len()).find(is_next) else {
            let cycle = is_placed.iter().position(|is_placed| !is_placed).expect("some are left");
            return Err(graph.nodes[cycle]
                .wrong("it is in a cycle, or behind one: recurrent networks are not supported"));
        };
        is_placed[node] = true;
        places.push(Place { node, from: from[node].clone() });
    }
    Ok(places)
}

fn ends(graph: &Graph, from: &[Vec<usize>], to: &[usize]) -> Result<(), Error> {
    for kind in ["Input", "Output"] {
        let count = graph.nodes.iter().filter(|node| node.kind == kind).count();
        if count != 1 {
            return Err(Error::new(format!("it has {count} nodes of type {kind}: expected 1")));
        }
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        if (node.kind == "Input") != from[number].is_empty() {
            return Err(node.wrong(format!("{} edges lead to it", from[number].len())));
        }
        if (node.kind == "Output") != (to[number] == 0) {
            return Err(node.wrong(format!("{} edges lead from it", to[number])));
        }
    }
    Ok(())
}
