//! The system end to end: the real function binary behind a Lambda Runtime API, the real AWS SDK
//! over HTTP to an S3 server, rows read back with a Parquet reader that is not ours.

// A test that cannot go on should say where. Metrics are floats that count.
#![allow(clippy::expect_used, clippy::float_cmp, clippy::unwrap_used)]

mod support;

#[path = "system/bad_input.rs"]
mod bad_input;
#[path = "system/connectivity.rs"]
mod connectivity;
#[path = "system/continuation.rs"]
mod continuation;
#[path = "system/crash.rs"]
mod crash;
#[path = "system/delivery.rs"]
mod delivery;
#[path = "system/failing_store.rs"]
mod failing_store;
#[path = "system/history.rs"]
mod history;
#[path = "system/inventory.rs"]
mod inventory;
#[path = "system/inventory_truth.rs"]
mod inventory_truth;
#[path = "system/orgs.rs"]
mod orgs;
#[path = "system/polling.rs"]
mod polling;
#[path = "system/reconcile.rs"]
mod reconcile;
#[path = "system/schedules.rs"]
mod schedules;
#[path = "system/seal_truth.rs"]
mod seal_truth;
#[path = "system/security_lake.rs"]
mod security_lake;
#[path = "system/week.rs"]
mod week;
