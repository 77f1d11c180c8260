//! The region and the credentials of the local servers.

/// The region that requests are signed for. Any would do.
pub const REGION: &str = "us-east-1";

/// The fixed credentials of the server, which listens on the loopback interface only. They open nothing else.
pub const ACCESS_KEY_ID: &str = "local";

/// The secret of [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "local-loopback-only";
