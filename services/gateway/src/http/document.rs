//! The OpenAPI document, and the page that shows it.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG},
    web::{Data, Path},
};
use service_kit::{ApiResult, http::is_known};
use utoipa_swagger_ui::Config;

use crate::{
    error::Error,
    state::{State, Whole},
};

/// The page brings all its files along; the document itself is the only thing that it asks for.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The OpenAPI 3.1 document of everything below `/api`.
#[utoipa::path(tag = "documentation", responses(
    (status = 200, description = "The document, without an envelope", body = Object),
    (status = 304, description = "It is still the one that was named"),
))]
#[get("/api/openapi.json")]
pub async fn read_document(state: Data<State>, request: HttpRequest) -> ApiResult<HttpResponse> {
    let whole = whole(&state).await?;
    let is_known = is_known(request.headers(), &whole.etag);
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((ETAG, whole.etag.clone()))
        .insert_header((CACHE_CONTROL, "public, max-age=60"));
    Ok(if is_known {
        answer.finish()
    } else {
        answer.content_type("application/json").body(whole.json.clone())
    })
}

async fn whole(state: &State) -> Result<Arc<Whole>, Error> {
    if let Some(whole) = state.documents.whole() {
        return Ok(whole);
    }
    state.documents.refresh(&state.context).await?;
    state.documents.whole().ok_or(Error::NotWhole)
}

/// The page that shows the document.
#[utoipa::path(tag = "documentation", responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/api/docs/")]
pub async fn show_docs() -> ApiResult<HttpResponse> {
    Ok(file("index.html")?)
}

/// A file of that page.
#[get("/api/docs/{file}")]
pub async fn read_docs_file(name: Path<String>) -> ApiResult<HttpResponse> {
    Ok(file(&name)?)
}

/// The page is the same with and without the slash at its end, so its files need their whole paths.
fn with_whole_paths(page: &str) -> String {
    page.replace("\"./", "\"/api/docs/")
        .replace("\"index.css", "\"/api/docs/index.css")
        .replace("<title>Swagger UI</title>", "<title>Candlewick API</title>")
}

fn file(name: &str) -> Result<HttpResponse, Error> {
    // Without the bar at its top, whose logo brings a style that only a laxer policy would let through.
    let config = Config::from("/api/openapi.json")
        .try_it_out_enabled(true)
        .use_base_layout();
    let config = Arc::new(config);
    let found = utoipa_swagger_ui::serve(name, config)
        .ok()
        .flatten()
        .ok_or(Error::NoPath)?;
    let bytes = found.bytes.into_owned();
    let bytes = match String::from_utf8(bytes) {
        Ok(page) if name == "index.html" => with_whole_paths(&page).into_bytes(),
        Ok(other) => other.into_bytes(),
        Err(binary) => binary.into_bytes(),
    };
    Ok(HttpResponse::Ok()
        .content_type(found.content_type)
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(bytes))
}
