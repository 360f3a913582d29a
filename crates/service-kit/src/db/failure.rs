use diesel::result::Error as DieselError;
use messaging::is_outage;

use crate::error::{ErrorKind, IntoApiError};

/// The database can't be had right now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database is not available: {reason}")]
pub struct Unavailable {
    reason: String,
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl IntoApiError for Unavailable {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Unavailable
    }
}

/// A database error is never the client's fault by itself: 503 where the database is away, else 500.
impl IntoApiError for DieselError {
    fn kind(&self) -> ErrorKind {
        if is_outage(self) {
            ErrorKind::Unavailable
        } else {
            ErrorKind::Internal
        }
    }
}

/// Whether a constraint of this name was violated: how a store tells a conflict from a fault.
pub fn is_constraint(error: &DieselError, name: &str) -> bool {
    matches!(error, DieselError::DatabaseError(_, info) if info.constraint_name() == Some(name))
}
