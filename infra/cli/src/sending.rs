//! Events from files on their way to the queue: each piece of a file becomes a message, none is dropped silently.

use std::io::{self, Read};

use jiff::Timestamp;
use local_aws::queue::Refused;
use local_aws::stream_stack::StreamStack;
use normalize::Tenant;

use crate::input::{Piece, Pieces};
use crate::partner_event::publish;

/// Sends the pieces of files.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    stack: &'a mut StreamStack,
    tenant: Tenant,
    sent: u64,
    refused: Refusals,
}

/// The pieces that neither the queue nor the function took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusals {
    count: u64,
    examples: Vec<String>,
}

/// The number of refusals kept word for word.
const EXAMPLES: usize = 10;

impl Refusals {
    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The first of them: file, line and reason.
    pub(crate) fn examples(&self) -> &[String] {
        &self.examples
    }

    fn add(&mut self, file: &str, line: u64, reason: &str) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(format!("{file}, line {line}: {reason}"));
        }
    }
}

impl<'a> Sending<'a> {
    /// Sends to this stack; bare LogEvents count as this tenant's.
    pub(crate) fn new(stack: &'a mut StreamStack, tenant: Tenant) -> Self {
        Self { stack, tenant, sent: 0, refused: Refusals::default() }
    }

    /// Sends all pieces of a file.
    pub(crate) async fn send_all(&mut self, file: &str, reader: impl Read) -> io::Result<()> {
        let mut pieces = Pieces::new(reader);
        while let Some(piece) = pieces.next_piece()? {
            self.send(file, piece).await;
        }
        Ok(())
    }

    /// Waits until everything is delivered. Returns how many pieces were sent, and those that were refused.
    pub(crate) async fn finish(self) -> (u64, Refusals) {
        self.stack.drain().await;
        (self.sent, self.refused)
    }

    async fn send(&mut self, file: &str, piece: Piece) {
        self.sent += 1;
        if let Err(reason) = self.deliver(&piece).await {
            self.refused.add(file, piece.line, &reason);
        }
    }

    async fn deliver(&mut self, piece: &Piece) -> Result<(), String> {
        if piece.cut > 0 {
            let bytes = piece.bytes.len() + usize::try_from(piece.cut).unwrap_or(usize::MAX / 2);
            return Err(Refused::TooLarge { bytes }.to_string());
        }
        let message = publish(&piece.bytes, &self.tenant, self.sent, Timestamp::now());
        match self.stack.send(&message).await {
            Ok(()) => Ok(()),
            // No queue takes such text, but the function must cope with it: it goes there directly.
            Err(Refused::Characters { .. }) => self.deliver_directly(&message).await,
            Err(refused) => Err(refused.to_string()),
        }
    }

    async fn deliver_directly(&mut self, message: &[u8]) -> Result<(), String> {
        if self.stack.send_directly(message).await {
            return Ok(());
        }
        let failure = self.stack.delivered().last_failure.as_ref();
        Err(failure.map_or_else(|| "the function failed".to_owned(), ToString::to_string))
    }
}
