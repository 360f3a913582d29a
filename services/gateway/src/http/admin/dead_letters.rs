//! Facts that services gave up, all services together.

use std::cmp::Reverse;

use actix_web::{
    HttpRequest, get, post,
    web::{Data, Path, ReqData},
};
use contracts::internal::OperatorAct;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{DeadLetterView, Envelope, Ok200, Page, PlacedDeadLetter, Query},
    identity::AdminCaller,
    paging::{Cursor, Limit},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{super::front::Visitor, stats::known};
use crate::{
    error::Error,
    http::audit::{self, Order},
    state::{SERVICES, State},
};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeadLettersQuery {
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(i64, Uuid)>>,
}

/// The shape of a page, with what it lacks.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what a page with a member beside its cursor writes")]
pub struct DeadLetterPage {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// The facts.
    data: Vec<DeadLetterView>,
    /// A sentence for people.
    message: String,
    /// Where this page lies.
    page: DeadLetterPageInfo,
}

/// Where a page of facts lies.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what a page with a member beside its cursor writes")]
pub struct DeadLetterPageInfo {
    /// The most rows that this page could have.
    limit: u16,
    /// The cursor of the next page, null on the last.
    #[schema(required)]
    next: Option<String>,
    /// The services that did not answer.
    missing: Vec<String>,
}

/// The facts that were given up, newest first; those that were sent again are kept and say so.
#[utoipa::path(tag = "admin", params(DeadLettersQuery), security(("bearer" = [])), responses(
    (status = 200, description = "One page; `page.missing` names the services that did not answer",
        body = DeadLetterPage),
))]
#[get("/api/admin/dead-letters/")]
pub async fn list_dead_letters(
    state: Data<State>,
    _: AdminCaller,
    query: Query<DeadLettersQuery>,
) -> ApiResult<Page<DeadLetterView>> {
    let DeadLettersQuery { limit, cursor } = query.into_inner();
    let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={}", cursor.encode()));
    let path = format!("/internal/dead-letters?limit={}{after}", limit.rows());
    let mut letters: Vec<PlacedDeadLetter> = Vec::new();
    let mut away: Vec<&str> = Vec::new();
    let mut has_more = false;
    let pages = join_all(SERVICES.iter().map(|service| page_of(&state, service, &path))).await;
    for (service, page) in SERVICES.iter().zip(pages) {
        match page {
            Some(page) => {
                letters.extend(page.data);
                has_more |= page.page.next.is_some();
            }
            None => away.push(service),
        }
    }
    letters.sort_by_key(|letter| Reverse(letter.place));
    has_more |= letters.len() > limit.rows();
    letters.truncate(limit.rows());
    let last = letters.last().filter(|_| has_more);
    let next = last.map(|letter| Cursor(letter.place).encode());
    let letters = letters.into_iter().map(|placed| placed.letter).collect();
    Ok(Page::new(letters, limit, next).with("missing", away))
}

#[derive(Deserialize)]
struct OnePage {
    data: Vec<PlacedDeadLetter>,
    page: NextPage,
}

#[derive(Deserialize)]
struct NextPage {
    next: Option<String>,
}

/// A service's page; `None` where it does not answer.
async fn page_of(state: &State, service: &str, path: &str) -> Option<OnePage> {
    let (status, text) = known(state.context.client.get(service, path).text().await)?;
    if status != 200 {
        tracing::warn!(service, status, "a service did not tell its dead letters");
        return None;
    }
    serde_json::from_str(&text)
        .inspect_err(|error| tracing::warn!(service, %error, "a service's dead letters can't be read"))
        .ok()
}

/// Which fact was sent again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayView {
    /// The fact.
    id: Uuid,
    /// The service that will try it again.
    service: &'static str,
}

/// Sends a fact to its queue once more.
#[utoipa::path(tag = "admin", params(("id" = Uuid, Path, description = "The dead letter")), security(("bearer" = [])), responses(
    (status = 200, description = "It will be tried again", body = Envelope<ReplayView>),
))]
#[post("/api/admin/dead-letters/{id}/replay/")]
pub async fn replay_dead_letter(
    state: Data<State>,
    _: AdminCaller,
    visitor: ReqData<Visitor>,
    id: Path<String>,
    request: HttpRequest,
) -> ApiResult<Ok200<ReplayView>> {
    let id: Uuid = id.parse().map_err(|_| Error::NoDeadLetter)?;
    let detail = format!("dead letter {id}");
    let order = Order {
        act: OperatorAct::ReplayDeadLetter,
        detail: &detail,
    };
    audit::note(&state, &visitor, request.headers(), order).await?;
    let path = format!("/internal/dead-letters/{id}/replay");
    let mut fault = None;
    for service in SERVICES {
        match state.context.client.post(service, &path, &()).send::<Uuid>().await {
            Ok(id) => return Ok(Ok200(ReplayView { id, service })),
            Err(error) if error.is_not_found() => {}
            Err(error) => fault = Some(error),
        }
    }
    Err(fault.map_or(Error::NoDeadLetter, Error::from).into())
}
