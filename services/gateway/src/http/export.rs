//! Everything that is stored of a user, from every service.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Bytes, Data, ReqData},
};
use serde_json::{Map, Value};
use service_kit::{ApiResult, client::CallError, identity::SessionCaller};

use super::{front::Visitor, proxy};
use crate::{error::Error, state::State};

/// Who else stores something of a user, and what it is called in the export.
const PARTS: &[(&str, &str)] = &[
    ("alerts", "alerts"),
    ("portfolio", "paper_trading"),
    ("notifier", "notifications"),
];

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
    let asked = PARTS.iter().map(|(service, name)| async {
        let part: Value = client.get(service, &path).send().await?;
        Ok::<_, CallError>(((*name).to_owned(), part))
    });
    let parts: Map<String, Value> = futures_util::future::try_join_all(asked).await?.into_iter().collect();
    // Auth last: it notes that the data was handed out.
    let answer = proxy::ask(&state, "auth", &request, &visitor, Bytes::new()).await?;
    if !answer.status.is_success() {
        return Ok(answer.into_answer());
    }
    let mut body: Value = serde_json::from_slice(&answer.body).map_err(Error::from)?;
    if let Some(account) = body.get_mut("data").and_then(Value::as_object_mut) {
        account.extend(parts);
    }
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(body.to_string()))
}
