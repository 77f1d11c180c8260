//! What an entity of the inventory is: a row of [`super::table`], and nothing else.

use serde_json::Value;

use crate::command::Mode;

/// A kind of thing that exists in an org, and how it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity {
    /// `entity=` in the lake.
    pub(crate) name: &'static str,
    /// `{}` stands for an id of the parent, from left to right; the last ones if the parent's id has more.
    pub(crate) path: &'static str,
    /// The query; `{}` in a value stands for the value of [`Partitioning::Values`].
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// The scope that a token needs.
    pub(crate) scope: &'static str,
    /// How often it is read.
    pub(crate) partitioning: Partitioning,
    /// Where the records are in an answer.
    pub(crate) envelope: Envelope,
    /// The members that tell a record from the others of its parent; dots go down. The first is always present.
    pub(crate) key: &'static [&'static str],
    /// Members that change without the thing having changed, besides those of [`VOLATILE`]; dots go down, also into the
    /// elements of lists.
    pub(crate) volatile: &'static [&'static str],
    /// Whether a record only relates its parent to another thing, which has an entity of its own.
    pub(crate) is_relationship: bool,
    /// Members that are redacted whatever they hold.
    pub(crate) redacted: &'static [&'static str],
    /// Whether it is collected unless named.
    pub(crate) tier: Tier,
    /// How an incremental run reads it.
    pub(crate) refresh: Refresh,
    /// The beginnings of the types of events that change it.
    pub(crate) event_types: &'static [&'static str],
    /// Those of them that name both ends of a record: an event that names another pair does not explain this one.
    pub(crate) pair_events: &'static [&'static str],
    /// What else touches its parents.
    pub(crate) join_through: Option<JoinThrough>,
    /// The records that need no call, because another entity implies them.
    pub(crate) implied: Option<Implied>,
    /// The path of one record; none if Okta has no such path, or it is not known to be one.
    pub(crate) item: Option<&'static str>,
    /// What is known of its size before it is read.
    pub(crate) size: Size,
    /// Whether only Identity Engine has it.
    pub(crate) is_identity_engine_only: bool,
}

/// A change of one thing that touches another: who joins a group gets its apps, though no event names the apps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JoinThrough {
    /// The relationships between the two, on the side of the parent.
    pub(crate) relationships: &'static str,
    /// What is at their other end.
    pub(crate) of: &'static str,
}

/// Records that another entity implies: everybody is in the group Everyone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Implied {
    /// The parents whose records are implied.
    pub(crate) parent: fn(&Value) -> bool,
    /// The entity that implies them.
    pub(crate) by: &'static str,
    /// Its records that do.
    pub(crate) when: fn(&Value) -> bool,
}

/// How often an entity is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Partitioning {
    /// Once.
    Once,
    /// Once for each of these.
    Values {
        /// The values.
        values: &'static [&'static str],
        /// Those of them that come with a licence: where the org does not offer one, it has no such records.
        optional: &'static [&'static str],
        /// Those of them that only Identity Engine has.
        identity_engine: &'static [&'static str],
        /// Whether a record's id begins with the value.
        is_key: bool,
    },
    /// Once for each record of an entity to which it applies.
    Each {
        /// The entity.
        of: &'static str,
        /// Whether it applies.
        when: fn(&Value) -> bool,
        /// Where the record has the address, if it is not made from the record's id.
        link: Option<&'static str>,
    },
}

/// Where the records are in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// The answer is an array.
    List,
    /// The array is a member of an object; dots go down.
    In(&'static str),
    /// The answer is an array of ids: a record is made of each.
    Ids,
    /// The answer is an array, or the only record.
    ListOrOne,
    /// The answer is the record.
    One,
}

/// Whether an entity is collected unless named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
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
    /// What changed since a time, by this parameter and this expression, in which `{}` stands for the time. The log has
    /// what was deleted, as a target of events whose types begin so.
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

/// How many rows something has, if a record says so.
pub(crate) type RowsOf = fn(&Value) -> Option<u64>;

/// What is known of an entity's size before it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Rows to expect where nobody has counted.
    pub(crate) guess: Guess,
    /// Whether a plan lists it: that is cheap, and its records say what others cost.
    pub(crate) is_listed_for_plan: bool,
    /// How many rows a parent has, if its record says so.
    pub(crate) of_parent: Option<RowsOf>,
    /// How many rows another entity has, if a record says so.
    pub(crate) of_other: Option<(&'static str, RowsOf)>,
}

/// Rows to expect where nobody has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// As many as this.
    Rows(u64),
    /// As many for each row of another entity.
    Each(&'static str, u64),
}

/// Members that change without the thing having changed: addresses, and what only says that something was touched.
pub(crate) const VOLATILE: &[&str] = &["_links", "_link", "lastUpdated"];

/// An entity that is read once, as a list of records with an `id`.
pub(crate) const fn list(name: &'static str, path: &'static str, scope: &'static str) -> Entity {
    Entity {
        name,
        path,
        query: &[],
        scope,
        partitioning: Partitioning::Once,
        envelope: Envelope::List,
        key: &["id"],
        volatile: &[],
        is_relationship: false,
        redacted: &[],
        tier: Tier::Required,
        refresh: Refresh::Whole,
        event_types: &[],
        pair_events: &[],
        join_through: None,
        implied: None,
        item: None,
        size: Size { guess: Guess::Rows(1), is_listed_for_plan: false, of_parent: None, of_other: None },
        is_identity_engine_only: false,
    }
}

/// An entity of which there is one.
pub(crate) const fn one(name: &'static str, path: &'static str, scope: &'static str) -> Entity {
    Entity { envelope: Envelope::One, ..list(name, path, scope) }
}

impl Entity {
    pub(crate) const fn of(self, of: &'static str, when: fn(&Value) -> bool) -> Self {
        Self { partitioning: Partitioning::Each { of, when, link: None }, ..self }
    }

    pub(crate) const fn each(self, of: &'static str) -> Self {
        self.of(of, always)
    }

    pub(crate) const fn by_link(self, of: &'static str, link: &'static str) -> Self {
        Self { partitioning: Partitioning::Each { of, when: always, link: Some(link) }, ..self }
    }

    pub(crate) const fn values(self, values: &'static [&'static str]) -> Self {
        let partitioning = Partitioning::Values { values, optional: &[], identity_engine: &[], is_key: false };
        Self { partitioning, ..self }
    }

    pub(crate) const fn keyed_by_value(self, values: &'static [&'static str]) -> Self {
        let partitioning = Partitioning::Values { values, optional: &[], identity_engine: &[], is_key: true };
        Self { partitioning, ..self }
    }

    pub(crate) const fn optional(self, optional: &'static [&'static str]) -> Self {
        match self.partitioning {
            Partitioning::Values { values, identity_engine, is_key, .. } => {
                let partitioning = Partitioning::Values { values, optional, identity_engine, is_key };
                Self { partitioning, ..self }
            }
            _ => self,
        }
    }

    pub(crate) const fn only_in_identity_engine(self, identity_engine: &'static [&'static str]) -> Self {
        match self.partitioning {
            Partitioning::Values { values, optional, is_key, .. } => {
                let partitioning = Partitioning::Values { values, optional, identity_engine, is_key };
                Self { partitioning, ..self }
            }
            _ => self,
        }
    }

    pub(crate) const fn query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn envelope(self, envelope: Envelope) -> Self {
        Self { envelope, ..self }
    }

    pub(crate) const fn key(self, key: &'static [&'static str]) -> Self {
        Self { key, ..self }
    }

    pub(crate) const fn volatile(self, volatile: &'static [&'static str]) -> Self {
        Self { volatile, ..self }
    }

    pub(crate) const fn relationship(self) -> Self {
        Self { is_relationship: true, ..self }
    }

    pub(crate) const fn redacted(self, redacted: &'static [&'static str]) -> Self {
        Self { redacted, ..self }
    }

    pub(crate) const fn additional(self) -> Self {
        Self { tier: Tier::Additional, ..self }
    }

    pub(crate) const fn audited(self) -> Self {
        Self { tier: Tier::Audited, ..self }
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

    pub(crate) const fn event_types(self, event_types: &'static [&'static str]) -> Self {
        Self { event_types, ..self }
    }

    pub(crate) const fn pair_events(self, pair_events: &'static [&'static str]) -> Self {
        Self { pair_events, ..self }
    }

    pub(crate) const fn join_through(self, relationships: &'static str, of: &'static str) -> Self {
        Self { join_through: Some(JoinThrough { relationships, of }), ..self }
    }

    pub(crate) const fn implied(self, parent: fn(&Value) -> bool, by: &'static str, when: fn(&Value) -> bool) -> Self {
        Self { implied: Some(Implied { parent, by, when }), ..self }
    }

    pub(crate) const fn item(self, item: &'static str) -> Self {
        Self { item: Some(item), ..self }
    }

    pub(crate) const fn guess(self, guess: Guess) -> Self {
        Self { size: Size { guess, ..self.size }, ..self }
    }

    pub(crate) const fn listed_for_plan(self) -> Self {
        Self { size: Size { is_listed_for_plan: true, ..self.size }, ..self }
    }

    pub(crate) const fn rows_of_parent(self, rows: RowsOf) -> Self {
        Self { size: Size { of_parent: Some(rows), ..self.size }, ..self }
    }

    pub(crate) const fn rows_of(self, other: &'static str, rows: RowsOf) -> Self {
        Self { size: Size { of_other: Some((other, rows)), ..self.size }, ..self }
    }

    pub(crate) const fn identity_engine(self) -> Self {
        Self { is_identity_engine_only: true, ..self }
    }

    /// What must have been read before it.
    pub(crate) fn needs(&self, mode: Mode) -> impl Iterator<Item = &'static str> + use<> {
        let join = self.join_through.filter(|_| mode == Mode::Incremental);
        let joined = join.into_iter().flat_map(|join| [join.relationships, join.of]);
        self.parent().into_iter().chain(self.implied.map(|implied| implied.by)).chain(joined)
    }

    /// The entity whose records are its parents.
    pub(crate) fn parent(&self) -> Option<&'static str> {
        match self.partitioning {
            Partitioning::Each { of, .. } => Some(of),
            Partitioning::Once | Partitioning::Values { .. } => None,
        }
    }

    /// How many records a page may have, if that is asked for.
    pub(crate) fn page_size(&self) -> Option<u64> {
        self.query.iter().find(|(name, _)| *name == "limit").and_then(|(_, limit)| limit.parse().ok())
    }
}

fn always(_: &Value) -> bool {
    true
}
