//! What people have enrolled: several factors each, in every state.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, whole};
use crate::api::entities::users;
use crate::api::error::ApiError;
use crate::org::people::{Factor, Person};
use crate::random::mix;
use crate::time::iso;

/// `GET /api/v1/users/{id}/factors`: those of the log first, then others.
pub(crate) fn factors<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let position = users::person(context)?;
    let state = &context.directory.users[position as usize];
    if !state.has_factors || !state.status.has_been_active() {
        return whole(Vec::new());
    }
    let person = &context.org.people[position as usize];
    whole(enrolled(context, person).iter().map(|enrollment| factor(context, position, enrollment)).collect())
}

/// `GET /api/v1/users/{id}/authenticator-enrollments`: the same, as authenticators.
pub(crate) fn enrollments<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let position = users::person(context)?;
    let state = &context.directory.users[position as usize];
    let person = &context.org.people[position as usize];
    let all = if state.has_factors { enrolled(context, person) } else { Vec::new() };
    let object = |enrollment: &Enrollment| {
        let path = format!("/api/v1/users/{}/authenticator-enrollments/{}", person.id, enrollment.id);
        json!({
            "id": enrollment.id,
            "type": enrollment.factor.authenticator().1,
            "key": enrollment.factor.authenticator().0,
            "name": enrollment.factor.label(),
            "status": enrollment.status,
            "created": iso(state.created_ms + 7_200_000),
            "lastUpdated": iso(state.created_ms + 7_200_000),
            "profile": profile(person, enrollment.factor),
            "_links": context.itself(&path),
        })
    };
    whole(all.iter().map(object).collect())
}

/// `GET /webauthn-registration/api/v1/users/{id}/enrollments`: keys that were sent to somebody beforehand.
pub(crate) fn preregistered<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = &context.org.people[users::person(context)? as usize];
    let id = crate::id::object("fwf", mix(person.key, 0x9e9));
    let enrollment = json!({"id": id, "factorType": "webauthn", "fulfillmentProvider": "yubico", "status": "PENDING", "created": context.long_ago(), "lastUpdated": context.long_ago()});
    whole(if person.key.is_multiple_of(10) { vec![enrollment] } else { Vec::new() })
}

/// One enrolment of somebody.
struct Enrollment {
    id: String,
    factor: Factor,
    status: &'static str,
}

/// The statuses of enrolments that are not in use.
const OTHER_STATUSES: [&str; 5] = ["INACTIVE", "PENDING_ACTIVATION", "NOT_SETUP", "ENROLLED", "EXPIRED"];

/// Everything that somebody has enrolled. In a good org nobody has SMS beside a better factor.
fn enrolled(context: &EndpointContext<'_>, person: &Person) -> Vec<Enrollment> {
    let mut enrolled = vec![Enrollment { id: person.factor_id(), factor: person.factor, status: "ACTIVE" }];
    let weak = context.pick(0, 25, 60);
    let others = [
        (Factor::Email, 80),
        (Factor::Sms, weak),
        (Factor::Question, weak / 2),
        (Factor::Totp, 30),
        (Factor::WebAuthn, context.pick(70, 25, 5)),
    ];
    for (number, (factor, percent)) in (1..).zip(others) {
        let draw = mix(person.key, 0xfac + number);
        if factor != person.factor && draw % 100 < percent {
            let status = if draw / 100 % 100 < 82 { "ACTIVE" } else { OTHER_STATUSES[(draw / 10_000 % 5) as usize] };
            enrolled.push(Enrollment { id: factor.enrollment_id(person.key ^ number), factor, status });
        }
    }
    enrolled
}

fn factor(context: &EndpointContext<'_>, position: u32, enrollment: &Enrollment) -> Value {
    let person = &context.org.people[position as usize];
    let created = iso(context.directory.users[position as usize].created_ms + 7_200_000);
    let path = format!("/api/v1/users/{}/factors/{}", person.id, enrollment.id);
    let (kind, provider) = enrollment.factor.kind();
    json!({
        "id": enrollment.id,
        "factorType": kind,
        "provider": provider,
        "vendorName": provider,
        "status": enrollment.status,
        "created": created,
        "lastUpdated": created,
        "profile": profile(person, enrollment.factor),
        "_links": {"self": context.href(&path), "user": context.href(&format!("/api/v1/users/{}", person.id))},
    })
}

fn profile(person: &Person, factor: Factor) -> Value {
    let login = &person.login;
    match factor {
        Factor::Email => json!({"email": login}),
        Factor::FastPass => json!({
            "credentialId": login, "deviceType": "Laptop", "name": person.computer_name(),
            "platform": person.computer.platform, "version": person.computer.os_version,
        }),
        Factor::OktaVerifyPush => json!({
            "credentialId": login, "deviceType": "SmartPhone", "name": person.phone.model,
            "platform": person.phone.platform, "version": person.phone.os_version,
            "keys": [{"kty": "EC", "use": "sig", "kid": "default", "x": "simulated", "y": "simulated", "crv": "P-256"}],
        }),
        Factor::Question => {
            json!({"question": "favorite_art_piece", "questionText": "What is your favorite piece of art?"})
        }
        Factor::Sms => json!({"phoneNumber": format!("+155501000{:02}", person.key % 100)}),
        Factor::Totp => json!({"credentialId": login}),
        Factor::WebAuthn => json!({
            "credentialId": crate::id::hex(person.key ^ 2, 40), "authenticatorName": "Security Key",
        }),
    }
}
