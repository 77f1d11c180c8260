//! A small org in which every check passes in the strictest profile, and what is needed to spoil it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::inventory::{Engine, Entity, Inventory, Known, Record, Unread};
use crate::posture::case::Ground;
use crate::posture::check::Check;
use crate::posture::log::{Fact, Log, Seen};
use crate::posture::org::Org;
use crate::posture::profile::Profile;
use crate::posture::report::{Checked, Report};
use crate::posture::run::{ask, run};
use crate::posture::settings::{CheckSettings, Settings};
use crate::posture::table::entities;

/// An org, its log and its configuration.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub(crate) inventory: Inventory,
    pub(crate) log: Log,
    pub(crate) settings: Settings,
}

pub(crate) fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// So many days ago.
pub(crate) fn ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

fn iso(days: i64) -> String {
    ago(days).to_string()
}

impl Fixture {
    /// An org without a fault.
    pub(crate) fn good() -> Self {
        let known = entities().into_iter().map(|name| (name.to_owned(), complete())).collect();
        let inventory =
            Inventory { tenant: "acme".to_owned(), as_of: now(), engine: Some(Engine::Identity), entities: known };
        let mut fixture = Self { inventory, log: log(), settings: settings() };
        for add in [people, groups, admins, policies, authenticators, apps, federation, network, machines, devices, org]
        {
            add(&mut fixture);
        }
        fixture
    }

    /// Asks every check.
    pub(crate) fn report(&self) -> Report {
        run(&self.inventory, &self.log, &self.settings, now())
    }

    /// Asks one check.
    pub(crate) fn ask(&self, check: &'static Check) -> Checked {
        ask(&Ground::new(Org::of(&self.inventory), &self.log, &self.settings, now()), check)
    }

    /// Adds a record; what stands before the last slash of its id is its parent.
    pub(crate) fn add(&mut self, entity: &str, id: &str, json: Value) {
        let records = &mut self.inventory.entities.entry(entity.to_owned()).or_insert_with(complete).records;
        let parent = id.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let at = records.binary_search_by(|record| record.id.as_str().cmp(id)).unwrap_or_else(|at| at);
        records.insert(at, Record { id: id.to_owned(), parent, json });
    }

    /// Changes a member of a record; null takes it away.
    pub(crate) fn set(&mut self, entity: &str, id: &str, pointer: &str, value: Value) {
        let records = &mut self.inventory.entities.get_mut(entity).unwrap().records;
        let record = records.iter_mut().find(|record| record.id == id).unwrap_or_else(|| panic!("no {entity} {id}"));
        let mut place = &mut record.json;
        for part in pointer.split('/').skip(1) {
            place = match place {
                Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
                place => place.as_object_mut().unwrap().entry(part).or_insert_with(|| json!({})),
            };
        }
        *place = value;
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, entity: &str, id: &str) {
        let records = &mut self.inventory.entities.get_mut(entity).unwrap().records;
        let before = records.len();
        records.retain(|record| record.id != id);
        assert!(records.len() < before, "no {entity} {id}");
    }

    /// What was seen of a thing, so many days ago.
    pub(crate) fn seen(&mut self, fact: Fact, thing: &str, days: i64, count: u64) {
        self.log.facts.entry(fact).or_default().insert(thing.to_owned(), Seen { last: ago(days), count });
    }

    /// Forgets what was seen of a thing.
    pub(crate) fn unseen(&mut self, fact: Fact, thing: &str) {
        assert!(self.log.facts.get_mut(&fact).unwrap().remove(thing).is_some(), "no {fact:?} {thing}");
    }

    /// Denies an entity.
    pub(crate) fn deny(&mut self, entity: &str) {
        let known = Known::Unread { why: Unread::Denied, reason: "403 E0000006".to_owned() };
        self.inventory.entities.insert(entity.to_owned(), Entity { known, records: Vec::new() });
    }
}

fn complete() -> Entity {
    Entity { known: Known::Complete, records: Vec::new() }
}

fn settings() -> Settings {
    let mut settings = Settings { profile: Profile::Stig, ..Settings::default() };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    settings.declared.break_glass = names(&["break@acme.example"]);
    settings.declared.domains = names(&["acme.example"]);
    settings.declared.mandatory_fields = names(&["department"]);
    settings.declared.denied_countries = names(&["KP"]);
    settings.declared.identity_providers = names(&["Partner", "Smart cards"]);
    settings.checks.insert("password-show-lockout", CheckSettings { enabled: Some(true), ..CheckSettings::default() });
    settings
}

const ACTIVE_PEOPLE: &[&str] = &["u1", "u2", "u3", "u5", "u6", "u8", "u9"];

fn log() -> Log {
    let of = |things: &[&str], days: i64, count: u64| {
        things.iter().map(|thing| ((*thing).to_owned(), Seen { last: ago(days), count })).collect::<BTreeMap<_, _>>()
    };
    let mut active = of(&["u1", "u2", "u3", "u5", "u8", "u9"], 1, 9);
    active.extend(of(&["u6"], 300, 1));
    let facts = BTreeMap::from([
        (Fact::UserActive, active),
        (Fact::AdminActive, of(&["u1", "u2", "u9"], 3, 9)),
        (Fact::AppsOfUser, of(&["u1", "u2", "u9"], 1, 2)),
        (Fact::PhishableShare, of(&["u3"], 1, 10)),
        (Fact::BreachedCredential, BTreeMap::new()),
        (Fact::ActedAfterLeaving, BTreeMap::new()),
        (Fact::TokenUsed, of(&["t1"], 1, 9)),
        (Fact::TokenNetworks, of(&["t1"], 1, 1)),
        (Fact::AppUsed, of(&["a-aws", "a-spa", "a-svc"], 1, 9)),
        (Fact::AssignmentUsed, of(&["a-aws/u3", "a-spa/u3", "a-spa/u5"], 1, 9)),
        (Fact::ScopeUsed, of(&["a-svc/okta.logs.read"], 1, 9)),
        (Fact::PermissionUsed, of(&["cr1/okta.users.read"], 1, 9)),
        (Fact::DeviceUsed, of(&["d1"], 1, 9)),
        (
            Fact::Event,
            of(
                &[
                    "security.session.detect_client_roaming",
                    "system.email.mfa_enroll_notification.sent_message",
                    "system.email.mfa_reset_notification.sent_message",
                    "system.email.new_device_notification.sent_message",
                    "user.account.report_suspicious_activity_by_enduser",
                ],
                2,
                3,
            ),
        ),
        (Fact::ProtectedActions, of(&["on"], 100, 1)),
        (Fact::CountrySeen, of(&["DE"], 1, 9)),
        (Fact::AgentCreated, of(&["ag1", "ag2"], 300, 1)),
        (Fact::DiffersFromBaseline, BTreeMap::new()),
        (Fact::UnexplainedChange, BTreeMap::new()),
        (Fact::Weakened, BTreeMap::new()),
    ]);
    Log { complete_since: Some(ago(700)), incomplete_hours: Some(0), facts }
}

fn user(name: &str, number: u32, manager: &str) -> Value {
    json!({
        "status": "ACTIVE", "created": iso(900), "activated": iso(900), "statusChanged": iso(900),
        "lastLogin": iso(1), "passwordChanged": iso(20), "credentials": {"provider": {"type": "OKTA"}},
        "profile": {
            "login": format!("{name}@acme.example"), "email": format!("{name}@acme.example"), "userType": "employee",
            "employeeNumber": format!("{number}"), "managerId": manager, "department": "Engineering",
        },
    })
}

fn people(fixture: &mut Fixture) {
    let names =
        [("u1", "ada", "u2"), ("u2", "bob", "u1"), ("u3", "carl", "u1"), ("u5", "eve", "u1"), ("u6", "break", "u1")];
    for (number, (id, name, manager)) in
        (1..).zip(names.into_iter().chain([("u8", "tokens", "u1"), ("u9", "heidi", "u1")]))
    {
        fixture.add("user", id, user(name, number, manager));
    }
    fixture.set("user", "u5", "/profile/userType", json!("contractor"));
    fixture.set("user", "u6", "/lastLogin", json!(iso(300)));
    fixture.add(
        "user",
        "u4",
        json!({"status": "DEPROVISIONED", "created": iso(900), "statusChanged": iso(90), "profile": {
            "login": "dora@acme.example", "userType": "employee", "department": "Sales",
        }}),
    );
    for id in ACTIVE_PEOPLE {
        let factor = |kind: &str| json!({"factorType": kind, "provider": "OKTA", "status": "ACTIVE"});
        fixture.add("user_factor", &format!("{id}/f1"), factor("signed_nonce"));
        fixture.add("user_factor", &format!("{id}/f2"), factor("webauthn"));
        fixture.add("user_risk", &format!("{id}/risk"), json!({"riskLevel": "LOW"}));
    }
    let attribute = |action: &str| json!({"permissions": [{"principal": "SELF", "action": action}]});
    let schema = json!({"definitions": {
        "base": {"properties": {"nickName": attribute("READ_WRITE")}}, "custom": {"properties": {"team": attribute("READ_ONLY")}},
    }});
    fixture.add("user_schema", "s1", schema);
}

fn groups(fixture: &mut Fixture) {
    let group = |kind: &str, name: &str| json!({"type": kind, "profile": {"name": name}});
    fixture.add("group", "g1", group("OKTA_GROUP", "Engineers"));
    fixture.add("group", "g2", group("BUILT_IN", "Everyone"));
    fixture.add("group", "g3", group("OKTA_GROUP", "Help desk"));
    fixture.add("group", "g4", group("OKTA_GROUP", "Berlin"));
    for id in ACTIVE_PEOPLE {
        fixture.add("group_member", &format!("g2/{id}"), json!({}));
    }
    for member in ["g1/u3", "g1/u5", "g3/u9"] {
        fixture.add("group_member", member, json!({}));
    }
    fixture.add("group_owner", "g1/u1", json!({"type": "USER", "displayName": "Ada"}));
    let rule = json!({
        "status": "ACTIVE", "name": "Berlin", "conditions": {"expression": {"value": "user.team == \"eng\""}},
        "actions": {"assignUserToGroups": {"groupIds": ["g4"]}},
    });
    fixture.add("group_rule", "gr1", rule);
    fixture.add(
        "group_push_mapping",
        "a-aws/m1",
        json!({"status": "ACTIVE", "sourceGroupId": "g1", "targetGroupId": "x"}),
    );
}

fn admins(fixture: &mut Fixture) {
    let role = |kind: &str| json!({"type": kind, "status": "ACTIVE", "created": iso(200)});
    for user in ["u1", "u2"] {
        fixture.add("admin_user", user, json!({}));
        fixture.add("user_role", &format!("{user}/r1"), role("SUPER_ADMIN"));
        fixture.add("user_role_governance", &format!("{user}/r1/gg"), json!({"expirationDate": iso(-30)}));
    }
    fixture.add("group_role", "g3/r1", role("HELP_DESK_ADMIN"));
    fixture.add("client_role", "a-svc/r1", role("READ_ONLY_ADMIN"));
    fixture.add("admin_governance", "optIn", json!({"optInStatus": "OPTED_IN"}));
    fixture.add("custom_role", "cr1", json!({"label": "Reader"}));
    fixture.add("custom_role_permission", "cr1/okta.users.read", json!({"label": "okta.users.read"}));
    fixture.add("resource_set", "rs1", json!({"label": "Engineers"}));
    fixture.add("resource_set_resource", "rs1/x1", json!({"orn": "orn:okta:directory:00o1:groups:g1"}));
    fixture.add("resource_set_binding", "rs1/cr1", json!({}));
    fixture.add("third_party_admin_setting", "s", json!({"thirdPartyAdmin": false}));
    fixture.add("auto_assign_admin_app_setting", "s", json!({"autoAssignAdminAppSetting": true}));
    let subscription = json!({"notificationType": "USER_LOCKED_OUT", "status": "subscribed"});
    fixture.add("role_subscription", "SUPER_ADMIN/USER_LOCKED_OUT", subscription);
}

fn policy(kind: &str, name: &str) -> Value {
    json!({"type": kind, "name": name, "status": "ACTIVE", "system": false})
}

fn policies(fixture: &mut Fixture) {
    let names = [
        ("p-access", "ACCESS_POLICY", "Apps"),
        ("p-account", "ACCESS_POLICY", "Okta Account Management Policy"),
        ("p-enroll", "MFA_ENROLL", "Enrollment"),
        ("p-idp", "IDP_DISCOVERY", "Routing"),
        ("p-life", "USER_LIFECYCLE", "Automations"),
        ("p-pass", "PASSWORD", "Staff"),
        ("p-risk", "ENTITY_RISK", "Entity risk"),
        ("p-signon", "OKTA_SIGN_ON", "Global"),
    ];
    for (id, kind, name) in names {
        fixture.add("policy", id, policy(kind, name));
    }
    fixture.set(
        "policy",
        "p-enroll",
        "/settings",
        json!({"authenticators": [
            {"key": "okta_password", "enroll": {"self": "REQUIRED"}},
            {"key": "okta_verify", "enroll": {"self": "REQUIRED"}},
            {"key": "webauthn", "enroll": {"self": "OPTIONAL"}, "constraints": {"aaguidGroups": ["Keys"]}},
            {"key": "phone_number", "enroll": {"self": "OPTIONAL"}},
        ]}),
    );
    fixture.set("policy", "p-pass", "/settings", password_settings());
    fixture.set("policy", "p-pass", "/conditions", json!({"people": {"groups": {"include": ["g2"]}}}));
    let mut default = policy("PASSWORD", "Default Policy");
    default["system"] = json!(true);
    default["settings"] = password_settings();
    fixture.add("policy", "p-pass-default", default);
    sign_on_rules(fixture);
    access_rules(fixture);
    other_rules(fixture);
}

fn password_settings() -> Value {
    json!({
        "password": {
            "complexity": {
                "minLength": 15, "minUpperCase": 1, "minLowerCase": 1, "minNumber": 1, "minSymbol": 1,
                "excludeUsername": true, "excludeAttributes": ["firstName", "lastName"],
                "dictionary": {"common": {"exclude": true}},
            },
            "age": {"minAgeMinutes": 1440, "maxAgeDays": 60, "historyCount": 5, "expireWarnDays": 5},
            "lockout": {"maxAttempts": 3, "autoUnlockMinutes": 60, "showLockoutFailures": true},
            "breachedProtection": {"logoutEnabled": true},
        },
        "recovery": {"factors": {
            "okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}},
            "recovery_question": {"status": "INACTIVE"}, "okta_sms": {"status": "INACTIVE"},
        }},
    })
}

fn sign_on_rules(fixture: &mut Fixture) {
    for (id, priority, network) in
        [("r1", 1, json!({"connection": "ZONE", "include": ["z1"]})), ("r2", 2, json!({"connection": "ANYWHERE"}))]
    {
        let rule = json!({
            "name": id, "status": "ACTIVE", "priority": priority, "conditions": {"network": network},
            "actions": {"signon": {
                "access": "ALLOW", "requireFactor": true, "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
                "factorPromptMode": "ALWAYS", "rememberDeviceByDefault": false,
                "session": {"usePersistentCookie": false, "maxSessionIdleMinutes": 15, "maxSessionLifetimeMinutes": 720},
            }},
        });
        fixture.add("policy_rule", &format!("p-signon/{id}"), rule);
    }
}

fn access_rules(fixture: &mut Fixture) {
    for policy in ["p-access", "p-account"] {
        let rule = json!({
            "name": "Staff", "status": "ACTIVE", "priority": 1, "system": false,
            "conditions": {
                "network": {"connection": "ZONE", "include": ["z1"]}, "riskScore": {"level": "LOW"},
                "device": {"managed": true, "assurance": {"include": ["da1"]}},
            },
            "actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {
                "type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT2H",
                "constraints": [{"possession": {"phishingResistant": "REQUIRED"}}],
            }}},
        });
        fixture.add("policy_rule", &format!("{policy}/r1"), rule);
        let catch_all = json!({
            "name": "Catch-all Rule", "status": "ACTIVE", "priority": 99, "system": true,
            "actions": {"appSignOn": {"access": "DENY"}},
        });
        fixture.add("policy_rule", &format!("{policy}/r9"), catch_all);
    }
}

fn other_rules(fixture: &mut Fixture) {
    let active = |conditions: Value, actions: Value| {
        json!({
            "name": "Rule", "status": "ACTIVE", "priority": 1, "conditions": conditions, "actions": actions,
        })
    };
    let partners = json!({"userIdentifier": {"type": "IDENTIFIER", "patterns": [{"matchType": "SUFFIX", "value": "@partner.example"}]}});
    let rules = [
        ("p-idp/r1", partners, json!({"idp": {"providers": [{"id": "idp1", "type": "SAML2", "name": "Partner"}]}})),
        ("p-life/r1", json!({"people": {"users": {"inactivity": {"number": 35, "unit": "DAYS"}}}}), json!({})),
        (
            "p-pass/r1",
            json!({}),
            json!({"selfServicePasswordReset": {"access": "ALLOW", "requirement": {
                "accessControl": "AUTH_POLICY", "primary": {"methods": ["push"]}, "stepUp": {"required": true},
            }}}),
        ),
        (
            "p-risk/r1",
            json!({"entityRisk": {"level": "HIGH"}}),
            json!({"entityRisk": {"actions": [{"action": "TERMINATE_ALL_SESSIONS"}]}}),
        ),
    ];
    for (id, conditions, actions) in rules {
        fixture.add("policy_rule", id, active(conditions, actions));
    }
}

fn authenticators(fixture: &mut Fixture) {
    let all = [
        ("au1", "okta_verify", json!({"userVerification": "REQUIRED", "compliance": {"fips": "REQUIRED"}})),
        ("au2", "webauthn", json!({})),
        ("au3", "smart_card_idp", json!({})),
        ("au4", "phone_number", json!({"allowedFor": "recovery"})),
        ("au5", "okta_password", json!({})),
    ];
    for (id, key, settings) in all {
        fixture.add("authenticator", id, json!({"key": key, "status": "ACTIVE", "settings": settings}));
    }
    fixture.add("authenticator_method", "au1/signed_nonce", json!({"type": "signed_nonce", "status": "ACTIVE"}));
    let settings = json!({"userVerification": "REQUIRED", "aaguidGroups": [{"name": "Keys"}]});
    fixture.add(
        "authenticator_method",
        "au2/webauthn",
        json!({"type": "webauthn", "status": "ACTIVE", "settings": settings}),
    );
    fixture.add("authenticator_setting", "s", json!({"verifyKnowledgeSecondWhen2faRequired": true}));
    fixture.add("user_lockout_setting", "s", json!({"preventBruteForceLockoutFromUnknownDevices": true}));
    fixture.add("org_captcha", "s", json!({"captchaId": "c1", "enabledPages": ["SIGN_IN"]}));
    let page = "<p>You are accessing a U.S. Government (USG)\n Information System</p><script src=\"https://ok1static.oktacdn.com/w.js\"></script>";
    fixture.add("brand_sign_in_page", "b1/page", json!({"pageContent": page}));
}

fn app(name: &str, mode: &str) -> Value {
    json!({
        "name": name, "label": name, "status": "ACTIVE", "signOnMode": mode, "created": iso(500), "features": [],
        "_links": {"accessPolicy": {"href": "https://acme.okta.com/api/v1/policies/p-access"}},
    })
}

fn apps(fixture: &mut Fixture) {
    fixture.add("app", "a-console", app("saasure", "OPENID_CONNECT"));
    fixture.add("app", "a-dash", app("okta_enduser", "OPENID_CONNECT"));
    for id in ["a-console", "a-dash"] {
        fixture.set(
            "app",
            id,
            "/settings",
            json!({"oauthClient": {"application_type": "web", "grant_types": ["authorization_code"]}}),
        );
    }
    let mut aws = app("amazon_aws", "SAML_2_0");
    aws["settings"] = json!({"signOn": {
        "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256", "assertionSigned": true, "responseSigned": true,
    }});
    aws["credentials"] = json!({"signing": {"kid": "k1"}});
    fixture.add("app", "a-aws", aws);
    fixture.add("app_key", "a-aws/k0", json!({"expiresAt": iso(100)}));
    fixture.add("app_key", "a-aws/k1", json!({"expiresAt": iso(-1000)}));
    fixture.add("app_user", "a-aws/u3", json!({"scope": "GROUP", "created": iso(300)}));
    fixture.add("app_group", "a-aws/g1", json!({}));
    clients(fixture);
}

fn clients(fixture: &mut Fixture) {
    let mut spa = app("spa", "OPENID_CONNECT");
    spa["settings"] = json!({"oauthClient": {
        "application_type": "browser", "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://spa.acme.example/cb", "http://localhost:8080/cb"], "wildcard_redirect": "DISABLED",
        "refresh_token": {"rotation_type": "ROTATE"},
    }});
    spa["credentials"] = json!({"oauthClient": {"token_endpoint_auth_method": "none", "pkce_required": true}});
    fixture.add("app", "a-spa", spa);
    fixture.add("app_user", "a-spa/u3", json!({"scope": "GROUP", "created": iso(300)}));
    fixture.add("app_user", "a-spa/u5", json!({"scope": "GROUP", "created": iso(300)}));
    let mut service = app("svc", "OPENID_CONNECT");
    service["settings"] = json!({"oauthClient": {
        "application_type": "service", "grant_types": ["client_credentials"], "dpop_bound_access_tokens": true,
    }});
    service["credentials"] = json!({"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}});
    service["_links"] = json!({});
    fixture.add("app", "a-svc", service);
    fixture.add("app_jwk", "a-svc/j1", json!({"status": "ACTIVE", "created": iso(100)}));
    fixture.add("app_grant", "a-svc/s1", json!({"scopeId": "okta.logs.read", "status": "ACTIVE"}));
    fixture.add("client_privileges_setting", "s", json!({"clientPrivilegesSetting": false}));
    let console = json!({"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720});
    fixture.add("first_party_app_setting", "admin-console", console);
}

fn federation(fixture: &mut Fixture) {
    fixture.add(
        "identity_provider",
        "idp1",
        json!({
            "name": "Partner", "type": "SAML2", "status": "ACTIVE", "created": iso(500),
            "protocol": {"algorithms": {"response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}}}},
            "policy": {
                "trustClaims": false, "accountLink": {"action": "AUTO", "filter": {"groups": {"include": ["g1"]}}},
                "provisioning": {"action": "DISABLED"},
            },
        }),
    );
    fixture.add("identity_provider", "idp2", json!({
        "name": "Smart cards", "type": "X509", "status": "ACTIVE", "created": iso(500),
        "protocol": {"credentials": {"trust": {"issuer": "CN=DOD ID CA-59, OU=PKI, OU=DoD, O=U.S. Government, C=US"}}},
    }));
    fixture.add("identity_provider_user", "idp1/u5", json!({}));
    fixture.add("identity_provider_key", "k1", json!({"expiresAt": iso(-1000)}));
    fixture.add("authorization_server", "as1", json!({
        "name": "default", "status": "ACTIVE", "credentials": {"signing": {"rotationMode": "MANUAL", "lastRotated": iso(100)}},
    }));
    let claim = json!({"status": "ACTIVE", "valueType": "EXPRESSION", "name": "team", "value": "user.team"});
    fixture.add("authorization_server_claim", "as1/c1", claim);
    let policy = json!({"status": "ACTIVE", "name": "SPA", "conditions": {"clients": {"include": ["a-spa"]}}});
    fixture.add("authorization_server_policy", "as1/ap1", policy);
    fixture.add(
        "authorization_server_policy_rule",
        "as1/ap1/ar1",
        json!({
            "status": "ACTIVE", "conditions": {"grantTypes": {"include": ["authorization_code"]}},
            "actions": {"token": {"accessTokenLifetimeMinutes": 60}},
        }),
    );
}

fn network(fixture: &mut Fixture) {
    let zone = |usage: &str| json!({"name": usage, "status": "ACTIVE", "usage": usage, "system": false});
    fixture.add("network_zone", "z1", zone("POLICY"));
    fixture.set("network_zone", "z1", "/gateways", json!([{"type": "CIDR", "value": "198.51.100.0/24"}]));
    fixture.add("network_zone", "z2", zone("BLOCKLIST"));
    fixture.set("network_zone", "z2", "/ipServiceCategories", json!({"include": ["ALL_ANONYMIZERS"]}));
    fixture.add("network_zone", "z3", zone("BLOCKLIST"));
    fixture.set("network_zone", "z3", "/locations", json!({"include": [{"country": "KP"}]}));
    fixture.add("threat_insight", "s", json!({"action": "block", "excludeZones": []}));
    for kind in ["ANOMALOUS_DEVICE", "ANOMALOUS_IP", "ANOMALOUS_LOCATION", "VELOCITY"] {
        fixture.add("behavior", kind, json!({"type": kind, "status": "ACTIVE", "name": kind}));
    }
    fixture.add("trusted_origin", "o1", json!({"status": "ACTIVE", "origin": "https://www.acme.example"}));
    let channel =
        json!({"type": "HTTP", "config": {"uri": "https://hooks.acme.example/x", "authScheme": {"type": "HEADER"}}});
    let hook = json!({"name": "SIEM", "status": "ACTIVE", "verificationStatus": "VERIFIED", "channel": channel});
    fixture.add("event_hook", "h1", hook);
    let telephony =
        json!({"name": "SMS", "status": "ACTIVE", "type": "com.okta.telephony.provider", "channel": channel});
    fixture.add("inline_hook", "i1", telephony);
}

fn machines(fixture: &mut Fixture) {
    fixture.add(
        "api_token",
        "t1",
        json!({
            "name": "Reader", "userId": "u8", "created": iso(100), "network": {"connection": "ZONE", "include": ["z1"]},
        }),
    );
    let integration = json!({"name": "SIEM", "createdBy": "u1", "grantedScopes": ["okta.logs.read"]});
    fixture.add("api_service_integration", "si1", integration);
    fixture.add("ai_agent", "ai1", json!({"name": "Helper", "owners": [{"id": "u1"}]}));
    fixture.add("service_account", "sa1", json!({"name": "db", "statusDetail": "ROTATED", "ownerUserIds": ["u1"]}));
    let campaign = json!({"name": "Q1", "status": "COMPLETED", "endDate": iso(60)});
    fixture.add("access_campaign", "ac1", campaign);
}

fn devices(fixture: &mut Fixture) {
    fixture.add("device", "d1", json!({
        "status": "ACTIVE", "created": iso(300), "_embedded": {"users": [{"user": {"id": "u3"}}]},
        "profile": {"displayName": "Laptop", "platform": "MACOS", "diskEncryptionType": "FULL", "screenLockType": "BIOMETRIC"},
    }));
    fixture.add("device_assurance", "da1", json!({"name": "Mac", "platform": "MACOS"}));
}

fn org(fixture: &mut Fixture) {
    fixture.add("okta_support", "s", json!({"support": "DISABLED", "expiration": null}));
    fixture.add("okta_support_case", "1", json!({"caseNumber": "1", "impersonation": {"status": "DISABLED"}}));
    fixture.add("org_contact_user", "TECHNICAL/c", json!({"userId": "u1"}));
    fixture.add("okta_communication", "s", json!({"optOutEmailUsers": false}));
    fixture.add("feature", "f1", json!({"name": "IP binding for sessions", "status": "ENABLED"}));
    fixture.add("log_stream", "l1", json!({"name": "EventBridge", "status": "ACTIVE"}));
    let agent =
        |id: &str| json!({"id": id, "name": format!("agent {id}"), "version": "3.2", "isLatestGAedVersion": true});
    let pool = json!({"name": "AD", "operationalStatus": "OPERATIONAL", "agents": [agent("ag1"), agent("ag2")]});
    fixture.add("agent_pool", "ap1", pool);
    fixture.add(
        "domain",
        "dm1",
        json!({
            "domain": "login.acme.example", "validationStatus": "VERIFIED", "certificateSourceType": "OKTA_MANAGED",
            "publicCertificate": {"expiration": iso(-80)},
        }),
    );
    fixture.add("email_domain", "e1", json!({"domain": "acme.example", "validationStatus": "VERIFIED"}));
}
