//! What Okta does by itself: directory imports, agents, provisioning, rules, hooks.

use crate::log::record::{Outcome, Record, Target};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, maybe, step, story};
use crate::log::target::{ad_agent, app, app_user, user};

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("import from AD", 26, Cast::Job, IMPORT),
    story("agent connects", 8, Cast::Job, &[step(0, "system.agent.ad.connect", agent), maybe(60, 500, "system.agent.ad.start", agent)]),
    story("agent reads", 40, Cast::Job, &[step(0, "system.agent.ad.read_ldap", agent)]),
    story("sync an account", 60, Cast::Job, &[step(0, "application.provision.user.sync", sync)]),
    story("push a profile", 40, Cast::Job, &[step(0, "application.provision.user.push_profile", sync)]),
    story("evaluate a group rule", 18, Cast::Job, &[step(0, "group.user_membership.rule.evaluation", rule)]),
    story("call an inline hook", 14, Cast::Job, &[step(0, "inline_hook.executed", inline_hook)]),
    story("event hook is down", 1, Cast::Job, &[step(0, "event_hook.delivery", event_hook)]),
];

const IMPORT: &[Step] = &[
    step(0, "system.import.start", import),
    step(4_000, "system.agent.ad.import_user", imported_by_agent),
    step(4_100, "system.import.user.update", imported),
    maybe(500, 5_200, "system.import.user.update", imported),
    step(20_000, "system.import.complete", import_done),
];

fn directory<'a>(scene: &Scene<'a>) -> Target<'a> {
    let apps = &scene.org.apps;
    app(apps
        .iter()
        .find(|app| app.is(crate::org::apps::SignOn::ActiveDirectory))
        .unwrap_or_else(|| scene.org.first_app()))
}

fn import<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("AppName", "active_directory");
    record.debug("importType", "INCREMENTAL");
    record.debug("importTrigger", "SCHEDULED");
    record.target = Some(vec![directory(scene)]);
}

fn import_done<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    import(scene, record);
    let mut random = scene.random(40);
    record.debug("addedObjects", random.below(3).to_string());
    record.debug("updatedObjects", random.below(30).to_string());
    record.debug("unchangedObjects", (scene.org.people.len() as u64).to_string());
    record.debug("totalTime", (1_000 + random.below(19_000)).to_string());
}

fn imported<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    import(scene, record);
    record.target = Some(vec![user(scene.other()), directory(scene)]);
}

fn imported_by_agent<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let other = scene.other();
    record.debug("distinguishedname", format!("CN={},OU=People,DC=corp,DC=acme,DC=example", other.name));
    record.target = Some(vec![user(other), ad_agent(scene.org)]);
}

fn agent<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("agentVersion", "3.19.0");
    record.target = Some(vec![ad_agent(scene.org), directory(scene)]);
}

fn sync<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let synced = scene.changed_app();
    record.debug("AppName", synced.kind.name);
    if scene.random(41).chance(30) {
        record.debug("errorCode", "429");
        record.outcome = Outcome::because("FAILURE", "Automatic profile push failed: rate limit exceeded");
        record.severity = "WARN";
    }
    record.target = Some(vec![app_user(synced, scene.other()), app(synced)]);
}

fn rule<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let id = scene.org.single_id("0pr", 1 + scene.key % 9);
    record.target = Some(vec![Target::new("GroupRule", id, "By department"), user(scene.who)]);
}

fn inline_hook<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("inlineHookType", "com.okta.oauth2.tokens.transform");
    let id = scene.org.single_id("cal", 0);
    record.debug("inlineHook", id.clone());
    record.target = Some(vec![Target::new("InlineHook", id, "Add cost centre")]);
}

fn event_hook<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.outcome = Outcome::because("FAILURE", "The external service did not answer in time");
    record.target = Some(vec![Target::new("EventHook", scene.org.single_id("who", 0), "Ticketing")]);
}
