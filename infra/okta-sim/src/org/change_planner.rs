//! Draws the changes of the org: people join and leave, memberships and settings change.

use std::collections::HashMap;

use crate::org::change::{Calendar, Change, ChangeKind};
use crate::org::directory::Directory;
use crate::org::model::OrgModel;
use crate::org::people::Factor;
use crate::org::policies::{POLICIES, ZONES};
use crate::org::roles::ROLES;
use crate::org::story::StoryKind;
use crate::random::Random;
use crate::time::DAY_MS;

/// How long after `now` things still change.
const HORIZON_DAYS: i64 = 120;

const HOUR_MS: i64 = 3_600_000;

/// How long after `now` there are changes for whoever watches.
const LIVE_MS: i64 = 3 * DAY_MS;

/// How many draws are made for a change that must come.
const TRIES: usize = 64;

/// How many changes a day there are at most.
const MOST_A_DAY: u64 = 400;

/// The longest scenario of a change has this many events; a test of the log checks it.
pub(crate) const MOST_EVENTS_OF_A_CHANGE: u64 = 10;

/// Draws the changes of an org that has none yet, and adds the people who join.
pub(crate) fn plan(org: &mut OrgModel) -> Calendar {
    let mut planner = Planner::new(org);
    let first_day = org.log_start_ms() / DAY_MS;
    for day in first_day..first_day + i64::from(org.config.days) + HORIZON_DAYS {
        planner.plan_day(org, day);
    }
    Calendar::of(planner.changes)
}

/// The state while changes are drawn one after the other.
struct Planner {
    directory: Directory,
    changes: Vec<Change>,
    /// How many events of a slot are spoken for.
    taken: HashMap<i64, u64>,
    a_day: u64,
    /// Those who have left and will act.
    leavers: Vec<u32>,
}

/// A change that is due.
#[derive(Clone, Copy)]
struct Due {
    at_ms: i64,
    what: What,
}

/// What is due.
#[derive(Clone, Copy)]
enum What {
    /// Somebody leaves who will act once more.
    Leave,
    /// Anything, for whoever watches.
    Live,
    Regular,
    Story(StoryKind),
}

impl Planner {
    fn new(org: &OrgModel) -> Self {
        let by_people = org.people.len() as u64 / 25 + 2;
        let by_events = u64::from(org.config.events_per_day) / 150;
        let a_day = by_people.min(by_events).min(MOST_A_DAY);
        Self { directory: Directory::new(org), changes: Vec::new(), taken: HashMap::new(), a_day, leavers: Vec::new() }
    }

    fn plan_day(&mut self, org: &mut OrgModel, day: i64) {
        let mut random = Random::of(org.config.seed ^ 0xca1e_0da2, day.cast_unsigned());
        let mut drawn: Vec<_> = (0..self.a_day).filter_map(|_| self.instant(org, day, &mut random)).collect();
        drawn.sort_unstable();
        let regular = drawn.into_iter().map(|at_ms| Due { at_ms, what: What::Regular });
        let mut due: Vec<Due> = regular.chain(extras(org, day)).collect();
        due.sort_by_key(|due| due.at_ms);
        for due in due {
            self.plan_change(org, due, &mut random);
        }
        self.create_what_is_due(org, day, &mut random);
    }

    fn plan_change(&mut self, org: &mut OrgModel, due: Due, random: &mut Random) {
        let drawn = match due.what {
            What::Regular => self.draw(org, due.at_ms, kind(random), random),
            What::Live => (0..TRIES).find_map(|_| self.draw(org, due.at_ms, kind(random), random)),
            What::Leave => self.leaver(org, due.at_ms, random),
            What::Story(kind) => self.story(org, due.at_ms, kind, random),
        };
        let Some(change) = drawn else { return };
        let is_extra = !matches!(due.what, What::Regular);
        if !is_extra {
            let slot = org.activity.slot_at(due.at_ms);
            *self.taken.entry(slot).or_default() += MOST_EVENTS_OF_A_CHANGE;
        }
        if let What::Leave = due.what {
            self.leavers.push(change.person);
        }
        self.apply(org, Change { is_extra, ..change });
    }

    /// Somebody who leaves an hour before they act once more.
    fn leaver(&self, org: &OrgModel, at_ms: i64, random: &mut Random) -> Option<Change> {
        (0..TRIES).find_map(|_| self.draw(org, at_ms, ChangeKind::PersonLeft, random))
    }

    /// Who plays the main part in a story, and what it leaves behind.
    fn story(&mut self, org: &OrgModel, at_ms: i64, kind: StoryKind, random: &mut Random) -> Option<Change> {
        let (person, thing) = match kind {
            StoryKind::LeaverActs => (self.leavers.pop()?, 0),
            StoryKind::MfaFatigue => ((0..200).find_map(|_| self.with_push(org, random))?, 0),
            StoryKind::PasswordSpray => (self.somebody(random)?, 0),
            StoryKind::RogueIdp => (1, 2 + self.directory.rogue_idps_ms.len() as u32),
            StoryKind::SessionTheft => (0, self.changes.len() as u32),
        };
        Some(Change { at_ms, kind: ChangeKind::Story(kind), person, group: 0, app: 0, thing, is_extra: true })
    }

    fn with_push(&self, org: &OrgModel, random: &mut Random) -> Option<u32> {
        let person = self.directory.somebody_active(random)?;
        (org.people[person as usize].factor == Factor::OktaVerifyPush).then_some(person)
    }

    /// An instant of the day, in a slot that has room for the story of a change besides all others.
    fn instant(&self, org: &OrgModel, day: i64, random: &mut Random) -> Option<i64> {
        let slots = DAY_MS / org.activity.slot_ms();
        let slot = day * slots + random.below(slots.cast_unsigned()).cast_signed();
        let at_ms = org.activity.instant_in(slot, random, 58_000);
        let taken = self.taken.get(&slot).copied().unwrap_or_default();
        // At most a third of a slot's events belong to changes.
        (org.activity.events_in(slot) / 3 > taken + MOST_EVENTS_OF_A_CHANGE).then_some(at_ms)
    }

    /// What exactly changes; none when there is nothing to take away or nobody to do it to.
    fn draw(&self, org: &OrgModel, at_ms: i64, kind: ChangeKind, random: &mut Random) -> Option<Change> {
        let directory = &self.directory;
        let mut change =
            Change { at_ms, kind, person: self.somebody(random)?, group: 0, app: 0, thing: 0, is_extra: false };
        match kind {
            ChangeKind::AppAssigned => (change.app, _) = directory.app_for(org, Some(change.person), random)?,
            ChangeKind::AppTakenAway => (change.app, change.person) = directory.app_for(org, None, random)?,
            ChangeKind::AppChanged => change.app = random.index(org.apps.len()) as u16,
            ChangeKind::GroupMemberAdded => {
                (change.group, _) = directory.group_for(org, Some(change.person), random)?;
            }
            ChangeKind::GroupMemberRemoved => (change.group, change.person) = directory.group_for(org, None, random)?,
            ChangeKind::GroupChanged => change.group = random.index(org.groups.len()) as u32,
            ChangeKind::PersonJoined => change.person = org.people.len() as u32,
            ChangeKind::PersonUnsuspended => change.person = directory.somebody_suspended(random)?,
            ChangeKind::PersonLeft | ChangeKind::PersonSuspended if org.is_admin(change.person) => return None,
            ChangeKind::PolicyChanged => change.thing = random.index(POLICIES.len()) as u32,
            ChangeKind::ZoneChanged => change.thing = random.index(ZONES.len()) as u32,
            ChangeKind::RoleGranted => change.thing = random.index(ROLES.len()) as u32,
            ChangeKind::RoleRevoked => (change.person, change.thing) = directory.some_role(random)?,
            ChangeKind::TokenRevoked => change.thing = directory.some_token(random)?,
            ChangeKind::TokenCreated => change.thing = self.changes.len() as u32,
            _ => {}
        }
        Some(change)
    }

    fn somebody(&self, random: &mut Random) -> Option<u32> {
        (0..16).find_map(|_| self.directory.somebody_active(random))
    }

    fn apply(&mut self, org: &mut OrgModel, change: Change) {
        match change.kind {
            ChangeKind::PersonJoined => org.hire(change.at_ms),
            ChangeKind::PersonLeft => org.people[change.person as usize].left_ms = change.at_ms,
            ChangeKind::AppCreated => org.apps[usize::from(change.app)].born_ms = change.at_ms,
            ChangeKind::GroupCreated => org.groups[change.group as usize].born_ms = change.at_ms,
            _ => {}
        }
        self.directory.apply(org, &change);
        self.changes.push(change);
    }

    /// Once a week, one of the last groups or apps of the list comes into being.
    fn create_what_is_due(&mut self, org: &mut OrgModel, day: i64, random: &mut Random) {
        let newest_group = org.groups.iter().rposition(|group| group.born_ms == i64::MIN);
        let newest_app = org.apps.iter().rposition(|app| app.born_ms == i64::MIN);
        let (kind, group, app) = match (day % 14, newest_group, newest_app) {
            (0, Some(group), _) if group >= org.groups.len() - org.groups.len() / 10 => {
                (ChangeKind::GroupCreated, group, 0)
            }
            (7, _, Some(app)) if app >= org.apps.len() - org.apps.len() / 10 => (ChangeKind::AppCreated, 0, app),
            _ => return,
        };
        let Some(at_ms) = self.instant(org, day, random) else { return };
        let Some(person) = self.somebody(random) else { return };
        // The day's other changes may come later than this one.
        let at_ms = self.changes.last().map_or(at_ms, |last| at_ms.max(last.at_ms));
        self.apply(
            org,
            Change { at_ms, kind, person, group: group as u32, app: app as u16, thing: 0, is_extra: false },
        );
    }
}

/// Changes of a day that come on top: stories, and those for whoever watches.
fn extras(org: &OrgModel, day: i64) -> Vec<Due> {
    let now_ms = org.config.now.as_millisecond();
    let a_day = i64::from(org.config.changes_per_hour) * 24;
    let live = (0..a_day).map(|number| day * DAY_MS + number * DAY_MS / a_day);
    let live = live.filter(|at_ms| (now_ms..now_ms + LIVE_MS).contains(at_ms));
    let live = live.map(|at_ms| Due { at_ms, what: What::Live });
    let stories = org.config.stories.iter().flat_map(|story| {
        let at_ms = story.at.as_millisecond();
        let leave = Due { at_ms: at_ms - HOUR_MS, what: What::Leave };
        let leave = (story.kind == StoryKind::LeaverActs).then_some(leave);
        leave.into_iter().chain([Due { at_ms, what: What::Story(story.kind) }])
    });
    live.chain(stories).filter(|due| due.at_ms.div_euclid(DAY_MS) == day).collect()
}

fn kind(random: &mut Random) -> ChangeKind {
    let total = ChangeKind::WEIGHTS.iter().map(|(_, weight)| weight).sum();
    let mut draw = random.below(total);
    for (kind, weight) in ChangeKind::WEIGHTS {
        match draw.checked_sub(weight) {
            Some(rest) => draw = rest,
            None => return kind,
        }
    }
    ChangeKind::GroupMemberAdded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::config::OrgConfig;
    use crate::org::status::Status;

    fn org() -> OrgModel {
        let mut org = OrgModel::new(OrgConfig { seed: 11, events_per_day: 8_000, ..OrgConfig::default() });
        org.calendar = plan(&mut org);
        org
    }

    #[test]
    fn changes_come_in_order_and_in_every_kind() {
        let org = org();
        let changes = org.calendar.changes();
        assert!(changes.is_sorted_by_key(|change| change.at_ms));
        for (kind, _) in ChangeKind::WEIGHTS {
            assert!(changes.iter().any(|change| change.kind == kind), "no {kind:?} in {} changes", changes.len());
        }
        assert!(changes.iter().any(|change| change.kind == ChangeKind::GroupCreated));
        assert!(changes.iter().any(|change| change.kind == ChangeKind::AppCreated));
    }

    #[test]
    fn a_directory_is_the_same_whether_it_advances_or_is_made_anew() {
        let org = org();
        let end = org.config.now.as_millisecond();
        let mut advanced = Directory::new(&org);
        for day in 0..90 {
            assert!(advanced.advance(&org, end - (89 - day) * DAY_MS));
        }
        let anew = Directory::at(&org, end);
        assert_eq!(advanced.applied, anew.applied);
        assert_eq!(advanced.roles, anew.roles);
        assert!(advanced.groups.iter().zip(&anew.groups).all(|(left, right)| left.members == right.members));
        assert!(!advanced.advance(&org, org.log_start_ms()), "there is no way back");
    }

    #[test]
    fn who_leaves_is_in_nothing_any_more() {
        let org = org();
        let left = org.calendar.changes().iter().find(|change| change.kind == ChangeKind::PersonLeft).unwrap();
        let before = Directory::at(&org, left.at_ms - 1);
        let after = Directory::at(&org, left.at_ms);
        assert!(before.groups.iter().any(|group| group.members.contains(left.person)));
        assert!(!after.groups.iter().any(|group| group.members.contains(left.person)));
        assert_eq!(after.users[left.person as usize].status, Status::Deprovisioned);
        assert_eq!(after.users[left.person as usize].updated_ms, left.at_ms);
    }
}
