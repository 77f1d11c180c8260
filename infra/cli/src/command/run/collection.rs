//! A collection from its plan to its end, over as many invocations of the function as it takes. What the function puts on
//! its bus drives it, as in the deployed stack: `Continue` makes the next invocation.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use backfill::command::Command;
use backfill::events::Event;
use jiff::Timestamp;
use local_aws::backfill_stack::BackfillStack;
use local_aws::bus_server::BusEvent;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::bars::Bars;
use super::inventory::Entities;
use super::report::{held_until, print_plan, problems};
use super::seals::{self, Seals};
use crate::app::App;
use crate::leases;
use crate::report::note;
use crate::stop;

/// A collection while it runs.
pub(super) struct Collection {
    lake: PathBuf,
    backfill: BackfillStack,
    events: UnboundedReceiver<BusEvent>,
    timeout: Duration,
    started: Instant,
    display: Display,
}

/// How a collection ended.
pub(super) enum Ended {
    /// The function's last report.
    Reported(Value),
    /// It was asked to stop.
    Stopped,
}

/// What the events on the bus say.
struct Display {
    bars: Bars,
    /// The command that `Continue` asks for.
    next: Option<Command>,
    /// How long the plan said that it would take.
    planned_seconds: Option<u64>,
    seals: Seals,
    entities: Entities,
}

impl Collection {
    /// Starts the function on a lake. Each of its invocations may take as long as the timeout says.
    pub(super) async fn start(app: &App, secret: &Path, timeout: Duration) -> anyhow::Result<Self> {
        let (backfill, events) = app.start_backfill(secret).await?;
        let display = Display {
            bars: Bars::new(),
            next: None,
            planned_seconds: None,
            seals: Seals::default(),
            entities: Entities::new(),
        };
        Ok(Self { lake: app.lake.clone(), backfill, events, timeout, started: Instant::now(), display })
    }

    /// Runs the command, and those that follow from it, to the end.
    pub(super) async fn run(&mut self, first: Command) -> anyhow::Result<Ended> {
        let ended = tokio::select! {
            report = self.finish(first) => report.map(Ended::Reported),
            requested = stop::requested() => requested.map(|()| Ended::Stopped).map_err(Into::into),
        };
        self.display.bars.clear();
        self.display.entities.clear();
        if let Ok(Ended::Stopped) = ended {
            // The process ended with its invocation.
            self.backfill.function.stop().await;
            leases::give_back(&self.lake, &self.backfill.s3.written())?;
        }
        ended
    }

    async fn finish(&mut self, first: Command) -> anyhow::Result<Value> {
        let mut command = first;
        loop {
            let report = self.invoke(&command).await?;
            if report["is_complete"] == true || problems(&report).next().is_some() {
                return Ok(report);
            }
            if let Some(next) = self.display.next.take() {
                command = next;
            } else if let Some(until) = held_until(&report) {
                note(&format!(
                    "Another run works on this collection, or was killed: waiting until its lease ends at {until:.0}"
                ))?;
                let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
                tokio::time::sleep(wait + Duration::from_secs(1)).await;
            } else {
                return Ok(report);
            }
        }
    }

    /// One invocation. What is put on the bus meanwhile is shown.
    async fn invoke(&mut self, command: &Command) -> anyhow::Result<Value> {
        let Self { backfill, events, timeout, display, .. } = self;
        let invocation = backfill.run(serde_json::to_value(command)?, *timeout);
        tokio::pin!(invocation);
        let invocation = loop {
            tokio::select! {
                invocation = &mut invocation => break invocation?,
                Some(event) = events.recv() => display.take(&event)?,
            }
        };
        while let Ok(event) = events.try_recv() {
            display.take(&event)?;
        }
        serde_json::from_slice(&invocation.response).context("cannot read the function's report")
    }

    /// Prints the hours that were sealed.
    pub(super) fn print_seals(&self, report: &Value, output: &mut impl Write) -> io::Result<()> {
        self.display.seals.print(report, output)
    }

    /// Prints the time and the memory that it took.
    pub(super) fn print_effort(&self, output: &mut impl Write) -> io::Result<()> {
        let took = self.started.elapsed().as_secs_f64();
        match self.display.planned_seconds {
            Some(planned) => writeln!(output, "It took {took:.0} s; the plan said {planned} s")?,
            None => writeln!(output, "It took {took:.0} s")?,
        }
        if let Some(peak) = self.backfill.function.peak_memory() {
            writeln!(output, "The function used {} MB at most", peak >> 20)?;
        }
        Ok(())
    }
}

impl Display {
    fn take(&mut self, event: &BusEvent) -> anyhow::Result<()> {
        let text = json!({"detail-type": event.detail_type, "detail": event.detail});
        match serde_json::from_value(text).context("the function published an event that does not exist")? {
            Event::CollectionPlanned(_) => {
                self.planned_seconds = event.detail["eta"]["seconds"].as_u64();
                print_plan(&event.detail, &mut io::stderr().lock())?;
            }
            Event::CollectionProgress(_) => self.bars.show(&event.detail)?,
            Event::InventoryProgress(_) => self.entities.show(&event.detail)?,
            Event::Continue(command) => self.next = Some(command),
            Event::HourSealed(hour) => self.seals.add(hour)?,
            Event::GapFound(gap) => seals::note_gap(&gap)?,
            Event::StreamDisabled(stream) => seals::note_disabled(&stream)?,
            _ => {}
        }
        Ok(())
    }
}
