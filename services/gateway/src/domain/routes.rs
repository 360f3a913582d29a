//! Which service answers a path, and how such requests are counted.

/// How requests of a kind are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Registration, sign-in, reset: few, by address.
    Doors,
    /// Everything else: by user, or by address where nobody is signed in.
    Rest,
}

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The service that answers.
    pub service: &'static str,
    /// How it is counted.
    pub class: Class,
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

/// Where a request for `path` goes; `None` where nothing is.
pub fn route(path: &str) -> Option<Route> {
    // With and without the slash at the end is the same place.
    let path = format!("{}/", path.strip_suffix('/').unwrap_or(path));
    if path.contains("/internal/") || path.contains("/../") || path.contains("/./") || path.contains("//") {
        return None;
    }
    let (_, service) = OWNERS
        .iter()
        .find(|(prefix, _)| path.starts_with(&format!("{}/", prefix.trim_end_matches('/'))))?;
    let class = if DOORS.iter().any(|door| path.starts_with(door)) {
        Class::Doors
    } else {
        Class::Rest
    };
    Some(Route { service, class })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(path: &str) -> Option<&'static str> {
        route(path).map(|route| route.service)
    }

    #[test]
    fn paths_go_to_their_service_with_and_without_a_slash() {
        assert_eq!(service("/api/assets"), Some("market-data"));
        assert_eq!(service("/api/assets/BTC/price/"), Some("market-data"));
        assert_eq!(service("/api/alerts/history"), Some("alerts"));
        assert_eq!(service("/.well-known/jwks.json"), Some("auth"));
        assert_eq!(service("/api/watchlists/"), Some("portfolio"));
    }

    #[test]
    fn reliability_47_internal_and_crooked_paths_lead_nowhere() {
        for path in [
            "/internal/users",
            "/api/alerts/internal/stats",
            "/api/auth/../internal/users",
            "/api/auth//login",
            "/api/assetsx",
            "/metrics",
            "/",
        ] {
            assert_eq!(service(path), None, "{path}");
        }
    }

    #[test]
    fn password_doors_are_counted_apart() {
        assert_eq!(route("/api/auth/login").map(|route| route.class), Some(Class::Doors));
        assert_eq!(
            route("/api/auth/password-reset/confirm/").map(|route| route.class),
            Some(Class::Doors)
        );
        assert_eq!(route("/api/auth/me/").map(|route| route.class), Some(Class::Rest));
    }
}
