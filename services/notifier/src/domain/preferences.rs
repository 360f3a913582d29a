//! What a user wants to be told, where and when.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{Channel, DigestMode, QuietHours};

/// A user's settings. Secrets in it never print.
#[derive(Debug, Clone)]
pub struct Preferences {
    /// Mails about alerts and orders.
    pub email: bool,
    /// The list in the web app.
    pub in_app: bool,
    /// Requests to the user's own server.
    pub webhook: Webhook,
    /// Messages of a Telegram bot.
    pub telegram: Telegram,
    /// Messages in a Discord channel.
    pub discord: Discord,
    /// Pushes through ntfy.
    pub ntfy: Ntfy,
    /// When people's channels stay silent.
    pub quiet_hours: Option<QuietHours>,
    /// Whether mails are gathered.
    pub digest: DigestMode,
    /// Counts changes, from 0 for what nobody has set.
    pub version: i64,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            email: true,
            in_app: true,
            webhook: Webhook::default(),
            telegram: Telegram::default(),
            discord: Discord::default(),
            ntfy: Ntfy::default(),
            quiet_hours: None,
            digest: DigestMode::Off,
            version: 0,
        }
    }
}

/// Where signed requests go.
#[derive(Debug, Clone, Default)]
pub struct Webhook {
    /// Switched on.
    pub enabled: bool,
    /// The user's server.
    pub url: Option<String>,
    /// Signs requests; made by us or brought by the user.
    pub secret: Option<SecretString>,
}

/// How to reach somebody on Telegram.
#[derive(Debug, Clone, Default)]
pub struct Telegram {
    /// Switched on.
    pub enabled: bool,
    /// The bot that speaks; the operator's own where the user has none.
    pub bot_token: Option<SecretString>,
    /// The chat that it speaks in.
    pub chat_id: Option<String>,
}

/// How to reach a Discord channel.
#[derive(Debug, Clone, Default)]
pub struct Discord {
    /// Switched on.
    pub enabled: bool,
    /// The channel's webhook; whoever knows it may write there.
    pub url: Option<SecretString>,
}

/// How to push through ntfy.
#[derive(Debug, Clone, Default)]
pub struct Ntfy {
    /// Switched on.
    pub enabled: bool,
    /// The server; the operator's default where the user names none.
    pub server: Option<String>,
    /// The topic that the phone listens to.
    pub topic: Option<String>,
    /// For servers that ask for one.
    pub token: Option<SecretString>,
}

impl Preferences {
    /// Whether a channel is switched on.
    pub fn is_enabled(&self, channel: Channel) -> bool {
        match channel {
            Channel::InApp => self.in_app,
            Channel::Email => self.email,
            Channel::Webhook => self.webhook.enabled,
            Channel::Telegram => self.telegram.enabled,
            Channel::Discord => self.discord.enabled,
            Channel::Ntfy => self.ntfy.enabled,
        }
    }

    /// The channels that are switched on.
    pub fn enabled_channels(&self) -> Vec<Channel> {
        Channel::ALL
            .iter()
            .copied()
            .filter(|channel| self.is_enabled(*channel))
            .collect()
    }

    /// Splits into what may be read by anybody with the database, and what is sealed first.
    pub fn to_stored(&self) -> (StoredSettings, StoredSecrets) {
        let expose = |secret: &Option<SecretString>| secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        let settings = StoredSettings {
            email: self.email,
            in_app: self.in_app,
            webhook: self.webhook.enabled,
            webhook_url: self.webhook.url.clone(),
            telegram: self.telegram.enabled,
            telegram_chat_id: self.telegram.chat_id.clone(),
            discord: self.discord.enabled,
            ntfy: self.ntfy.enabled,
            ntfy_server: self.ntfy.server.clone(),
            ntfy_topic: self.ntfy.topic.clone(),
            quiet_hours: self
                .quiet_hours
                .map(|quiet| (quiet.start(), quiet.end(), quiet.time_zone().to_owned())),
            digest: self.digest,
        };
        let secrets = StoredSecrets {
            webhook_secret: expose(&self.webhook.secret),
            telegram_bot_token: expose(&self.telegram.bot_token),
            discord_url: expose(&self.discord.url),
            ntfy_token: expose(&self.ntfy.token),
        };
        (settings, secrets)
    }

    /// Puts the stored parts together again.
    pub fn from_stored(settings: StoredSettings, secrets: StoredSecrets, version: i64) -> Self {
        let hide = |secret: Option<String>| secret.map(SecretString::from);
        let quiet_hours = settings.quiet_hours.and_then(|(start, end, zone)| {
            QuietHours::parse(&start, &end, &zone)
                .inspect_err(|wrong| tracing::error!(member = wrong.member, zone, "stored quiet hours can't be read"))
                .ok()
        });
        Self {
            email: settings.email,
            in_app: settings.in_app,
            webhook: Webhook {
                enabled: settings.webhook,
                url: settings.webhook_url,
                secret: hide(secrets.webhook_secret),
            },
            telegram: Telegram {
                enabled: settings.telegram,
                bot_token: hide(secrets.telegram_bot_token),
                chat_id: settings.telegram_chat_id,
            },
            discord: Discord {
                enabled: settings.discord,
                url: hide(secrets.discord_url),
            },
            ntfy: Ntfy {
                enabled: settings.ntfy,
                server: settings.ntfy_server,
                topic: settings.ntfy_topic,
                token: hide(secrets.ntfy_token),
            },
            quiet_hours,
            digest: settings.digest,
            version,
        }
    }
}

/// The open part of stored settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredSettings {
    email: bool,
    in_app: bool,
    webhook: bool,
    webhook_url: Option<String>,
    telegram: bool,
    telegram_chat_id: Option<String>,
    discord: bool,
    ntfy: bool,
    ntfy_server: Option<String>,
    ntfy_topic: Option<String>,
    quiet_hours: Option<(String, String, String)>,
    digest: DigestMode,
}

impl Default for StoredSettings {
    fn default() -> Self {
        Preferences::default().to_stored().0
    }
}

/// The part of stored settings that is sealed.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredSecrets {
    webhook_secret: Option<String>,
    telegram_bot_token: Option<String>,
    discord_url: Option<String>,
    ntfy_token: Option<String>,
}

impl StoredSecrets {
    /// Whether there is nothing to seal.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
