//! For each class, a question that people ask and the query that answers it, in Athena's dialect (DuckDB's as well).

use normalize::ocsf::Class;

/// A question, and its query on the view `okta_events`.
pub(crate) fn example(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::BaseEvent => (
            "Which events has OCSF no class for?",
            "SELECT metadata.event_code, count(*) AS events
FROM okta_events WHERE class_uid = 0
GROUP BY 1 ORDER BY 2 DESC",
        ),
        Class::ScheduledJobActivity => (
            "Which jobs fail?",
            "SELECT job.name, metadata.event_code, count(*) AS failures
FROM okta_events WHERE class_uid = 1006 AND status_id = 2
GROUP BY 1, 2 ORDER BY 3 DESC",
        ),
        Class::DetectionFinding => (
            "Which users does Okta consider under attack, and at which risk level?",
            "SELECT time, finding_info.title, risk_level, actor.user.email_addr, message
FROM okta_events WHERE class_uid = 2004
ORDER BY time DESC",
        ),
        Class::AccountChange => (
            "Who lost their factors, and who removed them?",
            "SELECT time, user.email_addr AS account, actor.user.email_addr AS by, activity_name
FROM okta_events WHERE class_uid = 3001 AND activity_id = 11
ORDER BY time DESC",
        ),
        Class::Authentication => (
            "Which accounts fail to sign in from many networks?",
            "SELECT actor.user.email_addr, count(DISTINCT src_endpoint.autonomous_system.number) AS networks, count(*) AS failures
FROM okta_events WHERE class_uid = 3002 AND status_id = 2
GROUP BY 1 HAVING count(*) > 10 ORDER BY 2 DESC",
        ),
        Class::AuthorizeSession => (
            "Which privileges did sessions receive?",
            "SELECT time, actor.user.email_addr, activity_name, privileges
FROM okta_events WHERE class_uid = 3003
ORDER BY time DESC",
        ),
        Class::EntityManagement => (
            "Who changed a policy, and what was it before?",
            "SELECT time, actor.user.email_addr, activity_name, entity.name, entity.data AS was, entity_result.data AS became
FROM okta_events WHERE class_uid = 3004 AND entity.type LIKE 'Policy%'
ORDER BY time DESC",
        ),
        Class::UserAccess => (
            "Who was made an administrator?",
            "SELECT time, user.email_addr, privileges, actor.user.email_addr AS by
FROM okta_events WHERE class_uid = 3005 AND activity_id = 1 AND metadata.event_code LIKE 'user.account.privilege.%'
ORDER BY time DESC",
        ),
        Class::GroupManagement => (
            "Who was added to which group, and by whom?",
            "SELECT time, user.email_addr, group.name AS group_name, actor.user.name AS by
FROM okta_events WHERE class_uid = 3006 AND activity_id = 3
ORDER BY time DESC",
        ),
        Class::WebResourcesActivity => (
            "Who read or exported data?",
            "SELECT time, actor.user.email_addr, activity_name, metadata.event_code, message
FROM okta_events WHERE class_uid = 6001 AND activity_id IN (2, 7)
ORDER BY time DESC",
        ),
        Class::ApiActivity => (
            "Which API calls ran into rate limits?",
            "SELECT metadata.event_code, api.operation, count(*) AS events
FROM okta_events WHERE class_uid = 6003 AND metadata.event_code LIKE 'system.org.rate_limit.%'
GROUP BY 1, 2 ORDER BY 3 DESC",
        ),
    }
}
