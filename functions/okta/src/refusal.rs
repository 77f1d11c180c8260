//! A refusal, read into one type: API errors, OAuth errors, empty bodies and HTML pages alike.

use std::fmt;

use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::advice::{self, Disposition, Facts};
use crate::challenge;

/// More of a text that Okta sent is not shown.
const TEXT_LIMIT: usize = 300;

/// Replacing what is shorter would spoil the text; Okta's secrets have 40 letters and more.
const SHORTEST_SECRET: usize = 6;

/// What Okta said when it refused. Texts of the server are cut short and freed of secrets and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `errorCode` of the API, `error` of the token endpoint or of `WWW-Authenticate`: stable, for control flow.
    pub code: Option<String>,
    /// `errorSummary` or `error_description`, for people.
    pub summary: String,
    /// `errorCauses`, for people.
    pub causes: Vec<String>,
    /// Okta's id of this very error, for its support.
    pub error_id: Option<String>,
    /// `X-Okta-Request-Id`: finds the call in the System Log.
    pub request_id: Option<String>,
    /// The scopes that the call needs and the token lacks.
    pub needed_scopes: Vec<String>,
}

/// Every shape of an error body; unknown members are no mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(rename = "errorCode")]
    error_code: Option<String>,
    #[serde(rename = "errorSummary")]
    error_summary: Option<String>,
    #[serde(rename = "errorId")]
    error_id: Option<String>,
    #[serde(rename = "errorCauses")]
    error_causes: Vec<Cause>,
    error: Option<String>,
    error_description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    #[serde(rename = "errorSummary")]
    error_summary: Option<String>,
}

impl Refusal {
    /// Reads an answer. `secrets` are what the request carried: an answer that echoes them is cleaned.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8], secrets: &[SecretString]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let clean = |text: &str| clean(text, secrets);
        let challenge = |name| challenge::parameter(headers, name);
        // A challenge for a nonce takes precedence over the body.
        let asked = challenge("error").filter(|error| error == "use_dpop_nonce");
        let code = asked.or(body.error_code).or(body.error).or_else(|| challenge("error"));
        let summary = body.error_summary.or(body.error_description).or_else(|| challenge("error_description"));
        let causes = body.error_causes.iter().filter_map(|cause| cause.error_summary.as_deref());
        let scopes = challenge("scope").filter(|_| code.as_deref() == Some("insufficient_scope"));
        Self {
            status: status.as_u16(),
            code: code.as_deref().map(clean),
            summary: summary.as_deref().map(clean).unwrap_or_default(),
            causes: causes.take(5).map(clean).collect(),
            error_id: body.error_id.as_deref().map(clean),
            request_id: header(headers, "x-okta-request-id").map(clean),
            needed_scopes: scopes.iter().flat_map(|scopes| scopes.split_whitespace()).map(clean).collect(),
        }
    }

    /// What a caller does with it.
    pub fn disposition(&self) -> Disposition {
        advice::disposition(&self.facts())
    }

    /// What a person does about it.
    pub fn remedy(&self) -> String {
        let remedy = advice::remedy(&self.facts());
        match self.needed_scopes.as_slice() {
            [] => remedy.to_owned(),
            scopes => format!("{remedy} ({})", scopes.join(", ")),
        }
    }

    /// Whether the answer has a mark that only Okta sets.
    pub(crate) fn is_oktas(&self) -> bool {
        self.code.is_some() || self.request_id.is_some()
    }

    fn facts(&self) -> Facts<'_> {
        let texts = std::iter::once(&self.summary).chain(&self.causes).map(String::as_str).collect();
        Facts { status: self.status, code: self.code.as_deref(), texts, is_oktas: self.is_oktas() }
    }

    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the credentials were not accepted, so that new ones may help. A 401 can also mean a missing feature.
    pub(crate) fn rejects_credentials(&self) -> bool {
        self.status == 401 && self.disposition() == Disposition::Stop
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A text of the server, short and without secrets and control characters.
pub(crate) fn clean(text: &str, secrets: &[SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= SHORTEST_SECRET) {
        text = text.replace(secret, "***");
    }
    let printable = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(TEXT_LIMIT).map(printable).collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, ", {code}")?;
        }
        if !self.summary.is_empty() {
            write!(f, ": {}", self.summary.trim_end_matches('.'))?;
        }
        for cause in &self.causes {
            write!(f, "; {}", cause.trim_end_matches('.'))?;
        }
        if let Some(id) = &self.error_id {
            write!(f, ", error id {id}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, ", request id {id}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, headers: &[(&'static str, &str)], body: &str) -> Refusal {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let secrets = ["PLANTED".to_owned().into(), "e".to_owned().into()];
        Refusal::read(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes(), &secrets)
    }

    #[test]
    fn an_api_error_is_read_whole() {
        let body = r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: limit","errorLink":"E0000001",
            "errorId":"oaeHfmOAx1iRLa0H10DeMz5fQ","errorCauses":[{"errorSummary":"limit: too big."},{"x":1}]}"#;
        let refusal = read(400, &[("x-okta-request-id", "req1")], body);
        assert_eq!(refusal.disposition(), Disposition::Rejected);
        let text = "HTTP 400, E0000001: Api validation failed: limit; limit: too big, \
            error id oaeHfmOAx1iRLa0H10DeMz5fQ, request id req1";
        assert_eq!(refusal.to_string(), text);
    }

    #[test]
    fn a_missing_scope_is_read_from_the_header_alone() {
        let header = r#"Bearer scope="okta.groups.read", error="insufficient_scope", error_description="No.""#;
        let refusal = read(403, &[("www-authenticate", header)], "");
        assert_eq!(refusal.disposition(), Disposition::Denied);
        assert_eq!(refusal.needed_scopes, ["okta.groups.read"]);
        assert!(refusal.remedy().ends_with("Okta API Scopes (okta.groups.read)"), "{}", refusal.remedy());
        assert_eq!(refusal.to_string(), "HTTP 403, insufficient_scope: No");
    }

    #[test]
    fn an_oauth_error_is_read_like_an_api_error() {
        let refusal = read(
            401,
            &[],
            r#"{"error":"invalid_client","error_description":"The client_assertion JWT kid is invalid."}"#,
        );
        assert_eq!(refusal.disposition(), Disposition::Stop);
        assert!(refusal.remedy().contains("`key_id`"));
        assert!(refusal.rejects_credentials());
    }

    #[test]
    fn a_nonce_that_is_asked_for_is_heard_whatever_the_body_says() {
        let header = [("www-authenticate", r#"DPoP error="use_dpop_nonce""#)];
        assert!(read(401, &header, r#"{"errorCode":"E0000011"}"#).is("use_dpop_nonce"));
        assert!(read(400, &[], r#"{"error":"use_dpop_nonce"}"#).is("use_dpop_nonce"));
    }

    #[test]
    fn a_body_that_is_no_error_object_leaves_the_status_to_tell() {
        for body in ["", "<html>Service Unavailable</html>", "null", "[1]", "\"text\"", r#"{"errorCode": 5}"#, "{\"err"]
        {
            let refusal = read(503, &[], body);
            assert_eq!((refusal.disposition(), refusal.to_string()), (Disposition::Retry, "HTTP 503".into()), "{body}");
        }
    }

    #[test]
    fn a_missing_feature_is_no_reason_to_read_the_secret_again() {
        assert!(!read(401, &[], r#"{"errorCode":"E0000015"}"#).rejects_credentials());
        assert!(read(401, &[], r#"{"errorCode":"E0000011"}"#).rejects_credentials());
        assert!(read(401, &[], "").rejects_credentials());
        assert!(!read(403, &[], r#"{"errorCode":"E0000006"}"#).rejects_credentials());
    }

    #[test]
    fn an_echoed_secret_and_control_characters_do_not_get_into_the_text() {
        let body = r#"{"errorCode":"PLANTED","errorSummary":"token PLANTED\nis bad\u001b[31m","errorId":"xPLANTEDx",
            "errorCauses":[{"errorSummary":"PLANTED"}]}"#;
        let refusal =
            read(401, &[("x-okta-request-id", "PLANTED"), ("www-authenticate", "Bearer scope=PLANTED")], body);
        let shown = format!("{refusal} {refusal:?} {}", refusal.remedy());
        assert!(!shown.contains("PLANTED") && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(refusal.summary, "token *** is bad [31m");
        let long = read(400, &[], &format!(r#"{{"errorSummary":"{}"}}"#, "ä".repeat(10_000)));
        assert_eq!(long.summary.chars().count(), TEXT_LIMIT);
    }
}
