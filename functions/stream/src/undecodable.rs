//! Payloads that are not JSON or not UTF-8. Lambda should never hand one over. If it does, its bytes go to
//! quarantine: otherwise the invocation would fail again at every retry.

use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_runtime::LambdaInvocation;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tower::Service;

/// What the handler gets in place of such a payload.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undecodable {
    /// The payload's bytes.
    #[serde(rename = "okta-lake.undecodable")]
    pub(crate) base64: String,
}

impl Undecodable {
    /// Whether `payload` is a stand-in of this layer's, and if so the payload's text as far as it
    /// can be read.
    pub(crate) fn of(payload: &str) -> Option<(Self, String)> {
        let undecodable: Self = serde_json::from_str(payload).ok()?;
        let bytes = STANDARD.decode(&undecodable.base64).ok()?;
        Some((undecodable, String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Puts [`Undecodable`] in front of a runtime's own parser.
pub(crate) struct Layer;

impl<S> tower::Layer<S> for Layer {
    type Service = Checked<S>;

    fn layer(&self, inner: S) -> Checked<S> {
        Checked { inner }
    }
}

/// A service that only ever sees JSON.
pub(crate) struct Checked<S> {
    inner: S,
}

impl<S: Service<LambdaInvocation>> Service<LambdaInvocation> for Checked<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> S::Future {
        if serde_json::from_slice::<&RawValue>(&invocation.body).is_err() {
            let stand_in = Undecodable { base64: STANDARD.encode(&invocation.body) };
            invocation.body = serde_json::to_vec(&stand_in).unwrap_or_default().into();
        }
        self.inner.call(invocation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stand_in_is_one() {
        let stand_in = serde_json::to_string(&Undecodable { base64: STANDARD.encode(b"a\xffb") }).unwrap();
        assert_eq!(Undecodable::of(&stand_in).unwrap().1, "a\u{fffd}b");
        assert!(Undecodable::of(r#"{"Records":[]}"#).is_none());
        assert!(Undecodable::of("null").is_none());
    }
}
