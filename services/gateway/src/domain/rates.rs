//! How many requests are allowed, and what the answer says about it.

use std::time::Duration;

/// The window in which requests are counted.
pub const WINDOW: Duration = Duration::from_secs(60);

/// What counting a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many are allowed in a window.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// When the window ends.
    pub resets_in: Duration,
    /// Whether this request may pass.
    pub is_allowed: bool,
}

/// The standing after the `count`-th request of a window.
pub fn standing(limit: u64, count: u64, resets_in: Duration) -> Standing {
    Standing {
        limit,
        remaining: limit.saturating_sub(count),
        resets_in,
        is_allowed: count <= limit,
    }
}

impl Standing {
    /// The rest of the window in whole seconds, at least one.
    pub fn seconds(&self) -> u64 {
        self.resets_in.as_secs_f64().ceil().max(1.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_allowed_request_leaves_none() {
        let resets_in = Duration::from_millis(1_200);
        assert_eq!(
            standing(20, 20, resets_in),
            Standing {
                limit: 20,
                remaining: 0,
                resets_in,
                is_allowed: true
            }
        );
        assert!(!standing(20, 21, resets_in).is_allowed);
        assert_eq!(standing(20, 21, resets_in).seconds(), 2);
    }
}
