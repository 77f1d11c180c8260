//! Events out of a file, whatever it is: NDJSON, one JSON array, or documents one after another, pretty-printed or not.
//! Every byte but the space between belongs to a piece; what is not JSON is a piece, too. Memory does not grow with the
//! file.

use std::io::{self, Read};

use serde::de::IgnoredAny;

/// A piece longer than this is cut; nothing that could be an event is nearly as long.
pub(crate) const LONGEST_PIECE: usize = 8 << 20;

/// The number of bytes read at once.
const CHUNK: usize = 1 << 16;

/// One document, or a stretch that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The line that it starts in, counted from 1.
    pub(crate) line: u64,
    /// Its bytes as they are in the file.
    pub(crate) bytes: Vec<u8>,
    /// How many more bytes it had than [`LONGEST_PIECE`].
    pub(crate) cut: u64,
}

/// The pieces of a file, in order.
#[derive(Debug)]
pub(crate) struct Pieces<R> {
    reader: R,
    /// What was read and not yet given out starts here in the buffer.
    start: usize,
    buffer: Vec<u8>,
    line: u64,
    /// Bytes before `start` in its line.
    column: usize,
    is_in_array: bool,
    is_at_end: bool,
}

impl<R: Read> Pieces<R> {
    /// Reads from the start of a file.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, start: 0, buffer: Vec::new(), line: 1, column: 0, is_in_array: false, is_at_end: false }
    }

    /// The next piece; nothing at the end of the file.
    pub(crate) fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let Some(byte) = self.byte(0)? else { return Ok(None) };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.skip(1),
                // What Windows programs put at the start of a file.
                0xef if self.line == 1 && self.column == 0 && self.has_mark()? => self.skip(3),
                b'[' if !self.is_in_array => self.enter_array(),
                b',' if self.is_in_array => self.skip(1),
                b']' if self.is_in_array => self.leave_array(),
                b'{' => return self.document().map(Some),
                _ => return self.rest_of_line().map(Some),
            }
        }
    }

    fn enter_array(&mut self) {
        self.is_in_array = true;
        self.skip(1);
    }

    fn leave_array(&mut self) {
        self.is_in_array = false;
        self.skip(1);
    }

    fn has_mark(&mut self) -> io::Result<bool> {
        Ok(self.byte(1)? == Some(0xbb) && self.byte(2)? == Some(0xbf))
    }

    /// A document that starts here; or, if it turns out to be none, all up to where the next could start.
    fn document(&mut self) -> io::Result<Piece> {
        loop {
            let buffered = &self.buffer[self.start..];
            // Only the structure counts here: text that is no UTF-8 is for the function to judge.
            let mut documents = serde_json::Deserializer::from_slice(buffered).into_iter::<IgnoredAny>();
            let is_cut_off = match documents.next() {
                Some(Ok(_)) => {
                    let length = documents.byte_offset();
                    return Ok(self.take(length));
                }
                Some(Err(error)) => error.is_eof(),
                None => false,
            };
            if !is_cut_off || self.is_at_end || buffered.len() >= LONGEST_PIECE {
                return self.up_to(Self::next_start);
            }
            // Twice as much each time: a long document is not parsed again for each chunk.
            let wanted = (2 * buffered.len()).min(LONGEST_PIECE);
            self.byte(wanted - 1)?;
        }
    }

    /// A line that is no document; in an array on one line, an element.
    fn rest_of_line(&mut self) -> io::Result<Piece> {
        self.up_to(Self::next_line)
    }

    /// All bytes before the first one at which the search finds an end.
    fn up_to(&mut self, end: fn(&mut Self, usize) -> io::Result<bool>) -> io::Result<Piece> {
        for at in 1..LONGEST_PIECE {
            if end(self, at)? {
                return Ok(self.take(at));
            }
        }
        let mut piece = self.take(LONGEST_PIECE);
        // Only the end is looked for from here: the rest is counted and dropped.
        while !end(self, 0)? {
            self.skip(1);
            piece.cut += 1;
        }
        Ok(piece)
    }

    fn next_line(&mut self, at: usize) -> io::Result<bool> {
        Ok(matches!(self.byte(at)?, None | Some(b'\n')))
    }

    /// A broken document ends before the next line that starts with `{`, and with no more space before than this one:
    /// so a pretty-printed one stays whole, and the line after a broken line of NDJSON is not drawn into it.
    fn next_start(&mut self, at: usize) -> io::Result<bool> {
        match self.byte(at)? {
            None => Ok(true),
            Some(b'\n') => {
                let mut next = at + 1;
                while matches!(self.byte(next)?, Some(b' ' | b'\t')) && next - at <= CHUNK {
                    next += 1;
                }
                Ok(self.byte(next)?.is_none_or(|byte| byte == b'{' && next - at - 1 <= self.column))
            }
            _ => Ok(false),
        }
    }

    /// The byte at this distance from the start of what is not given out.
    fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.start + at >= self.buffer.len() && !self.is_at_end {
            self.fill()?;
        }
        Ok(self.buffer.get(self.start + at).copied())
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start >= CHUNK {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let before = self.buffer.len();
        self.reader.by_ref().take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        self.is_at_end = self.buffer.len() == before;
        Ok(())
    }

    fn take(&mut self, length: usize) -> Piece {
        let line = self.line;
        let bytes = self.buffer[self.start..self.start + length].to_vec();
        self.skip(length);
        Piece { line, bytes: bytes.trim_ascii_end().to_vec(), cut: 0 }
    }

    fn skip(&mut self, length: usize) {
        for byte in &self.buffer[self.start..self.start + length] {
            self.column += 1;
            if *byte == b'\n' {
                self.line += 1;
                self.column = 0;
            }
        }
        self.start += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: impl AsRef<[u8]>) -> Vec<(u64, String)> {
        let mut pieces = Pieces::new(text.as_ref());
        let mut found = Vec::new();
        while let Some(piece) = pieces.next_piece().unwrap() {
            assert_eq!(piece.cut, 0);
            found.push((piece.line, String::from_utf8_lossy(&piece.bytes).into_owned()));
        }
        found
    }

    fn texts(text: impl AsRef<[u8]>) -> Vec<String> {
        pieces(text).into_iter().map(|(_, piece)| piece).collect()
    }

    #[test]
    fn ndjson_is_a_document_a_line() {
        assert_eq!(
            pieces("{\"a\":1}\n\n{\"b\": {} }\r\n{\"c\":3}"),
            [(1, "{\"a\":1}".to_owned()), (3, "{\"b\": {} }".to_owned()), (4, "{\"c\":3}".to_owned())]
        );
        assert_eq!(texts("\u{feff}{\"a\":1}"), ["{\"a\":1}"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn arrays_and_concatenated_documents_are_taken_apart() {
        let one = "{\n  \"a\": [\n    {\n      \"b\": 1\n    }\n  ]\n}";
        assert_eq!(texts(format!("{one}\n{one}{one}")), [one, one, one]);
        assert_eq!(
            texts("[{\"a\":1}, {\"b\":2}\n,\n{\"c\":3}]\n{\"d\":4}"),
            ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}"]
        );
        assert_eq!(texts("[]"), [""; 0]);
        let spaced = "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]";
        assert_eq!(texts(spaced), ["{\n    \"a\": 1\n  }", "{\n    \"b\": 2\n  }"]);
    }

    #[test]
    fn a_broken_line_takes_no_other_with_it() {
        let whole = r#"{"a":[1,{"b":"c"}],"d":true}"#;
        for end in 1..whole.len() {
            let broken = &whole[..end];
            for text in [format!("{broken}\n{whole}\n{whole}\n"), format!("{whole}\n{broken}\n{whole}")] {
                let mut found = texts(&text);
                found.retain(|piece| piece != whole);
                assert_eq!(found, [broken], "{text}");
            }
        }
        assert_eq!(texts("hello\n\u{0}\n{\"a\":1}\nnull\n"), ["hello", "\u{0}", "{\"a\":1}", "null"]);
        assert_eq!(texts(b"{\"a\":\"\xff\"}\n\0\n"), ["{\"a\":\"\u{fffd}\"}", "\u{0}"]);
        assert_eq!(texts(b"{\"a\":\"\xff\n{\"b\":1}"), ["{\"a\":\"\u{fffd}", "{\"b\":1}"]);
    }

    #[test]
    fn a_broken_document_stays_in_one_piece() {
        let broken = "{\n  \"a\": oops,\n  \"b\": {\n  }\n}";
        assert_eq!(texts(format!("{broken}\n{{\"c\":1}}")), [broken, "{\"c\":1}"]);
        assert_eq!(texts("{\n  \"a\": 1,\n  \"b\""), ["{\n  \"a\": 1,\n  \"b\""], "cut off at the end");
        assert_eq!(texts("[\n  {\n    oops\n  },\n  {\"b\": 2}\n]"), ["{\n    oops\n  },", "{\"b\": 2}"]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_follows_is_not() {
        for start in ["x", "{\"a\":\""] {
            let text = format!("{start}{}\n{{\"b\":1}}\n", "x".repeat(2 * LONGEST_PIECE));
            let mut pieces = Pieces::new(text.as_bytes());
            let long = pieces.next_piece().unwrap().unwrap();
            assert_eq!(long.bytes.len(), LONGEST_PIECE);
            assert_eq!(long.cut, (start.len() + LONGEST_PIECE) as u64);
            let next = pieces.next_piece().unwrap().unwrap();
            assert_eq!((next.line, next.bytes.as_slice()), (2, &b"{\"b\":1}"[..]));
            assert!(pieces.buffer.len() <= 2 * LONGEST_PIECE, "memory stays flat");
        }
    }
}
