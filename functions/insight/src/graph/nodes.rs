//! The nodes of a graph, each once, by kind and id.

use std::collections::HashMap;

use crate::graph::node::{Node, NodeId, NodeKind};

/// Nodes by their kind and id.
pub(crate) type ById = HashMap<(NodeKind, Box<str>), NodeId>;

/// Nodes in the order in which they were first named.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    nodes: Vec<Node>,
    by_id: ById,
}

/// What a record says about the node that it is.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) node: NodeId,
    pub(crate) name: Box<str>,
    pub(crate) is_active: bool,
    pub(crate) is_protected: bool,
}

impl Nodes {
    /// The number of a thing, which need not have been read.
    pub(crate) fn id(&mut self, kind: NodeKind, id: &str) -> NodeId {
        let key = (kind, Box::from(id));
        if let Some(known) = self.by_id.get(&key) {
            return *known;
        }
        // A graph of more than four milliards of nodes does not fit into memory.
        let number = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let name = Box::from(id);
        self.nodes.push(Node {
            kind,
            id: name,
            name: Box::default(),
            is_read: false,
            is_active: true,
            is_protected: false,
        });
        self.by_id.insert(key, number);
        number
    }

    /// Notes what a record says.
    pub(crate) fn describe(&mut self, description: Description) {
        let Description { node, name, is_active, is_protected } = description;
        let id = self.nodes[node.index()].id.clone();
        let known = &mut self.nodes[node.index()];
        known.name = if name.is_empty() { id } else { name };
        (known.is_read, known.is_active, known.is_protected) = (true, is_active, is_protected);
    }

    /// Gives a node another name.
    pub(crate) fn rename(&mut self, node: NodeId, name: &str) {
        self.nodes[node.index()].name = Box::from(name);
    }

    /// Every node of a kind that was read, and is not only named by something else.
    pub(crate) fn of(&self, kind: NodeKind) -> impl Iterator<Item = NodeId> + '_ {
        let all = self.nodes.iter().zip(0..);
        all.filter(move |(node, _)| node.kind == kind && node.is_read).map(|(_, number)| NodeId(number))
    }

    pub(crate) fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(crate) fn into_parts(self) -> (Vec<Node>, ById) {
        (self.nodes, self.by_id)
    }

    /// Gives what nothing was read of the id as its name.
    pub(crate) fn name_the_rest(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.name.is_empty()) {
            node.name = node.id.clone();
        }
    }
}
