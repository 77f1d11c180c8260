//! What a run will cost, before it is begun: calls by entity and by rate-limit bucket, and the time that the slowest bucket
//! takes. The counts are those of the last collection; the first time, groups and apps are listed and the rest follows from
//! their statistics.

use std::collections::BTreeMap;

use okta::{Client, Error, Grants, List, Pages, bucket_of};
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::inventory::entity::{Entity, Fan};
use crate::inventory::store::Latest;
use crate::inventory::table::find;

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
/// an answer has told. An app gets half of them, unless somebody has set it otherwise.
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

/// What an org has of a thing, roughly, as long as nobody has counted.
const GUESSES: &[(&str, u64)] = &[
    ("authenticator", 8),
    ("authorization_server", 2),
    ("brand", 2),
    ("custom_role", 3),
    ("identity_provider", 3),
    ("policy", 30),
    ("resource_set", 2),
    ("user_type", 2),
];

/// Apps that somebody has, on average.
const APPS_EACH: u64 = 15;

/// What an org has.
#[derive(Debug, Default)]
struct Counts {
    rows: BTreeMap<&'static str, (u64, Basis)>,
    /// Records of which the conditions are known.
    records: BTreeMap<&'static str, Vec<Value>>,
}

/// Counts what there is with a few calls, and reckons.
pub(crate) async fn plan(
    client: &Client,
    entities: &[&'static Entity],
    grants: &Grants,
    latest: &BTreeMap<String, Latest>,
    function: &App,
) -> Result<InventoryPlan, Error> {
    let counts = count(client, entities, grants, latest).await?;
    let budgets: BTreeMap<_, _> =
        client.usage().into_iter().filter_map(|usage| Some((usage.bucket, usage.budget?))).collect();
    let budget = |bucket: &'static str| {
        let published = PUBLISHED.iter().find(|(name, _)| *name == bucket).map_or(100, |(_, limit)| *limit);
        budgets.get(bucket).copied().unwrap_or_else(|| function.share.budget(published / 2))
    };
    let mut plan = InventoryPlan { calls: 0, minutes: 0.0, buckets: Vec::new(), entities: Vec::new() };
    let mut by_bucket = BTreeMap::<&'static str, u64>::new();
    for entity in entities {
        let (calls, basis) = if grants.allows(entity.scope) { counts.calls(entity) } else { (0, Basis::Denied) };
        *by_bucket.entry(bucket_of(&entity.path.replace("{}", "00x1"))).or_default() += calls;
        plan.calls += calls;
        plan.entities.push(EntityPlan { entity: entity.name, calls, basis });
    }
    #[allow(clippy::cast_precision_loss)] // Far from 2^52 calls.
    let minutes = |calls: u64, a_minute: u32| calls as f64 / f64::from(a_minute);
    plan.buckets = by_bucket
        .into_iter()
        .filter(|(_, calls)| *calls > 0)
        .map(|(bucket, calls)| {
            let a_minute = budget(bucket);
            BucketPlan { bucket, calls, a_minute, minutes: minutes(calls, a_minute) }
        })
        .collect();
    plan.buckets.sort_by(|one, other| other.minutes.total_cmp(&one.minutes));
    plan.minutes = plan.buckets.first().map_or(0.0, |slowest| slowest.minutes);
    Ok(plan)
}

async fn count(
    client: &Client,
    entities: &[&'static Entity],
    grants: &Grants,
    latest: &BTreeMap<String, Latest>,
) -> Result<Counts, Error> {
    let mut counts = Counts::default();
    for name in ["group", "app", "admin_user"] {
        let Some(entity) = entities.iter().find(|entity| entity.name == name) else { continue };
        if !grants.allows(entity.scope) {
            continue;
        }
        let mut pages = Pages::new(client, List::new(client.url(entity.path, entity.query)?, okta::Shape::Any));
        let mut records = Vec::new();
        // What is refused is told by the manifest.
        while let Ok(Some(page)) = pages.next().await {
            let found = crate::inventory::page::records(&page, entity.shape).unwrap_or_default();
            records.extend(found.into_iter().filter_map(|text| serde_json::from_str::<Value>(text.get()).ok()));
        }
        counts.rows.insert(entity.name, (records.len() as u64, Basis::Counted));
        counts.records.insert(entity.name, records);
    }
    for (name, latest) in latest {
        if let Some(entity) = find(name) {
            counts.rows.entry(entity.name).or_insert((latest.rows, Basis::LastTime));
        }
    }
    if let Some(users) = counts.everyone() {
        counts.rows.insert("user", (users, Basis::Counted));
    }
    Ok(counts)
}

impl Counts {
    /// How many people are in the group of all.
    fn everyone(&self) -> Option<u64> {
        let groups = self.records.get("group")?;
        let everyone =
            groups.iter().find(|group| group["type"] == "BUILT_IN" && group["profile"]["name"] == "Everyone");
        everyone?.pointer("/_embedded/stats/usersCount")?.as_u64()
    }

    fn rows(&self, name: &'static str) -> (u64, Basis) {
        let guess = || GUESSES.iter().find(|(guessed, _)| *guessed == name).map_or(1, |(_, rows)| *rows);
        self.rows.get(name).copied().unwrap_or_else(|| match name {
            "device" => (self.rows("user").0, Basis::Guess),
            "app_user" => (self.rows("user").0 * APPS_EACH, Basis::Guess),
            _ => (guess(), Basis::Guess),
        })
    }

    fn calls(&self, entity: &'static Entity) -> (u64, Basis) {
        let limit = entity.query.iter().find(|(name, _)| *name == "limit");
        let limit = limit.and_then(|(_, limit)| limit.parse::<u64>().ok());
        let pages = |rows: u64| limit.map_or(1, |limit| rows.div_ceil(limit).max(1));
        match entity.fan {
            Fan::Once if limit.is_none() => (1, Basis::Counted),
            Fan::Once => {
                let (rows, basis) = self.rows(entity.name);
                (pages(rows), basis)
            }
            Fan::Values(values) => (values.len() as u64, Basis::Counted),
            Fan::Each { of: "group", when } if entity.name == "group_member" && self.records.contains_key("group") => {
                let groups = self.records.get("group").into_iter().flatten().filter(|group| when(group));
                let members =
                    |group: &Value| group.pointer("/_embedded/stats/usersCount").and_then(Value::as_u64).unwrap_or(1);
                (groups.map(|group| pages(members(group))).sum(), Basis::Counted)
            }
            Fan::Each { of, when } => {
                let (parents, basis) = match self.records.get(of) {
                    // What only unusual people have costs next to nothing.
                    None if of == "user" && !when(&serde_json::json!({"status": "ACTIVE"})) => (0, Basis::Guess),
                    Some(records) => (records.iter().filter(|record| when(record)).count() as u64, Basis::Counted),
                    None => self.rows(of),
                };
                let (rows, known) = self.rows(entity.name);
                // Each parent has a page, and those with more rows have more of them.
                let more = limit.filter(|_| entity.name == "app_user" || known == Basis::LastTime);
                let more = more.map_or(0, |limit| (rows / limit).saturating_sub(parents / 2));
                (parents + more, if more > 0 { known } else { basis })
            }
        }
    }
}
