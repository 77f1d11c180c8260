//! Users and what hangs on them.

use serde_json::{Value, json};

use crate::api::desk::{Desk, Served, iso, one, whole};
use crate::api::entities::groups::group;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::org::DAY_MS;
use crate::org::directory::Status;
use crate::random::mix;

/// `GET /api/v1/users`: without `search` or `filter`, those who have left are not in it.
pub(crate) fn list<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let wanted = criteria(desk)?;
    let people = (0..desk.directory.users.len() as u64)
        .filter(|person| wanted.is_some() || desk.directory.users[*person as usize].status != Status::Deprovisioned);
    let listing = Listing::by(people, |person| user(desk, person as u32));
    let listing = match &wanted {
        Some(filter) => listing.filtered(|user| filter.holds(user)),
        None => listing,
    };
    match desk.call.query("q").map(str::to_lowercase) {
        // Ten at most, whatever the limit says.
        Some(q) => Ok(Served::Listing(listing.filtered(|user| begins(user, &q)), Paging::Link(10, 10))),
        None => Ok(Served::Listing(listing, Paging::Link(200, 200))),
    }
}

/// `search` and `filter` together.
fn criteria(desk: &Desk<'_>) -> Result<Option<Filter>, ApiError> {
    let parse = |text: &str| Filter::parse(text).map_err(|_| ApiError::InvalidSearch);
    let search = desk.call.query("search").map(parse).transpose()?;
    let filter = desk.call.query("filter").map(parse).transpose()?;
    if let Some(filter) = &filter {
        let is_allowed = |attribute: &str| FILTERABLE.contains(&attribute);
        if !filter.tests().iter().all(|(attribute, _)| is_allowed(attribute)) {
            return Err(ApiError::InvalidSearch);
        }
    }
    Ok(match (search, filter) {
        (Some(search), Some(filter)) => Some(Filter::And(vec![search, filter])),
        (search, filter) => search.or(filter),
    })
}

/// What `filter` knows; `search` knows everything.
const FILTERABLE: &[&str] =
    &["id", "lastUpdated", "profile.email", "profile.firstName", "profile.lastName", "profile.login", "status"];

fn begins(user: &Value, q: &str) -> bool {
    ["firstName", "lastName", "email"]
        .iter()
        .any(|name| user["profile"][name].as_str().is_some_and(|text| text.to_lowercase().starts_with(q)))
}

/// `GET /api/v1/users/{id}`, by id or login.
pub(crate) fn get<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    one(user(desk, person(desk)?))
}

/// The position of the user whom the path names.
pub(crate) fn person(desk: &Desk<'_>) -> Result<u32, ApiError> {
    let wanted = desk.id(0);
    let people = &desk.org.people[..desk.directory.users.len()];
    let found = people.iter().position(|person| person.id == wanted || person.login == wanted);
    found.map(|found| found as u32).ok_or_else(|| desk.not_found(0, "User"))
}

/// A user as the API shows it.
pub(crate) fn user(desk: &Desk<'_>, person: u32) -> Value {
    let state = &desk.directory.users[person as usize];
    let found = &desk.org.people[person as usize];
    let title = if state.moves == 0 { found.title().to_owned() } else { format!("Senior {}", found.title()) };
    json!({
        "id": found.id,
        "status": state.status.name(),
        "created": iso(state.created_ms),
        "activated": iso(state.created_ms),
        "statusChanged": iso(state.status_changed_ms),
        "lastLogin": last_login(desk, person).map(iso),
        "lastUpdated": iso(state.updated_ms),
        "passwordChanged": iso(state.created_ms + 3_600_000),
        "type": {"id": desk.org.single_id("oty", 0)},
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
            "userType": if found.key.is_multiple_of(12) { "Contractor" } else { "Employee" },
            "employeeNumber": (10_000 + person).to_string(),
        },
        "credentials": {
            "password": {},
            "provider": provider(found.key),
        },
        "_links": desk.itself(&format!("/api/v1/users/{}", found.id)),
    })
}

fn provider(key: u64) -> Value {
    if key.is_multiple_of(5) {
        json!({"type": "ACTIVE_DIRECTORY", "name": "corp.acme.example"})
    } else {
        json!({"type": "OKTA", "name": "OKTA"})
    }
}

/// Some morning of the last days; one in forty has never signed in.
fn last_login(desk: &Desk<'_>, person: u32) -> Option<i64> {
    let found = &desk.org.people[person as usize];
    let state = &desk.directory.users[person as usize];
    let last_day = desk.now_ms.min(found.left_ms).div_euclid(DAY_MS) - (found.key % 4).cast_signed();
    let at_ms = last_day * DAY_MS + (mix(found.key, last_day.cast_unsigned()) % 36_000_000).cast_signed();
    (!found.key.is_multiple_of(40) && at_ms > state.created_ms && at_ms < desk.now_ms).then_some(at_ms)
}

/// `GET /api/v1/users/{id}/groups`.
pub(crate) fn groups<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(desk)?;
    let member = (0..desk.org.groups.len()).filter(|group| desk.directory.groups[*group].members.contains(person));
    Ok(Served::Listing(
        Listing::by(member.map(|group| group as u64), |position| group(desk, position as usize)),
        Paging::Link(1_000, 1_000),
    ))
}

/// `GET /api/v1/users/{id}/appLinks`.
pub(crate) fn app_links<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(desk)?;
    let apps = desk.org.apps.iter().enumerate().filter(|(app, _)| desk.has_app(person, *app));
    let link = |(order, (_, app)): (usize, (usize, &crate::org::apps::App))| {
        json!({
            "id": crate::id::object("00u", mix(app.key, u64::from(person))),
            "label": app.label,
            "linkUrl": desk.url(&format!("/home/{}/{}/1", app.kind.name, app.id)),
            "logoUrl": desk.url("/img/logos/default.png"),
            "appName": app.kind.name,
            "appInstanceId": app.id,
            "appAssignmentId": crate::id::object("0ua", mix(app.key, desk.org.people[person as usize].key)),
            "credentialsSetup": false,
            "hidden": false,
            "sortOrder": order,
        })
    };
    whole(apps.enumerate().map(link).collect())
}

impl Desk<'_> {
    /// Whether somebody has an app now, through a group or directly.
    pub(crate) fn has_app(&self, person: u32, app: usize) -> bool {
        let through_group =
            self.org.apps[app].group.is_some_and(|group| self.directory.groups[group].members.contains(person));
        let is_here = self.directory.users[person as usize].status != Status::Deprovisioned;
        is_here && self.org.apps[app].has_people() && (through_group || self.directory.apps[app].users.contains(person))
    }
}
