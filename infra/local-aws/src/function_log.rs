//! What a function prints: kept in a file, not a pipe, so that every line that it wrote before it answered is certain
//! to be there when the answer is.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::process::Stdio;

use tempfile::NamedTempFile;

use crate::error::LogTail;

/// The number of lines in an error message.
const TAIL: usize = 20;

/// The file starts anew when it is longer, so that a long run does not fill the disk.
const LONGEST: u64 = 8 << 20;

/// The log of one function process.
#[derive(Debug)]
pub(crate) struct FunctionLog {
    file: NamedTempFile,
    /// A line that does not end yet.
    partial: Vec<u8>,
    tail: VecDeque<String>,
}

impl FunctionLog {
    /// An empty log.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { file: NamedTempFile::new()?, partial: Vec::new(), tail: VecDeque::new() })
    }

    /// A standard output or error for the function. Both write to the same log, as in CloudWatch.
    pub(crate) fn writer(&self) -> io::Result<Stdio> {
        File::options().append(true).open(self.file.path()).map(Stdio::from)
    }

    /// The lines that came since the last time. To be called when the function is idle: a long log is cut then.
    pub(crate) fn drain(&mut self) -> io::Result<Vec<String>> {
        let file = self.file.as_file_mut();
        file.read_to_end(&mut self.partial)?;
        if file.stream_position()? > LONGEST {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
        }
        let complete = self.partial.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let bytes: Vec<u8> = self.partial.drain(..complete).collect();
        let lines: Vec<_> = String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
        self.remember(&lines);
        Ok(lines)
    }

    /// The last lines, an unfinished one included.
    pub(crate) fn tail(&mut self) -> LogTail {
        if self.drain().is_ok() && !self.partial.is_empty() {
            let rest = String::from_utf8_lossy(&self.partial).into_owned();
            self.remember(&[rest]);
        }
        LogTail(self.tail.iter().cloned().collect())
    }

    fn remember(&mut self, lines: &[String]) {
        self.tail.extend(lines.iter().skip(lines.len().saturating_sub(TAIL)).cloned());
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn append(log: &FunctionLog, text: &[u8]) {
        File::options().append(true).open(log.file.path()).unwrap().write_all(text).unwrap();
    }

    #[test]
    fn lines_are_read_once_and_whole() {
        let mut log = FunctionLog::new().unwrap();
        append(&log, b"one\ntw");
        assert_eq!(log.drain().unwrap(), ["one"]);
        append(&log, b"o\n\xff\n");
        assert_eq!(log.drain().unwrap(), ["two", "\u{fffd}"]);
        append(&log, b"unfinished");
        assert_eq!(log.tail().0, ["one", "two", "\u{fffd}", "unfinished"]);
    }

    #[test]
    fn a_long_log_is_cut_but_not_lost() {
        let mut log = FunctionLog::new().unwrap();
        let line = "x".repeat(1 << 20) + "\n";
        for _ in 0..10 {
            append(&log, line.as_bytes());
        }
        assert_eq!(log.drain().unwrap().len(), 10);
        assert_eq!(log.file.as_file().metadata().unwrap().len(), 0);
        append(&log, b"after\n");
        assert_eq!(log.drain().unwrap(), ["after"]);
    }

    #[test]
    fn the_tail_is_short() {
        let mut log = FunctionLog::new().unwrap();
        for n in 0..50 {
            append(&log, format!("{n}\n").as_bytes());
        }
        let tail = log.tail().0;
        assert_eq!((tail.len(), tail[0].as_str(), tail[19].as_str()), (TAIL, "30", "49"));
    }
}
