//! A request to stop: Ctrl-C, or SIGTERM.

use std::io;

use anyhow::bail;

/// Waits until the user or the system asks this process to stop.
pub(crate) async fn requested() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Runs work that cannot go on where it was stopped. What it started ends with it.
pub(crate) async fn or_stop<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::select! {
        result = work => result,
        requested = requested() => {
            requested?;
            bail!("stopped before the end: the lake has what the function wrote until now; the same command sends everything again, and writes nothing twice")
        }
    }
}
