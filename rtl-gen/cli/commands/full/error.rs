//! Errors of tools and reports as errors of the command.

use crate::terminal::error::Error;
use reports::ReportError;
use testbenches::VerifyError;

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Error {
        match error {
            VerifyError::Wrong(failure) => Error::Wrong(failure.to_string()),
            VerifyError::NothingCompared { .. } | VerifyError::NoMutant { .. } => {
                Error::Unchecked(error.to_string())
            }
            VerifyError::Design(diagnostics) => Error::Design(diagnostics),
            other => Error::new(other.to_string()),
        }
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Error {
        Error::new(error.to_string())
    }
}
