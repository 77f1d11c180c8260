//! A made-up org: its people, groups and apps, as a pure function of a seed.

pub(crate) mod agents;
pub(crate) mod apps;
pub(crate) mod changes;
pub(crate) mod directory;
pub(crate) mod groups;
pub(crate) mod members;
pub(crate) mod names;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod policies;
pub(crate) mod rhythm;

use std::ops::Range;

use jiff::Timestamp;

use crate::log::stories::Tales;
use crate::log::{ByPersistence, ByPublication, Event};
use crate::org::apps::{App, SignOn};
use crate::org::changes::Calendar;
use crate::org::groups::Group;
use crate::org::people::Person;
use crate::org::rhythm::Rhythm;

/// What kind of org to make. The same configuration always makes the same org and the same log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgConfig {
    /// Decides everything that the other fields leave open.
    pub seed: u64,
    /// The Okta subdomain: the tenant.
    pub subdomain: String,
    /// How many people work there.
    pub users: u32,
    /// How many groups there are, Everyone included.
    pub groups: u32,
    /// How many applications there are.
    pub apps: u32,
    /// How many events a day has on average; a weekday has more than a Sunday. Whole weeks are exact.
    pub events_per_day: u32,
    /// How many days of log there are before `now`.
    pub days: u32,
    /// The moment that the org is made for. The log begins at midnight `days` days earlier, and never ends.
    pub now: Timestamp,
    /// How many of a thousand events are inserted late: after minutes or hours, not within a second.
    pub late_per_mille: u32,
}

impl Default for OrgConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            subdomain: "acme".to_owned(),
            users: 250,
            groups: 40,
            apps: 25,
            events_per_day: 5_000,
            days: 90,
            // A Monday. Fixed, so that a default org is the same on every day.
            now: Timestamp::constant(1_772_452_800, 0),
            late_per_mille: 3,
        }
    }
}

/// The org. Cheap to keep: the log is made anew whenever it is read.
#[derive(Debug)]
pub struct Org {
    pub(crate) config: OrgConfig,
    pub(crate) domain: String,
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
    pub(crate) apps: Vec<App>,
    pub(crate) rhythm: Rhythm,
    pub(crate) tales: Tales,
    pub(crate) calendar: Calendar,
    /// Positions of the apps that people sign in to with `OpenID` Connect.
    pub(crate) oidc_apps: Vec<u16>,
    /// Positions of the apps that are machines' own.
    pub(crate) service_apps: Vec<u16>,
    log_start_ms: i64,
    /// People from this position on were hired while the log ran.
    newcomers_from: usize,
}

pub(crate) const DAY_MS: i64 = 86_400_000;

impl Org {
    /// Makes the org. An org has at least two people (one of them an admin), one group and one app.
    pub fn new(config: OrgConfig) -> Self {
        let mut apps: Vec<App> = (0..config.apps.max(1) as usize).map(|index| App::new(config.seed, index)).collect();
        let groups = groups::make(config.seed, config.groups.max(1) as usize, &apps);
        groups::assign(&groups, &mut apps);
        let today_ms = config.now.as_millisecond().div_euclid(DAY_MS) * DAY_MS;
        let mut org = Self {
            rhythm: Rhythm::new(u64::from(config.events_per_day)),
            log_start_ms: today_ms - i64::from(config.days) * DAY_MS,
            tales: Tales::new(),
            calendar: Calendar::default(),
            newcomers_from: config.users.max(2) as usize,
            oidc_apps: positions(&apps, |app| app.is(SignOn::Oidc)),
            service_apps: positions(&apps, |app| app.is(SignOn::Service)),
            domain: format!("{}.example", config.subdomain),
            people: Vec::new(),
            config,
            groups,
            apps,
        };
        (0..org.newcomers_from).for_each(|_| org.hire(i64::MIN));
        org.calendar = Calendar::plan(&mut org);
        org
    }

    /// What the org was made of.
    pub const fn config(&self) -> &OrgConfig {
        &self.config
    }

    /// The tenant: the Okta subdomain.
    pub fn tenant(&self) -> &str {
        &self.config.subdomain
    }

    /// When the first event can have happened.
    pub fn log_start(&self) -> Timestamp {
        timestamp(self.log_start_ms)
    }

    /// The events published in `range`, in the order of `published`, made one by one.
    pub fn events(&self, range: Range<Timestamp>) -> impl Iterator<Item = Event> + '_ {
        ByPublication::new(self, milliseconds(&range))
    }

    /// The events inserted in `range`, in the order of their insertion, which is that of Okta's polling requests.
    pub fn events_by_persistence(&self, range: Range<Timestamp>) -> impl Iterator<Item = Event> + '_ {
        ByPersistence::new(self, milliseconds(&range))
    }

    /// How many events were published in `range`, exactly. Only the two slots at the edges are made for it.
    pub fn count(&self, range: Range<Timestamp>) -> u64 {
        crate::log::count(self, milliseconds(&range))
    }

    pub(crate) fn app(&self, position: u16) -> &App {
        &self.apps[usize::from(position)]
    }

    pub(crate) fn first_app(&self) -> &App {
        &self.apps[0]
    }

    pub(crate) const fn log_start_ms(&self) -> i64 {
        self.log_start_ms
    }

    /// The first people are the admins: one in a hundred, two at least.
    pub(crate) fn admins(&self) -> &[Person] {
        &self.people[..(self.newcomers_from / 100).clamp(2, 60)]
    }

    pub(crate) fn is_admin(&self, person: u32) -> bool {
        (person as usize) < self.admins().len()
    }

    pub(crate) const fn is_newcomer(&self, person: u32) -> bool {
        person as usize >= self.newcomers_from
    }

    /// Adds somebody who begins at `at_ms`.
    pub(crate) fn hire(&mut self, at_ms: i64) {
        let mut person = Person::new(self.config.seed, self.people.len(), &self.domain);
        person.apps = positions(&self.apps, |app| self.has(&person, app));
        person.joined_ms = at_ms;
        self.people.push(person);
    }

    /// Whether somebody has an app to begin with, through a group or directly.
    pub(crate) fn has(&self, person: &Person, app: &App) -> bool {
        let through_group = app.group.is_some_and(|group| self.groups[group].holds(person, &self.apps));
        through_group || app.is_given_to(person)
    }
}

fn milliseconds(range: &Range<Timestamp>) -> Range<i64> {
    // An event belongs to a range by its whole `published`, which has milliseconds: round both ends up.
    let up =
        |at: Timestamp| at.as_microsecond().div_euclid(1_000) + i64::from(at.as_microsecond().rem_euclid(1_000) > 0);
    up(range.start)..up(range.end)
}

/// Milliseconds since 1970 as a timestamp; what does not fit is the nearest that does.
pub(crate) fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn positions(apps: &[App], wanted: impl Fn(&App) -> bool) -> Vec<u16> {
    let found = apps.iter().enumerate().filter(|(_, app)| wanted(app));
    found.filter_map(|(index, _)| u16::try_from(index).ok()).collect()
}
