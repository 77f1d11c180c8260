//! Why a rule is refused: each refusal has a name, and says what to change.

/// Why a rule, or a file of rules, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The file is too large to be a rule.
    #[error("the file has {bytes} bytes, more than the {limit} that a file of rules may have")]
    FileTooLarge {
        /// What it has.
        bytes: usize,
        /// What it may have.
        limit: usize,
    },
    /// There are more rules than are run.
    #[error("{count} rules are more than the {limit} that may be enabled")]
    TooManyRules {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The text is no YAML, or repeats its anchors without measure.
    #[error("the YAML cannot be read: {0}")]
    Yaml(String),
    /// The document does not have the shape of a Sigma rule.
    #[error("not a Sigma rule: {0}")]
    Shape(String),
    /// The document is of a kind of Sigma that is not run here.
    #[error("a Sigma document with `{0}` is not supported")]
    Kind(&'static str),
    /// The modifier is none of Sigma's.
    #[error("`{0}` is no modifier of Sigma")]
    UnknownModifier(String),
    /// The modifier is one of Sigma's that is not run here.
    #[error("the modifier `{0}` is not supported")]
    UnsupportedModifier(String),
    /// The modifiers contradict each other, or do not go with the value.
    #[error("`{field}`: {problem}")]
    Modifier {
        /// The key of the selection.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// A regular expression asks for what takes more than linear time.
    #[error("the regular expression uses {0}, which cannot be matched in linear time")]
    RegexFeature(&'static str),
    /// A regular expression that does not compile, or becomes too large.
    #[error("the regular expression is refused: {0}")]
    Regex(String),
    /// An address range that is none.
    #[error("`{0}` is no address range")]
    Cidr(String),
    /// A condition that cannot be read.
    #[error("the condition cannot be read: {0}")]
    Condition(String),
    /// A condition or correlation names what does not exist.
    #[error("`{0}` is named but not defined")]
    Undefined(String),
    /// Two rules have one name or id.
    #[error("`{0}` is the name or id of two rules")]
    Repeated(String),
    /// Correlations that rest on each other.
    #[error("`{0}` rests on itself")]
    Circle(String),
    /// A list of the configuration that a rule asks for.
    #[error("the list `{0}` is not configured")]
    NoList(String),
    /// A time span that is none.
    #[error("`{0}` is no time span: a number and one of s, m, h, d, w")]
    Timespan(String),
    /// A window over raw events that is longer than a day.
    #[error("the window of {0} s is longer than 24 hours: what is longer needs a baseline (`okta_lake.new`, `.spike`)")]
    WindowTooLong(u64),
}

impl RuleError {
    /// Wraps what serde says of a document.
    pub(crate) fn shape(error: impl std::fmt::Display) -> Self {
        Self::Shape(error.to_string())
    }

    /// Names the key of a selection and what is wrong with it.
    pub(crate) fn modifier(field: &str, problem: impl Into<String>) -> Self {
        Self::Modifier { field: field.to_owned(), problem: problem.into() }
    }
}
