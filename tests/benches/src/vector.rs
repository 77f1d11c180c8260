//! The peer: Vector's language, VRL, with a program that makes the same rows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow, ensure};
use serde_json::Value as Json;
use vrl::compiler::runtime::Runtime;
use vrl::compiler::{Program, TargetValue, TimeZone};
use vrl::diagnostic::Formatter;
use vrl::value::{ObjectMap, Secrets, Value};

const PROGRAM: &str = include_str!("vector.vrl");

/// What a row must have in common with ours before the two are compared by time.
const MUST_AGREE: [&str; 20] = [
    "/time",
    "/type_uid",
    "/type_name",
    "/status_id",
    "/severity_id",
    "/message",
    "/metadata/uid",
    "/metadata/event_code",
    "/metadata/correlation_uid",
    "/actor/user",
    "/actor/session",
    "/user",
    "/src_endpoint",
    "/http_request",
    "/service",
    "/authorizations",
    "/auth_factors",
    "/group",
    "/observables",
    "/raw_data",
];

/// How many differences are told.
const EXAMPLES: usize = 20;

/// The compiled program.
pub struct Peer {
    program: Program,
    runtime: Runtime,
}

impl Peer {
    /// Compiles the program.
    pub fn new() -> Result<Self> {
        let compiled = vrl::compiler::compile(PROGRAM, &vrl::stdlib::all());
        let compiled = compiled.map_err(|errors| anyhow!("vector.vrl: {}", Formatter::new(PROGRAM, errors)))?;
        Ok(Self { program: compiled.program, runtime: Runtime::default() })
    }

    /// `texts` as Vector's sources hand them over.
    pub fn sources(texts: &[String]) -> Vec<Value> {
        let source = |text: &String| {
            Value::Object(BTreeMap::from([
                ("message".into(), Value::from(text.as_str())),
                ("tenant".into(), Value::from("acme")),
                ("received".into(), Value::from(1_777_888_800_000_i64)),
            ]))
        };
        texts.iter().map(source).collect()
    }

    /// Events to rows.
    pub fn parse_and_map(&mut self, sources: Vec<Value>) -> Result<Vec<Value>> {
        sources.into_iter().map(|source| self.row(source)).collect()
    }

    fn row(&mut self, source: Value) -> Result<Value> {
        let metadata = Value::Object(ObjectMap::new());
        let mut target = TargetValue { value: source, metadata, secrets: Secrets::default() };
        let outcome = self.runtime.resolve(&mut target, &self.program, &TimeZone::default());
        self.runtime.clear();
        outcome.map_err(|error| anyhow!("vector.vrl: {error}"))?;
        Ok(target.value)
    }
}

/// How far two sides' rows agree, leaf by leaf.
#[derive(Debug, Default)]
pub struct Agreement {
    /// Leaves that both have with the same value.
    pub same: usize,
    /// Leaves that either has.
    pub all: usize,
    /// The first leaves that differ.
    pub examples: Vec<String>,
}

/// Compares the rows; an error if a value that must agree does not.
pub fn agreement(ours: &[Json], theirs: &[Json]) -> Result<Agreement> {
    ensure!(ours.len() == theirs.len(), "{} rows against {}", ours.len(), theirs.len());
    let mut agreement = Agreement::default();
    for (our, their) in ours.iter().zip(theirs) {
        let kind = &our["metadata"]["event_code"];
        for path in MUST_AGREE {
            let (our, their) = (our.pointer(path), their.pointer(path));
            ensure!(our == their, "{kind} {path}: VRL says {their:?}, we say {our:?}");
        }
        agreement.compare(&leaves(our), &leaves(their));
    }
    Ok(agreement)
}

impl Agreement {
    /// Which part of all leaves is the same.
    #[allow(clippy::cast_precision_loss)] // Far below 2^52.
    pub fn share(&self) -> f64 {
        self.same as f64 / self.all as f64
    }

    fn compare(&mut self, ours: &BTreeMap<String, &Json>, theirs: &BTreeMap<String, &Json>) {
        let paths: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        self.all += paths.len();
        for path in paths {
            if ours.get(path) == theirs.get(path) {
                self.same += 1;
            } else if self.examples.len() < EXAMPLES {
                self.examples.push(format!("{path}: we {:?}, VRL {:?}", ours.get(path), theirs.get(path)));
            }
        }
    }
}

fn leaves(row: &Json) -> BTreeMap<String, &Json> {
    let mut leaves = BTreeMap::new();
    collect(String::new(), row, &mut leaves);
    leaves
}

fn collect<'a>(path: String, value: &'a Json, leaves: &mut BTreeMap<String, &'a Json>) {
    match value {
        Json::Object(members) => members.iter().for_each(|(name, it)| collect(format!("{path}/{name}"), it, leaves)),
        Json::Array(values) => values.iter().enumerate().for_each(|(at, it)| collect(format!("{path}/{at}"), it, leaves)),
        _ => drop(leaves.insert(path, value)),
    }
}
