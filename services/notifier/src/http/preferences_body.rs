//! What a PUT or PATCH of preferences may hold.

use secrecy::SecretString;
use serde::Deserialize;
use service_kit::{Patch, http::optional_object};
use utoipa::ToSchema;

use crate::domain::{Changes, DigestMode, DiscordChange, NtfyChange, TelegramChange, WebhookChange};

/// Preferences. PUT takes what is left out as its default, PATCH leaves it as it is.
///
/// The members that end in `_set` are only read; they are taken and ignored, so that an answer can be sent back.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PreferencesBody {
    /// The version that was changed; an old one is refused.
    version: Option<i64>,
    /// Mails.
    #[serde(default, deserialize_with = "optional_object")]
    email: Option<SwitchBody>,
    /// The list in the web app.
    #[serde(default, deserialize_with = "optional_object")]
    in_app: Option<SwitchBody>,
    /// Signed requests to the user's own server.
    #[serde(default, deserialize_with = "optional_object")]
    webhook: Option<WebhookBody>,
    /// A Telegram bot.
    #[serde(default, deserialize_with = "optional_object")]
    telegram: Option<TelegramBody>,
    /// A Discord channel.
    #[serde(default, deserialize_with = "optional_object")]
    discord: Option<DiscordBody>,
    /// ntfy pushes.
    #[serde(default, deserialize_with = "optional_object")]
    ntfy: Option<NtfyBody>,
    /// When people's channels stay silent; null for never.
    #[serde(default)]
    #[schema(value_type = Option<QuietHoursBody>)]
    quiet_hours: Patch<QuietHoursBody>,
    /// Whether mails are gathered.
    digest: Option<DigestMode>,
}

/// A channel without further settings.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SwitchBody {
    enabled: Option<bool>,
}

/// The webhook.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct WebhookBody {
    enabled: Option<bool>,
    /// An https address on the public internet, at port 443 or 8443.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    url: Patch<String>,
    /// A signing secret of one's own: `whsec_…`, or 16 to 128 letters, digits and signs; null keeps the present one.
    #[schema(value_type = Option<String>)]
    secret: Option<SecretString>,
    /// Make a new secret.
    rotate_secret: Option<bool>,
    /// Ignored.
    #[schema(read_only)]
    #[allow(dead_code, reason = "taken so that an answer can be sent back")]
    secret_set: Option<bool>,
}

/// Telegram.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TelegramBody {
    enabled: Option<bool>,
    /// The bot's token; null keeps the present one.
    #[schema(value_type = Option<String>, pattern = r"^[0-9]{1,20}:[A-Za-z0-9_-]{20,100}$")]
    bot_token: Option<SecretString>,
    /// The chat's number or @name.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = r"^(-?[0-9]{1,19}|@[A-Za-z0-9_]{1,64})$")]
    chat_id: Patch<String>,
    /// Ignored.
    #[schema(read_only)]
    #[allow(dead_code, reason = "taken so that an answer can be sent back")]
    bot_token_set: Option<bool>,
}

/// Discord.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DiscordBody {
    enabled: Option<bool>,
    /// The channel's webhook, `https://discord.com/api/webhooks/…`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    url: Patch<SecretString>,
}

/// ntfy.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct NtfyBody {
    enabled: Option<bool>,
    /// The server; null for the platform's.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    server: Patch<String>,
    /// The topic.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = r"^[A-Za-z0-9_-]{1,64}$")]
    topic: Patch<String>,
    /// The access token; null keeps the present one as long as the server stays.
    #[schema(value_type = Option<String>)]
    token: Option<SecretString>,
    /// Ignored.
    #[schema(read_only)]
    #[allow(dead_code, reason = "taken so that an answer can be sent back")]
    token_set: Option<bool>,
}

/// Quiet hours.
#[derive(Debug, Deserialize, ToSchema)]
pub struct QuietHoursBody {
    /// Such as 22:00.
    #[schema(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    start: String,
    /// Such as 07:00; another time than the start.
    #[schema(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    end: String,
    /// Such as Europe/Paris.
    #[serde(default = "utc")]
    #[schema(default = "UTC")]
    time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl PreferencesBody {
    /// The version that the client has seen.
    pub fn version(&self) -> Option<i64> {
        self.version
    }
}

impl From<PreferencesBody> for Changes {
    fn from(body: PreferencesBody) -> Self {
        let (webhook, telegram) = (body.webhook.unwrap_or_default(), body.telegram.unwrap_or_default());
        let (discord, ntfy) = (body.discord.unwrap_or_default(), body.ntfy.unwrap_or_default());
        Self {
            email: body.email.and_then(|switch| switch.enabled),
            in_app: body.in_app.and_then(|switch| switch.enabled),
            webhook: WebhookChange {
                enabled: webhook.enabled,
                url: webhook.url.change(),
                secret: webhook.secret,
                rotate_secret: webhook.rotate_secret.unwrap_or(false),
            },
            telegram: TelegramChange {
                enabled: telegram.enabled,
                bot_token: telegram.bot_token,
                chat_id: telegram.chat_id.change(),
            },
            discord: DiscordChange {
                enabled: discord.enabled,
                url: discord.url.change(),
            },
            ntfy: NtfyChange {
                enabled: ntfy.enabled,
                server: ntfy.server.change(),
                topic: ntfy.topic.change(),
                token: ntfy.token,
            },
            quiet_hours: body
                .quiet_hours
                .map(|quiet| (quiet.start, quiet.end, quiet.time_zone))
                .change(),
            digest: body.digest,
        }
    }
}
