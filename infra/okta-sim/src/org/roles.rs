//! Standard and custom admin roles.

use crate::org::posture::Posture;

/// Admin roles that people are given: `type` in the API and what the log calls it. The order is that of their numbers.
pub(crate) const ROLES: [(&str, &str); 10] = [
    ("APP_ADMIN", "Application administrator (all)"),
    ("HELP_DESK_ADMIN", "Help Desk administrator"),
    ("ORG_ADMIN", "Organization administrator"),
    ("READ_ONLY_ADMIN", "Read-only administrator"),
    ("USER_ADMIN", "Group administrator"),
    ("GROUP_MEMBERSHIP_ADMIN", "Group Membership administrator"),
    ("API_ACCESS_MANAGEMENT_ADMIN", "API Access Management administrator"),
    ("REPORT_ADMIN", "Report administrator"),
    ("CUSTOM", "Help desk of Berlin"),
    ("SUPER_ADMIN", "Super administrator"),
];

/// The number of the super administrator.
pub(crate) const SUPER_ADMIN: u32 = 9;

/// The role of an admin when the log begins. In a bad org, half of them are super administrators.
pub(crate) fn at_start(posture: Posture, admin: u32) -> u32 {
    let supers = posture.pick(2, 3, u32::MAX);
    if admin == 0 || (admin < supers && admin.is_multiple_of(2)) { SUPER_ADMIN } else { (admin - 1) % SUPER_ADMIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_admin_is_super_and_the_number_is_right() {
        assert_eq!(ROLES[SUPER_ADMIN as usize].0, "SUPER_ADMIN");
        let supers = |posture| (0..20).filter(|admin| at_start(posture, *admin) == SUPER_ADMIN).count();
        assert_eq!([Posture::Good, Posture::Typical, Posture::Bad].map(supers), [1, 2, 10]);
    }
}
