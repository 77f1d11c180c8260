//! Admins at work: console, groups, apps, policies, zones, tokens, privileges, support.

use crate::log::record::{Entries, Record, Target};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, maybe, step, story, told};
use crate::log::target::{app, app_user, group, policy, rule, user, zone};
use crate::org::changes::Kind;
use crate::org::directory::{ROLES, token_name};
use crate::org::policies::{APP_POLICY, POLICIES, ZONES};

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("open the Admin Console", 30, Cast::Admin, &[step(0, "user.session.access_admin_app", console)]),
    story("save a workflow", 3, Cast::Admin, &[step(0, "workflows.user.flow.save", flow), maybe(300, 9_000, "workflows.user.delegatedflow.run", flow)]),
    story("let Okta Support in", 1, Cast::Admin, SUPPORT),
];

#[rustfmt::skip]
pub(crate) const CHANGES: &[(Kind, Story)] = &[
    (Kind::AppChanged, told("change an app", &[step(0, "application.lifecycle.update", change_app), maybe(300, 5_000, "application.policy.sign_on.update", app_policy)])),
    (Kind::AppCreated, told("create an app", CREATE_APP)),
    (Kind::FactorsReset, told("reset all factors of somebody", &[step(0, "user.mfa.factor.reset_all", on_user), maybe(300, 4_000, "user.session.clear", on_user)])),
    (Kind::GroupChanged, told("rename a group", &[step(0, "group.profile.update", on_group)])),
    (Kind::GroupCreated, told("create a group", &[step(0, "group.lifecycle.create", on_group)])),
    (Kind::IdpChanged, told("change an identity provider", &[step(0, "system.idp.lifecycle.update", on_idp)])),
    (Kind::PolicyChanged, told("change a policy", &[step(0, "policy.lifecycle.update", on_policy), maybe(700, 900, "policy.rule.update", on_rule)])),
    (Kind::RoleGranted, told("make somebody an admin", &[step(0, "user.account.privilege.grant", grant), maybe(200, 400, "iam.resourceset.bindings.add", binding), maybe(50, 900, "group.privilege.grant", group_privilege)])),
    (Kind::RoleRevoked, told("take an admin role away", &[step(0, "user.account.privilege.revoke", revoke)])),
    (Kind::TokenCreated, told("create an API token", &[step(0, "system.api_token.create", on_token)])),
    (Kind::TokenRevoked, told("revoke an API token", &[step(0, "system.api_token.revoke", on_token)])),
    (Kind::ZoneChanged, told("change a zone", &[step(0, "zone.update", on_zone)])),
];

const CREATE_APP: &[Step] = &[
    step(0, "application.lifecycle.create", change_app),
    maybe(500, 300, "app.oauth2.client.lifecycle.create", client),
    maybe(500, 360, "app.oauth2.credentials.lifecycle.create", client),
    maybe(300, 20_000, "app.oauth2.client.privilege.grant", client),
    step(30_000, "group.application_assignment.add", assign_group),
];
const SUPPORT: &[Step] = &[
    step(0, "user.session.impersonation.grant", impersonation),
    step(20_000, "user.session.impersonation.initiate", impersonation),
    step(50_000, "user.session.impersonation.end", impersonation),
];

fn console<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/admin/sso/callback");
    record.target = Some(vec![app_user(scene.org.first_app(), scene.who)]);
}

fn change_app<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let changed = scene.changed_app();
    record.requested(format!("/admin/app/{}/instance/{}/settings/general", changed.kind.name, changed.id));
    let (before, after) =
        (Entries::of("label", format!("{} (old)", changed.label)), Entries::of("label", &*changed.label));
    record.target = Some(vec![app(changed).changed(before, after)]);
}

fn app_policy<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/apps/policies");
    record.target = Some(vec![app(scene.changed_app()), policy(scene.org, APP_POLICY)]);
}

fn assign_group<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let (assigned, to) = (scene.changed_app(), scene.group());
    record.requested(format!("/api/v1/apps/{}/groups/{}", assigned.id, to.id));
    record.debug("groupAppAssignmentId", scene.org.single_id("0ga", scene.key));
    record.target = Some(vec![app(assigned), group(to)]);
}

fn client<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let made = scene.changed_app();
    record.debug("clientId", &*made.id);
    record.debug("clientName", &*made.label);
    record.requested("/api/v1/apps");
    let details = Entries::of("ClientName", &*made.label)
        .with("ApplicationType", "service")
        .with("TokenEndpointAuthMethod", "private_key_jwt");
    record.target = Some(vec![Target::new("PublicClientAppEntity", &*made.id, &*made.label).detailed(details)]);
}

fn on_group<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let changed = scene.group();
    record.requested(format!("/api/v1/groups/{}", changed.id));
    record.target = Some(vec![group(changed)]);
}

fn group_privilege<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let changed = scene.group();
    record.debug("privilegeGranted", "Help Desk administrator");
    record.requested(format!("/api/v1/groups/{}/roles", changed.id));
    record.target = Some(vec![group(changed)]);
}

fn grant<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("privilegeGranted", ROLES[scene.thing() % ROLES.len()].1);
    privilege(scene, record);
}

fn revoke<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("privilegeRevoked", ROLES[scene.thing() % ROLES.len()].1);
    privilege(scene, record);
}

fn privilege<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/internal/administrators/{}", scene.other().id));
    record.target = Some(vec![user(scene.other())]);
}

fn binding<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let set = scene.org.single_id("iam", 1);
    record.requested(format!("/api/v1/iam/resource-sets/{set}/bindings"));
    record.target = Some(vec![Target::new("RESOURCE_SET", set, "Help desk people"), user(scene.other())]);
}

fn on_policy<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let index = scene.thing() % POLICIES.len();
    record.requested(format!("/api/v1/policies/{}", scene.org.policy_id(index)));
    record.target = Some(vec![policy(scene.org, index)]);
}

fn on_rule<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let index = scene.thing() % POLICIES.len();
    record.debug("newPolicyRulePriority", "1");
    record.requested(format!("/api/v1/policies/{}/rules", scene.org.policy_id(index)));
    record.target = Some(vec![rule(scene.org, index, 0), policy(scene.org, index)]);
}

fn on_zone<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let index = scene.thing() % ZONES.len();
    // JSON in a string, as Okta has it here.
    record.debug("zoneData", format!(r#"{{"name":"{}","gateways":["198.51.100.0/24"]}}"#, ZONES[index].0));
    record.requested(format!("/api/v1/zones/{}", scene.org.zone_id(index)));
    record.target = Some(vec![zone(scene.org, index)]);
}

fn on_idp<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let id = scene.org.single_id("0oi", 0);
    record.debug("protocol", "SAML2");
    record.requested(format!("/api/v1/idps/{id}"));
    record.target = Some(vec![Target::new("IdentityProvider", id, "Partner Directory")]);
}

fn on_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/tokens");
    let id = scene.org.single_id("00T", scene.thing() as u64);
    record.target = Some(vec![Target::new("Token", id, token_name(scene.thing() as u64))]);
}

fn on_user<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/v1/users/{}/lifecycle/reset_factors", scene.other().id));
    record.target = Some(vec![user(scene.other())]);
}

fn flow<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/app/api/flo");
    record.target = Some(vec![Target::new("Flow", scene.key.to_string(), "Offboard a contractor")]);
}

fn impersonation<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("caseNumber", format!("{:08}", scene.key % 100_000_000));
    record.requested("/api/v1/org/privacy/oktaSupport/grant");
    record.target = Some(vec![user(scene.who)]);
}
