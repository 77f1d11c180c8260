//! Rate limits that were nearly or really reached.

use crate::log::record::{Outcome, Record, Target};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Story, step, story};
use crate::log::target::app;
use crate::random::mix;

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("org limit nearly reached", 6, Cast::Service, &[step(0, "system.org.rate_limit.warning", warning)]),
    story("org limit reached", 2, Cast::Service, &[step(0, "system.org.rate_limit.violation", violation)]),
    story("client limit reached", 2, Cast::Service, &[step(0, "system.client.rate_limit.violation", client_violation)]),
    story("operation limit reached", 2, Cast::Person, &[step(0, "system.operation.rate_limit.violation", operation)]),
    story("too many at once", 1, Cast::Service, &[step(0, "core.concurrency.org.limit.violation", concurrency)]),
    story("an app limits Okta", 2, Cast::Job, &[step(0, "application.integration.rate_limit_exceeded", integration)]),
];

fn bucket<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("rateLimitScopeType", "ORG");
    record.debug("rateLimitSecondsToReset", scene.random(50).below(60).to_string());
    record.debug("threshold", "600");
    record.debug("timeSpan", "1");
    record.debug("timeUnit", "MINUTES");
    record.debug("userId", &*scene.who.id);
    record.requested("/api/v1/users");
    let uuid = crate::id::uuid(scene.began_ms, mix(scene.org.config.seed, 51));
    record.target = Some(vec![
        Target::new("URL Pattern", "/api/v1/users", "/api/v1/users"),
        Target::new("Bucket Uuid", uuid, "Bucket Uuid"),
    ]);
}

fn warning<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("warningPercent", "90");
    bucket(scene, record);
}

fn violation<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    bucket(scene, record);
    record.outcome = Outcome::because("DENY", "Too many requests");
}

fn client_violation<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("clientId", &*scene.service_app().id);
    bucket(scene, record);
    record.outcome = Outcome::because("DENY", "Too many requests");
}

fn operation<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("operationRateLimitType", "phone_enrollment");
    record.debug("operationRateLimitSubtype", "SMS");
    record.debug("operationRateLimitScopeType", "user");
    record.debug("operationRateLimitThreshold", "15");
    record.debug("operationRateLimitTimeSpan", "5");
    record.debug("operationRateLimitTimeUnit", "MINUTES");
    record.debug("operationRateLimitSecondsToReset", scene.random(52).below(300).to_string());
    record.requested("/api/v1/authn/factors");
    record.outcome = Outcome::because("DENY", "Too many enrollment attempts for SMS factor");
    record.target = Some(vec![
        Target::new("Factor Type", "phone", "phone"),
        Target::new("URL Pattern", "/api/v1/authn/factors", "/api/v1/authn/factors"),
    ]);
}

fn concurrency<'a>(_: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/users");
    // Seen in the wild: these have no outcome worth the name, and no targets.
    record.outcome = Outcome { result: "UNKNOWN", reason: None };
}

fn integration<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.target = Some(vec![app(scene.changed_app())]);
}
