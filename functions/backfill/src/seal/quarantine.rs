//! What cannot be sealed is kept whole, with the reason.

use lake::Rejected;

use crate::seal::error::HourError;
use crate::seal::session::Org;
use crate::written::WriteCounts;

/// Keeps a record in the org's quarantine. It is durable when this returns.
pub(crate) async fn quarantine(org: &Org<'_>, reason: String, body: &str) -> Result<(), HourError> {
    tracing::warn!(tenant = org.tenant.as_str(), "a record goes to quarantine");
    let tenant = Some(org.tenant.clone());
    let received = org.app.clock.now();
    let rejected = Rejected { tenant, reason, message_id: None, received, body, body_base64: None };
    let object = serde_json::to_vec(&rejected)?;
    org.app.sink.lake.put_new(&rejected.key(), "application/json", object).await?;
    org.app.sink.figures.wrote(WriteCounts { events: 0, objects: 0, quarantined: 1 });
    Ok(())
}
