//! SCIM filter expressions, as `filter` and `search` take them.

use jiff::Timestamp;
use serde_json::Value;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// Attribute, operator, value; the value is null for `pr`.
    Test(String, Operator, Value),
}

/// What an attribute is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Contains,
    Ends,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    NotEqual,
    Present,
    Starts,
}

impl Operator {
    fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "co" => Self::Contains,
            "ew" => Self::Ends,
            "eq" => Self::Equal,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            "ne" => Self::NotEqual,
            "pr" => Self::Present,
            "sw" => Self::Starts,
            _ => return None,
        })
    }
}

impl Filter {
    /// Parses an expression; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = tokens(text)?;
        tokens.reverse();
        let filter = any(&mut tokens)?;
        match tokens.pop() {
            None => Ok(filter),
            Some(token) => Err(format!("unexpected {token:?}")),
        }
    }

    /// Whether it holds for an object.
    pub(crate) fn holds(&self, object: &Value) -> bool {
        match self {
            Self::And(all) => all.iter().all(|filter| filter.holds(object)),
            Self::Or(any) => any.iter().any(|filter| filter.holds(object)),
            Self::Not(filter) => !filter.holds(object),
            Self::Test(attribute, operator, value) => {
                let path: Vec<&str> = attribute.split('.').collect();
                test(object, &path, *operator, value)
            }
        }
    }

    /// All attributes with their operators.
    pub(crate) fn tests(&self) -> Vec<(&str, Operator)> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::tests).collect(),
            Self::Not(filter) => filter.tests(),
            Self::Test(attribute, operator, _) => vec![(attribute, *operator)],
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Text(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '(' => push(&mut tokens, Token::Open, 1),
            ')' => push(&mut tokens, Token::Close, 1),
            '"' => {
                let length = quoted(rest).ok_or("a quotation mark is missing")?;
                let value: String = serde_json::from_str(&rest[..length]).map_err(|error| error.to_string())?;
                push(&mut tokens, Token::Text(value), length)
            }
            _ => {
                let length =
                    rest.find(|next: char| next.is_whitespace() || "()\"".contains(next)).unwrap_or(rest.len());
                push(&mut tokens, Token::Word(rest[..length].to_owned()), length)
            }
        };
        rest = rest[used..].trim_start();
    }
    Ok(tokens)
}

fn push(tokens: &mut Vec<Token>, token: Token, length: usize) -> usize {
    tokens.push(token);
    length
}

/// The length of the quoted string that the text begins with.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (position, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return Some(position + 1),
            b'\\' if !is_escaped => is_escaped = true,
            _ => is_escaped = false,
        }
    }
    None
}

/// Parses `a or b or c`. The tokens are in reverse, so that the next one is the last.
fn any(tokens: &mut Vec<Token>) -> Result<Filter, String> {
    joined(tokens, "or", all, Filter::Or)
}

fn all(tokens: &mut Vec<Token>) -> Result<Filter, String> {
    joined(tokens, "and", one, Filter::And)
}

fn joined(
    tokens: &mut Vec<Token>,
    word: &str,
    part: impl Fn(&mut Vec<Token>) -> Result<Filter, String>,
    join: impl Fn(Vec<Filter>) -> Filter,
) -> Result<Filter, String> {
    let first = part(tokens)?;
    let mut parts = vec![first];
    while is_word(tokens.last(), word) {
        tokens.pop();
        parts.push(part(tokens)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
}

fn one(tokens: &mut Vec<Token>) -> Result<Filter, String> {
    match tokens.pop() {
        Some(Token::Open) => {
            let inner = any(tokens)?;
            if tokens.pop() == Some(Token::Close) { Ok(inner) } else { Err("a parenthesis is missing".to_owned()) }
        }
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => Ok(Filter::Not(Box::new(one(tokens)?))),
        Some(Token::Word(attribute)) => test_of(attribute, tokens),
        other => Err(format!("an attribute is missing where {other:?} stands")),
    }
}

fn test_of(attribute: String, tokens: &mut Vec<Token>) -> Result<Filter, String> {
    let operator = match tokens.pop() {
        Some(Token::Word(word)) => Operator::parse(&word).ok_or(format!("there is no operator {word:?}"))?,
        _ => return Err(format!("an operator is missing after {attribute:?}")),
    };
    if operator == Operator::Present {
        return Ok(Filter::Test(attribute, operator, Value::Null));
    }
    let value = match tokens.pop() {
        Some(Token::Text(text)) => Value::String(text),
        Some(Token::Word(word)) => serde_json::from_str(&word).map_err(|_| format!("{word:?} is no value"))?,
        _ => return Err(format!("a value is missing after {attribute:?}")),
    };
    Ok(Filter::Test(attribute, operator, value))
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
}

/// Whether the test holds for what the path leads to; in an array, for any of its elements.
fn test(object: &Value, path: &[&str], operator: Operator, value: &Value) -> bool {
    if let Value::Array(elements) = object {
        return elements.iter().any(|element| test(element, path, operator, value));
    }
    match path.split_first() {
        Some((name, rest)) => test(&object[*name], rest, operator, value),
        None => compare(object, operator, value),
    }
}

fn compare(found: &Value, operator: Operator, value: &Value) -> bool {
    let text = || Some((found.as_str()?, value.as_str()?));
    match operator {
        Operator::Present => !found.is_null() && found != "",
        Operator::Equal => found == value,
        Operator::NotEqual => found != value,
        Operator::Contains => text().is_some_and(|(found, part)| found.contains(part)),
        Operator::Starts => text().is_some_and(|(found, part)| found.starts_with(part)),
        Operator::Ends => text().is_some_and(|(found, part)| found.ends_with(part)),
        Operator::Greater => order(found, value).is_some_and(std::cmp::Ordering::is_gt),
        Operator::GreaterOrEqual => order(found, value).is_some_and(std::cmp::Ordering::is_ge),
        Operator::Less => order(found, value).is_some_and(std::cmp::Ordering::is_lt),
        Operator::LessOrEqual => order(found, value).is_some_and(std::cmp::Ordering::is_le),
    }
}

fn order(found: &Value, value: &Value) -> Option<std::cmp::Ordering> {
    if let (Some(left), Some(right)) = (found.as_f64(), value.as_f64()) {
        return left.partial_cmp(&right);
    }
    let (left, right) = (found.as_str()?, value.as_str()?);
    match (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => Some(left.cmp(right)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(filter: &str) -> bool {
        let object = json!({
            "eventType": "user.session.start",
            "outcome": {"result": "FAILURE"},
            "count": 3,
            "lastUpdated": "2026-01-02T00:00:00.000Z",
            "target": [{"id": "00u1", "type": "User"}, {"id": "0oa1", "type": "AppInstance"}],
        });
        Filter::parse(filter).unwrap().holds(&object)
    }

    #[test]
    fn filters_hold_as_they_say() {
        for filter in [
            r#"eventType eq "user.session.start""#,
            r#"eventType sw "user.""#,
            r#"eventType ew "start" and outcome.result ne "SUCCESS""#,
            r#"eventType eq "x" or (outcome.result eq "FAILURE" AND target.id eq "0oa1")"#,
            r#"not (eventType eq "x")"#,
            "outcome.result pr",
            "count ge 3 and count lt 4",
            r#"lastUpdated gt "2026-01-01T23:59:59Z""#,
            r#"outcome.result co "LUR""#,
        ] {
            assert!(holds(filter), "{filter}");
        }
        for filter in
            [r#"eventType eq "user.session""#, "actor pr", r#"target.id eq "00u2""#, r#"lastUpdated lt "2026""#]
        {
            assert!(!holds(filter), "{filter}");
        }
    }

    #[test]
    fn broken_filters_are_refused() {
        for filter in [
            "",
            "eventType",
            "eventType eq",
            r#"eventType is "x""#,
            r#"(eventType eq "x""#,
            r#"a eq "b" c"#,
            r#"a eq "b"#,
            "a eq b",
        ] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
    }
}
