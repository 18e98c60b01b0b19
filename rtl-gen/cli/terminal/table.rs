//! Tables of plain text.

use crate::terminal::{size, style};
use std::fmt;
use std::ops::Range;

/// The space before each column.
const GAP: usize = 2;

/// The narrowest column of text that is worth breaking.
const LEAST_TEXT: usize = 20;

/// Rows of columns, each as wide as its widest cell.
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table. A heading that begins with `>` marks a column of numbers, aligned right.
    pub fn new<const N: usize>(headings: [&'static str; N]) -> Table {
        Table::of(headings.map(String::from))
    }

    /// The same, with headings that are not known before.
    pub fn of(headings: impl IntoIterator<Item = String>) -> Table {
        Table { headings: headings.into_iter().collect(), rows: vec![] }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.row_of(cells);
    }

    /// Adds a row with a cell for each heading.
    pub fn row_of(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].chars().count());
        cells.chain([title(&self.headings[column]).chars().count()]).max().unwrap_or(0)
    }

    /// The columns in parts that are no wider than `limit`, as far as a single column permits. Every part but the first
    /// has the first column before these columns, which says what a row is about.
    fn parts(&self, limit: usize) -> Vec<Range<usize>> {
        let widths: Vec<usize> = (0..self.headings.len()).map(|column| GAP + self.width(column)).collect();
        let Some(first) = widths.first() else { return vec![] };
        let (mut parts, mut begin, mut used) = (vec![], 0, *first);
        for (column, width) in widths.iter().enumerate().skip(1) {
            if used + width > limit && column > begin.max(1) {
                parts.push(begin..column);
                (begin, used) = (column, *first);
            }
            used += width;
        }
        parts.push(begin..widths.len());
        parts
    }

    /// A row, or the headings. What does not fit of the last cell goes on below, if it is text.
    fn write_row(
        &self,
        f: &mut fmt::Formatter<'_>,
        columns: &[usize],
        row: Option<&[String]>,
        limit: usize,
    ) -> fmt::Result {
        let (mut line, mut indent) = (String::new(), 0);
        for column in columns {
            let heading = &self.headings[*column];
            let cell = row.map_or(title(heading), |cells| &cells[*column]);
            // Padded by hand: format widths end at 65,535.
            let padding = " ".repeat(self.width(*column) - cell.chars().count());
            let [before, after] =
                if heading.starts_with('>') { [padding.as_str(), ""] } else { ["", &padding] };
            indent = line.chars().count() + GAP;
            line += &format!("{}{before}{cell}{after}", " ".repeat(GAP));
        }
        let is_text = columns.last().is_some_and(|last| !self.headings[*last].starts_with('>'));
        let lines = match is_text && indent + LEAST_TEXT <= limit {
            true => wrapped(line.trim_end(), indent, limit),
            false => vec![line.trim_end().to_string()],
        };
        lines.iter().try_for_each(|line| match row {
            None => writeln!(f, "{}", style::heading(line)),
            Some(_) => writeln!(f, "{line}"),
        })
    }

    fn write_in(&self, f: &mut fmt::Formatter<'_>, limit: usize) -> fmt::Result {
        for (number, part) in self.parts(limit).into_iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            let repeated = (part.start > 0).then_some(0);
            let columns: Vec<usize> = repeated.into_iter().chain(part).collect();
            self.write_row(f, &columns, None, limit)?;
            self.rows.iter().try_for_each(|row| self.write_row(f, &columns, Some(row), limit))?;
        }
        Ok(())
    }
}

/// Breaks a line behind words, where it is longer than `limit`; the rest is indented. A word that does not fit stays whole.
fn wrapped(line: &str, indent: usize, limit: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut rest: Vec<char> = line.chars().collect();
    while rest.len() > limit {
        let before = rest[..=limit].iter().rposition(|c| *c == ' ').filter(|at| *at > indent);
        let behind = rest.iter().skip(limit).position(|c| *c == ' ').map(|at| at + limit);
        let Some(end) = before.or(behind) else { break };
        lines.push(rest[..end].iter().collect::<String>().trim_end().to_string());
        rest = [vec![' '; indent], rest[end + 1..].to_vec()].concat();
    }
    lines.push(rest.into_iter().collect());
    lines
}

fn title(heading: &str) -> &str {
    heading.trim_start_matches('>')
}

/// The headings and the rows, indented by two spaces, each with its newline. On a terminal that is too narrow, the
/// columns that do not fit follow below, and text goes on in further lines.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_in(f, size::of_output().unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Narrow(Table, usize);

    impl fmt::Display for Narrow {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.write_in(f, self.1)
        }
    }

    fn table() -> Table {
        let mut table = Table::new(["layer", ">cycles", ">limit", "remark"]);
        table.row(["conv1", "1200", "1100", "long"].map(String::from));
        table.row(["conv2", "80", "7", ""].map(String::from));
        table
    }

    #[test]
    fn columns_that_do_not_fit_follow_below() {
        let wide = "  layer  cycles  limit  remark\n  conv1    1200   1100  long\n  conv2      80      7\n";
        assert_eq!(Narrow(table(), usize::MAX).to_string(), wide);
        assert_eq!(Narrow(table(), 30).to_string(), wide);
        let two = "  layer  cycles  limit\n  conv1    1200   1100\n  conv2      80      7\n\n  layer  remark\n  conv1  long\n  \
                   conv2\n";
        assert_eq!(Narrow(table(), 29).to_string(), two);
    }

    #[test]
    fn a_column_that_is_too_wide_stands_alone() {
        let parts = "  layer  cycles\n  conv1    1200\n  conv2      80\n\n  layer  limit\n  conv1   1100\n  conv2      7\n\n  \
                     layer  remark\n  conv1  long\n  conv2\n";
        assert_eq!(Narrow(table(), 1).to_string(), parts);
    }

    #[test]
    fn text_that_does_not_fit_goes_on_below() {
        let mut table = Table::new(["block", "summary"]);
        table.row(["gelu", "the Gaussian error linear unit of fixed-point numbers"].map(String::from));
        let broken = "  block  summary\n  gelu   the Gaussian error\n         linear unit of\n         fixed-point numbers\n";
        assert_eq!(Narrow(table, 29).to_string(), broken);
    }
}
