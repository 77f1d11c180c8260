//! A rule, checked and compiled: what it asks of one event, or how it correlates what others find.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::detection;
use super::document::{Absent, Correlation, Document, Extension, Level, New, Peers, Risk, Spike, When};
use super::error::RuleError;
use super::lists::Lists;
use super::modifiers::Order;
use super::pattern::{Pattern, Place};
use super::predicate::Predicate;
use super::timespan;

/// A window over raw events is at most a day; what looks further back has a baseline.
const LONGEST_WINDOW: u64 = 86_400;
/// One finding is made of what one entity does in this time, in seconds, where a rule does not say.
const BUCKET: u64 = 3_600;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its key: its name, else its id, else its title.
    pub key: String,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// What it is about.
    pub title: String,
    /// What it finds and why that matters.
    pub description: String,
    /// How bad it is.
    pub level: Level,
    /// Its tags, `attack.t1110.003`.
    pub tags: Vec<String>,
    /// What else looks like it.
    pub falsepositives: Vec<String>,
    /// What to look at in its events.
    pub fields: Vec<String>,
    /// What to do about it.
    pub respond: String,
    /// Whether it makes findings of its own, or only serves correlations.
    pub alone: bool,
    /// The fields that tell one finding from another.
    pub group_by: Vec<String>,
    /// The length of a finding's bucket, in seconds; buckets are aligned to the epoch.
    pub bucket: u64,
    /// What it asks.
    pub(crate) body: Body,
    /// What narrows it down.
    pub(crate) narrowed: Narrowed,
    /// Its events for tests.
    pub tests: Vec<Value>,
}

/// What a rule asks.
#[derive(Debug)]
pub(crate) enum Body {
    /// A question about one event.
    Event(Predicate),
    /// A question about what rules found.
    Correlated(Correlated),
    /// A question about findings.
    Risk(Risk),
}

/// A correlation, read.
#[derive(Debug)]
pub(crate) struct Correlated {
    pub(crate) kind: Kind,
    /// The keys, names or ids of the rules, in their order.
    pub(crate) rules: Vec<String>,
    /// For each rule, the fields that make the group.
    pub(crate) groups: Vec<Vec<String>>,
    pub(crate) span: u64,
    pub(crate) bounds: Vec<Bound>,
    pub(crate) generate: bool,
}

/// What is correlated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How many events.
    EventCount,
    /// How many values of a field; for each rule the field's name.
    ValueCount(Vec<String>),
    /// How many of the rules.
    Temporal,
    /// All rules, in their order.
    TemporalOrdered,
}

/// A bound of a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    Eq(f64),
    Ordered(Order, f64),
}

/// What narrows a question about one event down, each a question of its own.
#[derive(Debug, Default)]
pub(crate) struct Narrowed {
    pub(crate) new: Option<New>,
    /// Which new values matter.
    pub(crate) among: Vec<Pattern>,
    pub(crate) spike: Option<Spike>,
    pub(crate) peers: Option<Peers>,
    pub(crate) absent: Option<Missing>,
    pub(crate) travel: Option<Velocity>,
    pub(crate) as_of: Vec<(String, Predicate)>,
}

/// Another rule that found nothing.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) rule: String,
    pub(crate) within: u64,
    pub(crate) when: When,
    /// The fields of this rule's events and of the other's that make the group.
    pub(crate) groups: [Vec<String>; 2],
}

/// How fast is too fast.
#[derive(Debug)]
pub(crate) struct Velocity {
    pub(crate) per: String,
    pub(crate) within: u64,
    pub(crate) km: f64,
    pub(crate) km_per_hour: f64,
}

impl Rule {
    /// Compiles a document.
    ///
    /// # Errors
    /// If something of it cannot be run.
    pub(crate) fn new(document: Document, lists: &Lists) -> Result<Self, RuleError> {
        let key = [&document.name, &document.id].into_iter().flatten().next().unwrap_or(&document.title).clone();
        let body = body(&document, lists)?;
        let (mut group_by, bucket) = grouping(&document.okta_lake, &body)?;
        let narrowed = Narrowed::new(document.okta_lake.clone(), &key, lists)?;
        if let (true, Some(new)) = (group_by.is_empty(), &narrowed.new) {
            group_by = new.per.iter().chain(&new.of).cloned().collect();
        }
        if group_by.is_empty() && !matches!(body, Body::Correlated(_)) {
            group_by = vec!["actor.id".to_owned()];
        }
        Ok(Self {
            key,
            id: document.id,
            title: document.title,
            description: document.description,
            level: document.level.unwrap_or(Level::Medium),
            tags: document.tags,
            falsepositives: document.falsepositives,
            fields: document.fields,
            respond: document.okta_lake.respond,
            alone: true,
            group_by,
            bucket,
            body,
            narrowed,
            tests: document.okta_lake.tests,
        })
    }

    /// Whether one event alone tells: such a rule runs where events are written.
    pub fn is_single_event(&self) -> bool {
        matches!(self.body, Body::Event(_)) && self.narrowed.is_nothing()
    }

    /// What kind of question the rule asks, in one word.
    pub fn kind(&self) -> &'static str {
        let narrowed = &self.narrowed;
        match &self.body {
            Body::Correlated(Correlated { kind: Kind::EventCount | Kind::ValueCount(_), .. }) => "threshold",
            Body::Correlated(_) => "sequence",
            Body::Risk(_) => "risk",
            Body::Event(_) if narrowed.absent.is_some() => "absence",
            Body::Event(_) if narrowed.travel.is_some() => "travel",
            Body::Event(_) if narrowed.peers.is_some() => "peers",
            Body::Event(_) if narrowed.new.is_some() || narrowed.spike.is_some() => "baseline",
            Body::Event(_) if !narrowed.as_of.is_empty() => "inventory",
            Body::Event(_) => "event",
        }
    }

    /// The event types, in lower case, outside of which the rule finds nothing by itself; none if it may be any.
    pub fn event_types(&self) -> Option<BTreeSet<String>> {
        match &self.body {
            Body::Event(predicate) => predicate.event_types(),
            Body::Correlated(_) | Body::Risk(_) => Some(BTreeSet::new()),
        }
    }

    /// The rules that this one rests on.
    pub(crate) fn rests_on(&self) -> Vec<&str> {
        let correlated = match &self.body {
            Body::Correlated(correlated) => &correlated.rules[..],
            Body::Event(_) | Body::Risk(_) => &[],
        };
        correlated.iter().chain(self.narrowed.absent.as_ref().map(|absent| &absent.rule)).map(String::as_str).collect()
    }

    /// Whether the rules of its file that it rests on make findings of their own.
    pub(crate) fn generates(&self) -> bool {
        matches!(&self.body, Body::Correlated(correlated) if correlated.generate)
    }

    /// The fields that evaluating the rule needs of the events that it, or a rule it rests on, finds.
    pub(crate) fn needs(&self) -> BTreeSet<String> {
        let mut fields: BTreeSet<String> = self.group_by.iter().cloned().collect();
        if let Body::Correlated(correlated) = &self.body {
            fields.extend(correlated.groups.iter().flatten().cloned());
            if let Kind::ValueCount(values) = &correlated.kind {
                fields.extend(values.iter().cloned());
            }
        }
        if let Body::Risk(risk) = &self.body {
            fields.insert(risk.per.clone());
        }
        self.narrowed.needs(&mut fields);
        fields
    }
}

fn body(document: &Document, lists: &Lists) -> Result<Body, RuleError> {
    match (&document.detection, &document.correlation, &document.okta_lake.risk) {
        (Some(detection), None, None) => detection::compile(detection, lists).map(Body::Event),
        (None, Some(correlation), None) => Correlated::new(correlation).map(Body::Correlated),
        (None, None, Some(risk)) => Ok(Body::Risk(risk.clone())),
        _ => Err(RuleError::shape("it needs one of `detection`, `correlation` and `okta_lake.risk`")),
    }
}

fn grouping(extension: &Extension, body: &Body) -> Result<(Vec<String>, u64), RuleError> {
    let bucket = extension.bucket.as_deref().map(timespan::seconds).transpose()?;
    match body {
        Body::Correlated(correlated) => {
            let first = correlated.groups.first().cloned().unwrap_or_default();
            Ok((first, bucket.unwrap_or(correlated.span)))
        }
        Body::Risk(risk) => Ok((vec![risk.per.clone()], bucket.unwrap_or(LONGEST_WINDOW))),
        Body::Event(_) => {
            let daily = extension.new.is_some() || extension.spike.is_some() || extension.peers.is_some();
            Ok((extension.group_by.clone(), bucket.unwrap_or(if daily { LONGEST_WINDOW } else { BUCKET })))
        }
    }
}

impl Correlated {
    fn new(correlation: &Correlation) -> Result<Self, RuleError> {
        let span = window(&correlation.timespan)?;
        let resolve = |field: &String, rule: &String| {
            correlation.aliases.get(field).and_then(|names| names.get(rule)).unwrap_or(field).clone()
        };
        let each = |fields: &[String]| -> Vec<Vec<String>> {
            let of = |rule| fields.iter().map(|field| resolve(field, rule)).collect();
            correlation.rules.iter().map(of).collect()
        };
        let kind = match correlation.kind.as_str() {
            "event_count" => Kind::EventCount,
            "value_count" => {
                let field = correlation.condition.get("field").and_then(Value::as_str);
                let field = field.ok_or_else(|| RuleError::shape("a value_count needs `condition.field`"))?;
                Kind::ValueCount(correlation.rules.iter().map(|rule| resolve(&field.to_owned(), rule)).collect())
            }
            "temporal" => Kind::Temporal,
            "temporal_ordered" => Kind::TemporalOrdered,
            other => return Err(RuleError::shape(format!("`{other}` is no type of correlation that is supported"))),
        };
        let bounds = bounds(&correlation.condition, &kind)?;
        if correlation.rules.is_empty() {
            return Err(RuleError::shape("a correlation needs rules"));
        }
        let (rules, groups) = (correlation.rules.clone(), each(&correlation.group_by));
        Ok(Self { kind, rules, groups, span, bounds, generate: correlation.generate })
    }
}

fn window(text: &str) -> Result<u64, RuleError> {
    let span = timespan::seconds(text)?;
    if span > LONGEST_WINDOW { Err(RuleError::WindowTooLong(span)) } else { Ok(span) }
}

fn bounds(condition: &Map<String, Value>, kind: &Kind) -> Result<Vec<Bound>, RuleError> {
    let mut bounds = Vec::new();
    for (name, value) in condition.iter().filter(|(name, _)| *name != "field") {
        let bound = value.as_f64().ok_or_else(|| RuleError::shape("a bound of a count is a number"))?;
        bounds.push(match name.as_str() {
            "eq" => Bound::Eq(bound),
            "gt" => Bound::Ordered(Order::Gt, bound),
            "gte" => Bound::Ordered(Order::Gte, bound),
            "lt" => Bound::Ordered(Order::Lt, bound),
            "lte" => Bound::Ordered(Order::Lte, bound),
            other => return Err(RuleError::shape(format!("`{other}` is no bound of a count"))),
        });
    }
    match kind {
        Kind::TemporalOrdered if !bounds.is_empty() => {
            Err(RuleError::shape("a condition on temporal_ordered is not supported"))
        }
        Kind::EventCount | Kind::ValueCount(_) if bounds.is_empty() => Err(RuleError::shape("a count needs a bound")),
        _ => Ok(bounds),
    }
}

impl Bound {
    /// Whether `count` is within it.
    pub(crate) fn holds(self, count: f64) -> bool {
        match self {
            Self::Eq(bound) => (count - bound).abs() < f64::EPSILON,
            Self::Ordered(order, bound) => order.holds(count, bound),
        }
    }
}

impl Narrowed {
    fn new(extension: Extension, key: &str, lists: &Lists) -> Result<Self, RuleError> {
        let mut as_of = Vec::new();
        for (subject, facts) in extension.as_of.unwrap_or_default() {
            as_of.push((subject, detection::selection(&facts, lists)?));
        }
        let travel = |travel: super::document::Travel| {
            let within = window(&travel.within)?;
            Ok(Velocity { per: travel.per, within, km: travel.km, km_per_hour: travel.km_per_hour })
        };
        Ok(Self {
            among: among(extension.new.as_ref(), lists)?,
            new: extension.new,
            spike: extension.spike,
            peers: extension.peers,
            absent: extension.absent.map(|absent| Missing::new(absent, key)).transpose()?,
            travel: extension.travel.map(travel).transpose()?,
            as_of,
        })
    }

    fn is_nothing(&self) -> bool {
        let Self { new, among: _, spike, peers, absent, travel, as_of } = self;
        new.is_none() && spike.is_none() && peers.is_none() && absent.is_none() && travel.is_none() && as_of.is_empty()
    }

    fn needs(&self, fields: &mut BTreeSet<String>) {
        fields.extend(self.new.iter().flat_map(|new| new.of.iter().chain(&new.per)).cloned());
        fields.extend(self.spike.iter().flat_map(|spike| spike.of.iter().chain(&spike.per)).cloned());
        fields.extend(self.peers.iter().flat_map(|peers| peers.of.iter().chain([&peers.per])).cloned());
        fields.extend(self.absent.iter().flat_map(|absent| absent.groups.iter().flatten()).cloned());
        fields.extend(self.as_of.iter().map(|(subject, _)| format!("{subject}.id")));
        if let Some(travel) = &self.travel {
            fields.insert(travel.per.clone());
            fields.extend(TRAVEL_FIELDS.map(str::to_owned));
        }
    }
}

fn among(new: Option<&New>, lists: &Lists) -> Result<Vec<Pattern>, RuleError> {
    let values = lists.expand(new.map_or(&[], |new| &new.among))?;
    let texts = values.iter().map(|value| value.as_str().ok_or_else(|| RuleError::shape("`among` has texts")));
    texts.map(|text| Ok(Pattern::new(text?, Place::Whole, false))).collect()
}

/// What tells where somebody is, and whether that can be believed.
pub(crate) const TRAVEL_FIELDS: [&str; 4] = [
    "client.geographicalContext.geolocation.lat",
    "client.geographicalContext.geolocation.lon",
    "securityContext.isProxy",
    "debugContext.debugData.dtHash",
];

impl Missing {
    fn new(absent: Absent, key: &str) -> Result<Self, RuleError> {
        let of = |rule: &str| -> Vec<String> {
            let resolve = |field: &String| {
                absent.aliases.get(field).and_then(|names: &BTreeMap<_, _>| names.get(rule)).unwrap_or(field).clone()
            };
            absent.group_by.iter().map(resolve).collect()
        };
        let groups = [of(key), of(&absent.rule)];
        Ok(Self { within: window(&absent.within)?, when: absent.when, groups, rule: absent.rule })
    }
}
