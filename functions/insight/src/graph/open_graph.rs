//! The graph as `OpenGraph` JSON, which `BloodHound` loads, with the names of kinds that SpecterOps/openhound-okta (at 01c4369) uses,
//! so that its saved searches and zones work on it. Roles are flattened to the things that they are for, as there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::graph::edge::{Edge, EdgeKind};
use crate::graph::model::{Adjacency, Graph};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::role::built_in;

/// Built-in roles whose edges have a name of their own, sorted.
const ROLE_EDGES: &[(&str, &str)] = &[
    ("API_ACCESS_MANAGEMENT_ADMIN", "Okta_ManageApp"),
    ("APP_ADMIN", "Okta_AppAdmin"),
    ("GROUP_MEMBERSHIP_ADMIN", "Okta_GroupMembershipAdmin"),
    ("HELP_DESK_ADMIN", "Okta_HelpDeskAdmin"),
    ("ORG_ADMIN", "Okta_OrgAdmin"),
    ("USER_ADMIN", "Okta_GroupAdmin"),
];

/// What a file has, by kind.
pub type Counts = BTreeMap<&'static str, u64>;

/// A file in the making.
struct File<'g, W> {
    graph: &'g Graph,
    out: W,
    counts: Counts,
    is_first: bool,
    holders: HashMap<NodeId, NodeId>,
    roles: HashMap<NodeId, NodeId>,
    included: Adjacency,
    /// Edges of roles that were written: two permissions of a role are one edge.
    written: HashSet<(NodeId, &'static str, NodeId)>,
}

/// Writes a graph, and returns how many nodes and edges of each kind the file has.
pub fn write(graph: &Graph, out: impl Write) -> io::Result<Counts> {
    let of_kind = |kind| graph.edges().iter().filter(move |edge: &&Edge| edge.kind == kind);
    let mut file = File {
        graph,
        out,
        counts: Counts::new(),
        is_first: true,
        holders: of_kind(EdgeKind::HasRole).map(|edge| (edge.to, edge.from)).collect(),
        roles: of_kind(EdgeKind::IsRole).map(|edge| (edge.from, edge.to)).collect(),
        included: Adjacency::outgoing(graph.nodes.len(), graph.edges(), |edge| edge.kind == EdgeKind::Includes),
        written: HashSet::new(),
    };
    write!(file.out, r#"{{"metadata":{{"source_kind":"Okta"}},"graph":{{"nodes":["#)?;
    file.nodes()?;
    write!(file.out, r#"],"edges":["#)?;
    file.is_first = true;
    for edge in graph.edges().iter().filter(|edge| graph.is_usable(edge.from) && graph.is_usable(edge.to)) {
        file.edge(edge)?;
    }
    for assigned in
        graph.assigned().iter().filter(|it| it.is_direct && graph.is_usable(it.user) && graph.is_usable(it.app))
    {
        file.line("Okta_AppAssignment", &file.id(assigned.user), &file.id(assigned.app))?;
    }
    writeln!(file.out, "]}}}}")?;
    Ok(file.counts)
}

impl<W: Write> File<'_, W> {
    fn nodes(&mut self) -> io::Result<()> {
        let graph = self.graph;
        for (id, node) in graph.nodes().filter(|(id, _)| !graph.is_gone(*id)) {
            let Some(kind) = self.kind(id) else { continue };
            let mut properties =
                json!({"name": graph.shown(id), "displayname": graph.shown(id), "tenant": graph.tenant});
            properties["objectid"] = Value::from(self.id(id));
            if node.kind == NodeKind::RoleAssignment {
                properties["type"] = Value::from(self.role(id));
            }
            self.object(kind, &json!({"id": self.id(id), "kinds": [kind, "Okta"], "properties": properties}))?;
        }
        let secrets: HashSet<_> =
            graph.edges().iter().filter(|edge| edge.kind == EdgeKind::ReadSecret).map(|edge| edge.to).collect();
        let mut secrets: Vec<_> = secrets.into_iter().collect();
        secrets.sort_unstable();
        for app in secrets {
            let id = self.secret(app);
            let properties = json!({"name": format!("client secret of {}", graph.shown(app)), "tenant": graph.tenant});
            self.object(
                "Okta_ClientSecret",
                &json!({"id": id, "kinds": ["Okta_ClientSecret", "Okta"], "properties": properties}),
            )?;
        }
        Ok(())
    }

    fn kind(&self, id: NodeId) -> Option<&'static str> {
        let node = self.graph.node(id);
        let is_custom = node.kind == NodeKind::Role && built_in(&node.id).is_none();
        if is_custom { Some("Okta_CustomRole") } else { node.kind.row().open_graph }
    }

    /// The role of an assignment: the type of a built-in one.
    fn role(&self, assignment: NodeId) -> &str {
        let role = self.roles.get(&assignment).map(|role| &*self.graph.node(*role).id);
        role.map_or("", |role| if built_in(role).is_some() { role } else { "CUSTOM" })
    }

    fn id(&self, id: NodeId) -> String {
        let node = self.graph.node(id);
        match (node.kind, &self.graph.org_id) {
            (NodeKind::Org, Some(org)) => org.clone(),
            (NodeKind::Org, None) => self.graph.tenant.clone(),
            _ => node.id.to_string(),
        }
    }

    /// That an app has a secret is known from how it authenticates, but not the secret's id.
    fn secret(&self, app: NodeId) -> String {
        format!("{}/client_secret", self.graph.node(app).id)
    }

    fn edge(&mut self, edge: &Edge) -> io::Result<()> {
        if let Some(holder) = self.holders.get(&edge.from).copied() {
            return if self.graph.is_usable(holder) { self.of_role(holder, edge) } else { Ok(()) };
        }
        let Some(kind) = edge.kind.row().open_graph.filter(|_| self.kind(edge.from).is_some()) else { return Ok(()) };
        let kind = if self.graph.node(edge.from).kind == NodeKind::ApiToken { "Okta_ApiTokenFor" } else { kind };
        let tos = self.expanded(edge.to);
        for to in tos {
            self.line(kind, &self.id(edge.from), &self.id(to))?;
        }
        Ok(())
    }

    /// The things behind a scope; the thing itself if it is none.
    fn expanded(&self, to: NodeId) -> Vec<NodeId> {
        if self.graph.node(to).kind != NodeKind::Scope {
            return vec![to];
        }
        let included = self.included.at(to).iter().map(|number| self.graph.edges[*number as usize].to);
        included.filter(|thing| self.graph.is_usable(*thing)).collect()
    }

    /// What an assignment leads to is its holder's.
    fn of_role(&mut self, holder: NodeId, edge: &Edge) -> io::Result<()> {
        let kind = match edge.kind {
            EdgeKind::ScopedTo => return self.line("Okta_ScopedTo", &self.id(edge.from), &self.id(edge.to)),
            EdgeKind::IsRole => return self.line("Okta_HasRole", &self.id(holder), &self.id(edge.to)),
            EdgeKind::ReadSecret => return self.of_secret(holder, edge.to),
            kind => kind,
        };
        let Some(kind) = kind.row().open_graph else { return Ok(()) };
        let own = ROLE_EDGES.binary_search_by_key(&self.role(edge.from), |(role, _)| role).ok();
        let kind = own.filter(|_| edge.kind != EdgeKind::SuperAdmin).map_or(kind, |at| ROLE_EDGES[at].1);
        for to in self.expanded(edge.to) {
            if self.written.insert((holder, kind, to)) {
                self.line(kind, &self.id(holder), &self.id(to))?;
            }
        }
        Ok(())
    }

    fn of_secret(&mut self, holder: NodeId, app: NodeId) -> io::Result<()> {
        let secret = self.secret(app);
        if self.written.insert((app, "Okta_SecretOf", app)) {
            self.line("Okta_SecretOf", &secret, &self.id(app))?;
        }
        if self.written.insert((holder, "Okta_ReadClientSecret", app)) {
            self.line("Okta_ReadClientSecret", &self.id(holder), &secret)?;
        }
        Ok(())
    }

    fn line(&mut self, kind: &'static str, from: &str, to: &str) -> io::Result<()> {
        let end = |id: &str| json!({"value": id, "match_by": "id"});
        self.object(kind, &json!({"kind": kind, "start": end(from), "end": end(to), "properties": {}}))
    }

    fn object(&mut self, kind: &'static str, object: &Value) -> io::Result<()> {
        *self.counts.entry(kind).or_default() += 1;
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.write_all(b",\n")?;
        }
        write!(self.out, "{object}")
    }
}
