//! The service's settings; `defaults.toml` says what they mean.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use service_kit::{
    config::{CommonConfig, Environment},
    http::HttpOptions,
};
use url::Url;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of this service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server.
    pub http: HttpOptions,
    /// Mails.
    pub mail: MailOptions,
    /// Webhooks and chats.
    pub web: WebOptions,
    /// How long a claim holds, in seconds.
    pub lease_seconds: u64,
    /// How often workers look for work, in milliseconds.
    pub poll_ms: u64,
    /// The flood guard's number.
    pub flood_messages: usize,
    /// The flood guard's window, in seconds.
    pub flood_window_seconds: u64,
    /// How long notifications are kept, in days.
    pub retention_days: u64,
    /// How long a delivery waits for the word of the alerts service, in seconds.
    pub alert_check_patience_seconds: u64,
    /// `MAIL_URL`.
    #[serde(skip, default = "no_secret")]
    pub mail_url: SecretString,
    /// `MAIL_FROM`.
    #[serde(skip)]
    pub mail_from: String,
}

/// How mails are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailOptions {
    /// At the same time.
    pub concurrency: usize,
    /// A second, in this process.
    pub per_second: u32,
    /// For one mail.
    pub timeout_seconds: u64,
    /// Between tries.
    #[serde(deserialize_with = "numbers")]
    pub retry_seconds: Vec<u64>,
}

/// How requests to the web are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebOptions {
    /// At the same time.
    pub concurrency: usize,
    /// For one request.
    pub timeout_seconds: u64,
    /// Between tries of webhooks.
    #[serde(deserialize_with = "numbers")]
    pub webhook_retry_seconds: Vec<u64>,
    /// Between tries of messages to people.
    #[serde(deserialize_with = "numbers")]
    pub chat_retry_seconds: Vec<u64>,
    /// Private networks are fine.
    pub allow_private_targets: bool,
    /// Of Discord.
    pub discord_hosts: Vec<String>,
    /// Of Telegram.
    pub telegram_url: Url,
    /// The operator's bot; empty for none.
    pub telegram_bot_token: SecretString,
    /// The default server of ntfy.
    pub ntfy_url: Url,
}

impl Config {
    /// Reads the settings: defaults, the file's table `notifier`, variables `NOTIFIER__…`, and what services share.
    pub fn load(common: &CommonConfig, file: Option<&toml::Table>, environment: &Environment) -> anyhow::Result<Self> {
        let config: Self = service_kit::config::load(crate::SERVICE, DEFAULTS, file, environment)?;
        Ok(Self {
            mail_url: common.mail_url.clone(),
            mail_from: common.mail_from.clone(),
            ..config
        })
    }
}

fn no_secret() -> SecretString {
    SecretString::from(String::new())
}

/// A list of whole numbers; a variable brings them as texts.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Plain(u64),
        Text(String),
    }
    let parts = Vec::<Number>::deserialize(deserializer)?;
    parts
        .into_iter()
        .map(|part| match part {
            Number::Plain(number) => Ok(number),
            Number::Text(text) => text
                .parse()
                .map_err(|_| D::Error::custom("must be whole numbers, separated by commas")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_keep_trying_for_a_day_by_mail_and_for_three_by_webhook() {
        let environment = vec![("NOTIFIER__WEB__CHAT_RETRY_SECONDS".to_owned(), "1,2".to_owned())];
        let config: Config = service_kit::config::load(crate::SERVICE, DEFAULTS, None, &environment).expect("config");
        let hours = |seconds: &[u64]| seconds.iter().sum::<u64>() / 3600;
        assert!(
            (23..=26).contains(&hours(&config.mail.retry_seconds)),
            "{}",
            hours(&config.mail.retry_seconds)
        );
        assert!(
            (70..=80).contains(&hours(&config.web.webhook_retry_seconds)),
            "{}",
            hours(&config.web.webhook_retry_seconds)
        );
        assert_eq!(config.web.chat_retry_seconds, [1, 2]);
    }
}
