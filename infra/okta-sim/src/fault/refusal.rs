//! Refusals and other answers that replace the org's own.

use serde_json::{Value, json};

/// A refusal in Okta's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `errorCode`.
    pub code: String,
    /// `errorSummary`.
    pub summary: String,
    /// `errorCauses`, one text each.
    pub causes: Vec<String>,
}

/// Any answer: nothing is added to it but `Date` and the request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, in order; names may repeat.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Summaries of the codes that are refused most, sorted by code.
const SUMMARIES: &[(&str, &str)] = &[
    ("E0000001", "Api validation failed"),
    ("E0000006", "You do not have permission to perform the requested action"),
    ("E0000007", "Not found: Resource not found"),
    ("E0000009", "Internal Server Error"),
    ("E0000011", "Invalid token provided"),
    ("E0000015", "You do not have permission to access the feature you are requesting"),
    ("E0000022", "The endpoint does not support the provided HTTP method"),
    ("E0000029", "Invalid paging request."),
    ("E0000031", "Invalid search criteria."),
    ("E0000047", "API call exceeded rate limit due to too many requests."),
];

impl Refusal {
    /// A refusal with the usual summary of its code.
    pub fn new(status: u16, code: impl Into<String>) -> Self {
        let code = code.into();
        let known = SUMMARIES.iter().find(|(known, _)| *known == code);
        let summary = known.map_or("The request was refused", |(_, summary)| summary);
        Self { status, summary: summary.to_owned(), causes: Vec::new(), code }
    }

    /// With one cause more.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// The body, as Okta writes it.
    pub(crate) fn body(&self) -> Value {
        let causes: Vec<Value> = self.causes.iter().map(|cause| json!({"errorSummary": cause})).collect();
        json!({
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": "oaeSimulatedRefusal0000000",
            "errorCauses": causes,
        })
    }
}

impl Reply {
    /// A body of a type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.into() }
    }

    /// With one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// What a web server answers whose host is no Okta org.
    pub fn no_such_org() -> Self {
        Self { status: 404, headers: Vec::new(), body: br#"{"status":404,"message":"Resource not found"}"#.to_vec() }
            .with("server", "Apache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_sorted() {
        assert!(SUMMARIES.is_sorted(), "sort SUMMARIES by code");
    }
}
