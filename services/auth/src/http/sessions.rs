//! Where the user is signed in.

use actix_web::{delete, get, web::Data};
use service_kit::{
    ApiResult,
    http::{Envelope, Ok200, Path, Reply},
    identity::SessionCaller,
};
use uuid::Uuid;

use super::{client::Client, door::find_active, refresh::end_session, views::SessionView};
use crate::{domain::audit::AuditAction, error::Error, state::State, store::sessions};

/// Where am I signed in.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, description = "The sessions, the last used first", body = Envelope<Vec<SessionView>>),
))]
#[get("/api/auth/sessions/")]
pub async fn list_sessions(state: Data<State>, user: SessionCaller) -> ApiResult<Ok200<Vec<SessionView>>> {
    let current = user.session.uuid();
    find_active(&state, user.id).await?;
    let rows = sessions::of_user(&mut *state.conn().await?, user.id.uuid(), state.now())
        .await
        .map_err(Error::from)?;
    Ok(Ok200(
        rows.into_iter().map(|row| SessionView::new(row, current)).collect(),
    ))
}

/// Signs one of them out.
#[utoipa::path(tag = "auth", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The session")), responses(
    (status = 200, description = "The session has ended", body = Envelope<Option<bool>>),
))]
#[delete("/api/auth/sessions/{id}/")]
pub async fn delete_session(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    id: Path<Uuid>,
) -> ApiResult<Reply<()>> {
    let was_there = end_session(
        &state,
        &client.0,
        (user.id.uuid(), id.into_inner()),
        AuditAction::SessionRevoked,
    )
    .await?;
    if !was_there {
        return Err(Error::NotFound("session").into());
    }
    Ok(Ok200(()).message("the session has ended"))
}
