//! Where sealed hours are written besides the lake. An output is a file that implements
//! [`SealedOutput`](sealed_output::SealedOutput) and a row in [`configured`].

pub(crate) mod outbox;
pub mod sealed_output;
pub mod security_lake;

use std::sync::Arc;

use aws_config::SdkConfig;

use crate::outputs::sealed_output::SealedOutput;
use crate::outputs::security_lake::{NoRegion, SecurityLake, Subscription};

/// The outputs that are switched on.
pub fn configured(
    security_lake: Option<Subscription>,
    aws: &SdkConfig,
) -> Result<Vec<Arc<dyn SealedOutput>>, NoRegion> {
    let security_lake = security_lake.map(|it| SecurityLake::new(it, aws.clone())).transpose()?;
    Ok([security_lake.map(|it| Arc::new(it) as Arc<dyn SealedOutput>)].into_iter().flatten().collect())
}
