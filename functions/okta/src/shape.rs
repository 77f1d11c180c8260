//! What an answer with status 200 has to hold, and what is wrong with one that does not: a proxy's page, half a body, an
//! object where a list belongs. Such an answer is asked for again, like a 5xx.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::refusal::clean;
use crate::transport::Answer;

/// The JSON that a right answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any JSON but an error object; or nothing, with status 204.
    Any,
    /// A list of records.
    List,
    /// An object with the list under this name.
    ListIn(&'static str),
}

/// What is wrong with an answer that should be right. Quotes no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongAnswer {
    /// A 2xx status that Okta's API does not use for a GET, such as 206.
    #[error("status {0} instead of 200")]
    Status(u16),
    /// Something that does not even claim to be JSON.
    #[error("{content_type} instead of JSON ({bytes} bytes)")]
    NotJson {
        /// What the answer claims to be.
        content_type: String,
        /// Its length.
        bytes: usize,
    },
    /// No body.
    #[error("an empty body")]
    Empty,
    /// JSON that ends early, or is followed by something else, or is not JSON at all.
    #[error("JSON that is cut off or broken ({bytes} bytes)")]
    Broken {
        /// Its length.
        bytes: usize,
    },
    /// An error object, although the status says success.
    #[error("the error {0} with status 200")]
    ErrorObject(String),
    /// Something else where a list belongs.
    #[error("JSON that is not a list")]
    NotAList,
    /// An object without its list.
    #[error("JSON without a list under {0:?}")]
    NoListIn(&'static str),
    /// JSON of another shape than Okta documents.
    #[error("JSON of another shape than documented (line {line}, column {column})")]
    OtherShape {
        /// Where it differs.
        line: usize,
        /// Where it differs.
        column: usize,
    },
}

impl Shape {
    /// Refuses an answer with a 2xx status that is not what Okta sends. `secrets` are what the request carried.
    pub(crate) fn check(self, answer: &Answer, secrets: &[SecretString]) -> Result<(), WrongAnswer> {
        match answer.status {
            StatusCode::NO_CONTENT if self == Self::Any => return Ok(()),
            StatusCode::OK => {}
            other => return Err(WrongAnswer::Status(other.as_u16())),
        }
        check_json(answer, secrets)?;
        match self {
            Self::Any => Ok(()),
            Self::List => elements(&answer.body).map(drop).ok_or(WrongAnswer::NotAList),
            Self::ListIn(name) => list_in(&answer.body, name).map(drop).ok_or(WrongAnswer::NoListIn(name)),
        }
    }
}

fn check_json(answer: &Answer, secrets: &[SecretString]) -> Result<(), WrongAnswer> {
    let bytes = answer.body.len();
    if !answer.claims_json() {
        let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        return Err(WrongAnswer::NotJson { content_type: clean(content_type.unwrap_or("binary"), secrets), bytes });
    }
    if answer.body.trim_ascii().is_empty() {
        return Err(WrongAnswer::Empty);
    }
    if !answer.is_json() {
        return Err(WrongAnswer::Broken { bytes });
    }
    error_code(&answer.body).map_or(Ok(()), |code| Err(WrongAnswer::ErrorObject(clean(&code, secrets))))
}

/// The elements of a JSON array.
pub(crate) fn elements(body: &[u8]) -> Option<Vec<&RawValue>> {
    serde_json::from_slice(body).ok()
}

/// The elements of the array that an object has under `name`.
pub(crate) fn list_in<'a>(body: &'a [u8], name: &str) -> Option<Vec<&'a RawValue>> {
    let members: std::collections::HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    elements(members.get(name)?.get().as_bytes())
}

/// The code of an error object of the API or of OAuth. No record of the API has these two members together.
fn error_code(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct ErrorObject {
        #[serde(rename = "errorCode")]
        code: Option<String>,
        #[serde(rename = "errorSummary")]
        summary: Option<IgnoredAny>,
        error: Option<String>,
        error_description: Option<IgnoredAny>,
    }
    if body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let object: ErrorObject = serde_json::from_slice(body).ok()?;
    object.code.filter(|_| object.summary.is_some()).or(object.error.filter(|_| object.error_description.is_some()))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn check(shape: Shape, status: u16, content_type: &'static str, body: &'static str) -> Result<(), WrongAnswer> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let status = StatusCode::from_u16(status).unwrap();
        shape.check(&Answer { status, headers, body: body.into() }, &[])
    }

    const JSON: &str = "application/json;charset=UTF-8";

    #[test]
    fn right_answers_pass() {
        for (shape, status, body) in [
            (Shape::Any, 204, ""),
            (Shape::Any, 200, "{}"),
            (Shape::Any, 200, r#" [{"errorCode": "x", "errorSummary": "y"}] "#),
            (Shape::Any, 200, r#"{"error": "a member of a record"}"#),
            (Shape::List, 200, "[]"),
            (Shape::List, 200, "\n[1, {\"a\": [2]}]"),
            (Shape::ListIn("roles"), 200, r#"{"roles": [{}], "_links": {}}"#),
        ] {
            assert_eq!(check(shape, status, JSON, body), Ok(()), "{shape:?} {body}");
        }
    }

    #[test]
    fn each_wrong_200_has_its_name() {
        let error = r#"{"errorCode": "E0000009", "errorSummary": "Internal Server Error"}"#;
        let html = WrongAnswer::NotJson { content_type: "text/html".into(), bytes: 2 };
        for (shape, status, content_type, body, expected) in [
            (Shape::List, 204, JSON, "", WrongAnswer::Status(204)),
            (Shape::Any, 206, JSON, "[]", WrongAnswer::Status(206)),
            (Shape::Any, 202, JSON, "[]", WrongAnswer::Status(202)),
            (Shape::Any, 200, "text/html", "[]", html),
            (Shape::Any, 200, JSON, " ", WrongAnswer::Empty),
            (Shape::Any, 200, JSON, "<html>", WrongAnswer::Broken { bytes: 6 }),
            (Shape::List, 200, JSON, "[][]", WrongAnswer::Broken { bytes: 4 }),
            (Shape::List, 200, JSON, "[{\"a\":", WrongAnswer::Broken { bytes: 6 }),
            (Shape::Any, 200, JSON, error, WrongAnswer::ErrorObject("E0000009".into())),
            (
                Shape::Any,
                200,
                JSON,
                r#"{"error": "server_error", "error_description": ""}"#,
                WrongAnswer::ErrorObject("server_error".into()),
            ),
            (Shape::List, 200, JSON, "{}", WrongAnswer::NotAList),
            (Shape::List, 200, JSON, "null", WrongAnswer::NotAList),
            (Shape::List, 200, JSON, "\"[]\"", WrongAnswer::NotAList),
            (Shape::ListIn("roles"), 200, JSON, "[]", WrongAnswer::NoListIn("roles")),
            (Shape::ListIn("roles"), 200, JSON, "{}", WrongAnswer::NoListIn("roles")),
            (Shape::ListIn("roles"), 200, JSON, r#"{"roles": {}}"#, WrongAnswer::NoListIn("roles")),
        ] {
            assert_eq!(check(shape, status, content_type, body), Err(expected), "{shape:?} {status} {body}");
        }
    }
}
