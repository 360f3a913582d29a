//! The ways out of the platform. Each sends one message once and says how it went; tries are counted elsewhere.

pub mod guard;
pub mod mail;
mod web;

use std::time::Duration;

pub use web::{WebMessage, WebSenders};

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendFailure {
    /// Whether trying again can help.
    pub is_temporary: bool,
    /// What the user reads: our words and the other side's status, never its text.
    pub reason: String,
    /// The other side asked to wait so long.
    pub retry_after: Option<Duration>,
    /// The other side asked never to be called again.
    pub is_gone: bool,
}

impl SendFailure {
    /// It may work later.
    pub fn temporary(reason: impl Into<String>) -> Self {
        Self {
            is_temporary: true,
            reason: reason.into(),
            retry_after: None,
            is_gone: false,
        }
    }

    /// It won't.
    pub fn permanent(reason: impl Into<String>) -> Self {
        Self {
            is_temporary: false,
            reason: reason.into(),
            retry_after: None,
            is_gone: false,
        }
    }
}
