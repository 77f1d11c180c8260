//! Asks the checks about an org. What follows from half an inventory is decided here, once for all checks.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::inventory::{Inventory, Known, Unread};
use crate::posture::case::{Case, Ground, missing, name_of};
use crate::posture::check::{Check, Logic, Role};
use crate::posture::log::Log;
use crate::posture::org::Org;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict};
use crate::posture::report::{Checked, Finding, Report, Resource, Value, uid};
use crate::posture::settings::{CheckSettings, Settings, Waiver};
use crate::posture::table::checks;
use crate::posture::words;

/// Asks every check.
pub fn run(inventory: &Inventory, log: &Log, settings: &Settings, now: Timestamp) -> Report {
    let ground = Ground::new(Org::of(inventory), log, settings, now);
    Report {
        tenant: inventory.tenant.clone(),
        as_of: inventory.as_of,
        engine: inventory.engine,
        profile: settings.profile,
        checks: checks().map(|check| ask(&ground, check)).collect(),
    }
}

/// Asks one check.
pub(crate) fn ask<'a>(ground: &'a Ground<'a>, check: &'static Check) -> Checked {
    Asked { ground, check }.answer()
}

/// One check of a run.
struct Asked<'a> {
    ground: &'a Ground<'a>,
    check: &'static Check,
}

/// What is missing of what a check reads.
struct Gaps {
    /// Without this, nothing can be said.
    blind: Option<String>,
    /// Without this, a pass is not certain.
    pass: Option<String>,
    /// Without this, a failure is not certain.
    fail: Option<String>,
    /// Things that were not read, and nothing can be said of them.
    subjects: Option<String>,
}

impl<'a> Asked<'a> {
    fn answer(&self) -> Checked {
        if let Some(words) = self.is_not_asked() {
            return self.at_once(Value::NotApplicable, words);
        }
        let gaps = self.gaps();
        if let Some(words) = gaps.blind {
            return self.at_once(Value::Unknown, words);
        }
        let mut checked = self.at_once(Value::Pass, String::new());
        let mut remark = None;
        for verdict in self.verdicts().into_iter().filter(|verdict| !self.is_left_out(&verdict.about)) {
            match certain(verdict.answer, &gaps) {
                Ok(Outcome::Pass) => checked.passed += 1,
                Ok(Outcome::Fail(words)) => checked.results.push(self.finding(&verdict.about, Value::Fail, words)),
                Err(Unjudged::Unknown(words)) => {
                    checked.results.push(self.finding(&verdict.about, Value::Unknown, words));
                }
                Err(Unjudged::NotApplicable(words)) => remark = Some(words),
                Err(Unjudged::NotConcerned) => {}
            }
        }
        let (value, words) = summary(&checked, gaps, remark);
        Checked { value, words, ..checked }
    }

    fn is_not_asked(&self) -> Option<String> {
        let asked = self.settings().and_then(|settings| settings.enabled);
        let profile = self.ground.settings.profile;
        if asked == Some(false) {
            return Some("switched off in the configuration".to_owned());
        }
        if asked.is_none() && !self.check.profiles.contains(&profile) {
            return Some(format!("not asked in the profile {}", format!("{profile:?}").to_lowercase()));
        }
        let engine = self.ground.org.inventory.engine;
        if self.check.engine.is_some() && engine.is_some() && self.check.engine != engine {
            return Some("about the other engine".to_owned());
        }
        let subject = self.ground.org.known(self.check.subject()?);
        let is_offered = !matches!(subject, Known::Unread { why: Unread::NotOffered, .. });
        if is_offered { None } else { Some("the org does not offer what it asks about".to_owned()) }
    }

    fn settings(&self) -> Option<&'a CheckSettings> {
        self.ground.settings.checks.get(self.check.id)
    }

    fn gaps(&self) -> Gaps {
        let mut gaps = Gaps { blind: None, pass: None, fail: None, subjects: None };
        for reads in self.check.reads {
            let known = self.ground.org.known(reads.entity);
            let is_gone = reads.role == Role::Setting && self.ground.org.records(reads.entity).is_empty();
            let absent = is_gone.then(|| format!("Okta sent no `{}`, which every org has", reads.entity));
            let Some(words) = missing(reads.entity, known).or(absent) else { continue };
            let is_partial = matches!(known, Known::Partial { .. });
            match reads.role {
                Role::Subject if is_partial => gaps.subjects = gaps.subjects.or(Some(words)),
                Role::Subject | Role::Setting | Role::Both => gaps.blind = gaps.blind.or(Some(words)),
                Role::For => gaps.fail = gaps.fail.or(Some(words)),
                Role::Against => gaps.pass = gaps.pass.or(Some(words)),
                Role::Within => {}
            }
        }
        gaps
    }

    fn verdicts(&self) -> Vec<Verdict<'a>> {
        let limit = self.limit().unwrap_or_default();
        let case = Case::new(self.ground, limit);
        match self.check.logic {
            Logic::Org(judge) => vec![Verdict { about: About::Org, answer: judge(&case) }],
            Logic::Some(judge) => judge(&case),
            Logic::Each(judge) => {
                let entity = self.check.subject().unwrap_or_default();
                let verdict = |record| Verdict { about: About::Record(entity, record), answer: judge(&case, record) };
                self.ground.org.records(entity).iter().map(verdict).collect()
            }
        }
    }

    fn limit(&self) -> Option<i64> {
        let limit = self.check.limit?;
        let own = self.settings().and_then(|settings| settings.limit);
        Some(own.unwrap_or_else(|| limit.of(self.ground.settings.profile)))
    }

    /// Whether the configuration leaves a thing out.
    fn is_left_out(&self, about: &About<'_>) -> bool {
        let Some(settings) =
            self.settings().filter(|settings| !settings.ignore.is_empty() || !settings.include.is_empty())
        else {
            return false;
        };
        let resource = self.resource(about);
        let is_in = |list: &BTreeSet<String>| list.contains(&resource.id) || list.contains(&resource.name);
        is_in(&settings.ignore) || !(settings.include.is_empty() || is_in(&settings.include))
    }

    fn finding(&self, about: &About<'_>, value: Value, words: String) -> Finding {
        let resource = self.resource(about);
        let waiver = self.waiver(&resource).filter(|_| value == Value::Fail);
        let value = if waiver.is_some() { Value::Accepted } else { value };
        let accepted = waiver.map(|waiver| format!("{} until {}: {}", waiver.owner, waiver.expires, waiver.reason));
        let uid = uid(&self.ground.org.inventory.tenant, self.check.id, &resource.kind, &resource.id);
        Finding { uid, resource, value, words, accepted }
    }

    fn waiver(&self, resource: &Resource) -> Option<&'a Waiver> {
        let today = TimeZone::UTC.to_datetime(self.ground.now).date();
        let is_of = |waiver: &&Waiver| {
            let is_named = |named: &String| *named == resource.id || *named == resource.name;
            waiver.check == self.check.id && waiver.expires >= today && waiver.resource.as_ref().is_none_or(is_named)
        };
        self.ground.settings.waivers.iter().find(is_of)
    }

    fn resource(&self, about: &About<'_>) -> Resource {
        let (kind, id, name) = match about {
            About::Org => ("org", self.ground.org.inventory.tenant.clone(), self.ground.org.inventory.tenant.clone()),
            About::Record(entity, record) => (*entity, record.id.clone(), name_of(&self.ground.org, entity, record)),
            About::Named(kind, name) => (*kind, name.clone(), words::name(name)),
        };
        Resource { kind: kind.to_owned(), id, name }
    }

    fn at_once(&self, value: Value, words: String) -> Checked {
        Checked { check: self.check, value, limit: self.limit(), words, passed: 0, results: Vec::new() }
    }
}

/// A judgement that rests on what was read to its end, or what is missing.
fn certain(answer: Answer, gaps: &Gaps) -> Answer {
    match (&answer, &gaps.pass, &gaps.fail) {
        (Ok(Outcome::Pass), Some(words), _) => Err(Unjudged::Unknown(words.clone())),
        (Ok(Outcome::Fail(found)), _, Some(words)) => Err(Unjudged::Unknown(format!("{found}; but {words}"))),
        _ => answer,
    }
}

/// What the results come to: one failure is a failure, and a pass is one only if everything was read.
fn summary(checked: &Checked, gaps: Gaps, remark: Option<String>) -> (Value, String) {
    let count = |value| checked.results.iter().filter(|result| result.value == value).count();
    let (failed, unknown, accepted) = (count(Value::Fail), count(Value::Unknown), count(Value::Accepted));
    let counts = format!("{failed} fail, {unknown} unknown, {accepted} accepted, {} pass", checked.passed);
    if failed > 0 {
        return (Value::Fail, counts);
    }
    if let Some(words) = gaps.subjects {
        return (Value::Unknown, format!("{counts}; {words}"));
    }
    match (unknown, accepted, checked.passed) {
        (0, 0, 0) if gaps.pass.is_some() || gaps.fail.is_some() => {
            (Value::Unknown, gaps.pass.or(gaps.fail).unwrap_or_default())
        }
        (0, 0, 0) if remark.is_some() => (Value::NotApplicable, remark.unwrap_or_default()),
        (0, 0, 0) => (Value::Pass, "nothing that it is about exists".to_owned()),
        (0, 0, _) => (Value::Pass, counts),
        (0, _, _) => (Value::Accepted, counts),
        _ => (Value::Unknown, counts),
    }
}
