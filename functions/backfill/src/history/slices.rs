//! The slices of a collection while a run reads them: a state machine. The run asks it what to do next and reports what
//! became of it. Pure.

use jiff::Timestamp;
use lake::Version;

use crate::history::checkpoint::{Checkpoint, PageFacts};
use crate::history::measure::SliceView;
use crate::history::plan::{Slice, Split, split};

/// What a run does with a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SliceState {
    /// Its next page may be read.
    Free,
    /// A page is on its way.
    Reading,
    /// A page that reaches up to this time is being written.
    Writing(Option<Timestamp>),
    /// This run cannot go on with it; the others go on.
    Blocked,
    /// All of it is in the lake.
    Done,
}

/// A slice, how far it is, and what the run does with it.
#[derive(Debug, Clone)]
pub(crate) struct RunSlice {
    pub(crate) slice: Slice,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) version: Version,
    pub(crate) state: SliceState,
}

/// All slices of a collection.
#[derive(Debug)]
pub(crate) struct Slices {
    slices: Vec<RunSlice>,
    is_newest_first: bool,
}

/// What a run does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It reads a page of this slice.
    Read(usize),
    /// It gives a part of this slice to a new one.
    Split(usize, Split),
}

impl RunSlice {
    pub(crate) fn new(slice: Slice, checkpoint: Checkpoint, version: Version) -> Self {
        let state = if checkpoint.is_done { SliceState::Done } else { SliceState::Free };
        Self { slice, checkpoint, version, state }
    }

    fn view(&self) -> SliceView<'_> {
        let is_reading = matches!(self.state, SliceState::Reading | SliceState::Writing(_));
        SliceView { slice: &self.slice, checkpoint: &self.checkpoint, is_reading }
    }

    /// What can be given to another slice: nothing of what is being written.
    fn split(&self) -> Option<Split> {
        let reached = match self.state {
            SliceState::Reading => self.checkpoint.reached,
            SliceState::Writing(latest) => self.checkpoint.reached.max(latest),
            _ => return None,
        };
        split(&self.slice, self.checkpoint.calls, reached)
    }
}

impl Slices {
    pub(crate) fn new(slices: Vec<RunSlice>, is_newest_first: bool) -> Self {
        Self { slices, is_newest_first }
    }

    /// Returns what an idle worker does: it reads a slice that is free or, if there is none, takes a part of the heaviest.
    pub(crate) fn next(&self) -> Option<Next> {
        let free = self.slices.iter().enumerate().filter(|(_, slice)| slice.state == SliceState::Free);
        let by_time = free.map(|(index, slice)| (slice.slice.range.since, index));
        let free = if self.is_newest_first { by_time.max() } else { by_time.min() };
        free.map(|(_, index)| Next::Read(index)).or_else(|| {
            let splits = self.slices.iter().enumerate().filter_map(|(index, slice)| Some((slice.split()?, index)));
            splits.max().map(|(split, index)| Next::Split(index, split))
        })
    }

    /// A page of a slice is asked for.
    pub(crate) fn reading(&mut self, index: usize) -> &RunSlice {
        let slice = &mut self.slices[index];
        slice.state = SliceState::Reading;
        slice
    }

    /// A page has arrived, and is about to be written.
    pub(crate) fn writing(&mut self, index: usize, page: &PageFacts) -> &RunSlice {
        let slice = &mut self.slices[index];
        slice.state = SliceState::Writing(page.latest(slice.slice.range.until));
        slice
    }

    /// A page is durable, and so is the checkpoint that says so.
    pub(crate) fn written(&mut self, index: usize, checkpoint: Checkpoint, version: Version) {
        let slice = &mut self.slices[index];
        *slice = RunSlice::new(slice.slice, checkpoint, version);
    }

    /// This run cannot go on with a slice.
    pub(crate) fn block(&mut self, index: usize) {
        self.slices[index].state = SliceState::Blocked;
    }

    /// Gives the later part of a slice to a new one, whose checkpoint object has this version.
    pub(crate) fn split(&mut self, index: usize, Split { at, calls_left }: Split, version: Version) {
        let slice = &mut self.slices[index].slice;
        let mut rest = *slice;
        rest.range.since = at;
        rest.calls = calls_left.div_ceil(2).max(1);
        slice.range.until = at;
        slice.calls = slice.calls.saturating_sub(rest.calls).max(1);
        self.slices.push(RunSlice::new(rest, Checkpoint::default(), version));
    }

    /// The number of the slice that a split makes.
    pub(crate) fn next_index(&self) -> usize {
        self.slices.len()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.slices.iter().all(|slice| slice.state == SliceState::Done)
    }

    /// The plan, as it is by now.
    pub(crate) fn plan(&self) -> Vec<Slice> {
        self.slices.iter().map(|slice| slice.slice).collect()
    }

    pub(crate) fn views(&self) -> Vec<SliceView<'_>> {
        self.slices.iter().map(RunSlice::view).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;

    use super::*;
    use crate::history::checkpoint::MOST_RESTARTS;
    use crate::history::plan::Range;

    const PAGE: usize = 5;

    /// The same numbers in every run of a seed.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % end
        }
    }

    /// An org's log, which answers bounded queries, and now and then falsely.
    struct Log {
        events: Vec<(Timestamp, String)>,
    }

    impl Log {
        fn random(dice: &mut Dice, range: Range) -> Self {
            let seconds = usize::try_from(range.until.duration_since(range.since).as_secs()).unwrap();
            let mut events: Vec<_> = (0..dice.below(300))
                .map(|event| {
                    (
                        range.since + SignedDuration::from_secs(i64::try_from(dice.below(seconds)).unwrap() / 60 * 60),
                        format!("{event}"),
                    )
                })
                .collect();
            events.sort();
            Self { events }
        }

        /// A cursor is the end of its query and how many events come before the page.
        fn answer(&self, slice: &RunSlice) -> PageFacts {
            let Checkpoint { cursor, reached, .. } = &slice.checkpoint;
            let (since, until, skip) = match cursor {
                Some(cursor) => {
                    let mut parts = cursor.split(' ');
                    let mut part = || parts.next().unwrap();
                    (part().parse().unwrap(), part().parse().unwrap(), part().parse().unwrap())
                }
                None => (reached.unwrap_or(slice.slice.range.since), slice.slice.range.until, 0),
            };
            let found = self.events.iter().filter(|(published, _)| since <= *published && *published < until);
            let events: Vec<_> = found.skip(skip).take(PAGE).cloned().collect();
            let is_full = events.len() == PAGE;
            PageFacts { events, is_full, next: is_full.then(|| format!("{since} {until} {}", skip + PAGE)) }
        }
    }

    enum Task {
        Arrives(usize, PageFacts),
        IsWritten(usize, PageFacts, Timestamp),
    }

    /// Reads a log with up to eight tasks at once that end in any order; returns how often each event was written.
    fn read(dice: &mut Dice, log: &Log, slices: &mut Slices, lies: usize) -> BTreeMap<String, u32> {
        let (mut tasks, mut written) = (Vec::new(), BTreeMap::new());
        let mut has_lied = BTreeMap::new();
        loop {
            match slices.next().filter(|_| tasks.len() < 8 && (tasks.is_empty() || dice.below(2) == 0)) {
                Some(Next::Split(index, split)) => slices.split(index, split, Version::Absent),
                Some(Next::Read(index)) => {
                    let mut page = log.answer(slices.reading(index));
                    // No two lies in a row: what is false twice cannot be told from what is true.
                    if lies > 0 && dice.below(lies) == 0 && !has_lied.insert(index, true).unwrap_or(false) {
                        page = if dice.below(2) == 0 { PageFacts::default() } else { PageFacts { next: None, ..page } };
                    } else {
                        has_lied.insert(index, false);
                    }
                    tasks.push(Task::Arrives(index, page));
                }
                None if tasks.is_empty() => return written,
                None => match tasks.swap_remove(dice.below(tasks.len())) {
                    Task::Arrives(index, page) => {
                        let until = slices.slices[index].slice.range.until;
                        slices.writing(index, &page);
                        tasks.push(Task::IsWritten(index, page, until));
                    }
                    Task::IsWritten(index, page, until) => {
                        let before = slices.slices[index].checkpoint.clone();
                        for (published, uuid) in &page.events {
                            if *published < until && before.is_new(*published, uuid) {
                                *written.entry(uuid.clone()).or_default() += 1;
                            }
                        }
                        let checkpoint = before.after(&page, until);
                        assert!(checkpoint.restarts <= MOST_RESTARTS, "{checkpoint:?}");
                        slices.written(index, checkpoint, Version::Absent);
                    }
                },
            }
        }
    }

    #[test]
    fn in_whatever_order_pages_come_every_event_is_written_once() {
        let range =
            Range { since: "2026-01-01T00:00:00Z".parse().unwrap(), until: "2026-01-01T07:00:00Z".parse().unwrap() };
        let mut splits = 0;
        for seed in 0..400 {
            let mut dice = Dice(seed);
            let log = Log::random(&mut dice, range);
            let whole = RunSlice::new(
                Slice { range, calls: 1 + dice.below(40) as u64 },
                Checkpoint::default(),
                Version::Absent,
            );
            let mut slices = Slices::new(vec![whole], dice.below(2) == 0);
            let lies = [0, 3, 10][dice.below(3)];
            let written = read(&mut dice, &log, &mut slices, lies);
            assert!(slices.is_done(), "seed {seed}: {slices:?}");
            let expected: BTreeMap<_, _> = log.events.iter().map(|(_, uuid)| (uuid.clone(), 1)).collect();
            assert_eq!(written, expected, "seed {seed}");
            let mut plan = slices.plan();
            plan.sort_by_key(|slice| slice.range);
            assert_eq!(
                (plan[0].range.since, plan.last().unwrap().range.until),
                (range.since, range.until),
                "seed {seed}"
            );
            assert!(plan.windows(2).all(|pair| pair[0].range.until == pair[1].range.since), "seed {seed}: {plan:?}");
            splits += plan.len() - 1;
        }
        assert!(splits > 100, "{splits}");
    }

    #[test]
    fn the_oldest_or_the_newest_free_slice_is_next() {
        let slice = |hour: i64| {
            let at = |hour| Timestamp::from_second(hour * 3_600).unwrap();
            RunSlice::new(
                Slice { range: Range { since: at(hour), until: at(hour + 1) }, calls: 1 },
                Checkpoint::default(),
                Version::Absent,
            )
        };
        for (is_newest_first, first, second) in [(false, 1, 0), (true, 2, 0)] {
            let mut slices = Slices::new(vec![slice(5), slice(2), slice(9)], is_newest_first);
            assert_eq!(slices.next(), Some(Next::Read(first)));
            slices.reading(first);
            assert_eq!(slices.next(), Some(Next::Read(second)));
            slices.block(second);
            assert!(!slices.is_done());
        }
    }
}
