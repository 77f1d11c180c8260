//! Work that takes the processor or the disk for long leaves the thread that answers the network.

use std::io;

/// Does `work` on a thread of its own. It fails only if `work` panics.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}
