//! The cases that stand in a rule's `okta_lake.tests`: events in short, and what is known besides.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use insight::detect::{AsOf, Context, Evaluation, Facts, Lists, Outcome, Profile, RuleSet, documents};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Whether the rule must find something.
    #[serde(rename = "match")]
    pub(crate) must_match: bool,
    #[serde(default)]
    pub(crate) given: Given,
    /// Events as names of fields with values. `at` is the time after the first, `repeat` and `every` make several of
    /// one, and the fields of `vary` get a number each.
    events: Vec<Map<String, Value>>,
}

/// What is known besides the events.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Given {
    pub(crate) lists: BTreeMap<String, Vec<String>>,
    /// By kind and id, `User/00u1`.
    facts: BTreeMap<String, Value>,
    alike: BTreeMap<String, Vec<String>>,
    profile: Vec<Sighting>,
}

/// What an entity did, on which days before the events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sighting {
    entity: Vec<String>,
    #[serde(default)]
    value: Vec<String>,
    days: Vec<i64>,
    #[serde(default = "one")]
    count: u64,
}

fn one() -> u64 {
    1
}

impl AsOf for Given {
    fn facts(&self, kind: &str, id: &str, _: Timestamp) -> Facts {
        let known = self.facts.get(&format!("{kind}/{id}")).cloned();
        known.map_or_else(|| Facts::Unknown("not given".to_owned()), Facts::Known)
    }

    fn alike(&self, user: &str, _: &str, _: Timestamp) -> Option<Vec<String>> {
        self.alike.get(user).cloned()
    }
}

/// When the events begin: at noon, so that an hour or a day does not end among them by chance.
pub(crate) fn start() -> Timestamp {
    "2026-05-04T12:00:00Z".parse().unwrap()
}

/// The files of our rules by name.
pub(crate) fn files() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Every case of our rules, with the rule's name.
pub(crate) fn cases() -> &'static [(String, Case)] {
    static CASES: LazyLock<Vec<(String, Case)>> = LazyLock::new(read_cases);
    &CASES
}

fn read_cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for (file, text) in files() {
        for document in documents(&text).unwrap() {
            for case in document["okta_lake"]["tests"].as_array().into_iter().flatten() {
                let case = serde_json::from_value(case.clone());
                cases.push((
                    file.clone(),
                    case.unwrap_or_else(|error| panic!("{file}: a case cannot be read: {error}")),
                ));
            }
        }
    }
    cases
}

/// Our rules, with the lists that their cases give.
pub(crate) fn rules() -> &'static RuleSet {
    static RULES: LazyLock<RuleSet> = LazyLock::new(compile);
    &RULES
}

fn compile() -> RuleSet {
    let lists: Lists = cases().iter().flat_map(|(_, case)| case.given.lists.clone()).collect();
    let files = files().into_iter().map(|(file, text)| (file, documents(&text).unwrap()));
    let (rules, refused) = RuleSet::new(files, &lists);
    assert!(refused.is_empty(), "refused: {refused:#?}");
    rules
}

impl Case {
    /// The case's events, whole.
    pub(crate) fn events(&self) -> Vec<Value> {
        let mut events = Vec::new();
        for short in &self.events {
            let text = |name: &str| short.get(name).and_then(Value::as_str).map_or(0, seconds);
            for turn in 0..short.get("repeat").and_then(Value::as_i64).unwrap_or(1) {
                let time = start() + SignedDuration::from_secs(text("at") + turn * text("every"));
                events.push(whole(short, turn, time, events.len()));
            }
        }
        events
    }

    /// What the rules say of the case.
    pub(crate) fn outcome(&self, rules: &RuleSet, rule: &str) -> Outcome {
        let mut evaluation = Evaluation::new(rules);
        for event in self.events() {
            evaluation.show(&event);
        }
        let profile = self.given.profile(rule);
        let day = SignedDuration::from_hours(24);
        let complete = start() - day..start() + day;
        evaluation.finish(&Context { tenant: "acme", profile: &profile, inventory: &self.given, complete })
    }
}

impl Given {
    fn profile(&self, rule: &str) -> Profile {
        let today = insight::detect::profile::day(start());
        let mut profile = Profile::default();
        for sighting in &self.profile {
            for days in &sighting.days {
                let (entity, value) = (sighting.entity.join("\u{1f}"), sighting.value.join("\u{1f}"));
                profile.add(rule, &entity, &value, today - days, sighting.count);
            }
        }
        profile
    }
}

fn whole(short: &Map<String, Value>, turn: i64, time: Timestamp, number: usize) -> Value {
    let mut event = json!({
        "uuid": format!("event-{number}"),
        "published": time.to_string(),
        "actor": {"id": "00u1", "type": "User", "alternateId": "user1@example.com"},
        "client": {"ipAddress": "192.0.2.1", "userAgent": {"browser": "CHROME", "os": "Mac OS X", "rawUserAgent": "Mozilla/5.0"}},
    });
    let vary: Vec<&str> =
        short.get("vary").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for name in vary.iter().filter(|name| !short.contains_key(**name)) {
        set(&mut event, name, json!(format!("v{turn}")));
    }
    for (name, value) in short.iter().filter(|(name, _)| !["at", "repeat", "every", "vary"].contains(&name.as_str())) {
        let value = if vary.contains(&name.as_str()) { numbered(value, turn) } else { value.clone() };
        set(&mut event, name, value);
    }
    event
}

/// The value with a number after it; of targets, after the first one's id.
fn numbered(value: &Value, turn: i64) -> Value {
    let mut value = value.clone();
    match &mut value {
        Value::Array(targets) => targets[0]["id"] = json!(format!("{}{turn}", targets[0]["id"].as_str().unwrap())),
        other => *other = json!(format!("{}{turn}", other.as_str().unwrap())),
    }
    value
}

fn set(event: &mut Value, name: &str, value: Value) {
    let place = name.split('.').fold(event, |place, part| &mut place[part]);
    *place = value;
}

fn seconds(text: &str) -> i64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        other => panic!("{other} is no unit of time"),
    };
    number.parse::<i64>().unwrap() * unit
}
