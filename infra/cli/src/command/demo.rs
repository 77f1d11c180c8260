//! `okta-lake demo`: a simulated org's log through the real function, with the faults that the real world has, and a
//! check that nothing was lost.

mod check;
mod script;

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Args;
use indicatif::ProgressBar;
use jiff::Timestamp;
use local_aws::s3_server::Fault;
use local_aws::stream_stack::StreamStack;
use normalize::Tenant;

use crate::app::App;
use crate::command::demo::check::{Check, Expected};
use crate::command::demo::script::{GARBAGE, LATER, Message, Script, TWICE};
use crate::outcome::Outcome;
use crate::partner_event::publish;
use crate::report::{self, grouped};
use crate::run_audit::RunAudit;
use crate::sending::Refusals;

/// The number of writes of one hour that S3 refuses: more than the SDK tries by itself, so that the queue has to deliver again.
const REFUSED_WRITES: usize = 4;

/// Show the system at work on a simulated Okta org, with faults, and check that nothing was lost
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

/// Runs the demonstration.
pub(crate) async fn run(app: &App) -> anyhow::Result<Outcome> {
    let lake = app.lake.as_path();
    let mut stack = app.start_stream().await?;
    let script = Script::new();
    introduce(&script)?;
    let check = Check::before(lake, &Tenant::parse(script.tenant())?)?;
    refuse_some_writes(&stack, script.hour_of_trouble());
    let started = Instant::now();
    let (sent, expected) = play(&mut stack, &script).await?;
    let duration = started.elapsed();
    let peak = stack.stream.peak_memory();
    stack.stream.stop().await;
    let audit = RunAudit::of(&stack, sent, &Refusals::default(), lake)?;
    audit.print(duration)?;
    audit.check()?;
    let (quarantined, garbage) = (audit.quarantined(), GARBAGE.len());
    ensure!(quarantined == garbage as u64, "{quarantined} messages went to quarantine, not {garbage}");
    check.after(&expected, &audit)?.print()?;
    conclude(lake, &stack, peak)
}

fn introduce(script: &Script) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let (from, to) = (script.from().strftime("%Y-%m-%d %H:%M"), script.to().strftime("%H:%M UTC"));
    writeln!(output, "The simulated Okta org \"{}\" streams its System Log of {from} to {to}:", script.tenant())?;
    writeln!(output, "  {} events, some of them hours late", grouped(script.event_count()))?;
    writeln!(output, "  every {TWICE}th a second time at once, every {LATER}th again later")?;
    writeln!(output, "  {} messages among them that are no events", GARBAGE.len())?;
    writeln!(output, "  while S3 refuses {REFUSED_WRITES} writes of one hour\n")
}

fn refuse_some_writes(stack: &StreamStack, hour: String) {
    let left = std::sync::atomic::AtomicUsize::new(REFUSED_WRITES);
    stack.s3.set_fault(move |request| {
        let is_hit = request.method == "PUT" && request.key.contains(&hour);
        let take = |left: usize| left.checked_sub(1);
        let order = std::sync::atomic::Ordering::Relaxed;
        (is_hit && left.fetch_update(order, order, take).is_ok()).then_some(Fault::Status(503))
    });
}

/// Sends everything; returns how many messages, and what must be in the lake.
async fn play(stack: &mut StreamStack, script: &Script) -> anyhow::Result<(u64, Expected)> {
    let tenant = Tenant::parse(script.tenant())?;
    let bar = report::count_bar(script.message_count());
    let mut expected = Expected::default();
    let mut sent = 0;
    for message in script.messages() {
        sent += 1;
        expected.note(&message);
        let body = match &message {
            Message::Event(event) => publish(event.json.as_bytes(), &tenant, sent, Timestamp::now()),
            Message::Garbage(text) => text.as_bytes().into(),
        };
        stack.send(&body).await.context("the queue refuses a message of the simulated org")?;
        show(stack, sent, &bar);
    }
    stack.drain().await;
    bar.finish_and_clear();
    Ok((sent, expected))
}

fn show(stack: &StreamStack, sent: u64, bar: &ProgressBar) {
    bar.set_position(sent - stack.queue().len() as u64);
}

fn conclude(lake: &Path, stack: &StreamStack, peak: Option<u64>) -> anyhow::Result<Outcome> {
    let mut output = io::stdout().lock();
    if let (Some(peak), Some(init)) = (peak, stack.stream.init_duration()) {
        let (peak, init) = (peak >> 20, init.as_secs_f64() * 1000.0);
        writeln!(output, "The function used {peak} MB at most, and took {init:.0} ms to start")?;
    }
    let command = std::env::args_os().next().unwrap_or_else(|| "okta-lake".into());
    let (command, lake) = (command.display(), lake.display());
    writeln!(output, "\nNext:")?;
    writeln!(output, "  {command} cat --lake {lake} --class 3002 | head -n 1      one row, as OCSF")?;
    writeln!(output, "  {command} status --lake {lake}                          hour by hour")?;
    writeln!(output, "  {command} send FILE --lake {lake}                       your own events")?;
    writeln!(
        output,
        "  duckdb -c \"SELECT class_name, count(DISTINCT metadata.uid) AS events\n             FROM '{lake}/live/**/*.parquet' GROUP BY ALL ORDER BY events DESC\""
    )?;
    Ok(Outcome::Done)
}
