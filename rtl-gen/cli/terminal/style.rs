//! Colours and bold letters, where a terminal shows them. `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM` are obeyed.

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;

static STDOUT: LazyLock<bool> = LazyLock::new(|| is_styled(&io::stdout()));
static STDERR: LazyLock<bool> = LazyLock::new(|| is_styled(&io::stderr()));

const HEADING: Style = Style::new().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

fn is_styled(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// A heading of a table on standard output.
pub fn heading(text: &str) -> Cow<'_, str> {
    if *STDOUT { painted(HEADING, text).into() } else { text.into() }
}

/// Help and similar text for standard output.
pub fn page(text: &str) -> Cow<'_, str> {
    if *STDOUT { with_marks(text).into() } else { text.into() }
}

/// An error or a message for standard error.
pub fn message(text: &str) -> Cow<'_, str> {
    if *STDERR { with_marks(text).into() } else { text.into() }
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Marks the words at the beginnings of lines that readers look for: `error:`, `help:`, and headings.
fn with_marks(text: &str) -> String {
    text.split_inclusive('\n').map(marked).collect()
}

fn marked(line: &str) -> String {
    for (word, style) in [("error:", ERROR), ("  help:", HELP), ("Usage:", HEADING)] {
        if let Some(rest) = line.strip_prefix(word) {
            return painted(style, word) + rest;
        }
    }
    match line.trim_end().strip_suffix(':') {
        Some(heading)
            if !heading.is_empty()
                && heading.chars().all(|c| c.is_alphanumeric() || " -'".contains(c))
                && !line.starts_with(' ') =>
        {
            painted(HEADING, line.trim_end()) + &line[line.trim_end().len()..]
        }
        _ => line.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_around_words_only() {
        let text = "error: no x\n  help: see y:\nOptions:\n  -q  less\nleft alone: z\n";
        let plain = anstream::adapter::strip_str(&with_marks(text)).to_string();
        assert_eq!(plain, text);
        let lines: Vec<String> = with_marks(text).lines().map(String::from).collect();
        assert_eq!(lines[0], "\x1b[1m\x1b[31merror:\x1b[0m no x");
        assert_eq!(lines[1], "\x1b[36m  help:\x1b[0m see y:");
        assert_eq!(lines[2], "\x1b[1mOptions:\x1b[0m");
        assert_eq!(lines[3..], ["  -q  less", "left alone: z"]);
    }
}
