//! Tables of plain text.

use crate::terminal::{size, style};
use std::fmt;
use std::ops::Range;

/// The space before each column.
const GAP: usize = 2;

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

    fn write_row(
        &self,
        f: &mut fmt::Formatter<'_>,
        columns: &[usize],
        row: Option<&[String]>,
    ) -> fmt::Result {
        let mut line = String::new();
        for column in columns {
            let heading = &self.headings[*column];
            let cell = row.map_or(title(heading), |cells| &cells[*column]);
            // Padded by hand: format widths end at 65,535.
            let padding = " ".repeat(self.width(*column) - cell.chars().count());
            let [before, after] =
                if heading.starts_with('>') { [padding.as_str(), ""] } else { ["", &padding] };
            line += &format!("{}{before}{cell}{after}", " ".repeat(GAP));
        }
        match row {
            None => writeln!(f, "{}", style::heading(line.trim_end())),
            Some(_) => writeln!(f, "{}", line.trim_end()),
        }
    }

    fn write_in(&self, f: &mut fmt::Formatter<'_>, limit: usize) -> fmt::Result {
        for (number, part) in self.parts(limit).into_iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            let repeated = (part.start > 0).then_some(0);
            let columns: Vec<usize> = repeated.into_iter().chain(part).collect();
            self.write_row(f, &columns, None)?;
            self.rows.iter().try_for_each(|row| self.write_row(f, &columns, Some(row)))?;
        }
        Ok(())
    }
}

fn title(heading: &str) -> &str {
    heading.trim_start_matches('>')
}

/// The headings and the rows, indented by two spaces, each with its newline. On a terminal that is too narrow, the
/// columns that do not fit follow below.
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
}
