//! The records of a page, taken out of what they are wrapped in. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use okta::{Error, Page};
use serde_json::json;
use serde_json::value::RawValue;

use crate::inventory::entity::Envelope;

/// A page that is not wrapped as its entity is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvelopeError {
    /// Not JSON of the shape that is expected.
    #[error(transparent)]
    Page(#[from] Error),
    /// An object without the member that holds the records.
    #[error("the answer to {path} has no list {member:?}")]
    NoList {
        /// The path, without its query.
        path: String,
        /// The member.
        member: &'static str,
    },
}

/// Returns the records of a page, each as JSON.
pub(crate) fn records(page: &Page, envelope: Envelope) -> Result<Vec<Cow<'_, str>>, EnvelopeError> {
    let first = page.body().trim_ascii().first().copied();
    match envelope {
        // An answer without a body has no records.
        _ if first.is_none() => Ok(Vec::new()),
        Envelope::One => Ok(vec![one(page)?]),
        Envelope::ListOrOne if first != Some(b'[') => Ok(vec![one(page)?]),
        Envelope::In(member) if first == Some(b'{') => list_in(page, page.borrowed()?, member),
        Envelope::Ids => {
            let ids: Vec<String> = page.value()?;
            Ok(ids.into_iter().map(|id| Cow::Owned(json!({"id": id}).to_string())).collect())
        }
        Envelope::List | Envelope::ListOrOne | Envelope::In(_) => Ok(texts(page.records()?)),
    }
}

fn one(page: &Page) -> Result<Cow<'_, str>, Error> {
    let record: &RawValue = page.borrowed()?;
    Ok(Cow::Borrowed(record.get()))
}

fn list_in<'a>(page: &'a Page, object: &'a RawValue, member: &'static str) -> Result<Vec<Cow<'a, str>>, EnvelopeError> {
    let missing = || EnvelopeError::NoList { path: page.url().path().to_owned(), member };
    let mut found = object;
    for name in member.split('.') {
        let members: BTreeMap<Cow<'a, str>, &'a RawValue> = serde_json::from_str(found.get()).map_err(|_| missing())?;
        found = members.get(name).copied().ok_or_else(missing)?;
    }
    let records: Vec<&'a RawValue> = serde_json::from_str(found.get()).map_err(|_| missing())?;
    Ok(texts(records))
}

fn texts(records: Vec<&RawValue>) -> Vec<Cow<'_, str>> {
    records.into_iter().map(|record| Cow::Borrowed(record.get())).collect()
}
