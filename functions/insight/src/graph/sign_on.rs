//! Which rule of an app's policy would match a person, as far as it can be told without the sign-in, and the weakest proof
//! that it asks for.

use serde_json::Value;

use crate::graph::json::{text, texts};
use crate::graph::node::{NodeId, NodeKind};
use crate::graph::nodes::Nodes;

/// What a sign-in must prove; the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// One factor of any kind.
    OneFactor,
    /// Two factors of any kind.
    TwoFactors,
    /// A factor that cannot be phished.
    PhishingResistant,
    /// No proof opens it.
    Denied,
}

impl Proof {
    /// Its name in files and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneFactor => "one_factor",
            Self::TwoFactors => "two_factors",
            Self::PhishingResistant => "phishing_resistant",
            Self::Denied => "denied",
        }
    }
}

/// What a record says of a policy.
#[derive(Debug, Clone)]
pub(crate) enum PolicyFact {
    /// It decides who may open apps.
    OfApps,
    /// It decides something else.
    Other,
    /// One of its rules.
    Rule(Rule),
}

/// A rule of a policy that decides who may open apps.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) priority: i64,
    /// What it asks for; none if it is said in a way that is not known.
    proof: Option<Proof>,
    users: Vec<NodeId>,
    groups: Vec<NodeId>,
    excluded_users: Vec<NodeId>,
    excluded_groups: Vec<NodeId>,
    /// Conditions that only the sign-in itself can answer.
    open: Vec<&'static str>,
}

/// Which rules may match a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOn {
    /// The rules that may match, in the order in which Okta tries them; the last one is for everybody, if there is one.
    pub rules: Vec<String>,
    /// What only the sign-in itself can answer: `network`, `device`, `platform`, `risk`, `expression`, `user_type`.
    pub open: Vec<&'static str>,
    /// The weakest proof that may open the app; none if a rule says it in a way that is not known.
    pub weakest: Option<Proof>,
}

/// What a policy's type says.
pub(crate) fn policy(kind: &str) -> PolicyFact {
    if kind == "ACCESS_POLICY" { PolicyFact::OfApps } else { PolicyFact::Other }
}

/// Reads a rule.
pub(crate) fn rule(nodes: &mut Nodes, json: &Value) -> PolicyFact {
    let mut named = |kind, pointer| texts(json, pointer).map(|id| nodes.id(kind, id)).collect();
    PolicyFact::Rule(Rule {
        name: text(json, "/name").to_owned(),
        priority: json["priority"].as_i64().unwrap_or(i64::MAX),
        proof: proof(json),
        users: named(NodeKind::User, "/conditions/people/users/include"),
        groups: named(NodeKind::Group, "/conditions/people/groups/include"),
        excluded_users: named(NodeKind::User, "/conditions/people/users/exclude"),
        excluded_groups: named(NodeKind::Group, "/conditions/people/groups/exclude"),
        open: open(json),
    })
}

fn open(json: &Value) -> Vec<&'static str> {
    let is_some = |pointer: &str| json.pointer(pointer).is_some_and(|value| !value.is_null());
    let is_list = |pointer: &str| texts(json, pointer).next().is_some();
    let risk = text(json, "/conditions/riskScore/level");
    let found = [
        ("network", !matches!(text(json, "/conditions/network/connection"), "" | "ANYWHERE")),
        ("device", is_some("/conditions/device")),
        (
            "platform",
            json.pointer("/conditions/platform/include").and_then(Value::as_array).is_some_and(|list| !list.is_empty()),
        ),
        ("risk", !matches!(risk, "" | "ANY")),
        ("expression", !text(json, "/conditions/elCondition/condition").is_empty()),
        ("user_type", is_list("/conditions/userType/include") || is_list("/conditions/userType/exclude")),
    ];
    found.into_iter().filter(|(_, is_open)| *is_open).map(|(name, _)| name).collect()
}

fn proof(json: &Value) -> Option<Proof> {
    match text(json, "/actions/appSignOn/access") {
        "DENY" => return Some(Proof::Denied),
        "ALLOW" => {}
        _ => return None,
    }
    let method = json.pointer("/actions/appSignOn/verificationMethod")?;
    if text(method, "/type") != "ASSURANCE" {
        return None;
    }
    let factors = match text(method, "/factorMode") {
        "1FA" => Proof::OneFactor,
        "2FA" => Proof::TwoFactors,
        _ => return None,
    };
    // One of the constraints is enough: without any, every factor is.
    let constraints = method["constraints"].as_array().map_or(&[][..], Vec::as_slice);
    let is_resistant = !constraints.is_empty() && constraints.iter().all(resists_phishing);
    Some(if is_resistant { Proof::PhishingResistant } else { factors })
}

fn resists_phishing(constraint: &Value) -> bool {
    text(constraint, "/possession/phishingResistant") == "REQUIRED"
}

impl Rule {
    /// Whether it matches; none if only the sign-in itself can say.
    fn matches(&self, user: NodeId, is_member: impl Fn(NodeId) -> bool) -> Option<bool> {
        if self.excluded_users.contains(&user) || self.excluded_groups.iter().any(|group| is_member(*group)) {
            return Some(false);
        }
        let is_for_some = !self.users.is_empty() || !self.groups.is_empty();
        if is_for_some && !self.users.contains(&user) && !self.groups.iter().any(|group| is_member(*group)) {
            return Some(false);
        }
        self.open.is_empty().then_some(true)
    }
}

/// Which rules may match a person, of rules in the order in which Okta tries them.
pub(crate) fn sign_on(rules: &[Rule], user: NodeId, is_member: impl Fn(NodeId) -> bool) -> SignOn {
    let mut found = SignOn { rules: Vec::new(), open: Vec::new(), weakest: Some(Proof::Denied) };
    for rule in rules {
        let matches = rule.matches(user, &is_member);
        if matches == Some(false) {
            continue;
        }
        found.rules.push(rule.name.clone());
        found.open.extend(&rule.open);
        found.weakest = found.weakest.zip(rule.proof).map(|(weakest, proof)| weakest.min(proof));
        if matches == Some(true) {
            break;
        }
    }
    found.open.sort_unstable();
    found.open.dedup();
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(nodes: &mut Nodes, json: &Value) -> Rule {
        let PolicyFact::Rule(rule) = rule(nodes, json) else { panic!() };
        rule
    }

    fn allow(mode: &str, constraints: &Value) -> Value {
        json!({"appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": mode, "constraints": constraints}}})
    }

    #[test]
    fn one_of_the_constraints_is_enough() {
        let resistant = json!({"possession": {"phishingResistant": "REQUIRED"}});
        let proof_of = |mode: &str, constraints: Value| proof(&json!({"actions": allow(mode, &constraints)}));
        assert_eq!(proof_of("2FA", json!([resistant])), Some(Proof::PhishingResistant));
        assert_eq!(proof_of("2FA", json!([resistant, {"knowledge": {}}])), Some(Proof::TwoFactors));
        assert_eq!(proof_of("1FA", json!([])), Some(Proof::OneFactor));
        assert_eq!(proof_of("3FA", json!([])), None, "what is new is not known");
        assert_eq!(proof(&json!({"actions": {"appSignOn": {"access": "DENY"}}})), Some(Proof::Denied));
        assert_eq!(proof(&json!({"actions": {}})), None);
    }

    #[test]
    fn the_first_rule_that_surely_matches_is_the_last_that_counts() {
        let mut nodes = Nodes::default();
        let (ada, staff) = (nodes.id(NodeKind::User, "00u1"), nodes.id(NodeKind::Group, "00g1"));
        let resistant = json!([{"possession": {"phishingResistant": "REQUIRED"}}]);
        let rules = [
            json!({"name": "away", "conditions": {"network": {"connection": "ZONE"}}, "actions": allow("2FA", &resistant)}),
            json!({"name": "not her", "conditions": {"people": {"users": {"exclude": ["00u1"]}}}, "actions": allow("1FA", &json!([]))}),
            json!({"name": "staff", "conditions": {"people": {"groups": {"include": ["00g1"]}}}, "actions": allow("2FA", &json!([]))}),
            json!({"name": "rest", "conditions": null, "actions": {"appSignOn": {"access": "DENY"}}}),
        ]
        .map(|json| read(&mut nodes, &json));
        let member = sign_on(&rules, ada, |group| group == staff);
        assert_eq!((member.rules, member.open), (vec!["away".to_owned(), "staff".to_owned()], vec!["network"]));
        assert_eq!(member.weakest, Some(Proof::TwoFactors));
        let stranger = sign_on(&rules, ada, |_| false);
        assert_eq!((stranger.rules.len(), stranger.weakest), (2, Some(Proof::PhishingResistant)));
        assert_eq!(sign_on(&[], ada, |_| false).weakest, Some(Proof::Denied), "without a rule nobody enters");
    }
}
