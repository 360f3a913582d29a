//! The book under concurrent clients and under a failing database.

use std::sync::atomic::{AtomicUsize, Ordering};

use contracts::events::Side;
use domain::{Price, UserId};
use futures_util::future::join_all;
use portfolio::domain::fill::{Costs, Size};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};
use test_kit::{eventually, sized};

use crate::helpers::{App, User, dec};

const BOOKS: usize = 8;
const CLIENTS: usize = 32;

/// How much each client does: in full, all of them 16,000 operations.
fn operations() -> usize {
    sized(40, 500)
}

async fn random_operation(user: &User<'_>, random: &mut StdRng) -> (u16, Value) {
    let symbol = if random.random_bool(0.5) { "BTC" } else { "ETH" };
    let side = if random.random_bool(0.5) { "buy" } else { "sell" };
    match random.random_range(0..100) {
        0..45 => {
            let quantity = Decimal::new(random.random_range(1..400_000), 7);
            user.post(
                "/api/virtual-portfolio/trades/",
                json!({"symbol": symbol, "side": side, "quantity": quantity}),
            )
            .await
        }
        45..60 => {
            let limit = if symbol == "BTC" {
                random.random_range(50_000..70_000)
            } else {
                random.random_range(2_500..3_500)
            };
            let body =
                json!({"symbol": symbol, "side": side, "type": "limit", "quantity": "0.05", "limit_price": limit});
            user.post("/api/virtual-portfolio/orders/", body).await
        }
        60..75 => {
            let (status, body) = user.get("/api/virtual-portfolio/orders/?status=open&limit=5").await;
            let Some(id) = body["data"]
                .as_array()
                .and_then(|rows| rows.first())
                .and_then(|row| row["id"].as_str())
            else {
                return (status, body);
            };
            user.delete(&format!("/api/virtual-portfolio/orders/{id}/")).await
        }
        75..98 => {
            let direction = if random.random_bool(0.4) { "deposit" } else { "withdraw" };
            let amount = Decimal::new(random.random_range(1..2_000_000), 2);
            user.post(
                "/api/virtual-portfolio/fund/",
                json!({"amount": amount, "direction": direction}),
            )
            .await
        }
        _ => {
            user.post("/api/virtual-portfolio/reset/", json!({"confirm": true}))
                .await
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_16_a_concurrent_book_never_goes_wrong() {
    let app = App::start().await;
    let owners: Vec<UserId> = (0..BOOKS).map(|_| app.user().id).collect();
    let done = AtomicUsize::new(0);
    let clients = (0..CLIENTS).map(async |client| {
        let user = app.user_named(owners[client % BOOKS]);
        let mut random = StdRng::seed_from_u64(client as u64);
        for _ in 0..operations() {
            let (status, body) = random_operation(&user, &mut random).await;
            assert!(status < 500, "{status} {body}");
            done.fetch_add(1, Ordering::Relaxed);
        }
    });
    let prices = async {
        let mut random = StdRng::seed_from_u64(99);
        for round in 0..operations() {
            app.append(
                "bitcoin",
                &random.random_range(50_000..70_000).to_string(),
                app.clock_now(),
            )
            .await;
            app.append(
                "ethereum",
                &random.random_range(2_500..3_500).to_string(),
                app.clock_now(),
            )
            .await;
            eventually("everybody could act at these prices", async || {
                (done.load(Ordering::Relaxed) >= (round + 1) * CLIENTS).then_some(())
            })
            .await;
        }
    };
    tokio::join!(join_all(clients), prices);
    app.verify().await;
    let sums =
        "SELECT count(*) FROM (SELECT asset FROM portfolio.postings GROUP BY asset HAVING sum(amount) <> 0) AS wrong";
    assert_eq!(
        app.database.number(sums).await,
        0,
        "over all accounts every asset sums to zero"
    );
    for owner in owners {
        let portfolio = app.user_named(owner).portfolio().await;
        assert_eq!(
            dec(&portfolio["equity"]),
            dec(&portfolio["initial_balance"]) + dec(&portfolio["realized_pnl"]) + dec(&portfolio["unrealized_pnl"])
        );
    }
    let held = "SELECT count(*) FROM portfolio.portfolios AS book WHERE reserved <> (SELECT coalesce(sum(reserved), 0) FROM portfolio.orders
        WHERE portfolio_id = book.id AND side = 'buy' AND status IN ('accepted', 'triggered'))";
    assert_eq!(
        app.database.number(held).await,
        0,
        "what is reserved is what open orders hold"
    );
}

/// Sends a request with a key until its outcome is known; a lost connection leaves it open, a 503 asks for patience.
async fn until_known(user: &User<'_>, key: &str, body: &Value) -> u16 {
    for _ in 0..200 {
        let (status, _, _) = user
            .post_once("/api/virtual-portfolio/trades/", key, body.clone())
            .await;
        match status {
            201 | 422 => return status,
            // Refused for lack of means, or a twin whose fate is open yet: the same question again tells.
            409 | 500..=599 => tokio::time::sleep(std::time::Duration::from_millis(25)).await,
            other => panic!("{other}"),
        }
    }
    panic!("the outcome of {key} never became known")
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_22_cut_database_connections_leave_no_doubt_about_any_trade() {
    let app = App::start().await;
    let owners: Vec<UserId> = (0..4).map(|_| app.user().id).collect();
    let body = json!({"symbol": "ETH", "side": "buy", "quantity": "0.001"});
    let clients = (0..16).map(async |client: usize| {
        let user = app.user_named(owners[client % 4]);
        for number in 0..20 {
            assert_eq!(until_known(&user, &format!("{client}-{number}"), &body).await, 201);
        }
    });
    let saboteur = async {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'portfolio'";
        for round in 0..5 {
            let trades = "SELECT count(*) FROM portfolio.trades WHERE quantity = 0.001";
            eventually("some more trades were made", async || {
                (app.database.number(trades).await >= round * 50).then_some(())
            })
            .await;
            app.database.number(cut).await;
        }
    };
    tokio::join!(join_all(clients), saboteur);
    let trades = app
        .database
        .number("SELECT count(*) FROM portfolio.trades WHERE quantity = 0.001")
        .await;
    assert_eq!(trades, 16 * 20, "each key has exactly one trade");
    // Each book was traded in by four clients, twenty times each.
    let price = Price::new(dec!(3000)).expect("price");
    let fill = Costs::default()
        .market(Side::Buy, Size::Quantity(dec!(0.001)), price)
        .expect("fill");
    for owner in owners {
        let portfolio = app.user_named(owner).portfolio().await;
        assert_eq!(dec(&portfolio["holdings"][0]["quantity"]), dec!(0.08));
        assert_eq!(dec(&portfolio["cash_balance"]), dec!(100000) - dec!(80) * fill.total);
    }
    app.verify().await;
}
