//! The cookie that holds a browser's refresh token.
//!
//! `__Host-` makes browsers insist on `Secure`, `Path=/` and no `Domain`. They take a `Secure` cookie over plain HTTP
//! from `localhost` and `127.0.0.1` (Chrome and Firefox do, Safari does not), so development needs no certificate.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as CookieAge},
    http::header::HeaderValue,
};
use secrecy::{ExposeSecret, SecretString};

/// Its name.
pub const REFRESH_COOKIE: &str = "__Host-candlewick-refresh";

/// The token in a request's cookie.
pub fn read(request: &HttpRequest) -> Option<String> {
    request
        .cookie(REFRESH_COOKIE)
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty())
}

/// The header that hands a token to the browser.
pub fn set(token: &SecretString, lifetime: std::time::Duration) -> Option<HeaderValue> {
    let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    header(token.expose_secret(), CookieAge::seconds(seconds))
}

/// The header that takes it away.
pub fn clear() -> Option<HeaderValue> {
    header("", CookieAge::ZERO)
}

fn header(value: &str, age: CookieAge) -> Option<HeaderValue> {
    let cookie = Cookie::build(REFRESH_COOKIE, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(age)
        .finish();
    // A token is base64url, which every header may hold.
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_57_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts() {
        let header = set(&"cwr_abc".into(), std::time::Duration::from_secs(60)).expect("header");
        assert_eq!(
            header.to_str().expect("text"),
            "__Host-candlewick-refresh=cwr_abc; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60"
        );
        assert!(clear().expect("header").to_str().expect("text").contains("Max-Age=0"));
    }
}
