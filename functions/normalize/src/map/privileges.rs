//! What was granted: roles and permissions, of which Okta writes the names in several places.

use super::non_empty;
use crate::json::Object;
use crate::ocsf::Text;

/// Keys of `debugData` that hold a list of what was granted or revoked.
const KEYS: [&str; 5] = ["privilegeGranted", "privilegeRevoked", "role", "grantedScopes", "requestedScopes"];

/// Takes the names, separated by commas where Okta writes several in one text.
pub(super) fn take<'a>(members: &mut Object<'a>) -> Option<Vec<Text<'a>>> {
    let debug = super::debug_data::of(members)?;
    let texts: Vec<_> = KEYS.iter().filter_map(|key| debug.take_text(key)).collect();
    non_empty(texts.into_iter().flat_map(split).collect())
}

fn split(text: Text<'_>) -> Vec<Text<'_>> {
    let names = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    if text.contains(',') { names(&text).into_iter().map(Text::Owned).collect() } else { vec![text] }
}
