//! Who: users, actors, sessions.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::value::Text;

/// Who caused an event.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Actor<'a> {
    pub user: Option<User<'a>>,
    pub session: Option<Session<'a>>,
    pub idp: Option<Idp<'a>>,
    pub app_uid: Option<Text<'a>>,
    pub app_name: Option<Text<'a>>,
}

/// A user, a service app or another principal.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct User<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub full_name: Option<Text<'a>>,
    pub email_addr: Option<Text<'a>>,
    pub type_id: Option<i32>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub account: Option<Account<'a>>,
    pub programmatic_credentials: Option<Vec<ProgrammaticCredential<'a>>>,
}

/// An account that a user has somewhere else, such as in an app.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Account<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub type_id: Option<i32>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
}

/// An API token or key that a principal used.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct ProgrammaticCredential<'a> {
    pub uid: Text<'a>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
}

/// A session.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Session<'a> {
    pub uid: Option<Text<'a>>,
    pub uid_alt: Option<Text<'a>>,
    pub issuer: Option<Text<'a>>,
}

/// An identity provider.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Idp<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
}
