//! Policies and their rules, and what they decided.

use super::named::{Named, take_named};
use super::target;
use super::target_types::POLICY;
use crate::json::Object;
use crate::ocsf::{Authorization, Policy, Text, non_empty};

/// Takes the policies and rules among the targets.
pub(super) fn take_all<'a>(members: &mut Object<'a>) -> Option<Vec<Policy<'a>>> {
    non_empty(target::of_types(members, &POLICY).filter_map(take).collect())
}

/// Takes the first policy among the targets, or the first rule where there is none.
pub(super) fn take_one<'a>(members: &mut Object<'a>) -> Option<Policy<'a>> {
    let [policies @ .., _, _] = &POLICY;
    let types = if target::find(members, policies).is_some() { policies } else { &POLICY[..] };
    target::find(members, types).and_then(take)
}

/// Takes `target` as a policy.
pub(super) fn take<'a>(target: &mut Object<'a>) -> Option<Policy<'a>> {
    let Named { uid, name } = take_named(target)?;
    let data = target.take_json("detailEntry").map(Text::Owned);
    Some(Policy { uid, name, kind: target.take_text("type"), data })
}

/// The policies that were evaluated, each with the decision, if `result` is one.
pub(super) fn take_authorizations<'a>(
    members: &mut Object<'a>,
    result: Option<&Text<'a>>,
) -> Option<Vec<Authorization<'a>>> {
    let decision = result.filter(|result| matches!(result.as_ref(), "ALLOW" | "DENY" | "CHALLENGE")).cloned();
    let Some(policies) = take_all(members) else {
        return decision.map(|decision| vec![Authorization { decision: Some(decision), policy: None }]);
    };
    let authorize = |policy| Authorization { decision: decision.clone(), policy: Some(policy) };
    Some(policies.into_iter().map(authorize).collect())
}
