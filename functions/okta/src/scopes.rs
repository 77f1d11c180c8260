//! Finds out which scopes an app has been granted, in few calls: asks the token endpoint for all of them and splits the set
//! only where it refuses.

use std::collections::BTreeSet;

use crate::error::Error;

/// What an org allows a set of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// OAuth: scope by scope.
    Scoped {
        /// Granted: tokens have them.
        granted: BTreeSet<String>,
        /// Wanted but not granted, or not known to the org.
        denied: BTreeSet<String>,
    },
    /// An API token has no scopes: the role of the administrator who made it decides.
    Unscoped,
}

impl Grants {
    /// Whether what needs `scope` can be tried.
    pub fn allows(&self, scope: &str) -> bool {
        match self {
            Self::Scoped { granted, .. } => granted.contains(scope),
            Self::Unscoped => true,
        }
    }
}

/// What the token endpoint says to a set of scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A token with these, maybe fewer than were asked for.
    Granted(Vec<String>),
    /// No token.
    Refused(Refused),
}

/// Why there is no token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Okta lists the culprits in brackets in some of its descriptions.
    named: Vec<String>,
    /// Okta says that not one of them is granted ("no org scopes granted" in its list of errors).
    is_none_granted: bool,
}

/// The number of scopes that are tried one by one before "none is granted" is believed.
const SAMPLES: usize = 8;

/// Finds the granted scopes. `ask` makes one call.
pub(crate) async fn discover(
    wanted: BTreeSet<String>,
    ask: impl AsyncFn(&[String]) -> Result<Reply, Error>,
) -> Result<Grants, Error> {
    let mut search = Search { granted: BTreeSet::new(), leaves_out: false };
    let mut open = vec![wanted.iter().cloned().collect::<Vec<_>>()];
    while let Some(set) = open.pop() {
        if set.is_empty() {
            continue;
        }
        match ask(&set).await? {
            Reply::Granted(scopes) => search.grant(&set, scopes),
            Reply::Refused(refused) => open.extend(search.take_apart(set, &refused, &ask).await?),
        }
    }
    let denied = wanted.difference(&search.granted).cloned().collect();
    Ok(Grants::Scoped { granted: search.granted, denied })
}

struct Search {
    granted: BTreeSet<String>,
    /// The org has been seen to leave out what is not granted, so that a refusal concerns all that was asked for.
    leaves_out: bool,
}

impl Search {
    fn grant(&mut self, asked: &[String], scopes: Vec<String>) {
        let granted: BTreeSet<_> = scopes.into_iter().filter(|scope| asked.contains(scope)).collect();
        self.leaves_out |= granted.len() < asked.len();
        self.granted.extend(granted);
    }

    /// The sets to ask for next, instead of one that was refused.
    async fn take_apart(
        &mut self,
        set: Vec<String>,
        refused: &Refused,
        ask: &impl AsyncFn(&[String]) -> Result<Reply, Error>,
    ) -> Result<Vec<Vec<String>>, Error> {
        let (named, rest): (Vec<_>, Vec<_>) = set.into_iter().partition(|scope| refused.named.contains(scope));
        if !named.is_empty() {
            return Ok(vec![rest]);
        }
        let is_believed = refused.is_none_granted && (self.leaves_out || self.is_none(&rest, ask).await?);
        if is_believed || rest.len() < 2 {
            return Ok(Vec::new());
        }
        let (first, second) = rest.split_at(rest.len() / 2);
        Ok(vec![second.to_vec(), first.to_vec()])
    }

    /// Okta's text says that none is granted. A sample shows whether it means it, or only that not all are.
    async fn is_none(
        &mut self,
        set: &[String],
        ask: &impl AsyncFn(&[String]) -> Result<Reply, Error>,
    ) -> Result<bool, Error> {
        if !self.granted.is_empty() || set.len() <= SAMPLES {
            return Ok(false);
        }
        for scope in set.iter().step_by(set.len().div_ceil(SAMPLES)) {
            if let Reply::Granted(scopes) = ask(std::slice::from_ref(scope)).await? {
                self.granted.extend(scopes.into_iter().filter(|granted| granted == scope));
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Refused {
    /// Reads the description of `invalid_scope` or `consent_required`.
    pub(crate) fn read(description: &str) -> Self {
        let list = description.split_once('[').and_then(|(_, list)| list.split_once(']'));
        let list = list.map_or("", |(list, _)| list);
        let named = list.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Self { named, is_none_granted: description.contains("any of the requested scopes") }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How an org refuses what is not granted.
    #[derive(Clone, Copy, PartialEq)]
    enum Manner {
        /// Leaves it out of the token; refuses when nothing is left.
        LeavesOut,
        /// Refuses the whole set, saying only that something is wrong.
        RefusesAll,
        /// Refuses the whole set with the text that says none is granted.
        RefusesAllAsNone,
        /// Refuses the whole set and lists the culprits.
        Names,
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    const MANNERS: [Manner; 4] = [Manner::LeavesOut, Manner::RefusesAll, Manner::RefusesAllAsNone, Manner::Names];

    fn scope(index: usize) -> String {
        format!("okta.thing{index:02}.read")
    }

    fn reply(manner: Manner, asked: &[String], granted: &BTreeSet<String>) -> Reply {
        let (good, bad): (Vec<_>, Vec<_>) = asked.iter().cloned().partition(|scope| granted.contains(scope));
        let none = "You are not allowed any of the requested scopes.";
        let text = match manner {
            _ if bad.is_empty() => return Reply::Granted(good),
            Manner::LeavesOut if !good.is_empty() => return Reply::Granted(good),
            Manner::LeavesOut | Manner::RefusesAllAsNone => none.to_owned(),
            Manner::RefusesAll => "One or more scopes are not configured for the authorization server resource.".into(),
            Manner::Names => format!("The following scopes are not allowed for this request: [{}].", bad.join(", ")),
        };
        Reply::Refused(Refused::read(&text))
    }

    /// The outcome and the number of calls, with `granted` of 63 scopes granted.
    fn run(manner: Manner, granted: &[usize]) -> (Grants, u32) {
        let wanted: BTreeSet<_> = (0..63).map(scope).collect();
        let granted: BTreeSet<_> = granted.iter().copied().map(scope).collect();
        let calls = Cell::new(0);
        let ask = async |asked: &[String]| {
            assert!(!asked.is_empty());
            calls.set(calls.get() + 1);
            Ok(reply(manner, asked, &granted))
        };
        let grants = block_on(discover(wanted.clone(), ask)).unwrap();
        let denied = wanted.difference(&granted).cloned().collect();
        assert_eq!(grants, Grants::Scoped { granted, denied });
        (grants, calls.get())
    }

    #[test]
    fn the_granted_ones_are_found_however_the_org_refuses() {
        let all: Vec<_> = (0..63).collect();
        for manner in MANNERS {
            assert_eq!(run(manner, &all).1, 1, "all granted is one call");
            for granted in [(0..31).collect(), (0..62).collect(), (5..63).collect::<Vec<_>>()] {
                run(manner, &granted);
            }
            // An org that says "none" when it means "not all" could only be caught by asking for every scope.
            for granted in [vec![0], vec![62], vec![1, 31, 40]] {
                if manner != Manner::RefusesAllAsNone {
                    run(manner, &granted);
                }
            }
        }
    }

    #[test]
    fn it_takes_few_calls() {
        let all_but = |missing: &[usize]| (0..63).filter(|index| !missing.contains(index)).collect::<Vec<_>>();
        assert_eq!(run(Manner::LeavesOut, &all_but(&[3, 9, 27])).1, 1);
        assert_eq!(run(Manner::Names, &all_but(&[3, 9, 27])).1, 2);
        assert!(run(Manner::RefusesAll, &all_but(&[30])).1 <= 13);
        assert!(run(Manner::RefusesAll, &all_but(&[3, 9, 27])).1 <= 31);
        assert_eq!(run(Manner::LeavesOut, &[]).1, 9, "none granted is believed after eight samples");
        assert_eq!(run(Manner::Names, &[]).1, 1);
    }

    #[test]
    fn another_error_ends_the_search() {
        let wanted = BTreeSet::from([scope(1)]);
        let outcome = block_on(discover(wanted, async |_: &[String]| Err(Error::NoScope)));
        assert!(matches!(outcome, Err(Error::NoScope)));
    }

    #[test]
    fn an_api_token_allows_whatever_its_owner_may_do() {
        assert!(Grants::Unscoped.allows("okta.users.read"));
        let (grants, _) = run(Manner::LeavesOut, &[7]);
        assert!(grants.allows("okta.thing07.read") && !grants.allows("okta.thing08.read"));
    }
}
