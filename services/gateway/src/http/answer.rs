//! Answers of services on their way to the client: most are had whole before anything is said, long ones pass in parts.
//!
//! Of a long answer no more is held than its beginning and the part that is being written: what the client does not
//! take, the service does not get rid of. A client that goes takes the request to the service with it. Where the service
//! stops in the middle, so does the answer, without its end: no client takes a part for the whole.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{once, try_unfold},
};
use service_kit::runtime::OnRuntime;
use tokio::runtime::Handle;

use crate::{
    error::Error,
    state::{Passage, State},
};

/// An answer up to this length is had whole, so that a service that fails in the middle is an honest 503.
const HAD_WHOLE: usize = 2 * 1024 * 1024;
/// The longest answer that is taken where it has to be whole.
const MAX_WHOLE: usize = 64 * 1024 * 1024;
/// What stays inside of an answer's headers: what belongs to one connection, and what this server says itself.
const INSIDE: &[&str] = &[
    "connection",
    "content-length",
    "cross-origin-resource-policy",
    "date",
    "keep-alive",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "upgrade",
    "x-content-type-options",
    "x-request-id",
];

/// A service's answer as it came.
pub(super) struct Answer {
    /// The status.
    pub(super) status: StatusCode,
    /// What the client may see of the headers.
    pub(super) headers: HeaderMap,
    /// The body.
    pub(super) body: Bytes,
}

impl Answer {
    /// The same answer to the client.
    pub(super) fn into_answer(self) -> HttpResponse {
        let mut answer = HttpResponse::new(self.status).set_body(BoxBody::new(self.body));
        *answer.headers_mut() = self.headers;
        answer
    }
}

/// The answer of a service, begun.
pub(super) struct Begun {
    answer: Answer,
    rest: Option<Rest>,
}

/// What is still to come of an answer; the service's gate counts it for as long.
pub(super) struct Rest {
    response: reqwest::Response,
    passage: Passage,
    patience: Duration,
    runtime: Handle,
}

/// Reads a response up to its end, or to where it is too long to be had at once.
pub(super) async fn read_first(response: &mut reqwest::Response) -> Result<(Bytes, bool), Error> {
    let mut first = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        first.extend_from_slice(&chunk);
        if first.len() > HAD_WHOLE {
            return Ok((first.into(), false));
        }
    }
    Ok((first.into(), true))
}

/// A request that got no answer, without the address inside.
pub(super) fn no_answer(error: reqwest::Error) -> Error {
    Error::NoAnswer(error.without_url())
}

impl Begun {
    /// The answer whose beginning was read from `response`.
    pub(super) fn new(
        state: &State,
        response: reqwest::Response,
        (first, is_whole): (Bytes, bool),
        passage: Passage,
    ) -> Result<Self, Error> {
        let status = StatusCode::from_u16(response.status().as_u16()).map_err(|_| Error::NoStatus);
        let answer = status.map(|status| Answer {
            status,
            headers: outward(response.headers()),
            body: first,
        });
        let rest = if is_whole || answer.is_err() {
            passage.settle(answer.is_ok());
            None
        } else {
            passage.answers();
            Some(Rest {
                response,
                passage,
                patience: state.config.upstream_timeout(),
                runtime: state.context.runtime.clone(),
            })
        };
        Ok(Self { answer: answer?, rest })
    }

    /// Whether all of it is there.
    pub(super) fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// All of it, if it is not longer than what may be held.
    pub(super) async fn whole(self) -> Result<Answer, Error> {
        let Self { mut answer, rest } = self;
        let Some(mut rest) = rest else {
            return Ok(answer);
        };
        let mut body = Vec::from(answer.body);
        while let Some(part) = rest.next().await? {
            if body.len() + part.len() > MAX_WHOLE {
                return Err(Error::TooLong);
            }
            body.extend_from_slice(&part);
        }
        answer.body = body.into();
        Ok(answer)
    }

    /// The same answer to the client, as it comes.
    pub(super) fn into_passing(self) -> HttpResponse {
        let Self { answer, rest } = self;
        let Some(rest) = rest else {
            return answer.into_answer();
        };
        let first = once(std::future::ready(Ok::<_, Error>(answer.body)));
        let parts = try_unfold(rest, |mut rest| async move {
            let part = rest.next().await.inspect_err(|error| {
                tracing::warn!(%error, "an answer was cut off");
            })?;
            Ok::<_, Error>(part.map(|part| (part, rest)))
        });
        let mut passing = HttpResponse::build(answer.status).streaming(first.chain(parts));
        *passing.headers_mut() = answer.headers;
        passing
    }
}

impl Rest {
    /// The next part; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let reading = tokio::time::timeout(self.patience, self.response.chunk());
        match OnRuntime::new(self.runtime.clone(), reading).await {
            Ok(Ok(part)) => Ok(part),
            Ok(Err(error)) => {
                self.passage.fails();
                Err(no_answer(error))
            }
            Err(_) => {
                self.passage.fails();
                Err(Error::TooSlow(self.patience))
            }
        }
    }
}

fn outward(from: &reqwest::header::HeaderMap) -> HeaderMap {
    let mut to = HeaderMap::new();
    for (name, value) in from {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value)
            && !INSIDE.contains(&name.as_str())
        {
            to.append(name, value);
        }
    }
    to
}
