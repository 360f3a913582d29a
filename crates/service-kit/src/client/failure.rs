use std::time::Duration;

use crate::error::{ErrorKind, IntoApiError};

/// How a call to another service failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No address is known for the service.
    #[error("no address is set for the service {0}")]
    Unknown(String),
    /// No answer, or none in time.
    #[error("{service} does not answer")]
    Away {
        /// Who was called.
        service: String,
        /// What was in the way.
        #[source]
        source: reqwest::Error,
    },
    /// It stopped in the middle of its answer, or has not begun with it in time.
    #[error("{service} did not go on within {deadline:?}")]
    Slow {
        /// Who was called.
        service: String,
        /// For how long it was waited.
        deadline: Duration,
    },
    /// It refused.
    #[error("{service} answered {status} {code}: {message}")]
    Refused {
        /// Who was called.
        service: String,
        /// The HTTP status.
        status: u16,
        /// The code of the failure body.
        code: String,
        /// Its sentence.
        message: String,
    },
    /// It answered something else than was expected.
    #[error("{service} answered what can't be read: {reason}")]
    Unreadable {
        /// Who was called.
        service: String,
        /// What was wrong.
        reason: String,
    },
}

impl CallError {
    /// Whether the service said that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// The status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// The caller's own client can't help it: 503 while the other is away, else 500.
impl IntoApiError for CallError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Away { .. }
            | Self::Slow { .. }
            | Self::Refused {
                status: 429 | 500..=599,
                ..
            } => ErrorKind::Unavailable,
            Self::Unknown(_) | Self::Refused { .. } | Self::Unreadable { .. } => ErrorKind::Internal,
        }
    }
}
