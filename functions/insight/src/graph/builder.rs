//! Makes a graph of records, one at a time, so that nobody has to hold an inventory: a large org has millions of assignments.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::graph::change::{Change, Span};
use crate::graph::derive::derive;
use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::facts::{Facts, Said};
use crate::graph::model::{Adjacency, Graph};
use crate::graph::node::NodeId;
use crate::graph::recording::{Recording, spans};
use crate::graph::sign_on::{PolicyFact, Rule};
use crate::graph::sources::{Reader, SOURCES, number};
use crate::inventory::{Inventory, Known, Record};

/// A graph in the making.
#[derive(Debug)]
pub struct Builder {
    tenant: String,
    as_of: Timestamp,
    facts: Facts,
    recording: Recording,
    known: Vec<Known>,
    spans: Vec<Span>,
    closed: Vec<(Edge, Span)>,
}

impl Builder {
    /// A graph of an org at an instant. `changes` are all that the inventory has, also later ones: they are undone.
    pub fn new(tenant: &str, as_of: Timestamp, changes: Vec<Change>) -> Self {
        Self {
            tenant: tenant.to_owned(),
            as_of,
            facts: Facts::default(),
            recording: Recording::new(changes, as_of),
            known: vec![Known::NotCollected; SOURCES.len()],
            spans: vec![Span::default()],
            closed: Vec::new(),
        }
    }

    /// Makes the graph of an inventory that is held.
    pub fn of(inventory: &Inventory, as_of: Timestamp, changes: Vec<Change>) -> Graph {
        let mut builder = Self::new(&inventory.tenant, as_of, changes);
        for (name, entity) in &inventory.entities {
            builder.entity(name, &entity.known, None);
            entity.records.iter().for_each(|record| builder.record(name, record));
        }
        builder.finish()
    }

    /// Says how much of an entity is known, and since when it is collected: of earlier instants nothing is known.
    pub fn entity(&mut self, entity: &str, known: &Known, since: Option<Timestamp>) {
        let Some(at) = number(entity) else { return };
        let is_covered = since.is_none_or(|since| since <= self.as_of);
        self.known[usize::from(at)] = if is_covered { known.clone() } else { Known::NotCollected };
    }

    /// Adds a record. Records of entities that the graph does not use are passed over.
    pub fn record(&mut self, entity: &str, record: &Record) {
        let Some(at) = number(entity) else { return };
        self.facts.source = at;
        match self.recording.take(entity, &record.id) {
            None => self.read(at, record),
            Some(changes) => self.trace(at, &record.id, changes, Some(record)),
        }
    }

    fn read(&mut self, at: u16, record: &Record) {
        match SOURCES[usize::from(at)].reader {
            Reader::Plain(read) => read(&mut self.facts, record),
            Reader::At(read) => read(&mut self.facts, record, self.as_of),
        }
    }

    /// Reads every state that a record had, and keeps what the last one says.
    fn trace(&mut self, at: u16, id: &str, changes: Vec<Change>, latest: Option<&Record>) {
        let past = self.recording.states(changes, latest);
        let said = std::mem::take(&mut self.facts.said);
        let (mut edges, mut facts, mut last) = (Vec::new(), Vec::new(), Said::default());
        for state in past.forms {
            if let Some(json) = state {
                self.read(at, &Record { id: id.to_owned(), parent: past.parent.clone(), json });
            }
            last = std::mem::take(&mut self.facts.said);
            edges.push(std::mem::take(&mut last.edges));
            facts.push(std::mem::take(&mut last.facts));
        }
        self.facts.said = said;
        self.facts.said.append(last);
        for (mut edge, span) in spans(&edges, &past.changes, |one, other| one.key() == other.key()) {
            if span.to.is_some() {
                self.closed.push((edge, span));
            } else {
                edge.span = self.span(span);
                self.facts.said.edges.push(edge);
            }
        }
        for ((fact, _), span) in spans(&facts, &past.changes, |(one, _), (other, _)| one == other) {
            if span.to.is_none() {
                let span = self.span(span);
                self.facts.said.facts.push((fact, span));
            }
        }
    }

    fn span(&mut self, span: Span) -> u32 {
        if span == Span::default() {
            return 0;
        }
        self.spans.push(span);
        u32::try_from(self.spans.len() - 1).unwrap_or_default()
    }

    /// Derives what no record says alone, and gives the graph.
    pub fn finish(mut self) -> Graph {
        for ((entity, id), changes) in self.recording.rest() {
            let Some(at) = number(&entity) else { continue };
            self.facts.source = at;
            self.trace(at, &id, changes, None);
        }
        let grants = derive(&mut self.facts, &self.known, &self.spans);
        self.facts.nodes.name_the_rest();
        let Facts { nodes, said, .. } = self.facts;
        let (nodes, by_id) = nodes.into_parts();
        let mut graph = Graph {
            tenant: self.tenant,
            as_of: self.as_of,
            nodes,
            by_id,
            edges: said.edges,
            spans: self.spans,
            closed: self.closed,
            assigned: said.assigned,
            priorities: said.priorities.into_iter().map(|(app, group, priority)| ((app, group), priority)).collect(),
            rules: rules(said.policies),
            everyone: said.everyone,
            grants,
            org_id: said.org_id,
            known: self.known,
            incoming: Adjacency::default(),
        };
        graph.assigned.sort_unstable();
        graph.assigned.dedup_by_key(|assigned| (assigned.app, assigned.user));
        graph.incoming = control(&graph);
        graph
    }
}

/// The edges of control between things that exist and can be used.
fn control(graph: &Graph) -> Adjacency {
    let usable: Vec<bool> = graph.nodes().map(|(id, _)| graph.is_usable(id)).collect();
    let is_usable = |edge: &Edge| usable[edge.from.index()] && usable[edge.to.index()];
    let is_control = |kind: EdgeKind| kind.row().is_control;
    Adjacency::incoming(graph.nodes.len(), &graph.edges, |edge| is_control(edge.kind) && is_usable(edge))
}

/// The rules of the policies that decide who may open apps.
fn rules(facts: Vec<(NodeId, PolicyFact)>) -> HashMap<NodeId, Vec<Rule>> {
    let mut rules: HashMap<_, Vec<_>> = HashMap::new();
    let (of_policies, of_rules): (Vec<_>, Vec<_>) =
        facts.into_iter().partition(|(_, fact)| !matches!(fact, PolicyFact::Rule(_)));
    let of_apps = of_policies.into_iter().filter(|(_, fact)| matches!(fact, PolicyFact::OfApps));
    rules.extend(of_apps.map(|(policy, _)| (policy, Vec::new())));
    for (policy, fact) in of_rules {
        if let (Some(rules), PolicyFact::Rule(rule)) = (rules.get_mut(&policy), fact) {
            rules.push(rule);
        }
    }
    for rules in rules.values_mut() {
        rules.sort_by_key(|rule| rule.priority);
    }
    rules
}
