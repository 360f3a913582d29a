//! Calls from one service to another.

mod failure;

use std::{sync::Arc, time::Duration};

use actix_web::web::Bytes;
use reqwest::{Method, StatusCode, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::runtime::Handle;
use url::Url;

pub use failure::CallError;

use crate::{
    context::ServiceUrls,
    http::{REQUEST_ID, TIMEOUT, request_id},
    identity::{InternalTokens, UserIdentity},
    runtime::OnRuntime,
};

/// How long a call may take where nothing else is said.
const DEADLINE: Duration = Duration::from_secs(5);
const CONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// How long a connection between services is kept that nobody uses: for less long than a server keeps it, and than one that
/// stops says so beforehand (`HTTP__DRAIN_MS`, 1.5 s in a cluster). Whatever is used again was then told to close, if it has to,
/// and no request meets a connection that is being closed.
pub const KEPT_IDLE: Duration = Duration::from_secs(1);
/// The longest answer that is taken.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Calls other services with an internal token; reads their envelopes. Cheap to clone.
#[derive(Clone)]
pub struct InternalClient {
    http: reqwest::Client,
    services: ServiceUrls,
    tokens: InternalTokens,
    runtime: Handle,
}

/// A call that is being put together.
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'a> {
    client: &'a InternalClient,
    service: &'a str,
    method: Method,
    path: &'a str,
    deadline: Duration,
    user: Option<&'a UserIdentity>,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
}

#[derive(Deserialize)]
struct Success<T> {
    data: T,
}

#[derive(Deserialize)]
struct FailureBody {
    message: String,
    error: FailureCode,
}

#[derive(Deserialize)]
struct FailureCode {
    code: String,
}

/// The beginning of an HTTP client. It trusts the authorities that the program brings along, besides those of the system:
/// in a slim image the system has none, and no client could be made.
pub fn http_client() -> reqwest::ClientBuilder {
    let authorities = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    // One that can't be read is trusted by nobody.
    let readable = authorities.filter_map(|der| reqwest::Certificate::from_der(der).ok());
    reqwest::Client::builder().tls_certs_merge(readable)
}

impl InternalClient {
    /// A client that signs with `tokens`. Its connections live on `runtime`.
    pub fn new(services: ServiceUrls, tokens: InternalTokens, runtime: Handle) -> anyhow::Result<Self> {
        let http = http_client()
            .connect_timeout(CONNECT_DEADLINE)
            .pool_idle_timeout(KEPT_IDLE)
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            services,
            tokens,
            runtime,
        })
    }

    /// A GET of `path`, which begins with a slash and may hold a query.
    pub fn get<'a>(&'a self, service: &'a str, path: &'a str) -> Call<'a> {
        self.call(Method::GET, service, path)
    }

    /// A POST with a JSON body.
    pub fn post<'a>(&'a self, service: &'a str, path: &'a str, body: &impl Serialize) -> Call<'a> {
        Call {
            body: Some(serde_json::to_vec(body)),
            ..self.call(Method::POST, service, path)
        }
    }

    /// Any other method, without a body.
    pub fn call<'a>(&'a self, method: Method, service: &'a str, path: &'a str) -> Call<'a> {
        Call {
            client: self,
            service,
            method,
            path,
            deadline: DEADLINE,
            user: None,
            body: None,
        }
    }

    /// `GET /health/ready` of a service, as it stands.
    pub async fn health(&self, service: &str) -> Result<(u16, String), CallError> {
        self.get(service, "/health/ready")
            .within(Duration::from_secs(2))
            .text()
            .await
    }
}

impl<'a> Call<'a> {
    /// Replaces the deadline of 5 s.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Calls on behalf of a user instead of on the service's own account.
    pub fn as_user(mut self, user: &'a UserIdentity) -> Self {
        self.user = Some(user);
        self
    }

    /// Replaces the body's absence by JSON.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body));
        self
    }

    /// Sends it and reads `data` out of the envelope.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, CallError> {
        let service = self.service.to_owned();
        let (status, bytes) = self.perform().await?;
        if (200..300).contains(&status) {
            let success: Result<Success<T>, _> = serde_json::from_slice(&bytes);
            return success
                .map(|success| success.data)
                .map_err(|error| CallError::Unreadable {
                    service,
                    reason: error.to_string(),
                });
        }
        let failure: Option<FailureBody> = serde_json::from_slice(&bytes).ok();
        let (code, message) = failure.map_or_else(
            || ("unknown".to_owned(), "no envelope".to_owned()),
            |body| (body.error.code, body.message),
        );
        Err(CallError::Refused {
            service,
            status,
            code,
            message,
        })
    }

    /// Sends it and takes the body as it stands, whatever the status.
    pub async fn text(self) -> Result<(u16, String), CallError> {
        let (status, bytes) = self.perform().await?;
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Sends it, and gives the body of a success to be read part by part, however long it is. The deadline is for the
    /// head, and for each part.
    pub async fn open(self) -> Result<Opened, CallError> {
        let call = self.prepare()?;
        let away = |source: reqwest::Error| call.away(source);
        let sending = tokio::time::timeout(call.deadline, call.send(|| call.build()));
        let sent = OnRuntime::new(call.client.runtime.clone(), sending).await;
        let response = sent.map_err(|_| call.slow())?.map_err(away)?;
        if !response.status().is_success() {
            return Err(CallError::Refused {
                service: call.service.to_owned(),
                status: response.status().as_u16(),
                code: "unknown".to_owned(),
                message: "instead of a body that is read in parts".to_owned(),
            });
        }
        Ok(Opened {
            response,
            service: call.service.to_owned(),
            deadline: call.deadline,
            runtime: call.client.runtime.clone(),
        })
    }

    async fn perform(self) -> Result<(u16, Vec<u8>), CallError> {
        let call = self.prepare()?;
        let sending = async { read(call.send(|| call.build().timeout(call.deadline)).await?).await };
        let outcome = OnRuntime::new(call.client.runtime.clone(), sending).await;
        let (status, bytes) = outcome.map_err(|source| call.away(source))?;
        match bytes {
            Some(bytes) => Ok((status.as_u16(), bytes)),
            None => Err(call.unreadable(format!("longer than {MAX_ANSWER} bytes"))),
        }
    }

    fn prepare(self) -> Result<Prepared<'a>, CallError> {
        let client = self.client;
        let base = client
            .services
            .get(self.service)
            .ok_or_else(|| CallError::Unknown(self.service.to_owned()))?;
        let mut prepared = Prepared {
            client,
            service: self.service,
            method: self.method,
            url: join(base, self.path),
            token: match self.user {
                Some(user) => client.tokens.mint_user(self.service, user),
                None => client.tokens.mint_service(self.service),
            },
            deadline: self.deadline,
            body: None,
        };
        prepared.body = match self.body {
            Some(Ok(body)) => Some(body),
            Some(Err(error)) => return Err(prepared.unreadable(error.to_string())),
            None => None,
        };
        Ok(prepared)
    }
}

/// A call that is ready to be sent.
struct Prepared<'a> {
    client: &'a InternalClient,
    service: &'a str,
    method: Method,
    url: String,
    token: Arc<str>,
    deadline: Duration,
    body: Option<Vec<u8>>,
}

impl Prepared<'_> {
    fn build(&self) -> reqwest::RequestBuilder {
        let request = self
            .client
            .http
            .request(self.method.clone(), self.url.as_str())
            .bearer_auth(&self.token)
            .header(REQUEST_ID.as_str(), request_id().to_string())
            .header(TIMEOUT.as_str(), self.deadline.as_millis().to_string());
        match &self.body {
            Some(body) => request.header("content-type", "application/json").body(body.clone()),
            None => request,
        }
    }

    /// Sends it; once more where the first try can't have reached anybody.
    async fn send(&self, build: impl Fn() -> reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
        match build().send().await {
            Err(error) if self.method == Method::GET && error.is_connect() => build().send().await,
            outcome => outcome,
        }
    }

    fn away(&self, source: reqwest::Error) -> CallError {
        CallError::Away {
            service: self.service.to_owned(),
            source: source.without_url(),
        }
    }

    fn slow(&self) -> CallError {
        CallError::Slow {
            service: self.service.to_owned(),
            deadline: self.deadline,
        }
    }

    fn unreadable(&self, reason: String) -> CallError {
        CallError::Unreadable {
            service: self.service.to_owned(),
            reason,
        }
    }
}

/// The body of an answer, to be read part by part.
pub struct Opened {
    response: reqwest::Response,
    service: String,
    deadline: Duration,
    runtime: Handle,
}

impl Opened {
    /// The next part; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        let reading = tokio::time::timeout(self.deadline, self.response.chunk());
        match OnRuntime::new(self.runtime.clone(), reading).await {
            Ok(Ok(part)) => Ok(part),
            Ok(Err(source)) => Err(CallError::Away {
                service: self.service.clone(),
                source: source.without_url(),
            }),
            Err(_) => Err(CallError::Slow {
                service: self.service.clone(),
                deadline: self.deadline,
            }),
        }
    }
}

/// The status and the body; no body where it is too long.
async fn read(mut response: reqwest::Response) -> Result<(StatusCode, Option<Vec<u8>>), reqwest::Error> {
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Ok((status, None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, Some(body)))
}

fn join(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}
