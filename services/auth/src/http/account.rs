//! Taking everything along, and leaving.

use actix_web::{delete, get, web::Data};
use contracts::{Role, events::UserDeleted};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Map, Value};
use service_kit::{
    ApiResult,
    http::{Accepted, Envelope, Json, Ok200, Reply},
    idempotency,
    identity::SessionCaller,
};
use uuid::Uuid;

use super::{
    client::Client,
    door::{confirm_password, find_active},
    mfa::PasswordBody,
};
use crate::{
    domain::{audit::AuditAction, protection::Protected},
    error::Error,
    state::State,
    store::{
        Scribe, audit, lockouts, personal_data,
        users::{self, UserRow},
    },
};

/// Everything that this service stores about the user.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, description = "Table by table", body = Envelope<Object>),
))]
#[get("/api/auth/export/")]
pub async fn export(state: Data<State>, user: SessionCaller, client: Client) -> ApiResult<Ok200<Map<String, Value>>> {
    let row = find_active(&state, user.id).await?;
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let tables = conn
        .transaction::<_, Error, _>(async |conn| {
            let tables = personal_data::export(conn, row.id).await?;
            scribe.audit(conn, AuditAction::DataExported, row.id, "").await?;
            Ok(tables)
        })
        .await?;
    Ok(Ok200(tables))
}

/// Removes the account. Every service forgets the user within a minute.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = PasswordBody, responses(
    (status = 202, description = "The account is gone; other services follow", body = Envelope<Option<bool>>),
    (status = 409, description = "`cannot_change_yourself`: administrators are removed by others"),
))]
#[delete("/api/auth/me/")]
pub async fn delete_me(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: Json<PasswordBody>,
) -> ApiResult<Reply<()>> {
    let row = confirm_password(&state, &client.0, user.id, ("password", body.into_inner().password)).await?;
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let present = users::lock(conn, row.id).await?.ok_or(Error::SessionEnded)?;
        if present.role() == Role::Admin {
            return Err(Protected::Yourself.into());
        }
        remove_account(&state, &scribe, conn, (present, row.id)).await
    })
    .await?;
    state.outbox.wake();
    Ok(Accepted(()).message("your account is removed; everything stored about you follows within a minute"))
}

/// Removes an account that is locked, and all that is known of the person; `actor` did it.
pub async fn remove_account(
    state: &State,
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    (user, actor): (UserRow, Uuid),
) -> Result<(), Error> {
    lockouts::clear(conn, &state.keyring.lockout_subject(&user.email)).await?;
    idempotency::forget_user(conn, user.id.into()).await?;
    scribe
        .tell(
            conn,
            &UserDeleted {
                user_id: user.id.into(),
            },
        )
        .await?;
    scribe.revoke_account(conn, user.id).await?;
    scribe
        .audit_act(conn, AuditAction::UserDeleted, Some(actor), Some(user.id), "")
        .await?;
    audit::forget_origins(conn, user.id).await?;
    Ok(users::delete(conn, user.id).await?)
}
