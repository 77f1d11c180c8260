//! Which objects of an hour count, and which may be deleted: nothing that no entry of the chain has superseded. Pure.

use std::collections::BTreeMap;

use crate::ledger::entry::Entry;

/// The objects of one hour's folders, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HourObjects {
    /// Those in `live/`.
    pub live: Vec<String>,
    /// Those in `sealed/`, of every generation.
    pub sealed: Vec<String>,
}

/// The objects whose rows the next generation of the hour must have: the sealed object of `entry`, sealed objects that no
/// entry has superseded, and those in `live/` that are not in the entry yet. An entry that was deleted or rolled back
/// thus loses no rows.
pub fn inputs(entry: Option<&Entry>, objects: &HourObjects) -> HourObjects {
    let Some(entry) = entry else { return objects.clone() };
    let deletable = superseded(entry, objects);
    let is_input = |key: &&String| !deletable.contains(key) && !is_in(entry, key);
    let sealed = objects.sealed.iter().filter(|key| !deletable.contains(key)).cloned().collect();
    HourObjects { live: objects.live.iter().filter(is_input).cloned().collect(), sealed }
}

/// The objects that may be deleted, once nobody can be reading them.
///
/// None may be while the object that the entry names is missing: what it replaced may then be the only copy. A live object
/// may be if the entry has its rows. A sealed object may be if the entry names it as superseded. Entries of version 1 do
/// not name those: then the only object of a past generation may be, and neither of two.
pub fn superseded(entry: &Entry, objects: &HourObjects) -> Vec<String> {
    if entry.object.as_ref().is_some_and(|object| !objects.sealed.contains(object)) {
        return Vec::new();
    }
    let live = objects.live.iter().filter(|key| is_in(entry, key));
    let mut of_generation = BTreeMap::<u64, usize>::new();
    for generation in objects.sealed.iter().filter_map(|key| generation(key)) {
        *of_generation.entry(generation).or_default() += 1;
    }
    let is_past = |key: &str| {
        let past = generation(key).filter(|number| entry.generations.iter().any(|past| past.generation == *number));
        entry.sequence.is_none() && past.is_some_and(|number| of_generation.get(&number) == Some(&1))
    };
    let is_named = |key: &str| name(key).is_some_and(|name| entry.superseded.contains(name));
    let sealed = objects.sealed.iter().filter(|key| entry.object.as_ref() != Some(key));
    live.chain(sealed.filter(|key| is_named(key) || is_past(key))).cloned().collect()
}

/// Whether an entry has the rows of an object in `live/`.
fn is_in(entry: &Entry, key: &str) -> bool {
    key.rsplit('/').next().is_some_and(|name| entry.inputs.contains(name))
}

/// `gen=N/<name>` of a key in `sealed/`.
fn name(key: &str) -> Option<&str> {
    key.find("/gen=").map(|at| &key[at + 1..])
}

fn generation(key: &str) -> Option<u64> {
    name(key)?.strip_prefix("gen=")?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::PastGeneration;

    const HOUR: &str = "sealed/tenant=acme/day=1970-01-01/hour=00/";

    fn entry(generation: u64) -> Entry {
        let text = include_str!("../../tests/ledger/version-1-minimal.json");
        let past = |generation| PastGeneration {
            generation,
            digest: String::new(),
            rows: 1,
            sealed: jiff::Timestamp::UNIX_EPOCH,
            sequence: None,
        };
        Entry {
            generation,
            object: Some(sealed(generation, "now")),
            generations: (1..generation).map(past).collect(),
            inputs: ["in.parquet".to_owned()].into(),
            ..serde_json::from_str(text).unwrap()
        }
    }

    fn sealed(generation: u64, name: &str) -> String {
        format!("{HOUR}gen={generation}/{name}.parquet")
    }

    fn live(name: &str) -> String {
        format!("live/tenant=acme/day=1970-01-01/hour=00/{name}.parquet")
    }

    #[test]
    fn a_deleted_entry_loses_no_rows() {
        let objects = HourObjects { live: vec![live("late")], sealed: vec![sealed(1, "only copy")] };
        assert_eq!(inputs(None, &objects), objects, "sealed objects without an entry are inputs");
        let again = Entry { object: Some(sealed(1, "now")), ..entry(1) };
        let objects = HourObjects { sealed: vec![sealed(1, "now"), sealed(1, "only copy")], ..objects };
        assert_eq!(superseded(&again, &objects), [""; 0], "the entry says nothing about the other one");
        assert_eq!(inputs(Some(&again), &objects), objects);
        let absorbed = Entry { superseded: ["gen=1/only copy.parquet".to_owned()].into(), ..again };
        assert_eq!(superseded(&absorbed, &objects), [sealed(1, "only copy")]);
    }

    #[test]
    fn a_rolled_back_entry_loses_no_rows() {
        let objects = HourObjects { live: vec![], sealed: vec![sealed(1, "now"), sealed(2, "newer")] };
        assert_eq!(superseded(&entry(1), &objects), [""; 0]);
        assert_eq!(inputs(Some(&entry(1)), &objects).sealed.len(), 2);
    }

    #[test]
    fn nothing_is_deleted_while_the_sealed_object_is_missing() {
        let objects = HourObjects { live: vec![live("in")], sealed: vec![sealed(1, "past")] };
        assert_eq!(superseded(&entry(2), &objects), [""; 0]);
        let whole = HourObjects { sealed: vec![sealed(1, "past"), sealed(2, "now")], ..objects };
        assert_eq!(superseded(&entry(2), &whole), [live("in"), sealed(1, "past")]);
    }

    #[test]
    fn of_two_objects_of_a_past_generation_none_is_deleted() {
        let sealed = vec![sealed(1, "one"), sealed(1, "other"), sealed(2, "now")];
        assert_eq!(superseded(&entry(2), &HourObjects { live: vec![], sealed }), [""; 0]);
    }

    proptest! {
        /// Every object is kept, is an input of the next generation, or was superseded by name or by number.
        #[test]
        fn nothing_is_deleted_that_no_entry_has_superseded(
            generation in 1_u64..5,
            is_numbered in any::<bool>(),
            named in proptest::collection::btree_set((1_u64..6, 0_u8..3), 0..4),
            present in proptest::collection::btree_set((1_u64..6, 0_u8..3), 0..9),
            has_object in any::<bool>(),
        ) {
            let key = |(generation, name): &(u64, u8)| sealed(*generation, &name.to_string());
            let mut keys: Vec<_> = present.iter().map(key).collect();
            let entry = Entry {
                sequence: is_numbered.then_some(9),
                superseded: named.iter().map(|object| name(&key(object)).unwrap().to_owned()).collect(),
                ..entry(generation)
            };
            keys.extend(entry.object.clone().filter(|_| has_object));
            let objects = HourObjects { live: vec![live("in"), live("late")], sealed: keys };
            let (deleted, kept) = (superseded(&entry, &objects), inputs(Some(&entry), &objects));
            for object in objects.live.iter().chain(&objects.sealed) {
                let was_named = name(object).is_some_and(|name| entry.superseded.contains(name));
                let is_past = name(object).is_some() && generation_of(object) < generation && !is_numbered;
                let is_in = *object == live("in");
                prop_assert!(!deleted.contains(object) || (has_object && (was_named || is_past || is_in)), "{object}");
                prop_assert!(!deleted.contains(object) || entry.object.as_ref() != Some(object));
                let is_input = kept.live.contains(object) || kept.sealed.contains(object);
                prop_assert!(is_input || deleted.contains(object) || is_in, "{object} is lost");
            }
        }
    }

    fn generation_of(key: &str) -> u64 {
        generation(key).unwrap()
    }
}
