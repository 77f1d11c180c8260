//! The stages of the stream function, called as it calls them.

use anyhow::{Context, Result};
use aws_lambda_events::eventbridge::EventBridgeEvent;
use jiff::Timestamp;
use lake::{Batch, Format, Partition};
use normalize::ocsf::Event;
use normalize::{Envelope, LogEvent, IngestContext, IngestPath, Tenant, hour_of};
use serde_json::value::RawValue;

/// What is known of every event of the bench from outside it.
#[derive(Debug)]
pub struct Bench {
    tenant: Tenant,
    received: Timestamp,
}

impl Bench {
    /// The org `acme`, whose events come at 10:00.
    pub fn new() -> Result<Self> {
        Ok(Self { tenant: Tenant::parse("acme")?, received: Timestamp::constant(1_777_888_800, 0) })
    }

    /// How every event was received.
    pub fn receipt(&self) -> IngestContext<'_> {
        IngestContext { tenant: &self.tenant, path: IngestPath::Stream, logged: self.received, processed: self.received }
    }

    /// Texts to LogEvents.
    pub fn parse<'a>(&self, texts: &'a [String]) -> Result<Vec<LogEvent<'a>>> {
        texts.iter().map(|text| LogEvent::parse(text).context("the bench's own event")).collect()
    }

    /// LogEvents to rows.
    pub fn map<'a>(&self, logs: Vec<LogEvent<'a>>) -> Vec<Event<'a>> {
        let receipt = self.receipt();
        logs.into_iter().map(|log| normalize::normalize(log, &receipt).event).collect()
    }

    /// Texts to rows, one after the other, as the function does.
    pub fn parse_and_map<'a>(&self, texts: &'a [String]) -> Result<Vec<Event<'a>>> {
        let receipt = self.receipt();
        texts.iter().map(|text| Ok(normalize::normalize(LogEvent::parse(text)?, &receipt).event)).collect()
    }

    /// Texts to the bytes of one object.
    pub fn normalize_and_encode(&self, texts: &[String], format: Format) -> Result<Vec<u8>> {
        Ok(lake::encode::encode(self.parse_and_map(texts)?, format)?)
    }

    /// Envelopes to the objects that are put, as in one invocation. Returns their bytes.
    pub fn whole_path(&self, envelopes: &[String], format: Format) -> Result<usize> {
        let parse = |text: &String| serde_json::from_str::<EventBridgeEvent<Box<RawValue>>>(text);
        let events = envelopes.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let mut batch = Batch::default();
        for event in &events {
            let Envelope { tenant, detail } = Envelope::new(&event.source, event.detail.get())?;
            let log = LogEvent::parse(detail)?;
            let hour = hour_of(log.published);
            let receipt = IngestContext { tenant: &tenant, ..self.receipt() };
            let event = normalize::normalize(log, &receipt).event;
            batch.insert(Partition { tenant, hour }, event);
        }
        let objects = batch.into_partitions().map(|(partition, rows)| lake::batch::object(&partition, rows, format));
        objects.map(|object| Ok(object?.body.len())).sum()
    }
}
