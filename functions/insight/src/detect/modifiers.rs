//! The keys of a selection: a field's name and the modifiers of its values, `actor.alternateId|endswith`.

use super::error::RuleError;
use super::pattern::Place;

/// A key, read.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "modifiers are independent of each other")]
pub(crate) struct Key {
    /// The field; empty for a search in all fields.
    pub(crate) field: String,
    /// Whether every value of the list must be found, not just one.
    pub(crate) all: bool,
    /// Whether the values must not be found.
    pub(crate) negated: bool,
    /// Whether letters' case counts.
    pub(crate) cased: bool,
    /// Whether the values name lists of the configuration.
    pub(crate) expand: bool,
    /// How the values are compared.
    pub(crate) comparison: Comparison,
}

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Comparison {
    /// As text, at a place.
    Text(Place),
    /// As text or as what the value's type says, which is the default.
    #[default]
    Plain,
    /// By a regular expression.
    Regex {
        /// Whether letters' case does not count.
        ignore_case: bool,
        /// Whether `^` and `$` are a line's ends.
        multi_line: bool,
        /// Whether `.` is a line feed too.
        dot_all: bool,
    },
    /// As an address within a range.
    Cidr,
    /// Whether the field is there.
    Exists,
    /// With another field of the event.
    Field,
    /// As a number.
    Number(Order),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
}

impl Order {
    /// Whether `left` compares so with `right`.
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Lt => left < right,
            Self::Lte => left <= right,
            Self::Gt => left > right,
            Self::Gte => left >= right,
        }
    }
}

/// Sigma's modifiers that are not run here: they are for command lines, payloads and times of other logs.
const UNSUPPORTED: [&str; 13] = [
    "base64",
    "base64offset",
    "day",
    "hour",
    "minute",
    "month",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
];

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// If a modifier is unknown, not supported, or does not go with another.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        let mut parts = text.split('|');
        let mut key = Self { field: parts.next().unwrap_or_default().to_owned(), ..Self::default() };
        for modifier in parts {
            key.apply(text, modifier)?;
        }
        if key.expand && !matches!(key.comparison, Comparison::Plain | Comparison::Text(_)) {
            return Err(RuleError::modifier(
                text,
                "`expand` goes with texts only; a range in a list is known by its slash",
            ));
        }
        Ok(key)
    }

    fn apply(&mut self, text: &str, modifier: &str) -> Result<(), RuleError> {
        match modifier {
            "all" => self.all = true,
            "neq" => self.negated = true,
            "cased" => self.cased = true,
            "expand" => self.expand = true,
            "i" | "m" | "s" => return self.flag(text, modifier),
            other => {
                let comparison = comparison(other)?;
                if self.comparison != Comparison::Plain {
                    return Err(RuleError::modifier(text, format!("`{other}` contradicts the modifier before it")));
                }
                self.comparison = comparison;
            }
        }
        Ok(())
    }

    fn flag(&mut self, text: &str, modifier: &str) -> Result<(), RuleError> {
        let Comparison::Regex { ignore_case, multi_line, dot_all } = &mut self.comparison else {
            return Err(RuleError::modifier(text, format!("`{modifier}` goes after `re` only")));
        };
        match modifier {
            "i" => *ignore_case = true,
            "m" => *multi_line = true,
            _ => *dot_all = true,
        }
        Ok(())
    }
}

fn comparison(modifier: &str) -> Result<Comparison, RuleError> {
    Ok(match modifier {
        "cidr" => Comparison::Cidr,
        "contains" => Comparison::Text(Place::Anywhere),
        "endswith" => Comparison::Text(Place::End),
        "exists" => Comparison::Exists,
        "fieldref" => Comparison::Field,
        "gt" => Comparison::Number(Order::Gt),
        "gte" => Comparison::Number(Order::Gte),
        "lt" => Comparison::Number(Order::Lt),
        "lte" => Comparison::Number(Order::Lte),
        "re" => Comparison::Regex { ignore_case: false, multi_line: false, dot_all: false },
        "startswith" => Comparison::Text(Place::Start),
        known if UNSUPPORTED.contains(&known) => return Err(RuleError::UnsupportedModifier(known.to_owned())),
        unknown => return Err(RuleError::UnknownModifier(unknown.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_field_and_modifiers() {
        let key = Key::parse("actor.alternateId|contains|all").unwrap();
        assert_eq!((key.field.as_str(), key.all), ("actor.alternateId", true));
        assert_eq!(key.comparison, Comparison::Text(Place::Anywhere));
        let key = Key::parse("a|re|i|s").unwrap();
        assert_eq!(key.comparison, Comparison::Regex { ignore_case: true, multi_line: false, dot_all: true });
    }

    #[test]
    fn what_is_not_run_is_named() {
        assert_eq!(Key::parse("a|wide"), Err(RuleError::UnsupportedModifier("wide".to_owned())));
        assert_eq!(Key::parse("a|contians"), Err(RuleError::UnknownModifier("contians".to_owned())));
        for contradiction in ["a|contains|startswith", "a|i", "a|re|cidr", "a|gt|expand", "a|cidr|expand"] {
            assert!(matches!(Key::parse(contradiction), Err(RuleError::Modifier { .. })), "{contradiction}");
        }
    }
}
