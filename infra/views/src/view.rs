//! A view: what each column is made of, and from what.

use crate::dialect::Dialect;
use crate::kind::Column;

/// A view in the words of one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The query behind it.
    pub select: String,
}

/// An output column: name, type in Glue's words, and the expression.
pub(crate) type Output = (String, String, String);

/// An output column.
pub(crate) fn output(name: &str, kind: &str, expression: impl Into<String>) -> Output {
    (name.to_owned(), kind.to_owned(), expression.into())
}

impl View {
    /// The view that selects these columns; `with` is what stands before SELECT, `from` what follows the columns.
    pub(crate) fn of(
        dialect: Dialect,
        (name, about): (&str, &str),
        with: &str,
        outputs: Vec<Output>,
        from: &str,
    ) -> Self {
        let listed: Vec<_> =
            outputs.iter().map(|(name, _, expression)| format!("  {expression} AS {}", dialect.quote(name))).collect();
        let select = format!("{with}SELECT\n{}\n{from}", listed.join(",\n"));
        let columns = outputs.into_iter().map(|(name, kind, _)| Column { name, kind }).collect();
        Self { name: name.to_owned(), about: about.to_owned(), columns, select }
    }

    /// The statement that makes it.
    pub fn statement(&self, dialect: Dialect) -> String {
        let temporary = if dialect == Dialect::Spark { "TEMPORARY " } else { "" };
        format!("-- {}\nCREATE OR REPLACE {temporary}VIEW {} AS\n{}", self.about, self.name, self.select)
    }
}
