//! Detection: Sigma rules over Okta's LogEvents, and findings of what they find.
//!
//! A rule about one event is a typed predicate and runs wherever an event is written. Correlations, baselines, absences,
//! peer groups and joins with the inventory run over a window of events ([`Evaluation`]).

pub mod as_of;
pub mod built_in;
mod cidr;
mod condition;
mod correlate;
mod detection;
mod document;
mod error;
mod evaluate;
mod finding;
mod hit;
mod lists;
mod modifiers;
mod narrow;
mod node;
mod path;
mod pattern;
mod predicate;
pub mod profile;
mod rule;
mod rule_set;
mod seen;
mod timespan;
mod yaml;

pub use as_of::{AsOf, Facts, NoInventory};
pub use document::Level;
pub use error::RuleError;
pub use evaluate::{Context, Evaluation, Outcome, score};
pub use finding::{Finding, bucket, uid};
pub use lists::Lists;
pub use node::Node;
pub use path::Path;
pub use profile::Profile;
pub use rule::Rule;
pub use rule_set::{RULE_LIMIT, Refused, RuleSet};
pub use yaml::{FILE_LIMIT, documents};
