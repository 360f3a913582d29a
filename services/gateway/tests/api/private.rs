//! What only its owner hears, and candles: channels whose truth lies with other services.

use std::time::Duration;

use contracts::{
    events::{NotificationCreated, OrderFilled, PortfolioChanged, Side},
    internal::Revocation,
};
use domain::{
    AssetId, Clock, Money, NotificationId, OrderId, PortfolioId, Price, Quantity, Symbol, SystemClock, TradeId, UserId,
};
use serde_json::{Value, json};

use crate::{helpers::App, socket::Socket};

const UNREAD: &str = "/api/notifications/?unread=true&limit=200";
const ORDERS: &str = "/api/virtual-portfolio/orders/?limit=200";
const PORTFOLIO: &str = "/api/virtual-portfolio/";

async fn signed_in(app: &App, token: &str) -> Socket {
    let mut socket = app.socket().await;
    socket.send(&json!({"op": "auth", "token": token})).await;
    let answer = socket.next().await;
    assert_eq!(answer["type"], "authenticated", "{answer}");
    assert!(answer["expires_at"].is_string());
    socket
}

fn filled(user: UserId, order: OrderId) -> OrderFilled {
    OrderFilled {
        order_id: order,
        trade_id: TradeId::new(),
        portfolio_id: PortfolioId::new(),
        user_id: user,
        asset_id: AssetId::parse("bitcoin").expect("id"),
        symbol: Symbol::parse("BTC").expect("symbol"),
        side: Side::Buy,
        order_type: "limit".to_owned(),
        quantity: Quantity::parse("1").expect("quantity"),
        price: Price::parse("60000").expect("price"),
        total: Money::parse("60060").expect("money"),
        fee: Money::parse("60").expect("money"),
        realized_pnl: None,
        filled_at: SystemClock.now(),
    }
}

fn kind_and_seq(message: &Value) -> (&str, u64) {
    let kind = message["type"].as_str().expect("a type");
    (kind, message["seq"].as_u64().expect("a seq"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_and_its_orders_are_told_as_their_service_says_them() {
    let app = App::start().await;
    let ana = app.person(900);
    let order = OrderId::new();
    let row = |status: &str| json!([{"id": order.uuid(), "status": status, "quantity": "1.00"}]);
    app.answer(PORTFOLIO, json!({"equity": "100000.00", "holdings": []}));
    app.answer(ORDERS, row("accepted"));
    let mut socket = signed_in(&app, &ana.token).await;
    socket.subscribe(&["portfolio", "orders"]).await;
    let snapshot = socket.next_of("portfolio").await;
    assert_eq!(kind_and_seq(&snapshot), ("snapshot", 1));
    assert_eq!(snapshot["data"]["equity"], "100000.00");

    let mut orders = signed_in(&app, &ana.token).await;
    orders.subscribe(&["orders"]).await;
    assert_eq!(orders.next().await["data"], row("accepted"));

    app.answer(ORDERS, row("filled"));
    app.answer(
        PORTFOLIO,
        json!({"equity": "99940.00", "holdings": [{"asset_id": "bitcoin"}]}),
    );
    app.tell(filled(ana.id, order)).await;
    app.tell(PortfolioChanged {
        portfolio_id: PortfolioId::new(),
        user_id: ana.id,
        changed_at: SystemClock.now(),
    })
    .await;
    let update = orders.next().await;
    assert_eq!(kind_and_seq(&update), ("update", 2));
    assert_eq!(update["data"], row("filled")[0]);
    let update = socket.next_of("portfolio").await;
    assert_eq!(kind_and_seq(&update), ("update", 2));
    assert_eq!(update["data"]["equity"], "99940.00");

    // What it holds moves: it is valued again.
    app.answer(
        PORTFOLIO,
        json!({"equity": "99950.00", "holdings": [{"asset_id": "bitcoin"}]}),
    );
    app.tick("bitcoin", "60010").await;
    let update = socket.next_of("portfolio").await;
    assert_eq!(kind_and_seq(&update), ("update", 3));
    assert_eq!(update["data"]["equity"], "99950.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_told_once_and_only_to_its_owner() {
    let app = App::start().await;
    let (ana, ben) = (app.person(900), app.person(900));
    let note = |id: NotificationId| json!({"id": id.uuid(), "kind": "alert_fired", "title": "BTC", "read": false});
    let (first, second) = (NotificationId::new(), NotificationId::new());
    app.answer(UNREAD, json!([note(first)]));
    let mut socket = signed_in(&app, &ana.token).await;
    let mut other = signed_in(&app, &ben.token).await;
    socket.subscribe(&["notifications"]).await;
    other.subscribe(&["notifications"]).await;
    let snapshot = socket.next().await;
    assert_eq!(snapshot["data"], json!([note(first)]));
    other.next().await;

    app.answer(UNREAD, json!([note(second), note(first)]));
    app.tell(NotificationCreated {
        notification_id: second,
        user_id: ana.id,
        kind: "alert_fired".to_owned(),
        title: "BTC".to_owned(),
        message: "BTC is above 60000".to_owned(),
        data: json!({}),
        created_at: SystemClock.now(),
        unread: 2,
    })
    .await;
    let update = socket.next().await;
    assert_eq!(kind_and_seq(&update), ("update", 2));
    assert_eq!(update["data"], note(second));
    assert!(socket.is_quiet(Duration::from_secs(2)).await, "told once");
    assert!(other.is_quiet(Duration::from_millis(100)).await, "not hers");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_56_private_channels_end_with_the_session_and_public_ones_go_on() {
    let app = App::start().await;
    let ana = app.person(900);
    app.answer(PORTFOLIO, json!({"equity": "1", "holdings": []}));
    let mut socket = signed_in(&app, &ana.token).await;
    socket.subscribe(&["portfolio", "ticker:BTC"]).await;
    socket.next_of("portfolio").await;
    app.world.lock().expect("world").revocations.push(Revocation {
        seq: 1,
        session_id: Some(ana.session),
        user_id: ana.id,
        until: SystemClock.now().plus(Duration::from_secs(900)),
    });
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            let message = socket.next().await;
            if message["type"] == "error" {
                return message;
            }
        }
    });
    assert_eq!(ended.await.expect("within 5 s")["code"], "session_ended");
    app.answer(PORTFOLIO, json!({"equity": "2", "holdings": []}));
    app.tell(PortfolioChanged {
        portfolio_id: PortfolioId::new(),
        user_id: ana.id,
        changed_at: SystemClock.now(),
    })
    .await;
    app.tick("bitcoin", "61000").await;
    assert_eq!(socket.next().await["channel"], "ticker:BTC");
    assert!(socket.is_quiet(Duration::from_secs(1)).await);
    socket.subscribe(&["portfolio"]).await;
    assert_eq!(socket.next().await["code"], "unauthorized");
    socket.send(&json!({"op": "auth", "token": ana.token})).await;
    assert_eq!(socket.next().await["code"], "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_channels_end_when_the_token_runs_out_and_go_on_with_a_new_one() {
    let app = App::start().await;
    app.answer(ORDERS, json!([]));
    let ana = app.person(3);
    let mut socket = signed_in(&app, &ana.token).await;
    socket.subscribe(&["orders"]).await;
    assert_eq!(socket.next().await["data"], json!([]));
    let ended = socket.next().await;
    assert_eq!(
        (&ended["op"], &ended["code"]),
        (&json!("auth"), &json!("token_expired"))
    );
    let token = app.token_of(&ana, 900);
    socket.send(&json!({"op": "auth", "token": token})).await;
    assert_eq!(socket.next().await["type"], "authenticated");
    socket.subscribe(&["orders"]).await;
    assert_eq!(kind_and_seq(&socket.next().await), ("snapshot", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_sign_in_ends_what_was_the_first_ones() {
    let app = App::start().await;
    app.answer(PORTFOLIO, json!({"equity": "1", "holdings": []}));
    let (ana, ben) = (app.person(900), app.person(900));
    let authorization = format!("Bearer {}", ana.token);
    let mut socket = Socket::open(&app.running.url(), &[("authorization", &authorization)])
        .await
        .expect("a connection");
    assert_eq!(socket.next().await["type"], "authenticated");
    socket.subscribe(&["portfolio"]).await;
    assert_eq!(socket.next().await["data"]["equity"], "1");
    socket.send(&json!({"op": "auth", "token": ben.token})).await;
    assert_eq!(socket.next().await["type"], "authenticated");
    app.answer(PORTFOLIO, json!({"equity": "2", "holdings": []}));
    app.tell(PortfolioChanged {
        portfolio_id: PortfolioId::new(),
        user_id: ana.id,
        changed_at: SystemClock.now(),
    })
    .await;
    assert!(socket.is_quiet(Duration::from_secs(1)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_are_those_of_the_ohlc_route_with_revisions() {
    let app = App::start().await;
    let candle = |minute: u32, close: &str, is_closed: bool| json!({"timestamp": format!("2026-11-22T07:{minute:02}:00.000Z"), "close": close, "is_closed": is_closed});
    let (whole, newest) = (
        "/api/ohlc/bitcoin/?interval=1m",
        "/api/ohlc/bitcoin/?interval=1m&limit=3",
    );
    app.answer(whole, json!([candle(1, "10", true), candle(2, "11", false)]));
    app.answer(newest, json!([candle(1, "10", true), candle(2, "11", false)]));
    let mut socket = app.socket().await;
    socket.subscribe(&["candles:BTC:1m"]).await;
    let snapshot = socket.next().await;
    assert_eq!(snapshot["data"], json!([candle(1, "10", true), candle(2, "11", false)]));

    app.answer(
        newest,
        json!([candle(1, "10", true), candle(2, "12", true), candle(3, "13", false)]),
    );
    app.tick("bitcoin", "13").await;
    let (closed, open) = (socket.next().await, socket.next().await);
    assert_eq!(
        (kind_and_seq(&closed), kind_and_seq(&open)),
        (("update", 2), ("update", 3))
    );
    assert_eq!(
        (&closed["data"], &open["data"]),
        (&candle(2, "12", true), &candle(3, "13", false))
    );

    // A late tick may have revised any candle.
    app.answer(
        whole,
        json!([candle(1, "9", true), candle(2, "12", true), candle(3, "13", false)]),
    );
    app.late_tick("bitcoin", "9").await;
    let revised = socket.next().await;
    assert_eq!(
        (kind_and_seq(&revised), &revised["data"]),
        (("update", 4), &candle(1, "9", true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_delays_a_snapshot_and_harms_nothing_else() {
    let app = App::start().await;
    let ana = app.person(900);
    let mut socket = signed_in(&app, &ana.token).await;
    socket.subscribe(&["portfolio"]).await;
    socket.subscribe(&["ticker:BTC"]).await;
    assert_eq!(socket.next().await["channel"], "ticker:BTC");
    app.answer(PORTFOLIO, json!({"equity": "1", "holdings": []}));
    assert_eq!(socket.next_of("portfolio").await["data"]["equity"], "1");
}
