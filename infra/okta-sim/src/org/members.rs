//! A set of people, small in memory and quick to draw from: groups of large orgs have tens of thousands.

use crate::random::Random;

/// Positions of people, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Members(Vec<u32>);

impl Members {
    pub(crate) fn contains(&self, person: u32) -> bool {
        self.0.binary_search(&person).is_ok()
    }

    pub(crate) fn insert(&mut self, person: u32) {
        if let Err(position) = self.0.binary_search(&person) {
            self.0.insert(position, person);
        }
    }

    /// Whether they were in it.
    pub(crate) fn remove(&mut self, person: u32) -> bool {
        self.0.binary_search(&person).map(|position| self.0.remove(position)).is_ok()
    }

    /// Anybody; none when it is empty.
    pub(crate) fn draw(&self, random: &mut Random) -> Option<u32> {
        if self.0.is_empty() { None } else { Some(*random.pick(&self.0)) }
    }

    pub(crate) fn as_slice(&self) -> &[u32] {
        &self.0
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<u32> for Members {
    fn from_iter<I: IntoIterator<Item = u32>>(people: I) -> Self {
        let mut people: Vec<u32> = people.into_iter().collect();
        people.sort_unstable();
        people.dedup();
        Self(people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_in_once_and_leave_for_good() {
        let mut members: Members = [3, 1, 3].into_iter().collect();
        members.insert(2);
        members.insert(2);
        assert_eq!(members.as_slice(), [1, 2, 3]);
        assert!(members.remove(1) && !members.remove(1) && !members.contains(1));
        assert_eq!(Members::default().draw(&mut Random::new(1)), None);
    }
}
