//! One Lambda function: a real, unmodified binary, run as Lambda runs it. A crash or a missed deadline ends the
//! environment and is an error; the next invocation starts a new one.

use std::sync::{Mutex as SyncMutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Mutex;

use crate::environment::Environment;
pub use crate::environment::Invocation;
use crate::error::FunctionError;
pub use crate::function_settings::FunctionSettings;

/// A function that can be invoked. One invocation runs at a time; its process ends when this is dropped.
#[derive(Debug)]
pub struct FunctionProcess {
    settings: FunctionSettings,
    environment: Mutex<Option<Environment>>,
    record: SyncMutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    starts: usize,
    invocations: u64,
    init_duration: Option<Duration>,
    peak_memory: Option<u64>,
}

impl FunctionProcess {
    /// A function that starts with its first invocation, as on Lambda.
    pub fn new(settings: FunctionSettings) -> Self {
        Self { settings, environment: Mutex::new(None), record: SyncMutex::default() }
    }

    /// Invokes the function with any bytes; it has until the timeout to respond.
    pub async fn invoke(&self, payload: impl Into<Bytes>, timeout: Duration) -> Result<Invocation, FunctionError> {
        let mut slot = self.environment.lock().await;
        // Taken out: if this future is dropped half-way, the process goes with it and cannot answer the next event.
        let mut environment = match slot.take() {
            Some(environment) => environment,
            None => self.start().await?,
        };
        let request_id = self.next_request_id();
        let result = environment.invoke(request_id, payload.into(), timeout).await;
        self.note(|record| record.peak_memory = record.peak_memory.max(environment.peak_memory()));
        if environment.is_usable() {
            *slot = Some(environment);
        }
        result
    }

    /// Starts the process now, if it does not run yet: its initialization is then not part of the first invocation.
    pub async fn warm_up(&self) -> Result<(), FunctionError> {
        let mut slot = self.environment.lock().await;
        if slot.is_none() {
            *slot = Some(self.start().await?);
        }
        Ok(())
    }

    /// Ends the process. The next invocation starts a new one.
    pub async fn stop(&self) {
        if let Some(mut environment) = self.environment.lock().await.take() {
            self.note(|record| record.peak_memory = record.peak_memory.max(environment.peak_memory()));
            environment.kill().await;
        }
    }

    /// How many processes were started: more than one means that one crashed, missed its deadline or was stopped.
    pub fn starts(&self) -> usize {
        self.note(|record| record.starts)
    }

    /// From the start of the process to its asking for the first event, of the latest process.
    pub fn init_duration(&self) -> Option<Duration> {
        self.note(|record| record.init_duration)
    }

    /// The highest resident memory of any of the processes after an invocation, in bytes. Linux only.
    pub fn peak_memory(&self) -> Option<u64> {
        self.note(|record| record.peak_memory)
    }

    async fn start(&self) -> Result<Environment, FunctionError> {
        self.note(|record| record.starts += 1);
        let (environment, init_duration) = Environment::start(&self.settings).await?;
        self.note(|record| record.init_duration = Some(init_duration));
        Ok(environment)
    }

    /// Ids in the form of UUIDs, counted so that two runs print the same.
    fn next_request_id(&self) -> String {
        let count = self.note(|record| {
            record.invocations += 1;
            record.invocations
        });
        format!("00000000-0000-4000-8000-{count:012x}")
    }

    fn note<T>(&self, update: impl FnOnce(&mut Record) -> T) -> T {
        update(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
