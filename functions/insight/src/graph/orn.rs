//! What a resource set holds, as its resources name it: Okta Resource Names and addresses of the API.
//!
//! Forms: `orn:{partition}:{service}:{org}:{type}[:{kind or id}[:{id}]]` (Okta's page "Okta Resource Name"), a group's
//! members as `…:groups:{id}:contained_resources`, and `https://{org}/api/v1/{type}[/{id}[/users]]`.

use crate::graph::role::Domain;

/// What a resource is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Resource {
    /// All things of a domain.
    All(Domain),
    /// One thing.
    One(Domain, String),
    /// The users in a group.
    MembersOf(String),
    /// The apps of a kind.
    AppsOfKind(String),
}

/// Reads a resource; none if it is of a kind that gives no power over anything.
pub(crate) fn resource(text: &str) -> Option<Resource> {
    let parts: Vec<&str> = if text.starts_with("orn:") {
        text.split(':').skip(4).collect()
    } else {
        text.split("/api/v1/").nth(1)?.trim_end_matches('/').split('/').collect()
    };
    let (kind, rest) = parts.split_first()?;
    let domain = domain(kind)?;
    Some(match (domain, rest) {
        (_, []) => Resource::All(domain),
        (Domain::Groups, [group, "contained_resources" | "users"]) => Resource::MembersOf((*group).to_owned()),
        (Domain::Apps, [kind]) if !is_id(kind) => Resource::AppsOfKind((*kind).to_owned()),
        // An app or a policy may be named by its kind and its id.
        (_, [.., id]) => Resource::One(domain, (*id).to_owned()),
    })
}

/// Ids of apps begin so, names of kinds do not.
fn is_id(text: &str) -> bool {
    text.starts_with("0oa") && text.len() > 3
}

fn domain(kind: &str) -> Option<Domain> {
    Some(match kind {
        "users" => Domain::Users,
        "groups" => Domain::Groups,
        "apps" => Domain::Apps,
        "policies" => Domain::Policies,
        "identity_providers" | "identity-providers" | "idps" => Domain::IdentityProviders,
        "authorization_servers" | "authorizationServers" => Domain::AuthorizationServers,
        "inlineHooks" | "inline_hooks" | "inline-hooks" => Domain::Hooks,
        "customizations" | "brands" => Domain::Customizations,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_in_two_ways() {
        let one = |domain, id: &str| Some(Resource::One(domain, id.to_owned()));
        assert_eq!(resource("orn:okta:directory:00o1:users"), Some(Resource::All(Domain::Users)));
        assert_eq!(resource("https://acme.okta.com/api/v1/users"), Some(Resource::All(Domain::Users)));
        assert_eq!(resource("orn:okta:directory:00o1:users:00u1"), one(Domain::Users, "00u1"));
        assert_eq!(resource("orn:okta:idp:00o1:apps:workday:0oa1"), one(Domain::Apps, "0oa1"));
        assert_eq!(resource("https://acme.okta.com/api/v1/apps/0oa1"), one(Domain::Apps, "0oa1"));
        assert_eq!(resource("orn:okta:idp:00o1:apps:workday"), Some(Resource::AppsOfKind("workday".to_owned())));
        let members = Some(Resource::MembersOf("00g1".to_owned()));
        assert_eq!(resource("orn:okta:directory:00o1:groups:00g1:contained_resources"), members);
        assert_eq!(resource("https://acme.okta.com/api/v1/groups/00g1/users"), members);
        assert_eq!(resource("orn:okta:idp:00o1:policies:ACCESS_POLICY:00p1"), one(Domain::Policies, "00p1"));
    }

    #[test]
    fn what_gives_no_power_is_none() {
        for text in ["", "orn:okta", "orn:okta:iam:00o1:contained_resources", "nonsense", "https://acme.okta.com/x"] {
            assert_eq!(resource(text), None, "{text}");
        }
    }
}
