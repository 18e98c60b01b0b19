//! Runs that end early.

use super::VerifyError;
use crate::driver::{Failure, Stop};
use crate::tools::ToolError;

/// Why a run of some cases did not finish.
pub(super) enum Ended {
    Stopped(Stop),
    Tool(ToolError),
}

impl Ended {
    /// The failure; any other early end is an error.
    pub(super) fn into_failure(self) -> Result<Failure, VerifyError> {
        match self {
            Ended::Stopped(Stop::Failed(failure)) => Ok(*failure),
            Ended::Stopped(Stop::Cancelled) => Err(VerifyError::Cancelled),
            Ended::Tool(error) => Err(error.into()),
        }
    }
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Ended {
        Ended::Stopped(stop)
    }
}

impl From<ToolError> for Ended {
    fn from(error: ToolError) -> Ended {
        Ended::Tool(error)
    }
}
