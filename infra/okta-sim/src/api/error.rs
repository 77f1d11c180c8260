//! The API's errors, in Okta's words. Only the code is stable, says Okta.

use serde_json::{Value, json};

use crate::api::answer::Answer;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// The role is missing.
    #[error("You do not have permission to perform the requested action")]
    AccessDenied,
    /// The feature is not licensed.
    #[error("You do not have permission to access the feature you are requesting")]
    FeatureNotEnabled,
    #[error("Internal Server Error")]
    Internal,
    /// A cursor that belongs to another list, or has expired.
    #[error("Invalid paging request.")]
    InvalidCursor,
    /// The System Log's own error: filters and parameters.
    #[error("{0}")]
    InvalidLogQuery(String),
    #[error("Invalid search criteria.")]
    InvalidSearch,
    #[error("Invalid token provided")]
    InvalidToken,
    #[error("Bad request.  Accept and/or Content-Type headers likely do not match supported values.")]
    MediaType,
    #[error("The endpoint does not support the provided HTTP method")]
    MethodNotAllowed,
    #[error("Not found: Resource not found: {0}")]
    NotFound(String),
    #[error("API call exceeded rate limit due to too many requests.")]
    TooManyRequests,
    /// A parameter, and what is wrong with it.
    #[error("Api validation failed: {0}")]
    Validation(String, String),
}

impl ApiError {
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::InvalidCursor
            | Self::InvalidLogQuery(_)
            | Self::InvalidSearch
            | Self::MediaType
            | Self::Validation(..) => 400,
            Self::FeatureNotEnabled | Self::InvalidToken => 401,
            Self::AccessDenied => 403,
            Self::NotFound(_) => 404,
            Self::MethodNotAllowed => 405,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
        }
    }

    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied => "E0000006",
            Self::FeatureNotEnabled => "E0000015",
            Self::Internal => "E0000009",
            Self::InvalidCursor => "E0000029",
            Self::InvalidLogQuery(_) => "E0000053",
            Self::InvalidSearch => "E0000031",
            Self::InvalidToken => "E0000011",
            Self::MediaType => "E0000021",
            Self::MethodNotAllowed => "E0000022",
            Self::NotFound(_) => "E0000007",
            Self::TooManyRequests => "E0000047",
            Self::Validation(..) => "E0000001",
        }
    }

    /// The answer; `request_id` becomes part of the error's id.
    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        Answer::json(self.status(), &self.body(request_id))
    }

    fn body(&self, request_id: &str) -> Value {
        let causes = match self {
            Self::InvalidCursor => json!([{"errorSummary": "Invalid cursor."}]),
            Self::Validation(_, cause) => json!([{"errorSummary": cause}]),
            _ => json!([]),
        };
        if matches!(self, Self::InvalidLogQuery(_)) {
            // The System Log leaves out the link and the id.
            return json!({"errorCode": self.code(), "errorSummary": self.to_string(), "errorCauses": causes});
        }
        let id = format!("oae{}", &request_id[..request_id.len().min(22)]);
        json!({
            "errorCode": self.code(),
            "errorSummary": self.to_string(),
            "errorLink": self.code(),
            "errorId": id,
            "errorCauses": causes,
        })
    }
}
