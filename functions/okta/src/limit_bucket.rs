//! Which rate-limit bucket a path is expected to be counted in. Okta's answers do not name their bucket, and limits differ
//! by path and org: the expectation is Okta's last published table, and the answers correct it (`rate_limit.rs`).

/// The bucket that a path is expected to be counted in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LimitBucket {
    /// The bucket's name in Okta's last published table.
    pub(crate) name: &'static str,
    /// The path without ids. Okta counts the paths of one template together.
    pub(crate) template: String,
}

/// A row of the table: the segments that a path begins with; `*` matches any one segment.
struct Row {
    prefix: &'static [&'static str],
    /// Whether nothing may follow.
    is_exact: bool,
    bucket: &'static str,
}

const fn exact(prefix: &'static [&'static str], bucket: &'static str) -> Row {
    Row { prefix, is_exact: true, bucket }
}

const fn under(prefix: &'static [&'static str], bucket: &'static str) -> Row {
    Row { prefix, is_exact: false, bucket }
}

/// Whatever no row knows: most of the management API shares this one.
const CATCH_ALL: &str = "api";

/// Okta's rule is "exact match first, then the longest prefix", so the order of the rows means nothing.
const ROWS: &[Row] = &[
    under(&["api", "v1", "apps"], "apps"),
    exact(&["api", "v1", "apps", "*"], "apps/{id}"),
    under(&["api", "v1", "certificateAuthorities"], "certificateAuthorities"),
    // Recorded answers: 50 calls a minute for the list, 300 for what is below a device.
    exact(&["api", "v1", "devices"], "devices"),
    under(&["api", "v1", "devices", "*"], "devices/{id}"),
    under(&["api", "v1", "groups"], "groups"),
    exact(&["api", "v1", "groups", "*"], "groups/{id}"),
    under(&["api", "v1", "iam"], "iam"),
    under(&["api", "v1", "logs"], "logs"),
    exact(&["api", "v1", "users"], "users"),
    under(&["api", "v1", "users", "*"], "users/{id}"),
    under(&["integrations"], "integrations"),
    under(&["oauth2", "v1", "clients"], "oauth2/clients"),
    exact(&["oauth2", "v1", "token"], "oauth2/token"),
];

impl LimitBucket {
    /// The bucket of a path such as `/api/v1/groups/00g1/users`.
    pub(crate) fn of(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let rows = ROWS.iter().filter(|row| row.matches(&segments));
        let name = rows.max_by_key(|row| (row.is_exact, row.prefix.len())).map_or(CATCH_ALL, |row| row.bucket);
        Self { name, template: template(&segments) }
    }
}

/// The rate-limit bucket that a path is expected to be counted in, by the name that [`crate::BucketUsage`] has.
pub fn bucket_of(path: &str) -> &'static str {
    LimitBucket::of(path).name
}

impl Row {
    fn matches(&self, segments: &[&str]) -> bool {
        let has_length =
            if self.is_exact { segments.len() == self.prefix.len() } else { segments.len() >= self.prefix.len() };
        has_length && self.prefix.iter().zip(segments).all(|(row, segment)| *row == "*" || row == segment)
    }
}

/// The collection and the sub-collection, without ids.
fn template(segments: &[&str]) -> String {
    let segments = segments.strip_prefix(&["api", "v1"]).unwrap_or(segments);
    let names = segments.iter().take(3).map(|segment| if is_name(segment) { segment } else { "*" });
    names.collect::<Vec<_>>().join("/")
}

/// Okta's ids all have digits or capitals in them somewhere; its collections are camel case without digits.
fn is_name(segment: &str) -> bool {
    segment.len() < 30 && segment.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_bucket_by_exact_match_then_longest_prefix() {
        let cases = [
            ("/api/v1/logs", "logs"),
            ("/api/v1/users", "users"),
            ("/api/v1/users/00u1", "users/{id}"),
            ("/api/v1/users/00u1/factors", "users/{id}"),
            ("/api/v1/groups", "groups"),
            ("/api/v1/groups/00g1", "groups/{id}"),
            ("/api/v1/groups/00g1/users", "groups"),
            ("/api/v1/devices", "devices"),
            ("/api/v1/devices/guo1/users", "devices/{id}"),
            ("/api/v1/apps/0oa1", "apps/{id}"),
            ("/api/v1/apps/0oa1/users", "apps"),
            ("/api/v1/iam/roles/cr0/permissions", "iam"),
            ("/oauth2/v1/clients/0oa1/roles", "oauth2/clients"),
            ("/oauth2/v1/token", "oauth2/token"),
            ("/api/v1/policies/00p/rules", "api"),
            ("/api/v1/groupsets", "api"),
            ("/.well-known/okta-organization", "api"),
            ("/", "api"),
        ];
        for (path, bucket) in cases {
            assert_eq!(LimitBucket::of(path).name, bucket, "{path}");
        }
    }

    #[test]
    fn a_template_is_the_same_for_every_object() {
        let template = |path| LimitBucket::of(path).template;
        assert_eq!(template("/api/v1/users/00u1abc/factors"), "users/*/factors");
        assert_eq!(template("/api/v1/users/00u2def/factors/opf3"), "users/*/factors");
        assert_eq!(template("/api/v1/iam/assignees/users"), "iam/assignees/users");
        assert_eq!(template("/oauth2/v1/clients"), "*/*/clients");
    }
}
