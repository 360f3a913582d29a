//! What happens at the door: what services hear of a client, which pages may call, how often somebody may.

use std::collections::BTreeSet;

use contracts::Role;
use reqwest::{Method, Response, header::HeaderMap};
use serde_json::{Value, json};
use service_kit::cache::Cache;

use super::helpers::{App, PUBLIC_URL, Person};

const ALERTS: &str = "/api/alerts/";
const ASSETS: &str = "/api/assets/";
const LOGIN: &str = "/api/auth/login/";

/// What a client may say about itself, and what it may not.
const FORGED: &[(&str, &str)] = &[
    ("x-user-id", "1"),
    ("x-role", "admin"),
    ("x-candlewick-client-addr", "10.0.0.1"),
    ("x-candlewick-timeout-ms", "1"),
    ("x-forwarded-for", "10.0.0.1"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "https"),
    ("x-real-ip", "10.0.0.1"),
    ("forwarded", "for=10.0.0.1"),
    ("via", "1.1 evil"),
    ("x-original-url", "/internal/users"),
    ("x-rewrite-url", "/internal/users"),
    ("x-http-method-override", "DELETE"),
    ("x-middleware-subrequest", "middleware"),
    ("connection", "x-candlewick-client-addr"),
    ("cookie", "__Host-candlewick-refresh=stolen"),
    ("te", "trailers"),
];

#[tokio::test(flavor = "multi_thread")]
async fn reliability_47_services_hear_nothing_that_a_client_makes_up() {
    let app = App::start().await;
    app.answer(ALERTS, json!([]));
    let ana = app.person_with(Role::Admin, 900);
    let mut asked = app.ask(Method::GET, ALERTS).bearer_auth(&ana.token);
    for (name, value) in FORGED {
        asked = asked.header(*name, *value);
    }
    assert_eq!(asked.send().await.expect("an answer").status(), 200);
    let seen = app.received(ALERTS).await.pop().expect("a request");
    let names: BTreeSet<&str> = seen.headers.keys().map(|name| name.as_str()).collect();
    // The gateway asks for whatever packing its own client reads; the rest is the client's or the platform's.
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "host",
        "x-candlewick-client-addr",
        "x-candlewick-timeout-ms",
        "x-request-id",
    ];
    assert_eq!(names, expected.into_iter().collect());
    assert_eq!(seen.headers["x-candlewick-client-addr"], "127.0.0.1");
    assert_eq!(seen.headers["x-candlewick-timeout-ms"], "10000");
    let token = seen.headers["authorization"].to_str().expect("text");
    assert_ne!(
        token,
        format!("Bearer {}", ana.token),
        "the user's own token stays outside"
    );
    assert!(!token.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_47_nobody_gets_to_what_is_inside() {
    let app = App::start().await;
    for path in [
        "/internal/users",
        "/api/auth/internal/users",
        "/api/auth/%2e%2e/internal/users",
        "/metrics",
        "/api/nothing/",
    ] {
        let answer = app.ask(Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
    }
    assert!(app.received("/internal/users").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_57_only_pages_of_named_origins_read_answers() {
    let app = App::start().await;
    app.answer(ASSETS, json!([]));
    let own = app.running.url();
    for (origin, may) in [
        (PUBLIC_URL, true),
        (own.as_str(), true),
        ("https://evil.example", false),
        ("null", false),
        ("https://candlewick.example.evil.example", false),
        ("http://candlewick.example", false),
    ] {
        let read = app.ask(Method::GET, ASSETS).header("origin", origin);
        let asks_first = app
            .ask(Method::OPTIONS, ALERTS)
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        for (asked, status) in [(read, 200), (asks_first, 204)] {
            let answer = asked.send().await.expect("an answer");
            let headers = answer.headers();
            assert_eq!(answer.status(), status, "{origin}");
            let allowed = headers.get("access-control-allow-origin");
            assert_eq!(
                allowed.map(|value| value.as_bytes()),
                may.then_some(origin.as_bytes()),
                "{origin}"
            );
            assert!(headers.get_all("vary").iter().any(|value| value == "Origin"));
        }
    }
}

fn number(headers: &HeaderMap, name: &str) -> u64 {
    let value = headers.get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("text").parse().expect("a number")
}

/// The limit and what is left of it.
fn standing(answer: &Response) -> (u64, u64) {
    let headers = answer.headers();
    assert!((1..=60).contains(&number(headers, "ratelimit-reset")));
    (
        number(headers, "ratelimit-limit"),
        number(headers, "ratelimit-remaining"),
    )
}

async fn login(app: &App, client: &str) -> Response {
    let asked = app.ask(Method::POST, LOGIN).header("x-forwarded-for", client);
    asked.json(&json!({})).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_how_often_its_caller_may_still_ask() {
    let app = App::start_with(&[("GATEWAY__TRUSTED_PROXIES", "127.0.0.1")]).await;
    app.answer(LOGIN, json!(null));
    app.answer(ASSETS, json!([]));
    app.answer(ALERTS, json!([]));
    for left in (0..20).rev() {
        assert_eq!(standing(&login(&app, "203.0.113.5").await), (20, left));
    }
    let refused = login(&app, "203.0.113.5").await;
    assert_eq!((refused.status().as_u16(), standing(&refused)), (429, (20, 0)));
    assert!((1..=60).contains(&number(refused.headers(), "retry-after")));
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "too_many_requests");
    assert_eq!(app.received(LOGIN).await.len(), 20, "the last one went no further");
    assert_eq!(standing(&login(&app, "203.0.113.6").await), (20, 19), "another address");

    // Reads of the market count by address, whoever asks; all else by user.
    let (ana, bob) = (app.person(900), app.person(900));
    let read = async |person: &Person, path: &str| {
        let asked = app.ask(Method::GET, path).header("x-forwarded-for", "203.0.113.7");
        standing(&asked.bearer_auth(&person.token).send().await.expect("an answer"))
    };
    assert_eq!(read(&ana, ASSETS).await, (1_200, 1_199));
    assert_eq!(read(&bob, ASSETS).await, (1_200, 1_198));
    assert_eq!(read(&ana, ALERTS).await, (600, 599));
    assert_eq!(read(&bob, ALERTS).await, (600, 599));
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_74_limits_hold_in_this_process_while_redis_is_gone() {
    let nobody = "redis://127.0.0.1:1".to_owned().into();
    let cache = Cache::connect(&nobody, "gateway-test:").expect("a cache");
    let app = App::start_on(cache, &[("GATEWAY__LIMITS__DOORS_PER_MINUTE", "3")]).await;
    app.answer(LOGIN, json!(null));
    for left in [2, 1, 0] {
        let answer = login(&app, "").await;
        assert_eq!((answer.status().as_u16(), standing(&answer)), (200, (3, left)));
    }
    assert_eq!(login(&app, "").await.status(), 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_of_tokens_are_limited_by_address() {
    let app = App::start_with(&[("GATEWAY__LIMITS__PUBLIC_PER_MINUTE", "200")]).await;
    for left in (0..200).rev() {
        let answer = app.get_as("guess", ALERTS).await;
        assert_eq!((answer.status().as_u16(), standing(&answer)), (401, (200, left)));
    }
    let last = app.get_as("guess", ALERTS).await;
    assert_eq!((last.status().as_u16(), standing(&last)), (401, (200, 0)));
    let spent = app.get_as("guess", ALERTS).await;
    assert_eq!((spent.status().as_u16(), standing(&spent)), (429, (200, 0)));
}
