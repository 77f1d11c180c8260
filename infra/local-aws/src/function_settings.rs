//! What a function is run with.

use std::path::PathBuf;
use std::time::Duration;

/// Lambda's own limit for the initialization.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// What a function is run with.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) memory_mb: u32,
    pub(crate) init_timeout: Duration,
}

impl FunctionSettings {
    /// A function with this name and this binary.
    pub fn new(name: impl Into<String>, binary: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            binary: binary.into(),
            environment: Vec::new(),
            memory_mb: 256,
            init_timeout: INIT_TIMEOUT,
        }
    }

    /// Adds environment variables; later ones win. The function sees these and Lambda's own, none of this process.
    #[must_use]
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// The memory size that the function sees in its environment. It is not enforced.
    #[must_use]
    pub fn memory_mb(mut self, memory: u32) -> Self {
        self.memory_mb = memory;
        self
    }

    /// How long the function may take until it asks for its first event.
    #[must_use]
    pub fn init_timeout(mut self, timeout: Duration) -> Self {
        self.init_timeout = timeout;
        self
    }
}
