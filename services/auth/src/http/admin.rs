//! What administrators do to accounts.

use actix_web::{delete, get, patch, web::Data};
use contracts::{
    Role,
    events::{UserDisabled, UserEnabled, UserUpdated, Warning},
};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, Json, Ok200, Page, PageEnvelope, Path, Query, Reply},
    identity::AdminCaller,
    paging::{Cursor, Limit, cut},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{account::remove_account, client::Client, views::moment};
use crate::{
    domain::{
        audit::AuditAction,
        protection::{self, AdminAct, Concerned},
    },
    error::Error,
    state::State,
    store::{
        Scribe,
        admin_users::{self, ListedUser, SortKey, Wanted},
        users::{self, UserRow},
    },
};

/// Which users are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsersQuery {
    /// Part of a name or address.
    search: Option<String>,
    /// `active` or `disabled`.
    #[param(inline)]
    status: Option<Status>,
    /// `user` or `admin`.
    #[param(value_type = Option<String>)]
    role: Option<Role>,
    /// `created_at` (the default), `name`, `email` or `last_seen_at`.
    #[serde(default)]
    #[param(inline, required = false)]
    sort: Sort,
    /// `asc` or `desc`; times are descending and texts ascending where nothing is said.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<Place>>,
}

/// Where a page ends: the sort key and the id of its last row.
pub type Place = (String, Uuid);

/// Whether an account may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It may.
    Active,
    /// It may not.
    Disabled,
}

/// What a list of users is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When the account was made.
    #[default]
    CreatedAt,
    /// The name.
    Name,
    /// The address.
    Email,
    /// When the user was last there.
    LastSeenAt,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The smallest first.
    Asc,
    /// The largest first.
    Desc,
}

/// A user as administrators see one.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminUserView {
    id: Uuid,
    email: String,
    email_verified: bool,
    name: String,
    role: String,
    is_active: bool,
    status: &'static str,
    disabled_reason: Option<String>,
    mfa_enabled: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    version: i64,
}

impl From<ListedUser> for AdminUserView {
    fn from(user: ListedUser) -> Self {
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified,
            name: user.name,
            role: user.role,
            is_active: user.is_active,
            status: if user.is_active { "active" } else { "disabled" },
            disabled_reason: user.disabled_reason,
            mfa_enabled: user.mfa_enabled,
            last_seen_at: moment(user.last_seen_at),
            created_at: user.created_at.into(),
            version: user.version,
        }
    }
}

/// The users.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(UsersQuery), responses(
    (status = 200, description = "One page", body = PageEnvelope<AdminUserView>),
))]
#[get("/api/admin/users/")]
pub async fn list_users(
    state: Data<State>,
    _: AdminCaller,
    query: Query<UsersQuery>,
) -> ApiResult<Page<AdminUserView>> {
    let query = query.into_inner();
    let limit = query.limit;
    let (sort, is_time) = match query.sort {
        Sort::CreatedAt => (SortKey::CreatedAt, true),
        Sort::LastSeenAt => (SortKey::LastSeenAt, true),
        Sort::Name => (SortKey::Name, false),
        Sort::Email => (SortKey::Email, false),
    };
    let wanted = Wanted {
        search: query
            .search
            .map(|search| search.trim().to_owned())
            .filter(|search| !search.is_empty()),
        is_active: query.status.map(|status| status == Status::Active),
        role: query.role.map(Role::as_str),
        sort,
        is_descending: query.order.map_or(is_time, |order| order == Order::Desc),
        after: query.cursor.map(|cursor| cursor.0),
    };
    let rows = admin_users::page(&mut *state.conn().await?, wanted, limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = cut(rows, limit, |row| (row.sort_key.clone(), row.id));
    Ok(Page::new(
        rows.into_iter().map(AdminUserView::from).collect(),
        limit,
        next,
    ))
}

/// One user.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The user")), responses(
    (status = 200, description = "The user", body = Envelope<AdminUserView>),
))]
#[get("/api/admin/users/{id}/")]
pub async fn get_user(state: Data<State>, _: AdminCaller, id: Path<Uuid>) -> ApiResult<Ok200<AdminUserView>> {
    Ok(Ok200(view(&mut *state.conn().await?, id.into_inner()).await?))
}

async fn view(conn: &mut AsyncPgConnection, id: Uuid) -> Result<AdminUserView, Error> {
    Ok(admin_users::find(conn, id)
        .await?
        .ok_or(Error::NotFound("user"))?
        .into())
}

/// Whether a user may sign in.
#[derive(Deserialize, ToSchema)]
pub struct StatusChange {
    /// May sign in.
    is_active: bool,
    /// Why not, up to 500 characters.
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
        .audit_act(conn, action, Some(actor.uuid()), Some(user.id), "")
        .await?)
}

/// What a user may do.
#[derive(Deserialize, ToSchema)]
pub struct RoleChange {
    /// `user` or `admin`.
    #[schema(value_type = String)]
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
