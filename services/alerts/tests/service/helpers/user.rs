//! A person who uses the service.

use std::sync::Arc;

use contracts::Role;
use domain::{SessionId, UserId};
use reqwest::Method;
use serde_json::Value;
use service_kit::identity::UserIdentity;
use test_kit::eventually;

use super::{App, SERVICE, answer};

/// A signed-in person.
pub struct User<'a> {
    pub app: &'a App,
    pub id: UserId,
    pub scopes: Option<std::collections::BTreeSet<contracts::Scope>>,
}

impl User<'_> {
    pub fn token(&self) -> Arc<str> {
        let identity = UserIdentity {
            id: self.id,
            role: Role::User,
            session: Some(SessionId::new()),
            scopes: self.scopes.clone(),
        };
        self.app.tokens.mint_user(SERVICE, &identity)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.app.request(Method::GET, path, &self.token(), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.app.request(Method::POST, path, &self.token(), Some(body)).await
    }

    pub async fn patch(&self, id: &str, body: Value) -> (u16, Value) {
        self.app
            .request(Method::PATCH, &format!("/api/alerts/{id}/"), &self.token(), Some(body))
            .await
    }

    pub async fn delete(&self, id: &str) -> (u16, Value) {
        self.app
            .request(Method::DELETE, &format!("/api/alerts/{id}/"), &self.token(), None)
            .await
    }

    /// A POST with more headers.
    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}{path}", self.app.running.as_ref().expect("running").url());
        let mut request = self.app.http.post(url).bearer_auth(self.token()).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request).await
    }

    pub async fn get_with(&self, path: &str, header: (&str, &str)) -> (u16, Value) {
        let url = format!("{}{path}", self.app.running.as_ref().expect("running").url());
        answer(
            self.app
                .http
                .get(url)
                .bearer_auth(self.token())
                .header(header.0, header.1),
        )
        .await
    }

    /// Creates an alert that must be accepted; its id.
    pub async fn create(&self, body: Value) -> String {
        let (status, answer) = self.post("/api/alerts/", body).await;
        assert_eq!(status, 201, "{answer}");
        answer["data"]["id"].as_str().expect("id").to_owned()
    }

    pub async fn alert(&self, id: &str) -> Value {
        self.get(&format!("/api/alerts/{id}/")).await.1["data"].clone()
    }

    /// The firings, newest first.
    pub async fn history(&self) -> Vec<Value> {
        self.get("/api/alerts/history/?limit=200").await.1["data"]
            .as_array()
            .expect("rows")
            .clone()
    }

    /// Waits for so many firings.
    pub async fn fired(&self, count: usize) -> Vec<Value> {
        eventually(&format!("{count} firings"), async || {
            let rows = self.history().await;
            (rows.len() >= count).then_some(rows)
        })
        .await
    }

    pub async fn wait_for_status(&self, id: &str, status: &str) -> Value {
        eventually(&format!("status {status}"), async || {
            let alert = self.alert(id).await;
            (alert["status"] == status).then_some(alert)
        })
        .await
    }
}
