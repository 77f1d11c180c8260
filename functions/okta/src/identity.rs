//! Which org answers: its id, its engine and its names. Pure: the client reads, this says what it means.

use serde::Deserialize;
use url::Url;

use crate::contradiction::Contradiction;
use crate::error::Error;

/// What every org shows anybody.
pub(crate) const DESCRIPTION: &str = "/.well-known/okta-organization";

/// What an org shows those who may read its settings (`okta.orgs.read`).
pub(crate) const SETTINGS: &str = "/api/v1/org";

/// Which org it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgIdentity {
    /// The org's id, which never changes.
    pub id: String,
    /// The engine that it runs.
    pub engine: Engine,
    /// Its subdomain, if the credentials allow reading the org's settings.
    pub subdomain: Option<String>,
    /// The host of its Okta domain, such as `acme.okta.com`.
    pub host: Option<String>,
    /// The host of its custom domain.
    pub custom_domain: Option<String>,
}

/// The engine that an org runs. What the Classic Engine lacks is not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// Okta Classic Engine (`v1`).
    Classic,
    /// Okta Identity Engine (`idx`).
    Identity,
    /// A name that Okta's documentation does not have.
    Other(String),
}

/// The answer of [`DESCRIPTION`].
#[derive(Debug, Deserialize)]
pub(crate) struct Description {
    id: String,
    pipeline: String,
    #[serde(rename = "_links", default)]
    links: Links,
}

#[derive(Debug, Default, Deserialize)]
struct Links {
    organization: Option<Href>,
    alternate: Option<Href>,
}

#[derive(Debug, Deserialize)]
struct Href {
    href: String,
}

/// The answer of [`SETTINGS`], as far as it says which org it is.
#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    id: String,
    subdomain: Option<String>,
}

impl Description {
    /// The addresses at which the org answers.
    pub(crate) fn addresses(self) -> impl Iterator<Item = Url> {
        self.links.organization.into_iter().chain(self.links.alternate).filter_map(|link| link.url())
    }
}

impl Href {
    fn url(&self) -> Option<Url> {
        Url::parse(&self.href).ok()
    }
}

/// What both answers say together. Two ids are two orgs: something in between mixes them up.
pub(crate) fn merge(description: Description, settings: Option<Settings>) -> Result<OrgIdentity, Error> {
    if let Some(settings) = &settings
        && settings.id != description.id
    {
        let source = Contradiction::TwoOrgs { public: description.id, private: settings.id.clone() };
        return Err(Error::Contradiction { path: SETTINGS.to_owned(), source });
    }
    let host = |link: Option<Href>| link.and_then(|link| link.url()?.host_str().map(str::to_owned));
    Ok(OrgIdentity {
        id: description.id,
        engine: Engine::of(&description.pipeline),
        subdomain: settings.and_then(|settings| settings.subdomain),
        host: host(description.links.organization),
        custom_domain: host(description.links.alternate),
    })
}

impl Engine {
    fn of(pipeline: &str) -> Self {
        match pipeline {
            "v1" => Self::Classic,
            "idx" => Self::Identity,
            other => Self::Other(other.chars().take(20).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(description: &str, settings: Option<&str>) -> Result<OrgIdentity, Error> {
        let settings = settings.map(|settings| serde_json::from_str(settings).unwrap());
        merge(serde_json::from_str(description).unwrap(), settings)
    }

    const DESCRIBED: &str = r#"{"id": "00o1", "pipeline": "idx", "settings": {}, "_links": {
        "organization": {"href": "https://acme.okta.com"}, "alternate": {"href": "https://login.example.com"}}}"#;

    #[test]
    fn an_org_is_known_by_what_it_shows_anybody() {
        let org = identity(DESCRIBED, None).unwrap();
        assert_eq!((org.id.as_str(), org.engine, org.subdomain), ("00o1", Engine::Identity, None));
        assert_eq!(org.host.as_deref(), Some("acme.okta.com"));
        assert_eq!(org.custom_domain.as_deref(), Some("login.example.com"));
        let bare = |pipeline: &str| identity(&format!(r#"{{"id": "00o1", "pipeline": "{pipeline}"}}"#), None).unwrap();
        assert_eq!((bare("v1").engine, bare("v1").host), (Engine::Classic, None));
        assert_eq!(bare("idx2").engine, Engine::Other("idx2".into()));
    }

    #[test]
    fn settings_of_another_org_are_a_contradiction() {
        let org = identity(DESCRIBED, Some(r#"{"id": "00o1", "subdomain": "acme", "status": "ACTIVE"}"#)).unwrap();
        assert_eq!(org.subdomain.as_deref(), Some("acme"));
        let error = identity(DESCRIBED, Some(r#"{"id": "00o2"}"#)).unwrap_err();
        assert!(matches!(error, Error::Contradiction { source: Contradiction::TwoOrgs { .. }, .. }), "{error:?}");
    }
}
