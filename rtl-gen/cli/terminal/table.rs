//! Tables of plain text.

use std::fmt;

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
        cells.chain([title(&self.headings[column]).len()]).max().unwrap_or(0)
    }

    fn write_row<'a>(&self, f: &mut fmt::Formatter<'_>, cells: impl Iterator<Item = &'a str>) -> fmt::Result {
        let mut line = String::new();
        for (column, cell) in cells.enumerate() {
            // Padded by hand: format widths end at 65,535.
            let padding = " ".repeat(self.width(column) - cell.chars().count());
            let [before, after] =
                if self.headings[column].starts_with('>') { [padding.as_str(), ""] } else { ["", &padding] };
            line += &format!("  {before}{cell}{after}");
        }
        writeln!(f, "{}", line.trim_end())
    }
}

fn title(heading: &str) -> &str {
    heading.trim_start_matches('>')
}

/// The headings and the rows, indented by two spaces, each with its newline.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_row(f, self.headings.iter().map(|heading| title(heading)))?;
        self.rows.iter().try_for_each(|row| self.write_row(f, row.iter().map(String::as_str)))
    }
}
