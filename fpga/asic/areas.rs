//! The areas of a Liberty library's cells. The format is free-form: `library (name) { cell (name) { area : 16; } }`, groups
//! in groups, with attributes `name : value;` and `name (value, ...);`. The rest of what it says is Yosys's and OpenSTA's to read.

use std::collections::BTreeMap;
use std::iter::Peekable;

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// A name or a number, or the text between quotes.
    Word(&'t str),
    /// One of `(){}:;,`, or any other character.
    Sign(char),
    /// An end of line. It only matters if the `;` of an attribute is missing.
    Newline,
}

/// The tokens of a text, each with its line.
struct Tokens<'t> {
    rest: &'t str,
    line: usize,
}

fn is_word(c: char) -> bool {
    !c.is_whitespace() && !"(){}:;,\"".contains(c)
}

impl<'t> Tokens<'t> {
    /// Takes `length` bytes.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Skips to the end of `mark`, or of the text.
    fn take_through(&mut self, mark: &str) -> &'t str {
        let length = self.rest.find(mark).map_or(self.rest.len(), |start| start + mark.len());
        self.take(length)
    }

    /// Skips spaces, comments, and line ends after a backslash.
    fn skip(&mut self) {
        loop {
            let rest = self.rest;
            if rest.starts_with("/*") {
                self.take(2);
                self.take_through("*/");
            } else if rest.starts_with("//") {
                self.take(rest.find(['\n', '\r']).unwrap_or(rest.len()));
            } else if rest.starts_with("\\\r\n") {
                self.take(3);
            } else if rest.starts_with("\\\n") {
                self.take(2);
            } else {
                let spaces =
                    rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() && c != '\n').len();
                if spaces == 0 {
                    return;
                }
                self.take(spaces);
            }
        }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (Token<'t>, usize);

    fn next(&mut self) -> Option<(Token<'t>, usize)> {
        self.skip();
        let (line, first) = (self.line, self.rest.chars().next()?);
        let token = match first {
            '\n' => {
                self.take(1);
                Token::Newline
            }
            '"' => {
                self.take(1);
                let text = self.take_through("\"");
                Token::Word(text.strip_suffix('"').unwrap_or(text))
            }
            first if is_word(first) => {
                let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                Token::Word(self.take(length))
            }
            sign => {
                self.take(sign.len_utf8());
                Token::Sign(sign)
            }
        };
        Some((token, line))
    }
}

type Stream<'t> = Peekable<Tokens<'t>>;

/// Takes the next token, line ends aside, if it is one of these characters.
fn sign(tokens: &mut Stream, signs: &str) -> Option<char> {
    while tokens.next_if(|(token, _)| *token == Token::Newline).is_some() {}
    match tokens.next_if(|(token, _)| matches!(token, Token::Sign(sign) if signs.contains(*sign))) {
        Some((Token::Sign(sign), _)) => Some(sign),
        _ => None,
    }
}

/// Takes the text between parentheses, the first of which has been taken; returns its first word.
fn arguments<'t>(tokens: &mut Stream<'t>) -> Option<&'t str> {
    let mut first = None;
    while let Some((token, _)) = tokens.next_if(|(token, _)| !matches!(token, Token::Sign('{' | '}' | ';'))) {
        match token {
            Token::Sign(')') => break,
            Token::Word(word) => first = first.or(Some(word)),
            Token::Sign(_) | Token::Newline => {}
        }
    }
    first
}

/// Takes the value of an attribute, up to its `;` or, if that is missing, to the end of the line; returns it if it is
/// a single word.
fn value<'t>(tokens: &mut Stream<'t>) -> Option<&'t str> {
    let mut words = vec![];
    while let Some((token, _)) = tokens.next_if(|(token, _)| !matches!(token, Token::Sign('{' | '}'))) {
        match token {
            Token::Sign(';') => break,
            Token::Newline if !words.is_empty() => break,
            Token::Newline => {}
            Token::Word(word) => words.push(Some(word)),
            Token::Sign(_) => words.push(None),
        }
    }
    if let [word] = words.as_slice() { *word } else { None }
}

/// The areas of all cells that have one, by name. An area that is not a number is an error, and so is a group without
/// its end; errors give the line.
pub fn areas(text: &str) -> Result<BTreeMap<String, f64>, String> {
    let mut areas = BTreeMap::new();
    // For each open group, the name if it is a cell's.
    let mut open: Vec<Option<&str>> = vec![];
    let mut tokens = Tokens { rest: text, line: 1 }.peekable();
    while let Some((token, line)) = tokens.next() {
        match token {
            Token::Sign('}') if open.pop().is_none() => {
                return Err(format!("line {line}: a `}}` without its `{{`"));
            }
            Token::Sign(_) | Token::Newline => {}
            Token::Word(name) => match sign(&mut tokens, "(:") {
                Some('(') => {
                    let first = arguments(&mut tokens);
                    if sign(&mut tokens, "{").is_some() {
                        open.push(first.filter(|_| name == "cell"));
                    }
                }
                Some(_) => {
                    let value = value(&mut tokens);
                    if let (Some(Some(cell)), "area") = (open.last(), name) {
                        let area = value.and_then(area);
                        let area = area.ok_or_else(|| {
                            format!("line {line}: the area of cell `{cell}` is not a number")
                        })?;
                        areas.insert(cell.to_string(), area);
                    }
                }
                None => {}
            },
        }
    }
    match open.len() {
        0 => Ok(areas),
        _ => Err("it ends before its groups do: a `}` is missing".into()),
    }
}

fn area(text: &str) -> Option<f64> {
    text.parse().ok().filter(|area: &f64| area.is_finite() && *area >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::fuzz::survives_text;

    const LIBRARY: &str = "library (x) {\n  date : \"a } b\"; /* cell (NONE) { area : 1; } */\n  cell (INVX1) {\n  \
                           cell_footprint : inv;\n  area : 16;\n  pin(A) { area : 5; }\n}\n\
                           cell (\"sky__nand2_1\") {\n    leakage_power () {\n }\n    area : \"3.7536000000\";\n }\n\
                           \tcell (NAND2_X1)\n{\tdrive_strength \\\n: 1\n\tarea             \t:\n 0.798000\n}\n\
                           lu_table (y) { index_1 (\"1, 2\", \\\n \"3\") } // the end }\n}\n";

    fn expected() -> BTreeMap<String, f64> {
        [("INVX1", 16.0), ("NAND2_X1", 0.798), ("sky__nand2_1", 3.7536)]
            .map(|(name, area)| (name.into(), area))
            .into()
    }

    #[test]
    fn areas_are_read_in_the_styles_of_several_libraries() {
        assert_eq!(areas(LIBRARY).unwrap(), expected());
        assert_eq!(areas(&LIBRARY.replace('\n', "\r\n")).unwrap(), expected());
    }

    #[test]
    fn line_breaks_mean_nothing() {
        let text = "library(x){cell(INVX1){area:16;pin(A){area:5;}}cell(\"sky__nand2_1\"){leakage_power(){}area:3.7536;}\
                    cell(NAND2_X1){drive_strength:1;area:0.798;}}";
        assert_eq!(areas(text).unwrap(), expected());
        let of_lines =
            |end: &str| text.replace('{', &format!("{{{end}")).replace(';', &format!("{end};{end}"));
        for end in ["\n", "\r", "\r\n", "\n\n\t"] {
            assert_eq!(areas(&of_lines(end)).unwrap(), expected(), "{end:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let refused = |text: &str| areas(text).unwrap_err();
        assert_eq!(
            refused("library (x) {\n cell (A) { area : 1x; }\n}"),
            "line 2: the area of cell `A` is not a number"
        );
        assert_eq!(refused("cell (A) { area : 1 + 2; }"), "line 1: the area of cell `A` is not a number");
        assert_eq!(refused("cell (A) {\n\n area : -1; }"), "line 3: the area of cell `A` is not a number");
        assert_eq!(refused("cell (A) {\n}\n}"), "line 3: a `}` without its `{`");
        assert_eq!(
            refused("library (x) { cell (A) { area : 1; }"),
            "it ends before its groups do: a `}` is missing"
        );
    }

    #[test]
    fn no_text_panics() {
        survives_text(
            &[LIBRARY, "cell((((", "a:b;c(d){", "/*", "\"", "\\", "cell(\u{e9}){area:\u{221e};}"],
            |text| {
                drop(areas(text));
            },
        );
    }
}
