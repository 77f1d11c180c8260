//! The protocol of a sign-in, where Okta names it.

use super::{debug_data, target};
use crate::json::Object;
use crate::ocsf::{Event, Text};

type Protocol = (i32, &'static str);
const KERBEROS: Protocol = (2, "Kerberos");
const OPENID: Protocol = (4, "OpenID");
const SAML: Protocol = (5, "SAML");
const OAUTH: Protocol = (6, "OAUTH 2.0");
const RADIUS: Protocol = (10, "RADIUS");
const BASIC: Protocol = (11, "Basic Authentication");
const LDAP: Protocol = (12, "LDAP");
const WS_FEDERATION: Protocol = (99, "WS-Federation");

/// An app's `signOnMode` (Okta's Apps API), as events spell it too.
const MODES: [(&str, Protocol); 8] = [
    ("BASIC_AUTH", BASIC),
    ("OPENID_CONNECT", OPENID),
    ("OpenID Connect", OPENID),
    ("SAML 1.1", SAML),
    ("SAML 2.0", SAML),
    ("SAML_1_1", SAML),
    ("SAML_2_0", SAML),
    ("WS_FEDERATION", WS_FEDERATION),
];

/// Words in event types.
const EVENT_TYPES: [(&str, Protocol); 7] = [
    ("LDAP", LDAP),
    ("SAML", SAML),
    ("kerberos", KERBEROS),
    ("ldap", LDAP),
    ("oauth2", OAUTH),
    ("radius", RADIUS),
    ("saml", SAML),
];

/// Parts of the path of a request.
const PATHS: [(&str, Protocol); 3] = [("/oauth2/", OAUTH), ("/sso/saml", SAML), ("/sso/wsfed/", WS_FEDERATION)];

/// Places `auth_protocol`: what the app is set to, or what the event type or the request is of.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let path = event.http_request.as_ref().and_then(|request| request.url.as_ref()?.path.as_deref());
    let of_path = path.and_then(|path| containing(&PATHS, path));
    let of_type = containing(&EVENT_TYPES, &event.metadata.event_code);
    let known = of_type.or(of_path).map(|(id, caption)| (id, caption.into()));
    if let Some((id, caption)) = take_mode(members).or(known) {
        (event.auth_protocol_id, event.auth_protocol) = (Some(id), Some(caption));
    }
}

/// The app's sign-on mode: in `debugData`, or with the app among the targets. It is taken only if OCSF
/// has no caption for it.
fn take_mode<'a>(members: &mut Object<'a>) -> Option<(i32, Text<'a>)> {
    let of_event = debug_data::of(members).and_then(|debug| mode(debug, "signOnMode"));
    of_event.or_else(|| target::all(members).find_map(|target| mode(target.object("detailEntry")?, "signOnModeType")))
}

fn mode<'a>(object: &mut Object<'a>, key: &str) -> Option<(i32, Text<'a>)> {
    let known = MODES.iter().find(|(mode, _)| object.text(key) == Some(mode));
    match known {
        Some((_, (id, caption))) => Some((*id, (*caption).into())),
        None => object.take_text(key).map(|mode| (99, mode)),
    }
}

fn containing(table: &[(&str, Protocol)], text: &str) -> Option<Protocol> {
    table.iter().find(|(part, _)| text.contains(part)).map(|(_, protocol)| *protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_of_paths_and_types() {
        assert_eq!(containing(&PATHS, "/app/office365/exk1/sso/wsfed/active"), Some(WS_FEDERATION));
        assert_eq!(containing(&PATHS, "/app/slack/exk1/sso/saml"), Some(SAML));
        assert_eq!(containing(&PATHS, "/idp/idx/identify"), None);
        assert_eq!(containing(&EVENT_TYPES, "user.authentication.auth_via_inbound_SAML"), Some(SAML));
        assert_eq!(containing(&EVENT_TYPES, "app.oauth2.as.token.grant"), Some(OAUTH));
    }
}
