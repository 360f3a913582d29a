//! Personal API tokens.

use actix_web::{delete, get, post, web::Data};
use contracts::events::Warning;
use diesel_async::AsyncConnection;
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Created, Envelope, Json, Ok200, Path, Reply},
    idempotency::{Answer, Idempotency},
    identity::SessionCaller,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{client::Client, door::find_active, views::ApiTokenView};
use crate::{
    domain::{
        api_token::{self, ApiToken},
        audit::AuditAction,
        profile::Name,
    },
    error::Error,
    state::State,
    store::{
        api_tokens::{self, ApiTokenRow, MOST_TOKENS},
        users,
    },
};

/// A token that somebody wants.
#[derive(Deserialize, ToSchema)]
pub struct NewToken {
    /// What its owner calls it, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// One or more of `read`, `alerts`, `trade`.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// When it ends; never, if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[allow(
    dead_code,
    reason = "describes what is put together from the kept part and the token"
)]
pub struct NewTokenView {
    /// The token, for the header `Authorization: Bearer`. It is shown only now.
    token: String,
    /// What is kept of it.
    #[serde(flatten)]
    kept: ApiTokenView,
}

/// The tokens of the signed-in user.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, description = "The tokens, newest first", body = Envelope<Vec<ApiTokenView>>),
))]
#[get("/api/auth/tokens/")]
pub async fn list_tokens(state: Data<State>, user: SessionCaller) -> ApiResult<Ok200<Vec<ApiTokenView>>> {
    find_active(&state, user.id).await?;
    let rows = api_tokens::of_user(&mut *state.conn().await?, user.id.uuid())
        .await
        .map_err(Error::from)?;
    Ok(Ok200(rows.into_iter().map(ApiTokenView::from).collect()))
}

/// Makes a token. The same request with the same `Idempotency-Key` shows the same token again.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = NewToken, responses(
    (status = 201, description = "The token, shown once", body = Envelope<NewTokenView>),
    (status = 409, description = "`limit_reached`"),
))]
#[post("/api/auth/tokens/")]
pub async fn create_token(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    once: Idempotency,
    body: Json<NewToken>,
) -> ApiResult<Answer> {
    let scribe = state.scribe(&client.0);
    let row = new_row(&state, user.id.uuid(), body.into_inner(), scribe.now)?;
    let answer = once
        .run(&state.db, async |conn| {
            let owner = users::lock(conn, row.user_id).await?;
            owner.filter(|owner| owner.is_active).ok_or(Error::SessionEnded)?;
            if api_tokens::count(conn, row.user_id).await? >= MOST_TOKENS {
                return Err(Error::TooMany("50 tokens").into());
            }
            api_tokens::insert(conn, &row).await?;
            scribe.warn(conn, row.user_id, Warning::TokenCreated).await?;
            scribe
                .audit(conn, AuditAction::ApiTokenCreated, row.user_id, &row.scopes.join(" "))
                .await?;
            let kept = ApiTokenView::from(row.clone());
            Ok(Created(kept).message("keep the token somewhere safe: it is shown only now"))
        })
        .await?;
    answer.with_unstored("token", |kept| {
        let id = kept["id"].as_str()?.parse().ok()?;
        Some(ApiToken::of(&state.keyring, id).reveal().to_owned())
    })
}

fn new_row(state: &State, user_id: Uuid, body: NewToken, now: Timestamp) -> ApiResult<ApiTokenRow> {
    let mut errors = FieldErrors::new();
    let name = errors.take("name", Name::parse(&body.name));
    let scopes = errors.take("scopes", api_token::parse_scopes(&body.scopes));
    let expires_at = errors.take("expires_at", api_token::check_expiry(body.expires_at, now));
    let ((name, scopes), expires_at) = errors.finish(name.zip(scopes).zip(expires_at))?;
    let id = Uuid::now_v7();
    let token = ApiToken::of(&state.keyring, id);
    Ok(ApiTokenRow {
        id,
        user_id,
        name: name.into(),
        token_hash: token.hash().to_vec(),
        hint: token.hint(),
        scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        created_at: now.into(),
        expires_at: expires_at.map(Into::into),
        last_used_at: None,
    })
}

/// Removes a token; it counts no more within five seconds.
#[utoipa::path(tag = "auth", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The token")), responses(
    (status = 200, description = "The token is removed", body = Envelope<Option<bool>>),
))]
#[delete("/api/auth/tokens/{id}/")]
pub async fn delete_token(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    id: Path<Uuid>,
) -> ApiResult<Reply<()>> {
    let scribe = state.scribe(&client.0);
    let (user_id, id) = (user.id.uuid(), id.into_inner());
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        if !api_tokens::remove(conn, user_id, id).await? {
            return Err(Error::NotFound("token"));
        }
        Ok(scribe.audit(conn, AuditAction::ApiTokenRevoked, user_id, "").await?)
    })
    .await?;
    Ok(Ok200(()).message("the token is removed"))
}
