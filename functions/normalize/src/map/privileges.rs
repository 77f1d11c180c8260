//! What was granted: roles and permissions, of which Okta writes the names in several places.

use super::{debug_data, target};
use crate::json::Object;
use crate::ocsf::{Text, non_empty};

/// Keys of `debugData` that hold a list of what was granted or revoked.
const KEYS: [&str; 5] = ["privilegeGranted", "privilegeRevoked", "role", "grantedScopes", "requestedScopes"];

/// Okta's types of what can be granted by itself.
const TYPES: [&str; 4] = ["CUSTOM_ROLE", "Entitlement", "ROLE", "Role"];

/// The names of what was granted: of the roles among the targets, which stay there, or else from `debugData`, where
/// `privilegeGranted` may list all that the user has from now on.
pub(super) fn take<'a>(members: &mut Object<'a>) -> Option<Vec<Text<'a>>> {
    let roles = target::of_types(members, &TYPES).filter_map(|role| role.peek_text("displayName"));
    let mut names: Vec<_> = roles.collect();
    if names.is_empty()
        && let Some(debug) = debug_data::of(members)
    {
        for key in KEYS {
            take_list(debug, key, &mut names);
        }
    }
    non_empty(names)
}

/// A list in one text is only looked at, for its parts are placed without what is between them.
fn take_list<'a>(debug: &mut Object<'a>, key: &str, names: &mut Vec<Text<'a>>) {
    match debug.text(key) {
        Some(text) if text.contains(',') => names.extend(split(text).map(|name| Text::Owned(name.to_owned()))),
        _ => names.extend(debug.take_text(key)),
    }
}

/// The parts between commas, but for commas within parentheses: `App administrator (Box, Slack)`.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = text.split(move |letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_parentheses_are_of_the_name() {
        let parts = |text: &'static str| split(text).collect::<Vec<_>>();
        assert_eq!(parts("Super administrator, Read only admin"), ["Super administrator", "Read only admin"]);
        assert_eq!(parts("App administrator (Box, Slack), Help desk"), ["App administrator (Box, Slack)", "Help desk"]);
        assert_eq!(parts(", ,"), [] as [&str; 0]);
    }
}
