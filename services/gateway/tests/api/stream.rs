//! Public channels and the rules of the connection.

use std::time::Duration;

use serde_json::json;
use test_kit::eventually;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{
    helpers::{App, asset},
    socket::{Deaf, Socket, read_in_silence},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticker_is_a_snapshot_and_then_each_change_with_a_gapless_seq() {
    let app = App::start().await;
    app.known_tick("bitcoin", "60000").await;
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:btc"]).await;
    let snapshot = socket.next().await;
    assert_eq!(
        (&snapshot["channel"], &snapshot["type"], &snapshot["seq"]),
        (&json!("ticker:btc"), &json!("snapshot"), &json!(1))
    );
    assert_eq!(snapshot["data"]["price"], "60000");
    for (index, price) in ["60001", "60002.5", "0.000000000012"].iter().enumerate() {
        let tick = app.tick("bitcoin", price).await;
        let update = socket.next().await;
        assert_eq!((&update["type"], &update["seq"]), (&json!("update"), &json!(index + 2)));
        assert_eq!(
            update["data"],
            json!({
                "asset_id": "bitcoin", "symbol": "BTC", "price": price, "event_at": tick.event_at,
                "received_at": tick.received_at, "source": "kraken", "change_24h": null, "stale": false,
            })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_price_sends_nothing_and_other_assets_are_not_heard() {
    let app = App::start().await;
    app.known_tick("bitcoin", "60000").await;
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:BTC"]).await;
    socket.next().await;
    app.tick("bitcoin", "60000").await;
    app.tick("ethereum", "2500").await;
    assert!(socket.is_quiet(Duration::from_millis(400)).await);
    app.tick("bitcoin", "60001").await;
    assert_eq!(socket.next().await["seq"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tickers_are_a_list_by_rank_and_then_one_at_a_time() {
    let app = App::start().await;
    app.known_tick("ethereum", "2500").await;
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:*"]).await;
    let snapshot = socket.next().await;
    let rows = snapshot["data"].as_array().expect("a list");
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (&row["symbol"], &row["price"], &row["stale"]))
        .collect();
    assert_eq!(
        shown,
        [
            (&json!("BTC"), &json!(null), &json!(true)),
            (&json!("ETH"), &json!("2500"), &json!(false))
        ]
    );
    app.tick("bitcoin", "60000").await;
    let update = socket.next().await;
    assert_eq!(
        (&update["channel"], &update["seq"], &update["data"]["asset_id"]),
        (&json!("ticker:*"), &json!(2), &json!("bitcoin"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticker_names_the_best_ranked_asset_and_a_new_asset_is_heard_without_a_restart() {
    let app = App::start().await;
    for (id, rank) in [("bitcoin-fork", 90), ("solana", 5)] {
        let symbol = if id == "solana" { "SOL" } else { "BTC" };
        app.world.lock().expect("world").assets.push(asset(id, symbol, rank));
        app.tick(id, "150").await;
    }
    let data = eventually("the new assets are known", async || {
        let mut socket = app.socket().await;
        socket.subscribe(&["ticker:SOL", "ticker:bitcoin-fork"]).await;
        let (first, second) = (socket.next().await, socket.next().await);
        (first["data"]["price"] == "150" && second["data"]["price"] == "150").then_some(second["data"].clone())
    })
    .await;
    assert_eq!(data["symbol"], "BTC");
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:BTC"]).await;
    assert_eq!(socket.next().await["data"]["asset_id"], "bitcoin");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribing_again_starts_anew_and_unsubscribing_ends() {
    let app = App::start().await;
    app.known_tick("bitcoin", "1").await;
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:BTC"]).await;
    socket.next().await;
    app.tick("bitcoin", "2").await;
    assert_eq!(socket.next().await["seq"], 2);
    socket.subscribe(&["ticker:BTC"]).await;
    let again = socket.next().await;
    assert_eq!(
        (&again["type"], &again["seq"], &again["data"]["price"]),
        (&json!("snapshot"), &json!(1), &json!("2"))
    );
    socket
        .send(&json!({"op": "unsubscribe", "channels": ["ticker:BTC"]}))
        .await;
    socket.send(&json!({"op": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    app.tick("bitcoin", "3").await;
    assert!(socket.is_quiet(Duration::from_millis(400)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_bad_messages_are_answered_and_the_11th_closes() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let bad = [
        ("nonsense", json!(null), "unreadable"),
        (r#"{"op":"dance"}"#, json!(null), "unknown_op"),
        (r#"{"op":"subscribe"}"#, json!("subscribe"), "invalid_message"),
        (
            r#"{"op":"subscribe","channels":["weather"]}"#,
            json!("subscribe"),
            "unknown_channel",
        ),
        (
            r#"{"op":"subscribe","channels":["candles:BTC:7m"]}"#,
            json!("subscribe"),
            "unknown_channel",
        ),
        (
            r#"{"op":"subscribe","channels":["ticker:NOPE"]}"#,
            json!("subscribe"),
            "unknown_symbol",
        ),
        (
            r#"{"op":"subscribe","channels":["portfolio"]}"#,
            json!("subscribe"),
            "unauthorized",
        ),
        (
            r#"{"op":"unsubscribe","channels":["ticker:BTC"]}"#,
            json!("unsubscribe"),
            "not_subscribed",
        ),
        (r#"{"op":"auth","token":"wrong"}"#, json!("auth"), "unauthorized"),
    ];
    for (text, op, code) in &bad {
        socket.send_text(text).await;
        let answer = socket.next().await;
        assert_eq!(
            (&answer["type"], &answer["op"], &answer["code"]),
            (&json!("error"), op, &json!(code)),
            "{text}"
        );
        assert!(answer["message"].is_string());
    }
    socket.send_raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.next().await["code"], "unreadable");
    // Still open, and of use.
    socket.subscribe(&["ticker:BTC"]).await;
    assert_eq!(socket.next().await["type"], "snapshot");
    socket.send_text("nonsense").await;
    assert_eq!(socket.closed().await, 1008);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_message_and_too_many_channels_are_refused() {
    let app = App::start_with(&[("GATEWAY__STREAM__MAX_CHANNELS", "2")]).await;
    let mut socket = app.socket().await;
    socket.subscribe(&["ticker:BTC", "ticker:ETH", "ticker:*"]).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        let message = socket.next().await;
        codes.push(message.get("code").cloned());
    }
    assert_eq!(
        codes.iter().flatten().collect::<Vec<_>>(),
        [&json!("too_many_channels")]
    );
    let long = format!(r#"{{"op":"ping"{}}}"#, " ".repeat(9_000));
    socket.send_text(&long).await;
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_client_is_pinged_and_a_dead_one_closed() {
    let app = App::start_with(&[
        ("GATEWAY__STREAM__PING_AFTER_MS", "1000"),
        ("GATEWAY__STREAM__SILENCE_MS", "3000"),
    ])
    .await;
    let mut alive = app.socket().await;
    // Its pings are answered for as long as it is read.
    assert!(
        tokio::time::timeout(Duration::from_secs(5), alive.next_raw())
            .await
            .is_err()
    );
    let sent = read_in_silence(&app.running.url()).await;
    let is_there = |frame: &[u8]| sent.windows(frame.len()).any(|window| window == frame);
    assert!(is_there(&[0x89, 0]), "a ping");
    assert!(is_there(&[3, 233, b'n', b'o']), "a goodbye with 1001");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_57_pages_of_other_origins_open_no_stream() {
    let app = App::start().await;
    let url = app.running.url();
    let own = url.clone();
    for origin in ["https://candlewick.example", own.as_str()] {
        Socket::open(&url, &[("origin", origin)]).await.expect("allowed");
    }
    for origin in [
        "null",
        "https://evil.example",
        "https://candlewick.example.evil.example",
        "",
    ] {
        match Socket::open(&url, &[("origin", origin)]).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 403, "{origin}"),
            other => panic!("{origin}: {:?}", other.err()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_no_websocket_or_has_a_bad_token_is_refused() {
    let app = App::start().await;
    let url = app.running.url();
    for path in ["/api/stream", "/api/stream/"] {
        let answer = reqwest::get(format!("{url}{path}")).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 400);
        let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
        assert_eq!(body["success"], false);
    }
    match Socket::open(&url, &[("authorization", "Bearer wrong")]).await {
        Err(Error::Http(answer)) => assert!([401, 503].contains(&answer.status().as_u16())),
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_from_one_address_are_limited_and_places_come_free() {
    let app = App::start_with(&[("GATEWAY__STREAM__MAX_CLIENTS_PER_ADDRESS", "2")]).await;
    let first = eventually("a place", async || Socket::open(&app.running.url(), &[]).await.ok()).await;
    let _second = eventually("a place", async || Socket::open(&app.running.url(), &[]).await.ok()).await;
    match Socket::open(&app.running.url(), &[]).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 429),
        other => panic!("{:?}", other.err()),
    }
    drop(first);
    eventually("a place comes free", async || {
        Socket::open(&app.running.url(), &[]).await.ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_says_goodbye_and_is_clean() {
    let app = App::start().await;
    let mut sockets = vec![app.socket().await, app.socket().await];
    let App { running, .. } = app;
    let stopping = tokio::spawn(running.stop());
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, 1012);
    }
    drop(sockets);
    stopping.await.expect("the stop").expect("a clean one");
}

/// Lists so many assets that all of them do not fit into what a socket holds by itself.
async fn list_many_assets(app: &App) {
    {
        let mut world = app.world.lock().expect("world");
        for number in 0..3_000_u32 {
            let id = format!("an-asset-with-a-rather-long-name-{number}");
            world.assets.push(asset(&id, &format!("A{number}"), 10 + number));
        }
    }
    app.tell(contracts::events::AssetListed(asset("bitcoin", "BTC", 1)))
        .await;
    eventually("all assets are listed", async || {
        let mut socket = Socket::open(&app.running.url(), &[]).await.ok()?;
        socket.subscribe(&["ticker:*"]).await;
        let snapshot = socket.next().await;
        (snapshot["data"].as_array().map(Vec::len) == Some(3_002)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_snapshot_arrives_whole() {
    let app = App::start().await;
    list_many_assets(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_71_clients_that_never_read_are_cut_off() {
    let app = App::start_with(&[
        ("GATEWAY__STREAM__PING_AFTER_MS", "500"),
        ("GATEWAY__STREAM__SILENCE_MS", "1500"),
        ("GATEWAY__STREAM__MAX_CLIENTS_PER_ADDRESS", "4"),
    ])
    .await;
    list_many_assets(&app).await;
    let url = app.running.url();
    let mut deaf: Vec<Deaf> = Vec::new();
    eventually("all places are taken by clients that never read", async || {
        if let Some(mut one) = Deaf::open(&url).await {
            one.ask_again_and_again().await;
            deaf.push(one);
        }
        (deaf.len() == 4).then_some(())
    })
    .await;
    // Their sockets stay open and unread at their end: only the gateway can end them.
    eventually("their places come free", async || Deaf::open(&url).await).await;
    drop(deaf);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_who_never_reads() {
    let app = App::start().await;
    list_many_assets(&app).await;
    let mut deaf = Deaf::open(&app.running.url()).await.expect("a connection");
    deaf.ask_again_and_again().await;
    let App { running, .. } = app;
    running.stop().await.expect("a clean one");
}
