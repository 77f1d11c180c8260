//! How a command ended, for a person and for the shell: exit status 0, 1 or 2.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done: status 0.
    Done,
    /// Done, but something is quarantined, denied, skipped or incomplete, and was named: status 1.
    Incomplete,
}

impl Outcome {
    /// The outcome of work that left nothing open, or something.
    pub(crate) fn of(is_complete: bool) -> Self {
        if is_complete { Self::Done } else { Self::Incomplete }
    }
}

/// The exit status of a command. A failure is printed on standard error, with its causes.
pub(crate) fn exit_code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        // The reader has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is gone as well, nobody is left to read it.
            let _ = writeln!(io::stderr(), "okta-lake: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kinds.into_iter().any(|kind| kind == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_reader_that_left_is_no_failure() {
        let broken: Result<(), _> = Err(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(is_broken_pipe(&broken.context("cannot write the rows").unwrap_err()));
        let missing: Result<(), _> = Err(io::Error::from(io::ErrorKind::NotFound));
        assert!(!is_broken_pipe(&missing.context("cannot write the rows").unwrap_err()));
    }
}
