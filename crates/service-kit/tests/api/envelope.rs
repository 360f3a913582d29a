//! Answers, refusals and headers.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::helpers::{App, send};

#[tokio::test(flavor = "multi_thread")]
async fn successes_and_pages_have_the_envelope() {
    let app = App::start().await;
    let ana = app.user();
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let made = send(ana.create(text)).await;
        assert_eq!(made.status, 201);
        let json = made.json();
        assert_eq!((&json["success"], &json["message"]), (&json!(true), &json!("created")));
        ids.push(json["data"]["id"].as_str().expect("id").to_owned());
    }
    let first = send(ana.get("/api/notes/?limit=2")).await.json();
    assert_eq!(first["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["page"]["limit"], 2);
    assert_eq!(first["page"]["unread"], 0);
    let next = first["page"]["next"].as_str().expect("a next page");
    let last = send(ana.get(&format!("/api/notes/?limit=2&cursor={next}")))
        .await
        .json();
    assert_eq!(last["data"][0]["id"], ids[0].as_str());
    assert_eq!(last["page"]["next"], serde_json::Value::Null);
    let one = send(ana.get(&format!("/api/notes/{}/", ids[1]))).await.json();
    assert_eq!(one["data"]["text"], "two");
    let gone = send(ana.request(Method::DELETE, &format!("/api/notes/{}/", ids[1]))).await;
    assert_eq!(
        (gone.status, gone.json()),
        (200, json!({"success": true, "data": null, "message": "deleted"}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_work_with_and_without_the_slash_at_the_end() {
    let app = App::start().await;
    let ana = app.user();
    for path in [
        "/api/notes/",
        "/api/notes",
        "/api/notes?limit=1",
        "/internal/notes/",
        "/health/live/",
        "/health/live",
    ] {
        assert_ne!(send(ana.get(path)).await.status, 404, "{path}");
    }
    for path in ["/api//notes/", "/api/notes//", "/api/notes/x/y"] {
        assert_eq!(
            send(ana.get(path)).await.failure(),
            (404, "not_found".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_its_status_and_the_envelope() {
    let app = App::start().await;
    let ana = app.user();
    let post = |content_type: &str, body: &str| {
        ana.request(Method::POST, "/api/notes/")
            .header("content-type", content_type.to_owned())
            .body(body.to_owned())
    };
    let json = "application/json";
    let cases = [
        (post(json, "{"), 400, "bad_request"),
        (post(json, "[]"), 422, "validation_failed"),
        (post(json, "{}"), 422, "validation_failed"),
        (post(json, r#"{"text": "a", "user_id": 1}"#), 422, "validation_failed"),
        (post(json, r#"{"text": "a", "price": "-1"}"#), 422, "validation_failed"),
        (post("text/plain", r#"{"text": "a"}"#), 415, "unsupported_media_type"),
        (
            post("application/x-www-form-urlencoded", "text=a"),
            415,
            "unsupported_media_type",
        ),
        (
            post(json, &format!(r#"{{"text": "{}"}}"#, "x".repeat(256 * 1024))),
            413,
            "payload_too_large",
        ),
        (
            ana.request(Method::POST, "/api/notes/").body("{}"),
            415,
            "unsupported_media_type",
        ),
        (ana.get("/api/notes/?limit=0"), 422, "validation_failed"),
        (ana.get("/api/notes/?limit=%zz"), 400, "bad_request"),
        (ana.get("/api/notes/%ff/"), 400, "bad_request"),
        (ana.get("/api/notes/nonsense/"), 404, "not_found"),
        (ana.get(&format!("/api/notes/{}/", Uuid::now_v7())), 404, "not_found"),
        (ana.get("/api/nothing/"), 404, "not_found"),
        (ana.get("/"), 404, "not_found"),
        (app.get("/api/notes/"), 401, "unauthorized"),
        (ana.get("/api/admin/notes/"), 403, "forbidden"),
        (ana.create(&"x".repeat(501)), 409, "conflict"),
        (ana.get("/api/panic/"), 500, "internal"),
    ];
    for (request, status, code) in cases {
        let request = request.build().expect("request");
        let what = format!("{} {}", request.method(), request.url());
        let got = send(reqwest::RequestBuilder::from_parts(app.http.clone(), request)).await;
        assert_eq!(got.failure(), (status, code.to_owned()), "{what}: {}", got.text);
        let way = if status == 401 { "Bearer" } else { "" };
        assert_eq!(got.header("www-authenticate"), way, "{what}");
    }
}

/// What is answered to these bytes up to the end of the connection.
async fn said_to(app: &App, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(app.running.address()).await.expect("connection");
    connection.write_all(bytes).await.expect("written");
    let mut said = Vec::new();
    let reading = connection.read_to_end(&mut said);
    let ended = tokio::time::timeout(Duration::from_secs(20), reading).await;
    ended.expect("the connection is closed").expect("read");
    String::from_utf8(said).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_58_what_is_no_request_gets_the_envelope_and_the_headers_too() {
    let app = App::start().await;
    let live = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let unreadable = "GET / HTTP/1.1\nHost: x\r\n\r\n";
    let many: String = (0..500).map(|number| format!("X-{number}: y\r\n")).collect();
    let cases = [
        (unreadable.to_owned(), "400 Bad Request", 1),
        (format!("{live}{unreadable}"), "400 Bad Request", 2),
        ("no protocol at all\r\n\r\n".to_owned(), "400 Bad Request", 1),
        (
            format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
            "431 Request Header Fields Too Large",
            1,
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\n".to_owned(), "408 Request Timeout", 1),
    ];
    for (bytes, status, answers) in cases {
        let said = said_to(&app, bytes.as_bytes()).await;
        assert_eq!(said.matches("HTTP/1.1 ").count(), answers, "{said}");
        let last = said.rsplit("HTTP/1.1 ").next().expect("an answer");
        assert!(last.starts_with(status), "{said}");
        let (head, body) = last.split_once("\r\n\r\n").expect("a head");
        for header in [
            "content-type: application/json",
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'",
            "cache-control: no-store",
            "connection: close",
            &format!("content-length: {}", body.len()),
        ] {
            assert!(head.contains(header), "{header}: {said}");
        }
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(
            (&body["success"], &body["error"]["code"]),
            (&json!(false), &json!("bad_request"))
        );
        let id = body["error"]["request_id"].as_str().expect("an id");
        assert!(head.contains(&format!("x-request-id: {id}")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_named_with_its_reason() {
    let app = App::start().await;
    let ana = app.user();
    let fields = async |body: serde_json::Value| {
        send(ana.request(Method::POST, "/api/notes/").json(&body)).await.json()["error"]["fields"].clone()
    };
    assert_eq!(
        fields(json!({"text": " ", "price": "1e5"})).await,
        json!({
            "text": ["must not be empty"],
            "price": ["must be a decimal number in plain notation, such as \"0.25\""],
        })
    );
    assert_eq!(
        fields(json!({"text": "a", "balance": 5})).await,
        json!({"balance": ["is not known"]})
    );
    assert_eq!(fields(json!({"text": 5})).await, json!({"text": ["must be a text"]}));
    let patch = ana
        .request(Method::PATCH, &format!("/api/notes/{}/", Uuid::now_v7()))
        .json(&json!({"text": null}));
    assert_eq!(
        send(patch).await.json()["error"]["fields"],
        json!({"text": ["must not be null"]})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_405_and_says_which_are_right() {
    let app = App::start().await;
    let ana = app.user();
    let got = send(ana.request(Method::PUT, "/api/notes")).await;
    assert_eq!(got.failure(), (405, "method_not_allowed".to_owned()));
    assert_eq!(got.header("allow"), "GET, HEAD, POST");
    let got = send(ana.request(Method::POST, &format!("/api/notes/{}/", Uuid::now_v7()))).await;
    assert_eq!((got.status, got.header("allow")), (405, "GET, HEAD, DELETE, PATCH"));
    let got = send(app.request(Method::POST, "/health/live")).await;
    assert_eq!((got.status, got.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_a_name_of_its_own_tells_its_own_methods_and_not_those_of_a_path_with_a_variable() {
    let app = App::start().await;
    for method in [Method::GET, Method::DELETE, Method::OPTIONS] {
        let got = send(app.request(method.clone(), "/api/slow/now/")).await;
        assert_eq!((got.status, got.header("allow")), (405, "POST"), "{method}");
    }
    let got = send(app.request(Method::OPTIONS, "/api/slow/1/")).await;
    assert_eq!((got.status, got.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_like_get_without_a_body() {
    let app = App::start().await;
    let got = send(app.user().request(Method::HEAD, "/api/notes/")).await;
    assert_eq!((got.status, got.text.as_str()), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_taken_over_only_when_it_is_a_uuid() {
    let app = App::start().await;
    let id = Uuid::new_v4().to_string();
    let got = send(app.get("/api/notes/").header("x-request-id", &id)).await;
    assert_eq!(got.header("x-request-id"), id);
    let got = send(app.get("/api/notes/").header("x-request-id", "<script>")).await;
    assert_eq!(
        Uuid::parse_str(got.header("x-request-id"))
            .expect("uuid")
            .get_version_num(),
        7
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_58_every_answer_has_the_security_headers() {
    let app = App::start_with(&[("PUBLIC_URL", "https://candlewick.example")]).await;
    let ana = app.user();
    let requests = [
        ana.get("/api/notes/"),
        ana.get("/api/notes/%zz"),
        app.get("/api/notes/"),
        ana.get("/api/nothing/"),
        ana.request(Method::PUT, "/api/notes/"),
        ana.request(Method::POST, "/api/notes/")
            .header("content-length", "300000")
            .body("x".repeat(300_000)),
        ana.get("/api/panic/"),
        app.get("/health/ready"),
    ];
    for request in requests {
        let got = send(request).await;
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{}", got.status);
        assert_eq!(got.header("referrer-policy"), "no-referrer");
        assert_eq!(
            got.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(
            got.header("strict-transport-security"),
            "max-age=31536000; includeSubDomains"
        );
        assert!(!got.header("x-request-id").is_empty());
        assert!(got.headers.get("server").is_none());
        assert!(
            got.status == 200 || got.header("cache-control").ends_with("no-store"),
            "{}",
            got.status
        );
    }
    assert_eq!(
        send(ana.get("/api/notes/")).await.header("cache-control"),
        "private, no-store"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_http_address_promises_no_https() {
    let app = App::start().await;
    assert!(
        send(app.get("/health/live"))
            .await
            .headers
            .get("strict-transport-security")
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_route_pattern_never_by_path() {
    let app = App::start().await;
    let ana = app.user();
    send(ana.get(&format!("/api/notes/{}/", Uuid::now_v7()))).await;
    send(ana.get("/api/random-path/")).await;
    send(app.request(Method::from_bytes(b"BREW").expect("method"), "/api/notes/")).await;
    let text = send(app.get("/metrics")).await.text;
    assert!(
        text.contains(r#"http_requests_total{method="GET",route="/api/notes/{id}/",status="404"} 1"#),
        "{text}"
    );
    assert!(
        text.contains(r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#),
        "{text}"
    );
    assert!(
        text.contains(r#"http_requests_total{method="other",route="/api/notes/",status="405"} 1"#),
        "{text}"
    );
    assert!(text.contains("http_request_duration_seconds_bucket"));
    assert!(text.contains("process_resident_memory_bytes"));
    assert!(!text.contains("random-path"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_services_of_one_process_share_is_counted_by_each() {
    let app = App::start().await;
    let text = send(app.get("/metrics")).await.text;
    assert!(
        text.contains("messaging_reconnects_total 1"),
        "the broker's connection: {text}"
    );
    let workers = tokio::runtime::Handle::current().metrics().num_workers();
    assert!(text.contains(&format!("runtime_workers {workers}")), "{text}");
    assert!(!text.contains("runtime_tasks 0"), "{text}");
}
