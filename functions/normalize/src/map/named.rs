//! The id and the name that Okta gives everything that acts or is acted upon.

use super::target_types::APP_INSTANCE;
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

/// Takes what an admin calls it. Of an app the alternate id is the label that the admin gave it, and the display name
/// is often only the name of its template (`SAML 2.0 IdP`).
fn take_label<'a>(target: &mut Object<'a>) -> Option<Text<'a>> {
    if target.text("type") == Some(APP_INSTANCE) {
        let label = target.take_text_if("alternateId", is_known);
        return label.or_else(|| target.take_text("displayName"));
    }
    target.take_text("displayName").or_else(|| target.take_text_if("alternateId", is_known))
}

/// The name of a target, which stays.
pub(super) fn peek_name<'a>(target: &Object<'a>) -> Option<Text<'a>> {
    let label = || target.peek_text("alternateId").filter(|label| is_known(label));
    let name = || target.peek_text("displayName");
    if target.text("type") == Some(APP_INSTANCE) { label().or_else(name) } else { name().or_else(label) }
}

/// Takes the name of an app's template, for attributes that have labels.
pub(super) fn take_template<'a>(app: &mut Object<'a>) -> Option<Vec<Text<'a>>> {
    if app.text("type") == Some(APP_INSTANCE) { Some(vec![app.take_text("displayName")?]) } else { None }
}

/// Takes the name, or the id where there is none, for OCSF objects that have no place for both.
pub(super) fn take_name<'a>(target: &mut Object<'a>) -> Option<Text<'a>> {
    take_label(target).or_else(|| target.take_text_if("id", is_known))
}

/// Takes id and name; `None` if the target has neither, as OCSF's objects need one.
pub(super) fn take_named<'a>(target: &mut Object<'a>) -> Option<Named<'a>> {
    let uid = target.take_text_if("id", is_known);
    let name = take_label(target);
    target.take_repeated("alternateId", name.as_deref());
    target.take_repeated("displayName", name.as_deref());
    (uid.is_some() || name.is_some()).then_some(Named { uid, name })
}
