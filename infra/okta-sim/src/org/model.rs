//! The org's fixed parts: its people, groups and apps, as a pure function of a seed, and the changes to come.

use crate::id;
use crate::org::activity_curve::ActivityCurve;
use crate::org::apps::{App, SignOn};
use crate::org::change::Calendar;
use crate::org::config::OrgConfig;
use crate::org::groups::{self, Group};
use crate::org::people::Person;
use crate::random::mix;
use crate::time::DAY_MS;

/// The org. It is small: log and inventory are computed whenever they are read.
#[derive(Debug)]
pub(crate) struct OrgModel {
    pub(crate) config: OrgConfig,
    pub(crate) domain: String,
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
    pub(crate) apps: Vec<App>,
    pub(crate) activity: ActivityCurve,
    pub(crate) calendar: Calendar,
    /// Positions of the apps that people sign in to with `OpenID` Connect.
    pub(crate) oidc_apps: Vec<u16>,
    /// Positions of the service apps.
    pub(crate) service_apps: Vec<u16>,
    log_start_ms: i64,
    /// People from this position on were hired while the log ran.
    newcomers_from: usize,
}

impl OrgModel {
    /// An org without changes. It has at least two people (one of them an admin), one group and one app.
    pub(crate) fn new(config: OrgConfig) -> Self {
        let mut apps: Vec<App> = (0..config.apps.max(1) as usize).map(|index| App::new(config.seed, index)).collect();
        let groups = groups::make(config.seed, config.groups.max(1) as usize, &apps);
        groups::assign(&groups, &mut apps);
        let today_ms = config.now.as_millisecond().div_euclid(DAY_MS) * DAY_MS;
        let mut org = Self {
            activity: ActivityCurve::new(u64::from(config.events_per_day)),
            log_start_ms: today_ms - i64::from(config.days) * DAY_MS,
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
        org
    }

    /// The Okta subdomain.
    pub(crate) fn tenant(&self) -> &str {
        &self.config.subdomain
    }

    pub(crate) fn app(&self, position: u16) -> &App {
        &self.apps[usize::from(position)]
    }

    pub(crate) fn first_app(&self) -> &App {
        &self.apps[0]
    }

    /// When the first event can have happened.
    pub(crate) const fn log_start_ms(&self) -> i64 {
        self.log_start_ms
    }

    /// The first people are the admins: one in a hundred, at least two.
    pub(crate) fn admins(&self) -> &[Person] {
        &self.people[..(self.newcomers_from / 100).clamp(2, 60)]
    }

    pub(crate) fn is_admin(&self, person: u32) -> bool {
        (person as usize) < self.admins().len()
    }

    pub(crate) const fn is_newcomer(&self, person: u32) -> bool {
        person as usize >= self.newcomers_from
    }

    /// Adds a person who starts at `at_ms`.
    pub(crate) fn hire(&mut self, at_ms: i64) {
        let mut person = Person::new(self.config.seed, self.people.len(), &self.domain, self.config.posture);
        person.apps = positions(&self.apps, |app| self.has(&person, app));
        if at_ms > i64::MIN {
            person.join(at_ms);
        }
        self.people.push(person);
    }

    /// Whether a person has an app from the start, through a group or directly.
    pub(crate) fn has(&self, person: &Person, app: &App) -> bool {
        let through_group = app.group.is_some_and(|group| self.groups[group].holds(person, &self.apps));
        through_group || app.is_given_to(person)
    }

    /// The org's id. It depends on the subdomain too, so that two orgs of one seed differ.
    pub(crate) fn org_id(&self) -> String {
        let name = self.config.subdomain.bytes().fold(self.config.seed, |hash, byte| mix(hash, u64::from(byte)));
        id::object("00o", name)
    }

    /// The id of a policy.
    pub(crate) fn policy_id(&self, policy: usize) -> String {
        id::object("00p", mix(mix(self.config.seed, 0x9), policy as u64))
    }

    /// The id of a policy's rule.
    pub(crate) fn rule_id(&self, policy: usize, rule: usize) -> String {
        id::object("0pr", mix(mix(self.config.seed, 0x12), (policy * 100 + rule) as u64))
    }

    /// The id of a network zone.
    pub(crate) fn zone_id(&self, zone: usize) -> String {
        id::object("nzo", mix(mix(self.config.seed, 0x2), zone as u64))
    }

    /// The id of an object of which an org has one or a few: an agent, an identity provider, an authorization server.
    pub(crate) fn single_id(&self, prefix: &str, number: u64) -> String {
        let kind = prefix.bytes().fold(0, |hash, byte| hash << 8 | u64::from(byte));
        id::object(prefix, mix(mix(self.config.seed, kind), number))
    }
}

fn positions(apps: &[App], wanted: impl Fn(&App) -> bool) -> Vec<u16> {
    let found = apps.iter().enumerate().filter(|(_, app)| wanted(app));
    found.filter_map(|(index, _)| u16::try_from(index).ok()).collect()
}
