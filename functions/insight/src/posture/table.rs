//! All checks. To add one, add a row to a file of [`super::checks`], a function below it, and to the matrix of tests what
//! makes it fail.

use crate::posture::check::Check;
use crate::posture::checks::FILES;

/// Every check.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    FILES.iter().flat_map(|rows| rows.iter())
}

/// The check of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    checks().find(|check| check.id == id)
}

/// The names of all entities of the inventory that checks read, each once, sorted.
pub fn entities() -> Vec<&'static str> {
    let mut names: Vec<&str> = checks().flat_map(|check| check.reads).map(|reads| reads.entity).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::posture::check::Good;
    use crate::posture::left_out::LEFT_OUT;
    use crate::posture::profile::Profile;

    #[test]
    fn rows_are_sorted_and_say_everything() {
        for rows in FILES {
            for pair in rows.windows(2) {
                assert!(pair[0].id < pair[1].id, "move {} behind {}", pair[0].id, pair[1].id);
            }
        }
        let mut known = BTreeSet::new();
        for check in checks() {
            assert!(known.insert(check.id), "{} is in the table twice", check.id);
            assert!(check.question.ends_with('?'), "the question of {} ends with a question mark", check.id);
            assert!(!check.title.is_empty() && !check.remedy.is_empty(), "{} has a title and a remedy", check.id);
            assert!(!check.standards.is_empty(), "{} answers a requirement", check.id);
        }
    }

    #[test]
    fn a_check_that_is_left_out_is_not_in_the_table() {
        for (id, reason) in LEFT_OUT {
            assert!(find(id).is_none(), "{id} is asked: take it out of the list of those left out");
            assert!(reason.len() > 20, "{id} says why");
        }
        assert!(checks().count() >= 180);
    }

    #[test]
    fn the_stig_is_complete_and_its_limits_are_not_looser() {
        let ids: BTreeSet<&str> = checks().filter_map(Check::stig).collect();
        assert_eq!(ids.len(), 29, "{ids:?}");
        for check in checks().filter(|check| check.stig().is_some()) {
            assert!(check.profiles.contains(&Profile::Stig), "{} is asked in the profile stig", check.id);
            let Some(limit) = check.limit else { continue };
            // The STIG waits 35 days for people who are away; we do not.
            let is_looser = match limit.good {
                Good::AtMost => limit.stig > limit.default,
                Good::AtLeast => limit.stig < limit.default,
            };
            assert!(!is_looser || check.id == "user-inactive", "the limit of {}", check.id);
        }
    }
}
