//! Users and what hangs on them.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one, whole};
use crate::api::entities::group_object::group;
use crate::api::entities::user_object::user;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::org::status::Status;
use crate::random::mix;

/// `GET /api/v1/users`: without `search` or `filter`, those who have left are not in it.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let wanted = criteria(context)?;
    let people = (0..context.directory.users.len() as u64)
        .filter(|person| wanted.is_some() || context.directory.users[*person as usize].status != Status::Deprovisioned);
    let listing = Listing::by(people, |person| user(context, person as u32));
    let listing = match &wanted {
        Some(filter) => listing.filtered(|user| filter.holds(user)),
        None => listing,
    };
    match context.call.query("q").map(str::to_lowercase) {
        // Ten at most, whatever the limit says.
        Some(q) => Ok(Served::Listing(listing.filtered(|user| begins(user, &q)), Paging::Link(10, 10))),
        None => Ok(Served::Listing(listing, Paging::Link(200, 200))),
    }
}

/// `search` and `filter` together.
fn criteria(context: &EndpointContext<'_>) -> Result<Option<Filter>, ApiError> {
    let parse = |text: &str| Filter::parse(text).map_err(|_| ApiError::InvalidSearch);
    let search = context.call.query("search").map(parse).transpose()?;
    let filter = context.call.query("filter").map(parse).transpose()?;
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
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(user(context, person(context)?))
}

/// The position of the user whom the path names.
pub(crate) fn person(context: &EndpointContext<'_>) -> Result<u32, ApiError> {
    let wanted = context.id(0);
    let people = &context.org.people[..context.directory.users.len()];
    let found = people.iter().position(|person| person.id == wanted || person.login == wanted);
    found.map(|found| found as u32).ok_or_else(|| context.not_found(0, "User"))
}

/// `GET /api/v1/users/{id}/groups`.
pub(crate) fn groups<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let member =
        (0..context.org.groups.len()).filter(|group| context.directory.groups[*group].members.contains(person));
    let member = member.filter(|group| context.org.groups[*group].born_ms <= context.now_ms);
    Ok(Served::Listing(
        Listing::by(member.map(|group| group as u64), |position| group(context, position as usize)),
        Paging::Link(1_000, 1_000),
    ))
}

/// `GET /api/v1/users/{id}/appLinks`.
pub(crate) fn app_links<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = person(context)?;
    let apps = context.org.apps.iter().enumerate().filter(|(app, _)| context.has_app(person, *app));
    let link = |(order, (_, app)): (usize, (usize, &crate::org::apps::App))| {
        json!({
            "id": crate::id::object("00u", mix(app.key, u64::from(person))),
            "label": app.label,
            "linkUrl": context.url(&format!("/home/{}/{}/1", app.kind.name, app.id)),
            "logoUrl": context.url("/img/logos/default.png"),
            "appName": app.kind.name,
            "appInstanceId": app.id,
            "appAssignmentId": crate::id::object("0ua", mix(app.key, context.org.people[person as usize].key)),
            "credentialsSetup": false,
            "hidden": false,
            "sortOrder": order,
        })
    };
    whole(apps.enumerate().map(link).collect())
}

impl EndpointContext<'_> {
    /// Whether somebody has an app now, through a group or directly.
    pub(crate) fn has_app(&self, person: u32, app: usize) -> bool {
        let through_group =
            self.org.apps[app].group.is_some_and(|group| self.directory.groups[group].members.contains(person));
        let is_here = self.directory.users[person as usize].status != Status::Deprovisioned;
        is_here && self.org.apps[app].has_people() && (through_group || self.directory.apps[app].users.contains(person))
    }
}
