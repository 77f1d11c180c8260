//! What faults make of an answer.

pub(crate) mod asked;
mod bodies;
mod links;
mod records;
mod secrets;

use crate::api::answer::Answer;
use crate::api::fault_effects::asked::{Asked, ELSEWHERE};
use crate::fault::kind::FaultKind;
use crate::fault::refusal::{Refusal, Reply};
use crate::fault::spec::Fault;

const HTML: &str = "<!DOCTYPE html><html><head><title>Gateway</title></head>\
                    <body><h1>We will be right back</h1></body></html>";

/// What is answered instead by something in front of the org, without a look at the request.
pub(crate) fn by_gateway(kind: &FaultKind, path: &str) -> Option<Answer> {
    match kind {
        FaultKind::Html => Some(Answer::typed(200, "text/html;charset=utf-8", HTML.to_owned())),
        FaultKind::Redirect => Some(Answer::empty(302).with("location", format!("{ELSEWHERE}{path}"))),
        FaultKind::ServerError(status) => Some(Answer::typed(*status, "text/html", HTML.to_owned())),
        FaultKind::Reply(reply) => Some(verbatim(reply)),
        _ => None,
    }
}

/// What the org answers instead, to a caller whom it knows.
pub(crate) fn by_org(kind: &FaultKind) -> Option<Answer> {
    match kind {
        FaultKind::Refused(refusal) => Some(refused(refusal)),
        FaultKind::PageTooLarge(..) => Some(refused(&Refusal::new(500, "E0000009"))),
        _ => None,
    }
}

/// The answer after a fault that changes it.
pub(crate) fn changed(fault: &Fault, answer: Answer, asked: Asked<'_>) -> Answer {
    match &fault.kind {
        FaultKind::Record(edit) => records::edited(fault, edit, answer),
        FaultKind::SecretsInStructures => secrets::planted(answer, &secrets::in_structures()),
        FaultKind::SecretsPlanted => secrets::planted(answer, &secrets::by_name_and_looks()),
        FaultKind::WrongBody(kind) => bodies::wrong(*kind, answer),
        FaultKind::Oversize(_, bytes) => bodies::padded(answer, *bytes),
        kind => links::changed(kind, answer, asked),
    }
}

/// The answer with JSON that ends too early.
pub(crate) fn truncated(mut answer: Answer) -> Answer {
    answer.body.truncate(answer.body.len() * 2 / 3);
    answer
}

fn verbatim(reply: &Reply) -> Answer {
    let headers = reply.headers.iter().map(|(name, value)| (name.clone().into(), value.clone()));
    Answer { status: reply.status, headers: headers.collect(), body: reply.body.clone() }
}

fn refused(refusal: &Refusal) -> Answer {
    Answer::json(refusal.status, &refusal.body())
}
