//! What an entity of the inventory is: a row of [`super::table::ENTITIES`], and nothing else.

use serde_json::Value;

use crate::command::Mode;

/// A kind of thing that exists in an org, and how it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity {
    /// `entity=` in the lake.
    pub(crate) name: &'static str,
    /// `{}` stands for an id of the parent, from left to right; the last ones if the parent's id has more.
    pub(crate) path: &'static str,
    /// The query; `{}` in a value stands for the value of [`Fan::Values`].
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// The scope that a token needs.
    pub(crate) scope: &'static str,
    /// How often it is read.
    pub(crate) fan: Fan,
    /// Whether an answer is a list or one object.
    pub(crate) shape: Shape,
    /// Where the id of a record is; dots go down.
    pub(crate) key: &'static str,
    /// Members that change without the thing having changed, besides those of [`VOLATILE`]; dots go down.
    pub(crate) volatile: &'static [&'static str],
    /// Whether a record says only that its parent and another thing belong together: what that is, its own entity has.
    pub(crate) is_edge: bool,
    /// Members that are redacted whatever they hold.
    pub(crate) redacted: &'static [&'static str],
    /// Whether it is collected unless named.
    pub(crate) standing: Standing,
    /// How an incremental run reads it.
    pub(crate) refresh: Refresh,
    /// What the event types that change it begin with.
    pub(crate) told_by: &'static [&'static str],
    /// What its parents are touched through, besides.
    pub(crate) via: Option<Via>,
}

/// A change of one thing that touches another: who joins a group has its apps, though no event names the apps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Via {
    /// The edges between the two, on the side of the parent.
    pub(crate) edges: &'static str,
    /// What is at their other end.
    pub(crate) of: &'static str,
}

/// How often an entity is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fan {
    /// Once.
    Once,
    /// Once for each of these.
    Values(&'static [&'static str]),
    /// Once for each record of an entity for which it makes sense.
    Each {
        /// The entity.
        of: &'static str,
        /// Whether it makes sense.
        when: fn(&Value) -> bool,
    },
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A list, bare or as the one list in an object.
    List,
    /// One object.
    One,
}

/// Whether an entity is collected unless named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Always.
    Required,
    /// When it is named, or when everything is asked for: it costs a call for each user or app, or repeats what another
    /// entity has.
    Additional,
    /// Only when it is named: reading it writes an event into the org's own log, or returns secrets.
    Audited,
}

/// How an incremental run reads an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// All of it: that is cheap.
    Whole,
    /// What changed since a time, by this parameter and this expression, in which `{}` stands for the time. What was
    /// deleted is in the log, as a target of an event type that begins so.
    Since {
        /// `search` or `filter`.
        parameter: &'static str,
        /// The expression.
        expression: &'static str,
        /// The event types.
        deleted_by: &'static [&'static str],
    },
    /// Of the parents that the log or their own change names, and of a seventh of the others each day.
    Touched,
}

/// Members that change without the thing having changed: addresses, and what says only that something was touched.
pub(crate) const VOLATILE: &[&str] = &["_links", "_link", "lastUpdated", "_embedded"];

/// An entity that is read once, as a list of records with an `id`.
pub(crate) const fn list(name: &'static str, path: &'static str, scope: &'static str) -> Entity {
    Entity {
        name,
        path,
        query: &[],
        scope,
        fan: Fan::Once,
        shape: Shape::List,
        key: "id",
        volatile: &[],
        is_edge: false,
        redacted: &[],
        standing: Standing::Required,
        refresh: Refresh::Whole,
        told_by: &[],
        via: None,
    }
}

/// An entity of which there is one.
pub(crate) const fn one(name: &'static str, path: &'static str, scope: &'static str) -> Entity {
    Entity { shape: Shape::One, ..list(name, path, scope) }
}

impl Entity {
    pub(crate) const fn of(self, of: &'static str, when: fn(&Value) -> bool) -> Self {
        Self { fan: Fan::Each { of, when }, ..self }
    }

    pub(crate) const fn each(self, of: &'static str) -> Self {
        self.of(of, always)
    }

    pub(crate) const fn values(self, values: &'static [&'static str]) -> Self {
        Self { fan: Fan::Values(values), ..self }
    }

    pub(crate) const fn query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn key(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    pub(crate) const fn volatile(self, volatile: &'static [&'static str]) -> Self {
        Self { volatile, ..self }
    }

    pub(crate) const fn edge(self) -> Self {
        Self { is_edge: true, ..self }
    }

    pub(crate) const fn redacted(self, redacted: &'static [&'static str]) -> Self {
        Self { redacted, ..self }
    }

    pub(crate) const fn additional(self) -> Self {
        Self { standing: Standing::Additional, ..self }
    }

    pub(crate) const fn audited(self) -> Self {
        Self { standing: Standing::Audited, ..self }
    }

    pub(crate) const fn since(
        self,
        parameter: &'static str,
        expression: &'static str,
        deleted_by: &'static [&'static str],
    ) -> Self {
        Self { refresh: Refresh::Since { parameter, expression, deleted_by }, ..self }
    }

    pub(crate) const fn touched(self) -> Self {
        Self { refresh: Refresh::Touched, ..self }
    }

    pub(crate) const fn told_by(self, told_by: &'static [&'static str]) -> Self {
        Self { told_by, ..self }
    }

    pub(crate) const fn via(self, edges: &'static str, of: &'static str) -> Self {
        Self { via: Some(Via { edges, of }), ..self }
    }

    /// What must have been read before it; in a full run, only its parent.
    pub(crate) fn needs(&self, mode: Mode) -> impl Iterator<Item = &'static str> + use<> {
        let via = self.via.filter(|_| mode == Mode::Incremental);
        self.parent().into_iter().chain(via.into_iter().flat_map(|via| [via.edges, via.of]))
    }

    /// The entity whose records it hangs on.
    pub(crate) fn parent(&self) -> Option<&'static str> {
        match self.fan {
            Fan::Each { of, .. } => Some(of),
            Fan::Once | Fan::Values(_) => None,
        }
    }
}

fn always(_: &Value) -> bool {
    true
}
