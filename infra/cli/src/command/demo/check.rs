//! Whether everything that was sent is in the lake: by uuid and byte for byte, not by numbers alone.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use normalize::Tenant;
use serde::Deserialize;

use crate::command::demo::script::Message;
use crate::quarantine;
use crate::report::grouped;
use crate::run_audit::RunAudit;
use crate::view::{self, Filter};

/// What must be in the lake after the run.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// The digest of each event's bytes, by uuid.
    events: HashMap<String, u64>,
    garbage: BTreeSet<String>,
}

impl Expected {
    /// Notes a message that is sent.
    pub(crate) fn note(&mut self, message: &Message<'_>) {
        match message {
            Message::Event(event) => drop(self.events.insert(event.uuid.clone(), digest(&event.json))),
            Message::Garbage(text) => drop(self.garbage.insert((*text).to_owned())),
        }
    }
}

/// The check, with what was in the lake before.
#[derive(Debug)]
pub(crate) struct Check {
    lake: PathBuf,
    tenant: Tenant,
    before: HashSet<String>,
}

/// A check that found everything.
#[derive(Debug)]
pub(crate) struct Passed {
    events: usize,
    garbage: usize,
}

#[derive(Deserialize)]
struct Row<'a> {
    metadata: Metadata,
    #[serde(borrow)]
    raw_data: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct Metadata {
    uid: String,
}

impl Check {
    /// Looks at the lake before the run: an earlier demonstration may have left the same events.
    pub(crate) fn before(lake: &Path, tenant: &Tenant) -> anyhow::Result<Self> {
        let mut check = Self { lake: lake.to_owned(), tenant: tenant.clone(), before: HashSet::new() };
        check.before = check.rows()?.into_iter().map(|(uid, _)| uid).collect();
        Ok(check)
    }

    /// Looks at it again, as a reader of the view does.
    pub(crate) fn after(&self, expected: &Expected, audit: &RunAudit) -> anyhow::Result<Passed> {
        let mut missing: HashSet<&str> = expected.events.keys().map(String::as_str).collect();
        let mut seen = HashSet::new();
        for (uid, bytes) in self.rows()? {
            ensure!(seen.insert(uid.clone()), "event {uid} is in the view twice");
            match expected.events.get(&uid) {
                Some(sent) => ensure!(*sent == bytes, "event {uid} is in the lake, but not as it was sent"),
                None => ensure!(self.before.contains(&uid), "event {uid} is in the lake, but was never sent"),
            }
            missing.remove(uid.as_str());
        }
        if let Some(example) = missing.iter().next() {
            bail!("{} events are not in the lake, such as {example}", missing.len());
        }
        self.check_garbage(expected, audit)?;
        Ok(Passed { events: expected.events.len(), garbage: expected.garbage.len() })
    }

    fn check_garbage(&self, expected: &Expected, audit: &RunAudit) -> anyhow::Result<()> {
        let mut kept = BTreeSet::new();
        for key in audit.quarantine_keys() {
            kept.insert(quarantine::read(&self.lake.join(key))?.body);
        }
        let missing: Vec<_> = expected.garbage.difference(&kept).collect();
        ensure!(missing.is_empty(), "not in quarantine: {missing:?}");
        let surplus: Vec<_> = kept.difference(&expected.garbage).collect();
        ensure!(surplus.is_empty(), "in quarantine, though there is nothing wrong with it: {surplus:?}");
        Ok(())
    }

    /// The uuid and the digest of the bytes of every row that a reader sees.
    fn rows(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let filter = Filter { tenant: Some(self.tenant.clone()), ..Filter::default() };
        let mut rows = Vec::new();
        let damage = view::rows(&self.lake, &filter, &mut |line| {
            let row: Row<'_> = serde_json::from_slice(line)?;
            rows.push((row.metadata.uid, digest(&row.raw_data)));
            Ok(())
        })?;
        damage.report()?;
        ensure!(damage.is_none(), "the lake has damaged objects: nothing can be proved of it");
        Ok(rows)
    }
}

impl Passed {
    /// Says so.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut output = io::stdout().lock();
        writeln!(output, "\nChecked, event by event:")?;
        writeln!(
            output,
            "  {} events are there once each, byte for byte as Okta sent them",
            grouped(self.events as u64)
        )?;
        writeln!(output, "  {} messages that are no events are in quarantine, whole", grouped(self.garbage as u64))
    }
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
