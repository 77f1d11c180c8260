//! Access reviews.

use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_most, both};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, fail_if};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "iga-review-stale",
    title: "Access never reviewed",
    question: "Was access reviewed in the last n days?",
    severity: Severity::Medium,
    domain: Domain::Governance,
    standards: &["NIST 800-53 AC-2", "SOC2 CC6.2", "SOC2 CC6.3", "CIS 5.1"],
    reads: &[both("access_campaign")],
    limit: Some(at_most(365, "days")),
    remedy: "Identity Governance > Access Certifications > Create campaign",
    ..Check::with(Logic::Org(review_stale))
}];

fn review_stale(case: &Case<'_>) -> Answer {
    let done = case.org().records("access_campaign").iter().filter(|campaign| campaign.text("/status") == "COMPLETED");
    let ends = done.filter_map(|campaign| campaign.time("/endDate").or_else(|| campaign.time("/lastUpdated")));
    match ends.max() {
        None => fail_if(true, || "no campaign was ever completed".to_owned()),
        Some(end) => case.at_most(case.days_since(end), "the last campaign ended", "days ago"),
    }
}
