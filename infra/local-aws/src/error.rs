//! What can go wrong in the local stack, and what a function that failed left behind.

use std::path::PathBuf;
use std::time::Duration;

/// A failure of the local stack itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried, as a verb: "read", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// No loopback port could be opened.
    #[error("cannot listen on a loopback port")]
    Listen(#[source] std::io::Error),
    /// The operating system gave no random numbers.
    #[error("cannot make credentials: the operating system gives no random numbers")]
    Random(#[source] getrandom::Error),
    /// There is no object with this key.
    #[error("no object {key:?}")]
    NoSuchKey {
        /// The key that was asked for.
        key: String,
    },
    /// The object is not in the state that the request demanded.
    #[error("object {key:?} {reason}")]
    PreconditionFailed {
        /// The key of the object.
        key: String,
        /// What it is instead.
        reason: &'static str,
    },
    /// A key that cannot be a file below the lake's folder.
    #[error("key {key:?} cannot be kept as a file: {reason}")]
    InvalidKey {
        /// The key as given.
        key: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A function binary is not where it should be.
    #[error("no binary of the function {name} at {}: run `cargo build`, which builds okta-lake and its functions into one folder", path.display())]
    NoFunction {
        /// The function's name, which is its binary's name.
        name: &'static str,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// `cargo build` of the functions failed.
    #[error("`{command}` failed ({status}): correct what it reports above, then run this again")]
    Build {
        /// The command as a person would type it.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A function failed in a way that no redelivery mends.
    #[error(transparent)]
    Function(#[from] FunctionError),
}

impl Error {
    /// Wraps the cause with what was tried on which file.
    pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

/// How an invocation failed. The text ends with the last lines that the function printed.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// The binary could not be started.
    #[error("cannot start the function {}", path.display())]
    Spawn {
        /// The binary.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The Runtime API could not be served, or its log file not be kept.
    #[error("cannot serve the function {name}")]
    Serve {
        /// The function's name.
        name: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The function reported that its initialization failed.
    #[error("function {name} failed to initialize: {error_type}: {message}{log}")]
    Init {
        /// The function's name.
        name: String,
        /// The type it gave.
        error_type: String,
        /// The message it gave.
        message: String,
        /// What it printed last.
        log: LogTail,
    },
    /// The function did not ask for its first event in time.
    #[error("function {name} did not initialize within {} s{log}", after.as_secs_f32())]
    InitTimedOut {
        /// The function's name.
        name: String,
        /// How long it had.
        after: Duration,
        /// What it printed last.
        log: LogTail,
    },
    /// The function answered the event with an error.
    #[error("function {name} failed: {error_type}: {message}{log}")]
    Reported {
        /// The function's name.
        name: String,
        /// The type it gave.
        error_type: String,
        /// The message it gave.
        message: String,
        /// What it printed last.
        log: LogTail,
    },
    /// The process ended before it answered.
    #[error("function {name} exited before it answered ({status}){log}")]
    Exited {
        /// The function's name.
        name: String,
        /// How it ended.
        status: String,
        /// What it printed last.
        log: LogTail,
    },
    /// The deadline passed; the process was killed, as Lambda does.
    #[error("function {name} timed out after {} s{log}", after.as_secs_f32())]
    TimedOut {
        /// The function's name.
        name: String,
        /// How long it had.
        after: Duration,
        /// What it printed last.
        log: LogTail,
    },
}

/// The last lines of a function's log, for the end of an error message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogTail(pub Vec<String>);

impl std::fmt::Display for LogTail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return write!(f, " (it printed nothing)");
        }
        write!(f, "; its last log lines:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}
