//! The org itself and its switches.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one, whole};
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

/// `GET /api/v1/org/preferences`.
pub(crate) fn preferences<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"showEndUserFooter": true, "_links": context.itself("/api/v1/org/preferences")}))
}

/// `GET /api/v1/org/contacts`: the kinds; who it is stands in each.
pub(crate) fn contacts<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let contact = |kind: &str| {
        let path = format!("/api/v1/org/contacts/{kind}");
        json!({"contactType": kind, "_links": {kind.to_lowercase(): context.href(&path)}})
    };
    whole(["BILLING", "TECHNICAL"].into_iter().map(contact).collect())
}

/// `GET /api/v1/org/contacts/{kind}`: in a bad org, the contact has left.
pub(crate) fn contact<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if !matches!(context.id(0), "BILLING" | "TECHNICAL") {
        return Err(context.not_found(0, "OrgContact"));
    }
    let user = &context.org.admins()[0].id;
    one(json!({"userId": user, "_links": {"user": context.href(&format!("/api/v1/users/{user}"))}}))
}

/// `GET /api/v1/org/orgSettings/thirdPartyAdminSetting`.
pub(crate) fn third_party_admin<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"thirdPartyAdmin": context.pick(false, false, true)}))
}

/// `GET /api/v1/org/settings/autoAssignAdminAppSetting`.
pub(crate) fn auto_assign_admin_app<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"autoAssignAdminAppSetting": context.pick(false, true, true)}))
}

/// `GET /api/v1/org/settings/clientPrivilegesSetting`.
pub(crate) fn client_privileges<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"clientPrivilegesSetting": context.pick(false, false, true)}))
}

/// `GET /api/v1/org/privacy/oktaSupport`: whether Okta's support may act as an admin.
pub(crate) fn support<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let is_open = context.pick(false, false, true);
    one(json!({
        "support": if is_open { "ENABLED" } else { "DISABLED" },
        "expiration": is_open.then(|| context.days_ago(-1)),
        "caseNumber": is_open.then_some("00012345"),
        "_links": {"cases": context.href("/api/v1/org/privacy/oktaSupport/cases")},
    }))
}

/// `GET /api/v1/org/privacy/oktaSupport/cases`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn support_cases<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let case = json!({
        "caseNumber": "00012345",
        "subject": "Sign-in is slow",
        "impersonation": {"status": context.pick("NOT_REQUESTED", "DISABLED", "ENABLED"), "expiration": context.pick(None, None, Some(context.days_ago(-1)))},
        "selfAssigned": {"status": "NOT_REQUIRED"},
    });
    Ok(Served::Listing(Listing::of(vec![case]), Paging::WholeIn("supportCases")))
}

/// `GET /api/v1/org/privacy/oktaCommunication`.
pub(crate) fn communication<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"optOutEmailUsers": context.pick(false, false, true), "_links": {}}))
}

/// `GET /api/v1/org/privacy/aerial`.
pub(crate) fn aerial<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "accountId": context.org.single_id("aer", 0), "grantedBy": context.org.admins()[0].id,
        "grantedDate": context.long_ago(), "_links": {},
    }))
}

/// Name, stage and whether it is on, for good, typical and bad.
const FEATURES: &[(&str, Option<&str>, [bool; 3])] = &[
    ("Disable Show Password", None, [true, true, false]),
    ("IP binding for Admin Console", None, [true, false, false]),
    ("Protected actions in the Admin Console", Some("EA"), [true, false, false]),
    ("Same-device enrollment for Okta FastPass", Some("EA"), [true, false, false]),
    ("Workday Incremental Imports", Some("BETA"), [false, false, false]),
];

/// `GET /api/v1/features`.
pub(crate) fn features<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let feature = |(number, (name, stage, is_on)): (u64, &(&str, Option<&str>, [bool; 3]))| {
        let id = context.org.single_id("ftr", number);
        let path = format!("/api/v1/features/{id}");
        json!({
            "id": id,
            "name": name,
            "description": format!("{name}, as the Admin Console describes it"),
            "type": "self-service",
            "stage": stage.map(|stage| json!({"state": "OPEN", "value": stage})),
            "status": if context.pick(is_on[0], is_on[1], is_on[2]) { "ENABLED" } else { "DISABLED" },
            "_links": {"self": context.href(&path), "dependents": context.href(&format!("{path}/dependents"))},
        })
    };
    whole((0..).zip(FEATURES).map(feature).collect::<Vec<Value>>())
}
