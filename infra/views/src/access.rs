//! Typed views of groups and of who can reach which application, and why.

use crate::dialect::Dialect;
use crate::inventory::{claim, columns, rows};
use crate::view::{View, output};

/// `okta_group_member_latest`: the entity's columns, and who is in what.
pub(crate) fn members(dialect: Dialect) -> View {
    let about = "Who is in which group. Okta lists no members of Everyone: okta_app_access knows that it is everyone.";
    let mut outputs = columns();
    outputs.extend([
        output("group_uid", "string", "i.parent"),
        output("group_name", "string", "g.name"),
        output("group_type", "string", "g.kind"),
        output("user_uid", "string", dialect.json("i.json", "$.id")),
        output("user_name", "string", "i.name"),
    ]);
    let from = format!(
        "FROM {}\nLEFT JOIN okta_group_latest g ON g.tenant = i.tenant AND g.id = i.parent",
        rows(dialect, "group_member")
    );
    View::of(dialect, ("okta_group_member_latest", about), "", outputs, &from)
}

/// `okta_app_access`: a row for each way in which a user has an application.
pub(crate) fn access(dialect: Dialect) -> View {
    let about = "Who has which application, and why: direct, group, rule (a group that a rule fills) or everyone; a row for each way.";
    let mut outputs = vec![
        output("tenant", "string", "i.tenant"),
        output("user_uid", "string", dialect.json("i.json", "$.id")),
        output("user_name", "string", "u.name"),
        output("user_status", "string", "u.status"),
        output("app_uid", "string", "i.parent"),
        output("app_name", "string", format!("coalesce({}, a.name)", dialect.json("a.json", "$.label"))),
        output("app_status", "string", "a.status"),
        output(
            "via",
            "string",
            "CASE WHEN upper(i.scope) = 'USER' THEN 'direct' WHEN w.is_everyone THEN 'everyone' WHEN w.rule_uid IS NOT NULL THEN 'rule' \
             WHEN upper(i.scope) = 'GROUP' THEN 'group' END",
        ),
        output("group_uid", "string", "w.group_uid"),
        output("group_name", "string", "w.group_name"),
        output("rule_name", "string", "w.rule_name"),
        output("account", "string", dialect.json("i.json", "$.credentials.userName")),
        output("assignment_status", "string", "i.status"),
        output("since", "timestamp", dialect.iso("i.created")),
    ];
    outputs.extend(claim("i"));
    View::of(dialect, ("okta_app_access", about), "", outputs, &access_sources(dialect))
}

/// An assignment of scope GROUP is joined with the groups of the app that its user is in; one without such a group is still
/// an assignment, whose way is not known.
fn access_sources(dialect: Dialect) -> String {
    let scope = dialect.json("i.json", "$.scope");
    let user = dialect.json("i.json", "$.id");
    let group = dialect.json("i.json", "$.id");
    let fills = dialect.json_part("r.json", "$.actions.assignUserToGroups.groupIds");
    format!(
        "FROM (SELECT i.*, {scope} AS scope, {user} AS user_uid, l.as_of, l.completeness, l.newest_snapshot, l.newest_completeness FROM {assignments}) i
LEFT JOIN okta_app_latest a ON a.tenant = i.tenant AND a.id = i.parent
LEFT JOIN (SELECT i.tenant, i.id, i.name, i.status FROM {users}) u ON u.tenant = i.tenant AND u.id = i.user_uid
LEFT JOIN (
  SELECT ag.tenant, ag.app_uid, ag.group_uid, g.name AS group_name, m.user_uid, r.id AS rule_uid, r.name AS rule_name, FALSE AS is_everyone
  FROM (SELECT i.tenant, i.parent AS app_uid, {group} AS group_uid FROM {app_groups}) ag
  JOIN okta_group_member_latest m ON m.tenant = ag.tenant AND m.group_uid = ag.group_uid
  LEFT JOIN okta_group_latest g ON g.tenant = ag.tenant AND g.id = ag.group_uid
  LEFT JOIN okta_group_rule_latest r ON r.tenant = ag.tenant AND r.status = 'ACTIVE' AND {fills} LIKE concat('%\"', ag.group_uid, '\"%')
  UNION ALL
  SELECT ag.tenant, ag.app_uid, ag.group_uid, g.name AS group_name, u.id AS user_uid, NULL AS rule_uid, NULL AS rule_name, TRUE AS is_everyone
  FROM (SELECT i.tenant, i.parent AS app_uid, {group} AS group_uid FROM {app_groups}) ag
  JOIN okta_group_latest g ON g.tenant = ag.tenant AND g.id = ag.group_uid AND g.kind = 'BUILT_IN' AND g.name = 'Everyone'
  JOIN (SELECT i.tenant, i.id, i.status FROM {users}) u ON u.tenant = ag.tenant AND u.status <> 'DEPROVISIONED'
) w ON upper(i.scope) = 'GROUP' AND w.tenant = i.tenant AND w.app_uid = i.parent AND w.user_uid = i.user_uid",
        assignments = rows(dialect, "app_user"),
        users = rows(dialect, "user"),
        app_groups = rows(dialect, "app_group"),
    )
}
