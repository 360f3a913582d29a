//! Two requests for one book, in every order.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{App, User, code};

const TRADES: &str = "/api/virtual-portfolio/trades/";
const ORDERS: &str = "/api/virtual-portfolio/orders/";
const FUND: &str = "/api/virtual-portfolio/fund/";
const RESET: &str = "/api/virtual-portfolio/reset/";

#[tokio::test(flavor = "multi_thread")]
async fn reliability_24_two_sales_of_the_whole_holding_one_wins() {
    let app = App::start().await;
    for _ in 0..10 {
        let ana = app.user();
        ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
            .await;
        let sell = json!({"symbol": "ETH", "side": "sell", "quantity": "1"});
        let answers = join_all((0..2).map(|_| ana.post("/api/virtual-portfolio/trades/", sell.clone()))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_24_a_sale_and_a_reset_or_a_hold_and_a_withdrawal_never_mix() {
    let app = App::start().await;
    for _ in 0..10 {
        let ana = app.user();
        ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
            .await;
        let (sold, reset) = tokio::join!(
            ana.post(
                "/api/virtual-portfolio/trades/",
                json!({"symbol": "ETH", "side": "sell", "quantity": "1"})
            ),
            ana.post("/api/virtual-portfolio/reset/", json!({"confirm": true})),
        );
        assert!(matches!(sold.0, 201 | 409) && reset.0 == 201, "{} {}", sold.1, reset.1);
        assert_eq!(
            ana.portfolio().await["cash_balance"],
            "100000.00",
            "the fresh book is untouched"
        );
        let order = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "1.5", "limit_price": "50000"});
        let (held, taken) = tokio::join!(
            ana.post("/api/virtual-portfolio/orders/", order),
            ana.post(
                "/api/virtual-portfolio/fund/",
                json!({"amount": "50000", "direction": "withdraw"})
            ),
        );
        let mut statuses = [held.0, taken.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "there is cash for one of them");
    }
    app.verify().await;
}

/// Sends two requests while somebody else holds the user's book, the second when the first one waits for it, and
/// lets go. Every change of a book begins with its lock, so this is the only point at which they can meet.
async fn one_behind_the_other(
    user: &User<'_>,
    first: (&str, Value),
    second: (&str, Value),
) -> ((u16, Value), (u16, Value)) {
    use diesel_async::SimpleAsyncConnection;
    let app = user.app;
    let mut holder = app.database.connect().await;
    let hold = format!(
        "BEGIN; SELECT 1 FROM portfolio.portfolios WHERE user_id = '{}' AND closed_at IS NULL FOR UPDATE",
        user.id.uuid()
    );
    holder.batch_execute(&hold).await.expect("held");
    let start = tokio::sync::Notify::new();
    let queue = async {
        for count in 1..=2 {
            app.database.until_waiting(count).await;
            if count == 1 {
                start.notify_one();
            }
        }
        holder.batch_execute("COMMIT").await.expect("let go");
    };
    let behind = async {
        start.notified().await;
        user.post(second.0, second.1).await
    };
    let (first, second, ()) = tokio::join!(user.post(first.0, first.1), behind, queue);
    (first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_24_whoever_gets_the_book_first_is_served_first_and_the_other_sees_that() {
    let app = App::start().await;
    let sell = json!({"symbol": "ETH", "side": "sell", "quantity": "1"});
    let reset = json!({"confirm": true});
    let hold = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "1.5", "limit_price": "50000"});
    let withdraw = json!({"amount": "50000", "direction": "withdraw"});
    let holding_one = async || {
        let user = app.user();
        user.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
            .await;
        user
    };
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (TRADES, sell.clone()), (TRADES, sell.clone())).await;
    assert_eq!((first.0, second.0, code(&second.1)), (201, 409, "insufficient_holding"));
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (TRADES, sell.clone()), (RESET, reset.clone())).await;
    assert_eq!((first.0, second.0), (201, 201));
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (RESET, reset.clone()), (TRADES, sell.clone())).await;
    assert_eq!((first.0, second.0, code(&second.1)), (201, 409, "insufficient_holding"));
    assert_eq!(ana.portfolio().await["cash_balance"], "100000.00");
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (ORDERS, hold.clone()), (FUND, withdraw.clone())).await;
    assert_eq!((first.0, second.0, code(&second.1)), (201, 409, "insufficient_funds"));
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (FUND, withdraw), (ORDERS, hold)).await;
    assert_eq!((first.0, second.0, code(&second.1)), (201, 409, "insufficient_funds"));
    let ana = holding_one().await;
    let (first, second) = one_behind_the_other(&ana, (RESET, reset.clone()), (RESET, reset)).await;
    assert_eq!((first.0, second.0), (201, 201));
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0")
            .await,
        0
    );
    app.verify().await;
}
