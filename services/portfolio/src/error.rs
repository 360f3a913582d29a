//! What can go wrong here, and what the client is told of it.

use std::borrow::Cow;

use domain::InvalidAsset;
use rust_decimal::Decimal;
use service_kit::{ApiError, ErrorKind, Fields, IntoApiError, db::Unavailable};

use crate::domain::{
    amount::Overflow,
    book::WrongBooking,
    fill::{NoFill, Size},
    journal::WrongEntry,
    order::Refusal,
    prices::NoPrice,
};

/// The field of a trade that says how much cash it moves.
const QUOTE_AMOUNT: &str = "quote_amount";

/// A failure of this service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] diesel::result::Error),
    /// The database is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The assets have not been read since the start.
    #[error("the assets are not known yet")]
    AssetsUnknown,
    /// No price to fill at.
    #[error(transparent)]
    NoPrice(#[from] NoPrice),
    /// Not enough free cash.
    #[error("this needs {needed} USD and {available} USD are available")]
    InsufficientFunds {
        /// What it would cost.
        needed: Decimal,
        /// What there is.
        available: Decimal,
    },
    /// Not enough of the asset.
    #[error("this needs {needed} of the asset and {available} are available")]
    InsufficientHolding {
        /// What would be sold.
        needed: Decimal,
        /// What there is.
        available: Decimal,
    },
    /// Worth too little.
    #[error("an order must be worth {least} USD or more")]
    BelowMinimum {
        /// The least that it must be worth.
        least: Decimal,
        /// Which field says how much it is.
        field: &'static str,
    },
    /// The price is further away than the client allows.
    #[error("the fill would be {pct} % from the last price, more than max_slippage_pct allows")]
    SlippageExceeded {
        /// How far it is.
        pct: Decimal,
    },
    /// No such thing for this user.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The order has ended.
    #[error("the order is {0} and cannot be cancelled")]
    OrderFinal(String),
    /// The name stands for another order.
    #[error("client_order_id was used for another order")]
    ClientOrderIdReused,
    /// Somebody else changed it first.
    #[error("it was changed meanwhile; read it again")]
    VersionConflict,
    /// The name is in use.
    #[error("there is a watchlist of this name already")]
    NameTaken,
    /// More than one user may have.
    #[error("there are as many {0} as there may be")]
    TooMany(&'static str),
    /// A field of the request is wrong.
    #[error("some fields are wrong")]
    Invalid {
        /// Which.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// An answer made elsewhere, passed on as it is.
    #[error("{0}")]
    Api(ApiError),
    /// The account is gone.
    #[error("the account is gone")]
    Forgotten,
    /// The book was closed while the request waited for it, again and again.
    #[error("the portfolio was reset meanwhile, try again")]
    Busy,
    /// The core refused what the rules should have caught before.
    #[error("the booking is refused")]
    Booking(#[from] WrongBooking),
    /// Postings that do not balance.
    #[error("the entry is refused")]
    Entry(#[from] WrongEntry),
    /// The id of a stored asset cannot be read.
    #[error("the id of an asset cannot be read")]
    Asset(#[from] InvalidAsset),
    /// A stored document cannot be read, or not be written.
    #[error("{what} cannot be read or written")]
    Stored {
        /// Which.
        what: &'static str,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// A stored value that cannot be read.
    #[error("{0} cannot be read")]
    Corrupt(&'static str),
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<Overflow> for Error {
    fn from(overflow: Overflow) -> Self {
        Self::Invalid {
            field: "quantity",
            why: overflow.to_string(),
        }
    }
}

impl From<NoFill> for Error {
    fn from(refusal: NoFill) -> Self {
        match refusal {
            NoFill::BelowMinimum(least) => Self::BelowMinimum {
                least,
                field: "quantity",
            },
            NoFill::Slippage(pct) => Self::SlippageExceeded { pct },
            NoFill::Overflow(overflow) => overflow.into(),
        }
    }
}

impl Error {
    /// Whether the database failed, so that another try may fare better.
    pub fn is_of_database(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Unavailable(_))
    }

    /// A document that cannot be read, or not be written.
    pub fn stored(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |cause| Self::Stored { what, cause }
    }

    /// There is no fill of this size; told at the field that gave it.
    pub fn of_size(refusal: NoFill, size: Size) -> Self {
        match (Self::from(refusal), size) {
            (Self::BelowMinimum { least, .. }, Size::Quote(_)) => Self::BelowMinimum {
                least,
                field: QUOTE_AMOUNT,
            },
            (Self::Invalid { why, .. }, Size::Quote(_)) => Self::Invalid {
                field: QUOTE_AMOUNT,
                why,
            },
            (error, _) => error,
        }
    }

    /// A refused order; `no_price` says why there was no fresh price.
    pub fn refused(refusal: Refusal, no_price: Option<NoPrice>) -> Self {
        match refusal {
            Refusal::WrongSide(..) => Self::Invalid {
                field: "stop_price",
                why: refusal.to_string(),
            },
            Refusal::NeedsPrice => Self::NoPrice(no_price.unwrap_or(NoPrice::Missing)),
            Refusal::NoFill(no_fill) => no_fill.into(),
        }
    }
}

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::Unavailable(error) => error.kind(),
            Self::AssetsUnknown => ErrorKind::Unavailable,
            Self::NotFound(_) | Self::Forgotten => ErrorKind::NotFound,
            Self::BelowMinimum { .. } | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::NoPrice(_)
            | Self::InsufficientFunds { .. }
            | Self::InsufficientHolding { .. }
            | Self::SlippageExceeded { .. }
            | Self::OrderFinal(_)
            | Self::ClientOrderIdReused
            | Self::VersionConflict
            | Self::NameTaken
            | Self::TooMany(_)
            | Self::Busy => ErrorKind::Conflict,
            Self::Booking(WrongBooking::Overflow(_)) => ErrorKind::Invalid,
            Self::Api(error) => error.kind(),
            Self::Booking(_) | Self::Entry(_) | Self::Asset(_) | Self::Stored { .. } | Self::Corrupt(_) => {
                ErrorKind::Internal
            }
        }
    }

    fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoPrice(NoPrice::Missing) => "no_price",
            Self::NoPrice(NoPrice::Stale { .. }) => "stale_price",
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::InsufficientHolding { .. } => "insufficient_holding",
            Self::BelowMinimum { .. } => "below_min_notional",
            Self::SlippageExceeded { .. } => "max_slippage_exceeded",
            Self::OrderFinal(_) => "order_final",
            Self::ClientOrderIdReused => "client_order_id_reused",
            Self::VersionConflict => "version_conflict",
            Self::NameTaken => "name_taken",
            Self::TooMany(_) => "limit_reached",
            Self::Busy => "portfolio_busy",
            other => return Cow::Borrowed(other.kind().code()),
        })
    }

    fn fields(&self) -> Fields {
        match self {
            Self::Invalid { field, why } => Fields::from([((*field).to_owned(), vec![why.clone()])]),
            Self::BelowMinimum { field, .. } => Fields::from([((*field).to_owned(), vec![self.to_string()])]),
            Self::Booking(WrongBooking::Overflow(overflow)) => {
                Fields::from([("quantity".to_owned(), vec![overflow.to_string()])])
            }
            _ => Fields::new(),
        }
    }

    fn into_api_error(self) -> ApiError {
        if let Self::Api(error) = self {
            return error;
        }
        let kind = self.kind();
        let mut error = ApiError::new(
            kind,
            if kind.is_ours() {
                plain_fault(kind)
            } else {
                Cow::Owned(self.to_string())
            },
        )
        .with_code(self.code());
        for (field, reasons) in self.fields() {
            for reason in reasons {
                error = error.with_field(&field, reason);
            }
        }
        error.with_cause(self)
    }
}

fn plain_fault(kind: ErrorKind) -> Cow<'static, str> {
    Cow::Borrowed(if kind == ErrorKind::Unavailable {
        "something that this needs is not available right now, please try again"
    } else {
        "something went wrong on our side; the request id helps us to find it"
    })
}
