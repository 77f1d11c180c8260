//! Every rule is broken once in an event that is right otherwise.

#![allow(clippy::unwrap_used)] // A test that cannot go on panics.

use ocsf_check::{Release, Rule, check, check_as};
use serde_json::{Value, json};

fn sign_in() -> Value {
    json!({
        "time": 1_767_225_600_000_i64, "class_uid": 3002, "class_name": "Authentication",
        "category_uid": 3, "category_name": "Identity & Access Management",
        "activity_id": 1, "activity_name": "Logon", "type_uid": 300_201, "type_name": "Authentication: Logon",
        "severity_id": 1, "severity": "Informational",
        "metadata": {"version": "1.8.0", "product": {"name": "Okta"}, "profiles": ["host"]},
        "user": {"uid": "00u1", "type_id": 1, "type": "User", "email_addr": "ada@example.com"},
        "service": {"name": "Okta"},
        "src_endpoint": {"ip": "192.0.2.1", "location": {"city": "Paris", "lat": 48.8}},
        "device": {"uid": "guo1", "type_id": 0, "type": "Unknown"},
        "auth_factors": [{"factor_type_id": 99, "factor_type": "Smoke Signal"}],
        "unmapped": {"anything": "goes", "even": null},
    })
}

/// The one rule that `event` breaks, with its path.
fn broken(event: &Value) -> (String, Rule) {
    let mut faults = check(event);
    assert_eq!(faults.len(), 1, "{faults:?} in {event}");
    let fault = faults.remove(0);
    (fault.path, fault.rule)
}

/// `sign_in` with another value at a JSON pointer, or without it.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut event = sign_in();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    event
}

#[test]
fn a_right_event_has_no_fault() {
    assert_eq!(check(&sign_in()), []);
}

#[test]
fn a_missing_attribute_is_found() {
    for (pointer, rule) in [
        ("/user", Rule::Required),
        ("/metadata/product", Rule::Required),
        ("/device/type_id", Rule::Required),
        ("/src_endpoint/ip", Rule::Constraint("at_least_one")),
        ("/service", Rule::Constraint("at_least_one")),
        ("/metadata/version", Rule::Required),
        ("/category_uid", Rule::Required),
    ] {
        let faults = check(&with(pointer, None));
        assert!(faults.iter().any(|fault| fault.rule == rule), "{pointer}: {faults:?}");
    }
}

#[test]
fn a_wrong_value_is_found() {
    for (pointer, value, rule) in [
        ("/user/email_addr", json!("ada at example"), Rule::Form("email_t")),
        ("/src_endpoint/ip", json!("192.0.2.256"), Rule::Form("ip_t")),
        ("/src_endpoint/port", json!(65_536), Rule::Range("port_t")),
        ("/time", json!(1_767_225_600), Rule::Range("timestamp_t")),
        ("/time", json!("now"), Rule::Type("timestamp_t")),
        ("/src_endpoint/location/lat", json!("north"), Rule::Type("float_t")),
        ("/device/is_managed", json!("true"), Rule::Type("boolean_t")),
        ("/severity_id", json!(7), Rule::Enum("7".into())),
        ("/severity", json!("Severe"), Rule::Caption("Informational")),
        ("/type_name", json!("Authentication: Logoff"), Rule::Caption("Authentication: Logon")),
        ("/type_uid", json!(300_202), Rule::Caption("Authentication: Logoff")),
        ("/category_uid", json!(4), Rule::Category),
        ("/metadata/version", json!("1.7.0"), Rule::Version),
        ("/metadata/profiles", json!(["host", "network_proxy"]), Rule::ForeignProfile("network_proxy".into())),
        ("/metadata/profiles", json!([]), Rule::NotArray),
        ("/auth_factors", json!({}), Rule::NotArray),
        ("/message", json!(""), Rule::Empty),
        ("/message", Value::Null, Rule::Empty),
        ("/http_request", json!({}), Rule::Empty),
        ("/risk_level_id", json!(3), Rule::NeedsProfile("security_control")),
        ("/user/nickname", json!("Ada"), Rule::NoSuchAttribute),
        ("/user/credential_uid", json!("x"), Rule::Deprecated),
        ("/user/name", json!({"first": "Ada"}), Rule::Type("username_t")),
        ("/user", json!("Ada"), Rule::Type("user")),
        ("/certificate", json!({"issuer": "x"}), Rule::UndescribedObject("certificate")),
    ] {
        let faults = check(&with(pointer, Some(value.clone())));
        assert!(faults.iter().any(|fault| fault.rule == rule), "{pointer} = {value}: {faults:?}");
    }
}

#[test]
fn a_fault_says_where() {
    let event = with("/auth_factors", Some(json!([{"factor_type_id": 5, "factor_type": "Push"}])));
    assert_eq!(broken(&event), ("auth_factors[].factor_type".into(), Rule::Caption("Push Notification")));
    let event = with("/src_endpoint/location/street", Some(json!("Rue")));
    assert_eq!(broken(&event), ("src_endpoint.location.street".into(), Rule::NoSuchAttribute));
}

#[test]
fn a_class_has_either_privileges_or_a_group() {
    let mut event = with("/service", None);
    for (name, value) in [
        ("class_uid", json!(3003)),
        ("class_name", json!("Authorize Session")),
        ("activity_name", json!("Assign Privileges")),
        ("type_uid", json!(300_301)),
        ("type_name", json!("Authorize Session: Assign Privileges")),
        ("privileges", json!(["Admin"])),
    ] {
        event[name] = value;
    }
    event.as_object_mut().unwrap().remove("auth_factors");
    assert_eq!(check(&event), []);
    event["group"] = json!({"name": "Everyone"});
    assert_eq!(broken(&event).1, Rule::Constraint("just_one"));
}

#[test]
fn what_is_no_event_is_a_fault() {
    assert_eq!(broken(&json!([])).1, Rule::NotObject);
    assert_eq!(broken(&json!({"class_uid": 4001})).1, Rule::UnknownClass);
}

#[test]
fn each_release_has_its_own_rules() {
    let event = with("/metadata/version", Some(json!("1.3.0")));
    assert_eq!(broken(&event).1, Rule::Version, "1.8.0 is what the lake has");
    let faults = check_as(Release::V1_3, &event);
    let rules: Vec<_> = faults.iter().map(|fault| &fault.rule).collect();
    assert_eq!(
        rules,
        [&Rule::Constraint("just_one"), &Rule::Required],
        "a factor needs an address, a product a vendor"
    );
}
