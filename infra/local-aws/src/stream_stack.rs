//! The stream side of the system, put together: queue → stream function → S3, all of it on this machine.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::config::Config;
use crate::error::{Error, FunctionError};
use crate::function_binaries::FunctionBinaries;
use crate::function_process::{FunctionProcess, FunctionSettings, Invocation};
use crate::metrics::Metrics;
use crate::queue::{Queue, Refused};
use crate::s3_server::EmbeddedS3;

/// The time that the stream function has for a batch, as in the deployed stack.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The time after which a message that failed is delivered again; on AWS it is the queue's visibility timeout.
const REDELIVERY_DELAY: Duration = Duration::from_millis(200);

/// What the template sets besides: freed pages go back at once.
pub(crate) const ALLOCATOR: [(&str, &str); 2] = [("MIMALLOC_ALLOW_THP", "0"), ("MIMALLOC_PURGE_DELAY", "0")];

/// The number of times that Lambda tries an event that came without a queue.
const DIRECT_TRIES: u32 = 3;

/// A running stack. Everything ends when it is dropped.
#[derive(Debug)]
pub struct StreamStack {
    /// The object store.
    pub s3: EmbeddedS3,
    /// The stream function.
    pub stream: FunctionProcess,
    queue: Queue,
    delivered: Delivered,
}

/// What was delivered so far.
#[derive(Debug, Default)]
pub struct Delivered {
    /// The function's own figures, of all its invocations.
    pub metrics: Metrics,
    /// How often the function was invoked.
    pub invocations: u64,
    /// Messages that the function returned, or that it failed on; counted each time.
    pub returned: u64,
    /// How an invocation failed last, if one did.
    pub last_failure: Option<FunctionError>,
}

impl StreamStack {
    /// Starts everything on the folder of a lake. Fails if the function cannot start.
    pub async fn start(lake: &Path, binaries: &FunctionBinaries, config: &Config) -> Result<Self, Error> {
        let s3 = EmbeddedS3::start(lake).await?;
        let settings = FunctionSettings::new("stream", &binaries.stream);
        let allocator = ALLOCATOR.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = settings.environment(s3.environment()).environment(allocator);
        let settings = settings.environment(config.handed_on.iter().cloned());
        let stream = FunctionProcess::new(settings);
        stream.warm_up().await?;
        Ok(Self { s3, stream, queue: Queue::new(), delivered: Delivered::default() })
    }

    /// Sends a message to the queue, which must take it; full batches are delivered at once, so that no more than a few
    /// megabytes wait.
    pub async fn send(&mut self, body: impl AsRef<[u8]>) -> Result<(), Refused> {
        self.queue.send(body, Timestamp::now())?;
        while self.queue.is_full() {
            self.deliver().await;
        }
        Ok(())
    }

    /// Gives one event to the function without the queue, as bytes that no queue would take. Says whether the function
    /// took it; if not, [`Delivered::last_failure`] says why.
    pub async fn send_directly(&mut self, event: &[u8]) -> bool {
        for _ in 0..DIRECT_TRIES {
            let result = self.stream.invoke(event.to_vec(), TIMEOUT).await;
            if self.note(result).is_some() {
                return true;
            }
            tokio::time::sleep(REDELIVERY_DELAY).await;
        }
        false
    }

    /// Delivers until no message waits: each was acknowledged, or is a dead letter.
    pub async fn drain(&mut self) {
        while !self.queue.is_empty() {
            self.deliver().await;
        }
    }

    /// What was delivered so far.
    pub fn delivered(&self) -> &Delivered {
        &self.delivered
    }

    /// The queue, with its dead letters.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    async fn deliver(&mut self) {
        let Some(batch) = self.queue.receive(Timestamp::now()) else { return };
        let result = self.stream.invoke(batch.payload(), TIMEOUT).await;
        let response = self.note(result).map(|invocation| invocation.response);
        let returned = self.queue.settle(batch, response.as_deref());
        self.delivered.returned += returned as u64;
        if returned > 0 {
            tokio::time::sleep(REDELIVERY_DELAY).await;
        }
    }

    fn note(&mut self, result: Result<Invocation, FunctionError>) -> Option<Invocation> {
        self.delivered.invocations += 1;
        match result {
            Ok(invocation) => {
                self.delivered.metrics.add(&invocation.metrics);
                Some(invocation)
            }
            Err(failure) => {
                self.delivered.last_failure = Some(failure);
                None
            }
        }
    }
}
