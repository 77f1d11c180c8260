//! A finding: what a rule found of one group in one bucket of time, with what it rests on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::document::Level;

/// How many events a finding names; `count` tells of all.
pub(crate) const EVIDENCE_LIMIT: usize = 100;
/// How long a summary may be, in characters.
const SUMMARY_LIMIT: usize = 500;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The digest of tenant, rule, group and the bucket's start: the same finding has the same uid.
    pub uid: String,
    /// The org.
    pub tenant: String,
    /// The rule's key.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// How bad it is.
    pub level: Level,
    /// The fields and values of the group.
    pub group: BTreeMap<String, String>,
    /// When the bucket begins.
    pub bucket: Timestamp,
    /// The first event.
    pub first: Timestamp,
    /// The last event.
    pub last: Timestamp,
    /// How many events there are.
    pub count: u64,
    /// The uids of the first events, in their order.
    pub evidence: Vec<String>,
    /// The uids of findings that belong to it: the same group in the bucket before or after, or an event in common.
    pub related: Vec<String>,
    /// What happened, in words of ours: nothing in it was written by an event.
    pub summary: String,
}

/// The digest that identifies a finding. Each part has its length before it, so that no two lists of parts are alike.
pub fn uid(tenant: &str, rule: &str, key: &[String], bucket: Timestamp) -> String {
    let mut digest = Sha256::new();
    let bucket = bucket.as_second().to_string();
    let parts = [tenant, rule, &bucket].into_iter().chain(key.iter().map(String::as_str));
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let first: [u8; 16] = std::array::from_fn({
        let all = digest.finalize();
        move |at| all[at]
    });
    format!("{:032x}", u128::from_be_bytes(first))
}

/// The start of the bucket of `seconds` that `time` lies in; buckets are aligned to the epoch.
pub fn bucket(time: Timestamp, seconds: u64) -> Timestamp {
    let length = i64::try_from(seconds.max(1)).unwrap_or(i64::MAX);
    let start = time.as_second() - time.as_second().rem_euclid(length);
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}

/// One line about a finding, without anything that a template or a terminal could take for an instruction.
pub(crate) fn summary(title: &str, count: u64, first: Timestamp, last: Timestamp) -> String {
    let events = if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
    let (first, last) = (first.strftime("%Y-%m-%d %H:%M:%S UTC"), last.strftime("%H:%M:%S UTC"));
    let title: String = title.chars().filter(|letter| is_plain(*letter)).take(SUMMARY_LIMIT - 120).collect();
    if count == 1 { format!("{title}: {events} at {first}") } else { format!("{title}: {events}, {first} to {last}") }
}

fn is_plain(letter: char) -> bool {
    let directs = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}');
    !letter.is_control() && !directs && !matches!(letter, '"' | '\'' | '\\' | '<' | '>' | '`' | '@')
}

/// Links findings that belong together.
pub(crate) fn relate(findings: &mut [Finding], lengths: &BTreeMap<String, u64>) {
    let mut by_event: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_bucket: BTreeMap<(&str, &BTreeMap<String, String>, i64), usize> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        for event in &finding.evidence {
            by_event.entry(event).or_default().push(at);
        }
        by_bucket.insert((&finding.rule, &finding.group, finding.bucket.as_second()), at);
    }
    let related = |at: usize| -> Vec<String> {
        let finding = &findings[at];
        let length = lengths.get(&finding.rule).and_then(|length| i64::try_from(*length).ok()).unwrap_or_default();
        let beside = [-length, length].into_iter().filter_map(|step| {
            by_bucket.get(&(finding.rule.as_str(), &finding.group, finding.bucket.as_second() + step)).copied()
        });
        let shared = finding.evidence.iter().flat_map(|event| by_event[event.as_str()].iter().copied());
        let mut uids: Vec<_> =
            beside.chain(shared).filter(|other| *other != at).map(|other| findings[other].uid.clone()).collect();
        uids.sort();
        uids.dedup();
        uids.truncate(EVIDENCE_LIMIT);
        uids
    };
    let all: Vec<_> = (0..findings.len()).map(related).collect();
    for (finding, related) in findings.iter_mut().zip(all) {
        finding.related = related;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_aligned_to_the_epoch() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(bucket(at("2026-05-04T10:59:59.9Z"), 3_600), at("2026-05-04T10:00:00Z"));
        assert_eq!(bucket(at("2026-05-04T11:00:00Z"), 3_600), at("2026-05-04T11:00:00Z"));
        assert_eq!(bucket(at("1969-12-31T23:59:59Z"), 3_600), at("1969-12-31T23:00:00Z"));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |rule: &str, key: &[&str]| {
            uid("t", rule, &key.iter().map(|&part| part.to_owned()).collect::<Vec<_>>(), Timestamp::UNIX_EPOCH)
        };
        assert_eq!(of("r", &["a", "b"]), of("r", &["a", "b"]));
        assert_ne!(of("r", &["a", "b"]), of("r", &["ab", ""]));
        assert_ne!(of("r", &["a"]), of("ra", &[]));
        assert_eq!(of("r", &[]).len(), 32);
    }

    #[test]
    fn a_summary_has_nothing_that_directs() {
        let time = Timestamp::UNIX_EPOCH;
        let told = summary("a\u{202e}\"},{\" <!channel> @x `y` \\ \n'", 2, time, time);
        assert_eq!(told, "a},{ !channel x y  : 2 events, 1970-01-01 00:00:00 UTC to 00:00:00 UTC");
        assert!(summary(&"x".repeat(1_000), 1, time, time).chars().count() <= 500);
    }
}
