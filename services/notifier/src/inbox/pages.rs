//! The page and the small API of the inbox.

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    middleware::DefaultHeaders,
    web::{self, Data, Path, Query},
};
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::mailbox::Mailbox;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
/// A mail's own HTML may look as it likes, and do nothing at all.
const MAIL_POLICY: &str =
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// Starts the server.
pub fn serve(
    listener: TcpListener,
    mailbox: Arc<Mailbox>,
) -> anyhow::Result<(ServerHandle, JoinHandle<io::Result<()>>)> {
    let mailbox = Data::from(mailbox);
    let server = HttpServer::new(move || {
        let headers = DefaultHeaders::new()
            .add(("content-security-policy", POLICY))
            .add(("x-content-type-options", "nosniff"))
            .add(("referrer-policy", "no-referrer"))
            .add(("cache-control", "no-store"));
        App::new()
            .app_data(mailbox.clone())
            .wrap(headers)
            .route("/", web::get().to(async || text("text/html; charset=utf-8", PAGE)))
            .route(
                "/page.css",
                web::get().to(async || text("text/css; charset=utf-8", STYLE)),
            )
            .route(
                "/page.js",
                web::get().to(async || text("text/javascript; charset=utf-8", SCRIPT)),
            )
            .route(
                "/health/live",
                web::get().to(async || HttpResponse::Ok().json(json!({"status": "live"}))),
            )
            .route("/api/mails", web::get().to(list_mails))
            .route("/api/mails", web::delete().to(delete_all))
            .route("/api/mails/{id}", web::get().to(read_mail))
            .route("/api/mails/{id}", web::delete().to(delete_mail))
            .route("/api/mails/{id}/html", web::get().to(read_html))
            .route("/api/mails/{id}/source", web::get().to(read_source))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .tcp_nodelay(true)
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((handle, tokio::spawn(server)))
}

fn text(kind: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).body(body)
}

#[derive(Deserialize)]
struct Search {
    to: Option<String>,
    limit: Option<usize>,
}

async fn list_mails(mailbox: Data<Mailbox>, search: Query<Search>) -> HttpResponse {
    let mails = mailbox.list(search.to.as_deref(), search.limit.unwrap_or(500));
    let rows: Vec<_> = mails.iter().map(|mail| mail.summary()).collect();
    HttpResponse::Ok().json(json!({"mails": rows}))
}

async fn read_mail(mailbox: Data<Mailbox>, id: Path<Uuid>) -> HttpResponse {
    match mailbox.find(*id) {
        Some(mail) => HttpResponse::Ok().json(mail.open()),
        None => missing(),
    }
}

async fn read_html(mailbox: Data<Mailbox>, id: Path<Uuid>) -> HttpResponse {
    match mailbox.find(*id).and_then(|mail| mail.html()) {
        Some(html) => HttpResponse::Ok()
            .insert_header(("content-security-policy", MAIL_POLICY))
            .content_type("text/html; charset=utf-8")
            .body(html),
        None => missing(),
    }
}

async fn read_source(mailbox: Data<Mailbox>, id: Path<Uuid>) -> HttpResponse {
    match mailbox.find(*id) {
        Some(mail) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(mail.source.clone()),
        None => missing(),
    }
}

async fn delete_mail(mailbox: Data<Mailbox>, id: Path<Uuid>) -> HttpResponse {
    if mailbox.delete(*id) {
        HttpResponse::Ok().json(json!({"deleted": 1}))
    } else {
        missing()
    }
}

async fn delete_all(mailbox: Data<Mailbox>) -> HttpResponse {
    mailbox.clear();
    HttpResponse::Ok().json(json!({"deleted": "all"}))
}

fn missing() -> HttpResponse {
    HttpResponse::NotFound().json(json!({"error": "no such mail"}))
}
