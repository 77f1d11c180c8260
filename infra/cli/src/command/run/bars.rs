//! A collection on the terminal: a bar for each slice that is being read, and one for all of it. If standard error is not
//! a terminal, a line now and then.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::report::{self, grouped};

/// The time between two lines if standard error is not a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What is shown.
#[derive(Debug)]
pub(crate) struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    slices: BTreeMap<u64, ProgressBar>,
    last_line: Instant,
}

impl Bars {
    pub(crate) fn new() -> Self {
        let all = MultiProgress::new();
        let total = all.add(ProgressBar::new(0).with_style(style("{bar:30} {pos}/{len} calls  {msg}")));
        Self { all, total, slices: BTreeMap::new(), last_line: Instant::now() }
    }

    /// Shows how far a collection is, from the detail of `CollectionProgress`.
    pub(crate) fn show(&mut self, progress: &Value) -> io::Result<()> {
        let line = summary(progress);
        if !io::stderr().is_terminal() {
            if self.last_line.elapsed() >= LINE_EVERY {
                self.last_line = Instant::now();
                return report::note(&line);
            }
            return Ok(());
        }
        let (calls, left) = (number(&progress["calls"]), number(&progress["calls_left"]));
        self.total.set_length(calls + left);
        self.total.set_position(calls);
        self.total.set_message(line);
        let reading: BTreeMap<_, _> = progress["reading"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|slice| (number(&slice["slice"]), slice))
            .collect();
        self.slices.retain(|slice, bar| {
            let is_read = reading.contains_key(slice);
            if !is_read {
                bar.finish_and_clear();
            }
            is_read
        });
        for (number, slice) in reading {
            let add = || {
                self.all
                    .insert_before(&self.total, ProgressBar::new(0).with_style(style("{bar:30} {pos}/{len}  {msg}")))
            };
            let bar = self.slices.entry(number).or_insert_with(add);
            show_slice(bar, slice);
        }
        Ok(())
    }

    /// Leaves the terminal as it was.
    pub(crate) fn clear(&self) {
        self.slices.values().for_each(ProgressBar::finish_and_clear);
        self.total.finish_and_clear();
    }
}

fn show_slice(bar: &ProgressBar, slice: &Value) {
    let (calls, left) = (number(&slice["calls"]), number(&slice["calls_left"]));
    bar.set_length(calls + left);
    bar.set_position(calls);
    let text = |name: &str| slice[name].as_str().unwrap_or_default().to_owned();
    bar.set_message(format!("{} to {}  {} events", text("since"), text("until"), grouped(number(&slice["events"]))));
}

/// One line about a collection.
pub(crate) fn summary(progress: &Value) -> String {
    let events = grouped(number(&progress["events"]));
    let (done, slices) = (number(&progress["slices_done"]), number(&progress["slices"]));
    let eta = progress["eta"]["arithmetic"].as_str().map(|arithmetic| format!("; {arithmetic}")).unwrap_or_default();
    format!("{events} events, {done} of {slices} slices done{eta}")
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

pub(super) fn style(template: &str) -> ProgressStyle {
    // The templates are ours; one that does not parse leaves the plain bar.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
