//! Outages: the org cannot be reached for a while.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use crate::fault::kind::Outage;

/// Turns outages on and off.
#[derive(Debug, Clone)]
pub(crate) struct OutageSwitch {
    state: Arc<watch::Sender<State>>,
    /// The number of the last change that the listener has applied.
    applied: Arc<watch::Sender<u64>>,
}

/// What holds now, and the number of the change that made it so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) outage: Option<Outage>,
    pub(crate) number: u64,
}

/// A connection that outages interrupt.
pub(crate) struct InterruptedStream<S> {
    stream: S,
    state: watch::Receiver<State>,
    /// The end of an outage that hangs.
    waiting: Option<BoxFuture<'static, ()>>,
}

impl OutageSwitch {
    /// No outage.
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), applied: Arc::default() }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Begins or ends an outage, and returns the number of this change.
    pub(crate) fn set(&self, outage: Option<Outage>) -> u64 {
        let number = self.state.borrow().number + 1;
        self.state.send_replace(State { outage, number });
        number
    }

    /// Reports that the listener has applied a change.
    pub(crate) fn report_applied(&self, number: u64) {
        self.applied.send_replace(number);
    }

    /// Waits until the listener has applied a change.
    pub(crate) async fn is_applied(&self, number: u64) {
        // The sender is ours: there is no error.
        let _ = self.applied.subscribe().wait_for(|applied| *applied >= number).await;
    }

    /// Ends the outage after a time, unless something else has been set since.
    pub(crate) fn end_after(&self, time: Duration, number: u64) {
        let switch = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            if switch.state.borrow().number == number {
                switch.set(None);
            }
        });
    }
}

impl<S> InterruptedStream<S> {
    pub(crate) const fn new(stream: S, state: watch::Receiver<State>) -> Self {
        Self { stream, state, waiting: None }
    }

    /// Waits for the end of an outage that hangs, and fails in the others.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                ready!(waiting.as_mut().poll(context));
                self.waiting = None;
            }
            let outage = self.state.borrow().outage;
            match outage {
                None => return Poll::Ready(Ok(())),
                Some(Outage::Hang) => {
                    let mut state = self.state.clone();
                    self.waiting = Some(Box::pin(async move {
                        // An error means that the switch is gone: nothing hangs any more.
                        let _ = state.wait_for(|state| state.outage != Some(Outage::Hang)).await;
                    }));
                }
                Some(Outage::Refused | Outage::Reset) => {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for InterruptedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_open(context))?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for InterruptedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_open(context))?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
