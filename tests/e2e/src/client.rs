use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use test_kit::eventually;

use crate::Mails;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a connection is kept that nobody uses: as a proxy in front of gateways is set up, see "Upgrade" in
/// docs/operations.md.
const KEPT_IDLE: Duration = Duration::from_secs(1);
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple 7";

pub(crate) fn address(name: &str) -> String {
    format!("{}-{}@example.com", name.to_lowercase(), uuid::Uuid::new_v4().simple())
}

/// Somebody who talks to the gateway.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    /// The access token, once signed in.
    pub access: Option<String>,
    /// The refresh token, once signed in.
    pub refresh: Option<String>,
    credentials: Option<(String, String)>,
}

/// An answer of the gateway.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The JSON body; null where there is none.
    pub body: Value,
}

impl Answer {
    /// The `data` of a success.
    ///
    /// # Panics
    /// When it is a failure.
    #[track_caller]
    pub fn data(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.body);
        assert_eq!(self.body["success"], json!(true));
        self.body["data"].clone()
    }

    /// The code of a failure with this status.
    ///
    /// # Panics
    /// When it is another answer.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(
            (&self.body["success"], &self.body["data"]),
            (&json!(false), &Value::Null)
        );
        text(&self.body["error"]["code"])
    }
}

/// A JSON string's text.
#[track_caller]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

impl Client {
    /// Somebody who is not signed in.
    pub fn new(base: &str) -> Self {
        // Chosen once for the process; the second client finds it done.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let http = reqwest::Client::builder().pool_idle_timeout(KEPT_IDLE).build();
        let http = http.expect("a client");
        Self {
            base: base.to_owned(),
            http,
            access: None,
            refresh: None,
            credentials: None,
        }
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let answer = self.attempt(method, path, body.as_ref(), &[]).await;
        answer.expect("the gateway answers")
    }

    /// Sends a request to which there may be no answer.
    ///
    /// # Errors
    /// Where there is none within 30 s.
    pub async fn attempt(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Self::answer(request).await
    }

    /// Sends a body as it stands, said to be JSON.
    pub async fn send_text(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = Self::answer(request.body(body.to_owned())).await;
        answer.expect("the gateway answers")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .timeout(ANSWER);
        match &self.access {
            Some(access) => request.bearer_auth(access),
            None => request,
        }
    }

    async fn answer(request: RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        })
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// GET of what is no JSON: the status and the text.
    pub async fn text(&self, path: &str) -> (StatusCode, String) {
        let response = self.http.get(format!("{}{path}", self.base)).send().await;
        let response = response.expect("the gateway answers");
        (response.status(), response.text().await.expect("a text"))
    }

    /// Whether the answer to a GET is still the one with this tag.
    pub async fn is_unchanged(&self, path: &str, tag: &str) -> bool {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .header("if-none-match", tag);
        let response = request.send().await.expect("the gateway answers");
        response.status() == StatusCode::NOT_MODIFIED
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// The `data` of a GET.
    pub async fn data(&self, path: &str) -> Value {
        self.get(path).await.data()
    }

    /// Signs in with a password.
    pub async fn login(&mut self, email: &str, password: &str) {
        let body = json!({"email": email, "password": password, "token_delivery": "body"});
        let data = self.post("/api/auth/login/", body).await.data();
        self.access = Some(text(&data["access"]));
        self.refresh = Some(text(&data["refresh"]));
        self.credentials = Some((email.to_owned(), password.to_owned()));
    }

    /// Signs in once more as before, because the access token has run out.
    pub async fn login_again(&mut self) {
        let (email, password) = self.credentials.clone().expect("signed in before");
        self.login(&email, &password).await;
    }

    /// Somebody with a fresh account, a proved address and a sign-in.
    pub async fn registered(base: &str, mails: &Mails, name: &str) -> (Self, String) {
        let mut client = Self::new(base);
        let email = address(name);
        let body = json!({"name": name, "email": email, "password": PASSWORD});
        assert_eq!(
            client.post("/api/auth/register/", body).await.status,
            StatusCode::ACCEPTED
        );
        let token = mails.token_to(&email).await;
        client
            .post("/api/auth/verify-email/", json!({"token": token}))
            .await
            .data();
        client.login(&email, PASSWORD).await;
        (client, email)
    }

    /// Waits until the list at `path` has at least `count` rows, and gives it.
    pub async fn list_of(&self, path: &str, count: usize) -> Vec<Value> {
        let what = format!("{path} has {count} rows");
        eventually(&what, async || {
            let rows = self.data(path).await.as_array().cloned().unwrap_or_default();
            (rows.len() >= count).then_some(rows)
        })
        .await
    }
}
