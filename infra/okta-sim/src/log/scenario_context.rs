//! Who, where and with what: everything that the events of one occurrence share.

use crate::id;
use crate::log::actor_kind::ActorKind;
use crate::org::activity_curve::minute_of_week;
use crate::org::agents::{Agent, SERVICE_AGENTS, STRANGE_AGENTS};
use crate::org::apps::{App, SignOn};
use crate::org::change::{Change, ChangeKind};
use crate::org::groups::Group;
use crate::org::model::OrgModel;
use crate::org::people::Person;
use crate::org::places::{CLOUD, Network, Place, STRANGE_PLACES};
use crate::random::{Random, mix};
use crate::time::DAY_MS;

/// One occurrence of a scenario.
#[derive(Debug)]
pub(crate) struct ScenarioContext<'a> {
    pub(crate) org: &'a OrgModel,
    pub(crate) actor_kind: ActorKind,
    pub(crate) key: u64,
    pub(crate) began_ms: i64,
    /// The main person: who acts or, in an attack, who is attacked.
    pub(crate) who: &'a Person,
    /// The change that is told, if it is one.
    pub(crate) change: Option<Change>,
}

/// Where requests come from.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) ip: String,
    pub(crate) place: &'static Place,
    pub(crate) network: &'static Network,
    pub(crate) agent: &'static Agent,
    pub(crate) is_office: bool,
    pub(crate) is_registered: bool,
}

/// How many people are asked before a scenario is told of somebody who does not quite fit.
const TRIES: usize = 24;

impl<'a> ScenarioContext<'a> {
    pub(crate) fn new(
        org: &'a OrgModel,
        (actor_kind, fits): (ActorKind, fn(&Person) -> bool),
        key: u64,
        began_ms: i64,
        change: Option<Change>,
    ) -> Self {
        let people = if actor_kind == ActorKind::Admin { org.admins() } else { &org.people[..] };
        let who = match change {
            Some(Change { kind: ChangeKind::Story(_), person, .. }) => &org.people[person as usize],
            _ => somebody(people, fits, key, began_ms),
        };
        Self { org, actor_kind, key, began_ms, who, change }
    }

    /// Numbers of this occurrence; `salt` keeps two uses of them apart.
    pub(crate) const fn random(&self, salt: u64) -> Random {
        Random::of(self.key, salt)
    }

    /// The id of the request that all events of the occurrence belong to.
    pub(crate) fn request_id(&self) -> String {
        id::request(mix(self.key, 1))
    }

    /// The session: a person has one a day, a service one a occurrence.
    pub(crate) fn session_id(&self) -> String {
        match self.actor_kind {
            ActorKind::Person | ActorKind::Admin => self.persons_session_id(),
            ActorKind::Attacker => id::session("idx", mix(self.key, 2)),
            ActorKind::Job | ActorKind::Service => id::session("trs", mix(self.key, 2)),
        }
    }

    /// The session that the person has on that day.
    pub(crate) fn persons_session_id(&self) -> String {
        let day = self.began_ms.div_euclid(DAY_MS).cast_unsigned();
        id::session("idx", mix(self.who.key, day))
    }

    /// One of the apps that the person has; the busiest more often.
    pub(crate) fn app(&self) -> &'a App {
        let mut random = self.random(3);
        let apps = &self.who.apps;
        let Some(last) = apps.len().checked_sub(1) else { return self.org.first_app() };
        let position = random.index(apps.len()).min(random.index(apps.len())).min(last);
        self.org.app(apps[position])
    }

    /// An app that people sign in to with `OpenID` Connect.
    pub(crate) fn oidc_app(&self) -> &'a App {
        self.one_of(&self.org.oidc_apps)
    }

    /// The service app that plays the scenario.
    pub(crate) fn service_app(&self) -> &'a App {
        self.one_of(&self.org.service_apps)
    }

    /// The app that an admin or a job has to do with.
    pub(crate) fn changed_app(&self) -> &'a App {
        match self.change {
            Some(change) if change.kind != ChangeKind::PersonMoved => self.org.app(change.app),
            _ => self.provisioned_app(),
        }
    }

    /// The first app of the person that accounts are made in.
    fn provisioned_app(&self) -> &'a App {
        let apps: Vec<&App> = self.other().apps.iter().map(|app| self.org.app(*app)).collect();
        let mut provisioned = apps.into_iter().filter(|app| app.kind.provisions);
        provisioned.next().unwrap_or_else(|| self.org.first_app())
    }

    /// An app that the person does not have, if there is one.
    pub(crate) fn foreign_app(&self) -> &'a App {
        let is_foreign =
            |app: &&App| app.is(SignOn::Saml) && !self.who.apps.iter().any(|own| self.org.app(*own).id == app.id);
        let start = self.random(4).index(self.org.apps.len());
        let apps = self.org.apps.iter().cycle().skip(start).take(self.org.apps.len());
        apps.into_iter().find(is_foreign).unwrap_or_else(|| self.org.first_app())
    }

    /// Whom an admin's act or a job is about.
    pub(crate) fn other(&self) -> &'a Person {
        match self.change {
            Some(change) => &self.org.people[change.person as usize],
            None => self.colleague(),
        }
    }

    fn colleague(&self) -> &'a Person {
        let mut random = self.random(5);
        let mut draws = (0..TRIES).map(|_| random.pick(&self.org.people));
        draws.find(|person| person.is_here(self.began_ms) && person.index != self.who.index).unwrap_or(self.who)
    }

    /// The group that an admin changes.
    pub(crate) fn group(&self) -> &'a Group {
        let position = self.change.map_or(0, |change| change.group as usize);
        &self.org.groups[position]
    }

    /// The policy, zone, role or token that an admin changes, by position.
    pub(crate) fn thing(&self) -> usize {
        self.change.map_or(0, |change| change.thing as usize)
    }

    /// Where the requests of this occurrence come from; none for jobs.
    pub(crate) fn origin(&self) -> Option<Origin> {
        match self.actor_kind {
            ActorKind::Job => None,
            ActorKind::Admin | ActorKind::Person => Some(self.own_origin()),
            ActorKind::Attacker => Some(self.strange_origin()),
            ActorKind::Service => Some(self.cloud_origin()),
        }
    }

    fn own_origin(&self) -> Origin {
        let day = self.began_ms.div_euclid(DAY_MS).cast_unsigned();
        let is_office = mix(self.who.key, day) % 100 < 45;
        let is_phone = self.actor_kind == ActorKind::Person && self.random(7).chance(90);
        Origin {
            ip: if is_office { self.who.office_ip() } else { self.who.home_ip() },
            place: self.who.place,
            network: if is_office { &self.who.place.networks[0] } else { self.who.network },
            agent: if is_phone { self.who.phone } else { self.who.computer },
            is_office,
            is_registered: !is_phone && self.who.has_registered_computer(),
        }
    }

    fn strange_origin(&self) -> Origin {
        let mut random = self.random(8);
        let place = random.pick(STRANGE_PLACES);
        // RFC 5737's addresses for documents: nobody's.
        let ip = format!("{}.{}", random.pick(&["192.0.2", "203.0.113"]), 1 + random.below(254));
        let network = random.pick(&place.networks);
        Origin { ip, place, network, agent: random.pick(STRANGE_AGENTS), is_office: false, is_registered: false }
    }

    fn cloud_origin(&self) -> Origin {
        let key = self.service_app().key;
        let mut random = Random::of(key, 9);
        Origin {
            ip: format!("198.51.100.{}", 100 + random.below(100)),
            place: &CLOUD,
            network: random.pick(&CLOUD.networks),
            agent: random.pick(SERVICE_AGENTS),
            is_office: false,
            is_registered: false,
        }
    }

    fn one_of(&self, positions: &[u16]) -> &'a App {
        match positions {
            [] => self.org.first_app(),
            some => self.org.app(*self.random(10).pick(some)),
        }
    }
}

/// Somebody who works here and, if the draws hit one, is awake at that time and fits the scenario.
fn somebody(people: &[Person], fits: fn(&Person) -> bool, key: u64, at_ms: i64) -> &Person {
    let minute = minute_of_week(at_ms);
    let mut random = Random::of(key, 0);
    // The first admin is always here.
    let mut found = &people[0];
    for _ in 0..TRIES {
        let person = random.pick(people);
        if person.is_here(at_ms) {
            found = person;
            if fits(person) && random.below(100) < person.place.activity(minute) {
                break;
            }
        }
    }
    found
}
