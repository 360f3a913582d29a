//! What may be wrong with a row.

use std::{borrow::Cow, fmt};

/// Why a row cannot be booked: a code for programs, a text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// What it is, with the figures of the row.
    pub text: Cow<'static, str>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The kinds of faults. Their codes stay as they are: other languages are told by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It is no row of a CSV file.
    UnreadableRow,
    /// A cell is empty that must not be.
    MissingCell,
    /// A number cannot be read, or cannot be one of a fill.
    WrongNumber,
    /// A time cannot be read.
    WrongTime,
    /// A cell says something else than its column may.
    WrongCell,
    /// The pair cannot be taken apart.
    UnknownPair,
    /// It was traded against something that does not count as US dollars.
    OtherCurrency,
    /// Its figures contradict each other.
    WrongSum,
    /// No asset here has that name.
    UnknownAsset,
    /// It lies in the future.
    InFuture,
    /// It sells more than is held and free then.
    MoreThanHeld,
    /// It is worth less than a cent.
    TooSmall,
    /// It, or what it adds up to, is above a limit.
    TooLarge,
}

impl FaultKind {
    /// Its code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnreadableRow => "unreadable_row",
            Self::MissingCell => "missing_cell",
            Self::WrongNumber => "wrong_number",
            Self::WrongTime => "wrong_time",
            Self::WrongCell => "wrong_cell",
            Self::UnknownPair => "unknown_pair",
            Self::OtherCurrency => "other_currency",
            Self::WrongSum => "wrong_sum",
            Self::UnknownAsset => "unknown_asset",
            Self::InFuture => "in_future",
            Self::MoreThanHeld => "more_than_held",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
        }
    }

    /// A fault of this kind.
    pub fn because(self, text: impl Into<Cow<'static, str>>) -> Fault {
        Fault {
            kind: self,
            text: text.into(),
        }
    }
}
