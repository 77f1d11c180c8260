//! What Okta adds to an attribute from what it knows otherwise: behaviors, risk, the kind of network, further targets.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::value::Text;

/// What is known about the attribute `name`, which has this `value`.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Enrichment<'a> {
    pub name: Text<'a>,
    pub value: Text<'a>,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub short_desc: Option<Text<'a>>,
    pub data: Text<'a>,
    pub provider: Option<Text<'a>>,
}
