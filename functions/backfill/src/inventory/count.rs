//! Counts what an org has with a few calls, for the plan. The records are counted as they come and not kept.

use std::collections::BTreeMap;

use okta::{Error, Grants, List, Pages, Shape};
use serde_json::Value;

use crate::inventory::entity::Entity;
use crate::inventory::envelope::records;
use crate::inventory::plan::{Counts, InventoryPlan};
use crate::inventory::state::Collection;
use crate::org::context::OrgContext;

/// Makes the plan of a run. The counts are those of the last collection; the first time, what is listed cheaply says the
/// rest.
pub(crate) async fn plan(
    org: &OrgContext<'_>,
    entities: &[&'static Entity],
    grants: &Grants,
    latest: &BTreeMap<String, Collection>,
) -> Result<InventoryPlan, Error> {
    let mut counts = Counts::default();
    for entity in entities.iter().filter(|entity| entity.size.is_listed_for_plan && grants.allows(entity.scope)) {
        count(org, entity, &mut counts).await?;
    }
    for (name, latest) in latest {
        counts.last_time(name, latest.rows);
    }
    let budgets = org.client.usage().into_iter().filter_map(|usage| Some((usage.bucket, usage.budget?))).collect();
    Ok(InventoryPlan::of(entities, &counts, |scope| grants.allows(scope), &budgets, org.app.share))
}

async fn count(org: &OrgContext<'_>, entity: &'static Entity, counts: &mut Counts) -> Result<(), Error> {
    counts.listed(entity);
    let mut pages = Pages::new(&org.client, List::new(org.client.url(entity.path, entity.query)?, Shape::Any));
    // What is refused is in the manifest of the run.
    while let Ok(Some(page)) = pages.next().await {
        let found = records(&page, entity.envelope).unwrap_or_default();
        for record in found.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok()) {
            counts.add(entity, &record);
        }
    }
    Ok(())
}
