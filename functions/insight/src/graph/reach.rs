//! Who can reach a thing over edges of control, and by which next step: a search backwards from it.

use std::collections::VecDeque;

use crate::graph::edge::Edge;
use crate::graph::model::Graph;
use crate::graph::node::NodeId;

/// No way leads there.
const FAR: u32 = u32::MAX;

/// For each node, how far it is from a target, in steps, and the edge that leads there.
#[derive(Debug)]
pub struct Reach {
    /// The target.
    pub target: NodeId,
    distances: Vec<u32>,
    next: Vec<u32>,
    reached: Vec<NodeId>,
}

/// Searches backwards from a target. What stands between two things, such as an assignment of a role, is no step of its own.
pub fn reach(graph: &Graph, target: NodeId) -> Reach {
    let mut reach = Reach::nowhere(graph, target);
    let mut queue = VecDeque::from([target]);
    reach.distances[target.index()] = 0;
    let mut done = vec![false; graph.nodes.len()];
    while let Some(node) = queue.pop_front() {
        if std::mem::replace(&mut done[node.index()], true) {
            continue;
        }
        reach.reached.push(node);
        for number in graph.incoming.at(node) {
            let edge = &graph.edges[*number as usize];
            let weight = weight(graph, edge);
            let distance = reach.distances[node.index()] + weight;
            if distance < reach.distances[edge.from.index()] {
                reach.distances[edge.from.index()] = distance;
                reach.next[edge.from.index()] = *number;
                if weight == 0 { queue.push_front(edge.from) } else { queue.push_back(edge.from) }
            }
        }
    }
    reach
}

fn weight(graph: &Graph, edge: &Edge) -> u32 {
    u32::from(!graph.node(edge.from).kind.row().is_virtual)
}

impl Reach {
    fn nowhere(graph: &Graph, target: NodeId) -> Self {
        let nodes = graph.nodes.len();
        Self { target, distances: vec![FAR; nodes], next: vec![FAR; nodes], reached: Vec::new() }
    }

    /// How many steps a node is away; none if no way leads there.
    pub fn distance(&self, node: NodeId) -> Option<u32> {
        Some(self.distances[node.index()]).filter(|distance| *distance != FAR)
    }

    /// Every node that reaches the target, the nearest first; the target is the first.
    pub fn reached(&self) -> &[NodeId] {
        &self.reached
    }

    /// The numbers of the edges from a node to the target.
    pub(crate) fn edges(&self, graph: &Graph, from: NodeId) -> Vec<u32> {
        let numbers =
            std::iter::successors(self.next_edge(from), |number| self.next_edge(graph.edges[*number as usize].to));
        numbers.collect()
    }

    fn next_edge(&self, node: NodeId) -> Option<u32> {
        Some(self.next[node.index()]).filter(|edge| *edge != FAR && node != self.target)
    }

    /// Those who can act and reach the target, besides the target itself; the nearest first.
    pub fn controllers<'a>(&'a self, graph: &'a Graph) -> impl Iterator<Item = NodeId> + 'a {
        let reached = self.reached.iter().copied().filter(|node| *node != self.target);
        reached.filter(|node| graph.node(*node).kind.row().is_principal)
    }
}
