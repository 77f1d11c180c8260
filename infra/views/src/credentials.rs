//! `okta_credential_age`: tokens, secrets and keys by age and last use.

use crate::dialect::Dialect;
use crate::inventory::rows;
use crate::view::{View, output};

const ABOUT: &str =
    "API tokens, client secrets and keys: how old, when they expire, and when the log last saw one used, in 90 days.";

/// What is a credential, and where its owner and its end stand: entity, kind, owner, name, expiry.
const CREDENTIALS: [(&str, &str, &str, &str, &str); 5] = [
    ("api_token", "API token", "$.userId", "$.name", "$.expiresAt"),
    ("app_client_secret", "client secret", "", "$.id", ""),
    ("app_jwk", "client key", "", "$.kid", "$.expiresAt"),
    ("api_service_secret", "service integration secret", "", "$.id", ""),
    ("identity_provider_key", "identity provider key", "", "$.kid", "$.expiresAt"),
];

/// The view.
pub(crate) fn credentials(dialect: Dialect) -> View {
    let text = ["tenant", "kind", "uid", "name", "owner_uid", "status"];
    let mut outputs = text.map(|name| output(name, "string", format!("c.{name}"))).to_vec();
    outputs.extend([
        output("created_at", "timestamp", dialect.iso("c.created")),
        output("age_days", "bigint", format!("CAST({} AS bigint)", dialect.age(&dialect.iso("c.created")))),
        output("expires_at", "timestamp", dialect.iso("c.expires")),
        output("last_used_at", "timestamp", "used.last_used"),
        output("as_of", "timestamp", "c.as_of"),
        output("completeness", "string", "c.completeness"),
    ]);
    let parts: Vec<_> = CREDENTIALS.iter().map(|credential| part(dialect, *credential)).collect();
    // Okta names the token of a call in either place.
    let token = format!(
        "coalesce({}, {})",
        dialect.json("raw_data", "$.transaction.detail.requestApiTokenId"),
        dialect.json("raw_data", "$.debugContext.debugData.requestApiTokenId")
    );
    let from = format!(
        "FROM (\n{}\n) c
LEFT JOIN (
  SELECT tenant, {token} AS token_uid, max(time) AS last_used FROM okta_events WHERE day >= {since} GROUP BY tenant, {token}
) used ON used.tenant = c.tenant AND used.token_uid = c.uid",
        parts.join("\nUNION ALL\n"),
        since = dialect.days_ago("90"),
    );
    View::of(dialect, ("okta_credential_age", ABOUT), "", outputs, &from)
}

fn part(dialect: Dialect, (entity, kind, owner, name, expires): (&str, &str, &str, &str, &str)) -> String {
    let nothing = format!("CAST(NULL AS {})", dialect.scalar("string"));
    let member = |path: &str| if path.is_empty() { nothing.clone() } else { dialect.json("i.json", path) };
    let owner = if owner.is_empty() { "i.parent".to_owned() } else { member(owner) };
    format!(
        "SELECT i.tenant, '{kind}' AS kind, coalesce({id}, i.id) AS uid, coalesce(i.name, {name}) AS name, {owner} AS owner_uid, i.status,
  i.created, {expires} AS expires, l.as_of, l.completeness
FROM {rows}",
        id = dialect.json("i.json", "$.id"),
        name = member(name),
        expires = member(expires),
        rows = rows(dialect, entity),
    )
}
