//! Schemas of users, groups and app users, and the forms made from them.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one, whole};
use crate::api::error::ApiError;

/// The user types: name and number.
const USER_TYPES: &[(&str, u64)] = &[("user", 0), ("contractor", 1)];

/// `GET /api/v1/meta/types/user`. The schema of a type has an id of its own, which only the link says.
pub(crate) fn user_types<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let user_type = |(name, number): &(&str, u64)| {
        let id = context.org.single_id("oty", *number);
        let path = format!("/api/v1/meta/types/user/{id}");
        json!({
            "id": id,
            "name": name,
            "displayName": if *number == 0 { "User" } else { "Contractor" },
            "description": "Okta user profile template with default permission settings",
            "default": *number == 0,
            "created": context.long_ago(),
            "createdBy": "sprz9fj1ycBcsgopy1d6",
            "lastUpdated": context.long_ago(),
            "lastUpdatedBy": "sprz9fj1ycBcsgopy1d6",
            "_links": {
                "self": context.href(&path),
                "schema": context.href(&format!("/api/v1/meta/schemas/user/{}", schema_id(context, *number))),
            },
        })
    };
    whole(USER_TYPES.iter().map(user_type).collect())
}

/// `GET /api/v1/meta/schemas/user/{id}`: by the schema's id, or `default`.
pub(crate) fn user_schema<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let wanted = context.id(0);
    let is_it =
        |(_, number): &&(&str, u64)| schema_id(context, *number) == wanted || (*number == 0 && wanted == "default");
    let (name, number) = USER_TYPES.iter().find(is_it).ok_or_else(|| context.not_found(0, "UserSchema"))?;
    let id = context.url(&format!("/meta/schemas/user/{}", schema_id(context, *number)));
    one(schema(&id, name, &[("login", "Username"), ("email", "Primary email"), ("employeeNumber", "Employee number")]))
}

/// `GET /api/v1/meta/schemas/group/default`.
pub(crate) fn group_schema<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(schema(
        &context.url("/meta/schemas/group/default"),
        "Okta group",
        &[("name", "Name"), ("description", "Description")],
    ))
}

fn schema_id(context: &EndpointContext<'_>, number: u64) -> String {
    context.org.single_id("osc", number)
}

/// A schema with these properties.
pub(crate) fn schema(id: &str, title: &str, properties: &[(&str, &str)]) -> Value {
    let property = |(name, title): &(&str, &str)| {
        let property = json!({
            "title": title, "type": "string", "mutability": "READ_WRITE", "scope": "NONE", "required": *name == "login",
            "unique": "NOT_UNIQUE", "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
            "master": {"type": "PROFILE_MASTER"},
        });
        ((*name).to_owned(), property)
    };
    let base: serde_json::Map<String, Value> = properties.iter().map(property).collect();
    json!({
        "id": id,
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": title,
        "title": title,
        "description": null,
        "lastUpdated": "2025-06-01T00:00:00.000Z",
        "created": "2021-01-01T00:00:00.000Z",
        "definitions": {
            "base": {"id": "#base", "type": "object", "properties": base, "required": []},
            "custom": {"id": "#custom", "type": "object", "properties": {}, "required": []},
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
    })
}

/// `GET /api/v1/meta/uischemas`.
pub(crate) fn ui_schemas<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let element = json!({
        "label": "First name", "type": "Control", "scope": "#/properties/firstName", "options": {"format": "text"},
    });
    let members =
        json!({"uiSchema": {"type": "Group", "label": "Sign up", "buttonLabel": "Submit", "elements": [element]}});
    whole(vec![context.object("uis", 0, "/api/v1/meta/uischemas", members)])
}
