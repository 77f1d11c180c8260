//! How a command ended, for a person and for the shell.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done: status 0.
    Done,
    /// Done, with something quarantined, refused or incomplete, which was said: status 1.
    Incomplete,
}

/// The exit status of a command; a failure is told on standard error, with its causes.
pub(crate) fn exit_code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        // Whoever reads has seen enough, as `head` has.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is gone as well, nobody is left to tell.
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
