//! Identity Governance.

use crate::inventory::entity::{Entity, Envelope, list, one};
use crate::inventory::table::scopes::LIMIT;

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("access_campaign", "/governance/api/v1/campaigns", "okta.governance.accessCertifications.read").query(LIMIT).envelope(Envelope::In("data")),
    list("access_review", "/governance/api/v1/reviews", "okta.governance.accessCertifications.read").query(LIMIT).additional().envelope(Envelope::In("data")),
    list("entitlement_bundle", "/governance/api/v1/entitlement-bundles", "okta.governance.entitlements.read").query(LIMIT).additional().envelope(Envelope::In("data")),
    list("access_request", "/governance/api/v2/requests", "okta.accessRequests.request.read").query(LIMIT).additional().envelope(Envelope::In("data")),
    one("access_request_setting", "/governance/api/v2/request-settings", "okta.accessRequests.condition.read").additional(),
    list("governance_collection", "/governance/api/v1/collections", "okta.governance.collections.read").query(LIMIT).envelope(Envelope::In("data")),
    list("governance_label", "/governance/api/v1/labels", "okta.governance.labels.read").query(LIMIT).key(&["labelId"]).envelope(Envelope::In("data")),
    list("governance_delegate", "/governance/api/v1/delegates", "okta.governance.delegates.read").query(LIMIT).envelope(Envelope::In("data")),
    list("risk_rule", "/governance/api/v1/risk-rules", "okta.governance.riskRule.read").query(LIMIT).envelope(Envelope::In("data")),
    list("security_access_review", "/governance/api/v2/security-access-reviews", "okta.governance.securityAccessReviews.admin.read").query(LIMIT).additional().envelope(Envelope::In("data")),
];
