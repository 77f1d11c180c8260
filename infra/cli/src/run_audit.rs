//! The audit of a run: every event that was sent, and where it is now.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use local_aws::stream_stack::StreamStack;

use crate::outcome::Outcome;
use crate::quarantine::{self, Reasons};
use crate::report::{Table, grouped, note};
use crate::row_counts::RowCounts;
use crate::sending::Refusals;

/// The number of lines shown of a long list.
const SHOWN: usize = 15;

/// What became of the events of a run.
#[derive(Debug)]
pub(crate) struct RunAudit {
    lake: PathBuf,
    sent: u64,
    written: u64,
    duplicates: u64,
    quarantined: u64,
    refused: Refusals,
    dead: u64,
    returned: u64,
    objects: u64,
    failure: Option<String>,
    counts: RowCounts,
    quarantine_keys: Vec<String>,
    reasons: Reasons,
}

impl RunAudit {
    /// Reads the function's own metrics, and the objects that it wrote.
    pub(crate) fn of(stack: &StreamStack, sent: u64, refused: &Refusals, lake: &Path) -> anyhow::Result<Self> {
        let (lake, delivered) = (lake.canonicalize()?, stack.delivered());
        let keys: BTreeSet<_> = stack.s3.written().into_iter().chain(stack.s3.already_there()).collect();
        let below = |folder: &str| keys.iter().filter(|key| key.starts_with(folder)).cloned().collect::<Vec<_>>();
        let (mut counts, mut reasons) = (RowCounts::default(), Reasons::new());
        below("live/").iter().try_for_each(|key| counts.add(&lake.join(key)))?;
        let quarantine_keys = below("quarantine/");
        quarantine_keys.iter().try_for_each(|key| quarantine::add(&lake.join(key), &mut reasons))?;
        Ok(Self {
            lake,
            sent,
            written: delivered.metrics.count("EventsWritten"),
            duplicates: delivered.metrics.count("EventsDuplicate"),
            quarantined: delivered.metrics.count("EventsQuarantined"),
            refused: refused.clone(),
            dead: stack.queue().dead_letters().len() as u64,
            returned: delivered.returned,
            objects: delivered.metrics.count("ObjectsWritten"),
            failure: delivered.last_failure.as_ref().map(ToString::to_string),
            counts,
            quarantine_keys,
            reasons,
        })
    }

    /// Prints it.
    pub(crate) fn print(&self, duration: Duration) -> io::Result<()> {
        let mut output = io::stdout().lock();
        let (sent, seconds) = (grouped(self.sent), duration.as_secs_f64());
        writeln!(output, "{sent} events went through the stream function in {seconds:.1} s\n")?;
        self.figures().print(&mut output)?;
        print_counts_of(&self.counts, &self.lake, &mut output)?;
        writeln!(output, "\nThe lake is at {}", self.lake.display())
    }

    /// What is not in the lake is named on standard error, and makes the outcome incomplete.
    pub(crate) fn outcome(&self) -> anyhow::Result<Outcome> {
        self.check()?;
        for refusal in self.refused.examples() {
            note(&format!("refused: {refusal}"))?;
        }
        if self.quarantined + self.refused.count() == 0 {
            return Ok(Outcome::Done);
        }
        note(&format!("{} events are in quarantine, {} were refused", self.quarantined, self.refused.count()))?;
        Ok(Outcome::Incomplete)
    }

    /// The keys of the records in quarantine.
    pub(crate) fn quarantine_keys(&self) -> &[String] {
        &self.quarantine_keys
    }

    /// How many messages went to quarantine, by the function's own count.
    pub(crate) fn quarantined(&self) -> u64 {
        self.quarantined
    }

    /// Whether every message is accounted for. Those that could not be written are not in the lake: a failure.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let cause = self.failure.as_deref().unwrap_or("the function returned them each time; its log says why");
        if self.dead > 0 {
            bail!("{} events could not be written and are not in the lake: {cause}", grouped(self.dead));
        }
        let accounted = self.written + self.duplicates + self.quarantined + self.refused.count();
        if accounted < self.sent {
            bail!("{} of {} events are unaccounted for: this is a bug", self.sent - accounted, self.sent);
        }
        Ok(())
    }

    fn figures(&self) -> Table {
        let mut table = Table::default();
        table.row(["rows written".into(), self.written.into(), format!("in {} objects", self.objects).into()]);
        table.row(["duplicates".into(), self.duplicates.into(), "the same event again, written once".into()]);
        table.row(["quarantined".into(), self.quarantined.into(), "kept whole, with the reason".into()]);
        for (reason, count) in &self.reasons {
            table.row(["".into(), (*count).into(), reason.clone().into()]);
        }
        if self.refused.count() > 0 {
            table.row(["refused".into(), self.refused.count().into(), "never sent: SQS would not take them".into()]);
        }
        if self.returned > 0 {
            table.row(["redelivered".into(), self.returned.into(), "returned by the function and sent again".into()]);
        }
        table
    }
}

fn print_counts_of(counts: &RowCounts, lake: &Path, output: &mut impl Write) -> io::Result<()> {
    let classes = counts.classes.iter().map(|((uid, name), rows)| (format!("{uid} {name}"), *rows));
    print_counts("Rows by class (OCSF)", classes, output)?;
    let hours = counts.hours.iter().map(|(hour, rows)| (hour.strftime("%Y-%m-%d %H:00 UTC").to_string(), *rows));
    print_counts("Rows by hour", hours, output)?;
    let below = |file: &PathBuf| file.strip_prefix(lake).unwrap_or(file).display().to_string();
    print_counts("Rows by file", counts.files.iter().map(|(file, rows)| (below(file), *rows)), output)
}

fn print_counts(
    title: &str,
    counts: impl ExactSizeIterator<Item = (String, u64)>,
    output: &mut impl Write,
) -> io::Result<()> {
    let more = counts.len().saturating_sub(SHOWN);
    if counts.len() == 0 {
        return Ok(());
    }
    writeln!(output, "\n{title}")?;
    let mut table = Table::default();
    counts.take(SHOWN).for_each(|(name, rows)| table.row([name.into(), rows.into()]));
    table.print(output)?;
    if more > 0 {
        writeln!(output, "  ... and {more} more")?;
    }
    Ok(())
}
