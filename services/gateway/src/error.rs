//! What can go wrong here, and what the client is told of it.

use std::time::Duration;

use service_kit::{ErrorKind, IntoApiError, cache::CacheGone, client::CallError};

use crate::domain::{guard::Held, stream::registry::Full};

/// A failure of the gateway.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Auth has not answered since the gateway started.
    #[error("the keys of access tokens are not known yet")]
    NoKeys,
    /// The gate in front of a service is shut.
    #[error(transparent)]
    Held(#[from] Held),
    /// A service did not answer what a client asked, or not to the end.
    #[error("the service did not answer")]
    NoAnswer(#[source] reqwest::Error),
    /// A service took too long to answer, or to go on with its answer.
    #[error("the service did not answer within {0:?}")]
    TooSlow(Duration),
    /// A service did not answer what the gateway asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Not even the counter in this process answers.
    #[error(transparent)]
    Cache(#[from] CacheGone),
    /// A service has not told its part of the document yet.
    #[error("the document is not complete yet")]
    NotWhole,
    /// No service has such an address.
    #[error("no address is set for the service {0}")]
    NoAddress(&'static str),
    /// The address of a service and a path make no address together.
    #[error("the address of {0} and the path make no address together")]
    Address(&'static str),
    /// A service answered more than is handed on.
    #[error("the answer is longer than 64 MiB")]
    TooLong,
    /// A service answered something else than was expected.
    #[error("the answer can't be read")]
    Unreadable(#[from] serde_json::Error),
    /// A service answered with a number that is no status.
    #[error("the answer has no status")]
    NoStatus,
    /// The server was started without its state.
    #[error("the server was started without its state")]
    NoState,
    /// The token counts for nothing; nobody is told why.
    #[error("the access token is missing, expired or revoked")]
    BadToken,
    /// The caller has none left.
    #[error("too many requests, try again later")]
    TooManyRequests {
        /// The rest of the window.
        retry_after: Duration,
    },
    /// A page of another site wants a stream.
    #[error("pages of this origin may not open streams")]
    ForeignOrigin,
    /// There is no place for one more stream.
    #[error("{}", match .0 { Full::Address => "too many streams from this address", _ => "no room for a stream" })]
    NoRoom(Full),
    /// Nothing is there.
    #[error("no such path")]
    NoPath,
    /// No fact of this id waits to be sent again.
    #[error("no such dead letter that waits")]
    NoDeadLetter,
}

/// How long a client with too many streams shall wait.
const STREAMS_PAUSE: Duration = Duration::from_secs(10);

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKeys | Self::Held(_) | Self::NoAnswer(_) | Self::TooSlow(_) | Self::Cache(_) | Self::NotWhole => {
                ErrorKind::Unavailable
            }
            Self::Call(error) => error.kind(),
            Self::NoAddress(_)
            | Self::Address(_)
            | Self::TooLong
            | Self::Unreadable(_)
            | Self::NoStatus
            | Self::NoState => ErrorKind::Internal,
            Self::BadToken => ErrorKind::Unauthorized,
            Self::TooManyRequests { .. } | Self::NoRoom(Full::Address) => ErrorKind::TooMany,
            Self::NoRoom(Full::Everywhere | Full::Closing) => ErrorKind::Unavailable,
            Self::ForeignOrigin => ErrorKind::Forbidden,
            Self::NoPath | Self::NoDeadLetter => ErrorKind::NotFound,
        }
    }

    fn is_counted(&self) -> bool {
        matches!(self, Self::Held(_))
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } => Some(*retry_after),
            Self::NoRoom(Full::Address) => Some(STREAMS_PAUSE),
            _ => None,
        }
    }
}
