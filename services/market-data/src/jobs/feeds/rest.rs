//! A provider that is asked over HTTP: one client with one budget, however many reasons there are to ask.

use std::{
    error::Error as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::{Source, Timestamp};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, StatusCode, header::RETRY_AFTER, redirect::Policy};
use service_kit::client::http_client;

use crate::{
    domain::providers::budget::{Budget, retry_after},
    error::{Error, Result},
    state::State,
};

const DEADLINE: Duration = Duration::from_secs(10);
/// No answer is longer once unpacked.
const MAX_BODY: usize = 4 << 20;
/// Waits are cut into such steps, so that another period is noticed.
const STEP: Duration = Duration::from_secs(10);

/// Why a request gave nothing.
#[derive(Debug)]
pub struct Failed {
    /// For people.
    pub why: String,
    /// The answer's status, where there was an answer.
    pub status: Option<u16>,
    retry_after: Option<Duration>,
    reason: Reason,
}

/// What a failure is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// It was not asked at all.
    NotAsked,
    /// No connection, or none that can be trusted.
    Connection,
    Timeout,
    Status,
    Cut,
    TooLong,
    Unreadable,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Status => "status",
            Self::Cut => "cut",
            Self::TooLong => "too_long",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Failed {
    fn because(reason: Reason, why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            status: None,
            retry_after: None,
            reason,
        }
    }

    /// What the client complains of. The outermost error alone says no more of an expired certificate than that a request
    /// could not be sent.
    fn of(error: reqwest::Error, otherwise: Reason) -> Self {
        let reason = if error.is_timeout() { Reason::Timeout } else { otherwise };
        let error = error.without_url();
        let mut innermost = error.source();
        while let Some(deeper) = innermost.and_then(|cause| cause.source()) {
            innermost = Some(deeper);
        }
        let why = innermost.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        Self::because(reason, why)
    }

    /// Whether it is about what was asked for, and not about how the provider fares.
    pub fn is_refusal(&self) -> bool {
        matches!(self.status, Some(400 | 404 | 422))
    }
}

/// A provider that is asked over HTTP.
pub struct Rest {
    source: Source,
    client: Client,
    budget: Mutex<Budget>,
}

impl Rest {
    /// One that may be polled once in each `period`.
    pub fn new(source: Source, period: Duration) -> Result<Self> {
        let client = client().build().map_err(|error| Error::Feed(error.to_string()))?;
        let budget = Mutex::new(Budget::new(period));
        Ok(Self { source, client, budget })
    }

    /// The right to ask it.
    pub fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beginning of a request.
    pub fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url)
    }

    /// Asks at once and reads the answer; what came of it counts for the budget. An error page is a failure as well.
    pub async fn poll<T>(
        &self,
        state: &State,
        request: RequestBuilder,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failed> {
        self.budget().asks(Instant::now());
        let outcome = self.ask(state, request, read).await;
        match &outcome {
            Ok(_) => self.budget().succeeded(Instant::now()),
            Err(failed) => self.failed(failed),
        }
        outcome
    }

    /// Asks for one thing at once and reads the answer. A provider that does not know it has answered, and that says nothing
    /// against the provider.
    pub async fn ask_for<T>(
        &self,
        state: &State,
        request: RequestBuilder,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failed> {
        self.budget().asks(Instant::now());
        let outcome = self.ask(state, request, read).await;
        match &outcome {
            Err(failed) if !failed.is_refusal() => self.failed(failed),
            _ => self.budget().succeeded(Instant::now()),
        }
        outcome
    }

    /// Asks as soon as the budget allows something besides polls, and reads the answer.
    pub async fn ask_between<T>(
        &self,
        state: &State,
        request: RequestBuilder,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Result<T, Failed>> {
        loop {
            let wait = {
                let mut budget = self.budget();
                let wait = budget.wait_between(Instant::now());
                if wait == Some(Duration::ZERO) {
                    budget.asks(Instant::now());
                }
                wait
            };
            match wait {
                Some(Duration::ZERO) => break,
                Some(wait) => state.pause(wait.min(STEP)).await?,
                None => return Ok(Err(Failed::because(Reason::NotAsked, "it is not well at present"))),
            }
        }
        let outcome = self.ask(state, request, read).await;
        if let Err(failed) = &outcome
            && !failed.is_refusal()
        {
            self.failed(failed);
        }
        Ok(outcome)
    }

    /// Asks as soon as the budget allows it, where nobody polls; reads the answer.
    pub async fn ask_alone<T>(
        &self,
        state: &State,
        request: RequestBuilder,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Result<T, Failed>> {
        let wait = self.budget().wait(Instant::now());
        if wait > STEP {
            return Ok(Err(Failed::because(Reason::NotAsked, "it is left alone for a while")));
        }
        state.pause(wait).await?;
        Ok(self.ask_for(state, request, read).await)
    }

    async fn ask<T>(
        &self,
        state: &State,
        request: RequestBuilder,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failed> {
        let body = ask(request, || state.now()).await;
        let unreadable = || Failed::because(Reason::Unreadable, "the answer is something else");
        let outcome = body.and_then(|body| read(&body).ok_or_else(unreadable));
        if let Err(failed) = &outcome {
            let labels = [self.source.as_str(), failed.reason.as_str()];
            state.metrics.failed_requests.with_label_values(&labels).inc();
        }
        outcome
    }

    fn failed(&self, failed: &Failed) {
        self.budget().failed(Instant::now(), failed.retry_after, rand::random());
    }
}

fn client() -> ClientBuilder {
    http_client()
        .timeout(DEADLINE)
        .connect_timeout(Duration::from_secs(5))
        .redirect(Policy::none())
        .user_agent("candlewick")
}

async fn ask(request: RequestBuilder, now: impl Fn() -> Timestamp) -> Result<String, Failed> {
    let answer = request
        .send()
        .await
        .map_err(|error| Failed::of(error, Reason::Connection))?;
    let status = answer.status();
    if status != StatusCode::OK {
        let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| retry_after(value, now()));
        return Err(Failed {
            why: format!("status {}", status.as_u16()),
            status: Some(status.as_u16()),
            retry_after,
            reason: Reason::Status,
        });
    }
    body_of(answer).await
}

/// The body, as long as it is not longer than it may be; a small packed one can be huge.
async fn body_of(mut answer: Response) -> Result<String, Failed> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Failed::of(error, Reason::Cut))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Failed::because(Reason::TooLong, "the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| Failed::because(Reason::Unreadable, "the answer is no text"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use futures_util::future::join_all;
    use test_kit::{ProviderStub, Reply};

    use super::{super::tls_stub::TlsStub, *};

    /// Some megabytes that unpack to gigabytes.
    fn bomb() -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 16 << 20]).expect("gzip");
        encoder.finish().expect("gzip").repeat(640)
    }

    fn peak_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("status");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("VmHWM");
        line.split_whitespace()
            .nth(1)
            .and_then(|text| text.parse().ok())
            .expect("a number")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn reliability_39_hostile_answers_are_failures_within_bounds_of_time_and_memory() {
        let private = ProviderStub::start(|_| Reply::json("[]")).await;
        let location = format!("location: {}/secret\r\n", private.url());
        let unpacks = "content-encoding: gzip\r\ncontent-type: application/json\r\n";
        let replies = vec![
            (
                Reply::status("418 I'm a teapot", "retry-after: 7\r\n", "{}"),
                "status 418",
                Reason::Status,
            ),
            (
                Reply::status("429 Too Many Requests", "", "<html>"),
                "status 429",
                Reason::Status,
            ),
            (
                Reply::status("503 Service Unavailable", "", ""),
                "status 503",
                Reason::Status,
            ),
            (Reply::status("302 Found", &location, ""), "status 302", Reason::Status),
            (Reply::Cut("[1, 2, 3".to_owned()), "error decoding", Reason::Cut),
            (
                Reply::Answer {
                    status: "200 OK",
                    headers: unpacks.to_owned(),
                    body: bomb(),
                },
                "the answer is too long",
                Reason::TooLong,
            ),
            (Reply::Endless, "the answer is too long", Reason::TooLong),
            (Reply::Drip, "error decoding", Reason::Timeout),
            (Reply::Silence, "error sending", Reason::Timeout),
        ];
        let client = client().build().expect("a client");
        let (before, began) = (peak_kib(), Instant::now());
        let asked = replies.into_iter().map(async |(reply, why, reason)| {
            let name = format!("{reply:.60?}");
            let stub = ProviderStub::start(move |_| reply.clone()).await;
            let now = || Timestamp::from_millis(0).expect("time");
            let failed = ask(client.get(stub.url()), now).await.expect_err("a failure");
            assert!(failed.why.contains(why), "{name}: {}", failed.why);
            assert_eq!(failed.reason, reason, "{name}: {}", failed.why);
            failed.retry_after
        });
        let rests = join_all(asked).await;
        assert_eq!(rests[0], Some(Duration::from_secs(7)));
        assert!(
            began.elapsed() < DEADLINE + Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
        // Half of it is left to the other tests of this process.
        assert!(peak_kib() - before < 128 << 10, "{} KiB more", peak_kib() - before);
        assert!(private.asked().is_empty(), "a redirect was followed");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn reliability_39_a_provider_whose_certificate_has_expired_is_told_nothing() {
        let now = || Timestamp::from_millis(0).expect("time");
        let asked_of = async |provider: &TlsStub| {
            let root = reqwest::Certificate::from_der(provider.certificate()).expect("a certificate");
            let client = client().tls_certs_only([root]).build().expect("a client");
            ask(client.get(provider.url("https")), now).await
        };
        let (valid, expired) = (TlsStub::start(4000).await, TlsStub::start(2020).await);
        assert_eq!(asked_of(&valid).await.expect("an answer"), "[]");
        assert!(valid.requests()[0].starts_with("GET / "));

        let failed = asked_of(&expired).await.expect_err("a failure");
        assert_eq!(failed.reason, Reason::Connection);
        assert!(failed.why.contains("certificate expired"), "{}", failed.why);
        assert_eq!(expired.requests(), [""; 0]);
        assert!(expired.connections() > 0);
        assert_eq!(expired.connections_in_plain(), 0, "it was asked without TLS");
    }
}
