//! Admins at work: console, groups, apps, policies, zones, tokens, privileges, support.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Entries, Record, Target};
use crate::log::scenario::{Scenario, Step, change_scenario, maybe, scenario, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{app, app_user, group, policy, rule, user, zone};
use crate::org::change::ChangeKind;
use crate::org::directory::token_name;
use crate::org::policies::{APP_POLICY, POLICIES, ZONES};
use crate::org::roles::ROLES;

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("open the Admin Console", 30, ActorKind::Admin, &[step(0, "user.session.access_admin_app", console)]),
    scenario("save a workflow", 3, ActorKind::Admin, &[step(0, "workflows.user.flow.save", flow), maybe(300, 9_000, "workflows.user.delegatedflow.run", flow)]),
    scenario("let Okta Support in", 1, ActorKind::Admin, SUPPORT),
];

#[rustfmt::skip]
pub(crate) const CHANGES: &[(ChangeKind, Scenario)] = &[
    (ChangeKind::AppChanged, change_scenario("change an app", &[step(0, "application.lifecycle.update", change_app), maybe(300, 5_000, "application.policy.sign_on.update", app_policy)])),
    (ChangeKind::AppCreated, change_scenario("create an app", CREATE_APP)),
    (ChangeKind::FactorsReset, change_scenario("reset all factors of somebody", &[step(0, "user.mfa.factor.reset_all", on_user), maybe(300, 4_000, "user.session.clear", on_user)])),
    (ChangeKind::GroupChanged, change_scenario("rename a group", &[step(0, "group.profile.update", on_group)])),
    (ChangeKind::GroupCreated, change_scenario("create a group", &[step(0, "group.lifecycle.create", on_group)])),
    (ChangeKind::IdpChanged, change_scenario("change an identity provider", &[step(0, "system.idp.lifecycle.update", on_idp)])),
    (ChangeKind::PolicyChanged, change_scenario("change a policy", &[step(0, "policy.lifecycle.update", on_policy), maybe(700, 900, "policy.rule.update", on_rule)])),
    (ChangeKind::RoleGranted, change_scenario("make somebody an admin", &[step(0, "user.account.privilege.grant", grant), maybe(200, 400, "iam.resourceset.bindings.add", binding), maybe(50, 900, "group.privilege.grant", group_privilege)])),
    (ChangeKind::RoleRevoked, change_scenario("take an admin role away", &[step(0, "user.account.privilege.revoke", revoke)])),
    (ChangeKind::TokenCreated, change_scenario("create an API token", &[step(0, "system.api_token.create", on_token)])),
    (ChangeKind::TokenRevoked, change_scenario("revoke an API token", &[step(0, "system.api_token.revoke", on_token)])),
    (ChangeKind::ZoneChanged, change_scenario("change a zone", &[step(0, "zone.update", on_zone)])),
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

fn console<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/admin/sso/callback");
    record.target = Some(vec![app_user(context.org.first_app(), context.who)]);
}

fn change_app<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let changed = context.changed_app();
    record.requested(format!("/admin/app/{}/instance/{}/settings/general", changed.kind.name, changed.id));
    let (before, after) =
        (Entries::of("label", format!("{} (old)", changed.label)), Entries::of("label", &*changed.label));
    record.target = Some(vec![app(changed).changed(before, after)]);
}

fn app_policy<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/apps/policies");
    record.target = Some(vec![app(context.changed_app()), policy(context.org, APP_POLICY)]);
}

fn assign_group<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let (assigned, to) = (context.changed_app(), context.group());
    record.requested(format!("/api/v1/apps/{}/groups/{}", assigned.id, to.id));
    record.debug("groupAppAssignmentId", context.org.single_id("0ga", context.key));
    record.target = Some(vec![app(assigned), group(to)]);
}

fn client<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let made = context.changed_app();
    record.debug("clientId", &*made.id);
    record.debug("clientName", &*made.label);
    record.requested("/api/v1/apps");
    let details = Entries::of("ClientName", &*made.label)
        .with("ApplicationType", "service")
        .with("TokenEndpointAuthMethod", "private_key_jwt");
    record.target = Some(vec![Target::new("PublicClientAppEntity", &*made.id, &*made.label).detailed(details)]);
}

fn on_group<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let changed = context.group();
    record.requested(format!("/api/v1/groups/{}", changed.id));
    record.target = Some(vec![group(changed)]);
}

fn group_privilege<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let changed = context.group();
    record.debug("privilegeGranted", "Help Desk administrator");
    record.requested(format!("/api/v1/groups/{}/roles", changed.id));
    record.target = Some(vec![group(changed)]);
}

fn grant<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("privilegeGranted", ROLES[context.thing() % ROLES.len()].1);
    privilege(context, record);
}

fn revoke<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("privilegeRevoked", ROLES[context.thing() % ROLES.len()].1);
    privilege(context, record);
}

fn privilege<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/internal/administrators/{}", context.other().id));
    record.target = Some(vec![user(context.other())]);
}

fn binding<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let set = context.org.single_id("iam", 1);
    record.requested(format!("/api/v1/iam/resource-sets/{set}/bindings"));
    record.target = Some(vec![Target::new("RESOURCE_SET", set, "Help desk people"), user(context.other())]);
}

fn on_policy<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let index = context.thing() % POLICIES.len();
    record.requested(format!("/api/v1/policies/{}", context.org.policy_id(index)));
    record.target = Some(vec![policy(context.org, index)]);
}

fn on_rule<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let index = context.thing() % POLICIES.len();
    record.debug("newPolicyRulePriority", "1");
    record.requested(format!("/api/v1/policies/{}/rules", context.org.policy_id(index)));
    record.target = Some(vec![rule(context.org, index, 0), policy(context.org, index)]);
}

fn on_zone<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let index = context.thing() % ZONES.len();
    // JSON in a string, as Okta has it here.
    record.debug("zoneData", format!(r#"{{"name":"{}","gateways":["198.51.100.0/24"]}}"#, ZONES[index].0));
    record.requested(format!("/api/v1/zones/{}", context.org.zone_id(index)));
    record.target = Some(vec![zone(context.org, index)]);
}

fn on_idp<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let id = context.org.single_id("0oi", 0);
    record.debug("protocol", "SAML2");
    record.requested(format!("/api/v1/idps/{id}"));
    record.target = Some(vec![Target::new("IdentityProvider", id, "Partner Directory")]);
}

fn on_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/tokens");
    let id = context.org.single_id("00T", context.thing() as u64);
    record.target = Some(vec![Target::new("Token", id, token_name(context.thing() as u64))]);
}

fn on_user<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/v1/users/{}/lifecycle/reset_factors", context.other().id));
    record.target = Some(vec![user(context.other())]);
}

fn flow<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/app/api/flo");
    record.target = Some(vec![Target::new("Flow", context.key.to_string(), "Offboard a contractor")]);
}

fn impersonation<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("caseNumber", format!("{:08}", context.key % 100_000_000));
    record.requested("/api/v1/org/privacy/oktaSupport/grant");
    record.target = Some(vec![user(context.who)]);
}
