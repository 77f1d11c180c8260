//! A user as the API shows it.

use serde_json::{Value, json};

use crate::api::endpoint_context::EndpointContext;
use crate::random::mix;
use crate::time::{DAY_MS, iso};

/// A user as the API shows it.
pub(crate) fn user(context: &EndpointContext<'_>, person: u32) -> Value {
    let state = &context.directory.users[person as usize];
    let found = &context.org.people[person as usize];
    let title = if state.moves == 0 { found.title().to_owned() } else { format!("Senior {}", found.title()) };
    let is_contractor = found.key.is_multiple_of(12);
    let is_activated = state.status.has_been_active();
    json!({
        "id": found.id,
        "status": state.status.name(),
        "created": iso(state.created_ms),
        "activated": is_activated.then(|| iso(state.created_ms)),
        "statusChanged": iso(state.status_changed_ms),
        "lastLogin": last_login(context, person).map(iso),
        "lastUpdated": iso(state.updated_ms),
        "passwordChanged": is_activated.then(|| iso(password_changed(context, person))),
        "type": {"id": context.org.single_id("oty", 0)},
        "realmId": context.org.single_id("guo", u64::from(is_contractor)),
        "profile": {
            "firstName": found.first_name,
            "lastName": found.last_name,
            "displayName": found.name,
            "email": found.login,
            "login": found.login,
            "secondEmail": null,
            "mobilePhone": null,
            "title": title,
            "department": found.department_name(),
            "city": found.place.city,
            "countryCode": found.place.country_code,
            "userType": if is_contractor { "Contractor" } else { "Employee" },
            "employeeNumber": (10_000 + person).to_string(),
        },
        "credentials": {
            "password": {},
            "provider": provider(found.key),
        },
        "_links": context.itself(&format!("/api/v1/users/{}", found.id)),
    })
}

fn provider(key: u64) -> Value {
    if key.is_multiple_of(5) {
        json!({"type": "ACTIVE_DIRECTORY", "name": "corp.acme.example"})
    } else {
        json!({"type": "OKTA", "name": "OKTA"})
    }
}

/// Some morning of the last days, or long ago if nobody uses the account.
fn last_login(context: &EndpointContext<'_>, person: u32) -> Option<i64> {
    let found = &context.org.people[person as usize];
    let state = &context.directory.users[person as usize];
    if !state.status.has_been_active() {
        return None;
    }
    if found.is_stale() {
        // One in four never signed in at all.
        let days = 100 + (found.key % 400).cast_signed();
        return (!found.key.is_multiple_of(4)).then_some(context.org.log_start_ms() - days * DAY_MS);
    }
    let last_day = context.now_ms.min(found.left_ms).div_euclid(DAY_MS) - (found.key % 4).cast_signed();
    let at_ms = last_day * DAY_MS + (mix(found.key, last_day.cast_unsigned()) % 36_000_000).cast_signed();
    (at_ms > state.created_ms && at_ms < context.now_ms).then_some(at_ms)
}

/// When somebody last set a password: years ago where nothing asks for it.
fn password_changed(context: &EndpointContext<'_>, person: u32) -> i64 {
    let state = &context.directory.users[person as usize];
    let days = context.pick(90, 365, 1_800);
    let age_ms = (context.org.people[person as usize].key % days).cast_signed() * DAY_MS;
    (context.org.log_start_ms() - age_ms).max(state.created_ms + 3_600_000)
}
