//! `okta_events`: every event once, at every instant, with flat columns beside OCSF's nested ones.

use crate::dialect::Dialect;
use crate::error::Error;
use crate::facts::{MFA_STEPS, sql_list};
use crate::kind::Column;
use crate::table::table;
use crate::view::{Output, View, output};

const ABOUT: &str =
    "Every event once, at every instant; time is a timestamp in UTC. A filter on tenant and day reads only those.";

/// Columns of OCSF's that the view has in another form.
const REPLACED: [&str; 2] = ["time", "risk_level"];

/// The view.
pub(crate) fn view(dialect: Dialect) -> Result<View, Error> {
    let events = table("okta_live").map(crate::table::Table::columns).transpose()?.unwrap_or_default();
    Ok(View::of(dialect, ("okta_events", ABOUT), &with(dialect), outputs(dialect, &events), &from(dialect, &events)))
}

/// The object that the ledger names for an hour, and those objects of the stream that are not in it yet, each uuid once. The
/// window is within tenant, day and hour, so that filters on these pass it; an event's hour is that of its publication.
fn with(dialect: Dialect) -> String {
    let (sealed, live) = (dialect.path("s"), dialect.path("v"));
    // A part that is used twice would be read whole, before any filter.
    let inlined = if dialect == Dialect::DuckDb { "AS NOT MATERIALIZED " } else { "AS " };
    let merged = dialect.contains("l.inputs", &format!("regexp_extract({live}, '([^/]+)$', 1)"));
    format!(
        "WITH sealed {inlined}(
  SELECT s.*
  FROM okta_sealed s
  JOIN okta_ledger l
    ON l.tenant = s.tenant AND l.day = s.day AND substr(l.hour, 12, 2) = s.hour
   AND regexp_extract({sealed}, '([^/]+/[^/]+)$', 1) = regexp_extract(l.object, '([^/]+/[^/]+)$', 1)
),
fresh {inlined}(
  SELECT v.*, row_number() OVER (PARTITION BY v.tenant, v.day, v.hour, v.metadata.uid ORDER BY v.metadata.processed_time) AS copy
  FROM okta_live v
  LEFT JOIN okta_ledger l ON l.tenant = v.tenant AND l.day = v.day AND substr(l.hour, 12, 2) = v.hour
  LEFT JOIN sealed s ON s.tenant = v.tenant AND s.day = v.day AND s.hour = v.hour AND s.metadata.uid = v.metadata.uid
  WHERE NOT coalesce({merged}, FALSE) AND s.tenant IS NULL
)
"
    )
}

fn from(dialect: Dialect, events: &[Column]) -> String {
    let columns = events.iter().map(|column| dialect.quote(&column.name)).collect::<Vec<_>>().join(", ");
    let part = |from: &str, is_sealed: &str| {
        format!("  SELECT {columns}, tenant, day, hour, {is_sealed} AS is_sealed FROM {from}")
    };
    format!("FROM (\n{}\n  UNION ALL\n{}\n) e", part("sealed", "TRUE"), part("fresh WHERE copy = 1", "FALSE"))
}

fn outputs(dialect: Dialect, events: &[Column]) -> Vec<Output> {
    let mut outputs = vec![output("time", "timestamp", dialect.millis("e.time"))];
    outputs.extend(flat(dialect));
    outputs.push(output("time_ms", "bigint", "e.time"));
    let nested = events.iter().filter(|column| !REPLACED.contains(&column.name.as_str()));
    outputs
        .extend(nested.map(|column| output(&column.name, &column.kind, format!("e.{}", dialect.quote(&column.name)))));
    outputs.extend(["tenant", "day", "hour"].map(|name| output(name, "string", format!("e.{name}"))));
    outputs.push(output("is_sealed", "boolean", "e.is_sealed"));
    outputs
}

/// The flat columns. What OCSF has in one place or another, by class, is taken from there; the rest from the LogEvent itself,
/// so that it is the same whichever version of the mapping wrote the row.
#[rustfmt::skip]
fn flat(dialect: Dialect) -> Vec<Output> {
    let raw = |path: &str| dialect.json("e.raw_data", path);
    let target = |types: &[&str], member: &str| dialect.target("e.raw_data", types, member);
    let user = dialect.quote("user");
    let evidence = dialect.first("e.evidences");
    let source = |member: &str| format!("coalesce(e.src_endpoint.{member}, {evidence}.src_endpoint.{member})");
    let place = |member: &str| format!("coalesce(e.src_endpoint.location.{member}, e.device.location.{member}, {evidence}.src_endpoint.location.{member})");
    let actor = |member: &str, field: &str| format!("coalesce(e.actor.{user}.{member}, {})", raw(&format!("$.actor.{field}")));
    let label = |types: &[&str]| format!("coalesce(nullif({}, 'unknown'), {})", target(types, "alternateId"), target(types, "displayName"));
    let person: &[&str] = &["User", "AppUser", "NewUser"];
    let app: &[&str] = &["AppInstance"];
    let risk = format!("upper(coalesce(nullif(regexp_extract({}, 'level=([A-Za-z]+)', 1), ''), e.risk_level))", raw("$.debugContext.debugData.risk"));
    vec![
        output("event_type", "string", "e.metadata.event_code"),
        output("uuid", "string", "e.metadata.uid"),
        output("src_ip", "string", format!("coalesce(e.src_endpoint.ip, e.device.ip, {evidence}.src_endpoint.ip)")),
        output("src_country", "string", place("country")),
        output("src_city", "string", place("city")),
        output("src_lat", "double", place("lat")),
        output("src_long", "double", place("long")),
        output("src_asn", "bigint", source("autonomous_system.number")),
        output("is_proxy", "boolean", format!("{} = 'true'", raw("$.securityContext.isProxy"))),
        output("user_agent", "string", "e.http_request.user_agent"),
        output("actor_uid", "string", actor("uid", "id")),
        output("actor_name", "string", actor("name", "alternateId")),
        output("target_user_uid", "string", target(person, "id")),
        output("target_user_name", "string", target(person, "alternateId")),
        output("app_uid", "string", target(app, "id")),
        output("app_name", "string", label(app)),
        output("session_uid", "string", "coalesce(e.session.uid, e.actor.session.uid)"),
        output("device_uid", "string", "e.device.uid"),
        output("is_mfa_step", "boolean", format!("e.metadata.event_code IN {}", sql_list(MFA_STEPS.iter().copied()))),
        output("factor", "string", raw("$.debugContext.debugData.factor")),
        output("policy_rule", "string", target(&["PolicyRule", "Rule"], "displayName")),
        output("risk_level", "string", risk),
        output("behaviors", "string", format!("coalesce({}, {})", raw("$.debugContext.debugData.behaviors"), raw("$.debugContext.debugData.logOnlySecurityData"))),
    ]
}
