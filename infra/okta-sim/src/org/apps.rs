//! The applications of the org.

use crate::id;
use crate::org::people::Person;
use crate::random::{Random, mix};

/// How people get into an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOn {
    /// Nobody signs in: a directory that users are imported from.
    ActiveDirectory,
    /// A link.
    Bookmark,
    /// `OpenID` Connect in a browser.
    Oidc,
    /// OAuth 2.0 client credentials: a service app.
    Service,
    Saml,
    /// Office 365: WS-Federation with SAML 1.1 tokens.
    Saml11,
    /// Secure Web Authentication: Okta fills in a password.
    Swa,
}

impl SignOn {
    /// `signOnMode` of the app object.
    pub(crate) const fn mode(self) -> &'static str {
        match self {
            // An AD instance has no sign-on; Okta shows it so.
            Self::ActiveDirectory => "AUTO_LOGIN",
            Self::Bookmark => "BOOKMARK",
            Self::Oidc | Self::Service => "OPENID_CONNECT",
            Self::Saml => "SAML_2_0",
            Self::Saml11 => "SAML_1_1",
            Self::Swa => "BROWSER_PLUGIN",
        }
    }
}

/// A kind of application as the integration network has it.
#[derive(Debug)]
pub(crate) struct AppKind {
    /// Okta's own key of the app.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) sign_on: SignOn,
    /// How many of a hundred people have it.
    pub(crate) reach: u64,
    /// Whether Okta creates and changes accounts in it.
    pub(crate) provisions: bool,
}

const fn kind(name: &'static str, label: &'static str, sign_on: SignOn, reach: u64, provisions: bool) -> AppKind {
    AppKind { name, label, sign_on, reach, provisions }
}

/// In the order in which orgs get them: the first are the busiest.
pub(crate) const APP_KINDS: &[AppKind] = &[
    kind("google", "Google Workspace", SignOn::Saml, 98, true),
    kind("slack", "Slack", SignOn::Saml, 95, true),
    kind("active_directory", "corp.acme.example", SignOn::ActiveDirectory, 60, false),
    kind("office365", "Microsoft Office 365", SignOn::Saml11, 70, true),
    kind("zoomus", "Zoom", SignOn::Saml, 92, true),
    kind("oidc_client", "okta-lake", SignOn::Service, 0, false),
    kind("workday", "Workday", SignOn::Saml, 100, true),
    kind("jira_onprem", "Atlassian Cloud", SignOn::Saml, 60, true),
    kind("oidc_client", "Employee Portal", SignOn::Oidc, 100, false),
    kind("salesforce", "Salesforce", SignOn::Saml, 30, true),
    kind("amazon_aws_sso", "AWS IAM Identity Center", SignOn::Saml, 34, true),
    kind("githubcloud", "GitHub Enterprise Cloud", SignOn::Saml, 36, true),
    kind("servicenow_ud", "ServiceNow", SignOn::Saml, 80, true),
    kind("oidc_client", "Terraform", SignOn::Service, 0, false),
    kind("box", "Box", SignOn::Saml, 55, true),
    kind("oidc_client", "Release Dashboard", SignOn::Oidc, 35, false),
    kind("docusign", "DocuSign", SignOn::Saml, 20, true),
    kind("bookmark", "Company Handbook", SignOn::Bookmark, 100, false),
    kind("datadog", "Datadog", SignOn::Saml, 34, true),
    kind("netsuite", "NetSuite", SignOn::Saml, 10, true),
    kind("template_swa", "Travel Booking", SignOn::Swa, 40, false),
    kind("snowflake", "Snowflake", SignOn::Saml, 22, true),
    kind("oidc_client", "Badge Printer", SignOn::Service, 0, false),
    kind("tableau_online", "Tableau Cloud", SignOn::Saml, 25, true),
    kind("figma", "Figma", SignOn::Saml, 24, true),
    kind("concur", "SAP Concur", SignOn::Saml, 90, false),
    kind("oidc_client", "Customer Console", SignOn::Oidc, 28, false),
    kind("template_swa", "Newspaper Archive", SignOn::Swa, 8, false),
    kind("pagerduty", "PagerDuty", SignOn::Saml, 18, true),
    kind("cloudflare", "Cloudflare", SignOn::Saml, 7, false),
];

/// An application instance of the org.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) key: u64,
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) kind: &'static AppKind,
    /// How many of ten thousand people have it.
    pub(crate) reach: u64,
    /// Position of the group that it is assigned to; without one, people have it by themselves.
    pub(crate) group: Option<usize>,
    pub(crate) created_days_before: u64,
    /// When it came into being, if that was while the log ran.
    pub(crate) born_ms: i64,
}

impl App {
    pub(crate) fn new(seed: u64, index: usize) -> Self {
        let kind = &APP_KINDS[index % APP_KINDS.len()];
        let key = mix(mix(seed, 0xa), index as u64);
        let repeat = index / APP_KINDS.len();
        let label = if repeat == 0 { kind.label.to_owned() } else { format!("{} {}", kind.label, repeat + 1) };
        Self {
            key,
            id: id::object("0oa", key),
            label,
            kind,
            // The second Salesforce has fewer people than the first.
            reach: kind.reach * 100 / (1 + 8 * repeat as u64),
            group: None,
            created_days_before: 200 + Random::new(key).below(1_500),
            born_ms: i64::MIN,
        }
    }

    /// Whether people sign in to it through Okta.
    pub(crate) const fn has_people(&self) -> bool {
        !matches!(self.kind.sign_on, SignOn::ActiveDirectory | SignOn::Service)
    }

    /// Whether somebody has it by themselves to begin with: one in fifty if it is assigned to a group.
    pub(crate) fn is_given_to(&self, person: &Person) -> bool {
        let reach = if self.group.is_some() { self.reach / 50 } else { self.reach };
        self.has_people() && mix(person.key, self.key) % 10_000 < reach
    }

    pub(crate) fn is(&self, sign_on: SignOn) -> bool {
        self.kind.sign_on == sign_on
    }
}
