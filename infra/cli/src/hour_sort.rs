//! The rows of one hour, each event once, sorted by time. Lines go to disk when they are many: memory holds the uuids
//! of the hour and a bounded number of lines.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::ops::Range;

use crate::row_file::RowKey;

/// So many bytes of lines are kept in memory.
const IN_MEMORY: usize = 64 << 20;

/// Gathers rows in any order.
#[derive(Debug)]
pub(crate) struct HourSort {
    seen: HashSet<Box<str>>,
    lines: Vec<u8>,
    order: Vec<(Place, Range<usize>)>,
    runs: Vec<File>,
    in_memory: usize,
}

/// Where a row stands: its time, then its uuid, so that the order is always the same.
type Place = (i64, Box<str>);

impl HourSort {
    /// An empty hour.
    pub(crate) fn new() -> Self {
        Self::with_memory(IN_MEMORY)
    }

    fn with_memory(in_memory: usize) -> Self {
        Self { seen: HashSet::new(), lines: Vec::new(), order: Vec::new(), runs: Vec::new(), in_memory }
    }

    /// Adds a row, unless the hour has its event already.
    pub(crate) fn add(&mut self, key: &RowKey<'_>, line: &[u8]) -> io::Result<()> {
        if !self.seen.insert(key.metadata.uid.as_ref().into()) {
            return Ok(());
        }
        if self.lines.len() + line.len() > self.in_memory {
            self.spill()?;
        }
        let start = self.lines.len();
        self.lines.extend_from_slice(line);
        self.order.push((place(key), start..self.lines.len()));
        Ok(())
    }

    /// Gives the rows in order.
    pub(crate) fn finish(mut self, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.order.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        if self.runs.is_empty() {
            return self.order.iter().try_for_each(|(_, range)| sink(&self.lines[range.clone()]));
        }
        self.spill()?;
        merge(self.runs, sink)
    }

    /// Writes what is in memory, sorted, to a file without a name.
    fn spill(&mut self) -> io::Result<()> {
        self.order.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut writer = BufWriter::new(tempfile::tempfile()?);
        for (_, range) in self.order.drain(..) {
            writer.write_all(&self.lines[range])?;
            writer.write_all(b"\n")?;
        }
        self.lines.clear();
        let mut run = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        run.seek(SeekFrom::Start(0))?;
        self.runs.push(run);
        Ok(())
    }
}

fn place(key: &RowKey<'_>) -> Place {
    (key.time, key.metadata.uid.as_ref().into())
}

fn merge(runs: Vec<File>, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut readers: Vec<_> = runs.into_iter().map(BufReader::new).collect();
    let mut next = BinaryHeap::new();
    for (run, reader) in readers.iter_mut().enumerate() {
        next.extend(read_line(reader)?.map(|(place, line)| Reverse((place, run, line))));
    }
    while let Some(Reverse((_, run, line))) = next.pop() {
        sink(&line)?;
        next.extend(read_line(&mut readers[run])?.map(|(place, line)| Reverse((place, run, line))));
    }
    Ok(())
}

fn read_line(reader: &mut BufReader<File>) -> io::Result<Option<(Place, Vec<u8>)>> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    line.truncate(line.trim_ascii_end().len());
    let key = serde_json::from_slice::<RowKey<'_>>(&line)?;
    Ok(Some((place(&key), line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(rows: &[(i64, &str)], in_memory: usize) -> (Vec<String>, usize) {
        let mut sort = HourSort::with_memory(in_memory);
        for (time, uid) in rows {
            let line = format!(r#"{{"time":{time},"class_uid":3002,"metadata":{{"uid":"{uid}"}}}}"#);
            sort.add(&serde_json::from_str(&line).unwrap(), line.as_bytes()).unwrap();
        }
        let (runs, mut found) = (sort.runs.len(), Vec::new());
        sort.finish(&mut |line| {
            let key: RowKey<'_> = serde_json::from_slice(line).unwrap();
            found.push(format!("{} {}", key.time, key.metadata.uid));
            Ok(())
        })
        .unwrap();
        (found, runs)
    }

    #[test]
    fn each_event_once_in_the_order_of_time() {
        let rows = [(3, "c"), (1, "b"), (1, "a"), (3, "c"), (2, "d"), (-1, "e")];
        assert_eq!(sorted(&rows, 1 << 20), (["-1 e", "1 a", "1 b", "2 d", "3 c"].map(str::to_owned).into(), 0));
    }

    #[test]
    fn what_does_not_fit_in_memory_comes_out_the_same() {
        let rows: Vec<_> = (0..1_000_i64)
            .map(|n| ((n * 7_919) % 257, ["a", "b", "c", "d"][usize::try_from(n % 4).unwrap()]))
            .collect();
        let rows: Vec<_> = rows.iter().map(|(time, uid)| (*time, format!("{uid}{}", time % 100))).collect();
        let rows: Vec<_> = rows.iter().map(|(time, uid)| (*time, uid.as_str())).collect();
        let (whole, none) = sorted(&rows, 1 << 20);
        let (spilled, runs) = sorted(&rows, 1_000);
        assert_eq!(none, 0);
        assert!(runs > 10, "{runs}");
        assert_eq!(whole, spilled);
    }
}
