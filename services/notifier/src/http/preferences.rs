//! What the user wants to be told, where and when.

use actix_web::{get, patch, put, web::Data};
use diesel_async::AsyncConnection;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use service_kit::{
    ApiError, ApiResult, FieldErrors,
    http::{Envelope, Json, Ok200},
    identity::{AlertsCaller, ReadCaller, UserCaller},
};
use utoipa::ToSchema;

use super::preferences_body::PreferencesBody;
use crate::{
    domain::{Changed, Changes, ChannelRules, DigestMode, Preferences, Problem, merge, replace},
    error::Error,
    state::State,
    store::{contacts, preferences},
};

/// The user's preferences. Secrets are shown once, in the answer to the change that made them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferencesView {
    email: SwitchView,
    in_app: SwitchView,
    webhook: WebhookView,
    telegram: TelegramView,
    discord: DiscordView,
    ntfy: NtfyView,
    /// Null for never.
    #[schema(required)]
    quiet_hours: Option<QuietHoursView>,
    digest: DigestMode,
    /// Counts changes.
    version: i64,
}

/// A channel without further settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwitchView {
    enabled: bool,
}

/// The webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    enabled: bool,
    #[schema(required)]
    url: Option<String>,
    /// Signs requests; null but in the answer to the change that made it.
    #[schema(required)]
    secret: Option<String>,
    /// Whether there is one.
    secret_set: bool,
}

/// Telegram.
#[derive(Debug, Serialize, ToSchema)]
pub struct TelegramView {
    enabled: bool,
    /// Always null.
    #[schema(required)]
    bot_token: Option<String>,
    #[schema(required)]
    chat_id: Option<String>,
    /// Whether there is a token.
    bot_token_set: bool,
}

/// Discord.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscordView {
    enabled: bool,
    #[schema(required)]
    url: Option<String>,
}

/// ntfy.
#[derive(Debug, Serialize, ToSchema)]
pub struct NtfyView {
    enabled: bool,
    #[schema(required)]
    server: Option<String>,
    #[schema(required)]
    topic: Option<String>,
    /// Always null.
    #[schema(required)]
    token: Option<String>,
    /// Whether there is one.
    token_set: bool,
}

/// Quiet hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuietHoursView {
    start: String,
    end: String,
    time_zone: String,
}

impl PreferencesView {
    pub(super) fn new(preferences: &Preferences, fresh_secret: Option<&SecretString>) -> Self {
        Self {
            email: SwitchView {
                enabled: preferences.email,
            },
            in_app: SwitchView {
                enabled: preferences.in_app,
            },
            webhook: WebhookView {
                enabled: preferences.webhook.enabled,
                url: preferences.webhook.url.clone(),
                secret: fresh_secret.map(|secret| secret.expose_secret().to_owned()),
                secret_set: preferences.webhook.secret.is_some(),
            },
            telegram: TelegramView {
                enabled: preferences.telegram.enabled,
                bot_token: None,
                chat_id: preferences.telegram.chat_id.clone(),
                bot_token_set: preferences.telegram.bot_token.is_some(),
            },
            discord: DiscordView {
                enabled: preferences.discord.enabled,
                url: preferences
                    .discord
                    .url
                    .as_ref()
                    .map(|url| url.expose_secret().to_owned()),
            },
            ntfy: NtfyView {
                enabled: preferences.ntfy.enabled,
                server: preferences.ntfy.server.clone(),
                topic: preferences.ntfy.topic.clone(),
                token: None,
                token_set: preferences.ntfy.token.is_some(),
            },
            quiet_hours: preferences.quiet_hours.map(|quiet| QuietHoursView {
                start: quiet.start(),
                end: quiet.end(),
                time_zone: quiet.time_zone().to_owned(),
            }),
            digest: preferences.digest,
            version: preferences.version,
        }
    }
}

/// The user's preferences.
#[utoipa::path(tag = "notifications", security(("bearer" = [])),
    responses((status = 200, description = "The preferences", body = Envelope<PreferencesView>)))]
#[get("/api/notifications/preferences/")]
pub async fn read_preferences(state: Data<State>, user: ReadCaller) -> ApiResult<Ok200<PreferencesView>> {
    let mut conn = state.db.get().await?;
    let current = preferences::find(&mut conn, &state.sealer, user.id).await?;
    Ok(Ok200(PreferencesView::new(&current, None)))
}

/// Replaces the preferences; what is left out takes its default.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), request_body = PreferencesBody,
    responses((status = 200, description = "As they are now", body = Envelope<PreferencesView>), (status = 409, description = "An old version")))]
#[put("/api/notifications/preferences/")]
pub async fn replace_preferences(
    state: Data<State>,
    user: AlertsCaller,
    body: Json<PreferencesBody>,
) -> ApiResult<Ok200<PreferencesView>> {
    change(&state, &user, body.into_inner(), replace).await
}

/// Changes some of the preferences.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), request_body = PreferencesBody,
    responses((status = 200, description = "As they are now", body = Envelope<PreferencesView>), (status = 409, description = "An old version")))]
#[patch("/api/notifications/preferences/")]
pub async fn change_preferences(
    state: Data<State>,
    user: AlertsCaller,
    body: Json<PreferencesBody>,
) -> ApiResult<Ok200<PreferencesView>> {
    change(&state, &user, body.into_inner(), merge).await
}

type Change = fn(&Preferences, Changes, &ChannelRules) -> Result<Changed, Vec<Problem>>;

async fn change(
    state: &State,
    user: &UserCaller,
    body: PreferencesBody,
    apply: Change,
) -> ApiResult<Ok200<PreferencesView>> {
    let mut conn = state.db.get().await?;
    conn.transaction(async |conn| {
        let contact = contacts::hold(conn, user.id).await.map_err(Error::from)?;
        if contact.is_some_and(|contact| contact.is_deleted()) {
            return Err(ApiError::unauthorized("this account is gone"));
        }
        let current = preferences::find(conn, &state.sealer, user.id).await?;
        if body.version().is_some_and(|seen| seen != current.version) {
            return Err(outdated());
        }
        let changed = apply(&current, body.into(), &state.rules).map_err(refusal)?;
        let mut next = changed.preferences;
        if !preferences::save(conn, &state.sealer, user.id, &next, state.now().into()).await? {
            return Err(outdated());
        }
        next.version += 1;
        Ok(Ok200(PreferencesView::new(&next, changed.fresh_secret.as_ref())))
    })
    .await
}

fn outdated() -> ApiError {
    ApiError::conflict(
        "version_conflict",
        "the preferences were changed meanwhile; read them again",
    )
}

fn refusal(problems: Vec<Problem>) -> ApiError {
    let mut errors = FieldErrors::new();
    for (field, why) in problems {
        errors.add(field, why);
    }
    errors.into()
}
