//! Stages timed by turns in one process, so that what disturbs the machine disturbs them alike. The time is what the
//! thread spent on a core, in the kernel too: a busy machine does not change it much, and waiting there is none.

use std::time::Duration;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};

/// One thing to time.
pub struct Stage<'a> {
    /// What it is called.
    pub name: String,
    /// How many events one run of it takes in.
    pub events: usize,
    /// How many bytes of LogEvents these are.
    pub bytes: usize,
    /// One run: prepares untimed, and says how long the rest took.
    pub run: Box<dyn FnMut() -> Result<Duration> + 'a>,
}

/// How fast a stage was.
#[derive(Debug, Clone)]
pub struct Speed {
    /// The stage.
    pub name: String,
    /// Events in a second.
    pub events: f64,
    /// Megabytes (10⁶) of LogEvents in a second.
    pub megabytes: f64,
}

/// The time that `work` takes, with the time to free what it made.
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = on_core()?;
    drop(std::hint::black_box(work()?));
    Ok(on_core()?.saturating_sub(start))
}

/// The time that this thread has spent on a core so far.
fn on_core() -> Result<Duration> {
    Ok(clock_gettime(ClockId::ThreadCPUTime).try_into()?)
}

/// Runs all `stages` by turns, `rounds` times, and takes the best of each: other processes on the
/// machine only ever add.
pub fn race(stages: &mut [Stage<'_>], rounds: usize) -> Result<Vec<Speed>> {
    let mut best = vec![Duration::MAX; stages.len()];
    for _ in 0..rounds {
        for (stage, best) in stages.iter_mut().zip(&mut best) {
            *best = (*best).min((stage.run)()?);
        }
    }
    Ok(stages.iter().zip(best).map(|(stage, best)| speed(stage, best)).collect())
}

#[allow(clippy::cast_precision_loss)] // Far below 2^52.
fn speed(stage: &Stage<'_>, best: Duration) -> Speed {
    let seconds = best.as_secs_f64();
    Speed {
        name: stage.name.clone(),
        events: stage.events as f64 / seconds,
        megabytes: stage.bytes as f64 / seconds / 1e6,
    }
}
