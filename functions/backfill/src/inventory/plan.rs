//! What a run will cost, before it begins: calls by entity and by rate-limit bucket, and the time that the slowest bucket
//! takes. Pure.

use std::collections::BTreeMap;

use okta::{Share, bucket_of};
use serde::Serialize;
use serde_json::Value;

use crate::inventory::entity::{Entity, Guess, Partitioning};
use crate::inventory::table::{entities, find};

/// What a run will cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InventoryPlan {
    /// Calls of a full run.
    pub calls: u64,
    /// Minutes of a full run: those of the slowest bucket, for the buckets run side by side.
    pub minutes: f64,
    /// Each bucket, the slowest first.
    pub buckets: Vec<BucketPlan>,
    /// Each entity, in the order of the table.
    pub entities: Vec<EntityPlan>,
}

/// What a run will cost in one bucket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BucketPlan {
    /// The bucket.
    pub bucket: &'static str,
    /// Calls.
    pub calls: u64,
    /// Calls a minute that okta-lake allows itself.
    pub a_minute: u32,
    /// Minutes.
    pub minutes: f64,
}

/// What a run will cost for one entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityPlan {
    /// The entity.
    pub entity: &'static str,
    /// Calls.
    pub calls: u64,
    /// Where the number comes from.
    pub basis: Basis,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Counted just now.
    Counted,
    /// From the last collection.
    LastTime,
    /// A guess: nobody has counted.
    Guess,
    /// The scope is missing: no call is made.
    Denied,
}

/// Calls a minute of an org of Workforce Identity (Okta's last published table, 2025): what is assumed of a bucket before
/// an answer has said. An app gets half of them, unless somebody has set it otherwise.
const PUBLISHED: &[(&str, u32)] = &[
    ("api", 1_200),
    ("apps", 100),
    ("devices", 100),
    ("groups", 500),
    ("iam", 1_600),
    ("integrations", 100),
    ("oauth2/clients", 100),
    ("users", 600),
    ("users/{id}", 2_000),
];

/// What an org has: numbers, whatever its size.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    rows: BTreeMap<&'static str, (u64, Basis)>,
    /// Of the entities that were listed, what each of their children will take.
    children: BTreeMap<&'static str, ChildCount>,
}

/// What the records of a parent say about a child.
#[derive(Debug, Clone, Copy, Default)]
struct ChildCount {
    /// Parents that it is read for.
    parents: u64,
    /// Pages of all of them, if they say how many rows they have.
    pages: u64,
}

impl Counts {
    /// Counts a record of an entity that is listed for the plan.
    pub(crate) fn add(&mut self, entity: &'static Entity, record: &Value) {
        self.rows.entry(entity.name).or_insert((0, Basis::Counted)).0 += 1;
        if let Some((other, rows)) = entity.size.of_other
            && let Some(rows) = rows(record)
        {
            self.rows.insert(other, (rows, Basis::Counted));
        }
        for child in entities().filter(|child| child.parent() == Some(entity.name)) {
            let Partitioning::Each { when, .. } = child.partitioning else { continue };
            let is_implied = child.implied.is_some_and(|implied| (implied.parent)(record));
            if !when(record) || is_implied {
                continue;
            }
            let count = self.children.entry(child.name).or_default();
            let rows = child.size.of_parent.and_then(|rows| rows(record)).unwrap_or(1);
            count.parents += 1;
            count.pages += child.page_size().map_or(1, |size| rows.div_ceil(size).max(1));
        }
    }

    /// Notes that an entity was listed, even if it has no records.
    pub(crate) fn listed(&mut self, entity: &'static Entity) {
        self.rows.entry(entity.name).or_insert((0, Basis::Counted));
        for child in entities().filter(|child| child.parent() == Some(entity.name)) {
            self.children.entry(child.name).or_default();
        }
    }

    /// Notes how many rows the last collection of an entity had, unless it was counted.
    pub(crate) fn last_time(&mut self, name: &str, rows: u64) {
        if let Some(entity) = find(name) {
            self.rows.entry(entity.name).or_insert((rows, Basis::LastTime));
        }
    }

    fn rows(&self, name: &'static str) -> (u64, Basis) {
        self.rows.get(name).copied().unwrap_or_else(|| {
            let rows = match find(name).map(|entity| entity.size.guess) {
                Some(Guess::Rows(rows)) => rows,
                Some(Guess::Each(other, rows)) => self.rows(other).0 * rows,
                None => 1,
            };
            (rows, Basis::Guess)
        })
    }

    fn calls(&self, entity: &'static Entity) -> (u64, Basis) {
        let pages = |rows: u64| entity.page_size().map_or(1, |size| rows.div_ceil(size).max(1));
        match entity.partitioning {
            Partitioning::Once if entity.page_size().is_none() => (1, Basis::Counted),
            Partitioning::Once => {
                let (rows, basis) = self.rows(entity.name);
                (pages(rows), basis)
            }
            Partitioning::Values { values, .. } => (values.len() as u64, Basis::Counted),
            Partitioning::Each { of, when, .. } => self.calls_of_child(entity, of, when),
        }
    }

    fn calls_of_child(&self, entity: &'static Entity, of: &'static str, when: fn(&Value) -> bool) -> (u64, Basis) {
        let count = self.children.get(entity.name);
        if let (Some(count), Some(_)) = (count, entity.size.of_parent) {
            return (count.pages, Basis::Counted);
        }
        let (parents, basis) = match count {
            Some(count) => (count.parents, Basis::Counted),
            // What only unusual people have costs next to nothing.
            None if !when(&serde_json::json!({"status": "ACTIVE"})) => (0, Basis::Guess),
            None => self.rows(of),
        };
        let (rows, known) = self.rows(entity.name);
        // Each parent has a page, and those with more rows have more of them.
        let is_estimated = known == Basis::LastTime || matches!(entity.size.guess, Guess::Each(..));
        let more = entity.page_size().filter(|_| is_estimated);
        let more = more.map_or(0, |size| (rows / size).saturating_sub(parents / 2));
        (parents + more, if more > 0 { known } else { basis })
    }
}

impl InventoryPlan {
    /// Returns what entities will cost. `is_allowed` tells whether the credentials have a scope, `budgets` how many calls
    /// a minute a bucket allows, as far as it is known.
    pub(crate) fn of(
        entities: &[&'static Entity],
        counts: &Counts,
        is_allowed: impl Fn(&str) -> bool,
        budgets: &BTreeMap<&'static str, u32>,
        share: Share,
    ) -> Self {
        let mut by_bucket = BTreeMap::<&'static str, u64>::new();
        let mut plans = Vec::new();
        for entity in entities {
            let (calls, basis) = if is_allowed(entity.scope) { counts.calls(entity) } else { (0, Basis::Denied) };
            *by_bucket.entry(bucket_of(&entity.path.replace("{}", "00x1"))).or_default() += calls;
            plans.push(EntityPlan { entity: entity.name, calls, basis });
        }
        let mut buckets: Vec<_> = by_bucket
            .into_iter()
            .filter(|(_, calls)| *calls > 0)
            .map(|(bucket, calls)| BucketPlan::of(bucket, calls, budget(bucket, budgets, share)))
            .collect();
        buckets.sort_by(|one, other| other.minutes.total_cmp(&one.minutes));
        let calls = plans.iter().map(|plan| plan.calls).sum();
        let minutes = buckets.first().map_or(0.0, |slowest| slowest.minutes);
        Self { calls, minutes, buckets, entities: plans }
    }
}

impl BucketPlan {
    fn of(bucket: &'static str, calls: u64, a_minute: u32) -> Self {
        #[allow(clippy::cast_precision_loss)] // Far from 2^52 calls.
        let minutes = calls as f64 / f64::from(a_minute.max(1));
        Self { bucket, calls, a_minute, minutes }
    }
}

fn budget(bucket: &str, budgets: &BTreeMap<&'static str, u32>, share: Share) -> u32 {
    let published = PUBLISHED.iter().find(|(name, _)| *name == bucket).map_or(100, |(_, limit)| *limit);
    budgets.get(bucket).copied().unwrap_or_else(|| share.budget(published / 2))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_follows_from_what_the_parents_say() {
        let mut counts = Counts::default();
        let group = find("group").unwrap();
        let everyone =
            json!({"type": "BUILT_IN", "profile": {"name": "Everyone"}, "_embedded": {"stats": {"usersCount": 450}}});
        let team = |users: u64| json!({"type": "OKTA_GROUP", "_embedded": {"stats": {"usersCount": users}}});
        for record in [everyone, team(2_500), team(3), team(0)] {
            counts.add(group, &record);
        }
        let calls = |name: &'static str| counts.calls(find(name).unwrap());
        assert_eq!(
            calls("group_member"),
            (4, Basis::Counted),
            "three pages, one page, none for the empty and for everybody"
        );
        assert_eq!(calls("user"), (3, Basis::Counted));
        assert_eq!(calls("device").1, Basis::Guess);
    }
}
