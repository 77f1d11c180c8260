//! The language of conditions: `selection and not 1 of filter_*`.

use std::collections::BTreeMap;

use super::error::RuleError;
use super::predicate::Predicate;

/// How deep parentheses and negations may lie in each other.
const DEPTH: usize = 32;

/// Reads a condition over selections.
///
/// # Errors
/// If it cannot be read, or names a selection that does not exist.
pub(crate) fn parse(text: &str, selections: &BTreeMap<String, Predicate>) -> Result<Predicate, RuleError> {
    let mut parser = Parser { words: words(text), at: 0, selections };
    let predicate = parser.any(0)?;
    match parser.next() {
        None => Ok(predicate),
        Some(word) => Err(RuleError::Condition(format!("`{word}` is more than a condition has"))),
    }
}

struct Parser<'a> {
    words: Vec<String>,
    at: usize,
    selections: &'a BTreeMap<String, Predicate>,
}

fn words(text: &str) -> Vec<String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

impl Parser<'_> {
    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Predicate, RuleError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Predicate, RuleError> {
        let mut parts = vec![self.not(depth)?];
        while self.takes("and") {
            parts.push(self.not(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::All(parts) })
    }

    fn not(&mut self, depth: usize) -> Result<Predicate, RuleError> {
        if depth > DEPTH {
            return Err(RuleError::Condition(format!("it is more than {DEPTH} deep")));
        }
        if self.takes("not") {
            return Ok(Predicate::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err(RuleError::Condition("a `)` is missing".to_owned())) };
        }
        self.selected()
    }

    fn selected(&mut self) -> Result<Predicate, RuleError> {
        let word = self.next().ok_or_else(|| RuleError::Condition("it ends too early".to_owned()))?;
        if self.takes("of") {
            let pattern = self.next().ok_or_else(|| RuleError::Condition("`of` what?".to_owned()))?;
            let parts = self.matching(&pattern)?;
            return match word.to_ascii_lowercase().as_str() {
                "all" => Ok(Predicate::All(parts)),
                "1" | "any" => Ok(Predicate::Any(parts)),
                other => Err(RuleError::Condition(format!("`{other} of` is none of `all of`, `any of`, `1 of`"))),
            };
        }
        match self.selections.get(&word) {
            Some(selection) => Ok(selection.clone()),
            None if matches!(word.as_str(), "and" | "or" | ")" | "|") => {
                Err(RuleError::Condition(format!("`{word}` is not expected here")))
            }
            None => Err(RuleError::Undefined(word)),
        }
    }

    /// `them` leaves out what begins with an underscore.
    fn matching(&self, pattern: &str) -> Result<Vec<Predicate>, RuleError> {
        let wanted = |name: &str| match pattern.split_once('*') {
            _ if pattern.eq_ignore_ascii_case("them") => !name.starts_with('_'),
            Some((start, end)) => {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            }
            None => name == pattern,
        };
        let found: Vec<_> =
            self.selections.iter().filter(|(name, _)| wanted(name)).map(|(_, part)| part.clone()).collect();
        if found.is_empty() { Err(RuleError::Undefined(pattern.to_owned())) } else { Ok(found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::path::Path;
    use crate::detect::predicate::Test;
    use serde_json::json;

    /// Whether the condition holds when the selections `named` hold.
    fn holds(condition: &str, named: &[&str]) -> Result<bool, RuleError> {
        let selection = |name: &str| (name.to_owned(), Predicate::Field(Path::new(name), vec![Test::Exists(true)]));
        let selections = ["a", "b", "sel_1", "sel_2", "_hidden"].map(selection).into();
        let event = named.iter().map(|name| ((*name).to_owned(), json!(1))).collect::<serde_json::Map<_, _>>();
        Ok(parse(condition, &selections)?.holds(&serde_json::Value::Object(event)))
    }

    #[test]
    fn not_binds_before_and_before_or() {
        for (condition, named, expected) in [
            ("a and b or sel_1", vec!["sel_1"], true),
            ("a and (b or sel_1)", vec!["sel_1"], false),
            ("not a and b", vec!["b"], true),
            ("not (a and b)", vec!["a", "b"], false),
            ("not not a", vec!["a"], true),
            ("a AND NOT b", vec!["a"], true),
            ("1 of sel_*", vec!["sel_2"], true),
            ("all of sel_*", vec!["sel_2"], false),
            ("all of sel_*", vec!["sel_1", "sel_2"], true),
            ("any of them", vec!["_hidden"], false),
            ("all of them", vec!["a", "b", "sel_1", "sel_2"], true),
            ("1 of a", vec!["a"], true),
        ] {
            assert_eq!(holds(condition, &named), Ok(expected), "{condition} {named:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(holds("c", &[]), Err(RuleError::Undefined("c".to_owned())));
        assert_eq!(holds("1 of x_*", &[]), Err(RuleError::Undefined("x_*".to_owned())));
        for bad in ["", "a b", "a and", "(a", "a)", "not", "and a", "2 of sel_*", "1 of", "a | count() > 5"] {
            assert!(matches!(holds(bad, &[]), Err(RuleError::Condition(_))), "{bad}: {:?}", holds(bad, &[]));
        }
        assert!(matches!(holds(&"(".repeat(100_000), &[]), Err(RuleError::Condition(_))));
        assert!(matches!(holds(&"not ".repeat(100_000), &[]), Err(RuleError::Condition(_))));
    }
}
