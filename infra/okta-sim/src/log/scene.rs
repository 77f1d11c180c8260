//! Who, where and with what: everything that the events of one telling share.

use crate::id;
use crate::log::story::{Cast, Story};
use crate::org::Org;
use crate::org::agents::{Agent, SERVICE_AGENTS, STRANGE_AGENTS};
use crate::org::apps::{App, SignOn};
use crate::org::changes::{Change, Kind};
use crate::org::groups::Group;
use crate::org::people::Person;
use crate::org::places::{CLOUD, Network, Place, STRANGE_PLACES};
use crate::org::rhythm::minute_of_week;
use crate::random::{Random, mix};

/// One telling of a story.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) org: &'a Org,
    pub(crate) cast: Cast,
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

/// How many people are asked before a story is told of somebody who does not quite fit.
const TRIES: usize = 24;

const DAY_MS: i64 = 86_400_000;

impl<'a> Scene<'a> {
    pub(crate) fn new(org: &'a Org, story: &Story, key: u64, began_ms: i64, change: Option<Change>) -> Self {
        let people = if story.cast == Cast::Admin { org.admins() } else { &org.people[..] };
        let who = somebody(people, story, key, began_ms);
        Self { org, cast: story.cast, key, began_ms, who, change }
    }

    /// Numbers of this telling; `salt` keeps two uses of them apart.
    pub(crate) const fn random(&self, salt: u64) -> Random {
        Random::of(self.key, salt)
    }

    /// The id of the request that all events of the telling belong to.
    pub(crate) fn request_id(&self) -> String {
        id::request(mix(self.key, 1))
    }

    /// The session: a person has one a day, a service one a telling.
    pub(crate) fn session_id(&self) -> String {
        match self.cast {
            Cast::Person | Cast::Admin => {
                let day = self.began_ms.div_euclid(DAY_MS).cast_unsigned();
                id::session("idx", mix(self.who.key, day))
            }
            Cast::Attacker => id::session("idx", mix(self.key, 2)),
            Cast::Job | Cast::Service => id::session("trs", mix(self.key, 2)),
        }
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

    /// The service app that plays the story.
    pub(crate) fn service_app(&self) -> &'a App {
        self.one_of(&self.org.service_apps)
    }

    /// The app that an admin or a job has to do with.
    pub(crate) fn changed_app(&self) -> &'a App {
        match self.change {
            Some(change) if change.kind != Kind::PersonMoved => self.org.app(change.app),
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

    /// Where the requests of this telling come from; none for jobs.
    pub(crate) fn origin(&self) -> Option<Origin> {
        match self.cast {
            Cast::Job => None,
            Cast::Admin | Cast::Person => Some(self.own_origin()),
            Cast::Attacker => Some(self.strange_origin()),
            Cast::Service => Some(self.cloud_origin()),
        }
    }

    fn own_origin(&self) -> Origin {
        let day = self.began_ms.div_euclid(DAY_MS).cast_unsigned();
        let is_office = mix(self.who.key, day) % 100 < 45;
        let is_phone = self.cast == Cast::Person && self.random(7).chance(90);
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

/// Somebody who works here and, if the draws hit one, is awake at that time and fits the story.
fn somebody<'a>(people: &'a [Person], story: &Story, key: u64, at_ms: i64) -> &'a Person {
    let minute = minute_of_week(at_ms);
    let mut random = Random::of(key, 0);
    // The first admin is always here.
    let mut found = &people[0];
    for _ in 0..TRIES {
        let person = random.pick(people);
        if person.is_here(at_ms) {
            found = person;
            if (story.fits)(person) && random.below(100) < person.place.activity(minute) {
                break;
            }
        }
    }
    found
}
