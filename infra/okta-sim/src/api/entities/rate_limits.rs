//! Settings of rate limits.

use serde_json::json;

use crate::api::endpoint_context::{EndpointContext, Served, linked, one};
use crate::api::error::ApiError;

/// `GET /api/v1/rate-limit-settings/per-client`.
pub(crate) fn per_client<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let mode = context.pick("ENFORCE", "PREVIEW", "DISABLE");
    one(json!({
        "defaultMode": mode,
        "useCaseModeOverrides": {"LOGIN_PAGE": mode, "OAUTH2_AUTHORIZE": mode, "OIE_APP_INTENT": mode},
        "_links": context.itself("/api/v1/rate-limit-settings/per-client"),
    }))
}

/// `GET /api/v1/rate-limit-settings/admin-notifications`.
pub(crate) fn notifications<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "notificationsEnabled": context.pick(true, true, false),
        "_links": context.itself("/api/v1/rate-limit-settings/admin-notifications"),
    }))
}

/// `GET /api/v1/rate-limit-settings/warning-threshold`.
pub(crate) fn warning<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "warningThreshold": context.pick(60, 60, 90),
        "_links": context.itself("/api/v1/rate-limit-settings/warning-threshold"),
    }))
}

/// `GET /api/v1/principal-rate-limits`, which asks for a filter by kind.
pub(crate) fn principals<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let filter = context.call.query("filter").unwrap_or_default();
    let kind = ["SSWS_TOKEN", "OAUTH_CLIENT"].into_iter().find(|kind| filter.contains(kind)).ok_or_else(|| {
        let cause = "The provided filter parameter did not contain the required attrbute filter \"principalType\"";
        ApiError::Validation("filter".to_owned(), cause.to_owned())
    })?;
    let principal = if kind == "SSWS_TOKEN" {
        context.org.single_id("00T", u64::from(u32::MAX))
    } else {
        context.org.service_apps.first().map(|app| context.org.app(*app).id.clone()).unwrap_or_default()
    };
    linked(
        vec![json!({
            "id": context.org.single_id("dpl", u64::from(kind == "SSWS_TOKEN")),
            "orgId": context.org_id(),
            "principalId": principal,
            "principalType": kind,
            "defaultPercentage": 50,
            "defaultConcurrencyPercentage": 75,
            "createdBy": context.org.admins()[0].id,
            "createdDate": "2026-01-02T03:04:05Z",
            "lastUpdate": "2026-01-02T03:04:05Z",
            "lastUpdatedBy": context.org.admins()[0].id,
        })],
        50,
        50,
    )
}
