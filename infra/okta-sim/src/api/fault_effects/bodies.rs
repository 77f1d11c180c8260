//! Bodies of the wrong kind or size.

use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::fault::kind::WrongBody;
use crate::fault::refusal::Refusal;

/// The answer with a body of the wrong kind.
pub(super) fn wrong(kind: WrongBody, answer: Answer) -> Answer {
    let body = match kind {
        WrongBody::ContentType => return typed("text/html;charset=utf-8", answer),
        WrongBody::Empty => Vec::new(),
        WrongBody::ErrorObject => Refusal::new(500, "E0000009").body().to_string().into_bytes(),
        WrongBody::Null => b"null".to_vec(),
        WrongBody::Shape => other_shape(&answer.body),
        WrongBody::Text => b"upstream connect error or disconnect/reset before headers".to_vec(),
    };
    Answer { body, ..answer }
}

/// The answer with at least this many bytes of body, all of them JSON.
pub(super) fn padded(mut answer: Answer, bytes: usize) -> Answer {
    let missing = bytes.saturating_sub(answer.body.len());
    answer.body.extend(std::iter::repeat_n(b' ', missing));
    answer
}

fn typed(content_type: &str, mut answer: Answer) -> Answer {
    for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "content-type") {
        content_type.clone_into(value);
    }
    answer
}

/// An object for a list, a list for an object.
fn other_shape(body: &[u8]) -> Vec<u8> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let other = if body.is_array() { json!({"items": body}) } else { json!([body]) };
    other.to_string().into_bytes()
}
