//! What other services ask.

use actix_web::{get, post, web::Data};
use contracts::internal::{
    AuditNote, MailContent, OperatorAct, Revocation, RevocationPage, TokenFacts, TokenQuestion, UserSnapshot, UserStats,
};
use diesel_async::AsyncConnection;
use domain::UserId;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};
use service_kit::{
    ApiResult,
    http::{Json, Ok200, Path, Query},
    identity::ServiceCaller,
};
use std::time::Duration;
use uuid::Uuid;

use crate::{
    domain::{api_token, audit::AuditAction, mail_token::MailToken},
    error::Error,
    state::State,
    store::{Origin, api_tokens, mails, personal_data, revocations, signing_keys, stats, users},
};
use contracts::events::UserFacts;

/// Where a page of users begins.
#[derive(Deserialize)]
pub struct UsersQuery {
    after: Option<Uuid>,
    limit: Option<u16>,
}

const MOST_USERS: u16 = 1000;

/// All users, page by page in the order of their ids.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "contracts::internal::UserSnapshot")))]
#[get("/internal/users")]
pub async fn list_users(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<UsersQuery>,
) -> ApiResult<Ok200<UserSnapshot>> {
    let query = query.into_inner();
    let limit = query.limit.unwrap_or(MOST_USERS).clamp(1, MOST_USERS);
    let rows = users::page(&mut *state.conn().await?, query.after, i64::from(limit))
        .await
        .map_err(Error::from)?;
    let is_full = rows.len() == usize::from(limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id);
    Ok(Ok200(UserSnapshot {
        users: rows.iter().map(users::UserRow::facts).collect(),
        next,
    }))
}

/// One user.
#[utoipa::path(tag = "internal", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The user")),
    responses((status = 200, description = "contracts::events::UserFacts")))]
#[get("/internal/users/{id}")]
pub async fn get_user(state: Data<State>, _: ServiceCaller, id: Path<Uuid>) -> ApiResult<Ok200<UserFacts>> {
    let row = users::find(&mut *state.conn().await?, id.into_inner())
        .await
        .map_err(Error::from)?;
    Ok(Ok200(row.ok_or(Error::NotFound("user"))?.facts()))
}

/// What a mail says, with its token; 404 once it is void.
#[utoipa::path(tag = "internal", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The mail")),
    responses((status = 200, description = "contracts::internal::MailContent")))]
#[get("/internal/mails/{id}")]
pub async fn get_mail(state: Data<State>, _: ServiceCaller, id: Path<Uuid>) -> ApiResult<Ok200<MailContent>> {
    let mut conn = state.conn().await?;
    let mail = mails::find(&mut conn, id.into_inner())
        .await
        .map_err(Error::from)?
        .ok_or(Error::NotFound("mail"))?;
    let user = users::find(&mut conn, mail.user_id)
        .await
        .map_err(Error::from)?
        .ok_or(Error::NotFound("mail"))?;
    let known = mail
        .state()
        .filter(|known| known.is_live(user.credential_epoch, state.now()))
        .ok_or(Error::NotFound("mail"))?;
    let token = MailToken::of(&state.keyring, mail.id);
    // Made under another data secret, its hash is another one: the mail can't be answered any more.
    let has_token = known.token_hash.is_some();
    if has_token && !known.accepts(&token) {
        return Err(Error::NotFound("mail").into());
    }
    Ok(Ok200(MailContent {
        kind: known.kind,
        to: mail.address,
        name: user.name,
        locale: user.locale,
        token: has_token.then(|| token.reveal().expose_secret().to_owned()),
        expires_at: has_token.then_some(known.expires_at),
    }))
}

/// Behind which number.
#[derive(Deserialize)]
pub struct RevocationsQuery {
    #[serde(default)]
    since: i64,
}

const MOST_REVOCATIONS: i64 = 5000;

/// What ended before its time, behind a cursor; 0 asks for all that still matters.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "contracts::internal::RevocationPage")))]
#[get("/internal/revocations")]
pub async fn list_revocations(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<RevocationsQuery>,
) -> ApiResult<Ok200<RevocationPage>> {
    let since = query.into_inner().since;
    let now = state.now();
    let mut conn = state.conn().await?;
    // The head before the rows: a number given in between is read with them, or asked for the next time.
    let head = revocations::head(&mut conn).await.map_err(Error::from)?;
    let rows = revocations::since(&mut conn, since, now, MOST_REVOCATIONS)
        .await
        .map_err(Error::from)?;
    let keys = signing_keys::trusted(&mut conn, now).await.map_err(Error::from)?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == MOST_REVOCATIONS);
    let newest = rows.last().map_or(since, |row| row.seq);
    let cursor = if is_full { newest } else { newest.max(head) };
    Ok(Ok200(RevocationPage {
        revocations: rows
            .into_iter()
            .map(|row| Revocation {
                seq: row.seq,
                session_id: row.session_id.map(Into::into),
                user_id: row.user_id.into(),
                until: row.until.into(),
            })
            .collect(),
        cursor,
        key_ids: keys.into_iter().map(|key| key.id).collect(),
    }))
}

/// Whose personal token this is, and what it may do; 404 for one that doesn't count.
#[utoipa::path(tag = "internal", security(("bearer" = [])), request_body(content = Object, description = "contracts::internal::TokenQuestion"),
    responses((status = 200, description = "contracts::internal::TokenFacts")))]
#[post("/internal/tokens/introspect")]
pub async fn introspect(
    state: Data<State>,
    _: ServiceCaller,
    body: Json<TokenQuestion>,
) -> ApiResult<Ok200<TokenFacts>> {
    let question = body.into_inner();
    let by_text = question
        .token
        .as_deref()
        .and_then(api_token::hash_of)
        .map(|hash| hash.to_vec());
    let hash = by_text
        .or_else(|| question.token_hash.and_then(|hash| hex::decode(hash).ok()))
        .ok_or(Error::NotFound("token"))?;
    let now = state.now();
    let mut conn = state.conn().await?;
    let (token, owner) = api_tokens::find_by_hash(&mut conn, &hash)
        .await
        .map_err(Error::from)?
        .ok_or(Error::NotFound("token"))?;
    let is_expired = token.expires_at.is_some_and(|at| now >= at.into());
    let is_waiting = state.config.require_verified_email && owner.email_verified_at.is_none();
    if is_expired || is_waiting || !owner.is_active {
        return Err(Error::NotFound("token").into());
    }
    if token
        .last_used_at
        .is_none_or(|at| now.since(at.into()) >= Duration::from_secs(60))
    {
        api_tokens::touch(&mut conn, token.id, now).await.map_err(Error::from)?;
    }
    Ok(Ok200(TokenFacts {
        token_id: token.id,
        user_id: owner.id.into(),
        role: owner.role(),
        scopes: token.scopes(),
        expires_at: token.expires_at.map(Into::into),
    }))
}

/// Counts accounts and sessions.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "contracts::internal::UserStats")))]
#[get("/internal/stats")]
pub async fn get_stats(state: Data<State>, _: ServiceCaller) -> ApiResult<Ok200<UserStats>> {
    Ok(Ok200(
        stats::read(&mut *state.conn().await?, state.now())
            .await
            .map_err(Error::from)?,
    ))
}

/// Notes what an administrator does outside of auth.
#[utoipa::path(tag = "internal", security(("bearer" = [])), request_body(content = Object, description = "contracts::internal::AuditNote"),
    responses((status = 200, description = "It is noted")))]
#[post("/internal/audit")]
pub async fn note_act(state: Data<State>, _: ServiceCaller, body: Json<AuditNote>) -> ApiResult<Ok200<()>> {
    let note = body.into_inner();
    let action = match note.act {
        OperatorAct::ChangeSource => AuditAction::SourceChangeOrdered,
        OperatorAct::ChangeAsset => AuditAction::AssetChangeOrdered,
        OperatorAct::ReplayDeadLetter => AuditAction::DeadLetterReplayOrdered,
    };
    let origin = Origin {
        address: note.address,
        user_agent: note.user_agent,
    };
    let printable = note.detail.chars().filter(|letter| !letter.is_control());
    let detail: String = printable.take(500).collect();
    let scribe = state.scribe(&origin);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        Ok(scribe
            .audit_act(conn, action, Some(note.actor.uuid()), None, &detail)
            .await?)
    })
    .await?;
    Ok(Ok200(()))
}

/// Whose data.
#[derive(Deserialize)]
pub struct ExportQuery {
    user_id: UserId,
}

/// Everything stored here about a user, for an export that spans services.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "Table by table")))]
#[get("/internal/export")]
pub async fn export_user(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<ExportQuery>,
) -> ApiResult<Ok200<Map<String, Value>>> {
    let user_id = query.into_inner().user_id.uuid();
    Ok(Ok200(
        personal_data::export(&mut *state.conn().await?, user_id)
            .await
            .map_err(Error::from)?,
    ))
}
