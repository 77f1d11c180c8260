//! A text of a rule: letters of either case, `*` for anything, `?` for one character, `\` before one that is meant.

/// What a text is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    shape: Shape,
    cased: bool,
}

/// The shapes that need no search among wildcards come first.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Infix(String),
    Glob(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Char(char),
    One,
    Any,
}

/// Where a text may stand in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Place {
    /// It is all of the field.
    #[default]
    Whole,
    /// The field begins with it.
    Start,
    /// The field ends with it.
    End,
    /// The field has it.
    Anywhere,
}

impl Pattern {
    /// Reads a text of a rule.
    pub(crate) fn new(text: &str, place: Place, cased: bool) -> Self {
        let mut pieces = pieces(text);
        if matches!(place, Place::End | Place::Anywhere) {
            pieces.insert(0, Piece::Any);
        }
        if matches!(place, Place::Start | Place::Anywhere) {
            pieces.push(Piece::Any);
        }
        pieces.dedup_by(|a, b| *a == Piece::Any && *b == Piece::Any);
        if !cased {
            pieces = pieces.into_iter().flat_map(lower).collect();
        }
        Self { shape: shape(pieces), cased }
    }

    /// The text, if there is only one that matches but for its letters' case.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &self.shape {
            Shape::Exact(text) => Some(text),
            _ => None,
        }
    }

    /// Whether `text` matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if self.cased || !(text.is_ascii() || self.is_ascii()) {
            let text = if self.cased { text.to_owned() } else { text.to_lowercase() };
            return match &self.shape {
                Shape::Exact(wanted) => text == *wanted,
                Shape::Prefix(wanted) => text.starts_with(wanted),
                Shape::Suffix(wanted) => text.ends_with(wanted),
                Shape::Infix(wanted) => text.contains(wanted),
                Shape::Glob(pieces) => glob(pieces, &text),
            };
        }
        match &self.shape {
            Shape::Exact(wanted) => text.eq_ignore_ascii_case(wanted),
            Shape::Prefix(wanted) => text.as_bytes().get(..wanted.len()).is_some_and(|part| same(part, wanted)),
            Shape::Suffix(wanted) => {
                let start = text.len().checked_sub(wanted.len());
                start.is_some_and(|start| same(&text.as_bytes()[start..], wanted))
            }
            Shape::Infix(wanted) => infix(text.as_bytes(), wanted.as_bytes()),
            Shape::Glob(pieces) => glob(pieces, &text.to_lowercase()),
        }
    }

    fn is_ascii(&self) -> bool {
        match &self.shape {
            Shape::Exact(text) | Shape::Prefix(text) | Shape::Suffix(text) | Shape::Infix(text) => text.is_ascii(),
            Shape::Glob(_) => false,
        }
    }
}

fn same(part: &[u8], wanted: &str) -> bool {
    part.eq_ignore_ascii_case(wanted.as_bytes())
}

/// Whether `text` has `wanted`, which is lower-case, in letters of either case.
fn infix(text: &[u8], wanted: &[u8]) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return true };
    let last_start = text.len().checked_sub(wanted.len());
    last_start.is_some_and(|last| {
        (0..=last).any(|at| {
            text[at].to_ascii_lowercase() == *first && text[at + 1..at + wanted.len()].eq_ignore_ascii_case(rest)
        })
    })
}

/// A backslash means the next character only if that is a wildcard or a backslash (Sigma's specification of values).
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        pieces.push(match letter {
            '*' => Piece::Any,
            '?' => Piece::One,
            '\\' => Piece::Char(letters.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
            other => Piece::Char(other),
        });
    }
    pieces
}

fn lower(piece: Piece) -> Vec<Piece> {
    match piece {
        Piece::Char(letter) => letter.to_lowercase().map(Piece::Char).collect(),
        wildcard => vec![wildcard],
    }
}

fn shape(pieces: Vec<Piece>) -> Shape {
    let literal = |pieces: &[Piece]| {
        let letter = |piece: &Piece| if let Piece::Char(letter) = piece { Some(*letter) } else { None };
        pieces.iter().map(letter).collect::<Option<String>>()
    };
    let found = match &pieces[..] {
        [Piece::Any, inner @ .., Piece::Any] => literal(inner).map(Shape::Infix),
        [Piece::Any, inner @ ..] => literal(inner).map(Shape::Suffix),
        [inner @ .., Piece::Any] => literal(inner).map(Shape::Prefix),
        all => literal(all).map(Shape::Exact),
    };
    found.unwrap_or(Shape::Glob(pieces))
}

/// Matches in time that is at most the product of the lengths: only the last `*` is ever tried again.
fn glob(pieces: &[Piece], text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let (mut piece, mut letter) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while letter < letters.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                again = Some((piece, letter));
                piece += 1;
            }
            Some(Piece::One) => (piece, letter) = (piece + 1, letter + 1),
            Some(Piece::Char(wanted)) if *wanted == letters[letter] => (piece, letter) = (piece + 1, letter + 1),
            _ => match again.as_mut() {
                Some((star, from)) => {
                    *from += 1;
                    (piece, letter) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|left| *left == Piece::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, Place::Whole, false).matches(text)
    }

    #[test]
    fn letters_of_either_case_match() {
        assert!(matches("Okta Admin Console", "okta admin CONSOLE"));
        assert!(matches("ÄRGER", "ärger") && matches("*ä*", "XÄX"));
        assert!(!matches("okta", "okta "));
        assert!(!Pattern::new("Okta", Place::Whole, true).matches("okta"));
        assert!(Pattern::new("Okta", Place::Anywhere, true).matches("an Okta org"));
    }

    #[test]
    fn wildcards_match_what_they_should() {
        for (pattern, text, expected) in [
            ("*admin", "superadmin", true),
            ("*admin", "admins", false),
            ("ad*", "ADmin", true),
            ("*dm*", "admin", true),
            ("a?min", "admin", true),
            ("a?min", "amin", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
            ("a**", "a", true),
            (r"a\*", "a*", true),
            (r"a\*", "ab", false),
            (r"C:\Temp\?", r"C:\Temp?", true),
            (r"a\\*", r"a\bcd", true),
            ("*a", "é", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_place_is_added_to_the_text() {
        let at = |place, text: &str| Pattern::new("ab", place, false).matches(text);
        assert!(at(Place::Start, "ABc") && !at(Place::Start, "cab") && !at(Place::Start, "a"));
        assert!(at(Place::End, "cab") && !at(Place::End, "abc") && !at(Place::End, "é"));
        assert!(at(Place::Anywhere, "cabc") && !at(Place::Anywhere, "acb") && !at(Place::Anywhere, ""));
    }

    #[test]
    fn many_wildcards_take_no_time() {
        let pattern = Pattern::new(&"*a".repeat(200), Place::Anywhere, false);
        assert!(!pattern.matches(&"b".repeat(20_000)));
        assert!(!Pattern::new(&format!("{}c", "a*".repeat(100)), Place::Whole, false).matches(&"a".repeat(5_000)));
    }
}
