//! The external programs of a command.

use crate::terminal::error::Error;
use testbenches::tools::Tool;

/// Reports a missing program before the work begins.
pub fn check_tools(tools: impl IntoIterator<Item = Tool>) -> Result<(), Error> {
    for tool in tools {
        tool.find().map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(())
}
