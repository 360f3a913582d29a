//! What can go wrong in market-data.

use std::borrow::Cow;

use messaging::{BrokerError, PublishError};
use service_kit::{ErrorKind, IntoApiError, db::Unavailable};

/// A failure of market-data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No asset of that ticker or id.
    #[error("no such asset")]
    UnknownAsset,
    /// No provider of that name.
    #[error("no such source")]
    UnknownSource,
    /// The asset was changed since.
    #[error("this was changed since you read it, read it again")]
    VersionConflict,
    /// No connection to the database.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The database refused a statement.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
    /// The broker is out of reach.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The tick log did not take a batch.
    #[error("the tick log did not take a batch")]
    Append(#[from] PublishError),
    /// Another instance writes the tick log now.
    #[error("another instance took over")]
    Displaced,
    /// The service stops.
    #[error("the service stops")]
    Stopping,
    /// The log holds what is no batch.
    #[error("the tick log holds an unreadable batch")]
    WrongBatch(#[from] contracts::WrongBatch),
    /// A body could not be written as JSON.
    #[error("an answer could not be written")]
    Json(#[from] serde_json::Error),
    /// A file could not be written.
    #[error("a file could not be written")]
    Csv(#[from] csv::Error),
    /// The feed cannot begin.
    #[error("{0}")]
    Feed(String),
}

/// A result of market-data.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownAsset | Self::UnknownSource => ErrorKind::NotFound,
            Self::VersionConflict => ErrorKind::Conflict,
            Self::Unavailable(_) | Self::Broker(_) | Self::Append(_) | Self::Displaced | Self::Stopping => {
                ErrorKind::Unavailable
            }
            Self::Database(error) if service_kit::db::is_outage(error) => ErrorKind::Unavailable,
            Self::Database(_) | Self::WrongBatch(_) | Self::Json(_) | Self::Csv(_) | Self::Feed(_) => {
                ErrorKind::Internal
            }
        }
    }

    fn code(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownAsset => Cow::Borrowed("unknown_asset"),
            Self::UnknownSource => Cow::Borrowed("unknown_source"),
            Self::VersionConflict => Cow::Borrowed("version_conflict"),
            _ => Cow::Borrowed(self.kind().code()),
        }
    }
}
