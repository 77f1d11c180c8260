//! The rows of one hour, sorted by time. Beyond a limit rows go to disk, compressed: memory does not grow with the hour.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write};

use crate::stored::{StoredMetadata, StoredRow};

/// How many bytes of events are kept in memory.
const IN_MEMORY: usize = 48 << 20;

/// The quickest level of zstd: spilled rows are read back a moment later.
const SPILL_LEVEL: i32 = 1;

/// Why rows were not sorted. Rows themselves cannot be at fault: every row can be compared and spilled.
#[derive(Debug, thiserror::Error)]
pub enum SortError {
    /// Rows cannot be written to the local disk, which may be full.
    #[error("cannot write rows to the local disk for sorting")]
    Spill(#[source] io::Error),
    /// Rows that were written cannot be read back.
    #[error("cannot read sorted rows back from the local disk")]
    ReadBack(#[source] io::Error),
}

/// Gathers rows in any order.
#[derive(Debug)]
pub struct Sorter {
    rows: Vec<StoredRow>,
    bytes: usize,
    runs: Vec<File>,
    in_memory: usize,
}

/// Rows by time, then by uuid.
pub struct Sorted {
    rows: std::vec::IntoIter<StoredRow>,
    runs: Vec<Run>,
    next: BinaryHeap<Reverse<Head>>,
}

type Run = zstd::Decoder<'static, BufReader<File>>;

/// The next row of a run.
struct Head {
    row: StoredRow,
    run: usize,
}

impl Sorter {
    /// No rows yet.
    pub fn new() -> Self {
        Self::with_memory(IN_MEMORY)
    }

    fn with_memory(in_memory: usize) -> Self {
        Self { rows: Vec::new(), bytes: 0, runs: Vec::new(), in_memory }
    }

    /// Adds a row.
    pub fn add(&mut self, row: StoredRow) -> Result<(), SortError> {
        self.bytes += row.raw_data.len() + size_of::<StoredRow>();
        self.rows.push(row);
        if self.bytes > self.in_memory { self.spill().map_err(SortError::Spill) } else { Ok(()) }
    }

    /// Returns the rows in order.
    pub fn finish(mut self) -> Result<Sorted, SortError> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted { rows: self.rows.into_iter(), runs: Vec::new(), next: BinaryHeap::new() });
        }
        self.spill().map_err(SortError::Spill)?;
        let runs = self.runs.into_iter().map(zstd::Decoder::new).collect::<io::Result<Vec<_>>>();
        let runs = runs.map_err(SortError::ReadBack)?;
        let mut sorted = Sorted { rows: Vec::new().into_iter(), runs, next: BinaryHeap::new() };
        for run in 0..sorted.runs.len() {
            sorted.advance(run)?;
        }
        Ok(sorted)
    }

    fn sort(&mut self) {
        self.rows.sort_unstable_by(|a, b| place(a).cmp(&place(b)));
    }

    /// Writes the rows in memory, sorted, to an anonymous temporary file.
    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut writer = zstd::Encoder::new(tempfile::tempfile()?, SPILL_LEVEL)?;
        for row in self.rows.drain(..) {
            write(&row, &mut writer)?;
        }
        self.bytes = 0;
        let mut run = writer.finish()?;
        run.seek(SeekFrom::Start(0))?;
        self.runs.push(run);
        Ok(())
    }
}

impl Default for Sorter {
    fn default() -> Self {
        Self::new()
    }
}

impl Sorted {
    fn advance(&mut self, run: usize) -> Result<(), SortError> {
        let row = read(&mut self.runs[run]).map_err(SortError::ReadBack)?;
        self.next.extend(row.map(|row| Reverse(Head { row, run })));
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = Result<StoredRow, SortError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(Reverse(Head { row, run })) = self.next.pop() else { return self.rows.next().map(Ok) };
        Some(self.advance(run).map(|()| row))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (place(&self.row), self.run).cmp(&(place(&other.row), other.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

fn place(row: &StoredRow) -> (i64, &str) {
    (row.time, &row.metadata.uid)
}

/// A row as three numbers and three texts, each with its length before it.
fn write(row: &StoredRow, to: &mut impl Write) -> io::Result<()> {
    let StoredRow { time, metadata, raw_data } = row;
    for number in [*time, metadata.logged_time, metadata.processed_time] {
        to.write_all(&number.to_le_bytes())?;
    }
    for text in [&metadata.uid, &metadata.source, raw_data] {
        to.write_all(&(text.len() as u64).to_le_bytes())?;
        to.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// The next row, if there is one.
fn read(from: &mut impl Read) -> io::Result<Option<StoredRow>> {
    let mut first = [0];
    if from.read(&mut first)? == 0 {
        return Ok(None);
    }
    let mut time = [first[0], 0, 0, 0, 0, 0, 0, 0];
    from.read_exact(&mut time[1..])?;
    let (logged_time, processed_time) = (number(from)?, number(from)?);
    let metadata = StoredMetadata { uid: text(from)?, source: text(from)?, logged_time, processed_time };
    Ok(Some(StoredRow { time: i64::from_le_bytes(time), metadata, raw_data: text(from)? }))
}

fn number(from: &mut impl Read) -> io::Result<i64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(i64::from_le_bytes(bytes))
}

fn text(from: &mut impl Read) -> io::Result<String> {
    let length = usize::try_from(number(from)?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: i64) -> StoredRow {
        let uid = format!("u{n:04}");
        let metadata = StoredMetadata { uid, source: "stream".to_owned(), logged_time: -n, processed_time: n };
        StoredRow { time: n * 7_919 % 257, metadata, raw_data: "x".repeat(usize::try_from(n % 50).unwrap()) }
    }

    #[test]
    fn what_does_not_fit_in_memory_comes_out_the_same() {
        let sorted = |in_memory| {
            let mut sorter = Sorter::with_memory(in_memory);
            (0..1_000).try_for_each(|n| sorter.add(row(n))).unwrap();
            let runs = sorter.runs.len();
            (sorter.finish().unwrap().collect::<Result<Vec<_>, _>>().unwrap(), runs)
        };
        let ((whole, none), (spilled, runs)) = (sorted(1 << 30), sorted(10_000));
        assert!(none == 0 && runs > 9, "{runs}");
        assert!(whole.is_sorted_by(|a, b| place(a) < place(b)));
        assert!(whole == spilled);
        assert_eq!(whole.len(), 1_000);
    }
}
