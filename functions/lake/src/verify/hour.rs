//! One hour: which of its objects are to be read, and what they must be. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::key::Key;
use crate::layout;
use crate::ledger::{Entry, HourObjects, superseded};
use crate::partition::Partition;
use crate::stored::ReadError;
use crate::verify::finding::{Finding, FindingKind, Remedy};
use crate::verify::object::ObjectFacts;

/// An hour of the lake, as the listing and the ledger have it.
#[derive(Debug)]
pub(crate) struct HourCheck<'a> {
    pub(crate) partition: &'a Partition,
    /// Its entry, if there is one that can be read.
    pub(crate) entry: Option<&'a Entry>,
    pub(crate) objects: &'a HourObjects,
    /// Whether a trusted signature covers the entry.
    pub(crate) is_covered: bool,
    /// Whether retention may have removed its objects.
    pub(crate) is_expired: bool,
    pub(crate) now: Timestamp,
}

impl HourCheck<'_> {
    /// What is wrong with the hour before any object is read.
    pub(crate) fn of_listing(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.entry {
            None if self.objects.sealed.is_empty() => {}
            None => {
                let detail = "the hour has sealed objects and no entry".to_owned();
                let key = layout::ledger_key(self.partition);
                findings.push(self.finding(FindingKind::EntryMissing, &key, detail, vec![Remedy::Seal]));
            }
            Some(entry) => findings.extend(self.of_entry(entry)),
        }
        findings.extend(self.unlisted().into_iter().map(|key| {
            let detail = "no entry names it, and no entry has superseded it".to_owned();
            self.finding(FindingKind::ObjectUnlisted, &key, detail, vec![Remedy::Seal])
        }));
        findings
    }

    fn of_entry(&self, entry: &Entry) -> Vec<Finding> {
        let key = layout::ledger_key(self.partition);
        let mut findings = Vec::new();
        if entry.tenant != self.partition.tenant.as_str() || entry.hour != self.partition.hour {
            let detail = format!("it is about the hour {} of {}", entry.hour, entry.tenant);
            findings.push(self.finding(FindingKind::EntryMisplaced, &key, detail, self.okta()));
        }
        let counts = entry.counts;
        let counted = counts.stream_only + counts.api_only + counts.both;
        let has_object = entry.object.is_some();
        if counted != entry.rows || has_object != (entry.rows > 0) {
            let object = if has_object { "an object" } else { "no object" };
            let detail = format!("it has {object}, {} rows, and {counted} of them by their paths", entry.rows);
            findings.push(self.finding(FindingKind::CountsDiffer, &key, detail, self.okta()));
        }
        if let Some(object) = &entry.object {
            if sealed_partition(object).is_none_or(|partition| partition != *self.partition) {
                let detail = "it names an object outside of its hour".to_owned();
                findings.push(self.finding(FindingKind::EntryMisplaced, object, detail, self.okta()));
            } else if !self.objects.sealed.contains(object) && !self.is_expired {
                let detail = "the object that the entry names is gone".to_owned();
                findings.push(self.finding(FindingKind::ObjectMissing, object, detail, self.remedies()));
            }
        }
        findings
    }

    /// Sealed objects that are neither the entry's nor superseded.
    fn unlisted(&self) -> Vec<String> {
        let Some(entry) = self.entry else { return Vec::new() };
        let superseded = BTreeSet::from_iter(superseded(entry, self.objects));
        let is_known = |key: &&String| {
            let is_past =
                matches!(Key::parse(key), Some(Key::Sealed { generation, .. }) if generation < entry.generation);
            let is_orphan = is_past && entry.sequence.is_none();
            entry.object.as_ref() == Some(*key) || superseded.contains(*key) || is_orphan
        };
        // While the sealed object is missing nothing counts as superseded: only that is reported.
        let is_missing = entry.object.as_ref().is_some_and(|object| !self.objects.sealed.contains(object));
        let objects = self.objects.sealed.iter().filter(|_| !is_missing);
        objects.filter(|key| !is_known(key)).cloned().collect()
    }

    /// The sealed object to read, if it is there.
    pub(crate) fn sealed(&self) -> Option<(&Entry, &str)> {
        let entry = self.entry?;
        let object = entry.object.as_deref()?;
        self.objects.sealed.iter().any(|key| key == object).then_some((entry, object))
    }

    /// What is wrong with the sealed object.
    pub(crate) fn of_sealed(&self, entry: &Entry, key: &str, facts: &ObjectFacts) -> Vec<Finding> {
        let mut findings = self.of_rows(key, facts, self.remedies());
        let mut report = |kind, detail| findings.push(self.finding(kind, key, detail, self.remedies()));
        let is_proven = entry.object_digest.as_ref() == Some(&facts.digest);
        match &entry.object_digest {
            Some(digest) if !is_proven => {
                report(
                    FindingKind::ObjectAltered,
                    format!("its SHA-256 is {}, and the entry has {digest}", facts.digest),
                );
            }
            None if !is_named(key, &facts.summary.content) => {
                report(FindingKind::ObjectAltered, "its content is not that of its name".to_owned());
            }
            _ => {}
        }
        let summary = &facts.summary;
        if summary.rows != entry.rows {
            report(FindingKind::RowsDiffer, format!("it has {} rows, and the entry has {}", summary.rows, entry.rows));
        } else if summary.uids != entry.digest {
            report(FindingKind::RowsDiffer, "its uuids are not those of the entry".to_owned());
        }
        findings
    }

    /// What is wrong with a live object.
    pub(crate) fn of_live(&self, key: &str, facts: &ObjectFacts) -> Vec<Finding> {
        let mut findings = self.of_rows(key, facts, self.live_remedies(key));
        if !facts.live_names.iter().any(|name| is_named(key, name)) {
            let detail = "its content is not that of its name".to_owned();
            findings.push(self.finding(FindingKind::ObjectAltered, key, detail, self.live_remedies(key)));
        }
        findings
    }

    /// An object that cannot be read.
    pub(crate) fn unreadable(&self, key: &str, error: &ReadError) -> Finding {
        let detail = crate::quarantine::reason(error);
        let is_sealed = key.starts_with("sealed/");
        let remedies = if is_sealed { self.remedies() } else { self.live_remedies(key) };
        self.finding(FindingKind::ObjectUnreadable, key, detail, remedies)
    }

    fn of_rows(&self, key: &str, facts: &ObjectFacts, remedies: Vec<Remedy>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (damaged, first) = &facts.damaged;
        if *damaged > 0 {
            let detail = format!("{damaged} rows: {}", first.as_deref().unwrap_or_default());
            findings.push(self.finding(FindingKind::RowsDamaged, key, detail, remedies.clone()));
        }
        if facts.misplaced > 0 {
            let detail = format!("{} rows are of another hour", facts.misplaced);
            findings.push(self.finding(FindingKind::RowsMisplaced, key, detail, remedies.clone()));
        }
        if facts.unsorted > 0 {
            let detail = format!("{} rows are repeated or out of order", facts.unsorted);
            findings.push(self.finding(FindingKind::RowsDiffer, key, detail, remedies));
        }
        findings
    }

    /// How the sealed object can be had again.
    fn remedies(&self) -> Vec<Remedy> {
        let digest = self.entry.and_then(|entry| entry.object_digest.clone()).filter(|_| self.is_covered);
        let version = digest.map(|digest| Remedy::Version { digest });
        version.into_iter().chain(self.okta()).collect()
    }

    /// A live object whose rows are sealed is not needed any more.
    fn live_remedies(&self, key: &str) -> Vec<Remedy> {
        let name = key.rsplit('/').next().unwrap_or_default();
        let is_sealed = self.entry.is_some_and(|entry| entry.inputs.contains(name));
        is_sealed.then_some(Remedy::Seal).into_iter().chain(self.okta()).collect()
    }

    fn okta(&self) -> Vec<Remedy> {
        Remedy::okta(self.partition.hour, self.now).into_iter().collect()
    }

    fn finding(&self, kind: FindingKind, key: &str, detail: String, remedies: Vec<Remedy>) -> Finding {
        let Partition { tenant, hour } = self.partition;
        Finding { tenant: tenant.to_string(), hour: Some(*hour), kind, key: key.to_owned(), detail, remedies }
    }
}

/// Whether a key ends in a name and an extension.
fn is_named(key: &str, name: &str) -> bool {
    let found = key.rsplit('/').next().unwrap_or_default();
    found.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

fn sealed_partition(key: &str) -> Option<Partition> {
    match Key::parse(key)? {
        Key::Sealed { partition, .. } => Some(partition),
        _ => None,
    }
}
