//! Choke points: relations whose removal takes the way to a thing from most of those who have one.
//!
//! A relation frees whoever has no way around it: in the graph turned around, with the target as its root and each relation as
//! a node, it dominates them. Dominators by the iteration of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm",
//! 2001).

use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::model::Graph;
use crate::graph::node::NodeId;
use crate::graph::reach::Reach;

/// A relation, and how many have no way around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChokePoint {
    /// The relation.
    pub edge: Edge,
    /// How many of those who can act have no way to the target without it.
    pub frees: u32,
}

/// A place in the graph turned around: nodes first, then relations.
type Place = usize;

const NONE: u32 = u32::MAX;

/// The graph turned around, of what reaches the target.
#[derive(Debug)]
struct Turned {
    /// Of each node, its place; [`NONE`] if it does not reach the target.
    places: Vec<u32>,
    /// The relations among what reaches the target, with the places of their ends.
    edges: Vec<(u32, Place, Place)>,
    nodes: usize,
    /// Of each node's place, its relations towards the target: those that lead to it in the graph turned around.
    outgoing: Vec<Vec<Place>>,
    /// Of each node's place, those that lead away from it in the graph turned around.
    incoming: Vec<Vec<Place>>,
}

/// The relations that free somebody when they are removed, the most telling first. Of several in a row that free the same, the
/// one that is nearest to those whom it frees. What cannot be removed itself is left out.
pub fn choke_points(graph: &Graph, reach: &Reach) -> Vec<ChokePoint> {
    let turned = Turned::of(graph, reach);
    let order = turned.order();
    let parents = turned.dominators(&order);
    let mut frees = vec![0_u32; parents.len()];
    for (place, node) in reach.reached().iter().enumerate() {
        let acts = *node != reach.target && graph.node(*node).kind.row().is_principal;
        frees[place] = u32::from(acts);
    }
    for place in order.iter().skip(1).rev() {
        frees[parents[*place]] += frees[*place];
    }
    let is_removable = |edge: &Edge| !edge.kind.row().remedy.is_empty() && !matches!(edge.kind, EdgeKind::SuperAdmin);
    let points = turned.edges.iter().zip(turned.nodes..).filter_map(|((number, ..), place)| {
        let edge = graph.edges[*number as usize];
        (frees[place] > 0 && is_removable(&edge)).then_some((place, ChokePoint { edge, frees: frees[place] }))
    });
    let points: Vec<_> = points.collect();
    let mut is_hidden = vec![false; parents.len()];
    for (place, point) in &points {
        hide_the_same(&parents, &frees, *place, point.frees, &mut is_hidden);
    }
    let mut points: Vec<_> =
        points.into_iter().filter(|(place, _)| !is_hidden[*place]).map(|(_, point)| point).collect();
    points.sort_by_key(|point| (std::cmp::Reverse(point.frees), point.edge.from, point.edge.to));
    points
}

/// Hides what stands above a place and frees no more than it.
fn hide_the_same(parents: &[Place], frees: &[u32], place: Place, same: u32, is_hidden: &mut [bool]) {
    let mut above = parents[place];
    while above != 0 && frees[above] == same && !std::mem::replace(&mut is_hidden[above], true) {
        above = parents[above];
    }
}

impl Turned {
    fn of(graph: &Graph, reach: &Reach) -> Self {
        let nodes = reach.reached().len();
        let mut places = vec![NONE; graph.nodes.len()];
        for (place, node) in (0..).zip(reach.reached()) {
            places[node.index()] = place;
        }
        let mut turned = Self {
            places,
            edges: Vec::new(),
            nodes,
            outgoing: vec![Vec::new(); nodes],
            incoming: vec![Vec::new(); nodes],
        };
        for node in reach.reached() {
            for number in graph.incoming.at(*node) {
                turned.add(*number, graph.edges[*number as usize].from, *node);
            }
        }
        turned
    }

    /// Adds a relation: turned around, it leads from its right end to its left.
    fn add(&mut self, number: u32, from: NodeId, to: NodeId) {
        let place = self.nodes + self.edges.len();
        let (from, to) = (self.places[from.index()] as Place, self.places[to.index()] as Place);
        self.edges.push((number, from, to));
        self.incoming[to].push(place);
        self.outgoing[from].push(place);
    }

    fn len(&self) -> usize {
        self.nodes + self.edges.len()
    }

    /// Where one comes to from a place.
    fn successors(&self, place: Place) -> &[Place] {
        if place < self.nodes { &self.incoming[place] } else { std::slice::from_ref(&self.edges[place - self.nodes].1) }
    }

    /// Where one comes from to a place.
    fn predecessors(&self, place: Place) -> &[Place] {
        if place < self.nodes { &self.outgoing[place] } else { std::slice::from_ref(&self.edges[place - self.nodes].2) }
    }

    /// Every place so that what is reached last is first done: the postorder of a walk in depth, from its end; the root is first.
    fn order(&self) -> Vec<Place> {
        let mut order = Vec::with_capacity(self.len());
        let mut seen = vec![false; self.len()];
        let mut stack = vec![(0, 0)];
        seen[0] = true;
        while let Some((place, at)) = stack.pop() {
            let Some(next) = self.successors(place).get(at) else {
                order.push(place);
                continue;
            };
            stack.push((place, at + 1));
            if !std::mem::replace(&mut seen[*next], true) {
                stack.push((*next, 0));
            }
        }
        order.reverse();
        order
    }

    /// Of each place, the next one that every way from the root to it goes through.
    fn dominators(&self, order: &[Place]) -> Vec<Place> {
        let mut rank = vec![usize::MAX; self.len()];
        for (position, place) in order.iter().enumerate() {
            rank[*place] = position;
        }
        let mut parents = vec![usize::MAX; self.len()];
        parents[0] = 0;
        loop {
            let mut has_changed = false;
            for place in order.iter().skip(1) {
                let known = self.predecessors(*place).iter().copied().filter(|before| parents[*before] != usize::MAX);
                let Some(parent) = known.reduce(|one, other| common(&parents, &rank, one, other)) else { continue };
                has_changed |= std::mem::replace(&mut parents[*place], parent) != parent;
            }
            if !has_changed {
                return parents;
            }
        }
    }
}

/// The nearest place that dominates both.
fn common(parents: &[Place], rank: &[usize], mut one: Place, mut other: Place) -> Place {
    while one != other {
        if rank[one] > rank[other] { one = parents[one] } else { other = parents[other] }
    }
    one
}
