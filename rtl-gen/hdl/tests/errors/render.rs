//! Diagnostics with the source lines they point at.

use std::fs;
use std::path::Path;

/// `text` with each `path:line:column` reduced to the file's name, and the line itself below with a mark under
/// the column. The error is a place that is not in `folder`.
pub fn render(text: &str, folder: &Path) -> Result<String, String> {
    let mut rendered = String::new();
    for line in text.lines() {
        let places: Vec<Place> = line.split([' ', '`', '(', ')']).filter_map(Place::parse).collect();
        let mut shown = line.to_string();
        let mut marks = String::new();
        for place in &places {
            shown = shown.replacen(place.text, place.file, 1);
            marks.push_str(&place.mark(folder).ok_or(place.text)?);
        }
        rendered.push_str(&format!("{shown}\n{marks}"));
    }
    Ok(rendered)
}

struct Place<'a> {
    text: &'a str,
    path: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Place<'a> {
    fn parse(word: &'a str) -> Option<Place<'a>> {
        let text = word.trim_end_matches([',', ':', ';']);
        let (rest, column) = text.rsplit_once(':')?;
        let (path, line) = rest.rsplit_once(':')?;
        let file = path.ends_with(".rs").then(|| path.rsplit(['/', '\\']).next())??;
        Some(Place { text, path, file, line: line.parse().ok()?, column: column.parse().ok()? })
    }

    /// The source line with a mark under the column; `None` if it is not in one of the cases.
    fn mark(&self, folder: &Path) -> Option<String> {
        let is_case = Path::new(self.path).parent()?.ends_with("tests/errors");
        let source = fs::read_to_string(is_case.then(|| folder.join(self.file))?).ok()?;
        let line = source.lines().nth(self.line - 1)?;
        let indent = line.len() - line.trim_start().len();
        Some(format!("   | {}\n   | {}^\n", line.trim(), " ".repeat(self.column - 1 - indent)))
    }
}
