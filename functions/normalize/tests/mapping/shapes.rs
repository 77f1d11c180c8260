//! The members of a LogEvent that Okta documents, and words that mean something to the mapping.

/// What a member looks like when it looks as it should.
pub(crate) enum Shape {
    /// A scalar: mostly a word of [`WORDS`].
    Scalar,
    /// One of these words.
    Word(&'static [&'static str]),
    Object(&'static [(&'static str, Shape)]),
    Array(&'static Shape),
}

use Shape::{Array, Object, Scalar, Word};

const PRINCIPALS: &[&str] =
    &["User", "SystemPrincipal", "PublicClientApp", "WorkloadPrincipal", "IP address", "Robot", "null", ""];

const TARGETS: &[&str] = &[
    "User",
    "User",
    "User",
    "AppUser",
    "AppUser",
    "AppInstance",
    "PublicClientApp",
    "UserGroup",
    "AppGroup",
    "PolicyEntity",
    "PolicyRule",
    "Rule",
    "Token",
    "access_token",
    "id_token",
    "code",
    "Device",
    "UDDevice",
    "AuthenticatorEnrollment",
    "Authenticator",
    "Factor",
    "ROLE",
    "CUSTOM_ROLE",
    "NetworkZone",
    "IdentityProvider",
    "Never Seen",
    "",
];

const OUTCOMES: &[&str] = &[
    "SUCCESS",
    "FAILURE",
    "SKIPPED",
    "ALLOW",
    "DENY",
    "CHALLENGE",
    "UNKNOWN",
    "RATE_LIMIT",
    "DEFERRED",
    "SCHEDULED",
    "ABANDONED",
    "UNANSWERED",
    "NEW ONE",
];

const PLACE: Shape = Object(&[
    ("city", Scalar),
    ("state", Scalar),
    ("country", Scalar),
    ("postalCode", Scalar),
    ("geolocation", Object(&[("lat", Scalar), ("lon", Scalar)])),
]);

const PRINCIPAL: Shape = Object(&[
    ("id", Scalar),
    ("type", Word(PRINCIPALS)),
    ("alternateId", Scalar),
    ("displayName", Scalar),
    ("detailEntry", Scalar),
]);

const CLIENT: Shape = Object(&[
    ("userAgent", Object(&[("rawUserAgent", Scalar), ("os", Scalar), ("browser", Scalar)])),
    ("zone", Scalar),
    ("device", Word(&["Computer", "Mobile", "Tablet", "Unknown", "Fridge"])),
    ("id", Scalar),
    ("ipAddress", Word(&["192.0.2.7", "2001:db8::7", "null", "10.0.0.999", "fe80::1%eth0", ""])),
    ("geographicalContext", PLACE),
]);

const DEVICE: Shape = Object(&[
    ("id", Scalar),
    ("name", Scalar),
    ("os_platform", Word(&["OSX", "WINDOWS", "ANDROID", "IOS", "CHROMEOS", "BeOS"])),
    ("os_version", Scalar),
    ("managed", Scalar),
    ("registered", Scalar),
    ("device_integrator", Scalar),
]);

const AUTHENTICATION: Shape = Object(&[
    ("authenticationProvider", Scalar),
    ("credentialProvider", Scalar),
    ("credentialType", Word(&["PASSWORD", "OTP", "SMS", "ASSERTION", "OAuth 2.0", "Password", "Smoke"])),
    ("issuer", Object(&[("id", Scalar), ("type", Scalar)])),
    ("externalSessionId", Scalar),
    ("rootSessionId", Scalar),
    ("authenticationStep", Scalar),
]);

const SECURITY: Shape = Object(&[
    ("asNumber", Scalar),
    ("asOrg", Scalar),
    ("isp", Scalar),
    ("domain", Scalar),
    ("isProxy", Scalar),
    ("ipDetails", Object(&[("asNumber", Scalar), ("ipServiceCategories", Array(&Object(&[("type", Scalar)])))])),
    (
        "risk",
        Object(&[("level", Scalar), ("previousLevel", Scalar), ("detectionName", Scalar), ("reasons", Array(&Scalar))]),
    ),
    ("userBehaviors", Array(&Object(&[("id", Scalar), ("name", Scalar), ("result", Scalar)]))),
]);

const DEBUG_DATA: Shape = Object(&[
    ("requestId", Scalar),
    ("requestUri", Scalar),
    ("url", Scalar),
    ("origin", Scalar),
    ("dtHash", Scalar),
    ("deviceFingerprint", Scalar),
    ("oktaUserAgentExtended", Scalar),
    ("threatSuspected", Word(&["true", "false", "TRUE", "maybe"])),
    ("threatDetections", Scalar),
    ("risk", Scalar),
    ("riskLevel", Scalar),
    ("riskReasons", Scalar),
    ("behaviors", Scalar),
    ("logOnlySecurityData", Scalar),
    ("factor", Word(&["OKTA_VERIFY_PUSH", "PASSWORD_AS_FACTOR", "SIGNED_NONCE", "SMS", "Smoke"])),
    ("authMethodFirstType", Scalar),
    ("authMethodSecondType", Scalar),
    ("pushOnlyResponseType", Word(&["OV_RESPONSE_DENY", "OV_RESPONSE_APPROVE"])),
    ("privilegeGranted", Scalar),
    ("privilegeRevoked", Scalar),
    ("grantedScopes", Scalar),
    ("signOnMode", Scalar),
    ("changedAttributes", Scalar),
    ("originalPrincipal", PRINCIPAL),
]);

const TARGET: Shape = Object(&[
    ("id", Scalar),
    ("type", Word(TARGETS)),
    ("alternateId", Scalar),
    ("displayName", Scalar),
    ("detailEntry", Object(&[("methodTypeUsed", Scalar), ("signOnModeType", Scalar), ("policyType", Scalar)])),
    ("changeDetails", Object(&[("from", Object(&[("name", Scalar)])), ("to", Object(&[("name", Scalar)]))])),
]);

pub(crate) const MEMBERS: &[(&str, Shape)] = &[
    ("actor", PRINCIPAL),
    ("authenticationContext", AUTHENTICATION),
    ("client", CLIENT),
    ("debugContext", Object(&[("debugData", DEBUG_DATA)])),
    ("device", DEVICE),
    ("displayMessage", Scalar),
    ("legacyEventType", Scalar),
    ("outcome", Object(&[("result", Word(OUTCOMES)), ("reason", Scalar)])),
    (
        "request",
        Object(&[("ipChain", Array(&Object(&[("ip", Scalar), ("version", Scalar), ("geographicalContext", PLACE)])))]),
    ),
    ("securityContext", SECURITY),
    ("severity", Word(&["DEBUG", "INFO", "WARN", "ERROR", "FATAL"])),
    ("target", Array(&TARGET)),
    ("transaction", Object(&[("type", Scalar), ("id", Scalar), ("detail", Object(&[("requestApiTokenId", Scalar)]))])),
    ("version", Scalar),
];

/// Words that some part of the mapping knows, or that look as if.
pub(crate) const WORDS: &[&str] = &[
    "unknown",
    "null",
    "true",
    "false",
    "7",
    "007",
    "+7",
    "37.5",
    "1e3",
    "inf",
    "NaN",
    "HIGH",
    "LOW",
    "POSITIVE",
    "192.0.2.7",
    "2001:db8::7",
    "ada@example.com",
    "ada@example",
    "Okta Verify",
    "Password",
    "push",
    "totp",
    "Windows 10",
    "Mac OS X",
    "ANDROID",
    "SAML_2_0",
    "OPENID_CONNECT",
    "BOOKMARK",
    "LOCKED_OUT",
    "UNKNOWN_USER",
    "{reasons=Anomalous Location, level=HIGH}",
    "{level=}",
    "{\"risk\":{\"level\":\"LOW\"},\"behaviors\":{}}",
    "{New IP=POSITIVE, Velocity=NEGATIVE}",
    "{\"Password Spray\":\"HIGH\",\"\":\"LOW\"}",
    "{",
    "[1,",
    "Super administrator, App administrator (Box, Slack)",
    ",",
    "okta_verify:signed_nonce:aut1",
    ":::",
    "/oauth2/v1/authorize",
    "/app/office365/k/sso/wsfed/active",
    "https://acme.okta.com",
    ".",
    " ",
    "\0",
    "a\0b",
];
