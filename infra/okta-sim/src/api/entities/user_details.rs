//! What hangs on a user beside groups, apps and factors: blocks, risk, devices, consents, links to others.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::entities::users;
use crate::api::error::ApiError;
use crate::org::people::Person;
use crate::org::status::Status;
use crate::random::mix;

/// `GET /api/v1/users/{id}/blocks`: those who are locked out, and some from unknown devices alone.
pub(crate) fn blocks<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let position = users::person(context)?;
    let status = context.directory.users[position as usize].status;
    let applies_to = match status {
        Status::LockedOut => "ANY_DEVICES",
        Status::Active if context.org.people[position as usize].key.is_multiple_of(50) => "UNKNOWN_DEVICES",
        _ => return whole(Vec::new()),
    };
    whole(vec![json!({"type": "DEVICE_BASED", "appliesTo": applies_to})])
}

/// `GET /api/v1/users/{id}/risk`.
pub(crate) fn risk<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let level = match mix(person.key, 0x215) % 100 {
        0..2 => "HIGH",
        2..8 => "MEDIUM",
        8..60 => "LOW",
        _ => "NONE",
    };
    one(json!({"riskLevel": level, "_links": context.itself(&format!("/api/v1/users/{}/risk", person.id))}))
}

/// `GET /api/v1/users/{id}/classification`.
pub(crate) fn classification<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    one(json!({
        "type": if person.key.is_multiple_of(30) { "LITE" } else { "STANDARD" }, "lastUpdated": context.long_ago(),
    }))
}

/// `GET /api/v1/users/{id}/idps`: contractors come from another identity provider.
pub(crate) fn idps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if !person(context)?.key.is_multiple_of(12) {
        return whole(Vec::new());
    }
    let id = context.org.single_id("0oi", 1);
    whole(vec![json!({
        "id": id, "type": "OIDC", "name": "Contractors", "status": "ACTIVE",
        "created": context.long_ago(), "lastUpdated": context.long_ago(),
        "_links": context.itself(&format!("/api/v1/idps/{id}")),
    })])
}

/// `GET /api/v1/users/{id}/grants`: consents to the scopes of an app.
pub(crate) fn grants<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let grant = |(number, scope): (u64, &str)| {
        let id = crate::id::object("oag", mix(person.key, number));
        json!({
            "id": id,
            "status": if number == 1 { "REVOKED" } else { "ACTIVE" },
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "issuer": context.url("/oauth2/default"),
            "clientId": context.org.app(context.org.oidc_apps[0]).id,
            "userId": person.id,
            "scopeId": scope,
            "source": "END_USER",
            "_links": context.itself(&format!("/api/v1/users/{}/grants/{id}", person.id)),
        })
    };
    let has_consented = person.key.is_multiple_of(3) && !context.org.oidc_apps.is_empty();
    let scopes = if has_consented { &["profile", "email"][..] } else { &[] };
    linked((0..).zip(scopes.iter().copied()).map(grant).collect(), 20, 200)
}

/// `GET /api/v1/users/{id}/clients`: the apps that hold refresh tokens of theirs.
pub(crate) fn clients<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let client = |position: &u16| {
        let app = context.org.app(*position);
        json!({
            "client_id": app.id, "client_name": app.label, "client_uri": null, "logo_uri": null,
            "_links": {"tokens": context.href(&format!("/api/v1/users/{}/clients/{}/tokens", person.id, app.id))},
        })
    };
    whole(with_tokens(context, person).iter().map(client).collect())
}

/// `GET /api/v1/users/{id}/clients/{id}/tokens`.
pub(crate) fn client_tokens<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let held = with_tokens(context, person);
    let app = held.iter().map(|position| context.org.app(*position)).find(|app| app.id == context.id(1));
    let app = app.ok_or_else(|| context.not_found(1, "PublicClientApp"))?;
    let id = crate::id::object("oar", mix(person.key, app.key));
    whole(vec![json!({
        "id": id,
        "status": "ACTIVE",
        "created": context.days_ago(3),
        "lastUpdated": context.days_ago(3),
        "expiresAt": context.days_ago(-4),
        "issuer": context.url("/oauth2/default"),
        "clientId": app.id,
        "userId": person.id,
        "scopes": ["offline_access", "openid"],
        "_links": context.itself(&format!("/api/v1/users/{}/clients/{}/tokens/{id}", person.id, app.id)),
    })])
}

fn with_tokens(context: &EndpointContext<'_>, person: &Person) -> Vec<u16> {
    let has_one = |app: &u16| mix(person.key, u64::from(*app)).is_multiple_of(4);
    context.org.oidc_apps.iter().copied().filter(has_one).collect()
}

/// The relation of [`linked_objects`].
const RELATION: (&str, &str) = ("manager", "subordinate");

/// `GET /api/v1/meta/schemas/user/linkedObjects`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn linked_object_definitions<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let end = |name: &str, title: &str| json!({"name": name, "title": title, "description": null, "type": "USER"});
    whole(vec![json!({
        "primary": end(RELATION.0, "Manager"),
        "associated": end(RELATION.1, "Subordinate"),
        "_links": context.itself(&format!("/api/v1/meta/schemas/user/linkedObjects/{}", RELATION.0)),
    })])
}

/// `GET /api/v1/users/{id}/linkedObjects/{name}`: everybody's manager is an admin.
pub(crate) fn linked_objects<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let admins = context.org.admins();
    let link = |person: &Person| json!({"_links": context.itself(&format!("/api/v1/users/{}", person.id))});
    let manager_of = |person: &Person| person.key as usize % admins.len();
    match context.id(1) {
        name if name == RELATION.0 => whole(vec![link(&admins[manager_of(person)])]),
        name if name == RELATION.1 => {
            let is_theirs = |other: &&Person| admins[manager_of(other)].id == person.id;
            whole(context.org.people.iter().take(500).filter(is_theirs).map(link).collect::<Vec<Value>>())
        }
        _ => Err(context.not_found(1, "LinkedObject")),
    }
}

fn person<'a>(context: &'a EndpointContext<'_>) -> Result<&'a Person, ApiError> {
    users::person(context).map(|position| &context.org.people[position as usize])
}
