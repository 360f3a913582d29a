use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// How the handling of a message failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The world may heal: try again, a bounded number of times.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// It will never work: give the message up at once.
    #[error("{0:#}")]
    Reject(anyhow::Error),
    /// The database is away: wait for it, without counting.
    #[error("database: {0}")]
    Database(DieselError),
}

impl Failure {
    /// A failure that may pass.
    pub fn retry(error: impl Into<anyhow::Error>) -> Self {
        Self::Retry(error.into())
    }

    /// A failure that will not pass.
    pub fn reject(error: impl Into<anyhow::Error>) -> Self {
        Self::Reject(error.into())
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        if is_outage(&error) {
            Self::Database(error)
        } else {
            Self::Retry(error.into())
        }
    }
}

impl From<contracts::WrongEvent> for Failure {
    fn from(error: contracts::WrongEvent) -> Self {
        Self::Reject(error.into())
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
