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

/// Whether the database itself is the trouble, rather than what was asked of it.
pub(crate) fn is_outage(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(kind, info) => match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => true,
            // A server that starts or stops says so in words; diesel has no kind for it.
            _ => [
                "terminating connection",
                "starting up",
                "shutting down",
                "connection closed",
                "recovery mode",
            ]
            .iter()
            .any(|words| info.message().contains(words)),
        },
        DieselError::BrokenTransactionManager => true,
        _ => false,
    }
}
