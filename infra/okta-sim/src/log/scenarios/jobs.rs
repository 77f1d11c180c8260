//! What Okta does by itself: directory imports, agents, provisioning, rules, hooks.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Outcome, Record, Target};
use crate::log::scenario::{Scenario, Step, maybe, scenario, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{ad_agent, app, app_user, user};

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("import from AD", 26, ActorKind::Job, IMPORT),
    scenario("agent connects", 8, ActorKind::Job, &[step(0, "system.agent.ad.connect", agent), maybe(60, 500, "system.agent.ad.start", agent)]),
    scenario("agent reads", 40, ActorKind::Job, &[step(0, "system.agent.ad.read_ldap", agent)]),
    scenario("sync an account", 60, ActorKind::Job, &[step(0, "application.provision.user.sync", sync)]),
    scenario("push a profile", 40, ActorKind::Job, &[step(0, "application.provision.user.push_profile", sync)]),
    scenario("evaluate a group rule", 18, ActorKind::Job, &[step(0, "group.user_membership.rule.evaluation", rule)]),
    scenario("call an inline hook", 14, ActorKind::Job, &[step(0, "inline_hook.executed", inline_hook)]),
    scenario("event hook is down", 1, ActorKind::Job, &[step(0, "event_hook.delivery", event_hook)]),
];

const IMPORT: &[Step] = &[
    step(0, "system.import.start", import),
    step(4_000, "system.agent.ad.import_user", imported_by_agent),
    step(4_100, "system.import.user.update", imported),
    maybe(500, 5_200, "system.import.user.update", imported),
    step(20_000, "system.import.complete", import_done),
];

fn directory<'a>(context: &ScenarioContext<'a>) -> Target<'a> {
    let apps = &context.org.apps;
    app(apps
        .iter()
        .find(|app| app.is(crate::org::apps::SignOn::ActiveDirectory))
        .unwrap_or_else(|| context.org.first_app()))
}

fn import<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("AppName", "active_directory");
    record.debug("importType", "INCREMENTAL");
    record.debug("importTrigger", "SCHEDULED");
    record.target = Some(vec![directory(context)]);
}

fn import_done<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    import(context, record);
    let mut random = context.random(40);
    record.debug("addedObjects", random.below(3).to_string());
    record.debug("updatedObjects", random.below(30).to_string());
    record.debug("unchangedObjects", (context.org.people.len() as u64).to_string());
    record.debug("totalTime", (1_000 + random.below(19_000)).to_string());
}

fn imported<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    import(context, record);
    record.target = Some(vec![user(context.other()), directory(context)]);
}

fn imported_by_agent<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let other = context.other();
    record.debug("distinguishedname", format!("CN={},OU=People,DC=corp,DC=acme,DC=example", other.name));
    record.target = Some(vec![user(other), ad_agent(context.org)]);
}

fn agent<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("agentVersion", "3.19.0");
    record.target = Some(vec![ad_agent(context.org), directory(context)]);
}

fn sync<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let synced = context.changed_app();
    record.debug("AppName", synced.kind.name);
    if context.random(41).chance(30) {
        record.debug("errorCode", "429");
        record.outcome = Outcome::because("FAILURE", "Automatic profile push failed: rate limit exceeded");
        record.severity = "WARN";
    }
    record.target = Some(vec![app_user(synced, context.other()), app(synced)]);
}

fn rule<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let id = context.org.single_id("0pr", 1 + context.key % 9);
    record.target = Some(vec![Target::new("GroupRule", id, "By department"), user(context.who)]);
}

fn inline_hook<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("inlineHookType", "com.okta.oauth2.tokens.transform");
    let id = context.org.single_id("cal", 0);
    record.debug("inlineHook", id.clone());
    record.target = Some(vec![Target::new("InlineHook", id, "Add cost centre")]);
}

fn event_hook<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.outcome = Outcome::because("FAILURE", "The external service did not answer in time");
    record.target = Some(vec![Target::new("EventHook", context.org.single_id("who", 0), "Ticketing")]);
}
