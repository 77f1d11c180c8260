//! Columns that line up.

use std::io::{self, Write};

/// A table without lines: text to the left, numbers to the right.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

/// One field of a table.
#[derive(Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(u64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl Table {
    /// Adds a row.
    pub(crate) fn row<const COLUMNS: usize>(&mut self, cells: [Cell; COLUMNS]) {
        self.rows.push(cells.into());
    }

    /// Writes the rows, each with two spaces before it.
    pub(crate) fn print(&self, output: &mut impl Write) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width =
            |column| self.rows.iter().filter_map(|row| row.get(column)).map(Cell::width).max().unwrap_or_default();
        let widths: Vec<_> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| cell.padded(*width)).collect();
            let line = cells.join("  ");
            writeln!(output, "  {}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => grouped(*number),
        }
    }

    fn width(&self) -> usize {
        self.text().chars().count()
    }

    fn padded(&self, width: usize) -> String {
        match self {
            Self::Text(text) => format!("{text:<width$}"),
            Self::Number(number) => format!("{:>width$}", grouped(*number)),
        }
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::default();
        table.row(["Authentication".into(), 7.into(), "x".into()]);
        table.row(["ä".into(), 12_345.into(), "".into()]);
        let mut text = Vec::new();
        table.print(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "  Authentication       7  x\n  ä               12,345\n");
    }

    #[test]
    fn thousands_stand_apart() {
        let all = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "1,234,567"]);
    }
}
