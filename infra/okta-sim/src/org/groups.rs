//! The groups of the org, and who is in them to begin with.

use crate::id;
use crate::org::apps::App;
use crate::org::names::{DEPARTMENTS, TEAMS};
use crate::org::people::Person;
use crate::org::places::PLACES;
use crate::random::{Random, mix};

/// What makes somebody a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    Everyone,
    /// By group rule: `user.department`.
    Department(usize),
    /// By group rule: `user.city`.
    Place(usize),
    /// Who gets the app with this index.
    AppUsers(usize),
    /// By Active Directory, this many of ten thousand.
    Imported(u64),
    /// By hand, this many of ten thousand.
    Team(u64),
}

/// A group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) key: u64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) membership: Membership,
    pub(crate) created_days_before: u64,
    /// When it came into being, if that was while the log ran.
    pub(crate) born_ms: i64,
}

impl Group {
    fn new(seed: u64, index: usize, apps: &[App], shrink: u64) -> Self {
        let key = mix(mix(seed, 0x6), index as u64);
        let (membership, name) = described(index, key, apps, shrink);
        let created_days_before = 150 + Random::new(key).below(1_200);
        Self { key, id: id::object("00g", key), name, membership, created_days_before, born_ms: i64::MIN }
    }

    /// `type` in the API.
    pub(crate) fn kind(&self) -> &'static str {
        match self.membership {
            Membership::Everyone => "BUILT_IN",
            Membership::Imported(_) => "APP_GROUP",
            _ => "OKTA_GROUP",
        }
    }

    /// Whether a rule, and no admin, decides who is in it.
    pub(crate) const fn is_ruled(&self) -> bool {
        matches!(self.membership, Membership::Department(_) | Membership::Place(_))
    }

    /// Whether an admin may add and remove people.
    pub(crate) const fn is_manual(&self) -> bool {
        matches!(self.membership, Membership::Team(_) | Membership::AppUsers(_))
    }

    /// Whether this person is in it to begin with.
    pub(crate) fn holds(&self, person: &Person, apps: &[App]) -> bool {
        let draw = |share| mix(self.key, person.key) % 10_000 < share;
        match self.membership {
            Membership::Everyone => true,
            Membership::Department(index) => person.department == index,
            Membership::Place(index) => std::ptr::eq(person.place, &raw const PLACES[index]),
            Membership::AppUsers(index) => draw(apps[index].reach),
            Membership::Imported(share) | Membership::Team(share) => draw(share),
        }
    }
}

/// The groups of an org: the more there are, the smaller are the teams.
pub(crate) fn make(seed: u64, count: usize, apps: &[App]) -> Vec<Group> {
    let shrink = (count as u64 / 100).max(1);
    (0..count).map(|index| Group::new(seed, index, apps, shrink)).collect()
}

/// Assigns each app to its group, or to Everyone when nearly everyone has it.
pub(crate) fn assign(groups: &[Group], apps: &mut [App]) {
    for app in apps.iter_mut().filter(|app| app.reach >= 8_000 && app.has_people()) {
        app.group = Some(0);
    }
    for (index, group) in groups.iter().enumerate() {
        if let Membership::AppUsers(app) = group.membership {
            apps[app].group = Some(index);
        }
    }
}

fn described(index: usize, key: u64, apps: &[App], shrink: u64) -> (Membership, String) {
    let Some(rest) = index.checked_sub(1) else {
        return (Membership::Everyone, "Everyone".to_owned());
    };
    if let Some((name, ..)) = DEPARTMENTS.get(rest) {
        return (Membership::Department(rest), format!("Department - {name}"));
    }
    let rest = rest - DEPARTMENTS.len();
    if let Some(place) = PLACES.get(rest) {
        return (Membership::Place(rest), format!("Office - {}", place.city));
    }
    let rest = rest - PLACES.len();
    match apps.iter().enumerate().filter(|(_, app)| app.has_people()).nth(rest / 2) {
        // App groups and teams by turns, so that a small org has both.
        Some((app, found)) if rest.is_multiple_of(2) => (Membership::AppUsers(app), format!("App - {}", found.label)),
        _ => {
            let (share, name) = ((team_size(key) * 100 / shrink).max(2), team_name(rest / 2));
            match rest / 2 % 6 {
                5 => (Membership::Imported(share), format!("corp.acme.example\\{name}")),
                _ => (Membership::Team(share), name),
            }
        }
    }
}

/// Most teams are small.
fn team_size(key: u64) -> u64 {
    let mut random = Random::new(key);
    1 + random.below(14) * random.below(4)
}

fn team_name(index: usize) -> String {
    let name = TEAMS[index % TEAMS.len()];
    match index / TEAMS.len() {
        0 => name.to_owned(),
        repeat => format!("{name} {}", repeat + 1),
    }
}
