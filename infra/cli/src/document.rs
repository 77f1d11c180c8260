//! One JSON text after another out of a stream of bytes, recognized byte by byte: where a text ends, and where a byte
//! cannot be JSON. Only the structure is looked at; a number that is none is left to whoever parses the text.

/// What a byte made of the text so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The text goes on.
    More,
    /// This byte, a closing bracket, ends it.
    Complete,
    /// No JSON text has this byte here.
    Invalid,
}

/// Recognizes one object or array.
#[derive(Debug, Default)]
pub(crate) struct Recognizer {
    /// The brackets that are open.
    open: Vec<u8>,
    expected: Expected,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Expected {
    #[default]
    Value,
    /// A value, or the end of an array that was just opened.
    ValueOrEnd,
    Key,
    /// A key, or the end of an object that was just opened.
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// The rest of a string, which is a key or not.
    Text {
        is_key: bool,
        is_escaped: bool,
    },
    /// The rest of a number, `true`, `false` or `null`.
    Literal,
}

impl Recognizer {
    /// Takes the next byte.
    pub(crate) fn step(&mut self, byte: u8) -> Step {
        match self.expected {
            Expected::Text { is_key, is_escaped } => self.text(byte, is_key, is_escaped),
            Expected::Literal if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') => Step::More,
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => self.blank(),
            Expected::Literal | Expected::CommaOrEnd => self.after_value(byte),
            Expected::ValueOrEnd if byte == b']' => self.close(byte),
            Expected::Value | Expected::ValueOrEnd => self.value(byte),
            Expected::KeyOrEnd if byte == b'}' => self.close(byte),
            Expected::Key | Expected::KeyOrEnd if byte == b'"' => {
                self.go_on(Expected::Text { is_key: true, is_escaped: false })
            }
            Expected::Colon if byte == b':' => self.go_on(Expected::Value),
            Expected::Key | Expected::KeyOrEnd | Expected::Colon => Step::Invalid,
        }
    }

    fn text(&mut self, byte: u8, is_key: bool, is_escaped: bool) -> Step {
        match byte {
            _ if is_escaped => self.go_on(Expected::Text { is_key, is_escaped: false }),
            b'\\' => self.go_on(Expected::Text { is_key, is_escaped: true }),
            b'"' => self.go_on(if is_key { Expected::Colon } else { Expected::CommaOrEnd }),
            // A line that broke off within a string ends here.
            0..=0x1f => Step::Invalid,
            _ => Step::More,
        }
    }

    fn blank(&mut self) -> Step {
        if self.expected == Expected::Literal {
            self.expected = Expected::CommaOrEnd;
        }
        Step::More
    }

    fn value(&mut self, byte: u8) -> Step {
        match byte {
            b'{' | b'[' => {
                self.open.push(byte);
                self.go_on(if byte == b'{' { Expected::KeyOrEnd } else { Expected::ValueOrEnd })
            }
            b'"' => self.go_on(Expected::Text { is_key: false, is_escaped: false }),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.go_on(Expected::Literal),
            _ => Step::Invalid,
        }
    }

    fn after_value(&mut self, byte: u8) -> Step {
        match (byte, self.open.last()) {
            (b',', Some(b'{')) => self.go_on(Expected::Key),
            (b',', Some(_)) => self.go_on(Expected::Value),
            (b'}' | b']', _) => self.close(byte),
            _ => Step::Invalid,
        }
    }

    fn close(&mut self, byte: u8) -> Step {
        let opened = self.open.pop();
        if opened != Some(if byte == b'}' { b'{' } else { b'[' }) {
            return Step::Invalid;
        }
        self.expected = Expected::CommaOrEnd;
        if self.open.is_empty() { Step::Complete } else { Step::More }
    }

    fn go_on(&mut self, expected: Expected) -> Step {
        self.expected = expected;
        Step::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognize(text: &str) -> (usize, Step) {
        let mut recognizer = Recognizer::default();
        for (at, byte) in text.bytes().enumerate() {
            let step = recognizer.step(byte);
            if step != Step::More {
                return (at, step);
            }
        }
        (text.len(), Step::More)
    }

    #[test]
    fn a_text_ends_with_its_last_bracket() {
        for text in [
            "{}",
            "[]",
            r#"{"a":"}\"]","b":[1,-2.5e3,true,null,{"c":{}}],"d":"\\"}"#,
            "{\n  \"a\" : [ 1 ,\n 2 ] ,\r\n\t\"b\" : 1 }",
            r#"["\u00e4", []]"#,
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
            assert_eq!(recognize(text), (text.len() - 1, Step::Complete), "{text}");
            assert_eq!(recognize(&format!("{text}{text}")), (text.len() - 1, Step::Complete), "{text}");
            for end in 1..text.len() {
                if text.is_char_boundary(end) {
                    assert_eq!(recognize(&text[..end]), (end, Step::More), "{}", &text[..end]);
                }
            }
        }
    }

    #[test]
    fn a_line_that_broke_off_is_noticed_in_the_next_two() {
        let whole = r#"{"a":[1,{"b":"c"}],"d":true}"#;
        for end in 1..whole.len() {
            let text = format!("{}\n{whole}\n{whole}\n", &whole[..end]);
            assert_eq!(recognize(&text).1, Step::Invalid, "{text}");
        }
    }

    #[test]
    fn what_json_does_not_have_is_invalid() {
        for (text, at) in
            [("{a:1}", 1), ("[1 2]", 3), ("[}", 1), ("{\"a\"}", 4), ("[\"\u{1}\"]", 2), ("[,]", 1), ("{\"a\":1,}", 7)]
        {
            assert_eq!(recognize(text), (at, Step::Invalid), "{text}");
        }
    }
}
