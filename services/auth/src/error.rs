//! What can go wrong here, and what the client is told of it.

use std::{borrow::Cow, time::Duration};

use service_kit::{ApiError, ErrorKind, Fields, IntoApiError, db::Unavailable};

use crate::domain::{
    access_token::SigningFailed, keyring::CannotOpen, password_hash::HashingFailed, protection::Protected,
};

/// A failure of this service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] diesel::result::Error),
    /// The database is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Too many passwords are being hashed.
    #[error("too many sign-ins at once")]
    Busy,
    /// A password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// The thread that hashed is gone.
    #[error("password hashing broke off")]
    HashingBrokeOff,
    /// A stored secret cannot be read.
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
    /// No token could be signed.
    #[error(transparent)]
    Signing(#[from] SigningFailed),
    /// There is no key to sign with.
    #[error("no signing key is in force")]
    NoSigningKey,
    /// Unknown address, wrong password or wrong code: nobody is told which.
    #[error("the e-mail address, the password or the code is wrong")]
    WrongCredentials,
    /// The password was right and a second factor is needed.
    #[error("a code from your authenticator app is needed")]
    OtpRequired,
    /// Too many failures.
    #[error("too many wrong attempts; try again later, or reset the password by e-mail")]
    LockedOut {
        /// For how much longer.
        retry_after: Duration,
    },
    /// The password was right and the account is shut.
    #[error("this account is disabled")]
    AccountDisabled,
    /// The password was right and the account is no administrator's.
    #[error("only administrators may sign in here")]
    NotAdmin,
    /// The password was right and the address is not proved.
    #[error("please confirm your e-mail address first; the link is in the mail that we sent you")]
    EmailUnverified,
    /// A mailed token is spent, void or was never made.
    #[error("this link is not valid, or no longer; ask for a new one")]
    InvalidMailToken,
    /// The current password of a change was wrong.
    #[error("some fields are wrong")]
    WrongPassword {
        /// The field that held it.
        field: &'static str,
    },
    /// The code of an enrolment was wrong.
    #[error("some fields are wrong")]
    WrongOtp,
    /// The session, or the account, is no more.
    #[error("this session has ended; please sign in again")]
    SessionEnded,
    /// A page of another site used the refresh cookie.
    #[error("requests from this origin are not accepted")]
    ForeignOrigin,
    /// There is none for this user.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// An administrator's act that is refused.
    #[error(transparent)]
    Protected(#[from] Protected),
    /// Somebody else changed it first.
    #[error("it was changed meanwhile; read it again")]
    VersionConflict,
    /// The account has a second factor already.
    #[error("a second factor is set up already; remove it first")]
    MfaEnabled,
    /// No enrolment is under way.
    #[error("no enrolment is under way; start it again")]
    NoEnrolment,
    /// More than one user may have.
    #[error("there are {0} already, which is the most")]
    TooMany(&'static str),
    /// An answer made elsewhere, passed on as it is.
    #[error("{0}")]
    Api(ApiError),
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::Unavailable(_) | Self::Busy | Self::NoSigningKey => ErrorKind::Unavailable,
            Self::Hashing(_) | Self::HashingBrokeOff | Self::Sealed(_) | Self::Signing(_) => ErrorKind::Internal,
            Self::WrongCredentials | Self::OtpRequired | Self::SessionEnded => ErrorKind::Unauthorized,
            Self::LockedOut { .. } => ErrorKind::TooMany,
            Self::AccountDisabled
            | Self::NotAdmin
            | Self::EmailUnverified
            | Self::ForeignOrigin
            | Self::Protected(Protected::NotAdmin) => ErrorKind::Forbidden,
            Self::InvalidMailToken | Self::WrongPassword { .. } | Self::WrongOtp => ErrorKind::Invalid,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Protected(_) | Self::VersionConflict | Self::MfaEnabled | Self::NoEnrolment | Self::TooMany(_) => {
                ErrorKind::Conflict
            }
            Self::Api(error) => error.kind(),
        }
    }

    fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Busy => "busy",
            Self::WrongCredentials => "invalid_credentials",
            Self::OtpRequired => "otp_required",
            Self::LockedOut { .. } => "locked_out",
            Self::AccountDisabled => "account_disabled",
            Self::NotAdmin => "not_admin",
            Self::EmailUnverified => "email_unverified",
            Self::InvalidMailToken => "invalid_token",
            Self::SessionEnded => "session_ended",
            Self::ForeignOrigin => "origin_not_allowed",
            Self::Protected(Protected::Yourself) => "cannot_change_yourself",
            Self::Protected(Protected::LastAdmin) => "last_admin",
            Self::VersionConflict => "version_conflict",
            Self::MfaEnabled => "mfa_enabled",
            Self::NoEnrolment => "no_enrolment",
            Self::TooMany(_) => "limit_reached",
            other => return Cow::Borrowed(other.kind().code()),
        })
    }

    fn fields(&self) -> Fields {
        let (field, why) = match self {
            Self::InvalidMailToken => ("token", self.to_string()),
            Self::WrongPassword { field } => (*field, "is not your password".to_owned()),
            Self::WrongOtp => ("otp", "is not the present code of your app".to_owned()),
            _ => return Fields::new(),
        };
        Fields::from([(field.to_owned(), vec![why])])
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::LockedOut { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    fn into_api_error(self) -> ApiError {
        if let Self::Api(error) = self {
            return error;
        }
        let message = match self.kind() {
            ErrorKind::Internal => {
                Cow::Borrowed("something went wrong on our side; the request id helps us to find it")
            }
            ErrorKind::Unavailable => {
                Cow::Borrowed("something that this needs is not available right now, please try again")
            }
            _ => Cow::Owned(self.to_string()),
        };
        let mut error = ApiError::new(self.kind(), message).with_code(self.code());
        for (field, reasons) in self.fields() {
            for reason in reasons {
                error = error.with_field(&field, reason);
            }
        }
        match self.retry_after() {
            Some(after) => error.with_retry_after(after),
            None => error.with_cause(self),
        }
    }
}
