use std::borrow::Cow;

use domain::{AlertId, InvalidAsset};
use service_kit::{ErrorKind, IntoApiError, client::CallError, db::Unavailable};

/// Why something can't be read.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong in this service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// Another service did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A stored alert can't be read.
    #[error("the {part} of {alert} can't be read")]
    Corrupt {
        /// The alert.
        alert: AlertId,
        /// What of it.
        part: &'static str,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The id of a stored asset can't be read.
    #[error("the id of an asset can't be read")]
    Asset(#[from] InvalidAsset),
    /// A computation panicked, or the process ends.
    #[error("a computation broke off")]
    Broken(#[from] tokio::task::JoinError),
    /// The user has as many alerts as one may have.
    #[error("you have {0} alerts, which is the most that one may have; delete some first")]
    QuotaReached(i64),
    /// Somebody changed it meanwhile.
    #[error("the alert was changed meanwhile; load it again")]
    VersionConflict,
    /// Its time is over.
    #[error("the alert has expired; give it a new expires_at to arm it again")]
    Expired,
}

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(error) => error.kind(),
            Self::Database(error) => error.kind(),
            Self::Call(error) => error.kind(),
            Self::Corrupt { .. } | Self::Asset(_) | Self::Broken(_) => ErrorKind::Internal,
            Self::QuotaReached(_) | Self::VersionConflict | Self::Expired => ErrorKind::Conflict,
        }
    }

    fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::QuotaReached(_) => "alert_quota_reached",
            Self::VersionConflict => "version_conflict",
            Self::Expired => "alert_expired",
            other => other.kind().code(),
        })
    }
}
