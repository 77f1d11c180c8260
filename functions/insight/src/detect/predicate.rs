//! What a selection or a condition asks of one event, typed.

use std::collections::BTreeSet;

use regex::Regex;

use super::cidr::Cidr;
use super::modifiers::Order;
use super::node::Node;
use super::path::Path;
use super::pattern::Pattern;

/// A question about one event.
#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    /// All hold.
    All(Vec<Predicate>),
    /// One holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// One of a field's values passes one of the tests.
    Field(Path, Vec<Test>),
    /// A field and another have a value in common.
    SameAs(Path, Path),
    /// Some scalar of the event matches.
    Keyword(Pattern),
}

/// A question about one field.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    /// A value matches.
    Text(Pattern),
    /// A value matches.
    Regex(Regex),
    /// A value is an address of the range.
    Cidr(Cidr),
    /// A value is a number that compares so.
    Number(Order, f64),
    /// There is a value, or there is none.
    Exists(bool),
}

impl Predicate {
    /// Whether it holds of `event`.
    pub(crate) fn holds<'a, N: Node<'a>>(&self, event: N) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(event)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(event)),
            Self::Not(part) => !part.holds(event),
            Self::Field(path, tests) => holds_of_field(path, tests, event),
            Self::SameAs(path, other) => {
                let others = other.values(event);
                path.any(event, |value| others.iter().any(|other| other.to_lowercase() == value.to_lowercase()))
            }
            Self::Keyword(pattern) => has_text(event, pattern),
        }
    }

    /// Returns the event types, in lower case, outside of which it cannot hold; none if it may hold of any.
    pub(crate) fn event_types(&self) -> Option<BTreeSet<String>> {
        match self {
            Self::All(parts) => parts.iter().filter_map(Self::event_types).reduce(|a, b| &a & &b),
            Self::Any(parts) => {
                parts.iter().map(Self::event_types).try_fold(BTreeSet::new(), |all, some| Some(&all | &some?))
            }
            Self::Field(path, tests) if *path == Path::new("eventType") => {
                let literal = |test: &Test| {
                    if let Test::Text(pattern) = test { pattern.literal().map(str::to_lowercase) } else { None }
                };
                tests.iter().map(literal).collect()
            }
            Self::Not(_) | Self::Field(..) | Self::SameAs(..) | Self::Keyword(_) => None,
        }
    }
}

fn holds_of_field<'a, N: Node<'a>>(path: &Path, tests: &[Test], event: N) -> bool {
    let mut is_there = false;
    let found = path.any(event, |value| {
        is_there = true;
        tests.iter().any(|test| test.passes(&value))
    });
    found || tests.iter().any(|test| matches!(test, Test::Exists(wanted) if *wanted == is_there))
}

impl Test {
    fn passes(&self, value: &str) -> bool {
        match self {
            Self::Text(pattern) => pattern.matches(value),
            Self::Regex(regex) => regex.is_match(value),
            Self::Cidr(range) => range.contains(value),
            Self::Number(order, bound) => value.parse().is_ok_and(|number| order.holds(number, *bound)),
            Self::Exists(_) => false,
        }
    }
}

fn has_text<'a, N: Node<'a>>(node: N, pattern: &Pattern) -> bool {
    if let Some(text) = node.scalar() {
        return pattern.matches(&text);
    }
    node.any_item(&mut |item| has_text(item, pattern)).unwrap_or(false)
        || node.any_member(&mut |member| has_text(member, pattern))
}
