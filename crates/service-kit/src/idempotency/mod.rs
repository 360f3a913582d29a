//! The same request twice has one effect and one answer.
//!
//! The answer is stored in the transaction of the effect, so a crash leaves both or neither. A refusal stores
//! nothing and frees the key. Of two equal requests at the same time one is told to come back: it does not get the
//! advisory lock, which ends with the other's transaction however that ends.

mod canonical;
mod store;

use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload,
    http::header::HeaderName, web::Data,
};
use aws_lc_rs::digest::{SHA256, digest};
use diesel::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use domain::{SharedClock, UserId};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    context::Context,
    db::Db,
    error::{ApiError, ApiResult},
    http::{IntoReply, RawBody, Reply, ServerShared, WrittenData, json_response},
    identity::{Caller, caller_of},
};

use store::Stored;
pub use store::{forget_old, forget_user};

/// The request header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer is a repetition.
pub const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 3600);
const MAX_KEY: usize = 255;
const FIELD: &str = "Idempotency-Key";

/// Runs the effect of a creating request at most once for each `Idempotency-Key` of a user.
///
/// Take it behind the caller and before or behind the body; without the header it is a plain transaction.
///
/// ```text
/// async fn create(state: Data<State>, user: UserCaller, once: Idempotency, body: Json<Create>) -> ApiResult<Answer> {
///     let rule = NewRule::parse(user.id, body.into_inner())?;
///     once.run(&state.db, async |conn| Ok(Created(store::insert(conn, &rule).await?))).await
/// }
/// ```
pub struct Idempotency {
    request: HttpRequest,
    scope: Option<Scope>,
    context: Data<ServerShared>,
}

/// How many answers an export reads at once.
const EXPORT_PAGE: i64 = 100;

/// Writes the answers that are kept for a user into what is exported of them.
pub async fn export(data: &mut WrittenData, db: &Db, user: UserId) -> ApiResult<()> {
    data.pages("idempotency_keys", async |place| {
        let place = place.unwrap_or_default();
        let rows = store::of_user(&mut *db.get().await?, user.uuid(), &place, EXPORT_PAGE).await;
        let rows = rows.map_err(ApiError::internal)?;
        let last = rows.last().map(store::KeptAnswer::place);
        Ok((rows, last))
    })
    .await
}

/// What makes two requests the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    user: Uuid,
    route: String,
    key: String,
}

/// A fresh or a repeated answer.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    body: String,
    is_replay: bool,
}

impl Answer {
    /// Whether it is a repetition: nothing was done this time.
    pub fn is_replay(&self) -> bool {
        self.is_replay
    }

    /// Adds a member to `data` that is shown and not stored, such as a token that a repetition can make again.
    ///
    /// `make` sees the stored `data`.
    pub fn with_unstored(
        mut self,
        member: &str,
        make: impl FnOnce(&serde_json::Value) -> Option<String>,
    ) -> ApiResult<Self> {
        let mut body: serde_json::Value = serde_json::from_str(&self.body).map_err(ApiError::internal)?;
        let made = make(&body["data"]);
        body["data"][member] = made.into();
        self.body = body.to_string();
        Ok(self)
    }

    fn fresh<T: Serialize>(reply: &Reply<T>) -> ApiResult<Self> {
        let body = reply.body().map_err(ApiError::internal)?;
        Ok(Self {
            status: reply.status,
            body,
            is_replay: false,
        })
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = json_response(self.status, self.body);
        if self.is_replay {
            answer.headers_mut().insert(
                IDEMPOTENT_REPLAYED,
                actix_web::http::header::HeaderValue::from_static("true"),
            );
        }
        answer
    }
}

impl Idempotency {
    /// Runs `effect` in a transaction, stores its answer with it, commits, and wakes the relay of facts.
    ///
    /// An error rolls everything back. A repetition gets the stored answer and `effect` does not run.
    pub async fn run<R: IntoReply>(
        &self,
        db: &Db,
        effect: impl AsyncFnOnce(&mut AsyncPgConnection) -> ApiResult<R>,
    ) -> ApiResult<Answer> {
        let context = self.context.context();
        let mut conn = db.get().await?;
        let answer = in_transaction(&mut conn, async |conn| {
            let Some(scope) = &self.scope else {
                return Answer::fresh(&effect(conn).await?.into_reply());
            };
            let hash = self.body_hash()?;
            if let Some(answer) = find(conn, context, scope, &hash).await? {
                return Ok(answer);
            }
            let answer = Answer::fresh(&effect(conn).await?.into_reply())?;
            let stored = Stored {
                body_hash: hash,
                status: answer.status,
                answer: answer.body.clone(),
            };
            store::insert(conn, scope, &stored, context.clock.now()).await?;
            Ok(answer)
        })
        .await?;
        context.outbox.wake();
        Ok(answer)
    }

    /// The hash of the body that the extractor of JSON read, the same for the same JSON however it is written.
    fn body_hash(&self) -> ApiResult<Vec<u8>> {
        let body = self
            .request
            .extensions()
            .get::<RawBody>()
            .map(|body| body.0.clone())
            .unwrap_or_default();
        let text = std::str::from_utf8(&body).map_err(ApiError::internal)?;
        let canonical = if text.trim().is_empty() {
            String::new()
        } else {
            canonical::canonical(text).map_err(ApiError::internal)?
        };
        Ok(digest(&SHA256, canonical.as_bytes()).as_ref().to_vec())
    }
}

/// The stored answer of the same request, if there is one; refuses the other cases.
async fn find(
    conn: &mut AsyncPgConnection,
    context: &Context,
    scope: &Scope,
    hash: &[u8],
) -> ApiResult<Option<Answer>> {
    if !store::try_lock(conn, context.service, scope).await? {
        let error = ApiError::conflict("idempotency_in_progress", "the same request is still being worked on");
        return Err(error.with_retry_after(Duration::from_secs(1)));
    }
    let Some(stored) = store::find(conn, scope, oldest(&context.clock)).await? else {
        return Ok(None);
    };
    if stored.body_hash != hash {
        return Err(ApiError::conflict(
            "idempotency_key_reused",
            "this Idempotency-Key was used with another body",
        ));
    }
    Ok(Some(Answer {
        status: stored.status,
        body: stored.answer,
        is_replay: true,
    }))
}

fn oldest(clock: &SharedClock) -> domain::Timestamp {
    clock.now().minus(KEPT_FOR)
}

/// As `AsyncConnection::transaction`, for futures that stay on their thread, as handlers' do.
pub(crate) async fn in_transaction<T, E: From<diesel::result::Error>>(
    conn: &mut AsyncPgConnection,
    work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
) -> Result<T, E> {
    type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;
    Manager::begin_transaction(conn).await?;
    match work(conn).await {
        Ok(value) => {
            Manager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(error) => {
            let undone: QueryResult<()> = Manager::rollback_transaction(conn).await;
            if let Err(undone) = undone {
                // The pool drops the connection; the server rolls back by itself.
                tracing::debug!(error = %undone, "a rollback failed");
            }
            Err(error)
        }
    }
}

impl FromRequest for Idempotency {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_headers(request))
    }
}

fn from_headers(request: &HttpRequest) -> ApiResult<Idempotency> {
    let context = request
        .app_data::<Data<ServerShared>>()
        .cloned()
        .ok_or_else(|| ApiError::internal(OutsideServer))?;
    let scope = match key_of(request)? {
        None => None,
        Some(key) => {
            let user = match caller_of(request)? {
                Caller::User(user) => user.id.uuid(),
                Caller::Anonymous | Caller::Service(_) => Uuid::nil(),
            };
            Some(Scope {
                user,
                route: format!("{} {}", request.method(), request.path()),
                key,
            })
        }
    };
    Ok(Idempotency {
        request: request.clone(),
        scope,
        context,
    })
}

fn key_of(request: &HttpRequest) -> ApiResult<Option<String>> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(ApiError::invalid(FIELD, "is given twice"));
    }
    let bytes = value.as_bytes();
    let is_visible = bytes.iter().all(u8::is_ascii_graphic);
    if bytes.is_empty() || bytes.len() > MAX_KEY || !is_visible {
        return Err(ApiError::invalid(FIELD, "must be 1 to 255 visible ASCII characters"));
    }
    Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
}

#[derive(Debug, thiserror::Error)]
#[error("idempotency works only below service_kit::http::serve")]
struct OutsideServer;
