//! What administrators do to accounts.

use actix_web::{delete, patch, web::Data};
use contracts::{
    Role,
    events::{UserDisabled, UserEnabled, UserUpdated, Warning},
};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::UserId;
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, Json, Ok200, Path, Reply},
    identity::AdminCaller,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    account::remove_account,
    admin_users::{AdminUserView, view},
    client::Client,
};
use crate::{
    domain::{
        audit::AuditAction,
        protection::{self, AdminAct, Concerned},
    },
    error::Error,
    state::State,
    store::{
        Scribe,
        users::{self, UserRow},
    },
};

/// Whether a user may sign in.
#[derive(Deserialize, ToSchema)]
pub struct StatusChange {
    /// May sign in.
    is_active: bool,
    /// Why not, up to 500 characters; the audit log keeps it.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// The version that was seen; an old one is refused.
    version: Option<i64>,
}

/// Shuts or opens an account.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The user")), request_body = StatusChange,
    responses(
        (status = 200, description = "The user as it is now", body = Envelope<AdminUserView>),
        (status = 409, description = "`cannot_change_yourself`, `last_admin` or `version_conflict`"),
    ))]
#[patch("/api/admin/users/{id}/status/")]
pub async fn change_status(
    state: Data<State>,
    admin: AdminCaller,
    client: Client,
    id: Path<Uuid>,
    body: Json<StatusChange>,
) -> ApiResult<Ok200<AdminUserView>> {
    let body = body.into_inner();
    if body.reason.as_ref().is_some_and(|reason| reason.chars().count() > 500) {
        return Err(ApiError::invalid("reason", "must have at most 500 characters"));
    }
    let order = OrderedAct {
        actor: admin.0.id,
        target: id.into_inner(),
        act: AdminAct::SetActive(body.is_active),
        version: body.version,
    };
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let view = conn
        .transaction::<_, Error, _>(async |conn| {
            let user = admit(conn, &order).await?;
            set_active(&scribe, conn, (user, order.actor), body).await?;
            view(conn, order.target).await
        })
        .await?;
    state.outbox.wake();
    Ok(Ok200(view))
}

async fn set_active(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    (mut user, actor): (UserRow, UserId),
    change: StatusChange,
) -> Result<(), Error> {
    let was_active = std::mem::replace(&mut user.is_active, change.is_active);
    let detail = change.reason.clone().unwrap_or_default();
    user.disabled_reason = if change.is_active {
        None
    } else {
        change.reason.or(user.disabled_reason.take())
    };
    users::save(conn, &mut user).await?;
    if was_active == change.is_active {
        return Ok(());
    }
    let (user_id, version) = (user.id.into(), user.version.unsigned_abs());
    let action = if change.is_active {
        scribe.tell(conn, &UserEnabled { user_id, version }).await?;
        AuditAction::UserEnabled
    } else {
        scribe.tell(conn, &UserDisabled { user_id, version }).await?;
        scribe.revoke_account(conn, user.id).await?;
        AuditAction::UserDisabled
    };
    Ok(scribe
        .audit_act(conn, action, Some(actor.uuid()), Some(user.id), &detail)
        .await?)
}

/// What a user may do.
#[derive(Deserialize, ToSchema)]
pub struct RoleChange {
    /// `user` or `admin`.
    #[schema(value_type = String, pattern = "^(user|admin)$")]
    role: Role,
    /// The version that was seen; an old one is refused.
    version: Option<i64>,
}

/// Gives an account another role. Its sessions end: they were granted to the old one.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The user")), request_body = RoleChange,
    responses(
        (status = 200, description = "The user as it is now", body = Envelope<AdminUserView>),
        (status = 409, description = "`cannot_change_yourself`, `last_admin` or `version_conflict`"),
    ))]
#[patch("/api/admin/users/{id}/role/")]
pub async fn change_role(
    state: Data<State>,
    admin: AdminCaller,
    client: Client,
    id: Path<Uuid>,
    body: Json<RoleChange>,
) -> ApiResult<Ok200<AdminUserView>> {
    let RoleChange { role, version } = body.into_inner();
    let order = OrderedAct {
        actor: admin.0.id,
        target: id.into_inner(),
        act: AdminAct::SetRole(role),
        version,
    };
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let view = conn
        .transaction::<_, Error, _>(async |conn| {
            let user = admit(conn, &order).await?;
            set_role(&scribe, conn, (user, order.actor), role).await?;
            view(conn, order.target).await
        })
        .await?;
    state.outbox.wake();
    Ok(Ok200(view))
}

async fn set_role(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    (mut user, actor): (UserRow, UserId),
    role: Role,
) -> Result<(), Error> {
    let before = user.role();
    if before == role {
        return Ok(());
    }
    user.role = role.as_str().to_owned();
    users::save(conn, &mut user).await?;
    scribe.tell(conn, &UserUpdated(user.facts())).await?;
    scribe.warn(conn, user.id, Warning::RoleChanged).await?;
    scribe.end_sessions(conn, user.id, None).await?;
    let detail = format!("{before} -> {role}");
    Ok(scribe
        .audit_act(
            conn,
            AuditAction::RoleChanged,
            Some(actor.uuid()),
            Some(user.id),
            &detail,
        )
        .await?)
}

/// Removes an account; every service forgets the user.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The user")), responses(
    (status = 200, description = "The account is removed", body = Envelope<Option<bool>>),
    (status = 409, description = "`cannot_change_yourself` or `last_admin`"),
))]
#[delete("/api/admin/users/{id}/")]
pub async fn delete_user(
    state: Data<State>,
    admin: AdminCaller,
    client: Client,
    id: Path<Uuid>,
) -> ApiResult<Reply<()>> {
    let order = OrderedAct {
        actor: admin.0.id,
        target: id.into_inner(),
        act: AdminAct::Delete,
        version: None,
    };
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let user = admit(conn, &order).await?;
        remove_account(&state, &scribe, conn, (user, order.actor.uuid())).await
    })
    .await?;
    state.outbox.wake();
    Ok(Ok200(()).message("the account is removed"))
}

/// An act on an account, as it was ordered.
struct OrderedAct {
    actor: UserId,
    target: Uuid,
    act: AdminAct,
    version: Option<i64>,
}

/// Locks all administrators, then the account, and checks that the act may happen.
async fn admit(conn: &mut AsyncPgConnection, order: &OrderedAct) -> Result<UserRow, Error> {
    let admins: Vec<UserId> = users::lock_active_admins(conn)
        .await?
        .into_iter()
        .map(UserId::from)
        .collect();
    let user = users::lock(conn, order.target).await?;
    let who = Concerned {
        actor: order.actor,
        target: order.target.into(),
        active_admins: &admins,
    };
    protection::check(order.act, who)?;
    let user = user.ok_or(Error::NotFound("user"))?;
    if order.version.is_some_and(|seen| seen != user.version) {
        return Err(Error::VersionConflict);
    }
    Ok(user)
}
