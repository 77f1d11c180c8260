//! A Sigma document as it is written: rule or correlation, and the block `okta_lake` that other tools ignore.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::RuleError;

/// One document. Sigma allows fields that it does not name, so an unknown one is no error.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) falsepositives: Vec<String>,
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    pub(crate) level: Option<Level>,
    pub(crate) detection: Option<Map<String, Value>>,
    pub(crate) correlation: Option<Correlation>,
    filter: Option<Value>,
    action: Option<Value>,
    #[serde(default)]
    pub(crate) okta_lake: Extension,
}

/// How bad it is, in Sigma's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For context only.
    Informational,
    /// Worth a look among others.
    Low,
    /// Worth a look.
    Medium,
    /// To be looked at today.
    High,
    /// To be looked at now.
    Critical,
}

/// The section `correlation`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correlation {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) rules: Vec<String>,
    #[serde(default, rename = "group-by", deserialize_with = "one_or_many")]
    pub(crate) group_by: Vec<String>,
    pub(crate) timespan: String,
    #[serde(default)]
    pub(crate) condition: Map<String, Value>,
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) generate: bool,
}

/// The block `okta_lake`: what Sigma cannot say. Tools that ignore it find more than this project does, never less.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Extension {
    /// What to do about a finding.
    #[serde(default)]
    pub(crate) respond: String,
    /// The fields that tell one finding from another.
    #[serde(default)]
    pub(crate) group_by: Vec<String>,
    /// The bucket of time that makes one finding of several events.
    pub(crate) bucket: Option<String>,
    /// Only what was not seen before.
    pub(crate) new: Option<New>,
    /// Only far more than usual.
    pub(crate) spike: Option<Spike>,
    /// Only what few peers do.
    pub(crate) peers: Option<Peers>,
    /// Only if something else did not happen.
    pub(crate) absent: Option<Absent>,
    /// Only if nobody can have travelled so fast.
    pub(crate) travel: Option<Travel>,
    /// Only if the inventory, as of the event's time, says so.
    pub(crate) as_of: Option<BTreeMap<String, Value>>,
    /// Findings of one person add up.
    pub(crate) risk: Option<Risk>,
    /// Events that the rule must and must not find; tests read them, nothing else does.
    #[serde(default)]
    pub(crate) tests: Vec<Value>,
}

/// Only values that an entity did not have in the days before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct New {
    /// The fields whose values are new, together.
    pub(crate) of: Vec<String>,
    /// The entity; nothing for the org as a whole.
    #[serde(default)]
    pub(crate) per: Vec<String>,
    /// How many days it was not seen in.
    pub(crate) days: u16,
    /// For how many days the entity must be known, so that not all of it is new.
    pub(crate) grace: u16,
    /// The patterns of the values that matter; nothing for all. The others still make the entity known.
    #[serde(default)]
    pub(crate) among: Vec<Value>,
}

/// Only days on which an entity does far more than on its others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Spike {
    pub(crate) per: Vec<String>,
    /// What is counted, each value once; nothing for events.
    #[serde(default)]
    pub(crate) of: Vec<String>,
    pub(crate) days: u16,
    /// How many days the entity must have been seen on.
    pub(crate) grace: u16,
    /// How many standard deviations above the mean.
    pub(crate) z: f64,
    /// How many at least.
    pub(crate) min: u64,
}

/// Only what few of an actor's peers did in the days before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Peers {
    pub(crate) of: Vec<String>,
    pub(crate) per: String,
    /// The attribute that peers share.
    pub(crate) alike: String,
    pub(crate) days: u16,
    /// How many peers there must be.
    pub(crate) min: usize,
    /// The share of peers, from 0 to 1, up to which it is rare.
    pub(crate) share: f64,
}

/// Only if another rule found nothing of the same group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Absent {
    pub(crate) rule: String,
    pub(crate) within: String,
    pub(crate) when: When,
    pub(crate) group_by: Vec<String>,
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, BTreeMap<String, String>>,
}

/// On which side of the event the other is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    Before,
    After,
}

/// Only if two events of an entity are too far apart for the time between them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Travel {
    pub(crate) per: String,
    pub(crate) within: String,
    pub(crate) km: f64,
    pub(crate) km_per_hour: f64,
}

/// Only if the findings of an entity reach a score.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Risk {
    pub(crate) per: String,
    pub(crate) score: u64,
    /// How many rules must have found something.
    pub(crate) rules: usize,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// If it is neither rule nor correlation, or a field does not have its type.
    pub(crate) fn parse(value: Value) -> Result<Self, RuleError> {
        let document: Self = serde_json::from_value(value).map_err(RuleError::shape)?;
        if document.filter.is_some() {
            return Err(RuleError::Kind("filter"));
        }
        if document.action.is_some() {
            return Err(RuleError::Kind("action"));
        }
        if document.detection.is_some() && document.correlation.is_some() {
            return Err(RuleError::shape("it has both a detection and a correlation"));
        }
        Ok(document)
    }
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}
