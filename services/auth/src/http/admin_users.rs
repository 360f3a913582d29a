//! The users as administrators see them.

use actix_web::{get, web::Data};
use contracts::Role;
use diesel_async::AsyncPgConnection;
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, Ok200, Page, PageEnvelope, Path, Query},
    identity::{AdminCaller, ServiceCaller},
    paging::{Cursor, Limit, cut, of_another_order},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::views::moment;
use crate::{
    error::Error,
    state::State,
    store::admin_users::{self, ListedUser, Place, SortKey, Wanted},
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
    #[param(value_type = Option<String>, pattern = "^(user|admin)$")]
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
    cursor: Option<Cursor<End>>,
}

/// Where a page ends: its order, whether that is descending, and the sort key and the id of its last row.
pub type End = (Sort, bool, String, Uuid);

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
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
    #[schema(required)]
    disabled_reason: Option<String>,
    mfa_enabled: bool,
    #[schema(required, value_type = Option<String>, format = DateTime)]
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
    let is_descending = query.order.map_or(is_time, |order| order == Order::Desc);
    let after = query.cursor.map(|Cursor(end)| end);
    if after
        .as_ref()
        .is_some_and(|end| (end.0, end.1) != (query.sort, is_descending))
    {
        return Err(of_another_order());
    }
    let place = Place {
        sort,
        is_descending,
        after: after.map(|(_, _, key, id)| (key, id)),
    };
    let wanted = wanted(query.search, query.status, query.role);
    let rows = admin_users::page(&mut *state.conn().await?, &wanted, place, limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = cut(rows, limit, |row| {
        (query.sort, is_descending, row.sort_key.clone(), row.id)
    });
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

/// One user as administrators see one.
pub async fn view(conn: &mut AsyncPgConnection, id: Uuid) -> Result<AdminUserView, Error> {
    Ok(admin_users::find(conn, id)
        .await?
        .ok_or(Error::NotFound("user"))?
        .into())
}

fn wanted(search: Option<String>, status: Option<Status>, role: Option<Role>) -> Wanted {
    Wanted {
        search: search
            .map(|search| search.trim().to_owned())
            .filter(|search| !search.is_empty()),
        is_active: status.map(|status| status == Status::Active),
        role: role.map(Role::as_str),
    }
}

/// Which users somebody sorts who knows more of them than auth does.
#[derive(Deserialize)]
pub struct IdsQuery {
    search: Option<String>,
    status: Option<Status>,
    role: Option<Role>,
    limit: u32,
}

/// The ids of the users that are wanted, in their order, at most `limit`.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "Ids")))]
#[get("/internal/accounts")]
pub async fn list_ids(state: Data<State>, _: ServiceCaller, query: Query<IdsQuery>) -> ApiResult<Ok200<Vec<Uuid>>> {
    let query = query.into_inner();
    let wanted = wanted(query.search, query.status, query.role);
    let ids = admin_users::ids(&mut *state.conn().await?, &wanted, i64::from(query.limit))
        .await
        .map_err(Error::from)?;
    Ok(Ok200(ids))
}

/// Which users.
#[derive(Deserialize)]
pub struct ShownQuery {
    /// Ids with commas between, as many as a page may hold.
    ids: String,
}

/// These users as administrators see them, in no order; without those that are gone.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "Users")))]
#[get("/internal/accounts/shown")]
pub async fn show_users(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<ShownQuery>,
) -> ApiResult<Ok200<Vec<AdminUserView>>> {
    let ids = query.into_inner().ids;
    let ids: Result<Vec<Uuid>, _> = ids.split(',').filter(|id| !id.is_empty()).map(str::parse).collect();
    let ids = ids.ok().filter(|ids| ids.len() <= usize::from(Limit::MAX));
    let ids = ids.ok_or_else(|| ApiError::invalid("ids", "must be at most 200 ids with commas between"))?;
    let rows = admin_users::of_ids(&mut *state.conn().await?, &ids)
        .await
        .map_err(Error::from)?;
    Ok(Ok200(rows.into_iter().map(AdminUserView::from).collect()))
}
