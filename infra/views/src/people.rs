//! Typed views of people, their factors and their rights as administrators.

use crate::dialect::Dialect;
use crate::facts::{FACTORS, sql_list};
use crate::inventory::{claim, columns, rows};
use crate::view::{Output, View, output};

/// `okta_user_latest`: the entity's columns, and what is asked of a person most.
pub(crate) fn users(dialect: Dialect) -> View {
    let about = "Users as of the last complete collection: status, best factor, whether an administrator, last seen by the log in 90 days.";
    View::of(dialect, ("okta_user_latest", about), "", user_outputs(dialect), &user_sources(dialect))
}

fn user_outputs(dialect: Dialect) -> Vec<Output> {
    let profile = |member: &str| dialect.json("i.json", &format!("$.profile.{member}"));
    let time = |member: &str| dialect.iso(&dialect.json("i.json", &format!("$.{member}")));
    let mut outputs = columns();
    outputs.extend([
        output("login", "string", profile("login")),
        output("email", "string", profile("email")),
        output(
            "full_name",
            "string",
            format!(
                "coalesce({}, trim(concat(coalesce({}, ''), ' ', coalesce({}, ''))))",
                profile("displayName"),
                profile("firstName"),
                profile("lastName")
            ),
        ),
        output("department", "string", profile("department")),
        output("title", "string", profile("title")),
        output("user_type", "string", profile("userType")),
        output("created_at", "timestamp", dialect.iso("i.created")),
        output("activated_at", "timestamp", time("activated")),
        output("status_changed_at", "timestamp", time("statusChanged")),
        output("password_changed_at", "timestamp", time("passwordChanged")),
        output("last_login_at", "timestamp", time("lastLogin")),
        output("last_seen_at", "timestamp", "seen.last_seen"),
        output("factors", "bigint", "CASE WHEN k.factors_known > 0 THEN coalesce(f.factors, 0) ELSE f.factors END"),
        output("best_factor", "string", "f.best_factor"),
        output(
            "has_phishing_resistant_factor",
            "boolean",
            "CASE WHEN f.resistant > 0 THEN TRUE WHEN f.unknown > 0 THEN NULL WHEN k.factors_known > 0 THEN FALSE END",
        ),
        output(
            "is_admin",
            "boolean",
            "CASE WHEN a.user_uid IS NOT NULL THEN TRUE WHEN k.roles_known = 2 THEN FALSE END",
        ),
    ]);
    outputs
}

fn user_sources(dialect: Dialect) -> String {
    format!(
        "FROM {rows}
LEFT JOIN (
  SELECT tenant, user_uid, count(*) AS factors, max_by(factor_type, strength) AS best_factor,
    count_if(is_phishing_resistant) AS resistant, count_if(is_phishing_resistant IS NULL) AS unknown
  FROM okta_factor_latest WHERE status = 'ACTIVE' GROUP BY tenant, user_uid
) f ON f.tenant = i.tenant AND f.user_uid = i.id
LEFT JOIN (SELECT DISTINCT tenant, user_uid FROM okta_admin_latest WHERE user_uid IS NOT NULL) a ON a.tenant = i.tenant AND a.user_uid = i.id
LEFT JOIN (
  SELECT tenant, count_if(entity = 'user_factor') AS factors_known, count_if(entity IN ('user_role', 'group_role')) AS roles_known
  FROM okta_latest_snapshots WHERE completeness IN ('complete', 'empty') GROUP BY tenant
) k ON k.tenant = i.tenant
LEFT JOIN (
  SELECT tenant, actor_uid, max(time) AS last_seen FROM okta_events WHERE day >= {since} GROUP BY tenant, actor_uid
) seen ON seen.tenant = i.tenant AND seen.actor_uid = i.id",
        rows = rows(dialect, "user"),
        since = dialect.days_ago("90"),
    )
}

/// `okta_factor_latest`.
pub(crate) fn factors(dialect: Dialect) -> View {
    let about = "The factors of users, and which of them resist phishing; NULL where it is not known.";
    let text = |member: &str| dialect.json("i.json", &format!("$.{member}"));
    let resistant = |wanted: bool| {
        sql_list(FACTORS.iter().filter(|factor| factor.is_phishing_resistant == wanted).map(|factor| factor.kind))
    };
    let strengths: Vec<_> =
        FACTORS.iter().map(|factor| format!("WHEN '{}' THEN {}", factor.kind, factor.strength)).collect();
    let mut outputs = vec![
        output("tenant", "string", "i.tenant"),
        output("user_uid", "string", "i.parent"),
        output("factor_uid", "string", text("id")),
        output("factor_type", "string", "i.kind"),
        output("provider", "string", text("provider")),
        output("name", "string", "i.name"),
        output("status", "string", "i.status"),
        output(
            "is_phishing_resistant",
            "boolean",
            format!(
                "CASE WHEN i.kind IN {} THEN TRUE WHEN i.kind IN {} THEN FALSE END",
                resistant(true),
                resistant(false)
            ),
        ),
        output("strength", "int", format!("CASE i.kind {} ELSE 0 END", strengths.join(" "))),
        output("created_at", "timestamp", dialect.iso("i.created")),
        output("updated_at", "timestamp", dialect.iso("i.last_updated")),
    ];
    outputs.extend(claim("l"));
    View::of(dialect, ("okta_factor_latest", about), "", outputs, &format!("FROM {}", rows(dialect, "user_factor")))
}

/// `okta_admin_latest`: people by themselves and through groups, groups, and clients.
pub(crate) fn admins(dialect: Dialect) -> View {
    let about = "Who is an administrator: users, by themselves and through groups, groups and clients; with role, scope and how.";
    let names = [
        "tenant",
        "principal_kind",
        "principal_uid",
        "principal_name",
        "user_uid",
        "role_type",
        "role_name",
        "how",
        "via_uid",
        "via_name",
        "scope",
        "status",
        "assigned_at",
        "as_of",
        "completeness",
        "newest_snapshot",
        "newest_completeness",
    ];
    let kind = |name: &str| if name.ends_with("_at") || name == "as_of" { "timestamp" } else { "string" };
    let outputs = names.map(|name| output(name, kind(name), format!("r.{name}"))).to_vec();
    let parts = [
        role(dialect, "user", "user_role"),
        role(dialect, "group", "group_role"),
        through_groups(dialect),
        role(dialect, "client", "client_role"),
    ];
    View::of(
        dialect,
        ("okta_admin_latest", about),
        "",
        outputs,
        &format!("FROM (\n{}\n) r", parts.join("\nUNION ALL\n")),
    )
}

const ROLE_COLUMNS: &str = "i.kind AS role_type, i.name AS role_name";

/// Roles that a principal was given itself.
fn role(dialect: Dialect, principal: &str, entity: &str) -> String {
    let owner = match principal {
        "user" => format!("(SELECT i.tenant, i.id, i.name FROM {})", rows(dialect, "user")),
        "group" => "okta_group_latest".to_owned(),
        _ => "okta_app_latest".to_owned(),
    };
    let nobody = format!("CAST(NULL AS {})", dialect.scalar("string"));
    let user = if principal == "user" { "i.parent" } else { &nobody };
    let is_own = match principal {
        "user" => format!("\nWHERE coalesce({}, 'USER') = 'USER'", dialect.json("i.json", "$.assignmentType")),
        _ => String::new(),
    };
    format!(
        "SELECT i.tenant, '{principal}' AS principal_kind, i.parent AS principal_uid, o.name AS principal_name, {user} AS user_uid, {ROLE_COLUMNS},
  'direct' AS how, i.parent AS via_uid, o.name AS via_name, {scope} AS scope, i.status, {created} AS assigned_at,
  l.as_of, l.completeness, l.newest_snapshot, l.newest_completeness
FROM {rows}
LEFT JOIN {owner} o ON o.tenant = i.tenant AND o.id = i.parent{targets}{is_own}",
        scope = SCOPE,
        created = dialect.iso("i.created"),
        rows = rows(dialect, entity),
        targets = targets(dialect, entity),
    )
}

/// What people hold because a group of theirs has a role.
fn through_groups(dialect: Dialect) -> String {
    format!(
        "SELECT i.tenant, 'user' AS principal_kind, m.user_uid AS principal_uid, m.user_name AS principal_name, m.user_uid, {ROLE_COLUMNS},
  'group' AS how, i.parent AS via_uid, o.name AS via_name, {SCOPE} AS scope, i.status, {created} AS assigned_at,
  l.as_of, CASE WHEN l.completeness IN ('complete', 'empty') THEN m.completeness ELSE l.completeness END AS completeness,
  l.newest_snapshot, l.newest_completeness
FROM {rows}
JOIN okta_group_member_latest m ON m.tenant = i.tenant AND m.group_uid = i.parent
LEFT JOIN okta_group_latest o ON o.tenant = i.tenant AND o.id = i.parent{targets}",
        created = dialect.iso("i.created"),
        rows = rows(dialect, "group_role"),
        targets = targets(dialect, "group_role"),
    )
}

/// What a role is limited to. A role without a target is over the whole org only if its targets were read.
const SCOPE: &str = "CASE WHEN rs.id IS NOT NULL THEN concat('resource set ', rs.name) WHEN grt.targets > 0 THEN concat(grt.names, ' (groups)') \
     WHEN apt.targets > 0 THEN concat(apt.names, ' (apps)') WHEN i.kind IN ('SUPER_ADMIN', 'ORG_ADMIN') OR tk.known = 2 THEN 'whole org' END";

fn targets(dialect: Dialect, entity: &str) -> String {
    let set = dialect.json_member("i.json", "resource-set");
    format!(
        "
LEFT JOIN okta_resource_set_latest rs ON rs.tenant = i.tenant AND rs.id = {set}
LEFT JOIN (SELECT tenant, parent, count(*) AS targets, {names} AS names FROM okta_{entity}_group_target_latest GROUP BY tenant, parent) grt
  ON grt.tenant = i.tenant AND grt.parent = i.id
LEFT JOIN (SELECT tenant, parent, count(*) AS targets, {names} AS names FROM okta_{entity}_app_target_latest GROUP BY tenant, parent) apt
  ON apt.tenant = i.tenant AND apt.parent = i.id
LEFT JOIN (
  SELECT tenant, count(*) AS known FROM okta_latest_snapshots
  WHERE entity IN ('{entity}_group_target', '{entity}_app_target') AND completeness IN ('complete', 'empty') GROUP BY tenant
) tk ON tk.tenant = i.tenant",
        names = dialect.list("coalesce(name, id)"),
    )
}
