//! Access governance: campaigns, reviews, bundles, requests, collections, labels.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};

/// A date in the form that governance has: without milliseconds.
const DATE: &str = "2026-01-02T03:04:05Z";

/// Lists of governance have their objects under `data`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
fn data<'a>(objects: Vec<Value>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(objects), Paging::Body("data", 200)))
}

/// An object of governance.
fn object(context: &EndpointContext<'_>, prefix: &str, number: u64, members: Value) -> Value {
    let admin = &context.org.admins()[0].id;
    let mut object = json!({
        "id": context.org.single_id(prefix, number),
        "created": DATE, "createdBy": admin, "lastUpdated": DATE, "lastUpdatedBy": admin, "_links": {},
    });
    if let (Some(object), Value::Object(members)) = (object.as_object_mut(), members) {
        object.extend(members);
    }
    object
}

/// `GET /governance/api/v1/campaigns`: none in a bad org.
pub(crate) fn campaigns<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let campaign = |(number, (name, status)): (u64, (&str, &str))| {
        object(
            context,
            "icr",
            number,
            json!({
                "name": name, "status": status, "campaignType": "RESOURCE", "recurringCampaignId": null,
                "scheduleSettings": {"startDate": "2026-01-02T03:04:05-00:00", "durationInDays": 21, "timeZone": "Europe/Berlin"},
            }),
        )
    };
    let all = [("Admins, quarterly", "ACTIVE"), ("Business apps", "COMPLETED")];
    data((0..).zip(all).take(context.pick(2, 1, 0)).map(campaign).collect())
}

/// `GET /governance/api/v1/reviews`.
pub(crate) fn reviews<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let review = |number: u64| {
        let person = &context.org.people[number as usize % context.org.people.len()];
        object(
            context,
            "icw",
            number,
            json!({
                "campaignId": context.org.single_id("icr", 0), "resourceId": context.org.first_app().id,
                "decision": if number.is_multiple_of(3) { "UNREVIEWED" } else { "APPROVE" }, "reviewerLevel": "FIRST",
                "principalProfile": {"id": person.id, "status": "ACTIVE"},
            }),
        )
    };
    data((0..context.pick(12, 6, 0)).map(review).collect())
}

/// `GET /governance/api/v1/entitlement-bundles`.
pub(crate) fn bundles<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = context.org.first_app();
    data(vec![object(
        context,
        "enb",
        0,
        json!({
            "name": "Editors", "description": null, "status": "ACTIVE",
            "orn": format!("orn:okta:governance:{}:entitlement-bundles:{}", context.org_id(), context.org.single_id("enb", 0)),
            "target": {"externalId": app.id, "type": "APPLICATION"},
        }),
    )])
}

/// `GET /governance/api/v2/requests`.
pub(crate) fn requests<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let request = |(number, status): (u64, &str)| {
        let person = &context.org.people[number as usize % context.org.people.len()];
        object(
            context,
            "req",
            number,
            json!({
                "status": status, "requestedBy": {"externalId": person.id, "type": "OKTA_USER"},
                "requestedFor": {"externalId": person.id, "type": "OKTA_USER"},
                "requested": {"type": "CATALOG_ENTRY", "entryId": context.org.first_app().id},
            }),
        )
    };
    data((0..).zip(["PENDING", "APPROVED", "DENIED"]).map(request).collect())
}

/// `GET /governance/api/v2/request-settings`.
pub(crate) fn request_settings<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "subprocessorsAcknowledged": true, "longTimePastProvisioned": false,
        "requestOnBehalfOfSettings": {"allowed": context.pick(false, true, true)}, "_links": {},
    }))
}

/// `GET /governance/api/v1/collections`.
pub(crate) fn collections<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    data(vec![object(context, "col", 0, json!({"name": "New in sales", "description": null}))])
}

/// `GET /governance/api/v1/labels`: `labelId` instead of `id`.
pub(crate) fn labels<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let label = |(number, name): (u64, &str)| {
        let value = json!({"labelValueId": context.org.single_id("lbv", number), "name": "High", "metadata": {}});
        json!({"labelId": context.org.single_id("lbl", number), "name": name, "values": [value], "_links": {}})
    };
    data((0..).zip(["Privileged", "Crown jewels"]).map(label).collect())
}

/// `GET /governance/api/v1/delegates`.
pub(crate) fn delegates<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let admins = context.org.admins();
    data(vec![object(
        context,
        "dlg",
        0,
        json!({
            "delegator": {"externalId": admins[0].id, "type": "OKTA_USER"},
            "delegate": {"externalId": admins[1].id, "type": "OKTA_USER"}, "note": "Holiday", "endTime": null,
        }),
    )])
}

/// `GET /governance/api/v1/risk-rules`: who may not have both.
pub(crate) fn risk_rules<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let rule = object(
        context,
        "rrl",
        0,
        json!({
            "name": "Creates and pays", "status": "ACTIVE", "type": "SEPARATION_OF_DUTIES",
            "conflictCriteria": {"and": [{"name": "creates", "attribute": "principal.effective_grants", "operation": "CONTAINS_ONE"}]},
        }),
    );
    data(context.pick(vec![rule.clone()], vec![rule], Vec::new()))
}

/// `GET /governance/api/v2/security-access-reviews`.
pub(crate) fn security_reviews<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = &context.org.admins()[1];
    data(vec![object(
        context,
        "sar",
        0,
        json!({
            "name": "After an incident", "status": "CLOSED", "principalId": person.id, "endTime": DATE,
        }),
    )])
}
