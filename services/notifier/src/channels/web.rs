//! Webhooks, Telegram, Discord and ntfy: one request each, no redirects, and no word of the answer but its status.

use std::{sync::Arc, time::Duration};

use domain::Timestamp;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use service_kit::client::http_client;
use url::Url;
use uuid::Uuid;

use super::{
    SendFailure,
    guard::{GuardedResolver, refusal},
};
use crate::{
    config::WebOptions,
    domain::{
        Channel, Preferences, signing,
        targets::{TargetPolicy, check_url},
    },
};

/// What goes out.
#[derive(Debug, Clone)]
pub struct WebMessage {
    /// The delivery; receivers recognise a repetition by it.
    pub delivery_id: Uuid,
    /// The notification.
    pub notification_id: Uuid,
    /// What it is about.
    pub kind: String,
    /// One line.
    pub title: String,
    /// Text for people.
    pub message: String,
    /// Ids and evidence.
    pub data: Value,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Sends to users' own targets.
pub struct WebSenders {
    /// For addresses that users give: guarded.
    guarded: Client,
    /// For Telegram, whose address the operator gives.
    plain: Client,
    policy: TargetPolicy,
    telegram_url: Url,
    telegram_bot: Option<SecretString>,
    ntfy_url: Url,
    public_url: String,
}

impl WebSenders {
    /// With the operator's settings.
    pub fn new(options: &WebOptions, policy: TargetPolicy, public_url: &Url) -> anyhow::Result<Self> {
        let limit = Duration::from_secs(options.timeout_seconds.max(1));
        let builder = || {
            http_client()
                .timeout(limit)
                .connect_timeout(limit.min(Duration::from_secs(5)))
                .redirect(Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(2)
                .user_agent("Candlewick-Notifier/1")
        };
        let bot = &options.telegram_bot_token;
        Ok(Self {
            guarded: builder().dns_resolver(Arc::new(GuardedResolver(policy))).build()?,
            plain: builder().build()?,
            policy,
            telegram_url: options.telegram_url.clone(),
            telegram_bot: (!bot.expose_secret().is_empty()).then(|| bot.clone()),
            ntfy_url: options.ntfy_url.clone(),
            public_url: public_url.as_str().trim_end_matches('/').to_owned(),
        })
    }

    /// Sends one message through one channel, once.
    pub async fn send(
        &self,
        channel: Channel,
        to: &Preferences,
        message: &WebMessage,
        now: Timestamp,
    ) -> Result<(), SendFailure> {
        match channel {
            Channel::Webhook => self.webhook(to, message, now).await,
            Channel::Telegram => self.telegram(to, message, now).await,
            Channel::Discord => self.discord(to, message, now).await,
            Channel::Ntfy => self.ntfy(to, message, now).await,
            Channel::InApp | Channel::Email => Err(SendFailure::permanent("not a channel of the web")),
        }
    }

    async fn webhook(&self, to: &Preferences, message: &WebMessage, now: Timestamp) -> Result<(), SendFailure> {
        let (Some(url), Some(secret)) = (&to.webhook.url, &to.webhook.secret) else {
            return Err(not_set_up());
        };
        let url = self.target(url)?;
        let body = json!({
            "type": format!("notification.{}", message.kind),
            "timestamp": message.created_at,
            "data": {
                "id": message.notification_id, "kind": message.kind, "title": message.title, "message": message.message,
                "data": message.data, "created_at": message.created_at,
            },
        })
        .to_string();
        let id = format!("msg_{}", message.delivery_id.simple());
        let signature = signing::sign(secret, &id, now, &body).map_err(|_| not_set_up())?;
        let request = self
            .guarded
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", signing::unix_seconds(now).to_string())
            .header("webhook-signature", signature)
            .body(body);
        perform(request, is_worth_repeating_for_servers, now).await
    }

    async fn telegram(&self, to: &Preferences, message: &WebMessage, now: Timestamp) -> Result<(), SendFailure> {
        let token = to.telegram.bot_token.as_ref().or(self.telegram_bot.as_ref());
        let (Some(token), Some(chat)) = (token, &to.telegram.chat_id) else {
            return Err(not_set_up());
        };
        let base = self.telegram_url.as_str().trim_end_matches('/');
        let url = format!("{base}/bot{}/sendMessage", token.expose_secret());
        let body = json!({
            "chat_id": chat, "text": self.text(message, 4_000), "link_preview_options": {"is_disabled": true},
        });
        perform(self.plain.post(url).json(&body), is_worth_repeating, now).await
    }

    async fn discord(&self, to: &Preferences, message: &WebMessage, now: Timestamp) -> Result<(), SendFailure> {
        let Some(url) = &to.discord.url else {
            return Err(not_set_up());
        };
        let url = self.target(url.expose_secret())?;
        // Nobody is pinged by a name in a note.
        let body = json!({"content": self.text(message, 1_900), "allowed_mentions": {"parse": []}});
        perform(self.guarded.post(url).json(&body), is_worth_repeating, now).await
    }

    async fn ntfy(&self, to: &Preferences, message: &WebMessage, now: Timestamp) -> Result<(), SendFailure> {
        let Some(topic) = &to.ntfy.topic else {
            return Err(not_set_up());
        };
        let body = json!({
            "topic": topic, "title": message.title, "message": shortened(&message.message, 3_500),
            "click": format!("{}/notifications", self.public_url),
        });
        let mut request = match &to.ntfy.server {
            Some(server) => self.guarded.post(self.target(server)?),
            // The operator's own server may stand inside.
            None => self.plain.post(self.ntfy_url.clone()),
        };
        if let Some(token) = &to.ntfy.token {
            request = request.bearer_auth(token.expose_secret());
        }
        perform(request.json(&body), is_worth_repeating, now).await
    }

    fn target(&self, raw: &str) -> Result<Url, SendFailure> {
        // A literal address never reaches the resolver, and the operator may have become stricter since it was stored.
        check_url(raw, self.policy).map_err(|why| SendFailure::permanent(format!("the address {why}")))
    }

    fn text(&self, message: &WebMessage, max_chars: usize) -> String {
        let text = format!("{}\n{}", message.title, message.message);
        format!("{}\n{}/notifications", shortened(&text, max_chars), self.public_url)
    }
}

fn not_set_up() -> SendFailure {
    SendFailure::permanent("the channel is not set up")
}

fn shortened(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    short.push('…');
    short
}

async fn perform(
    request: RequestBuilder,
    is_repeated: fn(StatusCode) -> bool,
    now: Timestamp,
) -> Result<(), SendFailure> {
    match request.send().await {
        Ok(answer) => judge(&answer, is_repeated, now),
        Err(error) => Err(explain(&error)),
    }
}

/// Judges the status; the body is dropped unread.
fn judge(answer: &Response, is_repeated: fn(StatusCode) -> bool, now: Timestamp) -> Result<(), SendFailure> {
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    if status.is_redirection() {
        return Err(SendFailure::permanent(format!(
            "the target answered {}; redirects are not followed",
            status.as_u16()
        )));
    }
    let wait = answer
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| asked_wait(text, now));
    Err(SendFailure {
        is_temporary: is_repeated(status),
        reason: format!("the target answered {}", status.as_u16()),
        retry_after: wait,
        is_gone: status == StatusCode::GONE,
    })
}

/// What `Retry-After` asks for: seconds, or a date.
fn asked_wait(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from(until.to_utc()).since(now))
}

fn is_worth_repeating(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
}

/// A user's own server may answer anything while it is being mended; only "gone" is final.
fn is_worth_repeating_for_servers(status: StatusCode) -> bool {
    status != StatusCode::GONE
}

fn explain(error: &reqwest::Error) -> SendFailure {
    if let Some(refused) = refusal(error) {
        return SendFailure::permanent(format!("the address {refused}"));
    }
    if error.is_timeout() {
        SendFailure::temporary("the target took too long")
    } else if error.is_connect() {
        SendFailure::temporary("the target can't be reached")
    } else if error.is_builder() {
        SendFailure::permanent("the request can't be made")
    } else {
        SendFailure::temporary("the connection to the target broke")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_by_a_date() {
        let now = Timestamp::parse("1994-11-06T08:49:00Z").expect("time");
        let wait = |text| asked_wait(text, now).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(37));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!((wait("soon"), wait("-1")), (None, None));
    }
}
