//! The audit log, for administrators.

use actix_web::{get, web::Data};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Page, PageEnvelope, Query},
    identity::AdminCaller,
    paging::{Cursor, Limit, cut},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    domain::audit::AuditAction,
    error::Error,
    state::State,
    store::audit::{self, AuditRow, KnownOrigin, Wanted},
};

/// Which lines are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Who did it, or to whom it was done.
    user_id: Option<Uuid>,
    /// What was done, such as `role_changed`.
    action: Option<String>,
    /// Rows of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<i64>>,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// Its id, made of its time and its hash.
    id: Uuid,
    /// Its number, without gaps.
    seq: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who; null for the command line or somebody unknown.
    actor_id: Option<Uuid>,
    /// What.
    action: String,
    /// To whom.
    target_id: Option<Uuid>,
    /// Particulars.
    detail: String,
    /// From which address; null once the person is forgotten.
    address: Option<String>,
    /// With which program.
    user_agent: Option<String>,
    /// In which request.
    request_id: Option<Uuid>,
    /// The hash of this line behind the one before, in hex.
    hash: String,
}

impl From<(AuditRow, KnownOrigin)> for AuditView {
    fn from((row, (address, user_agent)): (AuditRow, KnownOrigin)) -> Self {
        Self {
            id: row.id(),
            seq: row.seq,
            at: row.at.into(),
            actor_id: row.actor_id,
            action: row.action,
            target_id: row.target_id,
            detail: row.detail,
            address,
            user_agent,
            request_id: row.request_id,
            hash: hex::encode(row.hash),
        }
    }
}

/// Who did what to whom, when, from where; newest first.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(AuditQuery), responses(
    (status = 200, description = "One page", body = PageEnvelope<AuditView>),
))]
#[get("/api/admin/audit/")]
pub async fn list_audit(state: Data<State>, _: AdminCaller, query: Query<AuditQuery>) -> ApiResult<Page<AuditView>> {
    let query = query.into_inner();
    if query
        .action
        .as_deref()
        .is_some_and(|action| !AuditAction::NAMES.contains(&action))
    {
        let why = format!("must be one of {}", AuditAction::NAMES.join(", "));
        return Err(ApiError::invalid("action", why));
    }
    let wanted = Wanted {
        before: query.cursor.map(|cursor| cursor.0),
        person: query.user_id,
        action: query.action,
    };
    let rows = audit::page(&mut *state.conn().await?, wanted, query.limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = cut(rows, query.limit, |(row, _)| row.seq);
    Ok(Page::new(
        rows.into_iter().map(AuditView::from).collect(),
        query.limit,
        next,
    ))
}
