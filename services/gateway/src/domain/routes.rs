//! Which service answers a path, and how such requests are counted.

use super::guard::{self, Importance};

/// How requests of a kind are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Registration, sign-in, reset: few, by address.
    Doors,
    /// Reads of the market: many, by address, whoever asks.
    Public,
    /// Everything else: by user, or by address where nobody is signed in.
    Rest,
}

/// First parts of paths, and who answers below them.
const OWNERS: &[(&str, &str)] = &[
    ("/api/auth/", "auth"),
    ("/.well-known/jwks.json", "auth"),
    ("/api/assets/", "market-data"),
    ("/api/price-history/", "market-data"),
    ("/api/ohlc/", "market-data"),
    ("/api/indicators/", "market-data"),
    ("/api/heatmap/", "market-data"),
    ("/api/movers/", "market-data"),
    ("/api/market/", "market-data"),
    ("/api/alerts/", "alerts"),
    ("/api/notifications/", "notifier"),
    ("/api/virtual-portfolio/", "portfolio"),
    ("/api/watchlists/", "portfolio"),
    ("/api/admin/users/", "auth"),
    ("/api/admin/audit/", "auth"),
    ("/api/admin/sources/", "market-data"),
    ("/api/admin/assets/", "market-data"),
    ("/api/admin/transactions/", "portfolio"),
];

const DOORS: &[&str] = &[
    "/api/auth/register/",
    "/api/auth/login/",
    "/api/auth/admin-login/",
    "/api/auth/password-reset/",
];

const TRADES: &[&str] = &["/api/virtual-portfolio/trades/", "/api/virtual-portfolio/orders/"];

/// Doors that one can stand before with a token that has run out.
const STRANGERS: &[&str] = &["/api/auth/refresh/", "/api/auth/logout/", "/api/auth/verify-email/"];

/// What there is to know of a path at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The service that answers it; `None` where nothing is, or the gateway itself.
    pub owner: Option<&'static str>,
    /// How requests for it are counted.
    pub class: Class,
    /// It is a read of the market whose answer is the same for all for a moment.
    pub is_shared: bool,
    /// It is for those who are not signed in (any more): a token that counts for nothing is no hindrance there.
    pub is_for_strangers: bool,
    is_of_trades: bool,
}

impl Place {
    /// What there is to know of `path`.
    pub fn of(path: &str) -> Self {
        let found = OWNERS.iter().find(|(place, _)| is_below(path, place));
        let owner = found.filter(|_| !is_crooked(path)).map(|(_, service)| *service);
        let is_market = owner == Some("market-data") && !path.starts_with("/api/admin/");
        let is_door = DOORS.iter().any(|door| is_below(path, door));
        Self {
            owner,
            class: match (is_door, is_market) {
                (true, _) => Class::Doors,
                (_, true) => Class::Public,
                _ => Class::Rest,
            },
            // Whoever looks at the state of the providers wants the one of now.
            is_shared: is_market && !is_at(path, "/api/market/status/"),
            is_for_strangers: is_door || STRANGERS.iter().any(|place| is_at(path, place)),
            is_of_trades: TRADES.iter().any(|place| is_below(path, place)),
        }
    }

    /// Through which gate requests for it go: that of its service, or that of the doors. There a hash takes long by its
    /// nature, and auth sends away by itself whom it has no turn for; those who are in shall not wait behind.
    pub fn gate(&self) -> Option<&'static str> {
        match self.class {
            Class::Doors => self.owner.and(Some(guard::DOORS)),
            _ => self.owner,
        }
    }

    /// How much it matters that a request with this method is answered when not all can be.
    pub fn importance(&self, method: &str) -> Importance {
        if self.is_for_strangers || (self.is_of_trades && method != "GET") {
            Importance::High
        } else if self.is_shared {
            Importance::Low
        } else {
            Importance::Normal
        }
    }
}

/// With and without the slash at the end is the same place.
fn is_at(path: &str, place: &str) -> bool {
    bare(path) == bare(place)
}

fn is_below(path: &str, place: &str) -> bool {
    let rest = path.strip_prefix(bare(place));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn bare(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// A part that leads elsewhere, or inside.
fn is_crooked(path: &str) -> bool {
    let parts = bare(path.strip_prefix('/').unwrap_or(path)).split('/');
    parts
        .into_iter()
        .any(|part| matches!(part, "" | "." | ".." | "internal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn importance(method: &str, path: &str) -> Importance {
        Place::of(path).importance(method)
    }

    #[test]
    fn paths_go_to_their_service_with_and_without_a_slash() {
        assert_eq!(Place::of("/api/assets").owner, Some("market-data"));
        assert_eq!(Place::of("/api/assets/BTC/price/").owner, Some("market-data"));
        assert_eq!(Place::of("/api/alerts/history").owner, Some("alerts"));
        assert_eq!(Place::of("/.well-known/jwks.json").owner, Some("auth"));
        assert_eq!(Place::of("/api/watchlists/").owner, Some("portfolio"));
    }

    #[test]
    fn reliability_53_who_signs_in_takes_no_room_from_those_who_are_in() {
        assert_eq!(Place::of("/api/auth/login/").gate(), Some(guard::DOORS));
        assert_eq!(Place::of("/api/auth/me/").gate(), Some("auth"));
        assert_eq!(Place::of("/api/alerts/").gate(), Some("alerts"));
        assert_eq!(Place::of("/api/nothing/").gate(), None);
    }

    #[test]
    fn reliability_47_internal_and_crooked_paths_lead_nowhere() {
        for path in [
            "/internal/users",
            "/api/alerts/internal/stats",
            "/api/alerts/internal",
            "/api/alerts/..",
            "/api/alerts/./",
            "/api/alerts//",
            "//api/alerts/",
            "/api/auth/../internal/users",
            "/api/auth//login",
            "/api/assetsx",
            "/metrics",
            "/",
        ] {
            assert_eq!(Place::of(path).owner, None, "{path}");
        }
    }

    #[test]
    fn password_doors_are_counted_apart() {
        assert_eq!(Place::of("/api/auth/login").class, Class::Doors);
        assert_eq!(Place::of("/api/auth/password-reset/confirm/").class, Class::Doors);
        assert_eq!(Place::of("/api/auth/me/").class, Class::Rest);
    }

    #[test]
    fn reads_of_the_market_are_counted_apart_from_what_is_a_users_own() {
        for path in ["/api/assets", "/api/ohlc/BTC/", "/api/market/status/"] {
            assert_eq!(Place::of(path).class, Class::Public, "{path}");
        }
        for path in ["/api/alerts/", "/api/admin/assets/", "/api/admin/sources/kraken/"] {
            assert_eq!(Place::of(path).class, Class::Rest, "{path}");
        }
    }

    #[test]
    fn trades_and_sign_ins_matter_most_and_public_reads_least() {
        assert_eq!(importance("POST", "/api/virtual-portfolio/trades"), Importance::High);
        assert_eq!(
            importance("DELETE", "/api/virtual-portfolio/orders/x/"),
            Importance::High
        );
        assert_eq!(importance("GET", "/api/virtual-portfolio/trades/"), Importance::Normal);
        assert_eq!(importance("POST", "/api/auth/login/"), Importance::High);
        assert_eq!(importance("GET", "/api/assets/BTC/price/"), Importance::Low);
        assert_eq!(importance("GET", "/api/market/status"), Importance::Normal);
        assert_eq!(importance("PATCH", "/api/admin/assets/bitcoin/"), Importance::Normal);
        assert_eq!(importance("POST", "/api/alerts/"), Importance::Normal);
    }

    #[test]
    fn an_old_token_does_not_keep_anybody_from_signing_in_or_out() {
        for path in [
            "/api/auth/login/",
            "/api/auth/refresh",
            "/api/auth/logout/",
            "/api/auth/register/",
        ] {
            assert!(Place::of(path).is_for_strangers, "{path}");
        }
        for path in ["/api/auth/me/", "/api/assets/", "/api/auth/sessions/"] {
            assert!(!Place::of(path).is_for_strangers, "{path}");
        }
    }
}
