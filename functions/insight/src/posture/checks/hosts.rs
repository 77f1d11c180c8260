//! Hosts of addresses: whose they are.

use crate::posture::case::Case;

/// The domains of Okta's cells, of its content network and of its federal cells.
const OKTA: &[&str] =
    &["okta-emea.com", "okta-gov.com", "okta.com", "okta.mil", "oktacdn.com", "oktapreview.com", "trexcloud.com"];

/// The host of an address, in lower case; none of a relative one or of a placeholder.
pub(super) fn host_of(address: &str) -> Option<String> {
    let after = match address.split_once("//") {
        Some((scheme, after)) if scheme.is_empty() || scheme.ends_with(':') => after,
        _ => return None,
    };
    let authority = after.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host =
        if host.starts_with('[') { host.split(']').next()?.trim_start_matches('[') } else { host.split(':').next()? };
    Some(host.to_lowercase()).filter(|host| !host.is_empty())
}

/// Whether a host is Okta's.
pub(super) fn is_of_okta(host: &str) -> bool {
    OKTA.iter().any(|domain| is_under(host, domain))
}

/// Whether a host lies in a domain that the org declares.
pub(super) fn is_own(case: &Case<'_>, host: &str) -> bool {
    case.declared().domains.iter().any(|domain| is_under(host, &domain.to_lowercase()))
}

/// Whether a host is the machine itself.
pub(super) fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

fn is_under(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|above| above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_what_a_browser_takes_for_it() {
        let hosts = [
            ("https://a.example/x", Some("a.example")),
            ("//A.example:8443", Some("a.example")),
            ("https://okta.com@evil.example/", Some("evil.example")),
            ("https://evil.example\\@okta.com/", Some("evil.example")),
            ("http://[::1]:80/", Some("::1")),
            ("/relative", None),
            ("{{placeholder}}", None),
            ("", None),
        ];
        for (address, host) in hosts {
            assert_eq!(host_of(address).as_deref(), host, "{address}");
        }
        assert!(
            is_of_okta("ok12static.oktacdn.com") && !is_of_okta("notokta.com") && !is_of_okta("okta.com.evil.example")
        );
    }
}
