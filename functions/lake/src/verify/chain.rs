//! The chain of an org's ledger: links, numbers, signatures and the published heads. Memory grows with the number of hours,
//! not of rows. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::layout;
use crate::ledger::{EntryLink, Head, PastGeneration, Recorded};
use crate::partition::Partition;
use crate::verify::finding::{Finding, FindingKind};
use crate::verify::trust::{SignatureState, TrustedKeys};

/// All entries of an org's ledger, as far as their links go.
#[derive(Debug)]
pub(crate) struct Chain<'a> {
    trusted: &'a TrustedKeys,
    tenant: normalize::Tenant,
    entries: BTreeMap<Timestamp, Node>,
    findings: Vec<Finding>,
}

/// What the chain says when every entry is known.
#[derive(Debug, Default)]
pub(crate) struct ChainResult {
    pub(crate) findings: Vec<Finding>,
    /// Entries that no signature covers, made before signing began.
    pub(crate) uncovered: u64,
    /// Signatures that no key was given for.
    pub(crate) unchecked: u64,
    /// The hours whose entries a trusted key signed, or an entry that links to them.
    pub(crate) covered: BTreeSet<Timestamp>,
    /// The newest entry.
    pub(crate) head: Option<Head>,
}

#[derive(Debug)]
struct Node {
    link: EntryLink,
    sequence: Option<u64>,
    past: Vec<PastGeneration>,
    previous: Option<EntryLink>,
    predecessor: Option<EntryLink>,
    org_id: Option<String>,
    signature: SignatureState,
    sealed: Timestamp,
    head: Option<Head>,
}

impl Node {
    /// Whether a link names this entry or a generation that it replaced.
    fn has(&self, link: &EntryLink) -> bool {
        let is_past = |past: &PastGeneration| past.generation == link.generation && past.digest == link.digest;
        self.link == *link || (self.link.hour == link.hour && self.past.iter().any(is_past))
    }

    /// The numbers of the entry and of the generations that it replaced, with their digests.
    fn numbers(&self) -> impl Iterator<Item = (u64, &str)> {
        let past = self.past.iter().filter_map(|past| Some((past.sequence?, past.digest.as_str())));
        self.sequence.map(|sequence| (sequence, self.link.digest.as_str())).into_iter().chain(past)
    }
}

impl<'a> Chain<'a> {
    pub(crate) fn new(tenant: &normalize::Tenant, trusted: &'a TrustedKeys) -> Self {
        Self { trusted, tenant: tenant.clone(), entries: BTreeMap::new(), findings: Vec::new() }
    }

    /// Adds the entry of an hour.
    pub(crate) fn add(&mut self, hour: Timestamp, recorded: &Recorded) {
        let Recorded { entry, .. } = recorded;
        let head = recorded.head();
        let signature = match (&head, &entry.signature) {
            (Some(head), _) => self.trusted.check(head),
            (None, None) => SignatureState::Absent,
            // What has a signature has a number: this one was cut out.
            (None, Some(_)) => SignatureState::Invalid,
        };
        let node = Node {
            link: recorded.link(),
            sequence: entry.sequence,
            past: entry.generations.clone(),
            previous: entry.previous.clone(),
            predecessor: entry.predecessor.clone(),
            org_id: entry.org_id.clone(),
            signature,
            sealed: entry.sealed,
            head,
        };
        self.entries.insert(hour, node);
    }

    /// Checks the whole ledger, against heads that were published outside of the bucket.
    pub(crate) fn finish(mut self, heads: &[Head]) -> ChainResult {
        self.check_links();
        self.check_numbers();
        self.check_orgs();
        let covered = self.covered();
        self.check_signatures(&covered);
        for head in heads {
            if head.tenant == self.tenant.as_str() {
                self.check_head(head);
            }
        }
        let is_loose =
            |(hour, node): &(&Timestamp, &Node)| node.signature == SignatureState::Absent && !covered.contains(hour);
        ChainResult {
            uncovered: self.entries.iter().filter(is_loose).count() as u64,
            unchecked: self.entries.values().filter(|node| node.signature == SignatureState::Unchecked).count() as u64,
            head: self.entries.values().filter_map(|node| node.head.clone()).max_by_key(|head| head.sequence),
            findings: self.findings,
            covered,
        }
    }

    fn check_links(&mut self) {
        let mut broken = Vec::new();
        for (hour, node) in &self.entries {
            for (name, link) in [("hour before", &node.previous), ("entry before", &node.predecessor)] {
                let Some(link) = link else { continue };
                match self.entries.get(&link.hour) {
                    None => broken.push((link.hour, FindingKind::EntryMissing, format!("{hour} links to it"))),
                    Some(other) if !other.has(link) => {
                        let (hour, generation, found) = (link.hour, link.generation, other.link.generation);
                        let detail = format!(
                            "its link to the {name} names generation {generation} of {hour}, which the ledger, now at \
                             generation {found}, does not have"
                        );
                        broken.push((node.link.hour, FindingKind::LinkBroken, detail));
                    }
                    Some(_) => {}
                }
            }
            let before = Partition { tenant: self.tenant.clone(), hour: *hour }.previous();
            let is_of_hour_before = node
                .previous
                .as_ref()
                .is_none_or(|link| before.as_ref().is_some_and(|before| before.hour == link.hour));
            if !is_of_hour_before {
                let detail = "its link to the hour before names another hour".to_owned();
                broken.push((*hour, FindingKind::LinkBroken, detail));
            }
        }
        self.report_all(broken);
    }

    /// Every number from 1 on must have one entry, and each entry must link to that of the number before.
    fn check_numbers(&mut self) {
        let mut numbers = BTreeMap::<u64, (Timestamp, String)>::new();
        let mut broken = Vec::new();
        for (hour, node) in &self.entries {
            for (sequence, digest) in node.numbers() {
                let other = numbers.insert(sequence, (*hour, digest.to_owned()));
                if let Some((other, _)) = other.filter(|(_, other)| other != digest) {
                    let detail = format!("number {sequence} is also that of an entry of {other}");
                    broken.push((*hour, FindingKind::SequenceRepeated, detail));
                }
            }
        }
        let mut expected = 1;
        for (sequence, (hour, _)) in &numbers {
            if *sequence > expected {
                let missing = match sequence - expected {
                    1 => format!("number {expected} is missing"),
                    _ => format!("numbers {expected} to {} are missing", sequence - 1),
                };
                broken.push((*hour, FindingKind::SequenceMissing, format!("{missing} before its number {sequence}")));
            }
            expected = sequence + 1;
        }
        for (hour, node) in &self.entries {
            let Some(sequence) = node.sequence.filter(|sequence| *sequence > 1) else { continue };
            let expected = numbers.get(&(sequence - 1)).map(|(_, digest)| digest);
            let found = node.predecessor.as_ref().map(|link| &link.digest);
            if expected.is_some() && found != expected {
                let detail = format!("it does not link to the entry with number {}", sequence - 1);
                broken.push((*hour, FindingKind::LinkBroken, detail));
            }
        }
        self.report_all(broken);
    }

    fn check_orgs(&mut self) {
        let newest = self.entries.values().filter(|node| node.org_id.is_some()).max_by_key(|node| node.sequence);
        let Some(org) = newest.and_then(|node| node.org_id.clone()) else { return };
        let differs = |node: &&Node| node.org_id.as_ref().is_some_and(|id| *id != org);
        let detail = "the id of the org is another one than in the newest entry";
        let differing = self.entries.values().filter(differs);
        let broken = differing.map(|node| (node.link.hour, FindingKind::OrgDiffers, detail.to_owned())).collect();
        self.report_all(broken);
    }

    /// The hours that a valid signature covers: those signed, and those that these link to, and so on.
    fn covered(&self) -> BTreeSet<Timestamp> {
        let is_valid = |(_, node): &(&Timestamp, &Node)| node.signature == SignatureState::Valid;
        let mut open: Vec<_> = self.entries.iter().filter(is_valid).map(|(hour, _)| *hour).collect();
        let mut covered = BTreeSet::new();
        while let Some(hour) = open.pop() {
            let Some(node) = self.entries.get(&hour).filter(|_| covered.insert(hour)) else { continue };
            let links = node.previous.iter().chain(&node.predecessor);
            open.extend(links.filter(|link| self.is_current(link)).map(|link| link.hour));
        }
        covered
    }

    /// Whether a link names the entry that the ledger has now: a past generation proves nothing about its successor.
    fn is_current(&self, link: &EntryLink) -> bool {
        self.entries.get(&link.hour).is_some_and(|node| node.link == *link)
    }

    fn check_signatures(&mut self, covered: &BTreeSet<Timestamp>) {
        let signed = self.entries.values().filter(|node| node.signature != SignatureState::Absent);
        let (begun, first) = signed.fold((None, None), |(begun, first): (Option<Timestamp>, Option<u64>), node| {
            let earlier = |known: Option<Timestamp>| Some(known.map_or(node.sealed, |known| known.min(node.sealed)));
            (earlier(begun), first.into_iter().chain(node.sequence).min())
        });
        // Whoever gives a key expects signatures: a ledger that has lost all of them ends without one.
        let newest = self.entries.iter().max_by_key(|(_, node)| (node.sequence, node.sealed)).map(|(hour, _)| *hour);
        let newest = newest.filter(|_| !self.trusted.is_empty());
        let mut broken = Vec::new();
        for (hour, node) in &self.entries {
            // Without a number it is of version 1: another entry that links to it may prove it.
            let is_after = match node.sequence {
                Some(sequence) => first.is_some_and(|first| sequence > first),
                None => begun.is_some_and(|begun| node.sealed >= begun) && !covered.contains(hour),
            };
            match node.signature {
                SignatureState::Absent if is_after || newest == Some(*hour) => {
                    let detail = "it has no signature, and was made after signing began".to_owned();
                    broken.push((*hour, FindingKind::Unsigned, detail));
                }
                SignatureState::Invalid => {
                    let detail = "its signature is not that of its content".to_owned();
                    broken.push((*hour, FindingKind::SignatureInvalid, detail));
                }
                SignatureState::Untrusted => {
                    let detail = "it is signed by a key that is not among the trusted ones".to_owned();
                    broken.push((*hour, FindingKind::KeyUntrusted, detail));
                }
                _ => {}
            }
        }
        self.report_all(broken);
    }

    fn check_head(&mut self, head: &Head) {
        let signature = self.trusted.check(head);
        if matches!(signature, SignatureState::Invalid | SignatureState::Untrusted) {
            let detail = "the published head is not signed by a trusted key: it proves nothing".to_owned();
            return self.report(head.hour, FindingKind::SignatureInvalid, detail);
        }
        let numbers = self.entries.values().flat_map(Node::numbers);
        let (mut last, mut found) = (0, None);
        for (sequence, digest) in numbers {
            last = last.max(sequence);
            if sequence == head.sequence {
                found = Some(digest == head.digest);
            }
        }
        match found {
            Some(true) => {}
            None if last < head.sequence => {
                let detail =
                    format!("the ledger ends with number {last}, and the published head has {}", head.sequence);
                self.report(head.hour, FindingKind::HeadMissing, detail);
            }
            _ => {
                let detail = format!("number {} is not the entry that was published as head", head.sequence);
                self.report(head.hour, FindingKind::HeadDiffers, detail);
            }
        }
    }

    fn report_all(&mut self, broken: Vec<(Timestamp, FindingKind, String)>) {
        for (hour, kind, detail) in broken {
            self.report(hour, kind, detail);
        }
    }

    fn report(&mut self, hour: Timestamp, kind: FindingKind, detail: String) {
        let key = layout::ledger_key(&Partition { tenant: self.tenant.clone(), hour });
        let tenant = self.tenant.to_string();
        self.findings.push(Finding { tenant, hour: Some(hour), kind, key, detail, remedies: Vec::new() });
    }
}
