//! Verilog literals: the legal values of a black box's parameters.

/// The kind of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `5`, `-5`, `8'h1f`, `4'sb1x0z`.
    Integer,
    /// `2.5`, `-1e-3`.
    Real,
    /// `"text"`.
    Text,
}

impl Literal {
    /// The kind of a Verilog literal, or `None` for anything else: an expression, several literals, a comment.
    pub fn of(text: &str) -> Option<Literal> {
        if let Some(quoted) = text.strip_prefix('"') {
            return is_quoted(quoted).then_some(Literal::Text);
        }
        let number = text.strip_prefix(['-', '+']).unwrap_or(text);
        if is_integer(number) {
            Some(Literal::Integer)
        } else if is_real(number) {
            Some(Literal::Real)
        } else {
            None
        }
    }
}

/// Printable characters up to a closing quotation mark; quotation marks and backslashes inside are escaped.
fn is_quoted(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return characters.next().is_none(),
            '\\' if !characters.next().is_some_and(is_printable) => return false,
            other if !is_printable(other) => return false,
            _ => {}
        }
    }
    false
}

fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~')
}

fn is_integer(text: &str) -> bool {
    let Some((size, rest)) = text.split_once('\'') else { return is_decimal(text) };
    let rest = rest.strip_prefix(['s', 'S']).unwrap_or(rest);
    let mut digits = rest.chars();
    let base = digits.next().map(|base| base.to_ascii_lowercase());
    let digits = digits.as_str();
    let is_sized =
        size.is_empty() || is_decimal(size) && size.chars().any(|digit| matches!(digit, '1'..='9'));
    let is_any = |digits: &str, legal: fn(char) -> bool| {
        digits.starts_with(|first| first != '_') && digits.chars().all(|digit| digit == '_' || legal(digit))
    };
    let is_unknown = |digit| matches!(digit, 'x' | 'X' | 'z' | 'Z' | '?');
    is_sized
        && match base {
            Some('d') => is_decimal(digits) || digits.len() == 1 && digits.chars().all(is_unknown),
            Some('b') => is_any(digits, |digit| matches!(digit, '0'..='1' | 'x' | 'X' | 'z' | 'Z' | '?')),
            Some('o') => is_any(digits, |digit| matches!(digit, '0'..='7' | 'x' | 'X' | 'z' | 'Z' | '?')),
            Some('h') => is_any(digits, |digit| {
                digit.is_ascii_hexdigit() || matches!(digit, 'x' | 'X' | 'z' | 'Z' | '?')
            }),
            _ => false,
        }
}

fn is_real(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => is_decimal(whole) && is_decimal(fraction),
        None => exponent.is_some() && is_decimal(mantissa),
    };
    let is_exponent = |exponent: &str| is_decimal(exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    is_mantissa && exponent.is_none_or(is_exponent)
}

/// Digits, with underscores after the first.
fn is_decimal(text: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit();
    text.starts_with(is_digit) && text.chars().all(|character| is_digit(character) || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_told_apart() {
        for text in ["0", "12", "-5", "+1_000", "8'hFf", "'d9", "4'sb1x0z", "3'o7?", "8'dx", "32'hdead_beef"]
        {
            assert_eq!(Literal::of(text), Some(Literal::Integer), "{text}");
        }
        for text in ["5.125", "0.0", "-2.5", "1e3", "1E-3", "1_0.5e+2"] {
            assert_eq!(Literal::of(text), Some(Literal::Real), "{text}");
        }
        for text in ["\"\"", "\"FAST\"", "\"a \\\"b\\\" // c\"", "\"\\\\\""] {
            assert_eq!(Literal::of(text), Some(Literal::Text), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_literal() {
        let others = [
            "",
            "-",
            "--1",
            "_1",
            "W",
            "2*3",
            "1, 2",
            "1)",
            "1 /* synthesis keep */",
            "1 // x",
            "5.",
            ".5",
            "1e",
            "1.5e",
            "1.2.3",
            "1e2e3",
            "inf",
            "NaN",
            "0x10",
            "0'h1",
            "8'",
            "8'h",
            "8'q1",
            "8'b2",
            "8'h_1",
            "8'dxx",
            "-8 'h1",
            "8'h-1",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b\"",
            "\"\\\"",
            "\"a\nb\"",
            "\"\t\"",
            "\"gr\u{f6}\"",
            "1\n",
        ];
        for text in others {
            assert_eq!(Literal::of(text), None, "{text:?}");
        }
    }
}
