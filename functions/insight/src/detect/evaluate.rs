//! Evaluation of all rules over the events of a window. The result depends on the set of events alone: neither their
//! order nor how often they come nor in how many pieces changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::as_of::AsOf;
use super::correlate::correlate;
use super::document::{Level, Risk};
use super::finding::{EVIDENCE_LIMIT, Finding, bucket, relate, summary, uid};
use super::hit::{Evidence, Evidences, Hit};
use super::narrow::{Against, Unknown, learn};
use super::node::Node;
use super::profile::Profile;
use super::rule::{Body, Rule};
use super::rule_set::RuleSet;
use super::seen::{GroupKey, Projection, Seen};

/// What rules found in the events that were shown so far.
#[derive(Debug)]
pub struct Evaluation<'r> {
    rules: &'r RuleSet,
    projection: Projection,
    /// The events that each rule found by itself.
    found: Vec<BTreeSet<Arc<Seen>>>,
    /// Events without a uuid or a time.
    unreadable: u64,
}

/// What the events are compared with.
pub struct Context<'a> {
    /// The org.
    pub tenant: &'a str,
    /// Baselines of the days before.
    pub profile: &'a Profile,
    /// The inventory as of a time.
    pub inventory: &'a dyn AsOf,
    /// From when and until when every event was shown. An absence is told only within.
    pub complete: std::ops::Range<Timestamp>,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The findings, by uid.
    pub findings: Vec<Finding>,
    /// For each rule that could not tell, why.
    pub unknown: BTreeMap<String, BTreeSet<String>>,
    /// Events that could not be looked at, for want of a uuid or a time.
    pub unreadable: u64,
}

/// What rules found of one entity: the rule, its level, and an event.
type Signals<'a> = BTreeSet<(&'a str, Level, &'a str)>;

impl<'r> Evaluation<'r> {
    /// Begins with no event.
    pub fn new(rules: &'r RuleSet) -> Self {
        let fields = rules.rules().iter().flat_map(Rule::needs).collect();
        let found = rules.rules().iter().map(|_| BTreeSet::new()).collect();
        Self { rules, projection: Projection::new(fields), found, unreadable: 0 }
    }

    /// Shows an event.
    pub fn show(&mut self, event: &Value) {
        let text = |name: &str| event.member(name).and_then(Node::scalar);
        let Some(event_type) = text("eventType") else { return self.unreadable += 1 };
        let mut matching = self.rules.matching_positions(&event_type, event).peekable();
        if matching.peek().is_none() {
            return;
        }
        let time = text("published").and_then(|time| time.parse::<Timestamp>().ok());
        let (Some(uid), Some(time)) = (text("uuid"), time) else { return self.unreadable += 1 };
        let seen = self.projection.see(time, uid.into_owned(), event);
        for rule in matching {
            self.found[rule].insert(Arc::clone(&seen));
        }
    }

    /// Adds what rules with a baseline saw to a profile.
    pub fn learn(&self, profile: &mut Profile) {
        for (rule, found) in self.rules.rules().iter().zip(&self.found) {
            learn(rule, &hits(found), &self.projection, profile);
        }
    }

    /// Tells what the rules found.
    pub fn finish(&self, context: &Context<'_>) -> Outcome {
        let against = Against {
            projection: &self.projection,
            profile: context.profile,
            inventory: context.inventory,
            complete: context.complete.clone(),
        };
        let mut hits: Vec<Vec<(Option<GroupKey>, Hit)>> = self.found.iter().map(|_| Vec::new()).collect();
        let mut outcome = Outcome { unreadable: self.unreadable, ..Outcome::default() };
        for at in self.rules.in_order() {
            let rule = &self.rules.rules()[*at];
            let mut unknown = Unknown::new();
            hits[*at] = self.hits_of(*at, &hits, &against, &mut unknown);
            if !unknown.is_empty() {
                outcome.unknown.insert(rule.key.clone(), unknown);
            }
            if rule.alone {
                outcome.findings.extend(self.findings(context.tenant, rule, &hits[*at]));
            }
        }
        outcome.findings.extend(self.risks(context.tenant, &outcome.findings));
        let lengths = self.rules.rules().iter().map(|rule| (rule.key.clone(), rule.bucket)).collect();
        outcome.findings.sort_by(|a, b| a.uid.cmp(&b.uid));
        relate(&mut outcome.findings, &lengths);
        outcome
    }

    fn hits_of(
        &self,
        at: usize,
        all: &[Vec<(Option<GroupKey>, Hit)>],
        against: &Against<'_>,
        unknown: &mut Unknown,
    ) -> Vec<(Option<GroupKey>, Hit)> {
        let rule = &self.rules.rules()[at];
        let of = |name: &String| -> Vec<Hit> {
            let position = self.rules.position(name);
            position.map(|at| distinct(&all[at])).unwrap_or_default()
        };
        match &rule.body {
            Body::Event(_) => {
                let others = rule.narrowed.absent.as_ref().map(|missing| of(&missing.rule)).unwrap_or_default();
                let found = against.narrow(rule, hits(&self.found[at]), &others, unknown);
                found.into_iter().map(|hit| (None, hit)).collect()
            }
            Body::Correlated(correlated) => {
                let of_rules: Vec<Vec<Hit>> = correlated.rules.iter().map(of).collect();
                let slices: Vec<&[Hit]> = of_rules.iter().map(Vec::as_slice).collect();
                let found = correlate(correlated, &slices, &self.projection);
                found.into_iter().map(|(key, hit)| (Some(key), hit)).collect()
            }
            Body::Risk(_) => Vec::new(),
        }
    }

    fn findings(&self, tenant: &str, rule: &Rule, hits: &[(Option<GroupKey>, Hit)]) -> Vec<Finding> {
        let mut grouped: BTreeMap<(GroupKey, Timestamp), Evidences> = BTreeMap::new();
        for (key, hit) in hits {
            let keys = match key {
                Some(key) => vec![key.clone()],
                None => self.projection.groups(&hit.event, &rule.group_by),
            };
            // A finding is not lost because an event lacks the field that findings are grouped by.
            let keys = if keys.is_empty() { vec![vec![String::new(); rule.group_by.len()]] } else { keys };
            for key in keys {
                grouped.entry((key, bucket(hit.event.time, rule.bucket))).or_default().add(&hit.evidence);
            }
        }
        let found = grouped.into_iter();
        found.filter_map(|((key, start), evidence)| self.finding(tenant, rule, &key, start, &evidence)).collect()
    }

    fn finding(
        &self,
        tenant: &str,
        rule: &Rule,
        key: &GroupKey,
        start: Timestamp,
        evidence: &Evidences,
    ) -> Option<Finding> {
        let events = evidence.events();
        let (first, last) = (events.first()?, events.last()?);
        let written = |(field, value): (&String, &String)| {
            let written = events.iter().map(|seen| self.projection.as_written(seen, field, value));
            (field.clone(), written.min().unwrap_or_default())
        };
        Some(Finding {
            uid: uid(tenant, &rule.key, key, start),
            tenant: tenant.to_owned(),
            rule: rule.key.clone(),
            title: rule.title.clone(),
            level: rule.level,
            group: rule.group_by.iter().zip(key).map(written).collect(),
            bucket: start,
            first: first.time,
            last: last.time,
            count: events.len() as u64,
            evidence: events.iter().take(EVIDENCE_LIMIT).map(|seen| seen.uid.clone()).collect(),
            related: Vec::new(),
            summary: summary(&rule.title, events.len() as u64, first.time, last.time),
        })
    }

    /// Findings that add up: of each entity, what several rules found within a bucket.
    fn risks(&self, tenant: &str, findings: &[Finding]) -> Vec<Finding> {
        let seen: BTreeMap<&str, &Arc<Seen>> =
            self.found.iter().flatten().map(|seen| (seen.uid.as_str(), seen)).collect();
        let rules = self.rules.rules().iter();
        let asked = rules.filter_map(|rule| if let Body::Risk(risk) = &rule.body { Some((rule, risk)) } else { None });
        asked.flat_map(|(rule, risk)| self.risk(tenant, rule, risk, findings, &seen)).collect()
    }

    fn risk(
        &self,
        tenant: &str,
        rule: &Rule,
        risk: &Risk,
        findings: &[Finding],
        seen: &BTreeMap<&str, &Arc<Seen>>,
    ) -> Vec<Finding> {
        let mut entities: BTreeMap<(String, Timestamp), Signals<'_>> = BTreeMap::new();
        for finding in findings {
            let events = finding.evidence.iter().filter_map(|uid| seen.get(uid.as_str()));
            let of: BTreeSet<String> = events
                .flat_map(|event| self.projection.values(event, &risk.per))
                .map(|who| who.to_lowercase())
                .collect();
            for entity in of {
                let entry = entities.entry((entity, bucket(finding.last, rule.bucket))).or_default();
                entry.insert((&finding.rule, finding.level, &finding.evidence[0]));
            }
        }
        let enough = |found: &Signals<'_>| {
            let rules: BTreeMap<&str, Level> = found.iter().map(|(rule, level, _)| (*rule, *level)).collect();
            rules.len() >= risk.rules && rules.values().map(|level| score(*level)).sum::<u64>() >= risk.score
        };
        let told = entities.into_iter().filter(|(_, found)| enough(found));
        told.filter_map(|((entity, start), found)| {
            let mut evidence = Evidences::default();
            let events = found.iter().filter_map(|(_, _, uid)| seen.get(uid)).map(|seen| Arc::clone(seen)).collect();
            evidence.add(&Evidence::all(events));
            self.finding(tenant, rule, &vec![entity], start, &evidence)
        })
        .collect()
    }
}

/// How much a rule's finding adds to a person's risk. Each rule counts once: noise does not add up.
pub fn score(level: Level) -> u64 {
    match level {
        Level::Informational => 1,
        Level::Low => 5,
        Level::Medium => 20,
        Level::High => 50,
        Level::Critical => 100,
    }
}

fn hits(found: &BTreeSet<Arc<Seen>>) -> Vec<Hit> {
    found.iter().map(|seen| Hit::of(Arc::clone(seen))).collect()
}

/// The hits in the order of their events.
fn distinct(hits: &[(Option<GroupKey>, Hit)]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = hits.iter().map(|(_, hit)| hit.clone()).collect();
    hits.sort_by(|a, b| a.event.cmp(&b.event));
    hits
}
