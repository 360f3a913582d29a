//! Everything that is stored of a user, from every service.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Bytes, BytesMut, Data, ReqData},
};
use serde_json::Value;
use service_kit::{
    ApiResult,
    client::{CallError, InternalClient},
    http::{BEFORE_DATA, BEHIND_DATA, WrittenData, written},
    identity::SessionCaller,
};

use super::{front::Visitor, proxy};
use crate::{error::Error, state::State};

/// Who else stores something of a user, and what it is called in the export.
const PARTS: &[(&str, &str)] = &[
    ("alerts", "alerts"),
    ("portfolio", "paper_trading"),
    ("notifier", "notifications"),
];
/// What a service keeps is held up to this length; what is longer is asked for again when its turn comes.
const HELD: usize = 2 * 1024 * 1024;

/// Everything that is stored of the caller: the account table by table, and under `alerts`, `paper_trading` and
/// `notifications` what those services keep.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, description = "All of it; 503 while a service does not answer, since a part would pass for the whole",
        body = Envelope<Object>),
))]
#[get("/api/auth/export/")]
pub async fn export(
    state: Data<State>,
    user: SessionCaller,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let path = format!("/internal/export?user_id={}", user.id.uuid());
    let client = &state.context.client;
    let asked = PARTS.iter().map(|(service, _)| kept(client, service, &path));
    let parts = futures_util::future::try_join_all(asked).await?;
    // Auth last: it notes that the data was handed out.
    let answer = proxy::ask(&state, "auth", &request, &visitor, Bytes::new()).await?;
    if !answer.status.is_success() {
        return Ok(answer.into_answer());
    }
    let mut body: Value = serde_json::from_slice(&answer.body).map_err(Error::from)?;
    let account = body["data"].take();
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json");
    written(answer, |pen| async move {
        let mut data = WrittenData::open(pen).await;
        for (table, rows) in account.as_object().into_iter().flatten() {
            data.member(table, rows).await?;
        }
        for ((service, name), part) in PARTS.iter().zip(parts) {
            data.member_text(name).await?;
            match part {
                Some(whole) => data.text(&whole).await,
                None => pass_on((&state.context.client, service, &path), &mut data).await?,
            }
        }
        Ok(data.close().await)
    })
    .await
}

/// What a service keeps of a user, if it is not too long to be held.
async fn kept(client: &InternalClient, service: &str, path: &str) -> Result<Option<Bytes>, CallError> {
    let mut answer = client.get(service, path).open().await?;
    let mut whole = BytesMut::new();
    while let Some(part) = answer.next().await? {
        whole.extend_from_slice(&part);
        if whole.len() > HELD {
            return Ok(None);
        }
    }
    let data = whole.strip_prefix(BEFORE_DATA.as_bytes());
    let data = data.and_then(|data| data.strip_suffix(BEHIND_DATA.as_bytes()));
    let data = data.ok_or_else(|| no_envelope(service))?;
    Ok(Some(Bytes::copy_from_slice(data)))
}

/// Writes what a service keeps of a user as it comes.
async fn pass_on(
    (client, service, path): (&InternalClient, &str, &str),
    data: &mut WrittenData,
) -> Result<(), CallError> {
    let mut answer = client.get(service, path).open().await?;
    let mut held = BytesMut::new();
    let mut is_begun = false;
    while let Some(part) = answer.next().await? {
        held.extend_from_slice(&part);
        if !is_begun && held.len() >= BEFORE_DATA.len() {
            if !held.starts_with(BEFORE_DATA.as_bytes()) {
                return Err(no_envelope(service));
            }
            drop(held.split_to(BEFORE_DATA.len()));
            is_begun = true;
        }
        let ready = held.len().saturating_sub(BEHIND_DATA.len());
        if is_begun && ready > 0 {
            data.text(&held.split_to(ready)).await;
        }
    }
    if is_begun && held == BEHIND_DATA.as_bytes() {
        Ok(())
    } else {
        Err(no_envelope(service))
    }
}

fn no_envelope(service: &str) -> CallError {
    CallError::Unreadable {
        service: service.to_owned(),
        reason: "no envelope".to_owned(),
    }
}
