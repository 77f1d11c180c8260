//! A strict OCSF validator for the events that okta-lake writes. What it knows are facts derived from
//! OCSF's schema (`derive_facts.py`); a class or object that okta-lake does not write is unknown to it.

mod attribute;
mod facts;
mod fault;
mod value;

use serde_json::Value;

use attribute::Scope;
use facts::Facts;
pub use facts::Release;
pub use fault::{Fault, Rule};

type Members = serde_json::Map<String, Value>;

/// Every fault of `event`, which is one event of OCSF 1.8.0 as JSON.
pub fn check(event: &Value) -> Vec<Fault> {
    check_as(Release::V1_8, event)
}

/// Every fault of `event`, which is one event of that release as JSON.
pub fn check_as(release: Release, event: &Value) -> Vec<Fault> {
    let facts = Facts::of(release);
    let Some(event) = event.as_object() else { return vec![Fault::new("", Rule::NotObject)] };
    let uid = event.get("class_uid").and_then(Value::as_i64);
    let Some(class) = uid.and_then(|uid| facts.class(uid)) else {
        return vec![Fault::new("class_uid", Rule::UnknownClass)];
    };
    let profiles = profiles(event);
    let mut faults = foreign_profiles(&profiles, class);
    Scope { facts, profiles, faults: &mut faults }.members("", event, class);
    faults.extend(type_uid(event));
    faults.extend(category_uid(event, class));
    faults.extend(version(event, facts));
    faults
}

/// The names of the attributes that events of a class may have in a release; none if the class is unknown.
pub fn attributes(release: Release, class_uid: i64) -> impl Iterator<Item = &'static str> {
    Facts::of(release).class(class_uid).into_iter().flat_map(|class| class.attributes.keys().copied())
}

fn profiles(event: &Members) -> Vec<&str> {
    let named = event.get("metadata").and_then(|metadata| metadata.get("profiles")).and_then(Value::as_array);
    named.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn foreign_profiles(profiles: &[&str], class: &facts::Owner) -> Vec<Fault> {
    let foreign = profiles.iter().filter(|profile| !class.profiles.contains(profile));
    foreign.map(|profile| Fault::new("metadata.profiles", Rule::ForeignProfile((*profile).to_owned()))).collect()
}

fn type_uid(event: &Members) -> Option<Fault> {
    let number = |name: &str| event.get(name).and_then(Value::as_i64);
    let (class, activity) = (number("class_uid")?, number("activity_id")?);
    (number("type_uid") != Some(class * 100 + activity)).then(|| Fault::new("type_uid", Rule::TypeUid))
}

fn category_uid(event: &Members, class: &facts::Owner) -> Option<Fault> {
    let category = event.get("category_uid").and_then(Value::as_i64);
    (category != class.category).then(|| Fault::new("category_uid", Rule::Category))
}

fn version(event: &Members, facts: &Facts) -> Option<Fault> {
    let version = event.get("metadata").and_then(|metadata| metadata.get("version")).and_then(Value::as_str);
    (version != Some(facts.version)).then(|| Fault::new("metadata.version", Rule::Version))
}
