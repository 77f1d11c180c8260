//! Applications and who has them.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::entities::fixed_apps;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::identity::clients::Role;
use crate::org::apps::{App, SignOn};
use crate::org::policies::APP_POLICY;
use crate::random::mix;
use crate::time::{DAY_MS, iso};

/// `GET /api/v1/apps`, with `filter` and `q`. Below an organization admin, a service app sees itself alone.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    // Without the parameter, inactive apps are not in the list.
    let with_inactive = context.call.query("includeNonDeleted") == Some("true");
    let sees_all = context.caller.role >= Role::ReadOnly;
    let fixed = (0..fixed_apps::COUNT).filter(|number| sees_all && (with_inactive || fixed_apps::is_active(*number)));
    let fixed = fixed.map(|number| FIXED + number as u64);
    let mut listing = Listing::by(there(context).map(|app| app as u64).chain(fixed), |key| any_app(context, key));
    if let Some(filter) = context.call.query("filter") {
        let filter = Filter::parse(filter).map_err(|_| ApiError::InvalidSearch)?;
        listing = listing.filtered(|app| filter.holds(app));
    }
    if let Some(q) = context.call.query("q").map(str::to_lowercase) {
        listing =
            listing.filtered(|app| app["label"].as_str().is_some_and(|label| label.to_lowercase().starts_with(&q)));
    }
    Ok(Served::Listing(listing, Paging::Link(200, 200)))
}

/// Keys of fixed apps begin here.
const FIXED: u64 = 1 << 32;

fn any_app(context: &EndpointContext<'_>, key: u64) -> Value {
    match key.checked_sub(FIXED) {
        Some(number) => fixed_apps::object(context, number as usize),
        None => app(context, key as usize),
    }
}

/// The app that the path names; none for a fixed one, which has nothing below it.
pub(crate) fn named<'a>(context: &'a EndpointContext<'_>) -> Result<Option<&'a App>, ApiError> {
    if fixed_apps::number(context, context.id(0)).is_some() {
        return Ok(None);
    }
    position(context).map(|position| Some(&context.org.apps[position]))
}

fn there<'a>(context: &'a EndpointContext<'a>) -> impl Iterator<Item = usize> + 'a {
    let sees_all = context.caller.role >= Role::ReadOnly;
    (0..context.org.apps.len()).filter(move |app| sees_all && context.org.apps[*app].born_ms <= context.now_ms)
}

/// The position of the app that the path names.
pub(crate) fn position(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    there(context)
        .find(|app| context.org.apps[*app].id == context.id(0))
        .ok_or_else(|| context.not_found(0, "AppInstance"))
}

/// `GET /api/v1/apps/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    match fixed_apps::number(context, context.id(0)) {
        Some(number) => one(fixed_apps::object(context, number)),
        None => one(app(context, position(context)?)),
    }
}

/// An app as the API shows it.
pub(crate) fn app(context: &EndpointContext<'_>, position: usize) -> Value {
    let (found, state) = (&context.org.apps[position], &context.directory.apps[position]);
    let born_ms = born_ms(context, found);
    let mut app = json!({
        "id": found.id,
        "orn": format!("orn:okta:idp:{}:apps:{}:{}", context.org_id(), found.kind.name, found.id),
        "name": found.kind.name,
        "label": found.label,
        "status": "ACTIVE",
        "created": iso(born_ms),
        "lastUpdated": iso(state.updated_ms.max(born_ms)),
        "accessibility": {"selfService": false, "errorRedirectUrl": null, "loginRedirectUrl": null},
        "visibility": {
            "autoLaunch": false,
            "autoSubmitToolbar": false,
            "hide": {"iOS": false, "web": !found.has_people()},
            "appLinks": {"login": found.has_people()},
        },
        "features": features(found),
        "signOnMode": found.kind.sign_on.mode(),
        "credentials": credentials(context, found),
        "settings": settings(found),
        "_links": links(context, found),
    });
    if found.kind.sign_on == SignOn::Oidc {
        app["profile"] = json!({"owner": "platform"});
    }
    app
}

fn born_ms(context: &EndpointContext<'_>, app: &App) -> i64 {
    if app.born_ms == i64::MIN {
        context.org.log_start_ms() - app.created_days_before.cast_signed() * DAY_MS
    } else {
        app.born_ms
    }
}

fn features(app: &App) -> Value {
    match app.kind.sign_on {
        SignOn::ActiveDirectory => json!(["IMPORT_NEW_USERS", "IMPORT_PROFILE_UPDATES", "PROFILE_MASTERING"]),
        _ if app.kind.provisions => {
            json!(["GROUP_PUSH", "PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION"])
        }
        _ => json!([]),
    }
}

fn credentials(context: &EndpointContext<'_>, app: &App) -> Value {
    let template = json!({"template": "${source.login}", "type": "BUILT_IN"});
    let kid = context.org.single_id("kid", app.key);
    match app.kind.sign_on {
        SignOn::Oidc | SignOn::Service => {
            let method = if app.is(SignOn::Service) { "private_key_jwt" } else { "client_secret_basic" };
            json!({
                "userNameTemplate": template,
                "signing": {"kid": kid},
                "oauthClient": {
                    "client_id": app.id,
                    "autoKeyRotation": true,
                    "token_endpoint_auth_method": method,
                    "pkce_required": app.is(SignOn::Oidc),
                },
            })
        }
        SignOn::Swa => {
            json!({"scheme": "EDIT_USERNAME_AND_PASSWORD", "userNameTemplate": template, "revealPassword": false, "signing": {}})
        }
        _ => json!({"userNameTemplate": template, "signing": {"kid": kid}}),
    }
}

fn settings(app: &App) -> Value {
    let mut settings = json!({"app": {}, "notes": {"admin": null, "enduser": null}});
    match app.kind.sign_on {
        SignOn::Oidc | SignOn::Service => settings["oauthClient"] = oauth_client(app),
        SignOn::Saml => settings["signOn"] = saml(app),
        SignOn::Bookmark => {
            settings["app"] = json!({"requestIntegration": false, "url": "https://handbook.acme.example"});
        }
        SignOn::Swa => {
            settings["app"] = json!({
                "buttonField": "btn-login", "passwordField": "txt-password", "usernameField": "txt-user",
                "url": "https://login.acme.example",
            });
        }
        SignOn::Saml11 => settings["app"] = json!({"domain": "acme.example", "msftTenant": "acme"}),
        SignOn::ActiveDirectory => {}
    }
    settings
}

fn saml(app: &App) -> Value {
    let acs = format!("https://{}.example/saml/acs", app.kind.name);
    json!({
        "defaultRelayState": null,
        "ssoAcsUrl": acs,
        "recipient": acs,
        "destination": acs,
        "audience": format!("https://{}.example", app.kind.name),
        "idpIssuer": "http://www.okta.com/${org.externalKey}",
        "subjectNameIdTemplate": "${user.userName}",
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "responseSigned": true,
        "assertionSigned": true,
        "signatureAlgorithm": "RSA_SHA256",
        "digestAlgorithm": "SHA256",
        "honorForceAuthn": true,
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "requestCompressed": false,
        "allowMultipleAcsEndpoints": false,
        "attributeStatements": [],
    })
}

fn oauth_client(app: &App) -> Value {
    if app.is(SignOn::Service) {
        return json!({
            "application_type": "service",
            "grant_types": ["client_credentials"],
            "response_types": ["token"],
            "consent_method": "TRUSTED",
            "issuer_mode": "ORG_URL",
            "dpop_bound_access_tokens": app.key.is_multiple_of(2),
        });
    }
    json!({
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": ["https://portal.acme.example/callback"],
        "post_logout_redirect_uris": ["https://portal.acme.example"],
        "consent_method": "REQUIRED",
        "issuer_mode": "DYNAMIC",
        "wildcard_redirect": "DISABLED",
        "dpop_bound_access_tokens": false,
    })
}

fn links(context: &EndpointContext<'_>, app: &App) -> Value {
    let path = format!("/api/v1/apps/{}", app.id);
    let mut links = json!({
        "self": context.href(&path),
        "users": context.href(&format!("{path}/users")),
        "groups": context.href(&format!("{path}/groups")),
        "deactivate": context.href(&format!("{path}/lifecycle/deactivate")),
        "logo": [{"name": "medium", "href": context.url("/img/logos/default.png"), "type": "image/png"}],
        "appLinks": [],
    });
    if app.has_people() {
        links["accessPolicy"] = context.href(&format!("/api/v1/policies/{}", context.org.policy_id(APP_POLICY)));
    }
    if app.is(SignOn::Saml) {
        links["metadata"] =
            json!({"href": context.url(&format!("{path}/sso/saml/metadata")), "type": "application/xml"});
    }
    links
}

/// `GET /api/v1/apps/{id}/users`: those who have it, and whether through a group.
pub(crate) fn users<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if named(context)?.is_none() {
        return linked(Vec::new(), 50, 500);
    }
    let app = position(context)?;
    let people = (0..context.directory.users.len() as u32).filter(move |person| context.has_app(*person, app));
    let listing = Listing::by(people.map(u64::from), move |person| app_user(context, app, person as u32));
    Ok(Served::Listing(listing, Paging::Link(50, 500)))
}

fn app_user(context: &EndpointContext<'_>, position: usize, person: u32) -> Value {
    let (app, found) = (&context.org.apps[position], &context.org.people[person as usize]);
    let is_direct = context.directory.apps[position].users.contains(person);
    let since = iso(context.directory.users[person as usize].created_ms.max(born_ms(context, app)));
    json!({
        "id": found.id,
        "externalId": if app.kind.provisions { json!(crate::id::hex(mix(app.key, found.key), 24)) } else { Value::Null },
        "created": since,
        "lastUpdated": since,
        "scope": if is_direct { "USER" } else { "GROUP" },
        "status": if app.kind.provisions { "PROVISIONED" } else { "ACTIVE" },
        "statusChanged": since,
        "passwordChanged": null,
        "syncState": if app.kind.provisions { "SYNCHRONIZED" } else { "DISABLED" },
        "credentials": {"userName": found.login},
        "profile": {"email": found.login, "firstName": found.first_name, "lastName": found.last_name},
        "_links": {
            "app": context.href(&format!("/api/v1/apps/{}", app.id)),
            "user": context.href(&format!("/api/v1/users/{}", found.id)),
        },
    })
}

/// `GET /api/v1/apps/{id}/groups`.
pub(crate) fn groups<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = named(context)? else { return linked(Vec::new(), 20, 200) };
    let Some(group) = app.group.map(|group| &context.org.groups[group]).filter(|group| group.born_ms <= context.now_ms)
    else {
        return whole(Vec::new());
    };
    let path = format!("/api/v1/apps/{}/groups/{}", app.id, group.id);
    let object = json!({
        "id": group.id,
        "lastUpdated": iso(born_ms(context, app)),
        "priority": 0,
        "profile": {},
        "_links": {
            "self": context.href(&path),
            "app": context.href(&format!("/api/v1/apps/{}", app.id)),
            "group": context.href(&format!("/api/v1/groups/{}", group.id)),
        },
    });
    linked(vec![object], 20, 200)
}
