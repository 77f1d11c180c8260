//! An answer before it goes out: status, headers in order, body.

use std::borrow::Cow;

use serde_json::Value;

/// What the org answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names may repeat: Okta sends one `link` line for each relation.
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::typed(status, "application/json", body.to_string())
    }

    /// A body that is JSON text already.
    pub(crate) fn json_text(body: String) -> Self {
        Self::typed(200, "application/json", body)
    }

    /// A body of another type.
    pub(crate) fn typed(status: u16, content_type: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type".into(), content_type.to_owned())], body: body.into_bytes() }
    }

    /// No body at all.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// With one header more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}
