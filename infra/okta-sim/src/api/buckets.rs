//! The rate-limit buckets, with the limits that Okta last published.

/// Which limits an org has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plan {
    /// Workforce Identity.
    #[default]
    Workforce,
    /// The free Integrator plan: a fraction of it.
    Integrator,
}

/// A bucket: the paths that are counted together.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// `*` stands for one segment.
    pub(crate) path: &'static str,
    /// Whether nothing may follow the path.
    is_exact: bool,
    workforce: u32,
    integrator: u32,
}

const fn exact(path: &'static str, workforce: u32, integrator: u32) -> Bucket {
    Bucket { path, is_exact: true, workforce, integrator }
}

const fn under(path: &'static str, workforce: u32, integrator: u32) -> Bucket {
    Bucket { path, is_exact: false, workforce, integrator }
}

/// Requests a minute, sorted by path. What no other row knows shares the first one.
pub(crate) const BUCKETS: &[Bucket] = &[
    under("/", 1_200, 100),
    under("/api/v1/apps", 100, 20),
    exact("/api/v1/apps/*", 500, 100),
    under("/api/v1/certificateAuthorities", 100, 100),
    under("/api/v1/devices", 100, 100),
    under("/api/v1/groups", 500, 100),
    exact("/api/v1/groups/*", 1_000, 100),
    under("/api/v1/iam", 1_600, 100),
    under("/api/v1/logs", 120, 20),
    exact("/api/v1/users", 600, 100),
    under("/api/v1/users/*", 2_000, 100),
    under("/integrations", 100, 100),
    under("/oauth2/v1/clients", 100, 25),
    exact("/oauth2/v1/token", 2_000, 300),
];

impl Bucket {
    /// The bucket of a path: an exact match first, then the longest prefix.
    pub(crate) fn of(path: &str) -> usize {
        let matching = BUCKETS.iter().enumerate().filter(|(_, bucket)| bucket.holds(path));
        let best = matching.max_by_key(|(_, bucket)| (bucket.is_exact, bucket.path.len()));
        best.map_or(0, |(position, _)| position)
    }

    pub(crate) const fn limit(&self, plan: Plan) -> u32 {
        match plan {
            Plan::Workforce => self.workforce,
            Plan::Integrator => self.integrator,
        }
    }

    fn holds(&self, path: &str) -> bool {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let mut wanted = self.path.split('/').filter(|segment| !segment.is_empty());
        let begins = wanted.all(|wanted| segments.next().is_some_and(|segment| wanted == "*" || wanted == segment));
        begins && (!self.is_exact || segments.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fall_into_their_buckets() {
        assert!(BUCKETS.is_sorted_by_key(|bucket| bucket.path), "sort BUCKETS by path");
        for (path, bucket) in [
            ("/api/v1/logs", "/api/v1/logs"),
            ("/api/v1/users", "/api/v1/users"),
            ("/api/v1/users/00u1", "/api/v1/users/*"),
            ("/api/v1/users/00u1/factors", "/api/v1/users/*"),
            ("/api/v1/groups/00g1", "/api/v1/groups/*"),
            ("/api/v1/groups/00g1/users", "/api/v1/groups"),
            ("/api/v1/apps", "/api/v1/apps"),
            ("/api/v1/policies", "/"),
            ("/api/v1/groupsets", "/"),
            ("/oauth2/v1/token", "/oauth2/v1/token"),
        ] {
            assert_eq!(BUCKETS[Bucket::of(path)].path, bucket, "{path}");
        }
    }
}
