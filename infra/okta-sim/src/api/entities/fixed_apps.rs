//! Apps that nobody in the log signs in to: Okta's own, which every org has, and what was left behind.

use serde_json::{Value, json};

use crate::api::endpoint_context::EndpointContext;
use crate::time::iso;

/// `name`, label, `signOnMode`, status and features.
struct FixedApp {
    name: &'static str,
    label: &'static str,
    sign_on_mode: Option<&'static str>,
    status: &'static str,
    features: &'static [&'static str],
}

const fn app(
    name: &'static str,
    label: &'static str,
    sign_on_mode: Option<&'static str>,
    status: &'static str,
    features: &'static [&'static str],
) -> FixedApp {
    FixedApp { name, label, sign_on_mode, status, features }
}

const OIDC: Option<&str> = Some("OPENID_CONNECT");
const SAML: Option<&str> = Some("SAML_2_0");

/// Sorted by name.
const APPS: &[FixedApp] = &[
    app("custom_identity_source", "HR feed", None, "ACTIVE", &[]),
    app("flow", "Okta Workflows", OIDC, "ACTIVE", &[]),
    app("oidc_client", "Legacy HR sync", OIDC, "INACTIVE", &[]),
    app("okta_account_settings", "Okta Account Settings", OIDC, "ACTIVE", &[]),
    app("okta_browser_plugin", "Okta Browser Plugin", OIDC, "ACTIVE", &[]),
    app("okta_enduser", "Okta Dashboard", OIDC, "ACTIVE", &[]),
    app("okta_flow_sso", "Okta Workflows", SAML, "ACTIVE", &["GROUP_PUSH"]),
    app("okta_iga_reviewer", "Okta Access Certification Reviews", OIDC, "ACTIVE", &[]),
    app("oldwiki", "Old Wiki", SAML, "INACTIVE", &[]),
    app("saasure", "Okta Admin Console", OIDC, "ACTIVE", &[]),
];

/// How many there are.
pub(crate) const COUNT: usize = APPS.len();

/// The id of a fixed app.
pub(crate) fn id(context: &EndpointContext<'_>, number: usize) -> String {
    context.org.single_id("0oa", 900 + number as u64)
}

/// The number of the app with this id.
pub(crate) fn number(context: &EndpointContext<'_>, wanted: &str) -> Option<usize> {
    (0..COUNT).find(|number| id(context, *number) == wanted)
}

/// Whether it is shown without being asked for.
pub(crate) fn is_active(number: usize) -> bool {
    APPS[number].status == "ACTIVE"
}

/// A fixed app as the API shows it.
pub(crate) fn object(context: &EndpointContext<'_>, number: usize) -> Value {
    let app = &APPS[number];
    let id = id(context, number);
    let path = format!("/api/v1/apps/{id}");
    json!({
        "id": id,
        "orn": format!("orn:okta:idp:{}:apps:{}:{id}", context.org_id(), app.name),
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "created": context.long_ago(),
        "lastUpdated": iso(context.org.log_start_ms()),
        "accessibility": {"selfService": false, "errorRedirectUrl": null, "loginRedirectUrl": null},
        "visibility": {"autoLaunch": false, "autoSubmitToolbar": false, "hide": {"iOS": true, "web": true}, "appLinks": {}},
        "features": app.features,
        "signOnMode": app.sign_on_mode,
        "credentials": credentials(app, &id),
        "settings": settings(app, &context.url("/callback")),
        "universalLogout": null,
        "_links": {"self": context.href(&path), "users": context.href(&format!("{path}/users"))},
    })
}

fn credentials(app: &FixedApp, id: &str) -> Value {
    let template = json!({"template": "${source.login}", "type": "BUILT_IN", "suffix": null});
    if app.sign_on_mode == OIDC {
        let client =
            json!({"client_id": id, "autoKeyRotation": true, "token_endpoint_auth_method": "client_secret_basic"});
        return json!({"userNameTemplate": template, "signing": {}, "oauthClient": client});
    }
    json!({"userNameTemplate": template, "signing": {}})
}

fn settings(app: &FixedApp, callback: &str) -> Value {
    let mut settings = json!({"app": {}, "notes": {"admin": null, "enduser": null}, "manualProvisioning": false});
    if app.sign_on_mode == OIDC {
        settings["oauthClient"] = json!({
            "application_type": "web", "grant_types": ["authorization_code"], "response_types": ["code"],
            "redirect_uris": [callback], "consent_method": "TRUSTED", "issuer_mode": "ORG_URL",
        });
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_are_sorted() {
        assert!(APPS.is_sorted_by_key(|app| app.name), "sort APPS by name");
    }
}
