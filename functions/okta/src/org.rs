//! The Okta org that the client calls: a checked address, so that a secret is never sent anywhere else.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::{Host, Url};

/// Domains that Okta serves orgs under; an org is one label below.
const OKTA_DOMAINS: &[&str] =
    &["okta-emea.com", "okta-gov.com", "okta.com", "okta.mil", "oktapreview.com", "trexcloud.com"];

/// Hosts that an `org_url` may name besides those of Okta's own domains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    /// Custom domains of orgs, whole (`login.example.com`).
    pub custom_domains: Vec<String>,
    /// Whether an org may be this very machine, also over plain http: only for the local stack and tests.
    pub loopback: bool,
}

/// An org: its address, checked, and the tenant that it is in the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    base: Url,
    tenant: String,
}

/// Further hosts that an org answers at, from its public description: a custom domain, or the Okta subdomain behind one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OtherNames(BTreeSet<String>);

/// Why an `org_url` or `tenant` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrgError {
    /// No URL at all.
    #[error("`org_url` is not a URL: it should look like https://acme.okta.com")]
    NoUrl,
    /// http, or another scheme.
    #[error("`org_url` must start with https://")]
    NotHttps,
    /// A user name, a port, a path, a query or a fragment.
    #[error("`org_url` must be nothing but https:// and the host, as in https://acme.okta.com")]
    MoreThanHost,
    /// The console's address instead of the org's.
    #[error("`org_url` is the address of the Admin Console: leave out \"-admin\"")]
    AdminConsole,
    /// A host that is not allowed.
    #[error("`org_url` names {0:?}, which is not an Okta domain: allow it as a custom domain if it is yours")]
    ForeignHost(String),
    /// A custom domain does not say which tenant it is.
    #[error("`tenant` is needed with a custom domain: give the Okta subdomain, as in the source of the event stream")]
    TenantNeeded,
    /// Not safe in an object key.
    #[error("`tenant` must be an Okta subdomain: 1 to 63 letters, digits, - or _")]
    BadTenant,
}

impl Org {
    /// Checks `org_url`; `tenant` defaults to the Okta subdomain.
    pub fn parse(org_url: &str, tenant: Option<&str>, allowed: &AllowedHosts) -> Result<Self, OrgError> {
        let base = Url::parse(org_url.trim()).map_err(|_| OrgError::NoUrl)?;
        let subdomain = check_host(&base, allowed)?;
        let tenant = tenant.map(str::to_owned).or(subdomain).ok_or(OrgError::TenantNeeded)?;
        if !is_tenant(&tenant) {
            return Err(OrgError::BadTenant);
        }
        Ok(Self { base, tenant: tenant.to_ascii_lowercase() })
    }

    /// The address, `https://host/`.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// The host, for people.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The tenant: the Okta subdomain, or what the secret says.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Whether `url` is at the address that this client asks: same scheme, host and port.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// The path and query of `url` at the address that this client asks, if `url` is at any name of this org: Okta links to
    /// the Admin Console's host, to a custom domain, or without TLS.
    pub(crate) fn adopt(&self, url: &Url, names: &OtherNames) -> Option<Url> {
        if self.owns(url) {
            return Some(url.clone());
        }
        let host = url.host_str()?;
        let is_usual = url.port().is_none() && matches!(url.scheme(), "http" | "https");
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !(is_usual && is_plain && self.is_called(host, names)) {
            return None;
        }
        let mut own = self.base.clone();
        own.set_path(url.path());
        own.set_query(url.query());
        Some(own)
    }

    fn is_called(&self, host: &str, names: &OtherNames) -> bool {
        let is_known = |host: &str| host == self.host() || names.0.contains(host);
        is_known(host) || without_admin(host).is_some_and(|host| is_known(&host))
    }
}

impl OtherNames {
    /// The names of hosts in addresses that the org itself gives.
    pub(crate) fn of(addresses: impl IntoIterator<Item = Url>) -> Self {
        Self(addresses.into_iter().filter_map(|url| url.host_str().map(str::to_owned)).collect())
    }
}

/// `acme.okta.com` for `acme-admin.okta.com`.
fn without_admin(host: &str) -> Option<String> {
    let (label, domain) = host.split_once('.')?;
    let label = label.strip_suffix("-admin")?;
    OKTA_DOMAINS.contains(&domain).then(|| format!("{label}.{domain}"))
}

/// The Okta subdomain, when the host has one.
fn check_host(base: &Url, allowed: &AllowedHosts) -> Result<Option<String>, OrgError> {
    let host = base.host().ok_or(OrgError::NoUrl)?;
    let is_bare = base.path() == "/" && base.query().is_none() && base.fragment().is_none();
    let is_plain = base.username().is_empty() && base.password().is_none();
    if allowed.loopback && is_loopback(&host) {
        return if is_bare && is_plain { Ok(None) } else { Err(OrgError::MoreThanHost) };
    }
    if base.scheme() != "https" {
        return Err(OrgError::NotHttps);
    }
    if !(is_bare && is_plain && base.port().is_none()) {
        return Err(OrgError::MoreThanHost);
    }
    check_domain(&host.to_string(), allowed)
}

fn check_domain(host: &str, allowed: &AllowedHosts) -> Result<Option<String>, OrgError> {
    if let Some(subdomain) = okta_subdomain(host) {
        return if subdomain.ends_with("-admin") {
            Err(OrgError::AdminConsole)
        } else {
            Ok(Some(subdomain.to_owned()))
        };
    }
    if allowed.custom_domains.iter().any(|domain| domain.eq_ignore_ascii_case(host)) {
        return Ok(None);
    }
    Err(OrgError::ForeignHost(host.to_owned()))
}

fn okta_subdomain(host: &str) -> Option<&str> {
    let (label, domain) = host.split_once('.')?;
    OKTA_DOMAINS.contains(&domain).then_some(label)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

fn is_tenant(text: &str) -> bool {
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&text.len()) && !text.starts_with('_') && text.bytes().all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(org_url: &str) -> Result<Org, OrgError> {
        Org::parse(org_url, None, &AllowedHosts::default())
    }

    #[test]
    fn every_domain_of_okta_is_taken_and_names_the_tenant() {
        assert!(OKTA_DOMAINS.is_sorted(), "sort OKTA_DOMAINS");
        for domain in OKTA_DOMAINS {
            let org = parse(&format!("https://Acme-1.{domain}/")).unwrap();
            assert_eq!((org.tenant(), org.host()), ("acme-1", format!("acme-1.{domain}").as_str()));
        }
    }

    #[test]
    fn an_address_that_is_not_the_org_is_refused() {
        let cases = [
            ("", OrgError::NoUrl),
            ("acme.okta.com", OrgError::NoUrl),
            ("mailto:a@okta.com", OrgError::NoUrl),
            ("http://acme.okta.com", OrgError::NotHttps),
            ("ftp://acme.okta.com", OrgError::NotHttps),
            ("https://acme.okta.com/api/v1", OrgError::MoreThanHost),
            ("https://acme.okta.com:8443", OrgError::MoreThanHost),
            ("https://me:pw@acme.okta.com", OrgError::MoreThanHost),
            ("https://acme.okta.com?x=1", OrgError::MoreThanHost),
            ("https://acme-admin.okta.com", OrgError::AdminConsole),
            ("https://okta.com", OrgError::ForeignHost("okta.com".into())),
            ("https://a.b.okta.com", OrgError::ForeignHost("a.b.okta.com".into())),
            ("https://acme.okta.com.evil.io", OrgError::ForeignHost("acme.okta.com.evil.io".into())),
            ("https://evilokta.com", OrgError::ForeignHost("evilokta.com".into())),
            ("https://169.254.169.254", OrgError::ForeignHost("169.254.169.254".into())),
            ("http://127.0.0.1:8080", OrgError::NotHttps),
            ("https://localhost", OrgError::ForeignHost("localhost".into())),
        ];
        for (org_url, expected) in cases {
            assert_eq!(parse(org_url).unwrap_err(), expected, "{org_url}");
        }
    }

    #[test]
    fn a_custom_domain_is_allowed_by_name_and_says_its_tenant() {
        let allowed = AllowedHosts { custom_domains: vec!["login.example.com".into()], loopback: false };
        let url = "https://LOGIN.example.com";
        assert_eq!(Org::parse(url, None, &allowed).unwrap_err(), OrgError::TenantNeeded);
        assert_eq!(Org::parse(url, Some("Acme"), &allowed).unwrap().tenant(), "acme");
        assert_eq!(Org::parse(url, Some("a/../b"), &allowed).unwrap_err(), OrgError::BadTenant);
        let other = Org::parse("https://sso.example.com", Some("acme"), &allowed);
        assert!(matches!(other, Err(OrgError::ForeignHost(_))));
    }

    #[test]
    fn this_machine_is_an_org_only_when_allowed() {
        let allowed = AllowedHosts { custom_domains: vec![], loopback: true };
        for url in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9", "https://127.0.0.1"] {
            assert!(Org::parse(url, Some("sim"), &allowed).is_ok(), "{url}");
        }
        assert_eq!(Org::parse("http://10.0.0.1", Some("sim"), &allowed).unwrap_err(), OrgError::NotHttps);
    }

    #[test]
    fn the_orgs_other_names_are_the_org_and_its_own_address_is_asked() {
        let org = parse("https://acme.okta.com").unwrap();
        let names = OtherNames::of([Url::parse("https://login.example.com/").unwrap()]);
        let adopt = |url: &str| org.adopt(&Url::parse(url).unwrap(), &names).map(String::from);
        let own = Some("https://acme.okta.com/api/v1/users?after=%3D%3D".to_owned());
        for name in [
            "https://acme.okta.com",
            "https://ACME.Okta.com:443",
            "http://acme.okta.com",
            "http://acme.okta.com:80",
            "https://acme-admin.okta.com",
            "http://Acme-Admin.okta.com",
            "https://login.example.com",
        ] {
            assert_eq!(adopt(&format!("{name}/api/v1/users?after=%3D%3D")), own, "{name}");
        }
        for foreign in [
            "https://acme.okta.com:444/",
            "https://acme.okta.com.evil.io/",
            "https://acme.okta.com@evil.io/",
            "https://user@acme.okta.com/",
            "https://user:pw@acme-admin.okta.com/",
            "https://other.okta.com/",
            "https://other-admin.okta.com/",
            "https://acme.oktapreview.com/",
            "https://acme-admin.oktapreview.com/",
            "https://acme-admin-admin.okta.com/",
            "https://login.example.com:8443/",
            "https://sso.example.com/",
            "ftp://acme.okta.com/",
            "mailto:a@acme.okta.com",
        ] {
            assert_eq!(adopt(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn behind_a_custom_domain_the_okta_subdomain_is_the_org() {
        let allowed = AllowedHosts { custom_domains: vec!["login.example.com".into()], loopback: false };
        let org = Org::parse("https://login.example.com", Some("acme"), &allowed).unwrap();
        let link = Url::parse("https://acme-admin.okta.com/api/v1/iam/roles?after=x").unwrap();
        assert_eq!(org.adopt(&link, &OtherNames::default()), None, "not known yet");
        let names = OtherNames::of([Url::parse("https://acme.okta.com").unwrap()]);
        let own = org.adopt(&link, &names).map(String::from);
        assert_eq!(own.as_deref(), Some("https://login.example.com/api/v1/iam/roles?after=x"));
    }
}
