//! Answers as plain data with names: what a command prints as JSON, and what files have.

use jiff::Timestamp;
use serde::Serialize;

use crate::graph::access::{Access, Entry, Way};
use crate::graph::change::Cause;
use crate::graph::choke::ChokePoint;
use crate::graph::model::Graph;
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::path::{Path, Step};

/// A thing by what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thing {
    /// What it is.
    pub kind: &'static str,
    /// Its id in Okta.
    pub id: String,
    /// Its name, without signs that control a terminal.
    pub name: String,
}

/// A path with its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldPath {
    /// Who.
    pub from: Thing,
    /// What is reached.
    pub to: Thing,
    /// The steps.
    pub steps: Vec<ToldStep>,
    /// When it opened; none if that was before the inventory.
    pub since: Option<Timestamp>,
    /// What opened it.
    pub opened_by: Cause,
    /// Whether every step rests on what was read.
    pub is_proven: bool,
}

/// A step with its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldStep {
    /// The kind of its edge.
    pub kind: &'static str,
    /// What it says.
    pub says: String,
    /// What somebody does with it.
    pub abuse: String,
    /// What closes it; empty if only closing another step does.
    pub remedy: String,
    /// Who holds the left.
    pub from: Thing,
    /// What is taken.
    pub to: Thing,
}

/// A choke point with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldChokePoint {
    /// How many have no way around it.
    pub frees: u32,
    /// What it says.
    pub says: String,
    /// What closes it.
    pub remedy: String,
}

/// A user's access to an app, with names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldAccess {
    /// The user.
    pub user: Thing,
    /// The app.
    pub app: Thing,
    /// How, the assignment that wins first.
    pub ways: Vec<String>,
    /// Whether the app itself has the user.
    pub is_carried_out: bool,
    /// The weakest proof that may open the app; `unknown` if its policy is not known.
    pub weakest_proof: &'static str,
    /// The rules of the policy that may match.
    pub rules: Vec<String>,
    /// What only the sign-in itself can answer.
    pub open: Vec<&'static str>,
    /// When it began; none if that was before the inventory.
    pub since: Option<Timestamp>,
    /// When the user last opened the app, as far as the log was read.
    pub last_used: Option<Timestamp>,
}

impl Graph {
    /// What a thing is called.
    pub fn thing(&self, id: NodeId) -> Thing {
        let node = self.node(id);
        Thing { kind: node.kind.name(), id: node.id.to_string(), name: self.shown(id) }
    }

    /// A path with its words.
    pub fn told(&self, path: &Path) -> ToldPath {
        let opened = self.opened(path);
        ToldPath {
            from: self.thing(path.from),
            to: self.thing(path.to),
            steps: path.steps.iter().map(|step| self.told_step(step)).collect(),
            since: opened.map(|(since, _)| since),
            opened_by: opened.map(|(_, cause)| printable_cause(cause)).unwrap_or_default(),
            is_proven: self.is_proven(path),
        }
    }

    fn told_step(&self, step: &Step) -> ToldStep {
        ToldStep {
            kind: step.kind.name(),
            says: self.says(step),
            abuse: self.abuse(step),
            remedy: self.remedy(step),
            from: self.thing(step.from),
            to: self.thing(step.to),
        }
    }

    /// A choke point with its words.
    pub fn told_choke_point(&self, point: &ChokePoint) -> ToldChokePoint {
        let edge = point.edge;
        // What an assignment of a role does, its holder does.
        let holder = self.incoming.at(edge.from).first().map(|number| self.edges[*number as usize].from);
        let is_assignment = self.node(edge.from).kind == NodeKind::RoleAssignment;
        let from = holder.filter(|_| is_assignment).unwrap_or(edge.from);
        let step = Step { from, to: edge.to, kind: edge.kind, via: edge.via, edges: vec![edge] };
        ToldChokePoint { frees: point.frees, says: self.says(&step), remedy: self.remedy(&step) }
    }

    /// Access with names.
    pub fn told_access(&self, access: &Access) -> ToldAccess {
        let sign_on = access.sign_on.as_ref();
        ToldAccess {
            user: self.thing(access.user),
            app: self.thing(access.app),
            ways: access.ways.iter().map(|way| self.told_way(way)).collect(),
            is_carried_out: access.is_carried_out,
            weakest_proof: sign_on.and_then(|sign_on| sign_on.weakest).map_or("unknown", |proof| proof.name()),
            rules: sign_on.map(|sign_on| sign_on.rules.clone()).unwrap_or_default(),
            open: sign_on.map(|sign_on| sign_on.open.clone()).unwrap_or_default(),
            since: access.since,
            last_used: access.last_used,
        }
    }

    fn told_way(&self, way: &Way) -> String {
        match way {
            Way::Direct => "assigned".to_owned(),
            Way::Group { group, entries, .. } => {
                let entries: Vec<_> = entries.iter().map(|entry| self.told_entry(entry)).collect();
                format!("group {} ({})", self.shown(*group), entries.join(" or "))
            }
            Way::Unexplained => "by a group that does not have the app".to_owned(),
        }
    }

    fn told_entry(&self, entry: &Entry) -> String {
        match entry {
            Entry::Everyone => "everyone".to_owned(),
            Entry::Rule(rule) => format!("rule {}", self.shown(*rule)),
            Entry::Imported(app) => format!("imported by {}", self.shown(*app)),
            Entry::IdentityProvider(provider) => format!("identity provider {}", self.shown(*provider)),
            Entry::Added { by } => {
                let (actor, event) = (by.actor.as_deref().unwrap_or("somebody"), by.event.as_deref().unwrap_or("?"));
                format!("added by {}, event {}", printable(actor), printable(event))
            }
            Entry::AddedBefore => "added before the inventory".to_owned(),
        }
    }
}

fn printable_cause(cause: &Cause) -> Cause {
    let printable = |text: &Option<String>| text.as_deref().map(printable);
    Cause { event: printable(&cause.event), event_type: printable(&cause.event_type), actor: printable(&cause.actor) }
}

fn printable(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).collect()
}
