//! What code below a request may know of it without being handed it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::error::ApiError;

tokio::task_local! {
    static REQUEST_ID: Uuid;
}

/// The id of the request that this task serves, or a fresh one outside of requests.
///
/// It is the correlation id of the facts that the request causes.
pub fn request_id() -> Uuid {
    REQUEST_ID.try_with(|id| *id).unwrap_or_else(|_| Uuid::now_v7())
}

/// Runs `future` as a part of the request `id`; for work that a request hands to another task.
pub async fn within_request<F: Future>(id: Uuid, future: F) -> F::Output {
    REQUEST_ID.scope(id, future).await
}

/// The same, of what needs no waiting.
pub(super) fn within_request_now<T>(id: Uuid, work: impl FnOnce() -> T) -> T {
    REQUEST_ID.sync_scope(id, work)
}

/// The request's id, as an extractor; the same as [`request_id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl FromRequest for RequestId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request_id())))
    }
}
