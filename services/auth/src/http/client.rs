//! Where a request came from.

use std::{
    future::{Ready, ready},
    net::IpAddr,
    pin::Pin,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, ORIGIN, USER_AGENT},
};
use serde::de::DeserializeOwned;
use service_kit::{
    ApiError, ApiResult,
    http::{Json, read_body},
    identity::AnyCaller,
};

use crate::{domain::profile::Locale, error::Error, store::Origin};

/// The client's address, as the gateway saw it. Believed only beside a valid internal token: only the gateway and
/// services hold one, and the gateway strips the header from what comes from outside.
pub const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("x-candlewick-client-addr");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MAX_USER_AGENT: usize = 200;

/// The address and program of whoever is behind a request.
pub struct Client(pub Origin);

impl FromRequest for Client {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let has_token = AnyCaller::from_request(request, payload).into_inner();
        ready(has_token.map(|_| Self(origin_of(request.headers()))))
    }
}

fn origin_of(headers: &HeaderMap) -> Origin {
    let address = text(headers, &CLIENT_ADDRESS).and_then(|text| text.parse::<IpAddr>().ok());
    let user_agent = text(headers, &USER_AGENT).unwrap_or_default();
    Origin {
        address: address.map_or_else(|| "unknown".to_owned(), |address| address.to_string()),
        user_agent: user_agent
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_USER_AGENT)
            .collect(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Which page, if any, sent a request: browsers say so, and pages can't change it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    origin: Option<String>,
    site: Option<String>,
}

impl Page {
    /// Whether a browser sent the request.
    pub fn is_browser(&self) -> bool {
        self.origin.is_some()
    }

    /// Refuses whatever a page of another site could have sent with the cookie of our user.
    pub fn check_own(&self, allowed: &[String]) -> Result<(), Error> {
        let is_ours = self
            .origin
            .as_deref()
            .is_some_and(|origin| allowed.iter().any(|known| known.eq_ignore_ascii_case(origin)));
        let is_same_site = self
            .site
            .as_deref()
            .is_none_or(|site| matches!(site, "same-origin" | "same-site"));
        if is_ours && is_same_site {
            Ok(())
        } else {
            Err(Error::ForeignOrigin)
        }
    }
}

impl FromRequest for Page {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // A header that is no text is some other page's: kept as one that nobody has.
        let read = |name: &HeaderName| {
            request
                .headers()
                .get(name)
                .map(|value| value.to_str().map_or_else(|_| "unreadable".to_owned(), str::to_owned))
        };
        ready(Ok(Self {
            origin: read(&ORIGIN),
            site: read(&FETCH_SITE),
        }))
    }
}

/// The first language that the client asks for.
pub struct Language(pub Locale);

impl FromRequest for Language {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let first = text(request.headers(), &ACCEPT_LANGUAGE)
            .and_then(|list| list.split([',', ';']).next())
            .map(Locale::parse);
        ready(Ok(Self(first.and_then(Result::ok).unwrap_or_default())))
    }
}

/// A JSON body that may be left out.
pub struct MaybeJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for MaybeJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let body = read_body(&request, payload).await?;
            if body.is_empty() {
                return Ok(Self(None));
            }
            let Json(value) = Json::from_request(&request, &mut Payload::from(body)).await?;
            Ok(Self(Some(value)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(origin: Option<&str>, site: Option<&str>) -> Page {
        Page {
            origin: origin.map(str::to_owned),
            site: site.map(str::to_owned),
        }
    }

    #[test]
    fn reliability_57_only_our_own_pages_use_the_cookie() {
        let allowed = ["https://candlewick.example".to_owned()];
        for (origin, site) in [
            (Some("https://candlewick.example"), None),
            (Some("https://candlewick.example"), Some("same-origin")),
            (Some("https://Candlewick.example"), Some("same-site")),
        ] {
            assert!(page(origin, site).check_own(&allowed).is_ok(), "{origin:?} {site:?}");
        }
        for (origin, site) in [
            (None, None),
            (None, Some("same-origin")),
            (Some("null"), None),
            (Some("https://evil.example"), None),
            (Some("https://candlewick.example.evil.example"), None),
            (Some("http://candlewick.example"), None),
            (Some("https://candlewick.example"), Some("cross-site")),
            (Some("https://candlewick.example"), Some("none")),
        ] {
            assert!(page(origin, site).check_own(&allowed).is_err(), "{origin:?} {site:?}");
        }
    }
}
