//! Changing preferences: what a PUT or PATCH may hold, and what it makes of the present settings.

use secrecy::SecretString;

use super::{
    DigestMode, Discord, Ntfy, Preferences, QuietHours, Telegram, Webhook, signing,
    targets::{TargetPolicy, check_url},
};

/// A member that may be left out, cleared or set.
pub type Change<T> = Option<Option<T>>;

/// What a body asks for; `None` where it says nothing.
#[derive(Debug, Default)]
pub struct Changes {
    /// Switch mails.
    pub email: Option<bool>,
    /// Switch the list.
    pub in_app: Option<bool>,
    /// The webhook.
    pub webhook: WebhookChange,
    /// Telegram.
    pub telegram: TelegramChange,
    /// Discord.
    pub discord: DiscordChange,
    /// ntfy.
    pub ntfy: NtfyChange,
    /// `start`, `end`, `time_zone`.
    pub quiet_hours: Change<(String, String, String)>,
    /// Gather mails.
    pub digest: Option<DigestMode>,
}

/// Changes of the webhook.
#[derive(Debug, Default)]
pub struct WebhookChange {
    /// Switch it.
    pub enabled: Option<bool>,
    /// Its address.
    pub url: Change<String>,
    /// A secret that the user brings; `null` keeps the present one.
    pub secret: Option<SecretString>,
    /// Make a new one.
    pub rotate_secret: bool,
}

/// Changes of Telegram.
#[derive(Debug, Default)]
pub struct TelegramChange {
    /// Switch it.
    pub enabled: Option<bool>,
    /// The bot; `null` keeps the present one.
    pub bot_token: Option<SecretString>,
    /// The chat.
    pub chat_id: Change<String>,
}

/// Changes of Discord.
#[derive(Debug, Default)]
pub struct DiscordChange {
    /// Switch it.
    pub enabled: Option<bool>,
    /// The channel's webhook.
    pub url: Change<SecretString>,
}

/// Changes of ntfy.
#[derive(Debug, Default)]
pub struct NtfyChange {
    /// Switch it.
    pub enabled: Option<bool>,
    /// The server.
    pub server: Change<String>,
    /// The topic.
    pub topic: Change<String>,
    /// The token; `null` keeps the present one, as long as the server stays.
    pub token: Option<SecretString>,
}

/// What the operator allows and offers.
#[derive(Debug, Clone)]
pub struct ChannelRules {
    /// Where requests may go.
    pub targets: TargetPolicy,
    /// The hosts of Discord's webhooks.
    pub discord_hosts: Vec<String>,
    /// A bot speaks for users who have none.
    pub has_telegram_bot: bool,
}

/// A wrong field and why.
pub type Problem = (&'static str, String);

/// The new settings, and a webhook secret that has to be shown now or never.
#[derive(Debug)]
pub struct Changed {
    /// The settings after the change; the version is not raised yet.
    pub preferences: Preferences,
    /// Made or replaced by this change.
    pub fresh_secret: Option<SecretString>,
}

/// Merges changes into the present settings (PATCH).
pub fn merge(current: &Preferences, changes: Changes, rules: &ChannelRules) -> Result<Changed, Vec<Problem>> {
    let mut next = current.clone();
    let mut problems = Vec::new();
    next.email = changes.email.unwrap_or(next.email);
    next.in_app = changes.in_app.unwrap_or(next.in_app);
    next.digest = changes.digest.unwrap_or(next.digest);
    match changes.quiet_hours {
        None => {}
        Some(None) => next.quiet_hours = None,
        Some(Some((start, end, zone))) => match QuietHours::parse(&start, &end, &zone) {
            Ok(quiet) => next.quiet_hours = Some(quiet),
            Err(wrong) => problems.push((quiet_field(wrong.member), wrong.why.to_owned())),
        },
    }
    let fresh_secret = webhook(&mut next.webhook, changes.webhook, rules, &mut problems);
    telegram(&mut next.telegram, changes.telegram, rules, &mut problems);
    discord(&mut next.discord, changes.discord, rules, &mut problems);
    ntfy(&mut next.ntfy, changes.ntfy, rules, &mut problems);
    if problems.is_empty() {
        Ok(Changed {
            preferences: next,
            fresh_secret,
        })
    } else {
        Err(problems)
    }
}

/// Replaces the settings (PUT): what is left out falls back to its default. Secrets, which no answer shows, stay
/// as long as their channel keeps its target: the address, the chat, the server and topic that it has now.
pub fn replace(current: &Preferences, changes: Changes, rules: &ChannelRules) -> Result<Changed, Vec<Problem>> {
    let mut base = Preferences {
        version: current.version,
        ..Preferences::default()
    };
    if is_same_url(current.webhook.url.as_deref(), &changes.webhook.url, rules) {
        base.webhook.secret = current.webhook.secret.clone();
    }
    if is_same(current.telegram.chat_id.as_deref(), &changes.telegram.chat_id) {
        base.telegram.bot_token = current.telegram.bot_token.clone();
    }
    let ntfy = &current.ntfy;
    if is_same_url(ntfy.server.as_deref(), &changes.ntfy.server, rules)
        && is_same(ntfy.topic.as_deref(), &changes.ntfy.topic)
    {
        base.ntfy.server = ntfy.server.clone();
        base.ntfy.token = ntfy.token.clone();
    }
    merge(&base, changes, rules)
}

/// Whether a replacement names what there is; leaving it out names nothing.
fn is_same(current: Option<&str>, change: &Change<String>) -> bool {
    current == change.as_ref().and_then(Option::as_deref)
}

/// The same for an address, in whatever spelling.
fn is_same_url(current: Option<&str>, change: &Change<String>, rules: &ChannelRules) -> bool {
    let named = change.as_ref().and_then(Option::as_deref);
    match named.map(|raw| check_url(raw, rules.targets)) {
        Some(Ok(url)) => current == Some(url.as_str()),
        // A wrong address is refused by whoever reads it.
        Some(Err(_)) => false,
        None => current.is_none(),
    }
}

fn quiet_field(member: &str) -> &'static str {
    match member {
        "start" => "quiet_hours.start",
        "end" => "quiet_hours.end",
        _ => "quiet_hours.time_zone",
    }
}

fn webhook(
    next: &mut Webhook,
    change: WebhookChange,
    rules: &ChannelRules,
    problems: &mut Vec<Problem>,
) -> Option<SecretString> {
    next.enabled = change.enabled.unwrap_or(next.enabled);
    match change.url {
        None => {}
        Some(None) => {
            *next = Webhook {
                enabled: next.enabled,
                ..Webhook::default()
            }
        }
        Some(Some(raw)) => match check_url(&raw, rules.targets) {
            Ok(url) => next.url = Some(url.into()),
            Err(why) => problems.push(("webhook.url", why.to_string())),
        },
    }
    require(next.enabled, next.url.is_some(), "webhook.url", problems);
    if let Some(secret) = change.secret {
        use secrecy::ExposeSecret;
        match signing::check_secret(secret.expose_secret()) {
            Ok(secret) => next.secret = Some(secret),
            Err(why) => problems.push(("webhook.secret", why.to_string())),
        }
        return next.secret.clone();
    }
    if next.url.is_some() && (change.rotate_secret || next.secret.is_none()) {
        next.secret = Some(signing::new_secret());
        return next.secret.clone();
    }
    None
}

fn telegram(next: &mut Telegram, change: TelegramChange, rules: &ChannelRules, problems: &mut Vec<Problem>) {
    use secrecy::ExposeSecret;
    next.enabled = change.enabled.unwrap_or(next.enabled);
    if let Some(token) = change.bot_token {
        if is_bot_token(token.expose_secret()) {
            next.bot_token = Some(token);
        } else {
            problems.push((
                "telegram.bot_token",
                "must be a bot's token such as 123456:ABC-def…".to_owned(),
            ));
        }
    }
    match change.chat_id {
        None => {}
        Some(None) => {
            *next = Telegram {
                enabled: next.enabled,
                ..Telegram::default()
            }
        }
        Some(Some(raw)) if is_chat_id(&raw) => next.chat_id = Some(raw),
        Some(Some(_)) => problems.push(("telegram.chat_id", "must be a chat's number or @name".to_owned())),
    }
    require(next.enabled, next.chat_id.is_some(), "telegram.chat_id", problems);
    require(
        next.enabled,
        next.bot_token.is_some() || rules.has_telegram_bot,
        "telegram.bot_token",
        problems,
    );
}

fn is_bot_token(raw: &str) -> bool {
    let is_word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    raw.split_once(':').is_some_and(|(id, key)| {
        (1..=20).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && (20..=100).contains(&key.len())
            && is_word(key)
    })
}

fn is_chat_id(raw: &str) -> bool {
    let is_number = raw.parse::<i64>().is_ok();
    let is_name = raw.strip_prefix('@').is_some_and(|name| {
        (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    is_number || is_name
}

fn discord(next: &mut Discord, change: DiscordChange, rules: &ChannelRules, problems: &mut Vec<Problem>) {
    use secrecy::ExposeSecret;
    next.enabled = change.enabled.unwrap_or(next.enabled);
    match change.url {
        None => {}
        Some(None) => next.url = None,
        Some(Some(raw)) => match check_discord(raw.expose_secret(), rules) {
            Ok(()) => next.url = Some(raw),
            Err(why) => problems.push(("discord.url", why)),
        },
    }
    require(next.enabled, next.url.is_some(), "discord.url", problems);
}

fn check_discord(raw: &str, rules: &ChannelRules) -> Result<(), String> {
    let url = check_url(raw, rules.targets).map_err(|why| why.to_string())?;
    let is_known = url
        .host_str()
        .is_some_and(|host| rules.discord_hosts.iter().any(|known| known == host));
    if is_known && url.path().starts_with("/api/webhooks/") {
        return Ok(());
    }
    Err("must be a channel's webhook, https://discord.com/api/webhooks/…".to_owned())
}

fn ntfy(next: &mut Ntfy, change: NtfyChange, rules: &ChannelRules, problems: &mut Vec<Problem>) {
    next.enabled = change.enabled.unwrap_or(next.enabled);
    let server = next.server.clone();
    match change.server {
        None => {}
        Some(None) => next.server = None,
        Some(Some(raw)) => match check_url(&raw, rules.targets) {
            Ok(url) => next.server = Some(url.into()),
            Err(why) => problems.push(("ntfy.server", why.to_string())),
        },
    }
    if next.server != server {
        // The token is sent to the server: whoever may name the server must not learn the token of another one.
        next.token = None;
    }
    if let Some(token) = change.token {
        next.token = Some(token);
    }
    match change.topic {
        None => {}
        Some(None) => (next.topic, next.token) = (None, None),
        Some(Some(raw)) if is_topic(&raw) => next.topic = Some(raw),
        Some(Some(_)) => problems.push(("ntfy.topic", "must be 1 to 64 of A-Z a-z 0-9 _ -".to_owned())),
    }
    require(next.enabled, next.topic.is_some(), "ntfy.topic", problems);
}

fn is_topic(raw: &str) -> bool {
    (1..=64).contains(&raw.len())
        && raw
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn require(is_enabled: bool, is_there: bool, field: &'static str, problems: &mut Vec<Problem>) {
    if is_enabled && !is_there && !problems.iter().any(|(known, _)| *known == field) {
        problems.push((field, "is needed to switch this channel on".to_owned()));
    }
}

#[cfg(test)]
mod tests;
