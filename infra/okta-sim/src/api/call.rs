//! A request as it came in.

/// A request, taken apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// The id that the org gives it: `X-Okta-Request-Id`.
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The query as it came.
    pub(crate) query_text: String,
    query: Vec<(String, String)>,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(id: String, method: &str, path: &str, query: &str, headers: Vec<(String, String)>) -> Self {
        Self {
            id,
            method: method.to_owned(),
            path: path.to_owned(),
            query_text: query.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            body: Vec::new(),
        }
    }

    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All query parameters.
    pub(crate) fn queries(&self) -> &[(String, String)] {
        &self.query
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    /// A header that may come more than once.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The path's segments.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }
}
