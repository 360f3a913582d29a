//! More requests than a service can do, and a service that fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use test_kit::eventually;
use tokio::net::TcpListener;

use super::helpers::{App, Person};

const PORTFOLIO: &str = "/api/virtual-portfolio/";
const TRADES: &str = "/api/virtual-portfolio/trades/";
const WORK: Duration = Duration::from_secs(6);

/// The status of an answer, and how long it took.
async fn timed(asked: reqwest::RequestBuilder) -> (StatusCode, Duration, Value) {
    let start = Instant::now();
    let answer = asked.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(headers.contains_key("retry-after"));
    }
    (status, start.elapsed(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_70_what_is_too_much_is_refused_at_once_and_a_trade_still_goes_through() {
    let app = App::start_with(&[("GATEWAY__LIMITS__IN_FLIGHT_PER_SERVICE", "10")]).await;
    app.answer_after(WORK, PORTFOLIO, json!({}));
    app.answer(TRADES, json!({}));
    let ana = app.person(900);
    let flood = (0..50).map(|_| timed(app.ask(Method::GET, PORTFOLIO).bearer_auth(&ana.token)));
    let trade = async {
        eventually("the flood has come to the service", async || {
            (app.received(PORTFOLIO).await.len() == 9).then_some(())
        })
        .await;
        timed(trade_of(&app, &ana)).await
    };
    let (answers, (status, took, _)) = tokio::join!(join_all(flood), trade);
    assert_eq!(status, StatusCode::OK, "the last place is kept for trades");
    assert!(took < WORK, "{took:?}");
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _, _)| status.is_success());
    assert_eq!((served.len(), refused.len()), (9, 41));
    for (status, took, body) in refused {
        assert_eq!((status.as_u16(), &body["error"]["code"]), (503, &json!("unavailable")));
        assert!(took < WORK, "a refusal waits for nobody: {took:?}");
    }
    assert_eq!(timed(trade_of(&app, &ana)).await.0, StatusCode::OK);
}

fn trade_of(app: &App, person: &Person) -> reqwest::RequestBuilder {
    app.ask(Method::POST, TRADES)
        .bearer_auth(&person.token)
        .json(&json!({}))
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_75_a_service_that_fails_sees_no_more_requests_than_are_made() {
    // It takes every connection and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            drop(connection);
        }
    });
    let app = App::start_with(&[("SERVICES__ALERTS", &url)]).await;
    let ana = app.person(900);
    // The document is asked for beside.
    let before = seen.load(Ordering::Relaxed);
    for _ in 0..200 {
        let answer = timed(app.ask(Method::GET, "/api/alerts/").bearer_auth(&ana.token)).await;
        assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    let made = seen.load(Ordering::Relaxed) - before;
    assert!((10..=220).contains(&made), "{made} attempts for 200 requests");
    assert!(made < 100, "after ten failures most are not even tried: {made}");
    // Others are none the worse for it.
    app.answer(PORTFOLIO, json!({}));
    assert_eq!(app.get_as(&ana.token, PORTFOLIO).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_too_slow_is_given_up_with_503() {
    let app = App::start_with(&[("GATEWAY__UPSTREAM_TIMEOUT_MS", "300")]).await;
    app.answer_after(Duration::from_secs(20), PORTFOLIO, json!({}));
    let ana = app.person(900);
    let (status, took, _) = timed(app.ask(Method::GET, PORTFOLIO).bearer_auth(&ana.token)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(took < Duration::from_secs(10), "{took:?}");
    let asked = app.received(PORTFOLIO).await;
    assert_eq!(asked.len(), 1, "what may have arrived is not sent again");
    assert_eq!(asked[0].headers["x-candlewick-timeout-ms"], "300");
}
