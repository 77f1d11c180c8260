//! The org: its settings, its limits, its brands.

use crate::inventory::entity::{Entity, Envelope, Guess, list, one};
use crate::inventory::table::scopes::{LIMIT, ORG};

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    one("org", "/api/v1/org", ORG).event_types(&["system.org."]),
    one("org_preference", "/api/v1/org/preferences", ORG),
    list("org_contact", "/api/v1/org/contacts", ORG).key(&["contactType"]),
    one("org_contact_user", "/api/v1/org/contacts/{}", ORG).each("org_contact"),
    one("third_party_admin_setting", "/api/v1/org/orgSettings/thirdPartyAdminSetting", ORG),
    one("auto_assign_admin_app_setting", "/api/v1/org/settings/autoAssignAdminAppSetting", ORG),
    one("client_privileges_setting", "/api/v1/org/settings/clientPrivilegesSetting", ORG),
    one("okta_support", "/api/v1/org/privacy/oktaSupport", ORG),
    list("okta_support_case", "/api/v1/org/privacy/oktaSupport/cases", ORG).key(&["caseNumber"]).envelope(Envelope::In("supportCases")),
    one("okta_communication", "/api/v1/org/privacy/oktaCommunication", ORG),
    list("feature", "/api/v1/features", "okta.features.read").event_types(&["system.feature."]),
    one("rate_limit_per_client", "/api/v1/rate-limit-settings/per-client", "okta.rateLimits.read").event_types(&["system.rate_limit."]),
    one("rate_limit_notification", "/api/v1/rate-limit-settings/admin-notifications", "okta.rateLimits.read").event_types(&["system.rate_limit."]),
    one("rate_limit_warning", "/api/v1/rate-limit-settings/warning-threshold", "okta.rateLimits.read").event_types(&["system.rate_limit."]),
    list("principal_rate_limit", "/api/v1/principal-rate-limits", "okta.principalRateLimits.read").query(&[("filter", "{}"), ("limit", "50")]).values(&["principalType eq \"SSWS_TOKEN\"", "principalType eq \"OAUTH_CLIENT\""]),
    list("brand", "/api/v1/brands", "okta.brands.read").query(LIMIT).item("/api/v1/brands/{}").guess(Guess::Rows(2)),
    one("brand_sign_in_page", "/api/v1/brands/{}/pages/sign-in", "okta.brands.read").each("brand").query(&[("expand", "customized,default")]),
    list("brand_theme", "/api/v1/brands/{}/themes", "okta.brands.read").each("brand").additional(),
    list("email_template", "/api/v1/brands/{}/templates/email", "okta.templates.read").each("brand").query(LIMIT).key(&["name"]).additional(),
    list("sms_template", "/api/v1/templates/sms", "okta.templates.read").additional(),
    list("domain", "/api/v1/domains", "okta.domains.read").envelope(Envelope::In("domains")),
    list("email_domain", "/api/v1/email-domains", "okta.emailDomains.read").envelope(Envelope::ListOrOne),
    list("email_server", "/api/v1/email-servers", "okta.emailServers.read").envelope(Envelope::In("email-servers")),
    list("telephony_provider", "/api/v1/telephony-providers", "okta.customTelephonyProvider.read"),
    one("disaster_recovery", "/api/v1/dr/status", "okta.dr.read").additional(),
    list("ui_schema", "/api/v1/meta/uischemas", "okta.uischemas.read").additional(),
];
