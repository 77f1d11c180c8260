//! The records of a page, whatever it is wrapped in. Pure.

use std::collections::BTreeMap;

use okta::{Error, Page};
use serde_json::value::RawValue;

use crate::inventory::entity::Shape;

/// Members of a wrapper that are no list of records.
const ASIDE: &[&str] = &["_links", "metadata", "errors"];

/// The records of a page: of a bare list, of the one list in an object, or the object itself.
pub(crate) fn records(page: &Page, shape: Shape) -> Result<Vec<&RawValue>, Error> {
    let body = page.body().trim_ascii();
    match body.first() {
        None => Ok(Vec::new()),
        Some(b'[') => page.records(),
        Some(_) if shape == Shape::One => Ok(vec![page.borrowed()?]),
        Some(_) => {
            let wrapper: BTreeMap<String, &RawValue> = page.borrowed()?;
            let is_list =
                |(name, value): &(&String, &&RawValue)| !ASIDE.contains(&name.as_str()) && value.get().starts_with('[');
            match wrapper.iter().find(is_list) {
                Some((name, _)) => page.records_in(name),
                None if wrapper.keys().all(|name| ASIDE.contains(&name.as_str())) => Ok(Vec::new()),
                None => Ok(vec![page.borrowed()?]),
            }
        }
    }
}
