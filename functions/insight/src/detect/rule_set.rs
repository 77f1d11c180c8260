//! All rules that are run: each compiled, what they rest on resolved, indexed by the event types that they name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::document::Document;
use super::error::RuleError;
use super::lists::Lists;
use super::node::Node;
use super::rule::{Body, Rule};

/// How many rules may be run.
pub const RULE_LIMIT: usize = 1_000;

/// Rules that belong together.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// The rules of each event type, in lower case, and those of any.
    by_type: HashMap<String, Vec<usize>>,
    of_any_type: Vec<usize>,
    /// Positions by key and by id.
    names: HashMap<String, usize>,
    /// Positions so that a rule comes after what it rests on.
    order: Vec<usize>,
}

/// A document that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file.
    pub file: String,
    /// The rule's name or title, if it has one.
    pub rule: Option<String>,
    /// Why.
    pub error: RuleError,
}

impl RuleSet {
    /// Compiles files of documents. What is refused is told and left out, with everything that rests on it; the rest is
    /// run.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<Value>)>, lists: &Lists) -> (Self, Vec<Refused>) {
        let (mut rules, mut refused) = (Vec::new(), Vec::new());
        for (file, documents) in files {
            let start = rules.len();
            for document in documents {
                let name = title(&document);
                match Document::parse(document).and_then(|document| Rule::new(document, lists)) {
                    Ok(rule) => rules.push((file.clone(), rule)),
                    Err(error) => refused.push(Refused { file: file.clone(), rule: name, error }),
                }
            }
            serve(&mut rules[start..]);
        }
        refused.extend(keep_resolvable(&mut rules));
        refused.extend(keep_within_limit(&mut rules));
        (Self::index(rules.into_iter().map(|(_, rule)| rule).collect()), refused)
    }

    fn index(rules: Vec<Rule>) -> Self {
        let mut set = Self { order: Vec::new(), ..Self::default() };
        for (at, rule) in rules.iter().enumerate() {
            set.names.extend(names(rule).map(|name| (name.to_owned(), at)));
            match (&rule.body, rule.event_types()) {
                (Body::Event(_), None) => set.of_any_type.push(at),
                (_, types) => {
                    for event_type in types.into_iter().flatten() {
                        set.by_type.entry(event_type).or_default().push(at);
                    }
                }
            }
        }
        set.rules = rules;
        set.order = set.ordered();
        set
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns a rule by its name or id.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.names.get(name).map(|at| &self.rules[*at])
    }

    /// Whether a rule may say something about events of this type: if none does, the event need not be parsed.
    pub fn names_type(&self, event_type: &str) -> bool {
        !self.of_any_type.is_empty() || self.by_type.contains_key(lower(event_type).as_ref())
    }

    /// Returns the rules about one event that hold of `event`, in their order.
    pub fn matching<'s, 'a, N: Node<'a> + 's>(
        &'s self,
        event_type: &str,
        event: N,
    ) -> impl Iterator<Item = &'s Rule> + use<'s, 'a, N> {
        self.matching_positions(event_type, event).map(|at| &self.rules[at])
    }

    pub(crate) fn matching_positions<'s, 'a, N: Node<'a> + 's>(
        &'s self,
        event_type: &str,
        event: N,
    ) -> impl Iterator<Item = usize> + use<'s, 'a, N> {
        let named = self.by_type.get(lower(event_type).as_ref()).map_or(&[][..], Vec::as_slice);
        named
            .iter()
            .chain(&self.of_any_type)
            .copied()
            .filter(move |at| matches!(&self.rules[*at].body, Body::Event(predicate) if predicate.holds(event)))
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// The positions of all rules, each after those that it rests on.
    pub(crate) fn in_order(&self) -> &[usize] {
        &self.order
    }

    fn ordered(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut placed = vec![false; self.rules.len()];
        while order.len() < self.rules.len() {
            let before = order.len();
            for (at, rule) in self.rules.iter().enumerate() {
                let ready = rule.rests_on().iter().all(|name| self.position(name).is_none_or(|on| placed[on]));
                if !placed[at] && ready {
                    placed[at] = true;
                    order.push(at);
                }
            }
            if order.len() == before {
                break;
            }
        }
        order
    }
}

/// A rule that a correlation of the same file rests on makes no findings of its own, unless the correlation says so.
fn serve(rules: &mut [(String, Rule)]) {
    let serving: BTreeSet<String> = rules
        .iter()
        .filter(|(_, rule)| !rule.generates())
        .flat_map(|(_, rule)| rule.rests_on().into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for (_, rule) in rules {
        let serves = names(rule).any(|name| serving.contains(name));
        rule.alone = !serves;
    }
}

fn names(rule: &Rule) -> impl Iterator<Item = &str> {
    let id = rule.id.as_deref().filter(|id| *id != rule.key);
    [rule.key.as_str()].into_iter().chain(id)
}

/// Takes out what rests on what does not exist, on itself, or has a name that another has.
fn keep_resolvable(rules: &mut Vec<(String, Rule)>) -> Vec<Refused> {
    let mut refused = Vec::new();
    let mut seen = BTreeSet::new();
    take_out(rules, &mut refused, |rule| {
        let repeated = names(rule).find(|name| seen.contains(*name)).map(|name| RuleError::Repeated(name.to_owned()));
        seen.extend(names(rule).map(str::to_owned));
        repeated
    });
    loop {
        let known: BTreeSet<String> = rules.iter().flat_map(|(_, rule)| names(rule)).map(str::to_owned).collect();
        let before = rules.len();
        take_out(rules, &mut refused, |rule| {
            let missing = rule.rests_on().into_iter().find(|name| !known.contains(*name));
            missing.map(|name| RuleError::Undefined(name.to_owned()))
        });
        if rules.len() == before {
            break;
        }
    }
    let circular = circular(rules);
    take_out(rules, &mut refused, |rule| circular.contains(&rule.key).then(|| RuleError::Circle(rule.key.clone())));
    refused
}

/// The keys of the rules that rest on themselves, or on such a rule.
fn circular(rules: &[(String, Rule)]) -> BTreeSet<String> {
    let mut left: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, rule) in rules {
        for name in names(rule) {
            left.insert(name, rule.rests_on());
        }
    }
    loop {
        let ready: Vec<&str> = left
            .iter()
            .filter(|(_, on)| on.iter().all(|name| !left.contains_key(name)))
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            return left.into_keys().map(str::to_owned).collect();
        }
        for name in ready {
            left.remove(name);
        }
    }
}

fn keep_within_limit(rules: &mut Vec<(String, Rule)>) -> Vec<Refused> {
    let count = rules.len();
    let over = rules.split_off(count.min(RULE_LIMIT));
    let error = RuleError::TooManyRules { count, limit: RULE_LIMIT };
    over.into_iter().map(|(file, rule)| Refused { file, rule: Some(rule.key), error: error.clone() }).collect()
}

fn take_out(
    rules: &mut Vec<(String, Rule)>,
    refused: &mut Vec<Refused>,
    mut wrong: impl FnMut(&Rule) -> Option<RuleError>,
) {
    let mut kept = Vec::new();
    for (file, rule) in rules.drain(..) {
        match wrong(&rule) {
            Some(error) => refused.push(Refused { file, rule: Some(rule.key), error }),
            None => kept.push((file, rule)),
        }
    }
    *rules = kept;
}

fn title(document: &Value) -> Option<String> {
    ["name", "title"].iter().find_map(|key| document.get(key)?.as_str()).map(str::to_owned)
}

/// Sigma compares without regard to case; Okta's types are nearly all lower case.
fn lower(event_type: &str) -> std::borrow::Cow<'_, str> {
    if event_type.bytes().any(|byte| byte.is_ascii_uppercase()) {
        std::borrow::Cow::Owned(event_type.to_lowercase())
    } else {
        std::borrow::Cow::Borrowed(event_type)
    }
}
