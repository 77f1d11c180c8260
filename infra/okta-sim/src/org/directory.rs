//! The org at an instant: who is there, who is in what, who may do what.

use crate::org::apps::App;
use crate::org::change::{Change, ChangeKind};
use crate::org::groups::Group;
use crate::org::members::Members;
use crate::org::model::OrgModel;
use crate::org::people::Person;
use crate::org::policies::{POLICIES, ZONES};
use crate::org::roles;
use crate::org::status::Status;
use crate::org::story::StoryKind;
use crate::random::Random;
use crate::time::DAY_MS;

/// A user at an instant.
#[derive(Debug, Clone)]
pub(crate) struct UserState {
    pub(crate) status: Status,
    pub(crate) status_changed_ms: i64,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    /// How often the profile was changed: the title says it.
    pub(crate) moves: u32,
    pub(crate) has_factors: bool,
}

/// A group at an instant.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupState {
    pub(crate) members: Members,
    pub(crate) updated_ms: i64,
    pub(crate) membership_updated_ms: i64,
    pub(crate) revision: u32,
}

/// An app at an instant.
#[derive(Debug, Clone, Default)]
pub(crate) struct AppState {
    /// Those who have it by themselves, not through its group.
    pub(crate) users: Members,
    pub(crate) updated_ms: i64,
}

/// An SSWS token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenState {
    pub(crate) number: u32,
    pub(crate) owner: u32,
    pub(crate) created_ms: i64,
}

/// The org at an instant.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) users: Vec<UserState>,
    pub(crate) groups: Vec<GroupState>,
    pub(crate) apps: Vec<AppState>,
    /// Who has which of [`roles::ROLES`]: person, role.
    pub(crate) roles: Vec<(u32, u32)>,
    pub(crate) tokens: Vec<TokenState>,
    pub(crate) policies_updated_ms: [i64; POLICIES.len()],
    pub(crate) zones_updated_ms: [i64; ZONES.len()],
    pub(crate) idp_updated_ms: i64,
    /// When attackers added identity providers.
    pub(crate) rogue_idps_ms: Vec<i64>,
    suspended: Members,
    /// How many changes have been applied.
    pub(crate) applied: usize,
}

/// What a token is called.
pub(crate) fn token_name(number: u64) -> String {
    format!("{}-{}", ["ci-pipeline", "hr-sync", "terraform", "monitoring"][number as usize % 4], number % 1_000)
}

/// How many draws are made for something that fits.
const TRIES: usize = 32;

impl Directory {
    /// The org before its first change.
    pub(crate) fn new(org: &OrgModel) -> Self {
        let start = org.log_start_ms();
        let days_ago = |days: u64| start - days.cast_signed() * DAY_MS;
        let there: Vec<u32> = (0..org.people.len() as u32).filter(|person| !org.is_newcomer(*person)).collect();
        let members = |group: usize| {
            let is_member = |person: &&u32| {
                let person = &org.people[**person as usize];
                person.status != Status::Deprovisioned && org.groups[group].holds(person, &org.apps)
            };
            there.iter().filter(is_member).copied().collect()
        };
        let group = |(index, group): (usize, &Group)| {
            let made = days_ago(group.created_days_before);
            GroupState { members: members(index), updated_ms: made, membership_updated_ms: start - DAY_MS, revision: 0 }
        };
        let has = |app: &App, person: &Person| person.status != Status::Deprovisioned && app.is_given_to(person);
        let app = |app: &App| AppState {
            users: there.iter().copied().filter(|person| has(app, &org.people[*person as usize])).collect(),
            updated_ms: days_ago(app.created_days_before / 2),
        };
        Self {
            users: there.iter().map(|person| UserState::new(org, *person)).collect(),
            groups: org.groups.iter().enumerate().map(group).collect(),
            apps: org.apps.iter().map(app).collect(),
            roles: (0..org.admins().len() as u32)
                .map(|admin| (admin, roles::at_start(org.config.posture, admin)))
                .collect(),
            tokens: (0..3)
                .map(|number| TokenState { number: u32::MAX - number, owner: 0, created_ms: days_ago(300) })
                .collect(),
            policies_updated_ms: [days_ago(120); POLICIES.len()],
            zones_updated_ms: [days_ago(150); ZONES.len()],
            idp_updated_ms: days_ago(180),
            rogue_idps_ms: Vec::new(),
            suspended: there.iter().copied().filter(|person| is_suspended(org, *person)).collect(),
            applied: 0,
        }
    }

    /// The org as it is at `at_ms`.
    pub(crate) fn at(org: &OrgModel, at_ms: i64) -> Self {
        let mut directory = Self::new(org);
        directory.advance(org, at_ms);
        directory
    }

    /// Applies what has happened until `at_ms`. False when that is in this directory's past.
    pub(crate) fn advance(&mut self, org: &OrgModel, at_ms: i64) -> bool {
        let changes = org.calendar.changes();
        while let Some(change) = changes.get(self.applied).filter(|change| change.at_ms <= at_ms) {
            self.apply(org, change);
        }
        self.applied == 0 || changes[self.applied - 1].at_ms <= at_ms
    }

    /// Applies one change.
    pub(crate) fn apply(&mut self, org: &OrgModel, change: &Change) {
        self.applied += 1;
        let Change { at_ms, person, group, app, thing, .. } = *change;
        match change.kind {
            ChangeKind::AppAssigned => self.apps[usize::from(app)].users.insert(person),
            ChangeKind::AppTakenAway => drop(self.apps[usize::from(app)].users.remove(person)),
            ChangeKind::AppChanged | ChangeKind::AppCreated => self.apps[usize::from(app)].updated_ms = at_ms,
            ChangeKind::FactorsReset => self.user(person).has_factors = false,
            ChangeKind::GroupChanged | ChangeKind::GroupCreated => self.groups[group as usize].change(at_ms),
            ChangeKind::GroupMemberAdded => self.groups[group as usize].add(person, at_ms),
            ChangeKind::GroupMemberRemoved => self.groups[group as usize].remove(person, at_ms),
            ChangeKind::IdpChanged => self.idp_updated_ms = at_ms,
            ChangeKind::PersonJoined => self.join(org, person, at_ms),
            ChangeKind::PersonLeft => self.leave(person, at_ms),
            ChangeKind::PersonMoved => self.user(person).change(at_ms),
            ChangeKind::PersonSuspended => self.turn(person, Status::Suspended, at_ms),
            ChangeKind::PersonUnsuspended => self.turn(person, Status::Active, at_ms),
            ChangeKind::PolicyChanged => self.policies_updated_ms[thing as usize] = at_ms,
            ChangeKind::ZoneChanged => self.zones_updated_ms[thing as usize] = at_ms,
            ChangeKind::RoleGranted => self.grant(person, thing),
            ChangeKind::RoleRevoked => self.roles.retain(|role| *role != (person, thing)),
            ChangeKind::Story(StoryKind::RogueIdp) => self.rogue_idps_ms.push(at_ms),
            ChangeKind::Story(StoryKind::SessionTheft) | ChangeKind::TokenCreated => {
                self.tokens.push(TokenState { number: thing, owner: person, created_ms: at_ms });
            }
            ChangeKind::Story(_) => {}
            ChangeKind::TokenRevoked => self.tokens.retain(|token| token.number != thing),
        }
    }

    fn user(&mut self, person: u32) -> &mut UserState {
        &mut self.users[person as usize]
    }

    fn turn(&mut self, person: u32, status: Status, at_ms: i64) {
        let user = self.user(person);
        user.status = status;
        user.status_changed_ms = at_ms;
        user.updated_ms = at_ms;
        self.suspended.remove(person);
        if status == Status::Suspended {
            self.suspended.insert(person);
        }
    }

    fn join(&mut self, org: &OrgModel, person: u32, at_ms: i64) {
        let newcomer = &org.people[person as usize];
        self.users.push(UserState {
            created_ms: at_ms,
            updated_ms: at_ms,
            status_changed_ms: at_ms,
            ..UserState::new(org, person)
        });
        for (group, state) in org.groups.iter().zip(&mut self.groups) {
            if group.holds(newcomer, &org.apps) {
                state.add(person, at_ms);
            }
        }
    }

    fn leave(&mut self, person: u32, at_ms: i64) {
        self.turn(person, Status::Deprovisioned, at_ms);
        for group in &mut self.groups {
            group.remove(person, at_ms);
        }
        for app in &mut self.apps {
            app.users.remove(person);
        }
        self.roles.retain(|(holder, _)| *holder != person);
    }

    fn grant(&mut self, person: u32, role: u32) {
        if !self.roles.contains(&(person, role)) {
            self.roles.push((person, role));
        }
    }

    /// Somebody who works here, if the draw hits one.
    pub(crate) fn somebody_active(&self, random: &mut Random) -> Option<u32> {
        let person = random.index(self.users.len());
        (self.users[person].status == Status::Active).then_some(person as u32)
    }

    /// Somebody who is suspended, if there is anybody.
    pub(crate) fn somebody_suspended(&self, random: &mut Random) -> Option<u32> {
        self.suspended.draw(random)
    }

    /// A hand-kept group with somebody to remove from it; or, with `newcomer`, one that they are not in.
    pub(crate) fn group_for(&self, org: &OrgModel, newcomer: Option<u32>, random: &mut Random) -> Option<(u32, u32)> {
        (0..TRIES).find_map(|_| {
            let group = random.index(org.groups.len());
            let members = &self.groups[group].members;
            let person = newcomer.or_else(|| members.draw(random))?;
            let fits = org.groups[group].is_manual() && members.contains(person) == newcomer.is_none();
            fits.then_some((group as u32, person))
        })
    }

    /// An app with somebody to take it from; or, with `newcomer`, one that they do not have by themselves.
    pub(crate) fn app_for(&self, org: &OrgModel, newcomer: Option<u32>, random: &mut Random) -> Option<(u16, u32)> {
        (0..TRIES).find_map(|_| {
            let app = random.index(org.apps.len());
            let users = &self.apps[app].users;
            let person = newcomer.or_else(|| users.draw(random))?;
            let fits = org.apps[app].has_people() && users.contains(person) == newcomer.is_none();
            fits.then_some((app as u16, person))
        })
    }

    /// A role that somebody has; the first admin keeps his.
    pub(crate) fn some_role(&self, random: &mut Random) -> Option<(u32, u32)> {
        let role = *random.pick(&self.roles);
        (role.0 != 0).then_some(role)
    }

    pub(crate) fn some_token(&self, random: &mut Random) -> Option<u32> {
        if self.tokens.len() < 2 { None } else { Some(random.pick(&self.tokens).number) }
    }
}

fn is_suspended(org: &OrgModel, person: u32) -> bool {
    org.people[person as usize].status == Status::Suspended
}

impl UserState {
    fn new(org: &OrgModel, person: u32) -> Self {
        let found = &org.people[person as usize];
        let created_ms = org.log_start_ms() - found.created_days_before.cast_signed() * DAY_MS;
        let updated_ms = created_ms + (found.key % (90 * DAY_MS.cast_unsigned())).cast_signed();
        Self {
            status: found.status,
            status_changed_ms: created_ms,
            created_ms,
            updated_ms,
            moves: 0,
            has_factors: true,
        }
    }

    fn change(&mut self, at_ms: i64) {
        self.moves += 1;
        self.updated_ms = at_ms;
    }
}

impl GroupState {
    fn change(&mut self, at_ms: i64) {
        self.revision += 1;
        self.updated_ms = at_ms;
    }

    fn add(&mut self, person: u32, at_ms: i64) {
        self.members.insert(person);
        self.membership_updated_ms = at_ms;
    }

    fn remove(&mut self, person: u32, at_ms: i64) {
        if self.members.remove(person) {
            self.membership_updated_ms = at_ms;
        }
    }
}
