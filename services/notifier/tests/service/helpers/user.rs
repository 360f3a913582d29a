//! A person who uses the service.

use contracts::Role;
use domain::{SessionId, UserId};
use reqwest::Method;
use serde_json::Value;
use service_kit::identity::UserIdentity;
use test_kit::eventually;

use super::{App, SERVICE, answer};

/// A signed-in person.
#[derive(Clone)]
pub struct User<'a> {
    pub app: &'a App,
    pub id: UserId,
    pub email: String,
    pub(super) role: Role,
}

impl User<'_> {
    fn token(&self) -> String {
        let identity = UserIdentity {
            id: self.id,
            role: self.role,
            session: Some(SessionId::new()),
            scopes: None,
        };
        self.app.tokens.mint_user(SERVICE, &identity).to_string()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.app.request(Method::GET, path, &self.token())).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.app.request(method, path, &self.token());
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    pub async fn post(&self, path: &str) -> (u16, Value) {
        self.call(Method::POST, path, None).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// The list, newest first.
    pub async fn list(&self) -> Vec<Value> {
        let (status, body) = self.get("/api/notifications/").await;
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().expect("rows").clone()
    }

    /// The delivery of a notification by a channel, as it stands.
    pub async fn delivery(&self, notification: &Value, channel: &str) -> Option<Value> {
        let id = notification["id"].as_str().expect("id");
        let (status, body) = self.get(&format!("/api/notifications/{id}/deliveries/")).await;
        assert_eq!(status, 200, "{body}");
        body["data"]
            .as_array()
            .expect("rows")
            .iter()
            .find(|row| row["channel"] == channel)
            .cloned()
    }

    /// The delivery of the newest notification by a channel, once it is in a state.
    pub async fn delivery_in(&self, channel: &str, state: &str) -> Value {
        eventually(&format!("{channel} is {state}"), async || {
            let newest = self.list().await.first().cloned()?;
            self.delivery(&newest, channel)
                .await
                .filter(|row| row["state"] == state)
        })
        .await
    }
}
