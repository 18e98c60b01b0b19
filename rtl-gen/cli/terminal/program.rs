//! The name of this program: `gen-rtl`, or the name of a user's program with blocks of its own.

use std::env;
use std::path::PathBuf;

/// The name that texts are written with.
const GENERATOR: &str = "gen-rtl";

/// The name of the running file.
pub fn name() -> String {
    let path = env::args_os().next().map(PathBuf::from);
    let stem = path.as_deref().and_then(|path| path.file_stem()?.to_str());
    stem.unwrap_or(GENERATOR).into()
}

/// A text as shown to the user, such as help. Commands in it, between backticks or on lines of their own, are written
/// with `gen-rtl`; they get the name of this program.
pub fn as_called(text: &str) -> String {
    with_name(text, &name())
}

/// The name of a command's page, such as `gen-rtl-verify`, with the name of this program.
pub fn page_name(command: &str) -> String {
    command.replacen(GENERATOR, &name(), 1)
}

/// A text in roff, where hyphens are escaped, with the name of this program.
pub fn in_roff(text: &str) -> String {
    let escaped = |name: &str| name.replace('-', r"\-");
    text.replace(&escaped(GENERATOR), &escaped(&name()))
}

fn with_name(text: &str, name: &str) -> String {
    let commands = ["`", "  ", "Usage: ", "| "].map(|before| format!("{before}{GENERATOR} "));
    commands
        .iter()
        .fold(text.to_string(), |text, command| text.replace(command, &command.replace(GENERATOR, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_those_of_the_program_that_runs() {
        let text = "Usage: gen-rtl --block BLOCK\n       gen-rtl COMMAND\n  gen-rtl list\nfiles that gen-rtl did not \
                    write\n  help: `gen-rtl list` lists them";
        let expected = "Usage: own --block BLOCK\n       own COMMAND\n  own list\nfiles that gen-rtl did not write\n  \
                        help: `own list` lists them";
        assert_eq!(with_name(text, "own"), expected);
        assert_eq!(with_name(text, GENERATOR), text);
    }
}
