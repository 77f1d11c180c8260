//! A way to a thing, step by step in words, and what is said where there is none.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::graph::change::Cause;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::model::{Gap, Graph};
use crate::graph::node::NodeId;
use crate::graph::reach::Reach;

/// A way from somebody to a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Who.
    pub from: NodeId,
    /// The thing.
    pub to: NodeId,
    /// The steps.
    pub steps: Vec<Step>,
}

/// A step from one thing to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who holds the left.
    pub from: NodeId,
    /// What is taken.
    pub to: NodeId,
    /// How.
    pub kind: EdgeKind,
    /// The assignment of a role, or the attribute, that it goes through.
    pub via: Option<NodeId>,
    /// The relations that it consists of.
    pub edges: Vec<Edge>,
}

/// What can be said of somebody and a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// There is a way.
    Path(Path),
    /// There is none.
    NoPath,
    /// None was found, but these entities, which could have one, were not read.
    Unknown(Vec<Gap>),
}

impl Graph {
    /// What can be said of a way from somebody to the target of a search.
    pub fn answer(&self, reach: &Reach, from: NodeId) -> Answer {
        if let Some(path) = self.path(reach, from) {
            return Answer::Path(path);
        }
        let gaps = self.gaps_of_paths();
        if gaps.is_empty() { Answer::NoPath } else { Answer::Unknown(gaps) }
    }

    /// The shortest way from somebody to the target of a search; none if no way was found.
    pub fn path(&self, reach: &Reach, from: NodeId) -> Option<Path> {
        reach.distance(from)?;
        let mut steps = Vec::new();
        let mut edges = Vec::new();
        for number in reach.edges(self, from) {
            let edge = self.edges[number as usize];
            edges.push(edge);
            if !self.node(edge.to).kind.row().is_virtual {
                steps.extend(self.step(&edges));
                edges.clear();
            }
        }
        Some(Path { from, to: reach.target, steps })
    }

    fn step(&self, edges: &[Edge]) -> Option<Step> {
        let (first, last) = (edges.first()?, edges.last()?);
        // What is in between only leads to what the step is.
        let leads = |kind| matches!(kind, EdgeKind::HasRole | EdgeKind::EditsOwnProfile);
        let telling = edges.iter().find(|edge| !leads(edge.kind)).unwrap_or(first);
        let between = edges.iter().map(|edge| edge.to).find(|node| self.node(*node).kind.row().is_virtual);
        let via = if telling.kind == EdgeKind::WritesAttribute { Some(telling.to) } else { telling.via.or(between) };
        Some(Step { from: first.from, to: last.to, kind: telling.kind, via, edges: edges.to_vec() })
    }

    /// What a step says.
    pub fn says(&self, step: &Step) -> String {
        let mut text = match step.kind {
            EdgeKind::WritesAttribute => format!(
                "{} may write the attribute {}, which the rule {} looks at",
                self.shown(step.from),
                step.via.map(|via| self.shown(via)).unwrap_or_default(),
                self.shown(step.to)
            ),
            kind => self.fill(kind.row().meaning, step),
        };
        let role = step.edges.iter().find(|edge| edge.kind == EdgeKind::HasRole).map(|edge| edge.to);
        if let Some(role) = role.filter(|_| step.kind != EdgeKind::HasRole && step.kind != EdgeKind::SuperAdmin) {
            // Writing to a string cannot fail.
            let _ = write!(text, ", as {}", self.shown(role));
        }
        text
    }

    /// What somebody does with a step.
    pub fn abuse(&self, step: &Step) -> String {
        self.fill(step.kind.row().abuse, step)
    }

    /// What closes a step; empty if only closing another one does.
    pub fn remedy(&self, step: &Step) -> String {
        self.fill(step.kind.row().remedy, step)
    }

    fn fill(&self, words: &str, step: &Step) -> String {
        let via = step.via.map(|via| self.shown(via)).unwrap_or_default();
        let to = if step.kind == EdgeKind::WritesAttribute { via.clone() } else { self.shown(step.to) };
        // One pass: a name that has a place's name in it is a name.
        let mut filled = String::with_capacity(words.len());
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (place, after) = after.split_once('}').unwrap_or((after, ""));
            match place {
                "from" => filled.push_str(&self.shown(step.from)),
                "to" => filled.push_str(&to),
                _ => filled.push_str(&via),
            }
            rest = after;
        }
        filled + rest
    }

    /// A thing's name as a terminal may show it: without signs that control it.
    pub fn shown(&self, node: NodeId) -> String {
        self.node(node).name.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
    }

    /// When a way opened, and what opened it: its latest relation; none if all of them are older than the inventory.
    pub fn opened(&self, path: &Path) -> Option<(Timestamp, &Cause)> {
        let edges = path.steps.iter().flat_map(|step| &step.edges);
        let spans = edges.map(|edge| self.span(edge));
        spans.filter_map(|span| Some((span.from?, &span.opened_by))).max_by_key(|(from, _)| *from)
    }

    /// Whether every relation of a way rests on what was read.
    pub fn is_proven(&self, path: &Path) -> bool {
        path.steps.iter().flat_map(|step| &step.edges).all(|edge| !edge.is_assumed)
    }
}
