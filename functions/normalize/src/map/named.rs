//! The id and the name that Okta gives everything that acts or is acted upon.

use crate::json::Object;
use crate::ocsf::Text;

/// An id and a name, at least one of which is there.
pub(super) struct Named<'a> {
    /// Okta's id.
    pub(super) uid: Option<Text<'a>>,
    /// What an admin reads.
    pub(super) name: Option<Text<'a>>,
}

/// Whether an id identifies anything: Okta writes "unknown" for a sign-in under a name that it does not know, and
/// as the alternate id of things that have none.
pub(super) fn is_known(id: &str) -> bool {
    !id.eq_ignore_ascii_case("unknown")
}

/// Takes the name, or the id where there is none, for OCSF objects that have no place for both.
pub(super) fn take_name<'a>(target: &mut Object<'a>) -> Option<Text<'a>> {
    let name = target.take_text("displayName").or_else(|| target.take_text_if("alternateId", is_known));
    name.or_else(|| target.take_text_if("id", is_known))
}

/// Takes id and name; `None` if the target has neither, as OCSF's objects need one.
pub(super) fn take_named<'a>(target: &mut Object<'a>) -> Option<Named<'a>> {
    let uid = target.take_text_if("id", is_known);
    let name = target.take_text("displayName").or_else(|| target.take_text_if("alternateId", is_known));
    target.take_repeated("alternateId", name.as_deref());
    (uid.is_some() || name.is_some()).then_some(Named { uid, name })
}
