//! The programs that a command runs.

use crate::terminal::error::Error;
use testbenches::tools::Tool;

/// A missing program is told before the work begins.
pub fn check_tools(tools: impl IntoIterator<Item = Tool>) -> Result<(), Error> {
    for tool in tools {
        tool.find().map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(())
}
