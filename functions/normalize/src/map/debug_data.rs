//! `debugContext.debugData`: Okta's own findings about risk. The rest of it is read where it is placed.

use crate::json::Object;
use crate::ocsf::{Event, Text};

/// The debug data to take from.
pub(super) fn of<'m, 'a>(members: &'m mut Object<'a>) -> Option<&'m mut Object<'a>> {
    members.object("debugContext")?.object("debugData")
}

/// Places the risk that Okta assessed: `securityContext.risk`, or `debugData.risk`, which is text of
/// the form `{reasons=Anomalous Device, level=HIGH}`.
pub(super) fn place_risk<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let details = of(members).and_then(|debug| debug.take_text("risk"));
    let assessed = members.object("securityContext").and_then(|network| network.object("risk"));
    let level = assessed.and_then(|risk| risk.take_text("level"));
    let level = level.or_else(|| details.as_deref().and_then(member_of_java_map).map(|level| Text::Owned(level.into())));
    if let Some((id, caption)) = level.as_deref().and_then(level_of) {
        event.risk_level_id = Some(id);
        event.risk_level = Some(caption.into());
    }
    event.risk_details = details;
}

/// The `level` of a Java map's text.
fn member_of_java_map(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("level=")?;
    rest.split([',', '}']).next().map(str::trim)
}

fn level_of(okta: &str) -> Option<(i32, &'static str)> {
    match okta {
        "LOW" => Some((1, "Low")),
        "MEDIUM" => Some((2, "Medium")),
        "HIGH" => Some((3, "High")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_java_map() {
        assert_eq!(member_of_java_map("{reasons=Anomalous Device, level=HIGH}"), Some("HIGH"));
        assert_eq!(member_of_java_map("{level=LOW}"), Some("LOW"));
        assert_eq!(member_of_java_map("{}"), None);
    }
}
