use diesel::result::{DatabaseErrorKind, Error as DieselError};

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

/// What a server says that starts, stops, is full or gives a statement up; diesel has no kinds for these.
const OUTAGES: &[&str] = &[
    "terminating connection",
    "the database system is",
    "connection closed",
    "too many clients",
    "remaining connection slots",
    "recovery mode",
    "due to statement timeout",
    "due to lock timeout",
    "due to user request",
    "could not extend file",
    "No space left on device",
];

/// Whether the database itself is the trouble, rather than what was asked of it.
pub fn is_outage(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => {
            true
        }
        // Whoever lost against another transaction may simply come again.
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, info) => {
            info.message() == "deadlock detected" || OUTAGES.iter().any(|words| info.message().contains(words))
        }
        DieselError::BrokenTransactionManager => true,
        DieselError::RollbackErrorOnCommit {
            rollback_error,
            commit_error,
        } => is_outage(rollback_error) || is_outage(commit_error),
        _ => false,
    }
}

/// Whether a constraint of this name was violated: how a store tells a conflict from a fault.
pub fn is_constraint(error: &DieselError, name: &str) -> bool {
    matches!(error, DieselError::DatabaseError(_, info) if info.constraint_name() == Some(name))
}
