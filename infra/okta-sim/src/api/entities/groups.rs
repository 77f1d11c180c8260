//! Groups and what hangs on them.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one, whole};
use crate::api::entities::apps::app;
use crate::api::entities::group_object::{apps_of, group};
use crate::api::entities::user_object::user;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::org::groups::Membership;

/// `GET /api/v1/groups`, with `expand=stats`, `filter`, `search` and `q`.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let parse = |text: &str| Filter::parse(text).map_err(|_| ApiError::InvalidSearch);
    let mut listing =
        Listing::by(there(context).map(|group| group as u64), |position| group(context, position as usize));
    for name in ["filter", "search"] {
        if let Some(filter) = context.call.query(name).map(parse).transpose()? {
            listing = listing.filtered(|group| filter.holds(group));
        }
    }
    if let Some(q) = context.call.query("q").map(str::to_lowercase) {
        let begins =
            |group: &Value| group["profile"]["name"].as_str().is_some_and(|name| name.to_lowercase().starts_with(&q));
        listing = listing.filtered(begins);
    }
    Ok(Served::Listing(listing, Paging::Link(10_000, 10_000)))
}

/// Positions of the groups that have been created already.
fn there<'a>(context: &'a EndpointContext<'a>) -> impl Iterator<Item = usize> + 'a {
    (0..context.org.groups.len()).filter(|group| context.org.groups[*group].born_ms <= context.now_ms)
}

/// The position of the group that the path names.
pub(crate) fn position(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    there(context)
        .find(|group| context.org.groups[*group].id == context.id(0))
        .ok_or_else(|| context.not_found(0, "UserGroup"))
}

/// `GET /api/v1/groups/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(group(context, position(context)?))
}

/// `GET /api/v1/groups/{id}/users`.
pub(crate) fn users<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let members = context.directory.groups[position(context)?].members.as_slice();
    let listing = Listing::by(members.iter().map(|person| u64::from(*person)), |person| user(context, person as u32));
    Ok(Served::Listing(listing, Paging::Link(1_000, 1_000)))
}

/// `GET /api/v1/groups/{id}/apps`.
pub(crate) fn apps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let apps = apps_of(context, position(context)?).map(|app| app as u64);
    Ok(Served::Listing(Listing::by(apps, |position| app(context, position as usize)), Paging::Link(20, 200)))
}

/// `GET /api/v1/groups/{id}/owners`.
pub(crate) fn owners<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let group = &context.org.groups[position(context)?];
    if !group.is_manual() {
        return whole(Vec::new());
    }
    let owner = &context.org.admins()[group.key as usize % context.org.admins().len()];
    whole(vec![json!({
        "id": owner.id,
        "type": "USER",
        "displayName": owner.name,
        "lastUpdated": context.long_ago(),
        "originId": null,
        "originType": "OKTA_DIRECTORY",
        "resolved": true,
    })])
}

/// `GET /api/v1/groups/rules`: one rule for each group that a rule keeps.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn rules<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let ruled = (0..context.org.groups.len()).filter(|group| context.org.groups[*group].is_ruled());
    let listing = Listing::by(ruled.map(|group| group as u64), |group| rule(context, group as usize));
    Ok(Served::Listing(listing, Paging::Link(50, 200)))
}

fn rule(context: &EndpointContext<'_>, position: usize) -> Value {
    let group = &context.org.groups[position];
    let attribute = if matches!(group.membership, Membership::Place(_)) { "city" } else { "department" };
    let value = group.name.split(" - ").nth(1).unwrap_or_default();
    json!({
        "id": context.org.single_id("0pr", position as u64),
        "type": "group_rule",
        "name": format!("Into {}", group.name),
        "status": "ACTIVE",
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "conditions": {
            "people": {"users": {"exclude": []}, "groups": {"exclude": []}},
            "expression": {"value": format!("user.{attribute}==\"{value}\""), "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": [group.id]}},
    })
}
