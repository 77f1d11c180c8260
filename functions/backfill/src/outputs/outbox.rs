//! What each output still lacks. An hour is put in before it is sealed and taken out when the output has every part of it:
//! whatever stops a run, the hour is written again, and replaces itself. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The hours that an output lacks, and the names of the parts that it lacks of each; none named: all.
pub(crate) type Outbox = BTreeMap<Timestamp, BTreeSet<String>>;

/// By the name of the output. An output that is switched off has no outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Outboxes(BTreeMap<String, Outbox>);

/// The outputs that did not lack an hour before it was announced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Announced(BTreeSet<String>);

impl Outboxes {
    /// Returns whether no output is switched on.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether these outputs, and no others, have an outbox.
    pub(crate) fn are_for(&self, names: &BTreeSet<&str>) -> bool {
        self.0.keys().map(String::as_str).eq(names.iter().copied())
    }

    /// Gives an outbox with every sealed hour to an output that is switched on, and takes it away from one that is switched
    /// off: what is sealed from then on would be missing when it is switched on again.
    pub(crate) fn switch(&mut self, names: &BTreeSet<&str>, sealed: &BTreeSet<Timestamp>) {
        self.0.retain(|name, _| names.contains(name.as_str()));
        for name in names {
            self.0.entry((*name).to_owned()).or_insert_with(|| all(sealed.iter().copied()));
        }
    }

    /// Gives an output an outbox with these hours.
    pub(crate) fn adopt(&mut self, name: &str, hours: impl Iterator<Item = Timestamp>) {
        self.0.insert(name.to_owned(), all(hours));
    }

    /// Puts an hour into every outbox, all of it.
    pub(crate) fn announce(&mut self, hour: Timestamp) -> Announced {
        let is_new = |(name, outbox): (&String, &mut Outbox)| {
            outbox.insert(hour, BTreeSet::new()).is_none().then(|| name.clone())
        };
        Announced(self.0.iter_mut().filter_map(is_new).collect())
    }

    /// Takes an announced hour out again, because it was not sealed after all.
    pub(crate) fn withdraw(&mut self, hour: Timestamp, announced: &Announced) {
        for name in &announced.0 {
            self.set_lacking(name, hour, BTreeSet::new());
        }
    }

    /// Returns what an output lacks.
    pub(crate) fn waiting(&self, name: &str) -> Outbox {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Notes which parts of an hour an output still lacks.
    pub(crate) fn set_lacking(&mut self, name: &str, hour: Timestamp, lacking: BTreeSet<String>) {
        let Some(outbox) = self.0.get_mut(name) else { return };
        if lacking.is_empty() {
            outbox.remove(&hour);
        } else {
            outbox.insert(hour, lacking);
        }
    }
}

fn all(hours: impl Iterator<Item = Timestamp>) -> Outbox {
    hours.map(|hour| (hour, BTreeSet::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hours)
    }

    #[test]
    fn an_hour_stays_in_the_outbox_until_every_part_is_written() {
        let (mut boxes, names) = (Outboxes::default(), BTreeSet::from(["one", "two"]));
        assert_eq!(boxes.announce(hour(0)), Announced::default(), "nothing is switched on");
        boxes.switch(&names, &BTreeSet::new());
        assert!(boxes.are_for(&names) && !boxes.are_for(&BTreeSet::from(["one"])));
        assert_eq!(boxes.announce(hour(0)).0.len(), 2);
        boxes.set_lacking("one", hour(0), BTreeSet::from(["a".to_owned()]));
        assert_eq!(boxes.waiting("one")[&hour(0)], ["a".to_owned()].into());
        boxes.set_lacking("two", hour(0), BTreeSet::new());
        let announced = boxes.announce(hour(0));
        assert_eq!(announced.0, ["two".to_owned()].into(), "the other one lacks all of it again");
        boxes.withdraw(hour(0), &announced);
        assert_eq!((boxes.waiting("one").len(), boxes.waiting("two").len()), (1, 0));
    }

    #[test]
    fn an_output_that_is_switched_on_gets_what_was_sealed_before() {
        let mut boxes = Outboxes::default();
        boxes.switch(&BTreeSet::from(["one"]), &BTreeSet::from([hour(1)]));
        boxes.switch(&BTreeSet::from(["one", "two"]), &BTreeSet::from([hour(1), hour(2)]));
        assert_eq!((boxes.waiting("one").len(), boxes.waiting("two").len()), (1, 2));
        boxes.switch(&BTreeSet::from(["two"]), &BTreeSet::new());
        assert_eq!((boxes.waiting("one").len(), boxes.waiting("two").len()), (0, 2));
    }
}
