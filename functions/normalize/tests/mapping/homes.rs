//! Where in its row an analyst finds what detections ask for, kind by kind.

use serde_json::{Value, json};

use crate::row;

/// The row of an event of that type with these members; it must be valid and lose nothing.
fn event(event_type: &str, members: &Value) -> Value {
    let mut event = json!({"uuid": "u-1", "published": "2026-05-04T10:00:00.000Z", "eventType": event_type});
    event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let text = event.to_string();
    let row = row::of(&text);
    assert_eq!(ocsf_check::check(&row), [], "{event_type}: {row}");
    assert_eq!(crate::leaves::lost(&text, &row), [] as [String; 0], "{event_type}: {row}");
    row
}

fn ada() -> Value {
    json!({"id": "00u1ada0000000000357", "type": "User", "alternateId": "ada@example.com", "displayName": "Ada"})
}

fn app() -> Value {
    json!({"id": "0oa1app0000000000357", "type": "AppInstance", "alternateId": "Wiki", "displayName": "SAML 2.0 IdP"})
}

/// The `short_desc` and `data` of the enrichments of a type.
fn enrichments(row: &Value, kind: &str) -> Vec<(String, String)> {
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let all = row["enrichments"].as_array().into_iter().flatten();
    all.filter(|it| it["type"] == kind).map(|it| (text(it, "short_desc"), text(it, "data"))).collect()
}

fn observables(row: &Value) -> Vec<&str> {
    row["observables"].as_array().into_iter().flatten().filter_map(|it| it["value"].as_str()).collect()
}

#[test]
fn an_app_is_known_by_its_label_in_every_class() {
    for (event_type, place) in [
        ("user.authentication.sso", "/service/name"),
        ("application.lifecycle.update", "/entity/name"),
        ("application.user_membership.add", "/resources/0/name"),
        ("group.application_assignment.add", "/resource/name"),
        ("app.oauth2.signon", "/service/name"),
        ("system.import.start", "/job/name"),
        ("user.lifecycle.create", "/enrichments/0/short_desc"),
        ("application.user_membership.show_password", "/enrichments/0/short_desc"),
    ] {
        let row =
            event(event_type, &json!({"actor": ada(), "target": [app(), ada(), {"id": "0ua1", "type": "AppUser"}]}));
        assert_eq!(row.pointer(place), Some(&json!("Wiki")), "{event_type}: {row}");
        assert!(observables(&row).contains(&"0oa1app0000000000357"), "{event_type}: {row}");
    }
    let row = event("user.authentication.sso", &json!({"actor": ada(), "target": [app()]}));
    assert_eq!(row["service"]["labels"], json!(["SAML 2.0 IdP"]));
}

#[test]
fn behaviors_risk_and_the_kind_of_network_are_enrichments_of_every_class() {
    let members = json!({
        "actor": ada(),
        "client": {"ipAddress": "192.0.2.7"},
        "debugContext": {"debugData": {
            "behaviors": "{New Device=POSITIVE, Velocity=NEGATIVE}", "risk": "{reasons=Anomalous Device, New IP, level=HIGH}",
            "tunnels": "[{\"anonymous\":true,\"operator\":\"nordvpn\",\"type\":\"VPN\"}]"}},
        "securityContext": {"isProxy": true, "botProtection": {"level": "LOW"}},
    });
    for event_type in ["user.session.start", "policy.rule.update", "user.risk.detect", "zone.create", "brand.new"] {
        let row = event(event_type, &members);
        let pair = |name: &str, data: &str| (name.to_owned(), data.to_owned());
        assert_eq!(enrichments(&row, "Behavior"), [pair("New Device", "POSITIVE"), pair("Velocity", "NEGATIVE")]);
        assert_eq!(enrichments(&row, "Risk Reason"), [pair("Anomalous Device", "HIGH"), pair("New IP", "HIGH")]);
        assert_eq!(enrichments(&row, "Proxy"), [pair("", "true")], "{event_type}");
        assert_eq!(enrichments(&row, "IP Service")[0].0, "VPN");
        assert_eq!(enrichments(&row, "Bot Protection"), [pair("", "LOW")]);
        assert_eq!(row["risk_level_id"], 3);
    }
}

#[test]
fn targets_without_an_attribute_have_a_home_whatever_their_order() {
    let action = json!({"id": "act1", "type": "ProtectedAction", "displayName": "Deactivate a policy", "detailEntry": {"x": "1"}});
    for targets in [json!([action, ada()]), json!([ada(), action])] {
        let row = event("security.protected_action.attempt", &json!({"actor": ada(), "target": targets}));
        assert_eq!(enrichments(&row, "ProtectedAction")[0].0, "Deactivate a policy");
        assert!(observables(&row).contains(&"act1"));
        assert!(row["unmapped"].is_null(), "{row}");
    }
    let evaluation = json!({"id": "pe1", "type": "Policy Evaluation", "displayName": "Evaluation"});
    let row = event("policy.auth_reevaluate.fail", &json!({"actor": ada(), "target": [evaluation]}));
    assert_eq!(enrichments(&row, "Policy Evaluation")[0].0, "Evaluation");
    let project = json!({"id": "prj1", "type": "Project", "displayName": "Web"});
    let server = json!({"id": "srv1", "type": "Server", "displayName": "web-1"});
    let row = event("pam.user_creds.issue", &json!({"actor": ada(), "target": [project, server]}));
    assert_eq!((&row["service"]["name"], enrichments(&row, "Project")[0].0.as_str()), (&json!("web-1"), "Web"));
    let issuer = json!({"id": "aus1", "type": "AuthorizationServer", "displayName": "default"});
    let row = event("app.oauth2.as.token.grant", &json!({"actor": ada(), "target": [issuer]}));
    assert_eq!(row["service"]["name"], "default");
}

#[test]
fn what_is_left_of_a_target_is_keyed_by_its_type() {
    let user = json!({"id": "00u1ada0000000000357", "type": "User", "detailEntry": {"k": "1", "gone": null}});
    let row = event("user.lifecycle.suspend", &json!({"actor": ada(), "target": [user]}));
    assert_eq!(row["unmapped"], json!({"target[User].detailEntry.k": "1", "target[User].detailEntry.gone": "null"}));
}

#[test]
fn a_report_points_at_what_was_suspicious() {
    let debug = json!({
        "suspiciousActivityEventIp": "198.51.100.77", "suspiciousActivityEventCity": "Springfield",
        "suspiciousActivityEventCountry": "United States", "suspiciousActivityEventLatitude": "30.000",
        "suspiciousActivityEventLongitude": "-55.5", "suspiciousActivityEventId": "e-1",
        "suspiciousActivityEventType": "system.email.new_device_notification.sent_message",
        "suspiciousActivityTimestamp": "2026-05-04T09:00:00.000Z"});
    let members = json!({"actor": ada(), "target": [ada()], "client": {"ipAddress": "192.0.2.7"}, "debugContext": {"debugData": debug}});
    let row = event("user.account.report_suspicious_activity_by_enduser", &members);
    let source = &row["evidences"][0]["src_endpoint"];
    assert_eq!((&source["ip"], &source["location"]["lat"]), (&json!("198.51.100.77"), &json!(30.0)));
    assert_eq!(row["evidences"][1]["src_endpoint"]["ip"], "192.0.2.7");
    let related = &row["finding_info"]["related_events"][0];
    assert_eq!((&related["uid"], &related["created_time"]), (&json!("e-1"), &json!(1_777_885_200_000_i64)));
}

#[test]
fn findings_say_what_found_them_and_how_they_stand() {
    let debug = json!({"risk": "{reasons=A, B, level=HIGH, detectionName=Session Hijack}"});
    let row = event("user.risk.detect", &json!({"target": [ada()], "debugContext": {"debugData": debug}}));
    assert_eq!(row["finding_info"]["analytic"]["name"], "Session Hijack");
    assert_eq!(row["status"], "New");
    let row = event("security.attack.end", &json!({}));
    assert_eq!((&row["activity_name"], &row["status"]), (&json!("Close"), &json!("Resolved")));
    let debug =
        json!({"eventUuid": "e-7", "eventType": "user.risk.detect", "label": "FALSE_POSITIVE", "reason": "It was me"});
    let row = event("analytics.feedback.provide", &json!({"actor": ada(), "debugContext": {"debugData": debug}}));
    assert_eq!(row["finding_info"]["uid"], "e-7", "the finding that it is about");
    assert_eq!((&row["status"], &row["comment"]), (&json!("Unknown"), &json!("It was me")));
    let row = event("security.threat.detected", &json!({"outcome": {"result": "DENY", "reason": "Password Spray"}}));
    assert_eq!(row["finding_info"]["title"], "Password Spray");
}

#[test]
fn the_steps_of_a_sign_in_say_which_they_are() {
    for (event_type, label) in [
        ("system.push.send_factor_verify_push", "mfa_step"),
        ("system.sms.send_factor_verify_message", "mfa_step"),
        ("system.email.send_factor_verify_message", "mfa_step"),
        ("system.voice.send_mfa_challenge_call", "mfa_step"),
        ("user.authentication.auth_via_mfa", "mfa_step"),
        ("user.mfa.okta_verify.deny_push", "mfa_step"),
        ("policy.evaluate_sign_on", "policy_evaluation"),
        ("application.policy.sign_on.deny_access", "policy_evaluation"),
    ] {
        let row = event(event_type, &json!({"actor": ada()}));
        assert_eq!((&row["class_uid"], &row["metadata"]["labels"]), (&json!(3002), &json!([label])), "{event_type}");
        assert_eq!(row["is_mfa"] == true, label == "mfa_step", "{event_type}");
    }
    assert!(event("user.session.start", &json!({"actor": ada()}))["metadata"]["labels"].is_null());
}

#[test]
fn what_happens_to_apps_and_agents_keeps_its_request() {
    let members = json!({
        "actor": ada(), "target": [app()],
        "client": {"ipAddress": "192.0.2.7", "userAgent": {"rawUserAgent": "curl"}},
        "securityContext": {"asNumber": 64500, "isp": "isp"}, "request": {"ipChain": [{"ip": "192.0.2.7"}, {"ip": "192.0.2.8"}]},
    });
    for event_type in
        ["application.lifecycle.create", "system.agent.ad.connect", "plugin.downloaded", "integration.new"]
    {
        let row = event(event_type, &members);
        assert_eq!(
            (&row["src_endpoint"]["ip"], &row["http_request"]["user_agent"]),
            (&json!("192.0.2.7"), &json!("curl"))
        );
        assert_eq!(
            (&row["entity"]["name"], &row["entity"]["type"]),
            (&json!("Wiki"), &json!("Application")),
            "{event_type}"
        );
    }
    // A job has no request in OCSF: its address and user agent are found nevertheless.
    let row = event("system.import.start", &members);
    assert!(observables(&row).contains(&"curl") && observables(&row).contains(&"192.0.2.8"), "{row}");
}

#[test]
fn a_sign_in_that_another_provider_vouches_for_is_to_the_org() {
    let provider = json!({"id": "0oa1idp", "type": "IdentityProvider", "displayName": "Corp IdP"});
    for targets in [json!([provider, app()]), json!([app(), provider]), json!([provider])] {
        let row = event("user.authentication.auth_via_IDP", &json!({"actor": ada(), "target": targets}));
        assert_eq!((&row["service"]["name"], &row["actor"]["idp"]["name"]), (&json!("Okta"), &json!("Corp IdP")));
    }
    let context = json!({"authenticationProvider": "FACTOR_PROVIDER"});
    let row = event("user.authentication.auth_via_mfa", &json!({"actor": ada(), "authenticationContext": context}));
    assert!(row["actor"]["idp"].is_null(), "a factor is no identity provider");
}

#[test]
fn new_users_and_errors_are_named() {
    let new = json!({"id": "00u1new", "type": "NewUser", "alternateId": "new@example.com"});
    let debug = json!({"errorMessage": "login: already in use"});
    let members = json!({"actor": ada(), "target": [new], "debugContext": {"debugData": debug}, "outcome": {"result": "FAILURE"}});
    let row = event("user.lifecycle.create", &members);
    assert_eq!(
        (&row["user"]["name"], &row["status_detail"]),
        (&json!("new@example.com"), &json!("login: already in use"))
    );
}

#[test]
fn devices_are_read_in_both_spellings_and_are_no_users() {
    for device in [
        json!({"id": "guo1", "displayName": "mac", "osPlatform": "OSX", "osVersion": "15.1", "managed": true}),
        json!({"id": "guo1", "name": "mac", "platform": "OSX", "osVersion": "15.1", "managed": true}),
        json!({"id": "guo1", "name": "mac", "os_platform": "OSX", "os_version": "15.1", "managed": true}),
    ] {
        let row = event("user.session.start", &json!({"actor": ada(), "device": device}));
        let found = &row["device"];
        assert_eq!((&found["name"], &found["os"]["version"]), (&json!("mac"), &json!("15.1")));
        assert_eq!((&found["os"]["type_id"], &found["is_managed"]), (&json!(300), &json!(true)));
    }
    let actor = json!({"id": "guo1", "type": "Device", "displayName": "mac"});
    let row = event("device.signals.status.timeout", &json!({"actor": actor}));
    assert_eq!((&row["device"]["uid"], &row["actor"]["app_name"]), (&json!("guo1"), &json!("mac")));
    assert!(row["actor"]["user"].is_null());
}

#[test]
fn tokens_say_of_which_kind_they_are_and_whose() {
    let detail = |uid: &str| json!({"detail": {"requestApiTokenId": uid, "requestApiTokenClientId": "0oa1client"}});
    for (uid, kind) in [("00T1abc", "API Token"), ("AT.abc", "OAuth Access Token")] {
        let row =
            event("user.lifecycle.suspend", &json!({"actor": ada(), "target": [ada()], "transaction": detail(uid)}));
        let actor = &row["actor"];
        assert_eq!(
            (&actor["user"]["programmatic_credentials"][0]["type"], &actor["app_uid"]),
            (&json!(kind), &json!("0oa1client"))
        );
    }
}

#[test]
fn sessions_are_found_by_their_ids_and_addresses() {
    let debug = json!({"endedSessionId": "102ended"});
    let members = json!({"actor": ada(), "debugContext": {"debugData": debug}, "authenticationContext": {"externalSessionId": "102admin"}});
    assert_eq!(event("user.session.end", &members)["session"]["uid"], "102ended");
    let debug = json!({"externalSessionId": "102moved", "previousIpAddress": "192.0.2.1", "newIpAddress": "192.0.2.2"});
    let row = event("user.session.context.change", &json!({"actor": ada(), "debugContext": {"debugData": debug}}));
    assert_eq!((&row["entity"]["uid"], &row["entity"]["data"]), (&json!("102moved"), &json!(r#"{"ip":"192.0.2.1"}"#)));
    assert_eq!(row["entity_result"]["data"], r#"{"ip":"192.0.2.2"}"#);
    assert!(["192.0.2.1", "192.0.2.2"].iter().all(|ip| observables(&row).contains(ip)), "{row}");
}

#[test]
fn a_factor_of_the_reason_and_roles_of_the_targets_are_placed() {
    let outcome = json!({"result": "SUCCESS", "reason": "User set up EMAIL_FACTOR factor"});
    let row = event("user.mfa.factor.activate", &json!({"actor": ada(), "target": [ada()], "outcome": outcome}));
    assert_eq!(row["auth_factors"][0]["factor_type_id"], 8);
    let role = json!({"id": "ra1", "type": "ROLE", "displayName": "Help Desk Administrator"});
    let debug = json!({"privilegeGranted": "Help Desk Administrator, Read-Only Administrator"});
    let members = json!({"actor": ada(), "target": [ada(), role], "debugContext": {"debugData": debug}});
    assert_eq!(event("user.account.privilege.grant", &members)["privileges"], json!(["Help Desk Administrator"]));
    let members = json!({"actor": ada(), "target": [ada()], "debugContext": {"debugData": debug}});
    assert_eq!(event("user.account.privilege.grant", &members)["privileges"].as_array().unwrap().len(), 2);
}

#[test]
fn a_grant_says_for_whom_what_and_how_long() {
    let detail = json!({"subject": "00u1ada0000000000357", "expires": "2026-05-04T11:00:00.000Z"});
    let token = json!({"id": "AT.1", "type": "access_token", "displayName": "Access Token", "detailEntry": detail});
    let client = json!({"id": "0oa1client", "type": "PublicClientApp", "displayName": "CLI"});
    let debug = json!({"grantedScopes": "openid, profile", "grantType": "authorization_code"});
    let members = json!({"actor": client, "target": [token], "debugContext": {"debugData": debug}});
    let row = event("app.oauth2.token.grant.access_token", &members);
    assert_eq!(row["user"]["uid"], "00u1ada0000000000357");
    assert!(observables(&row).contains(&"00u1ada0000000000357"));
    assert_eq!(row["authentication_token"]["expiration_time"], 1_777_892_400_000_i64);
    assert_eq!(enrichments(&row, "OAuth Scope").len(), 2);
    assert_eq!(enrichments(&row, "OAuth Grant")[0].1, "authorization_code");
}

#[test]
fn a_lock_is_done_and_has_one_word() {
    for event_type in ["user.account.lock", "user.account.lock.limit", "user.session.start"] {
        let outcome = json!({"result": "FAILURE", "reason": "LOCKED_OUT"});
        let row = event(event_type, &json!({"actor": ada(), "outcome": outcome}));
        let is_lock = row["activity_name"] == "Lock";
        assert_eq!(row["status"], if is_lock { "Success" } else { "Failure" }, "{event_type}");
        assert_eq!((&row["status_code"], &row["status_detail"]), (&json!("FAILURE"), &json!("ACCOUNT_LOCKED_OUT")));
    }
}

#[test]
fn only_change_details_are_before_and_after() {
    let rule =
        json!({"id": "0pr1", "type": "PolicyRule", "displayName": "R", "detailEntry": {"policyRulePriority": "1"}});
    let row = event("policy.rule.update", &json!({"actor": ada(), "target": [rule]}));
    assert!(row["entity"]["data"].is_null() && row["entity_result"].is_null(), "{row}");
    assert_eq!(row["unmapped"]["target[PolicyRule].detailEntry.policyRulePriority"], "1");
    let change = json!({"from": {"priority": 1}, "to": {"priority": 2}});
    let rule = json!({"id": "0pr1", "type": "PolicyRule", "displayName": "R", "changeDetails": change});
    let row = event("policy.rule.update", &json!({"actor": ada(), "target": [rule]}));
    assert_eq!(
        (&row["entity"]["data"], &row["entity_result"]["data"]),
        (&json!(r#"{"priority":1}"#), &json!(r#"{"priority":2}"#))
    );
}

#[test]
fn a_hop_repeats_the_place_in_any_order_of_members() {
    let text = r#"{"uuid":"u","published":"2026-05-04T10:00:00Z","eventType":"user.session.start",
        "client":{"ipAddress":"192.0.2.7","geographicalContext":{"city":"Paris","geolocation":{"lat":48.8,"lon":2.3}}},
        "request":{"ipChain":[{"ip":"192.0.2.7","geographicalContext":{"geolocation":{"lon":2.3,"lat":48.8},"city":"Paris"}}]}}"#;
    assert!(row::of(text)["unmapped"].is_null());
    let row = event("support.user.access.grant", &json!({"actor": ada()}));
    assert!(row["privileges"].is_null() || row["privileges"] == json!(["Support Access"]), "{row}");
}
