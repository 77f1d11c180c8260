//! Rate limits that were nearly or really reached.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Outcome, Record, Target};
use crate::log::scenario::{Scenario, scenario, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::app;
use crate::random::mix;

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("org limit nearly reached", 6, ActorKind::Service, &[step(0, "system.org.rate_limit.warning", warning)]),
    scenario("org limit reached", 2, ActorKind::Service, &[step(0, "system.org.rate_limit.violation", violation)]),
    scenario("client limit reached", 2, ActorKind::Service, &[step(0, "system.client.rate_limit.violation", client_violation)]),
    scenario("operation limit reached", 2, ActorKind::Person, &[step(0, "system.operation.rate_limit.violation", operation)]),
    scenario("too many at once", 1, ActorKind::Service, &[step(0, "core.concurrency.org.limit.violation", concurrency)]),
    scenario("an app limits Okta", 2, ActorKind::Job, &[step(0, "application.integration.rate_limit_exceeded", integration)]),
];

fn bucket<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("rateLimitScopeType", "ORG");
    record.debug("rateLimitSecondsToReset", context.random(50).below(60).to_string());
    record.debug("threshold", "600");
    record.debug("timeSpan", "1");
    record.debug("timeUnit", "MINUTES");
    record.debug("userId", &*context.who.id);
    record.requested("/api/v1/users");
    let uuid = crate::id::uuid(context.began_ms, mix(context.org.config.seed, 51));
    record.target = Some(vec![
        Target::new("URL Pattern", "/api/v1/users", "/api/v1/users"),
        Target::new("Bucket Uuid", uuid, "Bucket Uuid"),
    ]);
}

fn warning<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("warningPercent", "90");
    bucket(context, record);
}

fn violation<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    bucket(context, record);
    record.outcome = Outcome::because("DENY", "Too many requests");
}

fn client_violation<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("clientId", &*context.service_app().id);
    bucket(context, record);
    record.outcome = Outcome::because("DENY", "Too many requests");
}

fn operation<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("operationRateLimitType", "phone_enrollment");
    record.debug("operationRateLimitSubtype", "SMS");
    record.debug("operationRateLimitScopeType", "user");
    record.debug("operationRateLimitThreshold", "15");
    record.debug("operationRateLimitTimeSpan", "5");
    record.debug("operationRateLimitTimeUnit", "MINUTES");
    record.debug("operationRateLimitSecondsToReset", context.random(52).below(300).to_string());
    record.requested("/api/v1/authn/factors");
    record.outcome = Outcome::because("DENY", "Too many enrollment attempts for SMS factor");
    record.target = Some(vec![
        Target::new("Factor Type", "phone", "phone"),
        Target::new("URL Pattern", "/api/v1/authn/factors", "/api/v1/authn/factors"),
    ]);
}

fn concurrency<'a>(_: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/users");
    // RecordedRequest in the wild: these have no outcome worth the name, and no targets.
    record.outcome = Outcome { result: "UNKNOWN", reason: None };
}

fn integration<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.target = Some(vec![app(context.changed_app())]);
}
