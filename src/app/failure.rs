//! How a run ends when it does not end well, and the exit status that says so.

use std::fmt;
use std::process::ExitCode;

use crate::config::environment::EnvironmentError;

/// How a call ended when it did not end well.
#[derive(Debug)]
pub enum Failure {
    /// It could not be done: exit status 1.
    Failed(anyhow::Error),
    /// The call or the environment is wrong: exit status 2.
    Wrong(String),
}

impl Failure {
    /// The exit status of CONTRACT.md.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Wrong(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "{error:#}"),
            Self::Wrong(what) => f.write_str(what),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<EnvironmentError>() {
            Ok(wrong) => Self::Wrong(wrong.to_string()),
            Err(error) => Self::Failed(error),
        }
    }
}

impl From<EnvironmentError> for Failure {
    fn from(error: EnvironmentError) -> Self {
        Self::Wrong(error.to_string())
    }
}
