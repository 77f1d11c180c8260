//! Correlations: windows over what other rules found. A window ends with an event and includes both its ends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::hit::{Evidence, Hit};
use super::rule::{Correlated, Kind};
use super::seen::{GroupKey, Projection, Seen};

/// The hits of one group, in their order.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
}

struct Entry {
    hit: Hit,
    /// Which of the correlation's rules found it.
    slot: usize,
    /// The values that are counted.
    values: Vec<String>,
}

/// Returns what a correlation finds in what its rules found; `hits` has the hits of each of its rules, in their order.
pub(crate) fn correlate(correlated: &Correlated, hits: &[&[Hit]], projection: &Projection) -> Vec<(GroupKey, Hit)> {
    let mut found = Vec::new();
    for (key, mut group) in groups(correlated, hits, projection) {
        group.entries.sort_by(|a, b| (&a.hit.event, a.slot).cmp(&(&b.hit.event, b.slot)));
        let of_group = match correlated.kind {
            Kind::TemporalOrdered => sequences(&group, correlated),
            _ => windows(&group, correlated),
        };
        found.extend(of_group.into_iter().map(|hit| (key.clone(), hit)));
    }
    found
}

fn groups(correlated: &Correlated, hits: &[&[Hit]], projection: &Projection) -> BTreeMap<GroupKey, Group> {
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    for (slot, hits) in hits.iter().enumerate() {
        for hit in *hits {
            for key in projection.groups(&hit.event, &correlated.groups[slot]) {
                let values = match &correlated.kind {
                    Kind::ValueCount(fields) => lower(projection.values(&hit.event, &fields[slot])),
                    _ => Vec::new(),
                };
                groups.entry(key).or_default().entries.push(Entry { hit: hit.clone(), slot, values });
            }
        }
    }
    groups
}

fn lower(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_lowercase()).collect()
}

/// The events of a group in one list, and where each entry's begin.
fn list(group: &Group) -> (Arc<Vec<Arc<Seen>>>, Vec<usize>) {
    let (mut list, mut starts) = (Vec::new(), vec![0]);
    for entry in &group.entries {
        list.extend(entry.hit.evidence.handed_on().cloned());
        starts.push(list.len());
    }
    (Arc::new(list), starts)
}

/// Every window that ends with an event and is within the bounds.
fn windows(group: &Group, correlated: &Correlated) -> Vec<Hit> {
    let (list, starts) = list(group);
    let entries = &group.entries;
    let mut count = Count::default();
    let (mut found, mut first, mut next) = (Vec::new(), 0, 0);
    while next < entries.len() {
        let end = entries[next].hit.event.time;
        while entries.get(next).is_some_and(|entry| entry.hit.event.time == end) {
            count.add(&entries[next]);
            next += 1;
        }
        let begin = before(end, correlated.span);
        while entries[first].hit.event.time < begin {
            count.remove(&entries[first]);
            first += 1;
        }
        if count.is_enough(correlated) {
            let evidence = Evidence::part(&list, starts[first]..starts[next]);
            found.push(Hit { event: Arc::clone(&entries[next - 1].hit.event), evidence });
        }
    }
    found
}

/// What a window holds: each event, value and rule once, however many rules found it.
#[derive(Default)]
struct Count {
    events: HashMap<String, usize>,
    values: HashMap<String, usize>,
    slots: HashMap<usize, usize>,
}

impl Count {
    fn add(&mut self, entry: &Entry) {
        *self.events.entry(entry.hit.event.uid.clone()).or_default() += 1;
        *self.slots.entry(entry.slot).or_default() += 1;
        for value in &entry.values {
            *self.values.entry(value.clone()).or_default() += 1;
        }
    }

    fn remove(&mut self, entry: &Entry) {
        less(&mut self.events, &entry.hit.event.uid);
        less(&mut self.slots, &entry.slot);
        for value in &entry.values {
            less(&mut self.values, value);
        }
    }

    fn is_enough(&self, correlated: &Correlated) -> bool {
        let number = match correlated.kind {
            Kind::EventCount => self.events.len(),
            Kind::ValueCount(_) => self.values.len(),
            Kind::Temporal if correlated.bounds.is_empty() => return self.slots.len() == correlated.rules.len(),
            Kind::Temporal | Kind::TemporalOrdered => self.slots.len(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a window has fewer than 2^52 events")]
        correlated.bounds.iter().all(|bound| bound.holds(number as f64))
    }
}

fn less<K: std::hash::Hash + Eq + Clone>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// For each hit of the last rule, the closest hits of the others before it, each earlier than the next.
fn sequences(group: &Group, correlated: &Correlated) -> Vec<Hit> {
    let mut of_slot: Vec<Vec<&Hit>> = vec![Vec::new(); correlated.rules.len()];
    for entry in &group.entries {
        of_slot[entry.slot].push(&entry.hit);
    }
    let Some((last, earlier)) = of_slot.split_last() else { return Vec::new() };
    last.iter().filter_map(|end| sequence(end, earlier, correlated.span)).collect()
}

fn sequence(end: &Hit, earlier: &[Vec<&Hit>], span: u64) -> Option<Hit> {
    let mut chain = vec![end];
    let mut time = end.event.time;
    for hits in earlier.iter().rev() {
        let count = hits.partition_point(|hit| hit.event.time < time);
        let closest = hits[..count].last()?;
        time = closest.event.time;
        chain.push(closest);
    }
    if time < before(end.event.time, span) {
        return None;
    }
    let events = chain.iter().rev().flat_map(|hit| hit.evidence.handed_on()).cloned().collect();
    Some(Hit { event: Arc::clone(&end.event), evidence: Evidence::all(events) })
}

/// The time `seconds` before `time`.
pub(crate) fn before(time: Timestamp, seconds: u64) -> Timestamp {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}
