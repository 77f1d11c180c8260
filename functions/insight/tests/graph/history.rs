//! As of an instant: what a graph of today's inventory and its changes says of the past is what a graph of that time said.

use std::collections::BTreeMap;

use insight::graph::change::Change;
use insight::graph::edge::EdgeKind;
use insight::graph::model::Graph;
use insight::graph::node::NodeKind;
use insight::graph::reach::reach;
use insight::inventory::Known;

use crate::org::{Org, hour, to_super_admin};
use crate::random::{self, Random};

/// Relations, by names.
type Relations = Vec<(EdgeKind, String, String)>;

/// The relations of a graph, and the distances to super admin.
fn said(graph: &Graph) -> (Relations, BTreeMap<String, u32>) {
    let name = |id| format!("{}:{}", graph.node(id).kind.name(), graph.node(id).id);
    let mut edges: Vec<_> = graph.edges().iter().map(|edge| (edge.kind, name(edge.from), name(edge.to))).collect();
    edges.sort();
    edges.dedup();
    let reach = reach(graph, graph.org().unwrap());
    let distances = graph.nodes().filter_map(|(id, _)| Some((name(id), reach.distance(id)?))).collect();
    (edges, distances)
}

/// A month of an org: its state on each day, and what changed.
fn month(seed: u64) -> (Vec<Org>, Vec<Change>) {
    let mut random = Random(seed);
    let mut days = vec![random::org(seed)];
    let mut changes = Vec::new();
    for day in 1..30 {
        let mut next = days.last().unwrap().clone();
        // Some records of another org come, some of this one go, some become as they are there.
        let other = random::org(random.next());
        for (key, json) in other.records {
            if random.one_in(12) {
                next.records.insert(key, json);
            }
        }
        next.records.retain(|(entity, _), _| *entity == "org" || !random.one_in(20));
        changes.extend(next.changes_since(days.last().unwrap(), hour(24 * day), &format!("evt{day}")));
        days.push(next);
    }
    (days, changes)
}

#[test]
fn a_past_day_is_what_it_was() {
    for seed in 0..25 {
        let (days, changes) = month(seed);
        let last = days.last().unwrap();
        for (day, org) in (0..).zip(&days) {
            let then = org.graph_at(hour(24 * day + 1), &[]);
            let now = last.graph_at(hour(24 * day + 1), &changes);
            assert_eq!(said(&now), said(&then), "seed {seed}, day {day}");
        }
    }
}

#[test]
fn a_relation_began_when_it_was_not_there_before_and_ended_when_it_is_not_there_after() {
    let (days, changes) = month(7);
    let graph = days.last().unwrap().graph_at(hour(24 * 40), &changes);
    let has = |day: i64, kind: EdgeKind, from: &str, to: &str| {
        let (edges, _) = said(&days[usize::try_from(day).unwrap()].graph());
        edges.contains(&(kind, from.to_owned(), to.to_owned()))
    };
    let name = |id| format!("{}:{}", graph.node(id).kind.name(), graph.node(id).id);
    let day_of = |at: jiff::Timestamp| (at.duration_since(hour(0)).as_hours() / 24).max(0);
    let open = graph.edges().iter().filter(|edge| edge.kind == EdgeKind::Member).map(|edge| (edge, graph.span(edge)));
    let closed =
        graph.closed().iter().filter(|(edge, _)| edge.kind == EdgeKind::Member).map(|(edge, span)| (edge, span));
    let mut checked = 0;
    for (edge, span) in open.chain(closed) {
        let (from, to) = (name(edge.from), name(edge.to));
        if let Some(began) = span.from {
            let day = day_of(began);
            assert!(has(day, edge.kind, &from, &to) && !has(day - 1, edge.kind, &from, &to), "{from} {to} {day}");
            assert_eq!(span.opened_by.event, Some(format!("evt{day}")));
            checked += 1;
        }
        if let Some(ended) = span.to {
            let day = day_of(ended);
            assert!(!has(day, edge.kind, &from, &to) && has(day - 1, edge.kind, &from, &to), "{from} {to} {day}");
            assert_eq!(span.closed_by.event, Some(format!("evt{day}")));
            checked += 1;
        }
    }
    assert!(checked > 10, "a month has more memberships that come and go: {checked}");
}

#[test]
fn before_an_entity_was_collected_nothing_is_known_of_it() {
    let org = Org::sound();
    let mut builder = insight::graph::builder::Builder::new("acme", hour(1), Vec::new());
    for (name, entity) in &org.inventory().entities {
        let since = if name == "group_owner" { hour(2) } else { hour(0) };
        builder.entity(name, &Known::Complete, Some(since));
        entity.records.iter().for_each(|record| builder.record(name, record));
    }
    let graph = builder.finish();
    assert!(graph.find(NodeKind::User, "ada").is_some());
    let insight::graph::path::Answer::Unknown(gaps) = to_super_admin(&graph, "ada") else { panic!() };
    assert_eq!(gaps[0].entity, "group_owner");
}
