//! A whole service in one file, to copy from: configuration, state, error, store, routes, start.

use std::sync::Arc;

use actix_web::{delete, get, patch, post, web::Data};
use contracts::{Event, Reach};
use diesel_async::AsyncPgConnection;
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult, Context, ErrorKind, FieldErrors, IntoApiError, Patch, Running, Tasks,
    db::Db,
    http::{Created, Envelope, HttpOptions, Json, Ok200, Page, PageEnvelope, Path, Query, request_id},
    idempotency::{Answer, Idempotency},
    identity::{AdminCaller, AlertsCaller, AnyCaller, ServiceCaller, UserCaller},
    paging::{self, Cursor, Limit},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// `defaults.toml` of a real service, with a comment on each key.
pub const DEFAULTS: &str = "longest_note = 500\n[http]\nport = 0\nworkers = 2\n";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub longest_note: usize,
    pub http: HttpOptions,
}

pub struct State {
    db: Db,
    context: Context,
    longest_note: usize,
}

/// Starts the service; the binary and the tests call nothing else.
pub async fn start(config: Config, context: Context) -> anyhow::Result<Running> {
    let state = Arc::new(State {
        db: context.db()?.clone(),
        context: context.clone(),
        longest_note: config.longest_note,
    });
    let mut tasks = Tasks::new(&context);
    tasks.spawn_shared(&context)?;
    let server = service_kit::http::serve(&context, &config.http, state, routes)?;
    Ok(Running::new(&context, server, tasks))
}

/// Every route on one screen.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_note)
        .service(list_notes)
        .service(get_note)
        .service(edit_note)
        .service(delete_note)
        .service(count_notes)
        .service(all_notes)
        .service(greet)
        .service(break_down)
        .service(wait_long)
        .service(wait_not_at_all);
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the note is {is} characters long, at most {most} are allowed")]
    TooLong { is: usize, most: usize },
}

impl IntoApiError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLong { .. } => ErrorKind::Conflict,
        }
    }
}

/// A fact that this service tells.
#[derive(Serialize, Deserialize)]
struct NoteWritten {
    note_id: Uuid,
}

impl Event for NoteWritten {
    const NAME: &'static str = "note.written";
    const VERSION: u16 = 1;
    const REACH: Reach = Reach::Live;

    fn key(&self) -> String {
        self.note_id.to_string()
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct CreateNote {
    text: String,
    #[schema(value_type = Option<String>)]
    price: Option<domain::decimal::WireDecimal>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NoteView {
    id: Uuid,
    text: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

#[utoipa::path(tag = "notes", request_body = CreateNote, responses((status = 201, body = Envelope<NoteView>)), security(("bearer" = [])))]
#[post("/api/notes/")]
async fn create_note(
    state: Data<State>,
    user: AlertsCaller,
    once: Idempotency,
    body: Json<CreateNote>,
) -> ApiResult<Answer> {
    let text = parse(body.into_inner())?;
    once.run(&state.db, async |conn| {
        // In the closure only so that a test sees a refusal after the transaction began.
        let is = text.chars().count();
        if is > state.longest_note {
            return Err(Error::TooLong {
                is,
                most: state.longest_note,
            }
            .into());
        }
        let note = store::NoteRow::new(user.id, text, state.context.clock.now());
        store::insert(conn, &note).await?;
        state
            .context
            .outbox
            .add(
                conn,
                &NoteWritten { note_id: note.id },
                state.context.clock.now(),
                request_id(),
            )
            .await?;
        Ok(Created(NoteView::from(note)))
    })
    .await
}

fn parse(body: CreateNote) -> ApiResult<String> {
    let mut errors = FieldErrors::new();
    if body.text.trim().is_empty() {
        errors.add("text", "must not be empty");
    }
    errors.take_optional("price", body.price, |price| domain::Price::new(price.parse()?));
    errors.check()?;
    Ok(body.text)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListNotes {
    /// The most rows.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// The `next` of an earlier page.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<Uuid>>,
}

#[utoipa::path(tag = "notes", params(ListNotes), responses((status = 200, body = PageEnvelope<NoteView>)), security(("bearer" = [])))]
#[get("/api/notes/")]
async fn list_notes(state: Data<State>, user: UserCaller, query: Query<ListNotes>) -> ApiResult<Page<NoteView>> {
    let ListNotes { limit, cursor } = query.into_inner();
    let mut conn = state.db.get().await?;
    let rows = store::list(&mut conn, user.id, limit.probe(), cursor.map(|cursor| cursor.0)).await?;
    let (rows, next) = paging::cut(rows, limit, |row| row.id);
    Ok(Page::new(rows.into_iter().map(NoteView::from).collect(), limit, next).with("unread", 0))
}

#[utoipa::path(tag = "notes", params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<NoteView>)), security(("bearer" = [])))]
#[get("/api/notes/{id}/")]
async fn get_note(state: Data<State>, user: UserCaller, id: Path<Uuid>) -> ApiResult<Ok200<NoteView>> {
    let mut conn = state.db.get().await?;
    let row = store::find(&mut conn, user.id, id.into_inner())
        .await?
        .ok_or_else(|| ApiError::not_found("note"))?;
    Ok(Ok200(row.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
struct EditNote {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    text: Patch<String>,
}

#[utoipa::path(tag = "notes", params(("id" = Uuid, Path)), request_body = EditNote, responses((status = 200, body = Envelope<NoteView>)), security(("bearer" = [])))]
#[patch("/api/notes/{id}/")]
async fn edit_note(
    state: Data<State>,
    user: UserCaller,
    id: Path<Uuid>,
    body: Json<EditNote>,
) -> ApiResult<Ok200<NoteView>> {
    let id = id.into_inner();
    let text = match body.into_inner().text {
        Patch::Null => return Err(ApiError::invalid("text", "must not be null")),
        other => other.value(),
    };
    let mut conn = state.db.get().await?;
    if let Some(text) = text {
        store::set_text(&mut conn, user.id, id, &text).await?;
    }
    let row = store::find(&mut conn, user.id, id)
        .await?
        .ok_or_else(|| ApiError::not_found("note"))?;
    Ok(Ok200(row.into()))
}

#[utoipa::path(tag = "notes", params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Option<String>>)), security(("bearer" = [])))]
#[delete("/api/notes/{id}/")]
async fn delete_note(state: Data<State>, user: UserCaller, id: Path<Uuid>) -> ApiResult<service_kit::http::Reply<()>> {
    let mut conn = state.db.get().await?;
    if store::delete(&mut conn, user.id, id.into_inner()).await? == 0 {
        return Err(ApiError::not_found("note"));
    }
    Ok(Ok200(()).message("deleted"))
}

#[utoipa::path(tag = "admin", responses((status = 200, body = Envelope<i64>)), security(("bearer" = [])))]
#[get("/api/admin/notes/")]
async fn count_notes(state: Data<State>, _: AdminCaller) -> ApiResult<Ok200<i64>> {
    let mut conn = state.db.get().await?;
    Ok(Ok200(store::count(&mut conn).await?))
}

#[utoipa::path(tag = "internal", responses((status = 200, body = Envelope<i64>)), security(("bearer" = [])))]
#[get("/internal/notes")]
async fn all_notes(state: Data<State>, _: ServiceCaller) -> ApiResult<Ok200<i64>> {
    let mut conn = state.db.get().await?;
    Ok(Ok200(store::count(&mut conn).await?))
}

#[utoipa::path(tag = "public", responses((status = 200, body = Envelope<String>)))]
#[get("/api/greeting/")]
async fn greet(caller: AnyCaller) -> Ok200<&'static str> {
    Ok200(if caller.0.is_some() { "hello, friend" } else { "hello" })
}

#[utoipa::path(tag = "tests", responses((status = 200, body = Envelope<String>)))]
#[get("/api/panic/")]
async fn break_down() -> ApiResult<Ok200<String>> {
    panic!("this route always panics")
}

#[utoipa::path(tag = "tests", params(("millis" = u64, Path)), responses((status = 200, body = Envelope<u64>)))]
#[get("/api/slow/{millis}/")]
async fn wait_long(millis: Path<u64>) -> Ok200<u64> {
    tokio::time::sleep(std::time::Duration::from_millis(millis.0)).await;
    Ok200(millis.0)
}

#[utoipa::path(tag = "tests", responses((status = 200, body = Envelope<u64>)))]
#[post("/api/slow/now/")]
async fn wait_not_at_all() -> Ok200<u64> {
    Ok200(0)
}

impl From<store::NoteRow> for NoteView {
    fn from(row: store::NoteRow) -> Self {
        Self {
            id: row.id,
            text: row.text,
            created_at: row.created_at.into(),
        }
    }
}

/// The only place that knows SQL.
mod store {
    use chrono::{DateTime, Utc};
    use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable};
    use diesel_async::RunQueryDsl;

    use super::{AsyncPgConnection, Timestamp, UserId, Uuid};

    diesel::table! {
        tiny.notes (id) {
            id -> Uuid,
            user_id -> Uuid,
            text -> Text,
            created_at -> Timestamptz,
        }
    }

    #[derive(Queryable, Insertable)]
    #[diesel(table_name = notes)]
    pub struct NoteRow {
        pub id: Uuid,
        pub user_id: Uuid,
        pub text: String,
        pub created_at: DateTime<Utc>,
    }

    impl NoteRow {
        pub fn new(user: UserId, text: String, now: Timestamp) -> Self {
            Self {
                id: Uuid::now_v7(),
                user_id: user.uuid(),
                text,
                created_at: now.into(),
            }
        }
    }

    pub async fn insert(conn: &mut AsyncPgConnection, note: &NoteRow) -> QueryResult<()> {
        diesel::insert_into(notes::table)
            .values(note)
            .execute(conn)
            .await
            .map(drop)
    }

    pub async fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        limit: i64,
        before: Option<Uuid>,
    ) -> QueryResult<Vec<NoteRow>> {
        let mut query = notes::table
            .filter(notes::user_id.eq(user.uuid()))
            .order(notes::id.desc())
            .limit(limit)
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(notes::id.lt(before));
        }
        query.load(conn).await
    }

    pub async fn find(conn: &mut AsyncPgConnection, user: UserId, id: Uuid) -> QueryResult<Option<NoteRow>> {
        notes::table
            .find(id)
            .filter(notes::user_id.eq(user.uuid()))
            .first(conn)
            .await
            .optional()
    }

    pub async fn set_text(conn: &mut AsyncPgConnection, user: UserId, id: Uuid, text: &str) -> QueryResult<usize> {
        diesel::update(notes::table.find(id).filter(notes::user_id.eq(user.uuid())))
            .set(notes::text.eq(text))
            .execute(conn)
            .await
    }

    pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: Uuid) -> QueryResult<usize> {
        diesel::delete(notes::table.find(id).filter(notes::user_id.eq(user.uuid())))
            .execute(conn)
            .await
    }

    pub async fn count(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
        notes::table.count().get_result(conn).await
    }
}
