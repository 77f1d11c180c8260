//! The repair of what `verify` found, hour by hour: described, or done.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lake::verify::finding::{Finding, FindingKind, Remedy};
use lake::verify::report::VerifyReport;
use normalize::Tenant;
use serde::Serialize;

use crate::app::App;
use crate::command::Repair;
use crate::org::binding;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::problem::Problem;
use crate::seal::repair::Damage;
use crate::seal::run as seal;
use crate::seal::run_error::RunError;
use crate::seal::session::{LEAST_LEFT, SealSession};

/// What becomes of a damaged hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HourRepair {
    /// The hour.
    pub hour: Timestamp,
    /// The keys of what is damaged. It is kept in quarantine when something takes its place.
    pub damaged: Vec<String>,
    /// Until when Okta can confirm the rows; none if it cannot any more: then nothing repairs the hour but an older version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_okta_until: Option<Timestamp>,
    /// The generation that the repair made, if it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// What is known of the hour after it: `contradicted` where rows were lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completeness: Option<lake::Word>,
}

/// A damaged hour, as its findings say.
#[derive(Debug, Default)]
struct Damaged {
    damage: Damage,
    keys: Vec<String>,
    until: Option<Timestamp>,
}

/// Describes the repairs of what was found, or does them.
pub(crate) async fn run(
    app: &App,
    tenant: &Tenant,
    report: &VerifyReport,
    repair: Repair,
    deadline: &Deadline,
) -> (Vec<HourRepair>, Vec<Problem>) {
    let damaged = damaged(&report.findings);
    let planned = damaged.iter().map(|(hour, damaged)| HourRepair {
        hour: *hour,
        damaged: damaged.keys.clone(),
        from_okta_until: damaged.until,
        generation: None,
        completeness: None,
    });
    let mut repairs: Vec<_> = planned.collect();
    if repair == Repair::Plan || repairs.is_empty() {
        return (repairs, Vec::new());
    }
    let problems = match Box::pin(apply(app, tenant, &damaged, &mut repairs, deadline)).await {
        Ok(problems) => problems,
        Err(error) => vec![error.problem(tenant.as_str())],
    };
    (repairs, problems)
}

/// Seals the hours again, one after another, in the hands of this run.
async fn apply(
    app: &App,
    tenant: &Tenant,
    damaged: &BTreeMap<Timestamp, Damaged>,
    repairs: &mut [HourRepair],
    deadline: &Deadline,
) -> Result<Vec<Problem>, RunError> {
    let secret = binding::secret_of(&app.sink.lake, tenant).await?;
    let org = match OrgContext::open_offline(app, &secret, deadline).await {
        Ok(org) if org.tenant == *tenant => org,
        _ => {
            let what = format!("the secret {secret} does not lead to the org {tenant}");
            return Ok(vec![Problem::told(
                tenant.as_str(),
                what,
                "put the org's credentials into its secret".to_owned(),
            )]);
        }
    };
    let mut session = SealSession::begin(&org).await?;
    let mut problems = Vec::new();
    for ((hour, damaged), repair) in damaged.iter().zip(repairs) {
        if !deadline.allows(LEAST_LEFT) {
            let what = "the time was up before every hour was repaired".to_owned();
            problems.push(Problem::told(
                tenant.as_str(),
                what,
                "nothing: repair the others with another run".to_owned(),
            ));
            break;
        }
        match Box::pin(seal::repair(&mut session, *hour, &damaged.damage)).await {
            Ok(sealed) => {
                repair.generation = Some(sealed.generation);
                repair.completeness = Some(sealed.completeness);
            }
            Err(RunError::Hour(error)) if error.is_of_this_hour() => {
                let what = format!("the hour {hour} is not repaired: {}", lake::quarantine::reason(&error));
                problems.push(Problem::told(tenant.as_str(), what, error.remedy()));
            }
            Err(error) => return Err(error),
        }
    }
    session.leased.give_back().await?;
    Ok(problems)
}

/// The hours that a repair concerns, and what of them is damaged. A broken link is no damage of its hour: whatever it led to
/// is, or is gone. What the next seal takes by itself needs no repair.
fn damaged(findings: &[Finding]) -> BTreeMap<Timestamp, Damaged> {
    let mut hours = BTreeMap::<Timestamp, Damaged>::new();
    for finding in findings {
        let is_entry = match finding.kind {
            FindingKind::EntryUnreadable
            | FindingKind::EntryMisplaced
            | FindingKind::OrgDiffers
            | FindingKind::CountsDiffer
            | FindingKind::Unsigned
            | FindingKind::SignatureInvalid
            | FindingKind::KeyUntrusted
            | FindingKind::HeadDiffers => true,
            FindingKind::ObjectMissing
            | FindingKind::ObjectUnreadable
            | FindingKind::ObjectAltered
            | FindingKind::RowsDiffer
            | FindingKind::RowsDamaged
            | FindingKind::RowsMisplaced => false,
            _ => continue,
        };
        let Some(hour) = finding.hour else { continue };
        let damaged = hours.entry(hour).or_default();
        damaged.damage.is_entry |= is_entry;
        if !is_entry {
            damaged.damage.objects.insert(finding.key.clone());
        }
        if !damaged.keys.contains(&finding.key) {
            damaged.keys.push(finding.key.clone());
        }
        let until = finding.remedies.iter().find_map(|remedy| match remedy {
            Remedy::Okta { until } => Some(*until),
            Remedy::Version { .. } | Remedy::Seal => None,
        });
        damaged.until = damaged.until.or(until);
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(hour: i64, kind: FindingKind, key: &str) -> Finding {
        let hour = Some(Timestamp::from_second(hour * 3_600).unwrap());
        let remedies = vec![Remedy::Seal, Remedy::Okta { until: Timestamp::UNIX_EPOCH }];
        Finding { tenant: "acme".to_owned(), hour, kind, key: key.to_owned(), detail: String::new(), remedies }
    }

    #[test]
    fn what_is_damaged_is_told_apart_from_what_leads_to_it() {
        let found = damaged(&[
            finding(0, FindingKind::LinkBroken, "ledger/0"),
            finding(1, FindingKind::ObjectAltered, "sealed/1"),
            finding(1, FindingKind::RowsDiffer, "sealed/1"),
            finding(2, FindingKind::SignatureInvalid, "ledger/2"),
            finding(3, FindingKind::ObjectUnlisted, "sealed/3"),
        ]);
        let hours: Vec<_> = found.iter().map(|(hour, it)| (hour.as_second() / 3_600, it.damage.is_entry)).collect();
        assert_eq!(hours, [(1, false), (2, true)]);
        let first = &found.values().next().unwrap();
        assert_eq!((first.keys.len(), first.damage.objects.len(), first.until), (1, 1, Some(Timestamp::UNIX_EPOCH)));
    }
}
