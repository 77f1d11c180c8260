//! The questions of the block `okta_lake`: of what a rule found, which is new, rare, too fast, or about whom?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::as_of::{AsOf, Facts};
use super::correlate::before;
use super::document::{New, Peers, Spike, When};
use super::hit::{Evidence, Hit};
use super::predicate::Predicate;
use super::profile::{Day, Entity, Profile, day};
use super::rule::{Missing, Rule, TRAVEL_FIELDS, Velocity};
use super::seen::{GroupKey, Projection, Seen};

/// What is compared with.
pub(crate) struct Against<'a> {
    pub(crate) projection: &'a Projection,
    pub(crate) profile: &'a Profile,
    pub(crate) inventory: &'a dyn AsOf,
    /// From when and until when every event is known.
    pub(crate) complete: std::ops::Range<Timestamp>,
}

/// What could not be told.
pub(crate) type Unknown = BTreeSet<String>;

impl Against<'_> {
    /// Returns what is left of a rule's hits; `others` has the hits of the rule that must have found nothing.
    pub(crate) fn narrow(&self, rule: &Rule, hits: Vec<Hit>, others: &[Hit], unknown: &mut Unknown) -> Vec<Hit> {
        let narrowed = &rule.narrowed;
        let mut hits = hits;
        for (subject, facts) in &narrowed.as_of {
            hits.retain(|hit| self.is_about(subject, facts, &hit.event, unknown));
        }
        if let Some(new) = &narrowed.new {
            hits.retain(|hit| self.is_new(rule, new, &hit.event));
        }
        if let Some(peers) = &narrowed.peers {
            hits.retain(|hit| self.is_rare(&rule.key, peers, &hit.event, unknown));
        }
        if let Some(missing) = &narrowed.absent {
            hits.retain(|hit| self.is_missing(missing, &hit.event, others, unknown));
        }
        if let Some(velocity) = &narrowed.travel {
            hits = self.too_fast(&rule.key, velocity, &hits);
        }
        match &narrowed.spike {
            Some(spike) => self.spikes(&rule.key, spike, &hits),
            None => hits,
        }
    }

    fn is_about(&self, subject: &str, facts: &Predicate, seen: &Seen, unknown: &mut Unknown) -> bool {
        let kind = subject.strip_prefix("target.").unwrap_or("User");
        let ids = self.projection.values(seen, &format!("{subject}.id"));
        ids.iter().any(|id| match self.inventory.facts(kind, id, seen.time) {
            Facts::Known(known) => facts.holds(&known),
            Facts::Absent => facts.holds(&serde_json::json!({"exists": false})),
            Facts::Unknown(reason) => {
                unknown.insert(reason);
                false
            }
        })
    }

    fn is_new(&self, rule: &Rule, new: &New, seen: &Seen) -> bool {
        let today = day(seen.time);
        let among = &rule.narrowed.among;
        let mut values = self.projection.groups(seen, &new.of);
        values.retain(|value| among.is_empty() || value.iter().any(|part| among.iter().any(|one| one.matches(part))));
        self.projection.groups(seen, &new.per).iter().any(|entity| {
            let Some(entity) = self.profile.entity(&rule.key, &joined(entity)) else { return false };
            is_known(entity, today, new.grace)
                && values.iter().any(|value| !entity.had(&joined(value), today, new.days))
        })
    }

    fn is_rare(&self, rule: &str, peers: &Peers, seen: &Seen, unknown: &mut Unknown) -> bool {
        let today = day(seen.time);
        let values = self.projection.groups(seen, &peers.of);
        let had = |who: &str, value: &GroupKey| {
            let entity = self.profile.entity(rule, &who.to_lowercase());
            entity.is_some_and(|entity| entity.had(&joined(value), today, peers.days))
        };
        self.projection.values(seen, &peers.per).iter().any(|who| {
            let Some(alike) = self.inventory.alike(who, &peers.alike, seen.time) else {
                unknown.insert(format!("who has the same {} is not known", peers.alike));
                return false;
            };
            let rare = |value: &GroupKey| {
                #[expect(clippy::cast_precision_loss, reason = "an org has fewer than 2^52 people")]
                let most = alike.len() as f64 * peers.share;
                #[expect(clippy::cast_precision_loss, reason = "as above")]
                let count = alike.iter().filter(|peer| had(peer, value)).count() as f64;
                !had(who, value) && count <= most
            };
            alike.len() >= peers.min && values.iter().any(rare)
        })
    }

    fn is_missing(&self, missing: &Missing, seen: &Seen, others: &[Hit], unknown: &mut Unknown) -> bool {
        let (begin, end) = match missing.when {
            When::Before => (before(seen.time, missing.within), seen.time),
            When::After => (seen.time, after(seen.time, missing.within)),
        };
        if begin < self.complete.start || end > self.complete.end {
            unknown.insert("not every event of the time in which one is missing is known".to_owned());
            return false;
        }
        let own: BTreeSet<_> = self.projection.groups(seen, &missing.groups[0]).into_iter().collect();
        let is_there = |other: &Hit| {
            (begin..=end).contains(&other.event.time)
                && other.event.uid != seen.uid
                && self.projection.groups(&other.event, &missing.groups[1]).iter().any(|key| own.contains(key))
        };
        !own.is_empty() && !others.iter().any(is_there)
    }

    fn too_fast(&self, rule: &str, velocity: &Velocity, hits: &[Hit]) -> Vec<Hit> {
        let mut by_entity: BTreeMap<&str, Vec<&Arc<Seen>>> = BTreeMap::new();
        for hit in hits {
            for entity in self.projection.values(&hit.event, &velocity.per) {
                by_entity.entry(entity).or_default().push(&hit.event);
            }
        }
        let mut found = Vec::new();
        for (entity, events) in by_entity {
            let located: Vec<_> = events.into_iter().filter(|event| self.place(event).is_some()).collect();
            let pairs = located.windows(2).filter(|pair| self.is_too_fast(rule, entity, velocity, pair[0], pair[1]));
            found.extend(pairs.map(|pair| Hit {
                event: Arc::clone(pair[1]),
                evidence: Evidence::all(vec![Arc::clone(pair[0]), Arc::clone(pair[1])]),
            }));
        }
        found
    }

    /// Where somebody was; none behind a proxy, which is somewhere else.
    fn place(&self, seen: &Seen) -> Option<(f64, f64)> {
        let [latitude, longitude, is_proxy, _] = TRAVEL_FIELDS;
        let proxied = self.projection.values(seen, is_proxy).iter().any(|value| value == "true");
        let place = (self.projection.number(seen, latitude)?, self.projection.number(seen, longitude)?);
        (!proxied && place != (0.0, 0.0)).then_some(place)
    }

    fn is_too_fast(&self, rule: &str, entity: &str, velocity: &Velocity, a: &Seen, b: &Seen) -> bool {
        let (Some(from), Some(to)) = (self.place(a), self.place(b)) else { return false };
        let hours = b.time.duration_since(a.time).as_secs_f64() / 3_600.0;
        let km = kilometres(from, to);
        before(b.time, velocity.within) <= a.time
            && km >= velocity.km
            && km >= velocity.km_per_hour * hours
            && !(self.is_known_device(rule, entity, a) && self.is_known_device(rule, entity, b))
    }

    /// Whether the person used the device on an earlier day: who has two, in two places, need not travel.
    fn is_known_device(&self, rule: &str, entity: &str, seen: &Seen) -> bool {
        let [.., device] = TRAVEL_FIELDS;
        let entity = self.profile.entity(rule, &entity.to_lowercase());
        let had = |device: &String| entity.is_some_and(|entity| entity.had(&device.to_lowercase(), day(seen.time), 90));
        self.projection.values(seen, device).iter().any(had)
    }

    fn spikes(&self, rule: &str, spike: &Spike, hits: &[Hit]) -> Vec<Hit> {
        let mut days: BTreeMap<(GroupKey, Day), Vec<&Hit>> = BTreeMap::new();
        for hit in hits {
            for entity in self.projection.groups(&hit.event, &spike.per) {
                days.entry((entity, day(hit.event.time))).or_default().push(hit);
            }
        }
        let found = days.into_iter().filter(|((entity, day), hits)| self.is_spike(rule, spike, entity, *day, hits));
        let hit = |hits: Vec<&Hit>| {
            let events: Vec<_> = hits.iter().map(|hit| Arc::clone(&hit.event)).collect();
            let last = Arc::clone(events.last()?);
            Some(Hit { event: last, evidence: Evidence::all(events) })
        };
        found.filter_map(|(_, hits)| hit(hits)).collect()
    }

    fn is_spike(&self, rule: &str, spike: &Spike, entity: &GroupKey, day: Day, hits: &[&Hit]) -> bool {
        let values: BTreeSet<_> = hits.iter().flat_map(|hit| self.projection.groups(&hit.event, &spike.of)).collect();
        let count = if spike.of.is_empty() { hits.len() } else { values.len() } as u64;
        let Some(known) = self.profile.entity(rule, &joined(entity)) else { return false };
        let daily = known.daily(day, spike.days, !spike.of.is_empty());
        count >= spike.min && is_known(known, day, spike.grace) && z_score(count, &daily) >= spike.z
    }
}

/// Adds what a rule found to a profile.
pub(crate) fn learn(rule: &Rule, hits: &[Hit], projection: &Projection, profile: &mut Profile) {
    let nothing = Vec::new();
    let device = vec![TRAVEL_FIELDS[3].to_owned()];
    let narrowed = &rule.narrowed;
    let mut features: Vec<(Vec<String>, &Vec<String>)> = Vec::new();
    features.extend(narrowed.new.iter().map(|new| (new.per.clone(), &new.of)));
    features.extend(narrowed.spike.iter().map(|spike| (spike.per.clone(), &spike.of)));
    features.extend(narrowed.peers.iter().map(|peers| (vec![peers.per.clone()], &peers.of)));
    features.extend(narrowed.travel.iter().map(|travel| (vec![travel.per.clone()], &device)));
    for (per, of) in features {
        let of = if of.is_empty() { &nothing } else { of };
        for hit in hits {
            for entity in projection.groups(&hit.event, &per) {
                for value in projection.groups(&hit.event, of) {
                    profile.add(&rule.key, &joined(&entity), &joined(&value), day(hit.event.time), 1);
                }
            }
        }
    }
}

fn is_known(entity: &Entity, today: Day, grace: u16) -> bool {
    entity.since().is_some_and(|since| since <= today - Day::from(grace))
}

/// The parts of a key as one text; the separator is no letter of a field's value that Okta writes.
fn joined(key: &GroupKey) -> String {
    key.join("\u{1f}")
}

/// How many standard deviations `count` lies above the mean. What never varies has a deviation of one.
fn z_score(count: u64, daily: &[u64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a day has fewer than 2^52 events")]
    let number = |count: u64| count as f64;
    let days = number(daily.len() as u64).max(1.0);
    let mean = daily.iter().copied().map(number).sum::<f64>() / days;
    let variance = daily.iter().map(|count| (number(*count) - mean).powi(2)).sum::<f64>() / days;
    (number(count) - mean) / variance.sqrt().max(1.0)
}

/// The distance of two places on the earth, by the haversine formula.
fn kilometres((from_lat, from_lon): (f64, f64), (to_lat, to_lon): (f64, f64)) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let part =
        half(from_lat, to_lat) + from_lat.to_radians().cos() * to_lat.to_radians().cos() * half(from_lon, to_lon);
    2.0 * 6_371.0 * part.clamp(0.0, 1.0).sqrt().asin()
}

fn after(time: Timestamp, seconds: u64) -> Timestamp {
    let span = jiff::SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    time.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_earth() {
        let (berlin, new_york) = ((52.52, 13.405), (40.7128, -74.006));
        assert!((kilometres(berlin, new_york) - 6_385.0).abs() < 10.0);
        assert!(kilometres(berlin, berlin) < 0.001);
    }

    #[test]
    fn a_spike_is_far_above_the_usual() {
        assert!(z_score(10, &[1, 2, 3, 2, 1]) > 3.0);
        assert!(z_score(3, &[2, 2, 2]) <= 1.0, "what never varies is not a spike at once");
        assert!(z_score(5, &[]) >= 5.0);
    }
}
