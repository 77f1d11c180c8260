//! The org itself, and what is set once: brands, domains, realms, user types.

use serde_json::json;

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};

/// `GET /api/v1/org`.
pub(crate) fn org<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let link = |name: &str| context.href(&format!("/api/v1/org/{name}"));
    one(json!({
        "id": context.org_id(),
        "subdomain": context.org.tenant(),
        "companyName": "Acme Inc.",
        "status": "ACTIVE",
        "website": "https://acme.example",
        "phoneNumber": "+1-555-0100",
        "endUserSupportHelpURL": "https://help.acme.example",
        "supportPhoneNumber": "+1-555-0101",
        "address1": "1 Example Street",
        "address2": "",
        "city": "San Francisco",
        "state": "California",
        "country": "US",
        "postalCode": "94107",
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "expiresAt": null,
        "_links": {
            "preferences": link("preferences"), "contacts": link("contacts"), "logo": null, "uploadLogo": link("logo"),
            "oktaCommunication": link("privacy/oktaCommunication"), "oktaSupport": link("privacy/oktaSupport"),
        },
    }))
}

/// `GET /api/v1/brands`.
pub(crate) fn brands<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("bnd", 0);
    let path = format!("/api/v1/brands/{id}");
    let brand = json!({
        "id": id,
        "name": "Acme",
        "isDefault": true,
        "agreeToCustomPrivacyPolicy": false,
        "customPrivacyPolicyUrl": null,
        "removePoweredByOkta": false,
        "locale": "en",
        "defaultApp": {"appInstanceId": null, "appLinkName": null},
        "_links": {"self": context.href(&path), "themes": context.href(&format!("{path}/themes"))},
    });
    linked(vec![brand], 20, 200)
}

/// `GET /api/v1/realms`.
pub(crate) fn realms<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("guo", 0);
    let realm = json!({
        "id": id,
        "isDefault": true,
        "profile": {"name": "Default Realm", "realmType": "DEFAULT"},
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "_links": context.itself(&format!("/api/v1/realms/{id}")),
    });
    linked(vec![realm], 200, 200)
}

/// `GET /api/v1/domains`: the org has none of its own.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn domains<'a>(_: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(Vec::new()), Paging::WholeIn("domains")))
}

/// `GET /api/v1/meta/types/user`: the one that all users have.
pub(crate) fn user_types<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("oty", 0);
    whole(vec![json!({
        "id": id,
        "name": "user",
        "displayName": "User",
        "description": "Okta user profile template with default permission settings",
        "default": true,
        "created": context.long_ago(),
        "createdBy": "sprz9fj1ycBcsgopy1d6",
        "lastUpdated": context.long_ago(),
        "lastUpdatedBy": "sprz9fj1ycBcsgopy1d6",
        "_links": context.itself(&format!("/api/v1/meta/types/user/{id}")),
    })])
}
