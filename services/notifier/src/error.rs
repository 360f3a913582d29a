//! What can go wrong here, and what the client is told of it.

use service_kit::{ErrorKind, IntoApiError, db::Unavailable};

use crate::domain::{mail::ComposeError, seal::Unsealable};

/// A failure of this service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] diesel::result::Error),
    /// The database is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Settings in the database can't be read.
    #[error("stored settings can't be read")]
    Stored(#[source] serde_json::Error),
    /// Sealed settings can't be opened.
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    /// Others changed them, again and again.
    #[error("the settings are being changed at this moment, try again")]
    Contended,
    /// A mail can't be written.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) if service_kit::db::is_outage(error) => ErrorKind::Unavailable,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Contended => ErrorKind::Conflict,
            Self::Database(_) | Self::Stored(_) | Self::Sealed(_) | Self::Compose(_) => ErrorKind::Internal,
        }
    }
}

/// A failure within the handling of a fact: a database that is away is waited for, the rest is tried again.
impl From<Error> for messaging::Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            other => Self::retry(other),
        }
    }
}
